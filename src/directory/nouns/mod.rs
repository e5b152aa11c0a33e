//! The nouns of the marketplace that are subjects of their own.

pub mod cards;
pub mod details;
pub mod files;
pub mod documents;
pub mod overrides;
pub mod reviews;
pub mod visits;

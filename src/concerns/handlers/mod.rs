//! Something is wrong: complaints, and how councils are reached.

pub mod complaints;
pub mod contacts;

//! Who signs in, and what they may do: users, sessions, memberships and mandates.

pub mod extract;
pub mod forms;
pub mod handlers;
pub mod identify;
pub mod pages;
pub mod password;
pub mod rights;
pub mod store;
pub mod token;

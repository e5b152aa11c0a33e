//! Rows of what is wrong: complaints with their threads, and how councils are reached.

pub mod complaints;
pub mod contacts;
pub mod things;

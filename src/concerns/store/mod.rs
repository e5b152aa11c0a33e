//! Rows of what is wrong: complaints with their threads, how councils are reached, and what only safeguarding people see.

pub mod complaints;
pub mod contacts;
mod letters;
pub mod safeguarding;
pub mod signals;
pub mod things;

//! The decisions about what is wrong: pure functions, each "no" a sentence that a person can read.

pub mod complaints;
pub mod letters;
pub mod limits;
pub mod outside;
pub mod safeguarding;
pub mod signals;

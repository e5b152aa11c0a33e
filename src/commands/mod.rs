//! The verbs of the command line, for `main.rs` to call: each does its work and says what came of it.

pub mod import;

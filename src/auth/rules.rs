//! The decisions of signing in: what a code is worth, when a try must wait, what a device is called.

pub mod codes;
pub mod devices;
pub mod limits;

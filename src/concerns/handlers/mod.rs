//! Something is wrong: complaints, how councils are reached, safeguarding.

pub mod complaints;
pub mod contacts;
pub mod safeguarding;

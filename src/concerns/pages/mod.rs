//! What the templates and the JSON receive about what is wrong.

pub mod complaints;
pub mod safeguarding;

//! The first page, and the pages that belong to no feature: words, accessibility, privacy, the description for programs.

mod desk;
pub mod handlers;
pub mod pages;
pub mod store;
mod waiting;

/// The description of every URL for programs, as JSON text. It is made from the table of all URLs, which stands above this
/// module, and handed down by the server.
#[derive(Clone, Debug)]
pub struct ApiDescription(pub &'static str);

//! What the tests stand on: a fresh app on a fresh database, visitors who follow forms, real engines and a real browser.

pub mod app;
pub mod axe;
pub mod browser;
pub mod hledger;
pub mod identity_provider;
pub mod parts;
pub mod postgres;
pub mod program;
pub mod statements;
pub mod visitor;
pub mod smtp;

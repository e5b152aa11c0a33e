//! The integration tests: one binary, one link. They say what people do, on real engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod attacks;
mod audit;
mod commands;
mod database;
mod engines;
mod permissions;
mod journeys;
mod processes;
mod queue;
mod support;
mod tidy;
mod visibility;

//! Roundtable: group mentoring where people already talk. Adapters bring requests, one shared core decides, and
//! everything that must happen later is a row in one table. `docs/architecture.md` has the drawing.

pub mod adapters;
pub mod app;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod core;
pub mod domain;
pub mod form;
pub mod logging;
pub mod ops;
pub mod scheduler;
pub mod store;

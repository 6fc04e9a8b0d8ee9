//! Slack as a platform: what comes in, what goes out, and how it is set up. Invariant: no type of Slack's leaves this
//! folder; the core hears requests and speaks through its port.

pub mod check;
pub mod inbound;
pub mod install;
pub mod manifest;
mod mentions;
pub mod plain;
pub mod render;
pub mod seal;
mod service;
pub mod tokens;
pub mod transport;

pub use mentions::Book;
pub use service::{Slack, SlackFault};

/// What the core calls this platform.
pub const PLATFORM: &str = "slack";

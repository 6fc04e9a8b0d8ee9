//! Discord as a platform: what comes in, what goes out, and how it is set up. Invariant: no type of Discord's leaves
//! this folder; the core hears requests and speaks through its port.

pub mod arrange;
pub mod check;
pub mod commands;
mod draw;
pub mod inbound;
pub mod permissions;
mod register;
pub mod render;
mod service;
pub mod setup;
pub mod transport;

pub use draw::Artist;
pub use service::{Discord, DiscordFault};

/// What the core calls this platform.
pub const PLATFORM: &str = "discord";

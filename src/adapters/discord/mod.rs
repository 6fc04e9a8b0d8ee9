//! Discord as a platform: what comes in, what goes out, and how it is set up. Invariant: no type of Discord's leaves
//! this folder; the core hears requests and speaks through its port.

/// What the core calls this platform.
pub const PLATFORM: &str = "discord";

//! The Slack adapter against a strict Slack of our own: its contract, bad input, faults, and all stories.

mod bad_input;
mod contract;
mod desk;
mod emulate;
pub mod fake;
mod faults;
mod lifecycle;
mod load;
mod sockets;
mod strict;

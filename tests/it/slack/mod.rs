//! The Slack adapter against a strict Slack of our own: its contract, bad input, faults, and all stories.

mod bad_input;
mod contract;
mod desk;
pub mod fake;
mod faults;
mod lifecycle;
mod sockets;
mod strict;

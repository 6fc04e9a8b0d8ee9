//! The Slack adapter against a strict Slack of our own: its contract, bad input, faults, and all stories.

mod contract;
mod desk;
pub mod fake;
mod strict;

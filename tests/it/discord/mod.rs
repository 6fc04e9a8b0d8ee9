//! The Discord adapter against a strict Discord of our own: its contract, bad input, faults, and all stories.

mod bad_input;
mod compare;
mod contract;
mod crashes;
mod desk;
mod directs;
pub mod fake;
mod faults;
mod forms;
mod lifecycle;
mod load;
mod setup;
mod shares;
mod sigkills;
mod sockets;
mod strict;
mod workload;

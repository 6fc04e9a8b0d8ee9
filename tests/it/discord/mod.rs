//! The Discord adapter against a strict Discord of our own: its contract, bad input, faults, and all stories.

// A story reads better as one long line than as the shape these lints ask for; what people of a later story do is
// there before the story.
#![allow(clippy::pedantic, clippy::precedence, clippy::print_stdout, dead_code)]

mod bad_input;
mod compare;
mod contract;
mod crashes;
mod desk;
mod directs;
pub mod fake;
mod faults;
mod lifecycle;
mod load;
mod setup;
mod sockets;
mod strict;

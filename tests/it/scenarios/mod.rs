//! What the bot does for people, told as stories. Each names the rows of the acceptance table that it proves, begins
//! from the same Monday and runs on both engines.

mod bad_input;
mod beginnings;
mod closing;
mod coaches;
mod commands;
mod formation;
mod groups;
mod home;
mod large;
mod meetups;
mod peace;
mod peers;
mod people_come_and_go;
mod proposals;
mod pulses;
mod repairs;
mod rhythm;
mod starters;
mod time;
mod together;
mod wishes;
mod year;

/// The participants of [`crate::harness::Bot::small`].
pub(crate) const PARTICIPANTS: [&str; 4] = ["ben", "cleo", "dev", "eva"];

//! The one integration-test binary: linking is what costs time here.
// A story reads better as one long line than as the shape these lints ask for.
#![allow(clippy::unused_self, clippy::match_same_arms, clippy::format_collect)]

mod architecture;
mod cadence;
mod discord;
mod faults;
mod files;
mod form;
mod forming;
mod harness;
mod kills;
mod messages;
mod migrations;
mod platform;
mod postgres;
mod scenarios;
mod sim;
mod slack;
mod store;
mod story;
mod tour;
mod zones;

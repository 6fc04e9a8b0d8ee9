//! The one integration-test binary: linking is what costs time here.

mod architecture;
mod cadence;
mod files;
mod harness;
mod kills;
mod messages;
mod migrations;
mod platform;
mod postgres;
mod scenarios;
mod sim;
mod store;
mod story;
mod zones;

//! All SQL. One text serves `SQLite` and Postgres; `Store::begin` is the only door to a writing transaction, and no
//! transaction outlives the function that opened it.

mod dialect;
mod error;
mod migrations;
mod open;
mod tx;
mod types;

pub mod applications;
pub mod audit;
pub mod contacts;
pub mod credentials;
pub mod discord;
pub mod export;
pub mod groups;
pub mod inbound;
pub mod inbox;
pub mod installs;
pub mod meetups;
pub mod near;
pub mod nudges;
pub mod people;
pub mod plans;
pub mod playground;
pub mod programs;
pub mod pulses;
pub mod sheets;
pub mod starters;
pub mod wishes;
pub mod workspaces;

pub use error::StoreError;
pub use migrations::{Migration, migrations_of};
pub use open::{Engine, Store};
pub use tx::Tx;

//! Research.
#![allow(missing_docs, clippy::all, clippy::pedantic)]
mod budget; mod heat; mod instance; mod lookup; mod sizes; mod state; mod sweep; pub mod temper; mod walk;
pub use budget::{Budget, Steps};
pub use instance::{Instance, InstanceFault, Limits, MOST_GROUPS, MOST_PEOPLE};

//! Maximally diverse grouping: split people into groups so that the distances inside the groups
//! add up to as much as possible, every group keeping within its bounds of size.
//!
//! Invariant: one seed and one budget of steps give one grouping, on any machine and with any
//! number of threads: distances and sums are whole numbers, and fractions are only ever added in
//! one fixed order.

// Temperatures, rates and shares of a budget are rough by nature; every number that decides about
// the objective is a whole one, and `Instance` keeps those far from the ends of their types.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]
// A loop only gets wide instructions inside the function that was compiled for them.
#![allow(clippy::inline_always)]

mod anneal;
mod budget;
mod exact;
mod heat;
mod instance;
mod lookup;
mod search;
mod sizes;
mod solve;
mod state;
mod sweep;
mod temper;
mod walk;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod properties;

pub use budget::{Budget, Steps};
pub use instance::{Instance, InstanceFault, Limits, MOST_GROUPS, MOST_PEOPLE};
pub use solve::{Grouping, group, group_in_lanes};

//! Rounds of small groups over one pool: peer circles and accountability pairs, all planned
//! before the first one meets.
//!
//! Invariant: everybody has a seat in every round, groups differ by at most one in size, and the
//! same question with the same seed and budget of steps gives the same agenda anywhere.

// Shares of a budget are rough by nature, and `Circle` keeps people and rounds small.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]

mod agenda;
mod bound;
mod catalogue;
mod circle;
mod deal;
mod field;
mod hunt;
mod improve;
mod lines;
mod pairs;
mod plan;
mod seating;
mod starter;

#[cfg(test)]
mod properties;

pub use agenda::{Agenda, Origin};
pub use bound::{fewest_repeats, most_fresh_rounds};
pub use catalogue::known_rounds;
pub use circle::{Circle, CircleFault, MOST_SEATS};
pub use plan::plan;

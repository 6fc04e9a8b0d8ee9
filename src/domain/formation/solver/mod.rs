//! The solver: compiles the problem, builds groups, improves them, and proves how good they are.
//!
//! Invariant: a pure function of pool, locks, seed and steps; who watches and how many threads
//! there are changes nothing unless the watcher stops the search.

mod amend;
#[allow(clippy::cast_precision_loss, reason = "points and steps stay far below two to the 53rd")]
mod anneal;
mod blocks;
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "values of plans stay far below two to the 53rd"
)]
mod branch;
mod bunch;
mod cell;
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "values of plans stay far below two to the 53rd"
)]
mod claims;
#[allow(clippy::cast_precision_loss, reason = "rows and work are small numbers")]
mod climb;
mod deal;
#[allow(clippy::cast_precision_loss, reason = "53 bits are what a fraction holds")]
mod dice;
#[allow(clippy::cast_precision_loss, reason = "values of plans stay far below two to the 53rd")]
mod dig;
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "values of plans stay far below two to the 53rd"
)]
mod exact;
mod face;
mod goal;
mod greedy;
mod ground;
mod hints;
mod homes;
#[allow(clippy::cast_precision_loss, reason = "rows are small numbers")]
mod inverse;
mod leaders;
#[allow(clippy::cast_precision_loss, reason = "rows and work are small numbers")]
mod lp;
#[allow(clippy::cast_precision_loss, reason = "values of plans stay far below two to the 53rd")]
mod master;
mod mend;
#[allow(clippy::cast_precision_loss, reason = "rows and work are small numbers")]
mod mend_rows;
mod moves;
mod polish;
mod pot;
#[allow(clippy::cast_precision_loss, reason = "values of plans stay far below two to the 53rd")]
mod quarry;
mod quick;
mod reshape;
#[allow(clippy::cast_precision_loss, reason = "counts of people are small numbers")]
mod rows;
mod search;
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "values of plans stay far below two to the 53rd"
)]
mod settle;
mod soul;
mod state;
mod watch;
mod worth;

pub use watch::{Phase, Progress, Unwatched, Watch};

use super::plan::Bound;
use super::pool::Pool;
use super::team::Team;
use search::Search;

/// What a search is given.
pub(super) struct Order<'o> {
    pub(super) seed: u64,
    pub(super) steps: u64,
    pub(super) threads: usize,
    pub(super) watch: &'o dyn Watch,
}

/// The groups of a search, and what is proven about them.
pub(super) struct Found {
    pub(super) teams: Vec<Team>,
    pub(super) bound: Option<Bound>,
    /// For a repair: whether it is proven that seats and moves cannot be better.
    pub(super) proven: bool,
}

/// Forms groups around those that are locked and complete.
pub(super) fn solve(pool: &Pool, locked: &[Team], order: &Order<'_>) -> Found {
    let widest = pool.rules.max_participants + pool.rules.max_mentors;
    match widest {
        0..=8 => Search::<8>::new(pool, locked, order).run(),
        9..=16 => Search::<16>::new(pool, locked, order).run(),
        _ => Search::<120>::new(pool, locked, order).run(),
    }
}

/// Changes groups as little as the pool allows. The groups that were come by place, locked ones first.
pub(super) fn change(pool: &Pool, locked: &[Team], before: &[Team], order: &Order<'_>) -> Found {
    let widest = pool.rules.max_participants + pool.rules.max_mentors;
    match widest {
        0..=8 => Search::<8>::new(pool, locked, order).change(before),
        9..=16 => Search::<16>::new(pool, locked, order).change(before),
        _ => Search::<120>::new(pool, locked, order).change(before),
    }
}

//! What the caller of a search may see and say while it runs.
//!
//! Invariant: a search that is never stopped gives the same plan whoever watches it.

/// A phase of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Building a first plan.
    Build,
    /// Improving it.
    Improve,
    /// Proving how good it is.
    Prove,
}

/// How far a search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it does.
    pub phase: Phase,
    /// Share of this phase that is done, from 0 to 100.
    pub percent: u8,
    /// Participants with a seat in the plan so far.
    pub placed: usize,
    /// Participants without.
    pub unplaced: usize,
    /// Total of the plan so far, see `PlanScore::total`.
    pub total: i64,
    /// What no plan's total can exceed, as far as it is proven by now; see `Bound::total`.
    pub bound: Option<i64>,
}

/// Looks on while a search runs. Called from several threads, some times a second.
pub trait Watch: Sync {
    /// Whether to stop and hand over the best plan so far.
    fn stop(&self) -> bool {
        false
    }

    /// How far the search has come.
    fn progress(&self, progress: Progress) {
        let _ = progress;
    }
}

/// Nobody looks on, and nothing stops the search but its budget.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}

impl<F: Fn() -> bool + Sync> Watch for F {
    fn stop(&self) -> bool {
        self()
    }
}

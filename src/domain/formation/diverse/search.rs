//! What every search shares: where it starts, how hot it has to be, and the best it has seen.
//!
//! Invariant: the best grouping kept never gets worse, and it keeps every bound.

use super::budget::Budget;
use super::heat::Heat;
use super::instance::Instance;
use super::sizes::{Spread, plan};
use super::state::State;
use super::walk::Walker;

/// A search over one instance.
pub(super) struct Search<'a> {
    pub(super) instance: &'a Instance,
    pub(super) walker: Walker<'a>,
    pub(super) best: State,
    sizes: Vec<usize>,
}

/// What a quick cooling has shown.
#[derive(Debug, Clone)]
pub(super) struct Quench {
    /// Where it ended.
    pub(super) state: State,
    /// Each temperature with the mean sum of weights per person at it: above 1 a grouping moves
    /// freely, near 0 it stands still.
    levels: Vec<(f64, f64)>,
    /// About how often the whole budget lets one walk over everybody.
    pub(super) sweeps: f64,
}

impl Quench {
    /// The lowest temperature at which weights still added up to more than `free`.
    pub(super) fn hot(&self, free: f64) -> f64 {
        let last = self.levels.iter().rev().find(|(_, rate)| *rate > free);
        last.or(self.levels.first()).map_or(1.0, |(degrees, _)| *degrees)
    }

    /// The lowest temperature.
    pub(super) fn cold(&self) -> f64 {
        self.levels.last().map_or(1.0, |(degrees, _)| *degrees)
    }
}

/// A grouping stands still when the weights of a person's exchanges add up to less than this.
const STILL: f64 = 0.05;
/// The next temperature of a quench, as a part of the one before.
const QUENCH: f64 = 0.96;
/// Up to this many people other sizes than the planned ones are always looked at: the plan goes by
/// averages, which say little about so few.
const HANDFUL: usize = 30;
/// The share of the budget a quench may take.
const QUENCH_SHARE: f64 = 0.1;

impl<'a> Search<'a> {
    pub(super) fn new(instance: &'a Instance, seed: u64) -> Self {
        let spread = Spread::of(instance);
        let sizes = plan(instance, spread);
        let fixed = instance.limits().iter().all(|limit| limit.least == limit.most);
        let planned = spread.favours_plan() && instance.people() > HANDFUL;
        let mut walker = Walker::new(instance, seed, !fixed && !planned);
        let best = State::random(instance, &sizes, &mut walker.chance);
        Self { instance, walker, best, sizes }
    }

    /// A fresh grouping by chance.
    pub(super) fn fresh(&mut self) -> State {
        State::random(self.instance, &self.sizes, &mut self.walker.chance)
    }

    /// Cools a fresh grouping quickly until it stands still.
    pub(super) fn quench(&mut self, budget: &mut dyn Budget) -> Quench {
        let mut state = self.fresh();
        let people = self.instance.people();
        let mut degrees = self.typical_gain(&state);
        let mut levels = Vec::new();
        loop {
            let rate = self.walker.walk(&mut state, Heat::new(degrees), people);
            levels.push((degrees, rate));
            if rate < STILL || budget.spent((people * people) as u64) > QUENCH_SHARE {
                break;
            }
            degrees *= QUENCH;
        }
        let sweeps = levels.len() as f64 / budget.spent(0).max(f64::MIN_POSITIVE);
        self.harvest(&state, budget);
        Quench { state, levels, sweeps }
    }

    /// Climbs from a copy of a state and keeps the result if it is the best.
    pub(super) fn harvest(&mut self, state: &State, budget: &mut dyn Budget) {
        let mut copy = state.clone();
        let people = self.instance.people() as u64;
        while self.walker.climb(&mut copy) && budget.spent(people * people) < 1.0 {}
        if copy.value > self.best.value {
            self.best = copy;
        }
    }

    /// The mean size of a gain or loss of exchanges, and of moves where they are allowed, taken by
    /// chance; at least 1. With everybody in one group there are only moves.
    fn typical_gain(&mut self, state: &State) -> f64 {
        let people = self.instance.people();
        let (mut sum, mut count) = (0_i64, 1_i64);
        for _ in 0..2_000 {
            let (x, y) = (self.walker.chance.below(people), self.walker.chance.below(people));
            if state.groups[x] != state.groups[y] {
                sum += i64::from(state.gain(self.instance, x, y)).abs();
                count += 1;
            }
            if let Some(gain) = self.walker.any_move(state, x) {
                sum += i64::from(gain).abs();
                count += 1;
            }
        }
        (sum as f64 / count as f64).max(1.0)
    }
}

//! Several groupings at several temperatures at once, trading places: the search for instances
//! small enough that one cooling would freeze long before the time is up.
//!
//! Invariant: temperatures fall from rung to rung; which grouping is on which rung is decided by
//! values and seeded draws alone.

use super::budget::Budget;
use super::heat::{Heat, ladder, odds};
use super::search::Search;
use super::state::State;

/// Rungs of the ladder, and the sum of weights at its hottest: more and hotter ones for more people,
/// fewer and colder ones when there is time for few walks over everybody.
const LARGE: (usize, f64) = (16, 3.0);
const SMALL: (usize, f64) = (8, 1.5);
const SHORT: (usize, f64) = (6, 1.0);
/// More people than this are many.
const MANY: usize = 160;
/// Fewer walks than this are few.
const FEW: f64 = 40_000.0;
/// The share of the budget that brings fresh groupings down to their rungs.
const SETTLE: f64 = 0.1;
/// Until this share of the budget the rungs are moved to where they trade alike.
const ADAPT: f64 = 0.2;
/// Rounds between two moves of the rungs.
const WINDOW: u32 = 200;
/// Rounds between two harvests, and the coldest rungs that are harvested.
const HARVEST: u32 = 32;
const HARVESTED: usize = 3;
/// A grouping is not climbed from when it is this part below the best (one in so many).
const HOPELESS: i64 = 64;

/// The ladder while it is used.
struct Tower {
    degrees: Vec<f64>,
    states: Vec<State>,
    /// Trades with the next rung since the rungs were last moved.
    trades: Vec<u32>,
    /// Value of each rung's grouping when it was last harvested.
    harvested: Vec<Option<i64>>,
}

/// Spends the budget on a ladder of groupings.
pub(super) fn temper(search: &mut Search<'_>, budget: &mut dyn Budget) {
    let quench = search.quench(budget);
    let (rungs, free) = match search.instance.people() {
        _ if quench.sweeps < FEW => SHORT,
        people if people > MANY => LARGE,
        _ => SMALL,
    };
    let degrees = ladder(quench.hot(free), quench.cold(), rungs);
    let mut tower = settle(search, degrees, budget);
    let people = search.instance.people();
    let rows = (people / 4).max(1);
    let steps = (rows * people * rungs) as u64;
    let mut round = 0_u32;
    while budget.spent(steps) < 1.0 {
        for (state, degrees) in tower.states.iter_mut().zip(&tower.degrees) {
            search.walker.walk(state, Heat::new(*degrees), rows);
        }
        tower.trade(search);
        round = round.wrapping_add(1);
        if round.is_multiple_of(WINDOW) && budget.spent(0) < ADAPT {
            tower.adapt();
        }
        if round.is_multiple_of(HARVEST) {
            tower.harvest(search, budget);
        }
    }
}

/// Fresh groupings, each cooled to its rung.
fn settle(search: &mut Search<'_>, degrees: Vec<f64>, budget: &mut dyn Budget) -> Tower {
    const LEVELS: usize = 33;
    let rungs = degrees.len();
    let people = search.instance.people();
    let mut states = Vec::with_capacity(rungs);
    for rung in &degrees {
        let mut state = search.fresh();
        let levels = ladder(degrees[0], *rung, LEVELS);
        let begun = budget.spent(0);
        loop {
            let spent = budget.spent((people * people) as u64);
            let share = (spent - begun) * rungs as f64 / SETTLE;
            if share >= 1.0 || spent >= 1.0 {
                break;
            }
            let level = (share * (LEVELS - 1) as f64) as usize;
            search.walker.walk(&mut state, Heat::new(levels[level]), people);
        }
        states.push(state);
    }
    Tower { degrees, states, trades: vec![0; rungs - 1], harvested: vec![None; rungs] }
}

impl Tower {
    /// Neighbours trade places: always when the colder rung gains by it, else sometimes.
    fn trade(&mut self, search: &mut Search<'_>) {
        for rung in 0..self.trades.len() {
            let slope = 1.0 / self.degrees[rung + 1] - 1.0 / self.degrees[rung];
            let gain = self.states[rung].value - self.states[rung + 1].value;
            let chance = odds(slope * gain as f64 * std::f64::consts::LOG2_E);
            if chance >= 1.0 || search.walker.fraction() <= chance {
                self.states.swap(rung, rung + 1);
                self.trades[rung] += 1;
            }
        }
    }

    /// Moves rungs apart where they trade often and together where they seldom do.
    fn adapt(&mut self) {
        const CALM: f64 = 10.0;
        let mean = f64::from(self.trades.iter().sum::<u32>()) / self.trades.len() as f64;
        let (hot, cold) = (self.degrees[0], self.degrees[self.trades.len()]);
        let mut gaps: Vec<f64> = self
            .trades
            .iter()
            .zip(self.degrees.windows(2))
            .map(|(trades, pair)| (pair[0] - pair[1]) * ((f64::from(*trades) + CALM) / (mean + CALM)).sqrt())
            .collect();
        let sum: f64 = gaps.iter().sum();
        if sum > 0.0 {
            for gap in &mut gaps {
                *gap *= (hot - cold) / sum;
            }
        }
        for rung in 1..self.trades.len() {
            self.degrees[rung] = self.degrees[rung - 1] - gaps[rung - 1];
        }
        self.trades.fill(0);
    }

    /// Climbs from the coldest groupings that have changed and are not far behind.
    fn harvest(&mut self, search: &mut Search<'_>, budget: &mut dyn Budget) {
        let rungs = self.states.len();
        for rung in rungs - HARVESTED..rungs {
            let value = self.states[rung].value;
            let behind = search.best.value.saturating_sub(value);
            if self.harvested[rung] != Some(value) && behind <= search.best.value.abs() / HOPELESS {
                self.harvested[rung] = Some(value);
                search.harvest(&self.states[rung], budget);
            }
        }
    }
}

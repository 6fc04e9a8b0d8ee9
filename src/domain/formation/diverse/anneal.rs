//! One slow cooling: the search for large instances, where a single grouping takes all the time.
//!
//! Invariant: the temperature depends on the share of the budget that is gone and on nothing else.

use super::budget::Budget;
use super::heat::{Heat, ladder};
use super::search::Search;

/// The cooling starts where weights add up to this: colder, and it would start frozen.
const FREE: f64 = 5.0;
/// People walked over between two looks at the budget.
const ROWS: usize = 64;
/// Temperatures of the cooling.
const LEVELS: usize = 1_025;
/// The share of the budget that the cooling may take; the rest is for the last climb.
const END: f64 = 0.985;

/// Spends the budget on one cooling.
pub(super) fn anneal(search: &mut Search<'_>, budget: &mut dyn Budget) {
    let quench = search.quench(budget);
    let degrees = ladder(quench.hot(FREE), quench.cold(), LEVELS);
    let mut state = quench.state;
    let begun = budget.spent(0);
    let steps = (ROWS * search.instance.people()) as u64;
    loop {
        let spent = budget.spent(steps);
        if spent >= END {
            break;
        }
        let share = (spent - begun) / (END - begun);
        let level = (share * (LEVELS - 1) as f64) as usize;
        search.walker.walk(&mut state, Heat::new(degrees[level]), ROWS);
    }
    search.harvest(&state, budget);
}

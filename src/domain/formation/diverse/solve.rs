//! One call from instance to grouping.
//!
//! Invariant: the grouping returned is valid, and its value is counted from scratch.

use super::anneal::anneal;
use super::budget::Budget;
use super::exact::optimum;
use super::instance::Instance;
use super::search::Search;
use super::temper::temper;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Up to this many people a ladder of temperatures is used, above it one slow cooling.
const TEMPERED: usize = 300;

/// An answer: a group for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// Group of each person.
    pub groups: Vec<usize>,
    /// Sum of the distances inside groups.
    pub value: i64,
    /// Whether no grouping is better, because all were tried.
    pub is_proven: bool,
}

/// Groups people so that the distances inside groups add up to as much as the budget finds. One
/// seed and one count of steps give one grouping on any machine.
pub fn group(instance: &Instance, seed: u64, budget: &mut dyn Budget) -> Grouping {
    if let Some((value, groups)) = optimum(instance) {
        return Grouping { groups, value, is_proven: true };
    }
    let mut search = Search::new(instance, seed);
    if instance.people() <= TEMPERED {
        temper(&mut search, budget);
    } else {
        anneal(&mut search, budget);
    }
    let groups = search.best.seats(instance);
    let value = instance.value(&groups);
    Grouping { groups, value, is_proven: instance.limits().len() == 1 }
}

/// Runs `lanes` searches with seeds of their own on at most `threads` threads and returns the best,
/// the first lane winning ties. `budget` makes the budget of a lane; when it counts steps, the
/// answer depends on the number of lanes but not on the number of threads.
pub fn group_in_lanes<B: Budget>(
    instance: &Instance,
    seed: u64,
    (lanes, threads): (usize, usize),
    budget: impl Fn(usize) -> B + Sync,
) -> Grouping {
    let run = |lane: usize| group(instance, seed.wrapping_add(lane as u64), &mut budget(lane));
    let (next, found) = (AtomicUsize::new(1), Mutex::new(vec![(0, run(0))]));
    if !found.lock().is_ok_and(|found| found[0].1.is_proven) {
        std::thread::scope(|scope| {
            for _ in 0..threads.clamp(1, lanes.max(1)) {
                scope.spawn(|| {
                    loop {
                        let lane = next.fetch_add(1, Ordering::Relaxed);
                        if lane >= lanes {
                            break;
                        }
                        let grouping = run(lane);
                        found.lock().expect("no lane panics while it holds the list").push((lane, grouping));
                    }
                });
            }
        });
    }
    let found = found.into_inner().expect("no lane panics while it holds the list");
    let best = found.into_iter().max_by_key(|(lane, grouping)| (grouping.value, std::cmp::Reverse(*lane)));
    best.expect("the first lane has run").1
}

//! Exchanges of seats until meetings no longer repeat, or the budget's part is gone.
//!
//! Invariant: a search never leaves a worse seating than it found.

use super::hunt::is_taken;
use super::seating::Seating;
use crate::domain::formation::chance::Chance;
use crate::domain::formation::diverse::Budget;
use std::ops::Range;

/// Proposals between two looks at the budget.
const LOOK: u64 = 4_096;

/// Cools the rounds of a range; stops early when the cost is down to `goal`. `proposals` is the
/// length of the cooling, which ends early when the budget's share reaches `until`.
pub(super) fn cool(
    seating: &mut Seating,
    rounds: Range<usize>,
    goal: i64,
    proposals: u64,
    chance: &mut Chance,
    budget: &mut dyn Budget,
    until: f64,
) {
    let seats = seating.seats();
    let mut best = seating.cost;
    // Exchanges since the best seating, to be taken back at the end.
    let mut since: Vec<(usize, usize, usize)> = Vec::new();
    for step in 0..proposals {
        if seating.cost <= goal || (step % LOOK == 0 && budget.spent(LOOK) >= until) {
            break;
        }
        let round = rounds.start + chance.below(rounds.len());
        let a = chance.below(seats);
        // Nearly all proposals start from somebody who repeats a meeting.
        if step % 8 != 0 && !seating.repeats_at(round, a) {
            continue;
        }
        let b = chance.below(seats);
        if !seating.may_exchange(round, a, b) {
            continue;
        }
        let added = seating.change(round, a, b);
        // One repeat more is taken about once in 5 at first and once in 250 at last.
        let refusal = 5 + usize::try_from(step * 245 / proposals).unwrap_or(245);
        if is_taken(added, refusal, chance) {
            seating.exchange(round, a, b, added);
            since.push((round, a, b));
            if seating.cost < best {
                best = seating.cost;
                since.clear();
            }
        }
    }
    if seating.cost > best {
        for (round, a, b) in since.into_iter().rev() {
            let added = seating.change(round, a, b);
            seating.exchange(round, a, b, added);
        }
    }
}

//! The search for starting rounds without faults.
//!
//! Invariant: a starter that is returned has no fault; when none is found within the budget's part,
//! none is returned.

use super::starter::{Frame, Starter};
use crate::domain::formation::chance::Chance;
use crate::domain::formation::diverse::Budget;

/// Looks for a starter without faults, until one is found or the budget's share reaches `until`.
pub(super) fn hunt(
    frame: &Frame,
    chance: &mut Chance,
    budget: &mut dyn Budget,
    until: f64,
) -> Option<Starter> {
    while frame.is_open() && budget.spent(0) < until {
        let mut seats = Vec::new();
        for _ in 0..frame.bases {
            let mut base: Vec<usize> = (0..frame.people()).collect();
            chance.shuffle(&mut base);
            seats.extend(base);
        }
        let column = |row: usize, chance: &mut Chance| if row == 0 { 0 } else { chance.below(frame.turn) };
        let standing =
            (0..frame.standing).map(|_| (0..frame.rows()).map(|row| column(row, chance)).collect()).collect();
        let mut starter = Starter::new(frame.clone(), seats, standing);
        if cool(&mut starter, frame, chance, budget, until) {
            return Some(starter);
        }
    }
    None
}

/// Steps of one cooling for every seat of the starting round.
const STEPS_PER_SEAT: usize = 20_000;

/// One slow cooling; true when no fault is left.
fn cool(
    starter: &mut Starter,
    frame: &Frame,
    chance: &mut Chance,
    budget: &mut dyn Budget,
    until: f64,
) -> bool {
    let seats = frame.people() * frame.bases;
    let (steps, rows) = (seats * STEPS_PER_SEAT, frame.rows());
    for step in 0..steps {
        if starter.faults() == 0 {
            return true;
        }
        if step % 4_096 == 0 && budget.spent(4_096) >= until {
            return false;
        }
        // One fault more is taken about once in 4 at first and once in 150 at last.
        let refusal = 4 + step * 146 / steps;
        let before = starter.faults();
        let turn = chance.below(seats + frame.standing * rows);
        if turn < seats {
            let people = frame.people();
            let other = turn / people * people + chance.below(people);
            if !starter.are_apart(turn, other) {
                continue;
            }
            starter.exchange(turn, other);
            if !is_taken(starter.faults() - before, refusal, chance) {
                starter.exchange(turn, other);
            }
        } else {
            let (round, row) = ((turn - seats) / rows, (turn - seats) % rows);
            let (old, new) = (starter.column(round, row), chance.below(frame.turn));
            if row == 0 {
                continue;
            }
            starter.set_column(round, row, new);
            if !is_taken(starter.faults() - before, refusal, chance) {
                starter.set_column(round, row, old);
            }
        }
    }
    starter.faults() == 0
}

/// Whether a change for the worse is taken: once in `refusal` times for each fault more.
pub(super) fn is_taken(worse: i64, refusal: usize, chance: &mut Chance) -> bool {
    (0..worse.clamp(0, 8)).all(|_| chance.one_in(refusal))
}

#[cfg(test)]
mod tests {
    use super::super::agenda::tally;
    use super::super::circle::Circle;
    use super::*;
    use crate::domain::formation::diverse::Steps;

    fn repeats(rounds: &[Vec<Vec<usize>>], people: usize) -> u64 {
        tally(&Circle::new(people, 2, rounds.len()), rounds).repeats
    }

    #[test]
    fn a_hunt_finds_rounds_without_repeats() {
        let frames = [
            (7, 1, vec![3; 5], 0),
            (4, 2, vec![3; 6], 0),
            (7, 1, vec![4; 7], 2),
            (4, 1, vec![4, 4, 3, 3], 0),
        ];
        for (turn, bases, sizes, standing) in frames {
            let people = sizes.iter().sum();
            let frame = Frame { turn, bases, sizes, standing };
            assert!(frame.is_open());
            let found =
                hunt(&frame, &mut Chance::new(1), &mut Steps::new(40_000_000), 1.0).expect("a starter");
            assert_eq!((found.faults(), found.rounds().len()), (0, turn * bases + standing));
            assert_eq!(repeats(&found.rounds(), people), 0);
        }
    }

    #[test]
    fn a_frame_with_more_pairs_than_differences_is_closed() {
        let frame = |turn, size, groups| Frame { turn, bases: 1, sizes: vec![size; groups], standing: 0 };
        assert!(!frame(8, 3, 5).is_open(), "fifteen people in threes have seven rounds");
        assert!(!frame(11, 4, 8).is_open());
        let hunted = hunt(&frame(8, 3, 5), &mut Chance::new(1), &mut Steps::new(1_000), 1.0);
        assert_eq!(hunted, None);
    }

    #[test]
    fn faults_are_none_only_where_nobody_repeats() {
        let mut chance = Chance::new(4);
        let mut starter = Starter::new(
            Frame { turn: 5, bases: 1, sizes: vec![3; 5], standing: 1 },
            (0..15).collect(),
            vec![vec![0, 1, 2]],
        );
        let mut clean = 0;
        for _ in 0..20_000 {
            let (a, b) = (chance.below(15), chance.below(15));
            if a / 3 == b / 3 {
                continue;
            }
            let before = starter.faults();
            starter.exchange(a, b);
            if starter.faults() > before && !chance.one_in(20) {
                starter.exchange(a, b);
            }
            if starter.faults() < 2 {
                assert_eq!(starter.faults() == 0, repeats(&starter.rounds(), 15) == 0);
                clean += 1;
            }
        }
        assert!(clean > 0, "the walk comes near a clean starter");
    }
}

//! What holds for every agenda.
//!
//! Invariant: everything is counted again here, from the groups alone.

#![allow(clippy::only_used_in_recursion)] // The search carries the whole question with it.

use super::{Agenda, Circle, Origin, fewest_repeats, known_rounds, most_fresh_rounds, plan};
use crate::domain::formation::diverse::Steps;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn planned(circle: &Circle, seed: u64, steps: u64) -> Agenda {
    plan(circle, seed, &mut Steps::new(steps)).expect("an agenda")
}

/// Checks seats, sizes and units, and counts repeats and forbidden meetings.
fn checked(circle: &Circle, agenda: &Agenda) -> Result<(), TestCaseError> {
    let sizes = circle.sizes().expect("sizes");
    prop_assert_eq!(agenda.rounds.len(), circle.rounds);
    let mut met: BTreeSet<(usize, usize)> = circle.met.iter().map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    let never: BTreeSet<(usize, usize)> = circle.never.iter().map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    let (mut repeats, mut forbidden, mut crowded) = (0, 0, 0);
    for round in &agenda.rounds {
        let mut lengths: Vec<usize> = round.iter().map(Vec::len).collect();
        lengths.sort_unstable_by_key(|length| std::cmp::Reverse(*length));
        prop_assert_eq!(&lengths, &sizes);
        let mut all = round.concat();
        all.sort_unstable();
        prop_assert!(all.into_iter().eq(0..circle.people), "everybody has one seat");
        for group in round {
            let mut units: BTreeMap<u32, u64> = BTreeMap::new();
            for (index, b) in group.iter().enumerate() {
                if let Some(Some(unit)) = circle.units.get(*b).filter(|_| circle.per_unit > 0) {
                    let count = units.entry(*unit).or_default();
                    *count += 1;
                    crowded += u64::from(*count > circle.per_unit as u64);
                }
                for a in &group[..index] {
                    repeats += u64::from(!met.insert((*a, *b)));
                    forbidden += u64::from(never.contains(&(*a, *b)));
                }
            }
        }
    }
    prop_assert_eq!((agenda.repeats, agenda.forbidden, agenda.crowded), (repeats, forbidden, crowded));
    prop_assert!(agenda.fewest_repeats <= repeats);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_agenda_seats_everybody_and_counts_itself_right(
        people in 2_usize..30, size in 2_usize..7, rounds in 0_usize..8, units in 0_u32..6, per_unit in 0_usize..3,
        pairs in proptest::collection::vec((0_usize..30, 0_usize..30, any::<bool>()), 0..6), seed in any::<u64>(),
    ) {
        let mut circle = Circle::new(people, size, rounds);
        circle.per_unit = per_unit;
        if units > 0 {
            circle.units = (0..people as u32).map(|person| (person % 7 > 0).then_some(person * 5 % units)).collect();
        }
        for (a, b, never) in pairs.into_iter().filter(|(a, b, _)| a != b && *a.max(b) < people) {
            if never { circle.never.push((a, b)) } else { circle.met.push((a, b)) }
        }
        let agenda = planned(&circle, seed, 60_000);
        checked(&circle, &agenda)?;
        prop_assert_eq!(&agenda, &planned(&circle, seed, 60_000));
        let sizes = circle.sizes().expect("sizes");
        let largest = circle.units.iter().flatten().fold(BTreeMap::new(), |mut counts, unit| {
            *counts.entry(*unit).or_insert(0_usize) += 1;
            counts
        });
        let fits = largest.values().all(|count| *count <= per_unit * sizes.len());
        if per_unit > 0 && fits {
            prop_assert_eq!(agenda.crowded, 0, "a rule that can be kept is kept");
        }
    }
}

/// All ways to split a list of people into groups of two.
fn pairings(people: &[usize]) -> Vec<Vec<(usize, usize)>> {
    let [first, rest @ ..] = people else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for (index, partner) in rest.iter().enumerate() {
        let left: Vec<usize> =
            rest.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, person)| *person).collect();
        for mut pairing in pairings(&left) {
            pairing.push((*first, *partner));
            all.push(pairing);
        }
    }
    all
}

/// The fewest repeats of pairs over some rounds, by trying all.
fn fewest(
    people: usize,
    rounds: usize,
    met: &BTreeSet<(usize, usize)>,
    known: &[Vec<(usize, usize)>],
) -> u64 {
    if rounds == 0 {
        return 0;
    }
    let tries = known.iter().map(|pairing| {
        let mut next = met.clone();
        let repeats = pairing.iter().filter(|pair| !next.insert(**pair)).count() as u64;
        repeats + fewest(people, rounds - 1, &next, known)
    });
    tries.min().unwrap_or(0)
}

#[test]
fn tiny_circles_repeat_as_little_as_trying_everything_finds() {
    for (people, rounds) in [(4, 2), (4, 3), (4, 4), (6, 3), (6, 4)] {
        let known = pairings(&(0..people).collect::<Vec<_>>());
        for met in [vec![], vec![(0, 1)], vec![(0, 1), (2, 3), (0, 2)]] {
            let mut circle = Circle::new(people, 2, rounds);
            circle.met = met.clone();
            let best = fewest(people, rounds, &met.into_iter().collect(), &known);
            let agenda = planned(&circle, 1, 2_000_000);
            assert_eq!(agenda.repeats, best, "{people} people, {rounds} rounds, {:?}", circle.met);
            assert!(fewest_repeats(&circle, true) <= best);
        }
    }
}

#[test]
fn forty_people_of_eight_departments_meet_six_times_without_a_repeat() {
    let mut circle = Circle::new(40, 4, 6);
    circle.units = (0..40).map(|person| Some(person % 8)).collect();
    circle.per_unit = 1;
    for seed in 0..3 {
        let agenda = planned(&circle, seed, 20_000_000);
        assert_eq!((agenda.repeats, agenda.crowded, agenda.forbidden), (0, 0, 0));
        checked(&circle, &agenda).expect("a valid agenda");
    }
}

#[test]
fn people_who_left_a_design_leave_the_others_without_repeats() {
    let agenda = planned(&Circle::new(25, 4, 5), 3, 20_000_000);
    assert_eq!(agenda.repeats, 0, "six groups, one of five");
    let agenda = planned(&Circle::new(46, 6, 6), 3, 1_000_000);
    assert_eq!((agenda.repeats, agenda.rounds[0].len()), (0, 7));
}

#[test]
fn designs_are_used_up_to_their_last_round_and_extended_fairly() {
    for (groups, size) in [(8, 8), (7, 4), (6, 5), (10, 4), (9, 3)] {
        let rounds = known_rounds(groups, size);
        let mut circle = Circle::new(groups * size, size, rounds);
        let agenda = planned(&circle, 1, 1_000);
        assert_eq!((agenda.repeats, agenda.origin), (0, Origin::Designed), "{groups} x {size}");
        assert!(rounds <= most_fresh_rounds(&circle));
        circle.rounds += 1;
        let agenda = planned(&circle, 1, 400_000);
        checked(&circle, &agenda).expect("a valid agenda");
        assert!(agenda.repeats >= agenda.fewest_repeats);
        let mut times: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for group in agenda.rounds.iter().flatten() {
            for (index, b) in group.iter().enumerate() {
                for a in &group[..index] {
                    *times.entry((*a, *b)).or_default() += 1;
                }
            }
        }
        assert_eq!(times.values().max(), Some(&2), "nobody meets somebody a third time");
    }
}

#[test]
fn a_large_pool_meets_in_parts_and_keeps_its_rules() {
    let mut circle = Circle::new(2_501, 4, 3);
    circle.units = (0..2_501).map(|person| Some(person % 40)).collect();
    circle.per_unit = 1;
    circle.never = vec![(0, 1), (7, 2_500)];
    let agenda = planned(&circle, 5, 30_000_000);
    checked(&circle, &agenda).expect("a valid agenda");
    assert_eq!((agenda.repeats, agenda.crowded, agenda.forbidden), (0, 0, 0));
}

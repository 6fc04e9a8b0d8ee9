//! What holds for every instance.
//!
//! Invariant: the oracles here share no code with the search.

use super::cases::random;
use super::{Grouping, Instance, Limits, Steps, group, group_in_lanes};
use crate::domain::formation::chance::Chance;
use proptest::prelude::*;

/// Tries every list of groups; only for a handful of people.
fn brute_force(instance: &Instance) -> i64 {
    let (people, count) = (instance.people(), instance.limits().len());
    let lists = u32::try_from(people).map(|people| count.pow(people)).expect("small");
    (0..lists)
        .filter_map(|mut list| {
            let groups: Vec<usize> = (0..people)
                .map(|_| {
                    let group = list % count;
                    list /= count;
                    group
                })
                .collect();
            instance.is_valid(&groups).then(|| instance.value(&groups))
        })
        .max()
        .expect("an instance has a valid grouping")
}

/// The search itself, without the shortcut for a handful of people.
fn searched(instance: &Instance, seed: u64, steps: u64) -> i64 {
    let mut search = super::search::Search::new(instance, seed);
    super::temper::temper(&mut search, &mut Steps::new(steps));
    let groups = search.best.seats(instance);
    assert!(instance.is_valid(&groups));
    instance.value(&groups)
}

fn annealed(instance: &Instance, seed: u64, steps: u64) -> Grouping {
    let mut search = super::search::Search::new(instance, seed);
    super::anneal::anneal(&mut search, &mut Steps::new(steps));
    let groups = search.best.seats(instance);
    Grouping { value: instance.value(&groups), groups, is_proven: false }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_handful_is_solved_as_well_as_by_trying_everything(
        seed in 0_u64..1_000, people in 2_usize..8, pairs in proptest::collection::vec((0_usize..4, 0_usize..5), 1..4),
        hostile in any::<bool>(),
    ) {
        let limits: Vec<Limits> = pairs.iter().map(|&(least, room)| Limits { least, most: least + room }).collect();
        let mut chance = Chance::new(seed);
        let shift = if hostile { 60 } else { 0 };
        let made = Instance::new(people, limits, |_, _| chance.below(101) as i32 - shift);
        prop_assume!(made.is_ok());
        let instance = made.expect("just checked");
        let best = brute_force(&instance);
        let answer = group(&instance, seed, &mut Steps::new(1));
        prop_assert!(answer.is_proven && instance.is_valid(&answer.groups));
        prop_assert_eq!((answer.value, instance.value(&answer.groups)), (best, best));
        prop_assert_eq!(searched(&instance, seed, 400_000), best);
    }

    #[test]
    fn any_instance_gets_a_valid_grouping_whose_value_is_counted(
        seed in 0_u64..1_000, people in 1_usize..60, count in 1_usize..9, slack in 0_usize..4, steps in 0_u64..300_000,
    ) {
        let (each, more) = (people / count, people % count);
        let limits: Vec<Limits> = (0..count)
            .map(|index| {
                let size = each + usize::from(index < more);
                Limits { least: size.saturating_sub(slack), most: size + slack }
            })
            .collect();
        let mut chance = Chance::new(seed);
        let instance = Instance::new(people, limits, |_, _| chance.below(2_001) as i32 - 1_000).expect("an instance");
        for answer in [group(&instance, seed, &mut Steps::new(steps)), annealed(&instance, seed, steps)] {
            prop_assert!(instance.is_valid(&answer.groups));
            prop_assert_eq!(answer.value, instance.value(&answer.groups));
        }
    }
}

#[test]
fn one_seed_and_one_count_of_steps_give_one_grouping() {
    let small = random(40, &[(6, 14); 4], 3);
    let large = random(310, &[(28, 34); 10], 3);
    for (instance, steps) in [(&small, 3_000_000), (&large, 6_000_000)] {
        let answer = group(instance, 9, &mut Steps::new(steps));
        assert_eq!(answer, group(instance, 9, &mut Steps::new(steps)));
        assert_ne!(answer.groups, group(instance, 10, &mut Steps::new(steps)).groups);
        assert!(!answer.is_proven && instance.is_valid(&answer.groups));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let instance = random(40, &[(8, 12); 4], 5);
    let with = |threads| group_in_lanes(&instance, 2, (4, threads), |_| Steps::new(400_000));
    let alone = with(1);
    assert_eq!((&alone, &alone), (&with(2), &with(7)));
    let best = (0..4).map(|lane| group(&instance, 2 + lane, &mut Steps::new(400_000)).value).max();
    assert_eq!(Some(alone.value), best);
}

#[test]
fn more_steps_find_more_and_chance_is_far_behind() {
    let instance = random(90, &[(9, 9); 10], 11);
    let value = |steps| group(&instance, 1, &mut Steps::new(steps)).value;
    let by_chance: Vec<usize> = (0..90).map(|person| person % 10).collect();
    let (little, much) = (value(2_000_000), value(40_000_000));
    assert!(much >= little, "{much} {little}");
    assert!(little * 10 > instance.value(&by_chance) * 12, "{little}");
}

#[test]
fn a_budget_that_is_gone_from_the_start_still_gives_a_valid_answer() {
    for instance in [random(50, &[(5, 15); 5], 1), random(400, &[(30, 50); 10], 1)] {
        let answer = group(&instance, 1, &mut |_: u64| 1.0);
        assert!(instance.is_valid(&answer.groups));
    }
}

#[test]
fn all_ways_to_look_at_a_row_walk_the_same_way() {
    // Groups nobody can join change nothing but the lookup: up to 15, up to 31, and more.
    let limits: Vec<(usize, usize)> = std::iter::repeat_n((3, 5), 12).collect();
    let padded = |more: usize| -> Vec<(usize, usize)> {
        limits.iter().copied().chain(std::iter::repeat_n((0, 0), more)).collect()
    };
    let value =
        |limits: &[(usize, usize)]| group(&random(48, limits, 4), 6, &mut Steps::new(1_000_000)).groups;
    assert_eq!(value(&limits), value(&padded(10)));
    assert_eq!(value(&limits), value(&padded(21)));
}

#[test]
fn sizes_and_heat_of_a_handful_are_not_taken_from_averages() {
    // Found by trying thousands: planned sizes that are not the best, and everybody in one group.
    type Case = (usize, &'static [(usize, usize)], i32, u64);
    let cases: [Case; 3] = [
        (4, &[(0, 3), (0, 2)], 0, 4_488),
        (4, &[(0, 2), (2, 5), (1, 4)], 0, 5_688),
        (5, &[(3, 7), (0, 4), (0, 4)], 60, 3_292),
    ];
    for (people, limits, shift, seed) in cases {
        let limits = limits.iter().map(|&(least, most)| Limits { least, most }).collect();
        let mut chance = Chance::new(seed % 1_000);
        let made = Instance::new(people, limits, |_, _| chance.below(101) as i32 - shift);
        let instance = made.expect("the sizes add up");
        assert_eq!(searched(&instance, seed, 400_000), brute_force(&instance), "{people} {seed}");
    }
}

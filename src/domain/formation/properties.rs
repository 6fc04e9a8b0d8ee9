//! What must hold for any pool: drawn at random, small, and full of contradictions.
//!
//! Invariant: every property compares the solver with something that does not know the solver.

use super::blunt::{above, lawful, most_placed};
use super::pools::{demo, permuted, pool};
use super::*;
use crate::domain::week::WeekMask;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn id(number: usize) -> String {
    format!("p{number}")
}

prop_compose! {
    /// What the newer rules look at.
    fn facts()(
        organisation in 0..4_usize, department in 0..3_usize, offset in 0..4_usize, later in 0..4_usize,
        vetoes in prop::collection::vec(0..18_usize, 0..2), wishes in prop::collection::vec(0..18_usize, 0..3),
        flags in 0..32_u8,
    ) -> Person {
        let offsets: &[i16] = [&[][..], &[60, 120], &[-300], &[330, 330]][offset];
        let flag = |bit: u8| flags >> bit & 1 == 1;
        Person {
            organisation: ["", "Acme", "acme ", "Bolt"][organisation].into(),
            department: ["", "sales", "it"][department].into(),
            region: ["", "north", "south"][department].into(),
            offsets: offsets.to_vec(),
            later_weeks: if later == 0 { vec![WeekMask::from_hours(1..5)] } else { Vec::new() },
            vetoes: vetoes.into_iter().map(id).collect(),
            wishes: wishes.into_iter().map(id).collect(),
            in_office: flag(0),
            new_to_industry: ["", "X", "y", ""][later].into(),
            office_years: [0, 3, 25][offset % 3],
            verified_coach: flag(1),
            wants_coach: flag(2),
            bad_hour_before: flag(3),
            good_hours: if flag(4) { WeekMask::from_hours(2..4) } else { WeekMask::EMPTY },
            leads_elsewhere: u8::from(flag(0)),
            ..Person::default()
        }
    }
}

prop_compose! {
    fn person()(
        unit in 0..5_usize, level in 0..8_u8, capacity in 0..4_u8, participant in prop::bool::weighted(0.8),
        hours in prop::collection::vec(0..6_usize, 0..6), language in 0..5_usize, left_out in any::<bool>(),
        topics in prop::collection::vec(0..4_usize, 0..3), facts in facts(),
    ) -> Person {
        let languages = [&[][..], &["en"], &["EN ", "de"], &["de"], &["fr"]][language];
        let topics: Vec<String> = topics.into_iter().map(|topic| format!("t{topic}")).collect();
        Person {
            id: String::new(),
            unit: ["", "a", "A", "b", "c"][unit].into(),
            industry: ["", "x", "y", "x", "z"][unit].into(),
            level,
            needs: topics.clone(),
            offers: topics.iter().rev().cloned().collect(),
            interests: topics,
            languages: languages.iter().map(|&text| text.into()).collect(),
            week: if hours.is_empty() { WeekMask::ALL } else { WeekMask::from_hours(hours) },
            mentor_capacity: capacity.saturating_sub(1),
            participant,
            left_out_before: left_out,
            goals: facts.wishes.clone(),
            ..facts
        }
    }
}

prop_compose! {
    /// Rules that programmes may switch on.
    fn newer()(
        slot in 1..3_u32, quorum in 0..3_usize, zones in 0..3_usize, organisation in 0..3_u8,
        department in 0..3_u8, same_manager in any::<bool>(), vetoes in any::<bool>(),
    ) -> Rules {
        Rules {
            slot_hours: slot,
            quorum_percent: [100, 100, 60][quorum],
            max_zone_spread: [None, Some(5), Some(1)][zones],
            per_organisation: organisation,
            per_department: department,
            same_manager_apart: same_manager,
            forbid_vetoes: vetoes,
            ..Rules::default()
        }
    }
}

prop_compose! {
    fn rules()(
        min in 1..4_usize, more in 0..4_usize, mentors in 1..3_usize, more_mentors in 0..2_usize,
        per_unit in 1..4_u8, hours in 0..3_u32, wish in 0..3_usize, newer in prop::option::of(newer()),
    ) -> Rules {
        let wishes = [IndustryWish::Same, IndustryWish::Mixed, IndustryWish::Ignore];
        Rules {
            min_participants: min,
            max_participants: min + more,
            min_mentors: mentors,
            max_mentors: mentors + more_mentors,
            per_unit,
            industry: wishes[wish],
            mentor_industry: wishes[2 - wish],
            min_common_hours: hours,
            weights: Weights { spread: 3, ..Weights::default() },
            ..newer.unwrap_or_default()
        }
    }
}

prop_compose! {
    fn conflict()(kind in 0..3_usize, a in 0..18_usize, b in 0..18_usize) -> Conflict {
        let place = |at: usize| Party::Organisation(["Acme", "BOLT", "none"][at % 3].into());
        let (first, second) = match kind {
            0 => (Party::Person(id(a)), Party::Person(id(b))),
            1 => (Party::Person(id(a)), place(b)),
            _ => (place(a), place(b)),
        };
        Conflict { first, second, kind: ConflictKind::Competitor }
    }
}

prop_compose! {
    fn problem()(
        people in prop::collection::vec(person(), 0..16), rules in rules(),
        managers in prop::collection::vec((0..20_usize, 0..20_usize), 0..10),
        never in prop::collection::vec((0..18_usize, 0..18_usize), 0..4),
        met in prop::collection::vec((0..18_usize, 0..18_usize), 0..6),
        conflicts in prop::collection::vec(conflict(), 0..3),
        must in prop::collection::vec((0..18_usize, 0..18_usize), 0..2),
    ) -> Problem {
        let people = people.into_iter().enumerate().map(|(at, person)| Person { id: id(at), ..person });
        let pairs = |list: Vec<(usize, usize)>| list.into_iter().map(|(a, b)| (id(a), id(b))).collect();
        Problem {
            people: people.collect(),
            managers: managers.into_iter().map(|(a, b)| (id(a), id(b))).collect(),
            never: pairs(never),
            history: met.iter().map(|(a, b)| Meeting { first: id(*b), second: id(*a), rounds_ago: 3 }).collect(),
            met: pairs(met),
            conflicts,
            must: pairs(must),
            rules,
            ..Problem::default()
        }
    }
}

prop_compose! {
    fn locks()(list in prop::collection::vec((0..18_usize, 1..4_usize, any::<bool>()), 0..4)) -> Vec<Lock> {
        list.into_iter().map(|(who, group, as_mentor)| Lock { person: id(who), group, as_mentor }).collect()
    }
}

/// A plan with these seats and nothing derived.
fn bare(groups: Vec<(Vec<String>, Vec<String>)>) -> Plan {
    let group = |(key, (mentors, participants))| PlannedGroup {
        key,
        mentors,
        participants,
        score: 0,
        criteria: Vec::new(),
        common_hours: WeekMask::EMPTY,
        reasons: Vec::new(),
    };
    Plan { groups: (1..).zip(groups).map(group).collect(), ..Plan::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_plan_keeps_every_rule_and_any_refusal_has_words(
        mut problem in problem(), locks in locks(), seed in any::<u64>(),
    ) {
        problem.locks = locks;
        match form(&problem, seed, Budget { iterations: 150 }) {
            Ok(plan) => {
                prop_assert_eq!(verify(&problem, &plan), []);
                let mut again = plan.clone();
                rescore(&problem, &mut again);
                prop_assert_eq!(again, plan);
            }
            Err(refusal) => prop_assert!(refusal.to_string().ends_with('.')),
        }
    }

    #[test]
    fn the_order_of_the_lists_never_changes_the_plan(problem in problem(), seed in any::<u64>()) {
        let budget = Budget { iterations: 150 };
        let plan = form(&problem, seed, budget);
        prop_assert_eq!(&form(&problem, seed, budget), &plan);
        let alone = Setup { seed, budget, threads: 1, watch: &Unwatched };
        prop_assert_eq!(&form_with(&problem, &alone), &plan);
        let other = form(&permuted(&problem, seed), seed, budget);
        prop_assert_eq!(other, plan);
    }

    #[test]
    fn the_verifier_agrees_with_a_blunt_check(
        problem in problem(),
        seats in prop::collection::vec((0..16_usize, any::<bool>()), 0..6),
    ) {
        prop_assume!(!problem.people.is_empty());
        let person = |number: usize| &problem.people[number % problem.people.len()];
        let pick = |role: bool| {
            seats.iter().filter(|seat| seat.1 == role).map(|seat| person(seat.0)).collect::<Vec<_>>()
        };
        let (mentors, others) = (pick(true), pick(false));
        let ids = |people: &[&Person]| people.iter().map(|person| person.id.clone()).collect::<Vec<_>>();
        let mut plan = bare(vec![(ids(&mentors), ids(&others))]);
        rescore(&problem, &mut plan);
        let violations = verify(&problem, &plan);
        let expected = lawful(&problem, &above(&problem), &mentors, &others);
        prop_assert_eq!(violations.is_empty(), expected, "{:?}", violations);
        prop_assert!(violations.iter().all(|violation| violation.words(&str::to_owned).ends_with('.')));
    }

    #[test]
    fn a_move_is_lawful_or_refused(
        problem in problem(), who in 0..16_usize, to in 1..4_usize, seed in any::<u64>(),
    ) {
        let plan = form(&problem, seed, Budget { iterations: 60 });
        prop_assume!(plan.is_ok());
        let plan = plan.unwrap();
        match move_person(&problem, &plan, &id(who), to) {
            Ok(moved) => {
                prop_assert_eq!(verify(&problem, &moved), []);
                prop_assert!(moved.group(to).unwrap().members().any(|member| member == id(who)));
            }
            Err(broken) => prop_assert!(!broken.is_empty()),
        }
    }
}

#[test]
fn small_pools_get_as_many_seats_as_there_can_be() {
    let mut seated = BTreeMap::new();
    for seed in 0..16 {
        let mut problem = pool(13, 2 + usize::try_from(seed).unwrap() % 3, 6, seed);
        problem.rules = Rules { min_participants: 3, max_participants: 4, ..Rules::default() };
        problem.rules.min_common_hours = 4 + u32::try_from(seed).unwrap() % 4 * 2;
        for person in &mut problem.people {
            person.week = WeekMask::from_hours(person.week.iter().filter(|hour| hour % 24 < 13));
        }
        let plan = form(&problem, seed, Budget { iterations: 2_000 }).unwrap();
        assert_eq!(plan.score.placed, most_placed(&problem), "pool {seed}");
        *seated.entry(plan.score.placed).or_insert(0) += 1;
    }
    assert!(seated.len() > 1, "the pools differ in how many can be seated: {seated:?}");
}

#[test]
fn the_search_never_does_worse_than_the_construction() {
    for seed in 0..3 {
        let problem = pool(40, 8, 10, seed);
        let built = form(&problem, seed, Budget { iterations: 0 }).unwrap();
        let searched = form(&problem, seed, Budget { iterations: 4_000 }).unwrap();
        assert!(searched.score.rank() >= built.score.rank(), "pool {seed}");
    }
}

#[test]
fn everybody_in_the_demonstration_has_a_place() {
    let problem = demo();
    let plan = form(&problem, 1, Budget { iterations: 3_000 }).unwrap();
    assert_eq!(verify(&problem, &plan), []);
    assert_eq!((plan.score.placed, plan.score.unplaced, plan.score.idle_mentors), (24, 0, 0));
    let sizes: Vec<usize> = plan.groups.iter().map(|group| group.participants.len()).collect();
    assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 2, "{sizes:?}");
}

#[test]
fn a_pool_of_hundreds_is_placed_without_a_search() {
    let problem = pool(300, 50, 30, 4);
    let plan = form(&problem, 1, Budget { iterations: 0 }).unwrap();
    assert_eq!(verify(&problem, &plan), []);
    assert_eq!(plan.score.unplaced, 0);
}

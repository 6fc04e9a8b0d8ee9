//! The solver against brute force: every plan of tiny pools, best first.
//!
//! Invariant: brute force knows the verifier and the scores of groups, and nothing of the solver.

use super::pools::pool;
use super::*;
use crate::domain::week::WeekMask;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A lawful group: bits of participants, the mentor, its score.
struct Brick {
    seats: u32,
    mentor: usize,
    score: i64,
}

/// A tiny pool with few hours, so that not everything fits.
fn tiny(seed: u64, people: usize, mentors: usize) -> Problem {
    let mut problem = pool(people, mentors, 5, seed);
    problem.rules = Rules { min_participants: 2, max_participants: 3, max_mentors: 1, ..Rules::default() };
    problem.rules.min_common_hours = 3 + u32::try_from(seed % 4).unwrap();
    for person in &mut problem.people {
        person.week = WeekMask::from_hours(person.week.iter().filter(|hour| hour % 24 < 14));
    }
    problem
}

fn group(key: usize, mentor: &str, participants: Vec<String>) -> PlannedGroup {
    PlannedGroup {
        key,
        mentors: vec![mentor.to_owned()],
        participants,
        score: 0,
        criteria: Vec::new(),
        common_hours: WeekMask::EMPTY,
        reasons: Vec::new(),
    }
}

/// All lawful groups of pure mentors and pure participants.
fn bricks(problem: &Problem) -> Vec<Brick> {
    let people = &problem.people;
    let mentors: Vec<usize> = (0..people.len()).filter(|at| people[*at].mentor_capacity > 0).collect();
    let others: Vec<usize> = (0..people.len()).filter(|at| people[*at].participant).collect();
    let mut bricks = Vec::new();
    for &mentor in &mentors {
        for mask in 1_u32..1 << others.len() {
            if mask.count_ones() as usize > problem.rules.max_participants {
                continue;
            }
            let ids = others.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
            let ids = ids.map(|(_, at)| people[*at].id.clone()).collect();
            let mut plan = Plan { groups: vec![group(1, &people[mentor].id, ids)], ..Plan::default() };
            rescore(problem, &mut plan);
            if verify(problem, &plan).is_empty() {
                bricks.push(Brick { seats: mask, mentor, score: plan.groups[0].score });
            }
        }
    }
    bricks
}

/// Calls back with every set of groups in which nobody has two seats or too many groups.
fn every_plan<'b>(
    problem: &Problem,
    bricks: &'b [Brick],
    from: usize,
    chosen: &mut Vec<&'b Brick>,
    each: &mut impl FnMut(&[&Brick]),
) {
    each(chosen);
    for (at, brick) in bricks.iter().enumerate().skip(from) {
        let led = chosen.iter().filter(|other| other.mentor == brick.mentor).count();
        let free = chosen.iter().all(|other| other.seats & brick.seats == 0);
        if free && led < usize::from(problem.people[brick.mentor].mentor_capacity) {
            chosen.push(brick);
            every_plan(problem, bricks, at + 1, chosen, each);
            chosen.pop();
        }
    }
}

/// The figures of a set of groups.
fn figures(problem: &Problem, chosen: &[&Brick]) -> PlanScore {
    let others: Vec<&Person> = problem.people.iter().filter(|person| person.participant).collect();
    let seats = chosen.iter().fold(0, |all, brick| all | brick.seats);
    let out = |bit: usize| seats >> bit & 1 == 0;
    let led = |at: usize| chosen.iter().any(|brick| brick.mentor == at);
    let unplaced = (0..others.len()).filter(|bit| out(*bit)).count();
    PlanScore {
        placed: others.len() - unplaced,
        unplaced,
        left_out_again: (0..others.len()).filter(|bit| out(*bit) && others[*bit].left_out_before).count(),
        idle_mentors: (0..problem.people.len())
            .filter(|at| {
                problem.people[*at].mentor_capacity > 0 && !problem.people[*at].participant && !led(*at)
            })
            .count(),
        worst_group: chosen.iter().map(|brick| brick.score).min().unwrap_or(0),
        total: chosen.iter().map(|brick| brick.score * i64::from(brick.seats.count_ones())).sum(),
    }
}

#[test]
fn the_proof_agrees_with_brute_force() {
    let mut outcomes = BTreeMap::new();
    for seed in 0..24 {
        let mut problem = tiny(seed, 11, 3);
        problem.rules.min_common_hours = 4 + u32::try_from(seed % 4).unwrap() * 6;
        if seed % 3 == 0 {
            problem.people[0].mentor_capacity = 2;
        }
        let bricks = bricks(&problem);
        let mut best = PlanScore::default();
        every_plan(&problem, &bricks, 0, &mut Vec::new(), &mut |chosen| {
            let score = figures(&problem, chosen);
            if score.rank() > best.rank() || best == PlanScore::default() {
                best = score;
            }
        });
        let plan = form(&problem, seed, Budget { iterations: 60_000 }).unwrap();
        assert_eq!(verify(&problem, &plan), []);
        assert_eq!(plan.score, best, "pool {seed}");
        let bound = plan.bound.expect("a tiny pool has a bound");
        assert!(bound.optimal, "pool {seed}");
        assert_eq!(
            (bound.placed, bound.worst_group, bound.total),
            (best.placed, best.worst_group, best.total)
        );
        *outcomes.entry(best.placed).or_insert(0) += 1;
    }
    assert!(outcomes.len() > 2, "the pools differ: {outcomes:?}");
}

#[test]
fn a_repair_moves_the_fewest() {
    let mut counts = BTreeMap::new();
    for seed in 0..16 {
        let mut problem = tiny(seed, 11, 3);
        let old = form(&problem, seed, Budget { iterations: 20_000 }).unwrap();
        // Somebody leaves, somebody loses hours, somebody has a new manager.
        let victim = old.groups.first().map_or(5, |group| {
            problem.people.iter().position(|person| person.id == group.participants[0]).unwrap()
        });
        if seed % 2 == 0 {
            problem.people.remove(victim);
        } else {
            problem.people[victim].week = WeekMask::from_hours(problem.people[victim].week.iter().take(9));
        }
        if let Some(group) = old.groups.get(1) {
            problem.managers.insert(group.participants[0].clone(), group.mentors[0].clone());
        }
        let bricks = bricks(&problem);
        let others: Vec<&str> = problem
            .people
            .iter()
            .filter(|person| person.participant)
            .map(|person| person.id.as_str())
            .collect();
        let mut best: Option<(usize, std::cmp::Reverse<usize>, std::cmp::Reverse<usize>)> = None;
        every_plan(&problem, &bricks, 0, &mut Vec::new(), &mut |chosen| {
            let score = figures(&problem, chosen);
            let moves = fewest_moves(&problem, &old, &others, chosen);
            let rank = (score.placed, std::cmp::Reverse(score.left_out_again), std::cmp::Reverse(moves));
            best = best.max(Some(rank));
        });
        let setup = Setup { seed, budget: Budget { iterations: 60_000 }, threads: 1, watch: &Unwatched };
        let repaired = repair(&problem, &old, &setup).unwrap();
        assert_eq!(verify(&problem, &repaired.plan), []);
        let score = repaired.plan.score;
        let rank = (
            score.placed,
            std::cmp::Reverse(score.left_out_again),
            std::cmp::Reverse(repaired.changes.moved.len()),
        );
        assert_eq!(Some(rank), best, "pool {seed}");
        assert!(repaired.fewest, "pool {seed}");
        *counts.entry(repaired.changes.moved.len()).or_insert(0) += 1;
    }
    assert!(counts.len() > 1, "the repairs differ: {counts:?}");
}

/// Fewest people who change groups, over all ways to give the groups the old keys.
fn fewest_moves(problem: &Problem, old: &Plan, others: &[&str], chosen: &[&Brick]) -> usize {
    fn most(stays: &[Vec<usize>], at: usize, used: u32) -> usize {
        let Some(row) = stays.get(at) else { return 0 };
        let keys = row.iter().enumerate().filter(|(key, _)| used >> key & 1 == 0);
        let best = keys.map(|(key, stay)| stay + most(stays, at + 1, used | 1 << key)).max().unwrap_or(0);
        best.max(most(stays, at + 1, used))
    }
    let here = |id: &String| problem.people.iter().any(|person| person.id == *id);
    let seats: usize = old
        .groups
        .iter()
        .flat_map(|group| group.participants.iter().chain(&group.mentors))
        .filter(|id| here(id))
        .count();
    let stays: Vec<Vec<usize>> = chosen
        .iter()
        .map(|brick| {
            let stay = |group: &PlannedGroup| {
                let same = |id: &&String| {
                    others.iter().position(|other| other == id).is_some_and(|bit| brick.seats >> bit & 1 == 1)
                };
                let mentor = group.mentors.contains(&problem.people[brick.mentor].id);
                group.participants.iter().filter(same).count() + usize::from(mentor)
            };
            old.groups.iter().map(stay).collect()
        })
        .collect();
    seats - most(&stays, 0, 0)
}

#[test]
fn locked_groups_keep_their_people_and_the_rest_is_proven_around_them() {
    let mut problem = tiny(3, 14, 4);
    let free = form(&problem, 1, Budget { iterations: 40_000 }).unwrap();
    let group = &free.groups[0];
    problem.locks = vec![
        Lock { person: group.mentors[0].clone(), group: 7, as_mentor: true },
        Lock { person: group.participants[0].clone(), group: 7, as_mentor: false },
    ];
    let locked = form(&problem, 1, Budget { iterations: 40_000 }).unwrap();
    assert_eq!(verify(&problem, &locked), []);
    let bound = locked.bound.expect("a tiny pool has a bound");
    assert!(bound.optimal);
    assert_eq!(locked.score.rank(), free.score.rank(), "the locks follow the best plan");
}

#[test]
fn a_diagnosis_names_the_rule_and_changes_that_win() {
    let mut problem = tiny(1, 11, 3);
    problem.rules.min_common_hours = 1;
    problem.people.iter_mut().for_each(|person| {
        person.week = WeekMask::ALL;
        person.languages.clear();
        person.unit = if person.participant { "one".into() } else { person.id.clone() };
    });
    (problem.never, problem.met) = (Vec::new(), Vec::new());
    problem.managers.clear();
    let setup = Setup { seed: 1, budget: Budget { iterations: 20_000 }, threads: 1, watch: &Unwatched };
    let plan = form_with(&problem, &setup).unwrap();
    assert_eq!(plan.score.placed, 0, "a group needs two of one unit");
    let found = diagnose(&problem, &plan, &setup).unwrap().expect("people are left out");
    assert_eq!(found.rules, [RuleName::Difference, RuleName::FewestParticipants]);
    assert_eq!(found.people.len(), 8);
    assert_eq!(found.changes[0].change, Relaxation::MorePerUnit { per_unit: 2 });
    assert_eq!(found.changes[0].wins, 6);
    problem.rules.per_unit = 9;
    let all = form_with(&problem, &setup).unwrap();
    assert_eq!(diagnose(&problem, &all, &setup), Ok(None));
}

#[test]
fn ties_that_contradict_a_rule_are_named_with_the_fewest_pairs() {
    let mut problem = tiny(2, 11, 3);
    let id = |at: usize| format!("p{at:05}");
    problem.managers.clear();
    problem.people.iter_mut().for_each(|person| {
        person.week = WeekMask::ALL;
        person.languages.clear();
        person.unit.clear();
    });
    problem.rules.max_participants = 6;
    problem.must = vec![(id(4), id(5)), (id(5), id(6)), (id(6), id(7)), (id(9), id(10))];
    problem.never = vec![(id(6), id(4))];
    let Err(Infeasible::Together(ties)) = form(&problem, 1, Budget { iterations: 100 }) else {
        panic!("the ties contradict the pair");
    };
    assert_eq!(ties.len(), 1);
    assert_eq!(ties[0].ties, [(id(4), id(5)), (id(5), id(6))]);
    assert_eq!(ties[0].clash, Clash::Rule(Barrier::KeptApart));
    assert!(ties[0].words(&str::to_owned).ends_with('.'));
    problem.never.clear();
    let plan = form(&problem, 1, Budget { iterations: 2_000 }).unwrap();
    assert_eq!(verify(&problem, &plan), []);
    let seat = |at: usize| plan.seat_of(&id(at)).map(|group| group.key);
    assert!(seat(4) == seat(5) && seat(5) == seat(6) && seat(6) == seat(7));
}

#[test]
fn what_is_proven_is_told_on_the_way_and_no_plan_exceeds_it() {
    /// Keeps what it was told.
    #[derive(Default)]
    struct Seen(std::sync::Mutex<Vec<Progress>>);
    impl Watch for Seen {
        fn progress(&self, progress: Progress) {
            self.0.lock().unwrap().push(progress);
        }
    }
    let (problem, seen) = (tiny(1, 14, 4), Seen::default());
    let budget = Budget::for_people(problem.people.len());
    let plan = form_with(&problem, &Setup { seed: 1, budget, threads: 1, watch: &seen }).unwrap();
    let told = seen.0.into_inner().unwrap();
    let proof: Vec<&Progress> = told.iter().filter(|now| now.phase == Phase::Prove).collect();
    assert!(proof.windows(2).all(|pair| pair[0].percent <= pair[1].percent), "{proof:?}");
    let bounds: Vec<i64> = proof.iter().filter_map(|now| now.bound).collect();
    assert!(!bounds.is_empty(), "{told:?}");
    assert!(bounds.iter().all(|bound| *bound >= plan.score.total), "{bounds:?} {:?}", plan.score);
}

#[test]
fn a_search_can_be_stopped_and_still_hands_over_a_lawful_plan() {
    let problem = pool(60, 12, 12, 4);
    let stop = || true;
    let setup = Setup { seed: 1, budget: Budget { iterations: 1_000_000 }, threads: 1, watch: &stop };
    let plan = form_with(&problem, &setup).unwrap();
    assert_eq!(verify(&problem, &plan), []);
    assert!(plan.score.placed > 0);
}

#[test]
fn a_large_pool_gives_one_plan_whatever_the_number_of_threads() {
    let problem = pool(13_000, 2_400, 900, 5);
    let made = |threads| {
        let setup = Setup { seed: 3, budget: Budget { iterations: 30_000 }, threads, watch: &Unwatched };
        form_with(&problem, &setup).unwrap()
    };
    let plan = made(1);
    assert_eq!(plan, made(3));
    assert_eq!(verify(&problem, &plan), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_plan_exceeds_the_bound(seed in any::<u64>(), people in 8..26_usize, other in any::<u64>()) {
        let problem = tiny(seed, people, people / 4 + 1);
        let proven = form(&problem, seed, Budget { iterations: 3_000 }).unwrap();
        let plan = form(&problem, other, Budget { iterations: 9_000 }).unwrap();
        if let Some(bound) = proven.bound {
            prop_assert!(plan.score.placed <= bound.placed);
            let same = plan.score.placed == proven.score.placed
                && plan.score.left_out_again == proven.score.left_out_again
                && plan.score.idle_mentors == proven.score.idle_mentors;
            if same {
                prop_assert!(plan.score.worst_group <= bound.worst_group);
                prop_assert!(plan.score.worst_group < proven.score.worst_group || plan.score.total <= bound.total);
            }
            if bound.optimal {
                prop_assert!(plan.score.rank() <= proven.score.rank());
            }
        }
    }
}

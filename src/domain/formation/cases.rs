//! Pools at the edges: nobody, one person, no mentor, one organisation, circles, hard locks.
//!
//! Invariant: the answer is always a lawful plan with reasons, or a refusal that names people.

use super::pools::demo;
use super::*;
use crate::domain::week::WeekMask;

const BUDGET: Budget = Budget { iterations: 400 };

fn person(id: &str, unit: &str, capacity: u8) -> Person {
    Person {
        id: id.into(),
        unit: unit.into(),
        week: WeekMask::ALL,
        mentor_capacity: capacity,
        participant: capacity == 0,
        ..Person::default()
    }
}

/// One mentor "m" and participants "a", "b", ... of different units, in groups of 2 to 4.
fn small(participants: usize) -> Problem {
    let letters = ('a'..).take(participants).map(String::from);
    let mut people: Vec<Person> = letters.map(|id| person(&id, &format!("unit {id}"), 0)).collect();
    people.push(person("m", "unit m", 1));
    let rules = Rules { min_participants: 2, max_participants: 4, ..Rules::default() };
    Problem { people, rules, ..Problem::default() }
}

fn lock(person: &str, group: usize, as_mentor: bool) -> Lock {
    Lock { person: person.into(), group, as_mentor }
}

fn solved(problem: &Problem) -> Plan {
    let plan = form(problem, 5, BUDGET).unwrap();
    assert_eq!(verify(problem, &plan), []);
    plan
}

fn refused(problem: &Problem) -> Vec<LockFault> {
    match form(problem, 5, BUDGET) {
        Err(Infeasible::Locks(faults)) => faults,
        other => panic!("expected refused locks, got {other:?}"),
    }
}

#[test]
fn an_empty_pool_has_an_empty_plan() {
    let plan = solved(&Problem::default());
    assert_eq!((plan.groups.len(), plan.score), (0, PlanScore::default()));
}

#[test]
fn one_person_alone_hears_what_is_missing() {
    let problem = Problem { people: vec![person("a", "", 0)], ..Problem::default() };
    let plan = solved(&problem);
    assert_eq!(plan.unplaced[0].stopped_by, [Stop::NoMentor, Stop::TooFewParticipants { have: 1, need: 4 }]);
}

#[test]
fn without_a_mentor_the_advice_is_to_find_one() {
    let mut problem = small(3);
    problem.people.pop();
    let plan = solved(&problem);
    assert_eq!(plan.score.unplaced, 3);
    assert_eq!(plan.unplaced[0].stopped_by, [Stop::NoMentor]);
    assert_eq!(plan.unplaced[0].relax, Some(Relaxation::AnotherMentor));
}

#[test]
fn a_mentor_without_capacity_leads_nothing() {
    let mut problem = small(3);
    problem.people[3].mentor_capacity = 0;
    let plan = solved(&problem);
    assert!(plan.groups.is_empty());
    assert_eq!(plan.score.idle_mentors, 0, "somebody without capacity is no mentor");
}

#[test]
fn one_organisation_alone_hears_which_rule_to_ease() {
    let mut problem = small(3);
    for person in &mut problem.people {
        person.unit = "Acme".into();
    }
    let plan = solved(&problem);
    assert!(plan.groups.is_empty());
    let about_a = &plan.unplaced[0];
    assert_eq!(about_a.stopped_by, [Stop::Mentors { barrier: Barrier::Unit, mentors: 1 }]);
    assert_eq!(about_a.relax, Some(Relaxation::MorePerUnit { per_unit: 3 }));
    problem.rules.per_unit = 3;
    assert_eq!(solved(&problem).score.placed, 2);
}

#[test]
fn managers_in_a_circle_are_kept_apart_and_the_search_ends() {
    let mut problem = small(6);
    problem.people.push(person("n", "unit n", 2));
    for (person, manager) in
        [("a", "b"), ("b", "c"), ("c", "a"), ("d", "c"), ("m", "outside"), ("outside", "m")]
    {
        problem.managers.insert(person.into(), manager.into());
    }
    let plan = solved(&problem);
    let together = plan.groups.iter().map(|group| {
        group.participants.iter().filter(|id| ["a", "b", "c", "d"].contains(&id.as_str())).count()
    });
    assert_eq!(together.max(), Some(1));
    assert_eq!(plan.score.placed, 4, "two groups with one of the circle and one other each");
}

#[test]
fn a_person_may_mentor_one_group_and_take_part_in_another() {
    let mut problem = small(4);
    problem.rules.max_participants = 3;
    problem.people[0].mentor_capacity = 1;
    let plan = solved(&problem);
    assert_eq!((plan.score.placed, plan.groups.len()), (4, 2));
}

#[test]
fn a_full_pool_names_the_full_group_and_a_larger_size() {
    let plan = solved(&small(5));
    assert_eq!(plan.score.unplaced, 1);
    assert_eq!(plan.unplaced[0].stopped_by, [Stop::Groups { barrier: Barrier::Full, groups: 1 }]);
    assert_eq!(plan.unplaced[0].relax, Some(Relaxation::LargerGroups { max_participants: 5 }));
}

#[test]
fn a_size_that_nobody_reaches_is_answered_with_the_largest_that_works() {
    let mut problem = small(6);
    (problem.rules.min_participants, problem.rules.max_participants) = (30, 30);
    let plan = solved(&problem);
    assert!(plan.groups.is_empty());
    for waiting in plan.unplaced.iter().filter(|waiting| !waiting.as_mentor) {
        assert_eq!(waiting.relax, Some(Relaxation::SmallerGroups { min_participants: 6 }));
    }
}

#[test]
fn whoever_was_left_out_before_comes_first() {
    for left_out in 0..6 {
        let mut problem = small(6);
        problem.people[left_out].left_out_before = true;
        let plan = solved(&problem);
        assert_eq!(plan.score.left_out_again, 0);
        assert_eq!(plan.score.unplaced, 2);
    }
}

#[test]
fn locked_people_stay_where_they_are_put() {
    let mut problem = demo();
    problem.locks = vec![lock("p00000", 7, true), lock("p00010", 7, false), lock("p00011", 9, false)];
    let plan = solved(&problem);
    assert!(plan.group(7).is_some_and(|group| group.mentors.iter().any(|id| id == "p00000")));
    assert_eq!(plan.seat_of("p00010").map(|group| group.key), Some(7));
    assert_eq!(plan.seat_of("p00011").map(|group| group.key), Some(9));
}

#[test]
fn locks_that_contradict_each_other_are_named() {
    let mut problem = small(4);
    problem.locks = vec![lock("a", 1, false), lock("a", 2, false), lock("m", 1, true), lock("m", 2, true)];
    let faults = refused(&problem);
    assert!(faults.contains(&LockFault::Twice { person: "a".into(), groups: vec![1, 2] }));
    assert!(faults.contains(&LockFault::Capacity { person: "m".into(), groups: vec![1, 2], capacity: 1 }));

    problem.locks = vec![lock("zoe", 1, false), lock("m", 1, false), lock("b", 1, true)];
    let faults = refused(&problem);
    assert!(faults.contains(&LockFault::Unknown { person: "zoe".into() }));
    assert!(faults.contains(&LockFault::Role { person: "m".into(), as_mentor: false }));
    assert!(faults.contains(&LockFault::Role { person: "b".into(), as_mentor: true }));
}

#[test]
fn locks_against_a_rule_name_the_rule_and_the_people() {
    let mut problem = small(4);
    problem.managers.insert("a".into(), "boss".into());
    problem.managers.insert("boss".into(), "m".into());
    problem.never.push(("c".into(), "b".into()));
    problem.people[3].unit = "unit b".into();
    problem.locks = vec![lock("m", 1, true)];
    problem.locks.extend(["a", "b", "c", "d"].map(|id| lock(id, 1, false)));
    let pair = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
    assert_eq!(
        refused(&problem),
        [
            LockFault::Apart { group: 1, people: pair("a", "m"), why: Apart::ReportingLine },
            LockFault::Apart { group: 1, people: pair("b", "c"), why: Apart::KeptApart },
            LockFault::Unit { group: 1, people: vec!["b".into(), "d".into()], limit: 1 },
        ]
    );
    let words = form(&problem, 5, BUDGET).unwrap_err().words(&str::to_uppercase);
    assert!(words.starts_with("A and M are in one reporting line"), "{words}");
}

#[test]
fn a_locked_group_that_nobody_can_complete_is_a_refusal() {
    let mut problem = small(3);
    problem.people[1].week = WeekMask::EMPTY;
    problem.people[2].week = WeekMask::EMPTY;
    problem.locks = vec![lock("a", 4, false)];
    assert_eq!(refused(&problem), [LockFault::Incomplete { group: 4, people: vec!["a".into()] }]);
}

#[test]
fn one_id_for_two_people_is_a_refusal() {
    let mut problem = small(3);
    problem.people.push(person("a", "", 0));
    assert_eq!(form(&problem, 5, BUDGET), Err(Infeasible::DuplicatePerson { person: "a".into() }));
}

#[test]
fn contradicting_rules_are_a_refusal() {
    let mut problem = small(3);
    problem.rules.max_participants = 1;
    let fault = RulesFault::ParticipantsReversed { min: 2, max: 1 };
    assert_eq!(form(&problem, 5, BUDGET), Err(Infeasible::Rules(fault)));
}

#[test]
fn reasons_name_the_needs_a_mentor_serves_in_the_persons_own_words() {
    let mut problem = small(2);
    problem.people[0].needs = vec!["Budgets".into(), "hiring".into()];
    problem.people[2].offers = vec!["budgets ".into()];
    problem.people[0].interests = vec!["Tea".into()];
    problem.people[1].interests = vec!["tea".into()];
    let plan = solved(&problem);
    let staff = Telling { reader: None, name_of: &str::to_uppercase, title_of: &str::to_owned, unit: "unit" };
    let words: Vec<String> = plan.person_reasons["a"].iter().map(|reason| reason.words(&staff)).collect();
    assert_eq!(words, ["M can help A with Budgets.", "A shares interests with B: Tea."]);
    let group: Vec<String> = plan.groups[0].reasons.iter().map(|reason| reason.words(&staff)).collect();
    assert_eq!(group[0], "M can help 1 participant with Budgets.");
    assert!(group.contains(&"All are free together for 168 hours a week.".to_owned()));
    assert!(group.contains(&"All 3 people come from different units.".to_owned()));
}

#[test]
fn a_move_by_hand_is_scored_anew_and_an_unlawful_one_is_refused() {
    let mut problem = small(6);
    problem.people.push(person("n", "unit n", 1));
    problem.locks = vec![lock("m", 1, true), lock("n", 2, true), lock("a", 1, false)];
    problem.never.push(("b".into(), "n".into()));
    let plan = solved(&problem);
    assert_eq!(plan.seat_of("b").map(|group| group.key), Some(1));
    let refusal = |person: &str, to| move_person(&problem, &plan, person, to).unwrap_err();
    let apart = Violation::KeptApart { group: 2, first: "b".into(), second: "n".into() };
    assert!(refusal("b", 2).contains(&apart));
    let fixed = Violation::LockBroken { person: "a".into(), group: 1, as_mentor: false };
    assert!(refusal("a", 2).contains(&fixed));
    assert_eq!(refusal("a", 3), [Violation::NoSuchGroup { group: 3 }]);
    assert_eq!(refusal("zoe", 1), [Violation::UnknownPerson { person: "zoe".into() }]);

    let third =
        plan.group(1).unwrap().participants.iter().find(|id| !["a", "b"].contains(&id.as_str())).unwrap();
    let moved = move_person(&problem, &plan, third, 2).unwrap();
    assert_eq!(moved.seat_of(third).map(|group| group.key), Some(2));
    assert_eq!(moved.group(2).unwrap().participants.len(), plan.group(2).unwrap().participants.len() + 1);
    assert_eq!(moved.score.placed, 6);
}

#[test]
fn somebody_without_a_seat_can_be_given_one_by_hand() {
    let mut problem = small(5);
    let plan = solved(&problem);
    let waiting = plan.unplaced[0].person.clone();
    let full = Violation::TooManyParticipants { group: 1, have: 5, limit: 4 };
    assert_eq!(move_person(&problem, &plan, &waiting, 1), Err(vec![full]));
    problem.rules.max_participants = 5;
    let moved = move_person(&problem, &plan, &waiting, 1).unwrap();
    assert_eq!((moved.score.unplaced, moved.unplaced.len()), (0, 0));
}

//! An independent judge of plans: every hard rule asked again, straight from the problem.
//!
//! Invariant: this file uses only the plain data of problem and plan. It shares no rule code with
//! the solver, so a mistake there cannot hide here.

use super::plan::{Plan, PlannedGroup};
use super::problem::{Person, Problem};
use super::violation::Violation;
use crate::domain::week::WeekMask;
use std::collections::{BTreeMap, BTreeSet};

/// All violations of a plan, sorted; empty for a lawful plan.
pub fn verify(problem: &Problem, plan: &Plan) -> Vec<Violation> {
    let mut found = BTreeSet::new();
    let mut people: BTreeMap<&str, &Person> = BTreeMap::new();
    for person in &problem.people {
        people.entry(&person.id).or_insert(person);
    }
    for group in &plan.groups {
        sizes(problem, group, &mut found);
        members(&people, group, &mut found);
        pairs(problem, group, &mut found);
        meeting(problem, &people, group, &mut found);
    }
    seats(problem, plan, &people, &mut found);
    unplaced(plan, &people, &mut found);
    found.into_iter().collect()
}

fn sizes(problem: &Problem, group: &PlannedGroup, found: &mut BTreeSet<Violation>) {
    let rules = &problem.rules;
    let (key, participants, mentors) = (group.key, group.participants.len(), group.mentors.len());
    if participants < rules.min_participants {
        let need = rules.min_participants;
        found.insert(Violation::TooFewParticipants { group: key, have: participants, need });
    }
    if participants > rules.max_participants {
        let limit = rules.max_participants;
        found.insert(Violation::TooManyParticipants { group: key, have: participants, limit });
    }
    if mentors < rules.min_mentors {
        found.insert(Violation::TooFewMentors { group: key, have: mentors, need: rules.min_mentors });
    }
    if mentors > rules.max_mentors {
        found.insert(Violation::TooManyMentors { group: key, have: mentors, limit: rules.max_mentors });
    }
}

fn members(people: &BTreeMap<&str, &Person>, group: &PlannedGroup, found: &mut BTreeSet<Violation>) {
    let mut seen = BTreeSet::new();
    for (ids, as_mentor) in [(&group.mentors, true), (&group.participants, false)] {
        for id in ids {
            if !seen.insert(id) {
                found.insert(Violation::TwiceInGroup { person: id.clone(), group: group.key });
            }
            match people.get(id.as_str()) {
                None => found.insert(Violation::UnknownPerson { person: id.clone() }),
                Some(person)
                    if as_mentor && person.mentor_capacity == 0 || !as_mentor && !person.participant =>
                {
                    found.insert(Violation::NotAsked { person: id.clone(), group: group.key, as_mentor })
                }
                Some(_) => false,
            };
        }
    }
}

/// Walks up from each member and looks whether another member comes along.
fn pairs(problem: &Problem, group: &PlannedGroup, found: &mut BTreeSet<Violation>) {
    let members: BTreeSet<&str> = group.members().collect();
    let ordered =
        |a: &str, b: &str| if a < b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) };
    for member in &members {
        let (mut at, mut passed) = (*member, BTreeSet::new());
        while let Some(manager) = problem.managers.get(at) {
            if !passed.insert(manager.as_str()) {
                break;
            }
            if manager != member && members.contains(manager.as_str()) {
                let (first, second) = ordered(member, manager);
                found.insert(Violation::ReportingLine { group: group.key, first, second });
            }
            at = manager;
        }
    }
    for (a, b) in &problem.never {
        if a != b && members.contains(a.as_str()) && members.contains(b.as_str()) {
            let (first, second) = ordered(a, b);
            found.insert(Violation::KeptApart { group: group.key, first, second });
        }
    }
}

/// Units, languages and hours of a group.
fn meeting(
    problem: &Problem,
    people: &BTreeMap<&str, &Person>,
    group: &PlannedGroup,
    found: &mut BTreeSet<Violation>,
) {
    let ids: BTreeSet<&str> = group.members().collect();
    let known: Vec<&Person> = ids.iter().filter_map(|id| people.get(id).copied()).collect();
    let same = |text: &str| text.trim().to_lowercase();
    let mut units: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for person in known.iter().filter(|person| !person.unit.trim().is_empty()) {
        units.entry(same(&person.unit)).or_default().push(person.id.clone());
    }
    let limit = problem.rules.per_unit;
    for (unit, crowd) in units {
        if crowd.len() > usize::from(limit) {
            found.insert(Violation::UnitCrowded { group: group.key, unit, people: crowd, limit });
        }
    }
    let spoken: Vec<BTreeSet<String>> = known
        .iter()
        .map(|person| {
            person.languages.iter().map(|text| same(text)).filter(|text| !text.is_empty()).collect()
        })
        .filter(|languages: &BTreeSet<String>| !languages.is_empty())
        .collect();
    if let Some(first) = spoken.first()
        && !first.iter().any(|language| spoken.iter().all(|other| other.contains(language)))
    {
        found.insert(Violation::NoCommonLanguage { group: group.key });
    }
    let free = |hour: &usize| !known.is_empty() && known.iter().all(|person| person.week.contains(*hour));
    let common = WeekMask::from_hours((0..168).filter(free));
    let (have, need) = (common.count(), problem.rules.min_common_hours);
    if have < need {
        found.insert(Violation::TooFewHours { group: group.key, have, need });
    }
    if common != group.common_hours {
        found.insert(Violation::HoursMisstated { group: group.key });
    }
}

/// Seats of each person over the whole plan, keys and locks.
fn seats(problem: &Problem, plan: &Plan, people: &BTreeMap<&str, &Person>, found: &mut BTreeSet<Violation>) {
    let mut keys = BTreeSet::new();
    let (mut takes_part, mut leads) = (BTreeMap::<&str, Vec<usize>>::new(), BTreeMap::<&str, usize>::new());
    for group in &plan.groups {
        if !keys.insert(group.key) {
            found.insert(Violation::DuplicateKey { group: group.key });
        }
        for id in &group.participants {
            takes_part.entry(id).or_default().push(group.key);
        }
        for id in &group.mentors {
            *leads.entry(id).or_default() += 1;
        }
    }
    for (id, groups) in takes_part.into_iter().filter(|(_, groups)| groups.len() > 1) {
        found.insert(Violation::SeatedTwice { person: id.to_owned(), groups });
    }
    for (id, groups) in leads {
        let capacity = people.get(id).map_or(0, |person| person.mentor_capacity);
        if capacity > 0 && groups > usize::from(capacity) {
            found.insert(Violation::OverCapacity { person: id.to_owned(), groups, capacity });
        }
    }
    for lock in &problem.locks {
        let kept = plan.groups.iter().filter(|group| group.key == lock.group).any(|group| {
            let list = if lock.as_mentor { &group.mentors } else { &group.participants };
            list.contains(&lock.person)
        });
        if !kept {
            let (person, group, as_mentor) = (lock.person.clone(), lock.group, lock.as_mentor);
            found.insert(Violation::LockBroken { person, group, as_mentor });
        }
    }
}

/// Everybody with an unmet wish is listed once, and nobody else.
fn unplaced(plan: &Plan, people: &BTreeMap<&str, &Person>, found: &mut BTreeSet<Violation>) {
    let seated: BTreeSet<&String> = plan.groups.iter().flat_map(|group| &group.participants).collect();
    let leading: BTreeSet<&String> = plan.groups.iter().flat_map(|group| &group.mentors).collect();
    let mut unmet: BTreeSet<(&str, bool)> = BTreeSet::new();
    for person in people.values() {
        if person.participant && !seated.contains(&person.id) {
            unmet.insert((&person.id, false));
        } else if !person.participant && person.mentor_capacity > 0 && !leading.contains(&person.id) {
            unmet.insert((&person.id, true));
        }
    }
    for entry in &plan.unplaced {
        if !unmet.remove(&(entry.person.as_str(), entry.as_mentor)) {
            let (person, as_mentor) = (entry.person.clone(), entry.as_mentor);
            found.insert(Violation::WronglyUnplaced { person, as_mentor });
        }
    }
    for (person, as_mentor) in unmet {
        found.insert(Violation::Forgotten { person: person.to_owned(), as_mentor });
    }
}

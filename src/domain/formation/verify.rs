//! An independent judge of plans: every hard rule asked again, straight from the problem.
//!
//! Invariant: this file and `law` use only the plain data of problem and plan. They share no rule code with
//! the solver, so a mistake there cannot hide here.

use super::law::{Law, same};
use super::plan::{Plan, PlannedGroup};
use super::problem::{Person, Problem};
use super::violation::Violation;
use crate::domain::week::WeekMask;
use std::collections::{BTreeMap, BTreeSet};

/// All violations of a plan, sorted; empty for a lawful plan.
pub fn verify(problem: &Problem, plan: &Plan) -> Vec<Violation> {
    let mut found = BTreeSet::new();
    let law = Law::of(problem);
    for group in &plan.groups {
        sizes(problem, group, &mut found);
        members(&law.people, group, &mut found);
        pairs(&law, group, &mut found);
        apart(&law, group, &mut found);
        crowds(&law, group, &mut found);
        meeting(&law, group, &mut found);
        zones(&law, group, &mut found);
    }
    together(problem, plan, &law.people, &mut found);
    seats(problem, plan, &law.people, &mut found);
    unplaced(plan, &law.people, &mut found);
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

fn ordered(a: &str, b: &str) -> (String, String) {
    if a < b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) }
}

/// Walks up from each member and looks whether another member comes along.
fn pairs(law: &Law<'_>, group: &PlannedGroup, found: &mut BTreeSet<Violation>) {
    let members: BTreeSet<&str> = group.members().collect();
    for member in &members {
        let (mut at, mut passed) = (*member, BTreeSet::new());
        while let Some(manager) = law.problem.managers.get(at) {
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
    for a in &members {
        for b in law.never.get(a).into_iter().flatten().filter(|b| members.contains(*b)) {
            let (first, second) = ordered(a, b);
            found.insert(Violation::KeptApart { group: group.key, first, second });
        }
    }
}

/// Conflicts of interest, binding vetoes and common managers.
fn apart(law: &Law<'_>, group: &PlannedGroup, found: &mut BTreeSet<Violation>) {
    let known: BTreeSet<&str> = group.members().filter(|id| law.people.contains_key(id)).collect();
    let (rules, managers) = (&law.problem.rules, &law.problem.managers);
    for a in &known {
        for b in known.iter().filter(|b| *b != a) {
            let (first, second) = ordered(a, b);
            if law.in_conflict(a, b) {
                found.insert(Violation::Conflict { group: group.key, first, second });
            } else if rules.forbid_vetoes && law.people[a].vetoes.iter().any(|id| id == b) {
                found.insert(Violation::Vetoed { group: group.key, first, second });
            } else if rules.same_manager_apart
                && let (Some(one), Some(other)) = (managers.get(*a), managers.get(*b))
                && one == other
                && one != a
                && one != b
            {
                found.insert(Violation::SameManager { group: group.key, first, second });
            }
        }
    }
}

/// Units, organisations and departments with more people than a group may have of them.
fn crowds(law: &Law<'_>, group: &PlannedGroup, found: &mut BTreeSet<Violation>) {
    let ids: BTreeSet<&str> = group.members().collect();
    let crowds = |text: fn(&Person) -> &String| {
        let mut crowds: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let known = ids.iter().filter_map(|id| law.people.get(id));
        for person in known.filter(|person| !text(person).trim().is_empty()) {
            crowds.entry(same(text(person))).or_default().push(person.id.clone());
        }
        crowds
    };
    let (group, rules) = (group.key, &law.problem.rules);
    for (unit, people) in crowds(|person| &person.unit) {
        if people.len() > usize::from(rules.per_unit) {
            found.insert(Violation::UnitCrowded { group, unit, people, limit: rules.per_unit });
        }
    }
    for (organisation, people) in crowds(|person| &person.organisation) {
        let limit = rules.per_organisation;
        if limit > 0 && people.len() > usize::from(limit) {
            found.insert(Violation::OrganisationCrowded { group, organisation, people, limit });
        }
    }
    for (department, people) in crowds(|person| &person.department) {
        let limit = rules.per_department;
        if limit > 0 && people.len() > usize::from(limit) {
            found.insert(Violation::DepartmentCrowded { group, department, people, limit });
        }
    }
}

/// Languages and hours of a group.
fn meeting(law: &Law<'_>, group: &PlannedGroup, found: &mut BTreeSet<Violation>) {
    let (mentors, participants) = (law.known(&group.mentors), law.known(&group.participants));
    let known: Vec<&Person> = mentors.iter().chain(&participants).copied().collect();
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
    if WeekMask::from_hours((0..168).filter(free)) != group.common_hours {
        found.insert(Violation::HoursMisstated { group: group.key });
    }
    let need = law.problem.rules.min_common_hours;
    let fewest = (0..=law.stretches.0).map(|stretch| starts(law, &mentors, &participants, stretch)).min();
    let have = fewest.filter(|_| !known.is_empty()).unwrap_or(0);
    if have < need {
        found.insert(Violation::TooFewHours { group: group.key, have, need });
    }
}

/// Hours at which every mentor and enough participants can meet from start to end of a meeting.
fn starts(law: &Law<'_>, mentors: &[&Person], participants: &[&Person], stretch: usize) -> u32 {
    let week = |person: &Person| match person.later_weeks.as_slice() {
        later if stretch > 0 && !later.is_empty() => later[(stretch - 1).min(later.len() - 1)],
        _ => person.week,
    };
    let length = law.problem.rules.slot_hours as usize;
    let comes =
        |person: &Person, hour: usize| (0..length).all(|later| week(person).contains((hour + later) % 168));
    let percent = usize::from(law.problem.rules.quorum_percent);
    let fits = |hour: &usize| {
        let free = participants.iter().filter(|person| comes(person, *hour)).count();
        mentors.iter().all(|person| comes(person, *hour)) && free * 100 >= participants.len() * percent
    };
    u32::try_from((0..168).filter(fits).count()).unwrap_or(0)
}

/// Zones: in each stretch, whether some window of the day holds the zones of all members.
fn zones(law: &Law<'_>, group: &PlannedGroup, found: &mut BTreeSet<Violation>) {
    let Some(limit) = law.problem.rules.max_zone_spread else { return };
    let known: Vec<&[i16]> = group
        .members()
        .filter_map(|id| law.people.get(id))
        .map(|person| person.offsets.as_slice())
        .filter(|offsets| !offsets.is_empty())
        .collect();
    let spread = |stretch: usize| -> i32 {
        let at: Vec<i32> = known.iter().map(|list| i32::from(list[stretch.min(list.len() - 1)])).collect();
        let from = |start: &i32| at.iter().map(|other| (other - start).rem_euclid(1_440)).max().unwrap_or(0);
        at.iter().map(from).min().unwrap_or(0)
    };
    let minutes = (0..law.stretches.1).map(spread).max().unwrap_or(0);
    if minutes > i32::from(limit) * 60 {
        let minutes = u32::try_from(minutes).unwrap_or(0);
        found.insert(Violation::ZonesTooWide { group: group.key, minutes, limit });
    }
}

/// Pairs and sets who must share a group: in every group with one of them are all of them.
fn together(
    problem: &Problem,
    plan: &Plan,
    people: &BTreeMap<&str, &Person>,
    found: &mut BTreeSet<Violation>,
) {
    let mut homes: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (at, group) in plan.groups.iter().enumerate() {
        for id in group.members() {
            homes.entry(id).or_default().insert(at);
        }
    }
    let mut check = |a: &str, b: &str| {
        if a != b && people.contains_key(a) && people.contains_key(b) && homes.get(a) != homes.get(b) {
            let (first, second) = ordered(a, b);
            found.insert(Violation::Separated { first, second });
        }
    };
    for (a, b) in &problem.must {
        check(a, b);
    }
    for set in &problem.keep {
        for (at, a) in set.iter().enumerate() {
            set[at + 1..].iter().for_each(|b| check(a, b));
        }
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

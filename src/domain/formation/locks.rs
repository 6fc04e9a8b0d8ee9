//! Decisions of the organiser: checks them against each other and seats them first.
//!
//! Invariant: locked people come first in their team's lists and `held` counts them; nothing
//! after this file moves them.

use super::infeasible::{Apart, Infeasible, LockFault};
use super::pool::{Member, Pool, Who};
use super::problem::Lock;
use super::stops::Barrier;
use super::team::Team;
use std::collections::{BTreeMap, BTreeSet};

/// One team for each locked group, in the order of keys; all contradictions otherwise.
pub(super) fn seat(pool: &Pool, locks: &[Lock]) -> Result<Vec<Team>, Infeasible> {
    let mut faults = Vec::new();
    let mut teams: BTreeMap<usize, Team> = BTreeMap::new();
    for lock in locks.iter().collect::<BTreeSet<_>>() {
        let Some(who) = pool.number(&lock.person) else {
            faults.push(LockFault::Unknown { person: lock.person.clone() });
            continue;
        };
        let member = pool.at(who);
        if if lock.as_mentor { member.capacity == 0 } else { !member.wants_seat } {
            faults.push(LockFault::Role { person: lock.person.clone(), as_mentor: lock.as_mentor });
        }
        let team = teams.entry(lock.group).or_default();
        team.key = Some(lock.group);
        if lock.as_mentor {
            team.mentors.push(who);
        } else {
            team.participants.push(who);
        }
        (team.held_mentors, team.held) = (team.mentors.len(), team.participants.len());
    }
    for team in teams.values_mut() {
        bring_mates(pool, team);
    }
    across(pool, &teams, &mut faults);
    for (key, team) in &teams {
        within(pool, *key, team, &mut faults);
    }
    faults.dedup();
    if faults.is_empty() { Ok(teams.into_values().collect()) } else { Err(Infeasible::Locks(faults)) }
}

/// Holds everybody who must come along with the people locked into a team.
fn bring_mates(pool: &Pool, team: &mut Team) {
    let mates: BTreeSet<Who> = team.people().flat_map(|who| pool.at(who).mates.iter().copied()).collect();
    for mate in mates {
        if !team.people().any(|other| other == mate) {
            if pool.at(mate).wants_seat { team.participants.push(mate) } else { team.mentors.push(mate) }
        }
    }
    (team.held_mentors, team.held) = (team.mentors.len(), team.participants.len());
}

/// Faults of one person's locks taken together.
fn across(pool: &Pool, teams: &BTreeMap<usize, Team>, faults: &mut Vec<LockFault>) {
    let mut seats: BTreeMap<Who, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (key, team) in teams {
        for who in &team.participants {
            seats.entry(*who).or_default().0.push(*key);
        }
        for who in &team.mentors {
            seats.entry(*who).or_default().1.push(*key);
        }
    }
    for (who, (takes_part, mentors)) in seats {
        let person = || pool.id(who).to_owned();
        let capacity = pool.at(who).capacity;
        for group in takes_part.iter().filter(|group| mentors.contains(group)) {
            faults.push(LockFault::BothRoles { person: person(), group: *group });
        }
        if takes_part.len() > 1 {
            faults.push(LockFault::Twice { person: person(), groups: takes_part });
        }
        if capacity > 0 && mentors.len() > usize::from(capacity) {
            faults.push(LockFault::Capacity { person: person(), groups: mentors, capacity });
        }
    }
}

/// Faults of the people locked into one group.
fn within(pool: &Pool, group: usize, team: &Team, faults: &mut Vec<LockFault>) {
    let ids = |people: &[Who]| people.iter().map(|who| pool.id(*who).to_owned()).collect::<Vec<_>>();
    let rules = &pool.rules;
    for (as_mentor, people, limit) in
        [(true, &team.mentors, rules.max_mentors), (false, &team.participants, rules.max_participants)]
    {
        if people.len() > limit {
            faults.push(LockFault::TooMany { group, as_mentor, people: ids(people), limit });
        }
    }
    let people: Vec<Who> = team.people().collect::<BTreeSet<_>>().into_iter().collect();
    for (at, &a) in people.iter().enumerate() {
        for &b in &people[at + 1..] {
            let Some(why) = pool.clash(a, b).map(Apart::from) else { continue };
            let people = [pool.id(a).to_owned(), pool.id(b).to_owned()];
            faults.push(LockFault::Apart { group, people, why });
        }
    }
    let mut units: BTreeMap<u32, Vec<Who>> = BTreeMap::new();
    for &who in &people {
        units.entry(pool.at(who).unit).or_default().push(who);
    }
    let limit = usize::from(rules.per_unit);
    for colleagues in units.values().filter(|colleagues| colleagues.len() > limit) {
        faults.push(LockFault::Unit { group, people: ids(colleagues), limit });
    }
    match team.barrier_together(pool) {
        Some(Barrier::Language) => faults.push(LockFault::Language { group, people: ids(&people) }),
        Some(Barrier::Zones) => faults.push(LockFault::Zones { group, people: ids(&people) }),
        Some(_) => {
            let (have, need) = (team.slots(pool).fewest, rules.min_common_hours);
            faults.push(LockFault::Hours { group, people: ids(&people), have, need });
        }
        None => crowds(pool, group, team, faults),
    }
}

/// Locked people of one organisation or department beyond what a group may have.
fn crowds(pool: &Pool, group: usize, team: &Team, faults: &mut Vec<LockFault>) {
    let Some(barrier @ (Barrier::Organisation | Barrier::Department)) = team.broken(pool) else { return };
    let rules = &pool.rules;
    let (limit, key): (u8, fn(&Member) -> u32) = match barrier {
        Barrier::Organisation => (rules.per_organisation, |member| member.organisation),
        _ => (rules.per_department, |member| member.department),
    };
    let mut places: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for who in team.people() {
        places.entry(key(pool.at(who))).or_default().push(pool.id(who).to_owned());
    }
    let limit = usize::from(limit);
    for people in places.into_values().filter(|people| people.len() > limit) {
        faults.push(LockFault::Unit { group, people, limit });
    }
}

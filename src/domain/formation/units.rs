//! People who must stay together: joined from pairs and sets into units, with proof when they cannot.
//!
//! Invariant: units do not overlap; everybody of a unit lists all others as mates.

use super::infeasible::{Clash, Infeasible, Tie};
use super::pool::{Pool, Who};
use super::problem::Problem;
use super::team::Team;
use std::collections::BTreeMap;

/// A count as a person's or text's number.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than four billion entries")
}

/// All ties of a problem, between people of the pool, sorted.
fn ties(pool: &Pool, problem: &Problem) -> Vec<(Who, Who)> {
    let mut list = Vec::new();
    let mut tie = |first: &str, second: &str| {
        if let (Some(a), Some(b)) = (pool.number(first), pool.number(second))
            && a != b
        {
            list.push((a.min(b), a.max(b)));
        }
    };
    for (first, second) in &problem.must {
        tie(first, second);
    }
    for set in &problem.keep {
        let mut ids: Vec<&String> = set.iter().collect();
        ids.sort_unstable();
        for pair in ids.windows(2) {
            tie(pair[0], pair[1]);
        }
    }
    list.sort_unstable();
    list.dedup();
    list
}

/// The units that ties make of people, each sorted; people without ties are in none.
fn merge(ties: &[(Who, Who)]) -> Vec<Vec<Who>> {
    let mut home: BTreeMap<Who, Who> = BTreeMap::new();
    for &(a, b) in ties {
        home.entry(a).or_insert(a);
        home.entry(b).or_insert(b);
        let (a, b) = (root(&home, a), root(&home, b));
        home.insert(a.max(b), a.min(b));
    }
    let mut units: BTreeMap<Who, Vec<Who>> = BTreeMap::new();
    for who in home.keys() {
        units.entry(root(&home, *who)).or_default().push(*who);
    }
    units.into_values().collect()
}

/// The first of a unit in the making.
fn root(home: &BTreeMap<Who, Who>, mut who: Who) -> Who {
    while home[&who] != who {
        who = home[&who];
    }
    who
}

/// Writes the mates of everybody.
pub(super) fn join(pool: &mut Pool, problem: &Problem) {
    for unit in merge(&ties(pool, problem)) {
        for &who in &unit {
            pool.at_mut(who).mates = unit.iter().copied().filter(|other| *other != who).collect();
        }
    }
}

/// Refuses units that no group can hold, each with a smallest set of ties and the rule against them.
pub(super) fn check(pool: &Pool, problem: &Problem) -> Result<(), Infeasible> {
    let all = ties(pool, problem);
    let mut clashes = Vec::new();
    for unit in merge(&all) {
        let mut needed: Vec<(Who, Who)> =
            all.iter().filter(|(a, _)| unit.binary_search(a).is_ok()).copied().collect();
        if contradiction(pool, &needed).is_none() {
            continue;
        }
        // A tie that the contradiction survives without is no part of the smallest set.
        let mut at = 0;
        while at < needed.len() {
            let mut fewer = needed.clone();
            fewer.remove(at);
            if contradiction(pool, &fewer).is_some() {
                needed = fewer;
            } else {
                at += 1;
            }
        }
        let (clash, people) = contradiction(pool, &needed).expect("checked before each removal");
        let id = |who: Who| pool.id(who).to_owned();
        clashes.push(Tie {
            ties: needed.iter().map(|(a, b)| (id(*a), id(*b))).collect(),
            people: people.into_iter().map(id).collect(),
            clash,
        });
    }
    if clashes.is_empty() { Ok(()) } else { Err(Infeasible::Together(clashes)) }
}

/// The rule that a unit made by these ties breaks, with the people who break it.
fn contradiction(pool: &Pool, ties: &[(Who, Who)]) -> Option<(Clash, Vec<Who>)> {
    merge(ties).iter().find_map(|unit| broken(pool, unit))
}

fn broken(pool: &Pool, unit: &[Who]) -> Option<(Clash, Vec<Who>)> {
    for (at, &a) in unit.iter().enumerate() {
        for &b in &unit[at + 1..] {
            if let Some(barrier) = pool.clash(a, b) {
                return Some((Clash::Rule(barrier), vec![a, b]));
            }
        }
    }
    let (mut mentors, mut participants) = (Vec::new(), Vec::new());
    for &who in unit {
        if pool.at(who).wants_seat { participants.push(who) } else { mentors.push(who) }
    }
    if participants.len() > pool.rules.max_participants || mentors.len() > pool.rules.max_mentors {
        return Some((Clash::TooMany, unit.to_vec()));
    }
    if let Some(idle) = mentors.iter().find(|who| pool.at(**who).capacity == 0) {
        return Some((Clash::NoRole, vec![*idle]));
    }
    let team = Team { participants, ..Team::led_by(mentors) };
    team.broken(pool).map(|barrier| (Clash::Rule(barrier), unit.to_vec()))
}

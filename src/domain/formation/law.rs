//! The problem as the verifier reads it: plain lists as books, nothing compiled.
//!
//! Invariant: this shares no code with the solver; texts are compared here in its own way.

use super::facts::Party;
use super::problem::{Person, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// The problem with its lists as books, so that large plans take no longer than their size.
pub(super) struct Law<'a> {
    pub(super) problem: &'a Problem,
    pub(super) people: BTreeMap<&'a str, &'a Person>,
    pub(super) never: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The other sides of a party's conflicts.
    conflicts: BTreeMap<Party, BTreeSet<Party>>,
    /// Stretches with hours of their own beyond the first, and stretches with zones.
    pub(super) stretches: (usize, usize),
}

impl<'a> Law<'a> {
    pub(super) fn of(problem: &'a Problem) -> Self {
        let mut people: BTreeMap<&str, &Person> = BTreeMap::new();
        for person in &problem.people {
            people.entry(&person.id).or_insert(person);
        }
        let mut never: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (a, b) in problem.never.iter().filter(|(a, b)| a != b) {
            never.entry(a).or_default().insert(b);
            never.entry(b).or_default().insert(a);
        }
        let mut conflicts: BTreeMap<Party, BTreeSet<Party>> = BTreeMap::new();
        for conflict in &problem.conflicts {
            let (first, second) = (plain(&conflict.first), plain(&conflict.second));
            conflicts.entry(first.clone()).or_default().insert(second.clone());
            conflicts.entry(second).or_default().insert(first);
        }
        let longest = |length: fn(&Person) -> usize| problem.people.iter().map(length).max().unwrap_or(0);
        let stretches = (longest(|person| person.later_weeks.len()), longest(|person| person.offsets.len()));
        Self { problem, people, never, conflicts, stretches }
    }

    fn parties(&self, id: &str) -> [Option<Party>; 2] {
        let organisation = self.people.get(id).map(|person| same(&person.organisation));
        let organisation = organisation.filter(|name| !name.is_empty());
        [Some(Party::Person(id.to_owned())), organisation.map(Party::Organisation)]
    }

    pub(super) fn in_conflict(&self, a: &str, b: &str) -> bool {
        !self.conflicts.is_empty()
            && self
                .parties(a)
                .iter()
                .flatten()
                .filter_map(|party| self.conflicts.get(party))
                .any(|others| self.parties(b).iter().flatten().any(|party| others.contains(party)))
    }

    pub(super) fn known(&self, ids: &[String]) -> Vec<&'a Person> {
        ids.iter().filter_map(|id| self.people.get(id.as_str()).copied()).collect()
    }
}

fn plain(party: &Party) -> Party {
    match party {
        Party::Organisation(name) => Party::Organisation(same(name)),
        Party::Person(id) => Party::Person(id.clone()),
    }
}

/// Texts are the same when they differ only in case and outer spaces.
pub(super) fn same(text: &str) -> String {
    text.trim().to_lowercase()
}

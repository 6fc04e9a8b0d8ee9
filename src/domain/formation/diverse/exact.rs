//! Every grouping of a handful of people, tried.
//!
//! Invariant: an answer given is the optimum; when there are too many groupings, none is given.

use super::instance::Instance;

/// More people than this are never tried.
const MOST: usize = 12;
/// Seats tried before the attempt is given up.
const NODES: u32 = 4_000_000;

/// The best grouping and its value, if all could be tried.
pub(super) fn optimum(instance: &Instance) -> Option<(i64, Vec<usize>)> {
    let people = instance.people();
    if people > MOST {
        return None;
    }
    let count = instance.limits().len();
    let mut trial = Trial {
        instance,
        groups: vec![0; people],
        sizes: vec![0; count],
        missing: instance.limits().iter().map(|limit| limit.least).sum(),
        best: None,
        nodes: 0,
    };
    trial.seat(0, 0);
    if trial.nodes > NODES { None } else { trial.best }
}

struct Trial<'a> {
    instance: &'a Instance,
    groups: Vec<usize>,
    sizes: Vec<usize>,
    /// Seats that groups below their least size still need.
    missing: usize,
    best: Option<(i64, Vec<usize>)>,
    nodes: u32,
}

impl Trial<'_> {
    /// Seats one person in every group in turn, then the next.
    fn seat(&mut self, person: usize, value: i64) {
        self.nodes += 1;
        if self.nodes > NODES {
            return;
        }
        if person == self.groups.len() {
            if self.best.as_ref().is_none_or(|(best, _)| value > *best) {
                self.best = Some((value, self.groups.clone()));
            }
            return;
        }
        for group in 0..self.sizes.len() {
            if self.is_worth_trying(group, person) {
                let needed = usize::from(self.sizes[group] < self.instance.limits()[group].least);
                let others = (0..person).filter(|other| self.groups[*other] == group);
                let gain: i64 = others.map(|other| i64::from(self.instance.distance(person, other))).sum();
                self.groups[person] = group;
                self.sizes[group] += 1;
                self.missing -= needed;
                self.seat(person + 1, value + gain);
                self.missing += needed;
                self.sizes[group] -= 1;
            }
        }
    }

    /// Room in the group, seats enough for the others, and no empty twin before it.
    fn is_worth_trying(&self, group: usize, person: usize) -> bool {
        let limits = self.instance.limits();
        let needed = usize::from(self.sizes[group] < limits[group].least);
        let left = self.groups.len() - person - 1;
        let twin = |other: usize| self.sizes[other] == 0 && limits[other] == limits[group];
        self.sizes[group] < limits[group].most
            && self.missing - needed <= left
            && !(self.sizes[group] == 0 && (0..group).any(twin))
    }
}

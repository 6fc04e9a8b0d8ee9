//! Groups seen by the search, each once, for putting the best of them together.
//!
//! Invariant: a group is kept with its people sorted; the order in which groups came does not matter.

use super::super::pool::Who;
use super::bunch::Bunch;
use std::collections::BTreeMap;

/// Distinct groups with their scores.
#[derive(Debug, Default)]
pub(super) struct Pot<const C: usize> {
    seen: BTreeMap<(Vec<Who>, Vec<Who>), i64>,
    limit: usize,
}

impl<const C: usize> Pot<C> {
    /// A pot for at most so many groups.
    pub(super) fn new(limit: usize) -> Self {
        Self { seen: BTreeMap::new(), limit }
    }

    /// Keeps a group, unless the pot is full.
    pub(super) fn add(&mut self, bunch: &Bunch<C>, worth: i64) {
        if !bunch.is_empty() && self.seen.len() < self.limit {
            let sorted = bunch.sorted();
            self.seen.insert((sorted.mentors().to_vec(), sorted.participants().to_vec()), worth);
        }
    }

    /// All groups with their scores.
    pub(super) fn groups(&self) -> impl Iterator<Item = (Bunch<C>, i64)> {
        self.seen.iter().map(|((mentors, participants), worth)| (Bunch::of(mentors, participants), *worth))
    }
}

//! The question put to the solver: who is there, what binds them, and what must stay as it is.
//!
//! Invariant: a problem is plain data; the order of any list in it never changes the answer.

use super::rules::Rules;
use crate::domain::week::WeekMask;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One person of the pool. Texts are compared without regard to case and outer spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Person {
    /// Stable id; unique within the problem.
    pub id: String,
    /// Organisation, business unit or department; empty is unknown and counts as a unit of its own.
    pub unit: String,
    /// Industry; empty is unknown.
    pub industry: String,
    /// Level from 1 to 7; 0 is unknown.
    pub level: u8,
    /// Topics the person wants help with.
    pub needs: Vec<String>,
    /// Topics the person can help others with.
    pub offers: Vec<String>,
    /// Topics the person likes to talk about.
    pub interests: Vec<String>,
    /// Languages the person can meet in; empty fits with everybody.
    pub languages: Vec<String>,
    /// Hours of the week the person could meet in. Empty means never: give
    /// [`WeekMask::ALL`] for a person who has not said.
    pub week: WeekMask,
    /// How many groups this person may mentor; 0 is not a mentor.
    pub mentor_capacity: u8,
    /// Whether the person wants a seat as participant; may be true beside a capacity.
    pub participant: bool,
    /// Whether the person was left without a seat last time and so comes first now.
    pub left_out_before: bool,
}

/// A decision of the organiser that the solver must keep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lock {
    /// Id of the person.
    pub person: String,
    /// Key of the group, kept in the plan.
    pub group: usize,
    /// Whether the seat is a mentor's.
    pub as_mentor: bool,
}

/// Everything that decides about the groups.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The pool.
    pub people: Vec<Person>,
    /// Id of a person to the id of that person's manager; may name people outside the pool and
    /// may go round in circles.
    pub managers: BTreeMap<String, String>,
    /// Pairs who must not share a group.
    pub never: Vec<(String, String)>,
    /// Pairs who have shared a group before; avoided where possible.
    pub met: Vec<(String, String)>,
    /// Seats that are already decided.
    pub locks: Vec<Lock>,
    /// The rules of this round.
    pub rules: Rules,
}

/// How long to search. Time is counted in steps, so the same budget gives the same plan anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Steps of the local search; 0 keeps the constructed plan.
    pub iterations: u64,
}

impl Budget {
    /// A budget that suits a pool of this many people: a fraction of a second for a small pool,
    /// some seconds for ten thousand people.
    pub fn for_people(people: usize) -> Self {
        let people = u64::try_from(people).unwrap_or(u64::MAX);
        Self { iterations: people.saturating_mul(400).clamp(40_000, 2_000_000) }
    }
}

/// Texts are the same when they differ only in case and outer spaces.
pub(super) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_grows_with_the_pool_and_has_an_end() {
        assert_eq!(Budget::for_people(0).iterations, 40_000);
        assert_eq!(Budget::for_people(1_000).iterations, 400_000);
        assert_eq!(Budget::for_people(usize::MAX).iterations, 2_000_000);
    }

    #[test]
    fn texts_are_compared_without_case_and_outer_spaces() {
        assert_eq!(fold("  Acme Bank "), fold("acme bank"));
    }
}

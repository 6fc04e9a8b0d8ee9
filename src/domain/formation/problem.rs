//! The question put to the solver: who is there, what binds them, and what must stay as it is.
//!
//! Invariant: a problem is plain data; the order of any list in it never changes the answer.

use super::facts::{Conflict, Meeting};
use super::rules::Rules;
use crate::domain::week::WeekMask;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One person of the pool. Texts are compared without regard to case and outer spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_excessive_bools, reason = "facts about a person, each read on its own")]
pub struct Person {
    /// Stable id; unique within the problem.
    pub id: String,
    /// Organisation, business unit or department; empty is unknown and counts as a unit of its own.
    pub unit: String,
    /// Industry; empty is unknown.
    pub industry: String,
    /// The industry the person is new to; empty for nobody new. Their mentor should come from it.
    pub new_to_industry: String,
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
    /// Employer, for conflicts of interest and [`Rules::per_organisation`]; empty is unknown.
    pub organisation: String,
    /// Department or function, compared by name alone; empty is unknown.
    pub department: String,
    /// Part of the world; empty is unknown.
    pub region: String,
    /// What the person wants to reach; shared goals count among participants.
    pub goals: Vec<String>,
    /// Hours of the week in each later stretch of the programme in which clocks differ from
    /// [`Person::week`]. Shorter lists repeat their last entry (or `week`).
    pub later_weeks: Vec<WeekMask>,
    /// Minutes east of UTC in each of these stretches, `week` included; shorter lists repeat their
    /// last entry, and an empty one is unknown and fits every spread.
    pub offsets: Vec<i16>,
    /// Hours that suit the person well; empty is unknown.
    pub good_hours: WeekMask,
    /// Whether the person carried the bad hour last time and should not carry it again.
    pub bad_hour_before: bool,
    /// Ids of people this person would like to sit with, dearest first; the first three count.
    pub wishes: Vec<String>,
    /// Ids of people this person would rather not sit with, see [`Rules::forbid_vetoes`].
    pub vetoes: Vec<String>,
    /// Whether a mentor holds the office the programme is about at present.
    pub in_office: bool,
    /// Years that a mentor has held that office, in all; 0 is none or unknown.
    pub office_years: u8,
    /// Whether a mentor is a coach whose training was checked.
    pub verified_coach: bool,
    /// Whether a participant asked for a coach rather than a practitioner.
    pub wants_coach: bool,
    /// Groups the person mentors in other programmes. They are no longer part of
    /// [`Person::mentor_capacity`]; less loaded mentors are preferred.
    pub leads_elsewhere: u8,
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
    /// Earlier meetings with their age; older ones weigh less than [`Problem::met`].
    pub history: Vec<Meeting>,
    /// Pairs who share a group or have no seat at all; chains of pairs stay together as a whole.
    pub must: Vec<(String, String)>,
    /// Sets of people who stay together like [`Problem::must`] pairs, such as a group that goes on.
    pub keep: Vec<Vec<String>>,
    /// Conflicts of interest between people and organisations. Their reasons are never told.
    pub conflicts: Vec<Conflict>,
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

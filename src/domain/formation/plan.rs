//! The answer of the solver: groups, the people without one, and the figures that rank plans.
//!
//! Invariant: a plan names people only by id and holds no rule; `verify` judges it and `rescore`
//! writes every derived field anew.

use super::reasons::{Criterion, Reason};
use super::stops::{Relaxation, Stop};
use crate::domain::week::WeekMask;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The best score a group can have; a score is the weighted mean of its criteria, and more or less by its wishes.
pub const FULL_SCORE: i64 = 10_000;

/// One group of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedGroup {
    /// Number of the group within the plan; locked groups keep theirs, others count up from 1.
    pub key: usize,
    /// Ids of the mentors, sorted.
    pub mentors: Vec<String>,
    /// Ids of the participants, sorted.
    pub participants: Vec<String>,
    /// 0 to [`FULL_SCORE`].
    pub score: i64,
    /// Each criterion with 0 to 100; 50 stands for "nothing known".
    pub criteria: Vec<(Criterion, i64)>,
    /// Hours of the week that every member has.
    pub common_hours: WeekMask,
    /// Why these people belong together.
    pub reasons: Vec<Reason>,
}

impl PlannedGroup {
    /// The score as a number from 0 to 100 for people to read.
    pub fn percent(&self) -> i64 {
        (self.score + 50) / 100
    }

    /// Ids of mentors, then participants.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.mentors.iter().chain(&self.participants).map(String::as_str)
    }
}

/// A wish that could not be met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unplaced {
    /// Id of the person.
    pub person: String,
    /// True for somebody who only offered to mentor and has no group; false for somebody who
    /// wants a seat as participant.
    pub as_mentor: bool,
    /// What stood in the way, counted over groups, most frequent first.
    pub stopped_by: Vec<Stop>,
    /// The smallest single change that opens a door, if one was found.
    pub relax: Option<Relaxation>,
}

/// The figures of a plan in the order in which plans are ranked (see [`PlanScore::rank`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlanScore {
    /// Participants with a seat.
    pub placed: usize,
    /// People who want a seat as participant and have none.
    pub unplaced: usize,
    /// Those of the unplaced who were left out before.
    pub left_out_again: usize,
    /// People who only offered to mentor and have no group.
    pub idle_mentors: usize,
    /// Score of the weakest group, 0 without groups.
    pub worst_group: i64,
    /// Sum of every participant's group score.
    pub total: i64,
}

impl PlanScore {
    /// Larger is better: most people placed, fewest left out again, fewest idle mentors, then the
    /// weakest group, then the total.
    pub fn rank(&self) -> impl Ord + Copy + std::fmt::Debug + use<> {
        use std::cmp::Reverse;
        let Self { placed, left_out_again, idle_mentors, worst_group, total, .. } = *self;
        (placed, Reverse(left_out_again), Reverse(idle_mentors), worst_group, total)
    }
}

/// What no plan for the same problem can exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Most participants that can have a seat.
    pub placed: usize,
    /// Best score the weakest group can have while that many are placed.
    pub worst_group: i64,
    /// Best total while as many are placed and the weakest group is no weaker than in the plan.
    pub total: i64,
    /// Whether the plan is proven to rank highest.
    pub optimal: bool,
}

/// A proposal for all groups of a round.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// The groups, by key.
    pub groups: Vec<PlannedGroup>,
    /// Why each placed person sits where they sit, by id.
    pub person_reasons: BTreeMap<String, Vec<Reason>>,
    /// Wishes that could not be met, by id.
    pub unplaced: Vec<Unplaced>,
    /// The figures of the plan.
    pub score: PlanScore,
    /// Seed the plan was made with.
    pub seed: u64,
    /// Steps the search was given.
    pub iterations: u64,
    /// What is proven about plans for this problem; none when nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
}

impl Plan {
    /// The group with this key.
    pub fn group(&self, key: usize) -> Option<&PlannedGroup> {
        self.groups.iter().find(|group| group.key == key)
    }

    /// The group in which this person sits as participant.
    pub fn seat_of(&self, person: &str) -> Option<&PlannedGroup> {
        self.groups.iter().find(|group| group.participants.iter().any(|id| id == person))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placed_person_outranks_any_score() {
        let more = PlanScore { placed: 9, worst_group: 1, total: 1, ..PlanScore::default() };
        let better = PlanScore { placed: 8, worst_group: 9_000, total: 90_000, ..PlanScore::default() };
        assert!(more.rank() > better.rank());
    }

    #[test]
    fn the_weakest_group_outranks_the_total() {
        let fair = PlanScore { placed: 9, worst_group: 50, total: 500, ..PlanScore::default() };
        let rich = PlanScore { placed: 9, worst_group: 40, total: 900, ..PlanScore::default() };
        assert!(fair.rank() > rich.rank());
        let idle = PlanScore { idle_mentors: 1, ..fair };
        assert!(fair.rank() > idle.rank());
    }
}

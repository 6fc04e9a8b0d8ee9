//! What a plan is worth as one number: seats first, then people left out before, people who stay
//! where they were, idle mentors, total.
//!
//! Invariant: a higher tier always outweighs all lower ones together, so the largest number is the
//! plan that ranks highest, the weakest group aside.

use super::super::plan::FULL_SCORE;
use super::super::pool::Who;
use super::bunch::Bunch;
use super::ground::Ground;
use super::homes::Homes;

/// Rewards of seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Goal {
    /// For each participant.
    pub(super) seat: i64,
    /// In addition for one who was left out before.
    pub(super) again: i64,
    /// For somebody in the place where they sat before.
    pub(super) stay: i64,
    /// For the first group of somebody who only mentors: one unit of the tiers above the total.
    pub(super) first: i64,
    /// For a locked group.
    pub(super) lock: i64,
}

/// How much one of a tier outweighs the whole total while that tier alone is looked at.
const ALONE: i64 = 64;

impl Goal {
    /// All tiers, and the total below them.
    pub(super) fn of(ground: &Ground<'_>, homes: &Homes) -> Self {
        Self::stacked(ground, homes, 3, 1)
    }

    /// One tier and those above it, with those below left out and the total next to nothing: bounds
    /// on such a goal show how many of this tier there can be.
    pub(super) fn of_tier(ground: &Ground<'_>, homes: &Homes, tier: usize) -> Self {
        Self::stacked(ground, homes, tier, ALONE)
    }

    fn stacked(ground: &Ground<'_>, homes: &Homes, lowest: usize, times: i64) -> Self {
        let counts = Self::most(ground, homes);
        let mut worths = [0; 4];
        let mut worth = (FULL_SCORE * counts[0] + 1) * times;
        for tier in (0..=lowest).rev() {
            worths[tier] = worth;
            worth *= counts[tier] + 1;
        }
        let [seat, again, stay, first] = worths;
        Self { seat, again, stay, first, lock: worth }
    }

    /// How many there are at most: seats, people left out before, people who can stay, mentors.
    pub(super) fn most(ground: &Ground<'_>, homes: &Homes) -> [i64; 4] {
        let count = |count: usize| i64::try_from(count).unwrap_or(0);
        let people = ground.participants.len();
        let mentors = ground.mentors.iter().filter(|who| ground.only_mentors(**who)).count();
        let before = ground.participants.iter().filter(|who| ground.soul(**who).left_out).count();
        let stay = if homes.is_empty() { 0 } else { people + homes.lead.len() };
        [people, before, stay, mentors].map(count)
    }

    /// The reward of a participant's seat.
    pub(super) fn seat_of(&self, ground: &Ground<'_>, who: Who) -> i64 {
        self.seat + if ground.soul(who).left_out { self.again } else { 0 }
    }

    /// The worth of a group, rewards of mentors, places and locks aside.
    pub(super) fn group<const C: usize>(&self, ground: &Ground<'_>, bunch: &Bunch<C>, worth: i64) -> i64 {
        let seats: i64 = bunch.participants().iter().map(|who| self.seat_of(ground, *who)).sum();
        seats + worth * i64::from(bunch.k)
    }
}

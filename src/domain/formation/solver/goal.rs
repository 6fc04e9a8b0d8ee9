//! What a plan is worth as one number: seats first, then people left out before, people who stay
//! where they were, idle mentors, total.
//!
//! Invariant: a higher tier always outweighs all lower ones together, so the largest number is the
//! plan that ranks highest, the weakest group aside.

use super::super::plan::FULL_SCORE;
use super::super::pool::Who;
use super::bunch::Bunch;
use super::ground::Ground;
use super::state::Homes;

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

impl Goal {
    pub(super) fn of(ground: &Ground<'_>, homes: &Homes) -> Self {
        let count = |count: usize| i64::try_from(count).unwrap_or(0);
        let people = count(ground.participants.len());
        let mentors = count(ground.mentors.iter().filter(|who| ground.only_mentors(**who)).count());
        let before = count(ground.participants.iter().filter(|who| ground.soul(**who).left_out).count());
        let first = FULL_SCORE * people + 1;
        let stay = first * (mentors + 1);
        let again = stay * if homes.is_empty() { 1 } else { people + count(homes.lead.len()) + 1 };
        let seat = again * (before + 1);
        Self { seat, again, stay, first, lock: seat * (people + 1) }
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

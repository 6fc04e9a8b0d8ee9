//! A group while the solver works on it, and the hard rules for who may be in it.
//!
//! Invariant: `fits` and `worth` are the only places where the solver asks the hard rules, so a
//! team that has a worth keeps every one of them. (`verify` asks again in its own way.)

use super::pool::{Pool, Who};
use super::score;
use super::stops::Barrier;
use crate::domain::week::WeekMask;

/// One group in the making; empty teams are spare places for groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Team {
    pub(super) mentors: Vec<Who>,
    pub(super) participants: Vec<Who>,
    /// The first so many mentors are locked.
    pub(super) held_mentors: usize,
    /// The first so many participants are locked.
    pub(super) held: usize,
    /// Key given by a lock.
    pub(super) key: Option<usize>,
}

impl Clone for Team {
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        copy.clone_from(self);
        copy
    }

    /// Copies without new memory where the old suffices: the search does this for every step.
    fn clone_from(&mut self, other: &Self) {
        self.mentors.clone_from(&other.mentors);
        self.participants.clone_from(&other.participants);
        (self.held_mentors, self.held, self.key) = (other.held_mentors, other.held, other.key);
    }
}

/// What everybody in a set of people has in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Common {
    pub(super) week: WeekMask,
    tongues: u128,
    listing: u32,
}

impl Common {
    /// What an empty group has in common: everything.
    pub(super) const NOBODY: Self = Self { week: WeekMask::ALL, tongues: u128::MAX, listing: 0 };

    /// The common things after one more person.
    pub(super) fn with(self, pool: &Pool, who: Who) -> Self {
        let member = pool.at(who);
        Self {
            week: self.week.and(member.week),
            tongues: self.tongues & member.tongues,
            listing: self.listing + u32::from(member.lists_tongues),
        }
    }

    /// The rule these common things break. A single person who lists languages always has one.
    pub(super) fn barrier(&self, pool: &Pool) -> Option<Barrier> {
        if self.listing > 1 && self.tongues == 0 {
            return Some(Barrier::Language);
        }
        let hours = pool.rules.min_common_hours;
        (hours > 0 && self.week.count() < hours).then_some(Barrier::Hours)
    }
}

impl Team {
    /// A new group led by these mentors.
    pub(super) fn led_by(mentors: Vec<Who>) -> Self {
        Self { mentors, ..Self::default() }
    }

    /// Mentors, then participants.
    pub(super) fn people(&self) -> impl Iterator<Item = Who> + Clone {
        self.mentors.iter().chain(&self.participants).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.mentors.is_empty() && self.participants.is_empty()
    }

    /// Whether a lock holds somebody here, so that the group must stay.
    pub(super) fn is_locked(&self) -> bool {
        self.held + self.held_mentors > 0
    }

    /// Empties the team for other use; locked teams are never emptied.
    pub(super) fn clear(&mut self) {
        debug_assert!(!self.is_locked());
        self.mentors.clear();
        self.participants.clear();
    }

    pub(super) fn common(&self, pool: &Pool) -> Common {
        self.people().fold(Common::NOBODY, |common, who| common.with(pool, who))
    }

    /// The first rule, in the order of [`Barrier`], that keeps a person from joining.
    pub(super) fn barrier(&self, pool: &Pool, who: Who, as_mentor: bool) -> Option<Barrier> {
        if self.people().any(|other| other == who) {
            return Some(Barrier::SamePerson);
        }
        let common = self.common(pool).with(pool, who);
        if let Some(barrier) = common.barrier(pool) {
            return Some(barrier);
        }
        if self.people().any(|other| pool.in_line(who, other)) {
            return Some(Barrier::ReportingLine);
        }
        if self.people().any(|other| pool.kept_apart(who, other)) {
            return Some(Barrier::KeptApart);
        }
        if !unit_has_room(pool, self.people(), who) {
            return Some(Barrier::Unit);
        }
        let full = if as_mentor {
            self.mentors.len() >= pool.rules.max_mentors
        } else {
            self.participants.len() >= pool.rules.max_participants
        };
        full.then_some(Barrier::Full)
    }

    /// Whether all rules but the lower sizes hold.
    pub(super) fn fits(&self, pool: &Pool) -> bool {
        self.fits_with(pool).is_some()
    }

    /// Like [`Team::fits`], with the common hours as proof.
    fn fits_with(&self, pool: &Pool) -> Option<WeekMask> {
        let rules = &pool.rules;
        if self.mentors.len() > rules.max_mentors || self.participants.len() > rules.max_participants {
            return None;
        }
        let common = self.common(pool);
        if common.barrier(pool).is_some() {
            return None;
        }
        let mut rest = self.people();
        while let Some(who) = rest.next() {
            if rest
                .clone()
                .any(|other| other == who || pool.in_line(who, other) || pool.kept_apart(who, other))
                || !unit_has_room(pool, rest.clone(), who)
            {
                return None;
            }
        }
        Some(common.week)
    }

    /// The score of a finished group, 0 for a spare place, none if a hard rule is broken.
    pub(super) fn worth(&self, pool: &Pool) -> Option<i64> {
        if self.is_empty() {
            return Some(0);
        }
        let rules = &pool.rules;
        if self.mentors.len() < rules.min_mentors || self.participants.len() < rules.min_participants {
            return None;
        }
        let week = self.fits_with(pool)?;
        Some(score::blend(pool, &score::measure(pool, &self.mentors, &self.participants, week)))
    }

    /// The score as if sizes did not matter, to compare places during construction.
    pub(super) fn promise(&self, pool: &Pool) -> Option<i64> {
        let week = self.fits_with(pool)?;
        Some(score::blend(pool, &score::measure(pool, &self.mentors, &self.participants, week)))
    }
}

/// Whether one more of this person's unit may join the people.
fn unit_has_room(pool: &Pool, people: impl Iterator<Item = Who>, who: Who) -> bool {
    let unit = pool.at(who).unit;
    people.filter(|other| pool.at(*other).unit == unit).count() < usize::from(pool.rules.per_unit)
}

//! A group of people by number, and the hard rules for who may be in it.
//!
//! Invariant: `barrier` and `broken` are the only places where explanations and locks ask the hard
//! rules. (The solver asks a compiled copy, and `verify` asks again in its own way.)

use super::pool::{Pool, Who};
use super::score;
use super::stops::Barrier;
use crate::domain::week::WeekMask;

/// One group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

/// Hours at which a group can start its meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slots {
    /// In the first stretch of the programme.
    pub(super) first: WeekMask,
    /// How many there are in the stretch that has fewest.
    pub(super) fewest: u32,
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

    /// Hours of the week that everybody has.
    pub(super) fn week(&self, pool: &Pool) -> WeekMask {
        self.people().fold(WeekMask::ALL, |week, who| week.and(pool.at(who).week))
    }

    /// Hours at which all mentors and a quorum of the participants can start a meeting.
    pub(super) fn slots(&self, pool: &Pool) -> Slots {
        self.slots_with(pool, None, None)
    }

    /// The same with one more mentor or participant.
    fn slots_with(&self, pool: &Pool, mentor: Option<Who>, participant: Option<Who>) -> Slots {
        let mentors = || self.mentors.iter().copied().chain(mentor);
        let participants = || self.participants.iter().copied().chain(participant);
        let count = self.participants.len() + usize::from(participant.is_some());
        let quorum = pool.rules.quorum(count);
        let in_stretch = |stretch: usize| {
            let led = mentors().fold(WeekMask::ALL, |week, who| week.and(pool.at(who).starts[stretch]));
            if quorum == count {
                return participants().fold(led, |week, who| week.and(pool.at(who).starts[stretch]));
            }
            let free = |hour: &usize| {
                participants().filter(|who| pool.at(*who).starts[stretch].contains(*hour)).count() >= quorum
            };
            WeekMask::from_hours(led.iter().filter(free))
        };
        let first = in_stretch(0);
        let later = (1..pool.stretches).map(|stretch| in_stretch(stretch).count());
        Slots { first, fewest: later.fold(first.count(), u32::min) }
    }

    /// The rule about the whole group that it breaks, sizes and ties aside.
    pub(super) fn barrier_together(&self, pool: &Pool) -> Option<Barrier> {
        self.barrier_with(pool, None, None)
    }

    /// The same with one more mentor or participant.
    fn barrier_with(&self, pool: &Pool, mentor: Option<Who>, participant: Option<Who>) -> Option<Barrier> {
        let rules = &pool.rules;
        let people = || self.people().chain(mentor).chain(participant);
        let listing = people().filter(|who| pool.at(*who).lists_tongues).count();
        let tongues = people().fold(u128::MAX, |all, who| all & pool.at(who).tongues);
        if listing > 1 && tongues == 0 {
            return Some(Barrier::Language);
        }
        let need = rules.min_common_hours;
        if need > 0 && self.slots_with(pool, mentor, participant).fewest < need {
            return Some(Barrier::Hours);
        }
        let too_wide = |hours: u8| zone_spread(pool, people) > u32::from(hours) * 60;
        rules.max_zone_spread.is_some_and(too_wide).then_some(Barrier::Zones)
    }

    /// The first rule, in the order of [`Barrier`], that keeps a person from joining.
    pub(super) fn barrier(&self, pool: &Pool, who: Who, as_mentor: bool) -> Option<Barrier> {
        let away = |mate: &Who| !self.people().any(|other| other == *mate);
        self.barrier_alone(pool, who, as_mentor)
            .or_else(|| pool.at(who).mates.iter().any(away).then_some(Barrier::Together))
    }

    /// Like [`Team::barrier`], as if nobody had to come along.
    pub(super) fn barrier_alone(&self, pool: &Pool, who: Who, as_mentor: bool) -> Option<Barrier> {
        if self.people().any(|other| other == who) {
            return Some(Barrier::SamePerson);
        }
        let rules = &pool.rules;
        let (mentor, participant) = if as_mentor { (Some(who), None) } else { (None, Some(who)) };
        let full = if as_mentor {
            self.mentors.len() >= rules.max_mentors
        } else {
            self.participants.len() >= rules.max_participants
        };
        self.barrier_with(pool, mentor, participant)
            .or_else(|| self.people().find_map(|other| pool.clash(who, other)))
            .or_else(|| crowd(pool, &self.people().chain([who]), who))
            .or_else(|| full.then_some(Barrier::Full))
    }

    /// The first rule that the people break, lower sizes and ties aside.
    pub(super) fn broken(&self, pool: &Pool) -> Option<Barrier> {
        let rules = &pool.rules;
        let full = self.mentors.len() > rules.max_mentors || self.participants.len() > rules.max_participants;
        let pairs = || score::pairs(&self.mentors, &self.participants);
        full.then_some(Barrier::Full)
            .or_else(|| pairs().any(|(a, b)| a == b).then_some(Barrier::SamePerson))
            .or_else(|| pairs().find_map(|(a, b)| pool.clash(a, b)))
            .or_else(|| self.people().find_map(|who| crowd(pool, &self.people(), who)))
            .or_else(|| self.barrier_together(pool))
    }

    /// Adds a person and everybody who must come along, or nobody.
    pub(super) fn join(&mut self, pool: &Pool, who: Who, as_mentor: bool) -> bool {
        let before = (self.mentors.len(), self.participants.len());
        let member = pool.at(who);
        let mut done = self.add(pool, who, as_mentor);
        for &mate in &member.mates {
            let here = self.people().any(|other| other == mate);
            done = done && (here || self.add(pool, mate, !pool.at(mate).wants_seat));
        }
        if !done {
            self.mentors.truncate(before.0);
            self.participants.truncate(before.1);
        }
        done
    }

    fn add(&mut self, pool: &Pool, who: Who, as_mentor: bool) -> bool {
        if as_mentor && pool.at(who).capacity == 0 || self.barrier_alone(pool, who, as_mentor).is_some() {
            return false;
        }
        if as_mentor {
            self.mentors.push(who);
        } else {
            self.participants.push(who);
        }
        true
    }
}

/// The widest distance between zones in minutes, the short way round, over all stretches.
fn zone_spread<I: Iterator<Item = Who>>(pool: &Pool, people: impl Fn() -> I) -> u32 {
    let offsets = || people().map(|who| &pool.at(who).offsets).filter(|offsets| !offsets.is_empty());
    let stretches = offsets().next().map_or(0, |offsets| offsets.len());
    let spread = |stretch: usize| arc(offsets().map(|offsets| offsets[stretch]).collect());
    (0..stretches).map(spread).max().unwrap_or(0)
}

/// The shortest arc of the day, in minutes, that holds all offsets from UTC.
fn arc(mut offsets: Vec<i16>) -> u32 {
    const DAY: i32 = 24 * 60;
    for offset in &mut offsets {
        *offset = i16::try_from(i32::from(*offset).rem_euclid(DAY)).unwrap_or(0);
    }
    offsets.sort_unstable();
    let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else { return 0 };
    let round = i32::from(*first) + DAY - i32::from(*last);
    let widest = offsets.windows(2).map(|pair| i32::from(pair[1]) - i32::from(pair[0])).fold(round, i32::max);
    u32::try_from(DAY - widest).unwrap_or(0)
}

/// The unit of difference that has too many people with this person, who is among them.
fn crowd(pool: &Pool, people: &(impl Iterator<Item = Who> + Clone), who: Who) -> Option<Barrier> {
    let (rules, member) = (&pool.rules, pool.at(who));
    let crowded = |limit: u8, same: &dyn Fn(Who) -> bool| {
        limit > 0 && people.clone().filter(|other| same(*other)).count() > usize::from(limit)
    };
    if crowded(rules.per_unit, &|other| pool.at(other).unit == member.unit) {
        Some(Barrier::Unit)
    } else if crowded(rules.per_organisation, &|other| pool.at(other).organisation == member.organisation) {
        Some(Barrier::Organisation)
    } else if crowded(rules.per_department, &|other| pool.at(other).department == member.department) {
        Some(Barrier::Department)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_round_the_globe_counts() {
        assert_eq!(arc(vec![]), 0);
        assert_eq!(arc(vec![330]), 0);
        assert_eq!(arc(vec![-480, 60, 0]), 540);
        assert_eq!(arc(vec![780, -600]), 60, "Auckland in summer and Honolulu share most of a day");
        assert_eq!(arc(vec![0, 480, 960]), 960);
    }
}

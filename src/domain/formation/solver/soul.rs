//! People as records of bit masks and numbers, in parts by how often they are read; `face` has the part that
//! others see.
//!
//! Invariant: a record says the same as the member of the pool it comes from.

use super::super::pool::{Pool, Who};
use super::super::score;
use crate::domain::week::WeekMask;
use std::collections::{BTreeMap, BTreeSet};

/// What the search reads most often about a person, small enough for the nearest cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hot {
    pub(super) week: WeekMask,
    /// All ones for a person who lists no language.
    pub(super) tongues: u64,
    pub(super) unit: u32,
    /// Whether the person lists languages.
    pub(super) lists: bool,
    /// Whether somebody must come along.
    pub(super) tied: bool,
}

/// What the search reads often about a person.
#[allow(clippy::struct_excessive_bools, reason = "facts about a person, each read on its own")]
#[derive(Debug, Clone, Copy)]
pub(super) struct Soul {
    pub(super) needs: u64,
    pub(super) offers: u64,
    /// Marks for the mentor's load elsewhere.
    pub(super) load: i64,
    pub(super) industry: u32,
    /// The industry the person is new to, 0 for none.
    pub(super) new_to: u32,
    /// Count of needs.
    pub(super) asked: u32,
    pub(super) level: u8,
    pub(super) capacity: u8,
    pub(super) wants_seat: bool,
    pub(super) left_out: bool,
    /// Marks for the office a mentor holds or held.
    pub(super) office: i64,
    pub(super) coach: bool,
    pub(super) wants_coach: bool,
}

/// What the search reads seldom.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    /// Number in the pool, for the lists of topics.
    pub(super) pool: Who,
    pub(super) later: Box<[WeekMask]>,
    pub(super) offsets: Box<[i16]>,
    pub(super) owed: Option<WeekMask>,
    pub(super) apart: Vec<Who>,
    pub(super) met: Vec<(Who, u32)>,
    pub(super) wishes: Vec<(Who, i64)>,
    /// Participants who move together with this one, the person included; for others only the person.
    pub(super) unit: Vec<Who>,
    /// Everybody who must be in the same group.
    pub(super) mates: Vec<Who>,
}

/// A sieve over numbers of people.
#[inline]
pub(super) fn bit(who: Who) -> u64 {
    1 << (who & 63)
}

pub(super) fn sieve(people: impl Iterator<Item = Who>) -> u64 {
    people.fold(0, |sieve, who| sieve | bit(who))
}

/// A person in a part of the problem.
#[derive(Debug, Clone, Copy)]
pub(super) struct Role {
    pub(super) who: Who,
    pub(super) capacity: u8,
    pub(super) wants_seat: bool,
}

/// From numbers of the pool to numbers of a part of it.
pub(super) struct Numbers {
    whole: bool,
    book: BTreeMap<Who, Who>,
    seats: Vec<bool>,
}

impl Numbers {
    pub(super) fn new(pool: &Pool, roles: &[Role]) -> Self {
        let whole = roles.len() == pool.members.len();
        let book = if whole {
            BTreeMap::new()
        } else {
            roles.iter().zip(0..).map(|(role, at)| (role.who, at)).collect()
        };
        Self { whole, book, seats: roles.iter().map(|role| role.wants_seat).collect() }
    }

    fn get(&self, who: Who) -> Option<Who> {
        if self.whole { Some(who) } else { self.book.get(&who).copied() }
    }

    /// Whether somebody of the part wants a seat in it: who is locked as a mentor does not, whatever the pool says.
    fn wants_seat(&self, at: Who) -> bool {
        self.seats.get(at as usize).copied().unwrap_or(false)
    }
}

/// The seldom read part of a person.
pub(super) fn rest_of(pool: &Pool, role: Role, at: Who, numbers: &Numbers) -> Rest {
    let member = pool.at(role.who);
    let apart: BTreeSet<Who> =
        member.never.iter().chain(&member.rivals).filter_map(|who| numbers.get(*who)).collect();
    let mut met: Vec<(Who, u32)> =
        member.met.iter().filter_map(|(who, weight)| Some((numbers.get(*who)?, *weight))).collect();
    let mut wishes: Vec<(Who, i64)> =
        member.wishes.iter().filter_map(|(who, mark)| Some((numbers.get(*who)?, *mark))).collect();
    met.sort_unstable();
    wishes.sort_unstable();
    let mut unit: Vec<Who> = member
        .mates
        .iter()
        .filter_map(|who| numbers.get(*who))
        .filter(|mate| role.wants_seat && numbers.wants_seat(*mate))
        .collect();
    unit.push(at);
    unit.sort_unstable();
    Rest {
        pool: role.who,
        later: member.starts[1..].into(),
        offsets: member.offsets.clone(),
        owed: member.owed,
        apart: apart.into_iter().collect(),
        met,
        wishes,
        unit,
        mates: member.mates.iter().map(|who| numbers.get(*who).unwrap_or(Who::MAX)).collect(),
    }
}

/// The most often read part of a person.
pub(super) fn hot_of(pool: &Pool, role: Role) -> Hot {
    let member = pool.at(role.who);
    Hot {
        week: member.starts[0],
        tongues: u64::try_from(member.tongues).unwrap_or(u64::MAX),
        unit: member.unit,
        lists: member.lists_tongues,
        tied: !member.mates.is_empty(),
    }
}

/// The often read part of a person.
pub(super) fn soul_of(pool: &Pool, role: Role) -> Soul {
    let member = pool.at(role.who);
    Soul {
        needs: member.needs.sieve(),
        offers: member.offers.sieve(),
        load: score::load(pool, &[role.who]),
        industry: member.industry,
        new_to: member.new_to,
        asked: u32::try_from(member.needs.list.len()).unwrap_or(u32::MAX),
        level: member.level,
        capacity: role.capacity,
        wants_seat: role.wants_seat,
        left_out: member.left_out,
        office: member.office,
        coach: member.coach,
        wants_coach: member.wants_coach,
    }
}

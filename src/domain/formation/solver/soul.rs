//! People as records of bit masks and numbers, in three parts by how often they are read.
//!
//! Invariant: a record says the same as the member of the pool it comes from.

use super::super::lines::Line;
use super::super::pool::{Pool, Topics, Who};
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
    /// 1 for a person who lists languages.
    pub(super) listing: u32,
}

/// What the search reads often about a person.
#[allow(clippy::struct_excessive_bools, reason = "facts about a person, each read on its own")]
#[derive(Debug, Clone)]
pub(super) struct Soul {
    pub(super) unit: u32,
    pub(super) organisation: u32,
    pub(super) department: u32,
    pub(super) known_department: u32,
    pub(super) region: u32,
    pub(super) industry: u32,
    pub(super) manager: u32,
    pub(super) level: u8,
    pub(super) capacity: u8,
    pub(super) wants_seat: bool,
    pub(super) left_out: bool,
    /// Whether somebody must come along.
    pub(super) tied: bool,
    pub(super) in_office: bool,
    pub(super) coach: bool,
    pub(super) wants_coach: bool,
    pub(super) line: Line,
    pub(super) needs: u64,
    pub(super) offers: u64,
    pub(super) interests: u64,
    pub(super) goals: u64,
    /// Counts of needs, interests and goals.
    pub(super) counts: [u32; 3],
    /// Marks for the mentor's load elsewhere.
    pub(super) load: i64,
    /// Sieves over the numbers of people in `Rest`: kept apart, met, wished or not wanted.
    pub(super) apart_sieve: u64,
    pub(super) met_sieve: u64,
    pub(super) wish_sieve: u64,
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

fn sieve(people: impl Iterator<Item = Who>) -> u64 {
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
}

impl Numbers {
    pub(super) fn new(pool: &Pool, roles: &[Role]) -> Self {
        let whole = roles.len() == pool.members.len();
        let book = if whole {
            BTreeMap::new()
        } else {
            roles.iter().zip(0..).map(|(role, at)| (role.who, at)).collect()
        };
        Self { whole, book }
    }

    fn get(&self, who: Who) -> Option<Who> {
        if self.whole { Some(who) } else { self.book.get(&who).copied() }
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
        .filter(|who| role.wants_seat && pool.at(**who).wants_seat)
        .filter_map(|who| numbers.get(*who))
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

/// The often read part of a person.
pub(super) fn soul_of(pool: &Pool, role: Role, rest: &Rest) -> Soul {
    let member = pool.at(role.who);
    let count = |topics: &Topics| u32::try_from(topics.list.len()).unwrap_or(u32::MAX);
    Soul {
        unit: member.unit,
        organisation: member.organisation,
        department: member.department,
        known_department: member.known_department,
        region: member.region,
        industry: member.industry,
        manager: member.manager,
        level: member.level,
        capacity: role.capacity,
        wants_seat: role.wants_seat,
        left_out: member.left_out,
        tied: !member.mates.is_empty(),
        in_office: member.in_office,
        coach: member.coach,
        wants_coach: member.wants_coach,
        line: member.line,
        needs: member.needs.sieve(),
        offers: member.offers.sieve(),
        interests: member.interests.sieve(),
        goals: member.goals.sieve(),
        counts: [count(&member.needs), count(&member.interests), count(&member.goals)],
        load: score::load(pool, &[role.who]),
        apart_sieve: sieve(rest.apart.iter().copied()),
        met_sieve: sieve(rest.met.iter().map(|(who, _)| *who)),
        wish_sieve: sieve(rest.wishes.iter().map(|(who, _)| *who)),
    }
}

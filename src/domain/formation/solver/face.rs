//! What two people must know of each other, small enough to be fetched in one piece from memory:
//! the search compares faces more often than it does anything else.
//!
//! Invariant: a face says the same as the member of the pool it comes from, and fills one line of
//! the cache.

use super::super::lines::Line;
use super::super::pool::{Pool, Topics};
use super::soul::{Rest, Role, sieve};

/// One person as others see them.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Face {
    pub(super) goals: u64,
    pub(super) interests: u64,
    /// Sieve over the numbers of everybody who is kept apart, was met, is wished for or wishes.
    pub(super) ties: u64,
    pub(super) line: Line,
    pub(super) unit: u32,
    pub(super) organisation: u32,
    pub(super) department: u32,
    pub(super) manager: u32,
    pub(super) region: u32,
    pub(super) industry: u32,
    /// Counts of goals and interests, 255 for that many or more.
    pub(super) goal_count: u8,
    pub(super) interest_count: u8,
    pub(super) level: u8,
    pub(super) has_department: bool,
}

const _: () = assert!(size_of::<Face>() == 64, "a face fills one line of the cache");

impl Face {
    /// The face of a person in a part of the problem.
    pub(super) fn new(pool: &Pool, role: Role, rest: &Rest) -> Self {
        let member = pool.at(role.who);
        let count = |topics: &Topics| u8::try_from(topics.list.len()).unwrap_or(u8::MAX);
        let met = rest.met.iter().map(|(who, _)| *who);
        let wishes = rest.wishes.iter().map(|(who, _)| *who);
        Self {
            goals: member.goals.sieve(),
            interests: member.interests.sieve(),
            ties: sieve(rest.apart.iter().copied().chain(met).chain(wishes)),
            line: member.line,
            unit: member.unit,
            organisation: member.organisation,
            department: member.department,
            manager: member.manager,
            region: member.region,
            industry: member.industry,
            goal_count: count(&member.goals),
            interest_count: count(&member.interests),
            level: member.level,
            has_department: member.known_department != 0,
        }
    }
}

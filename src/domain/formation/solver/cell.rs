//! What two people are to each other: whether they may meet at all, and what their company earns.
//!
//! Invariant: a cell is the same for (a, b) and (b, a), and the same from the table as fresh.

use super::super::plan::FULL_SCORE;
use super::super::pool::Who;
use super::super::rules::IndustryWish;
use super::super::score::NEUTRAL;
use super::ground::Ground;
use super::soul::{Soul, bit};

/// Two people, with marks already multiplied by the shares of their criteria.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cell {
    /// As members of one group, whatever their roles.
    pub(super) members: i32,
    /// As participants of one group.
    pub(super) peers: i32,
    /// Wishes for each other.
    pub(super) wishes: i32,
    /// Weight of earlier meetings.
    pub(super) met: u16,
    /// Whether a rule keeps them apart.
    pub(super) clash: bool,
}

/// All cells of the ground, row by row.
pub(super) fn table(ground: &Ground<'_>) -> Vec<Cell> {
    let everybody = 0..Who::try_from(ground.souls.len()).unwrap_or(0);
    let row = |a: Who| everybody.clone().map(move |b| fresh(ground, a, b));
    everybody.clone().flat_map(row).collect()
}

/// The cell of two people, worked out anew.
pub(super) fn fresh(ground: &Ground<'_>, a: Who, b: Who) -> Cell {
    let (x, y) = (ground.soul(a), ground.soul(b));
    if clash(ground, a, b, x, y) {
        return Cell { clash: true, ..Cell::default() };
    }
    let share = &ground.share;
    let mut members = 0;
    if share.interests > 0 {
        members += share.interests * common(ground, a, b, Topic::Interests);
    }
    if x.unit != y.unit {
        members += share.units * FULL_SCORE;
    }
    let met = if x.met_sieve & bit(b) == 0 {
        0
    } else {
        let met = &ground.rest(a).met;
        met.binary_search_by_key(&b, |(who, _)| *who).map_or(0, |at| met[at].1)
    };
    let wishes = share.wishes * (wish(ground, a, b) + wish(ground, b, a));
    Cell {
        members: small(members),
        peers: small(peers(ground, a, b, x, y)),
        wishes: small(wishes),
        met: u16::try_from(met).unwrap_or(u16::MAX),
        clash: false,
    }
}

/// Marks are at most 20,000 and shares add up to 1,024, so this never loses anything.
#[inline]
fn small(marks: i64) -> i32 {
    i32::try_from(marks).unwrap_or(i32::MAX)
}

#[inline]
fn wish(ground: &Ground<'_>, a: Who, b: Who) -> i64 {
    if ground.soul(a).wish_sieve & bit(b) == 0 {
        return 0;
    }
    let wishes = &ground.rest(a).wishes;
    wishes.binary_search_by_key(&b, |(who, _)| *who).map_or(0, |at| wishes[at].1)
}

#[derive(Clone, Copy)]
enum Topic {
    Interests,
    Goals,
}

#[inline]
fn common(ground: &Ground<'_>, a: Who, b: Who, topic: Topic) -> i64 {
    let (x, y) = (ground.soul(a), ground.soul(b));
    let (mine, theirs, at) = match topic {
        Topic::Interests => (x.interests, y.interests, 1),
        Topic::Goals => (x.goals, y.goals, 2),
    };
    let (mine_count, their_count) = (x.counts[at], y.counts[at]);
    if mine_count == 0 || their_count == 0 {
        return NEUTRAL;
    }
    let both = mine & theirs;
    let shared = if ground.exact_topics || both == 0 {
        both.count_ones()
    } else {
        let (x, y) = (ground.pool.at(ground.rest(a).pool), ground.pool.at(ground.rest(b).pool));
        let shared = match topic {
            Topic::Interests => x.interests.shared(&y.interests),
            Topic::Goals => x.goals.shared(&y.goals),
        };
        u32::try_from(shared).unwrap_or(0)
    };
    match topic {
        Topic::Interests => NEUTRAL * i64::from(shared.min(2)),
        Topic::Goals => FULL_SCORE * i64::from(shared) / i64::from(mine_count + their_count - shared),
    }
}

#[inline]
fn peers(ground: &Ground<'_>, a: Who, b: Who, x: &Soul, y: &Soul) -> i64 {
    let share = &ground.share;
    let differ = |x: u32, y: u32| match (x, y) {
        (0, _) | (_, 0) => NEUTRAL,
        _ => FULL_SCORE * i64::from(x != y),
    };
    let mut marks = 0;
    if share.industry > 0 {
        let mixed = differ(x.industry, y.industry);
        marks += share.industry
            * match share.industry_wish {
                IndustryWish::Ignore => NEUTRAL,
                IndustryWish::Same => FULL_SCORE - mixed,
                IndustryWish::Mixed => mixed,
            };
    }
    if share.goals > 0 {
        marks += share.goals * common(ground, a, b, Topic::Goals);
    }
    if share.spread > 0 {
        marks += share.spread
            * match (x.level, y.level) {
                (0, _) | (_, 0) => NEUTRAL,
                (x, y) => FULL_SCORE * i64::from((1..=2).contains(&x.abs_diff(y))),
            };
    }
    if share.departments > 0 {
        marks += share.departments * differ(x.known_department, y.known_department);
    }
    if share.regions > 0 {
        marks += share.regions * differ(x.region, y.region);
    }
    marks
}

#[inline]
fn clash(ground: &Ground<'_>, a: Who, b: Who, x: &Soul, y: &Soul) -> bool {
    let rules = ground.rules;
    let rivals = &ground.pool.rival_organisations;
    a == b
        || x.unit == y.unit && ground.apart[0]
        || x.organisation == y.organisation && ground.apart[1]
        || x.department == y.department && ground.apart[2]
        || x.line.meets(&y.line)
        || x.apart_sieve & bit(b) != 0 && ground.rest(a).apart.binary_search(&b).is_ok()
        || rules.same_manager_apart && x.manager != 0 && x.manager == y.manager
        || !rivals.is_empty()
            && rivals.contains(&(x.organisation.min(y.organisation), x.organisation.max(y.organisation)))
}

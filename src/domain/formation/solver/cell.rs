//! What two people are to each other: whether they may meet at all, and what their company earns.
//!
//! Invariant: a cell is the same for (a, b) and (b, a), and the same from the table as fresh.

use super::super::plan::FULL_SCORE;
use super::super::pool::Who;
use super::super::rules::IndustryWish;
use super::super::score::{self, NEUTRAL};
use super::face::Face;
use super::ground::Ground;
use super::soul::bit;

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
#[inline]
pub(super) fn fresh(ground: &Ground<'_>, a: Who, b: Who) -> Cell {
    let (x, y) = (ground.face(a), ground.face(b));
    if a == b || clash(ground, x, y) {
        return Cell { clash: true, ..Cell::default() };
    }
    let share = &ground.share;
    let mut members = 0;
    if share.interests > 0 {
        members += share.interests * interests(ground, a, b);
    }
    if x.unit != y.unit {
        members += share.units * FULL_SCORE;
    }
    let mut cell = Cell {
        members: small(members),
        peers: small(peers(ground, a, b, x, y)),
        wishes: 0,
        met: 0,
        clash: false,
    };
    // Sieves mostly say that there is nothing between the two.
    if x.ties & bit(b) != 0 && y.ties & bit(a) != 0 {
        between(ground, a, b, &mut cell);
    }
    cell
}

/// What is between two people in particular.
#[cold]
fn between(ground: &Ground<'_>, a: Who, b: Who, cell: &mut Cell) {
    let (mine, theirs) = (ground.rest(a), ground.rest(b));
    if mine.apart.binary_search(&b).is_ok() {
        *cell = Cell { clash: true, ..Cell::default() };
        return;
    }
    let met = mine.met.binary_search_by_key(&b, |(who, _)| *who).map_or(0, |at| mine.met[at].1);
    let wish = |wishes: &[(Who, i64)], who: Who| {
        wishes.binary_search_by_key(&who, |(who, _)| *who).map_or(0, |at| wishes[at].1)
    };
    cell.met = u16::try_from(met).unwrap_or(u16::MAX);
    cell.wishes = small(ground.share.wishes * (wish(&mine.wishes, b) + wish(&theirs.wishes, a)));
}

/// Marks are at most 20,000, of vetoes 40,000, and no share is above 2,048, so this never loses anything.
#[inline]
fn small(marks: i64) -> i32 {
    i32::try_from(marks).unwrap_or(i32::MAX)
}

#[inline]
fn interests(ground: &Ground<'_>, a: Who, b: Who) -> i64 {
    let (x, y) = (ground.face(a), ground.face(b));
    if x.interest_count == 0 || y.interest_count == 0 {
        return NEUTRAL;
    }
    let both = x.interests & y.interests;
    if ground.exact_topics || both == 0 {
        return NEUTRAL * i64::from(both.count_ones().min(2));
    }
    score::interests(ground.pool, ground.rest(a).pool, ground.rest(b).pool)
}

#[inline]
fn goals(ground: &Ground<'_>, a: Who, b: Who) -> i64 {
    let (x, y) = (ground.face(a), ground.face(b));
    if x.goal_count == 0 || y.goal_count == 0 {
        return NEUTRAL;
    }
    let both = x.goals & y.goals;
    if both == 0 {
        return 0;
    }
    if ground.exact_topics {
        let shared = both.count_ones();
        return ground.ratio(shared, u32::from(x.goal_count) + u32::from(y.goal_count) - shared);
    }
    let member = |who: Who| &ground.pool.at(ground.rest(who).pool).goals;
    score::goals(member(a), member(b))
}

#[inline]
fn peers(ground: &Ground<'_>, a: Who, b: Who, x: &Face, y: &Face) -> i64 {
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
        marks += share.goals * goals(ground, a, b);
    }
    if share.spread > 0 {
        marks += share.spread
            * match (x.level, y.level) {
                (0, _) | (_, 0) => NEUTRAL,
                (x, y) => FULL_SCORE * i64::from((1..=2).contains(&x.abs_diff(y))),
            };
    }
    if share.departments > 0 {
        let known = x.has_department && y.has_department;
        marks += share.departments
            * if known { FULL_SCORE * i64::from(x.department != y.department) } else { NEUTRAL };
    }
    if share.regions > 0 {
        marks += share.regions * differ(x.region, y.region);
    }
    marks
}

#[inline]
fn clash(ground: &Ground<'_>, x: &Face, y: &Face) -> bool {
    let rules = ground.rules;
    let rivals = &ground.pool.rival_organisations;
    x.unit == y.unit && ground.apart[0]
        || x.organisation == y.organisation && ground.apart[1]
        || x.department == y.department && ground.apart[2]
        || x.line.meets(&y.line)
        || rules.same_manager_apart && x.manager != 0 && x.manager == y.manager
        || !rivals.is_empty()
            && rivals.contains(&(x.organisation.min(y.organisation), x.organisation.max(y.organisation)))
}

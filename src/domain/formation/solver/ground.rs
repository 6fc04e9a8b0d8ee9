//! The problem compiled for speed: people as records of bit masks and numbers.
//!
//! Invariant: a record says the same as the pool; `fits` and `score` of a group agree with `Team`
//! and `score` to the last point, which a property test checks.
#![allow(clippy::inline_always, reason = "what is not inlined cannot use the vector unit")]

use super::super::plan::FULL_SCORE;
use super::super::pool::{Pool, Who};
use super::super::reasons::Criterion;
use super::super::rules::{IndustryWish, Rules};
use super::super::score;
use super::cell::{self, Cell};
use super::face::Face;
use super::soul::{Hot, Numbers, Rest, Role, Soul, bit, hot_of, rest_of, soul_of};
use crate::domain::week::WeekMask;

/// People up to which all pairs are worked out beforehand; a larger table would not fit into the
/// caches, where a fresh look is faster.
const TABLE: usize = 400;

/// The compiled problem.
#[allow(clippy::struct_excessive_bools, reason = "switches that spare the inner loop its work")]
#[derive(Debug, Clone)]
pub(super) struct Ground<'p> {
    pub(super) pool: &'p Pool<'p>,
    pub(super) rules: &'p Rules,
    pub(super) hot: Vec<Hot>,
    pub(super) faces: Vec<Face>,
    pub(super) souls: Vec<Soul>,
    pub(super) rest: Vec<Rest>,
    pub(super) mentors: Vec<Who>,
    pub(super) participants: Vec<Who>,
    pub(super) share: Shares,
    /// Whether sieves of topics are exact.
    pub(super) exact_topics: bool,
    /// Limits on units, organisations and departments above 1 that need counting.
    pub(super) counted: bool,
    /// Whether somebody lists only languages that nobody else lists.
    pub(super) has_mute: bool,
    pub(super) has_mates: bool,
    /// Whether the row-wise score holds for people without ties.
    pub(super) plain: bool,
    /// Whether one of a unit, organisation, department is all a group may have.
    pub(super) apart: [bool; 3],
    pub(super) has_later: bool,
    pub(super) has_owed: bool,
    pub(super) has_load: bool,
    /// Group marks that depend on the number of participants alone, already weighted.
    pub(super) by_size: Vec<i64>,
    /// Marks for this share of that many, row by row: divisions are slow.
    ratios: [[u16; RATIOS]; RATIOS],
    pub(super) table: Vec<Cell>,
}

/// Shares of the criteria by name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    pub(super) needs: i64,
    pub(super) interests: i64,
    pub(super) hours: i64,
    pub(super) mentor_industry: i64,
    pub(super) industry: i64,
    pub(super) units: i64,
    pub(super) levels: i64,
    pub(super) new_faces: i64,
    pub(super) goals: i64,
    pub(super) wishes: i64,
    pub(super) credentials: i64,
    pub(super) spread: i64,
    pub(super) departments: i64,
    pub(super) regions: i64,
    pub(super) load: i64,
    pub(super) fairness: i64,
    pub(super) industry_wish: IndustryWish,
    pub(super) mentor_industry_wish: IndustryWish,
}

impl Shares {
    fn of(pool: &Pool) -> Self {
        let of = |criterion| pool.scale.of(criterion);
        Self {
            needs: of(Criterion::Needs),
            interests: of(Criterion::Interests),
            hours: of(Criterion::Hours),
            mentor_industry: of(Criterion::MentorIndustry),
            industry: of(Criterion::Industry),
            units: of(Criterion::Units),
            levels: of(Criterion::Levels),
            new_faces: of(Criterion::NewFaces),
            goals: of(Criterion::Goals),
            wishes: of(Criterion::Wishes),
            credentials: of(Criterion::Credentials),
            spread: of(Criterion::Spread),
            departments: of(Criterion::Departments),
            regions: of(Criterion::Regions),
            load: of(Criterion::Load),
            fairness: of(Criterion::Fairness),
            industry_wish: pool.rules.industry,
            mentor_industry_wish: pool.rules.mentor_industry,
        }
    }
}

/// Parts and wholes whose marks are worked out beforehand.
const RATIOS: usize = 16;

fn ratios() -> [[u16; RATIOS]; RATIOS] {
    let marks = |part: usize, whole: usize| {
        let marks = FULL_SCORE * score::whole(part.min(whole)) / score::whole(whole.max(1));
        u16::try_from(marks).unwrap_or(0)
    };
    std::array::from_fn(|whole| std::array::from_fn(|part| marks(part, whole)))
}

impl<'p> Ground<'p> {
    /// Compiles the whole pool.
    pub(super) fn new(pool: &'p Pool<'p>) -> Self {
        let everybody: Vec<Role> = pool
            .everybody()
            .map(|who| Role { who, capacity: pool.at(who).capacity, wants_seat: pool.at(who).wants_seat })
            .collect();
        Self::of(pool, &everybody)
    }

    /// Compiles some people of the pool in the given roles; their order gives the new numbers.
    pub(super) fn of(pool: &'p Pool<'p>, roles: &[Role]) -> Self {
        let numbers: Numbers = Numbers::new(pool, roles);
        let mut souls = Vec::with_capacity(roles.len());
        let mut hot = Vec::with_capacity(roles.len());
        let mut faces: Vec<Face> = Vec::with_capacity(roles.len());
        let mut rest = Vec::with_capacity(roles.len());
        for (role, at) in roles.iter().zip(0..) {
            let own = rest_of(pool, *role, at, &numbers);
            hot.push(hot_of(pool, *role));
            souls.push(soul_of(pool, *role));
            faces.push(Face::new(pool, *role, &own));
            rest.push(own);
        }
        // Wishes go one way, sieves both.
        for (at, own) in rest.iter().enumerate() {
            for (other, _) in &own.wishes {
                faces[*other as usize].ties |= bit(Who::try_from(at).unwrap_or(0));
            }
        }
        let law = &pool.rules;
        let share = Shares::of(pool);
        let size = pool.scale.of(Criterion::Size);
        let lonely = share.industry + share.goals + share.spread + share.departments + share.regions;
        let by_size = (0..=law.max_participants.max(1))
            .map(|k| size * score::size(law, k) + if k < 2 { lonely * score::NEUTRAL } else { 0 })
            .collect();
        let all = |pick: fn(&Soul) -> bool| -> Vec<Who> {
            souls.iter().zip(0..).filter(|(soul, _)| pick(soul)).map(|(_, who)| who).collect()
        };
        let mut ground = Self {
            pool,
            rules: law,
            mentors: all(|soul| soul.capacity > 0),
            participants: all(|soul| soul.wants_seat),
            share,
            exact_topics: pool.topics <= 64,
            counted: [law.per_unit, law.per_organisation, law.per_department].iter().any(|limit| *limit > 1),
            has_mute: hot.iter().any(|hot: &Hot| hot.lists && hot.tongues == 0),
            has_mates: rest.iter().any(|rest: &Rest| !rest.mates.is_empty()),
            plain: law.quorum_percent == 100
                && law.max_zone_spread.is_none()
                && [law.per_unit, law.per_organisation, law.per_department].iter().all(|limit| *limit < 2)
                && share.fairness == 0,
            apart: [law.per_unit == 1, law.per_organisation == 1, law.per_department == 1],
            has_later: pool.stretches > 1,
            has_owed: share.fairness > 0,
            has_load: share.load > 0,
            by_size,
            ratios: ratios(),
            table: Vec::new(),
            hot,
            faces,
            souls,
            rest,
        };
        if ground.souls.len() <= TABLE {
            ground.table = cell::table(&ground);
        }
        ground
    }

    #[inline]
    pub(super) fn soul(&self, who: Who) -> &Soul {
        &self.souls[who as usize]
    }

    #[inline]
    pub(super) fn hot(&self, who: Who) -> &Hot {
        &self.hot[who as usize]
    }

    #[inline]
    pub(super) fn face(&self, who: Who) -> &Face {
        &self.faces[who as usize]
    }

    /// Full marks times `part` divided by `whole`, which is not 0.
    #[inline(always)]
    pub(super) fn ratio(&self, part: u32, whole: u32) -> i64 {
        match self.ratios.get(whole as usize).and_then(|row| row.get(part as usize)) {
            Some(marks) => i64::from(*marks),
            None => FULL_SCORE * i64::from(part) / i64::from(whole),
        }
    }

    #[inline]
    pub(super) fn rest(&self, who: Who) -> &Rest {
        &self.rest[who as usize]
    }

    /// What two people are to each other.
    #[inline]
    pub(super) fn cell(&self, a: Who, b: Who) -> Cell {
        if self.table.is_empty() {
            cell::fresh(self, a, b)
        } else {
            self.table[a as usize * self.souls.len() + b as usize]
        }
    }

    /// Somebody who offered to mentor and did not ask for a seat.
    pub(super) fn only_mentors(&self, who: Who) -> bool {
        let soul = self.soul(who);
        soul.capacity > 0 && !soul.wants_seat
    }

    /// Whether these hours are enough.
    #[inline(always)]
    pub(super) fn meet(&self, week: WeekMask) -> bool {
        match self.rules.min_common_hours {
            0 => true,
            1 => !week.is_empty(),
            hours => week.count() >= hours,
        }
    }

    /// A quick necessary test whether two people can share a group.
    #[inline(always)]
    pub(super) fn may_meet(&self, a: Who, b: Who) -> bool {
        let (a, b) = (self.hot(a), self.hot(b));
        (a.tongues & b.tongues != 0 || !(a.lists && b.lists))
            && !(a.unit == b.unit && self.apart[0])
            && (self.rules.quorum_percent < 100 || self.meet(a.week.and(b.week)))
    }
}

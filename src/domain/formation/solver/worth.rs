//! Whether a group keeps every hard rule, and its score: the inner loop of the search.
//!
//! Invariant: agrees with `Team::broken` and `score::score` on every group (see `tests`).
#![allow(clippy::inline_always, reason = "what is not inlined cannot use the vector unit")]

use super::super::plan::FULL_SCORE;
use super::super::pool::Who;
use super::super::score::{self, NEUTRAL};
use super::bunch::Bunch;
use super::face::Face;
use super::ground::Ground;
use super::soul::Soul;
use crate::domain::week::WeekMask;

/// What a participant can get from a set of mentors, put together once for all participants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lead {
    offers: u64,
    office: i64,
    coach: bool,
}

impl Lead {
    pub(super) fn of(ground: &Ground<'_>, mentors: &[Who]) -> Self {
        let mut lead = Self { offers: 0, office: 0, coach: false };
        for soul in mentors.iter().map(|who| ground.soul(*who)) {
            lead.offers |= soul.offers;
            lead.office = lead.office.max(soul.office);
            lead.coach |= soul.coach;
        }
        lead
    }

    /// Marks of one participant under these mentors, times the shares; wishes are not in it.
    #[inline(always)]
    pub(super) fn marks(&self, ground: &Ground<'_>, mentors: &[Who], who: Who) -> i64 {
        let (soul, share) = (ground.soul(who), &ground.share);
        let mut marks = 0;
        if share.needs > 0 {
            marks += share.needs * self.needs(ground, mentors, who, soul);
        }
        if share.levels > 0 {
            let mut best = None;
            for mentor in mentors {
                best = best.max(score::level(ground.soul(*mentor).level, soul.level));
            }
            marks += share.levels * best.unwrap_or(NEUTRAL);
        }
        if share.mentor_industry > 0 {
            marks += share.mentor_industry * industry(ground, mentors, soul);
        }
        if share.credentials > 0 {
            let coach = FULL_SCORE * i64::from(self.coach);
            marks += share.credentials * if soul.wants_coach { coach } else { self.office };
        }
        marks
    }

    #[inline(always)]
    fn needs(&self, ground: &Ground<'_>, mentors: &[Who], who: Who, soul: &Soul) -> i64 {
        if soul.asked == 0 {
            return NEUTRAL;
        }
        let both = soul.needs & self.offers;
        if ground.exact_topics || both == 0 {
            return ground.ratio(both.count_ones(), soul.asked);
        }
        let member = |who: Who| ground.pool.at(ground.rest(who).pool);
        let offered = |need: &&u32| mentors.iter().any(|mentor| member(*mentor).offers.has(**need));
        FULL_SCORE * score::whole(member(who).needs.list.iter().filter(offered).count())
            / i64::from(soul.asked)
    }
}

fn industry(ground: &Ground<'_>, mentors: &[Who], soul: &Soul) -> i64 {
    let known = || mentors.iter().map(|who| ground.soul(*who).industry).filter(|industry| *industry != 0);
    let (wish, industry) = score::mentor_wish(ground.share.mentor_industry_wish, soul.industry, soul.new_to);
    if industry == 0 || known().next().is_none() {
        return NEUTRAL;
    }
    score::wished(wish, known().any(|other| other == industry))
}

/// Hours at which a group can start, in its first stretch and in the scarcest one.
pub(super) fn slots(ground: &Ground<'_>, mentors: &[Who], participants: &[Who]) -> (WeekMask, u32) {
    let quorum = ground.rules.quorum(participants.len());
    let in_stretch = |stretch: usize| {
        let week = |who: &Who| match stretch {
            0 => ground.hot(*who).week,
            later => ground.rest(*who).later[later - 1],
        };
        let led = mentors.iter().fold(WeekMask::ALL, |all, who| all.and(week(who)));
        if quorum == participants.len() {
            participants.iter().fold(led, |all, who| all.and(week(who)))
        } else {
            let free =
                |hour: &usize| participants.iter().filter(|who| week(who).contains(*hour)).count() >= quorum;
            WeekMask::from_hours(led.iter().filter(free))
        }
    };
    let first = in_stretch(0);
    let mut fewest = first.count();
    if ground.has_later {
        for stretch in 1..ground.pool.stretches {
            fewest = fewest.min(in_stretch(stretch).count());
        }
    }
    (first, fewest)
}

impl Ground<'_> {
    /// The score of a group, none if it breaks a rule. With `partial` the fewest participants and
    /// ties are not asked for, so that groups can grow.
    #[inline]
    pub(super) fn worth<const C: usize>(&self, bunch: &Bunch<C>, partial: bool) -> Option<i64> {
        let (rules, q, k) = (self.rules, usize::from(bunch.q), usize::from(bunch.k));
        if k > rules.max_participants || q > rules.max_mentors || q < rules.min_mentors || k == 0 {
            return None;
        }
        if !partial && k < rules.min_participants {
            return None;
        }
        let (mentors, participants, people) = (bunch.mentors(), bunch.participants(), bunch.people());
        let (first, fewest) = slots(self, mentors, participants);
        if fewest < rules.min_common_hours || !self.can_talk(people) {
            return None;
        }
        let (mut all, mut peers, mut wishes, mut met) = (0_i64, 0_i64, 0_i64, 0_u32);
        for (at, &b) in people.iter().enumerate().skip(1) {
            for (before, &a) in people[..at].iter().enumerate() {
                let cell = self.cell(a, b);
                if cell.clash {
                    return None;
                }
                all += i64::from(cell.members);
                wishes += i64::from(cell.wishes);
                met += u32::from(cell.met);
                if before >= q {
                    peers += i64::from(cell.peers);
                }
            }
        }
        if !self.keeps_rare_rules(people, partial) {
            return None;
        }
        let lead = Lead::of(self, mentors);
        let marks: i64 = participants.iter().map(|who| lead.marks(self, mentors, *who)).sum();
        let group = self.group_marks(bunch, first, fewest, met);
        let (by_people, by_members, by_peers) = score::divisors(q, k);
        Some(score::total((marks + wishes) / by_people, all / by_members, peers / by_peers, group))
    }

    fn group_marks<const C: usize>(&self, bunch: &Bunch<C>, first: WeekMask, fewest: u32, met: u32) -> i64 {
        let share = &self.share;
        let mut group = self.by_size[usize::from(bunch.k)]
            + share.hours * score::hours(fewest)
            + share.new_faces * score::new_faces(met);
        if self.has_load {
            let mentors = bunch.mentors();
            let loads: i64 = mentors.iter().map(|who| self.soul(*who).load).sum();
            group += share.load * (loads / score::whole(mentors.len().max(1)));
        }
        if self.has_owed {
            let sore = |who: &&Who| self.rest(**who).owed.is_some_and(|good| first.and(good).is_empty());
            let people = bunch.people();
            let sore = people.iter().filter(sore).count();
            group += share.fairness * score::fairness(sore, people.len());
        }
        group
    }

    #[inline]
    fn can_talk(&self, people: &[Who]) -> bool {
        let (mut tongues, mut listing) = (u64::MAX, 0);
        for soul in people.iter().map(|who| self.hot(*who)) {
            tongues &= soul.tongues;
            listing += u32::from(soul.lists);
        }
        tongues != 0 || listing < 2
    }

    /// Rules that most problems do not use: limits above one, zones, ties.
    #[inline]
    fn keeps_rare_rules(&self, people: &[Who], partial: bool) -> bool {
        if self.counted && !self.keeps_counts(people) {
            return false;
        }
        if self.has_mates && !partial {
            let alone = |who: &Who| self.rest(*who).mates.iter().any(|mate| !people.contains(mate));
            if people.iter().any(alone) {
                return false;
            }
        }
        self.rules.max_zone_spread.is_none_or(|hours| self.zones(people) <= i32::from(hours) * 60)
    }

    fn keeps_counts(&self, people: &[Who]) -> bool {
        let rules = self.rules;
        let keeps = |limit: u8, key: fn(&Face) -> u32| {
            let same = |who: &Who| {
                let own = key(self.face(*who));
                people.iter().filter(|other| key(self.face(**other)) == own).count()
            };
            limit < 2
                || people.len() <= usize::from(limit)
                || people.iter().all(|who| same(who) <= usize::from(limit))
        };
        keeps(rules.per_unit, |face| face.unit)
            && keeps(rules.per_organisation, |face| face.organisation)
            && keeps(rules.per_department, |face| face.department)
    }

    /// The widest distance between zones in minutes over all stretches.
    fn zones(&self, people: &[Who]) -> i32 {
        let known = || people.iter().map(|who| &self.rest(*who).offsets).filter(|list| !list.is_empty());
        let stretches = known().next().map_or(0, |list| list.len());
        let spread = |stretch: usize| {
            let from = |start: i16| {
                let ahead = |other: i16| (i32::from(other) - i32::from(start)).rem_euclid(1_440);
                known().map(|list| ahead(list[stretch])).max().unwrap_or(0)
            };
            known().map(|list| from(list[stretch])).min().unwrap_or(0)
        };
        (0..stretches).map(spread).max().unwrap_or(0)
    }
}

//! The score of a group after one participant leaves or joins, without measuring it anew: row-wise
//! changes to sums that are kept for each group and each person.
//!
//! Invariant: agrees with `Ground::worth` for people without ties under plain rules.

use super::super::pool::Who;
use super::super::score;
use super::bunch::Bunch;
use super::ground::Ground;
use super::worth::Lead;
use crate::domain::week::WeekMask;

/// Sums behind a score, or somebody's part in them. Marks are already times their shares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// Marks of participants under their mentors, and wishes.
    pub(super) people: i64,
    pub(super) members: i64,
    pub(super) peers: i64,
    pub(super) met: i64,
}

impl Parts {
    fn plus(self, other: &Self) -> Self {
        Self {
            people: self.people + other.people,
            members: self.members + other.members,
            peers: self.peers + other.peers,
            met: self.met + other.met,
        }
    }

    fn minus(self, other: &Self) -> Self {
        Self {
            people: self.people - other.people,
            members: self.members - other.members,
            peers: self.peers - other.peers,
            met: self.met - other.met,
        }
    }
}

/// The sums of a group; writes each participant's part.
pub(super) fn parts<const C: usize>(ground: &Ground<'_>, bunch: &Bunch<C>, own: &mut [Parts]) -> Parts {
    let (q, people, mentors) = (usize::from(bunch.q), bunch.people(), bunch.mentors());
    let lead = Lead::of(ground, mentors);
    let mut whole = Parts::default();
    for &who in bunch.participants() {
        own[who as usize] = Parts { people: lead.marks(ground, mentors, who), ..Parts::default() };
    }
    for (at, &b) in people.iter().enumerate() {
        for (before, &a) in people[..at].iter().enumerate() {
            let cell = ground.cell(a, b);
            let pair = Parts {
                people: i64::from(cell.wishes),
                members: i64::from(cell.members),
                peers: if before >= q { i64::from(cell.peers) } else { 0 },
                met: i64::from(cell.met),
            };
            whole = whole.plus(&pair);
            if at >= q {
                own[b as usize] = own[b as usize].plus(&pair);
            }
            if before >= q {
                own[a as usize] = own[a as usize].plus(&pair);
            }
        }
        if at >= q {
            whole.people += lead.marks(ground, mentors, b);
        }
    }
    whole
}

/// A group to which somebody may be added and from which somebody may be taken.
pub(super) struct Turn<'t, 'p, const C: usize> {
    pub(super) ground: &'t Ground<'p>,
    pub(super) bunch: &'t Bunch<C>,
    pub(super) whole: &'t Parts,
    pub(super) own: &'t [Parts],
}

impl<const C: usize> Turn<'_, '_, C> {
    /// The score after `leaves` left and `joins` joined; none if a rule would be broken.
    #[inline]
    pub(super) fn score(&self, leaves: Option<Who>, joins: Option<Who>) -> Option<i64> {
        let ground = self.ground;
        let fewest = self.hours(leaves, joins)?;
        let mut parts = *self.whole;
        if let Some(who) = leaves {
            parts = parts.minus(&self.own[who as usize]);
        }
        if let Some(who) = joins {
            parts = parts.plus(&self.row(leaves, who)?);
        }
        let k = usize::from(self.bunch.k) + usize::from(joins.is_some()) - usize::from(leaves.is_some());
        let share = &ground.share;
        let met = u32::try_from(parts.met).unwrap_or(0);
        let mut group = ground.by_size[k]
            + share.hours * score::hours(fewest)
            + share.new_faces * score::new_faces(met)
            + share.fairness * super::super::plan::FULL_SCORE;
        if ground.has_load {
            let mentors = self.bunch.mentors();
            let loads: i64 = mentors.iter().map(|who| ground.soul(*who).load).sum();
            group += share.load * (loads / score::whole(mentors.len().max(1)));
        }
        let (by_people, by_members, by_peers) = score::divisors(usize::from(self.bunch.q), k);
        Some(score::total(
            parts.people / by_people,
            parts.members / by_members,
            parts.peers / by_peers,
            group,
        ))
    }

    /// The scarcest common hours, if they are enough and a common language is left.
    #[inline]
    fn hours(&self, leaves: Option<Who>, joins: Option<Who>) -> Option<u32> {
        let ground = self.ground;
        let (mut week, mut tongues, mut listing) = (WeekMask::ALL, u64::MAX, 0);
        let stay = || self.bunch.people().iter().copied().filter(|who| Some(*who) != leaves).chain(joins);
        for who in stay() {
            let soul = ground.hot(who);
            week = week.and(soul.week);
            tongues &= soul.tongues;
            listing += soul.listing;
        }
        let need = ground.rules.min_common_hours;
        if need > 0 && week.is_empty() || tongues == 0 && listing > 1 {
            return None;
        }
        let mut fewest = week.count();
        if ground.has_later {
            for stretch in 0..ground.pool.stretches - 1 {
                let later = stay().fold(WeekMask::ALL, |all, who| all.and(ground.rest(who).later[stretch]));
                fewest = fewest.min(later.count());
            }
        }
        (fewest >= need).then_some(fewest)
    }

    /// What somebody adds to the sums; none if they clash with anybody who stays.
    #[inline]
    fn row(&self, leaves: Option<Who>, joins: Who) -> Option<Parts> {
        let (ground, mentors) = (self.ground, self.bunch.mentors());
        let mut parts = Parts::default();
        for (at, &other) in self.bunch.people().iter().enumerate() {
            if Some(other) == leaves {
                continue;
            }
            let cell = ground.cell(joins, other);
            if cell.clash {
                return None;
            }
            parts.people += i64::from(cell.wishes);
            parts.members += i64::from(cell.members);
            parts.met += i64::from(cell.met);
            if at >= mentors.len() {
                parts.peers += i64::from(cell.peers);
            }
        }
        parts.people += Lead::of(ground, mentors).marks(ground, mentors, joins);
        Some(parts)
    }
}

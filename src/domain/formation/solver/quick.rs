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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub(super) struct Parts {
    /// Marks of participants under their mentors, and wishes.
    pub(super) people: i64,
    pub(super) members: i64,
    pub(super) peers: i64,
    pub(super) met: i64,
    /// Common hours and languages of the whole group, or of everybody in it but the person.
    pub(super) week: WeekMask,
    pub(super) tongues: u64,
}

const _: () = assert!(size_of::<Parts>() == 64, "parts fill one line of the cache");

impl Parts {
    pub(super) const NONE: Self =
        Self { people: 0, members: 0, peers: 0, met: 0, week: WeekMask::ALL, tongues: u64::MAX };

    fn add(&mut self, other: &Self) {
        self.people += other.people;
        self.members += other.members;
        self.peers += other.peers;
        self.met += other.met;
    }

    fn subtract(&mut self, other: &Self) {
        self.people -= other.people;
        self.members -= other.members;
        self.peers -= other.peers;
        self.met -= other.met;
    }
}

/// The sums of a group; writes each participant's part.
pub(super) fn parts<const C: usize>(ground: &Ground<'_>, bunch: &Bunch<C>, own: &mut [Parts]) -> Parts {
    let (q, people, mentors) = (usize::from(bunch.q), bunch.people(), bunch.mentors());
    let lead = Lead::of(ground, mentors);
    let mut whole = Parts::NONE;
    for &who in mentors {
        share_time(ground, &mut whole, who);
    }
    // What everybody before a participant shares, then also everybody behind.
    for &who in bunch.participants() {
        let marks = lead.marks(ground, mentors, who);
        own[who as usize] = Parts { people: marks, week: whole.week, tongues: whole.tongues, ..Parts::NONE };
        whole.people += marks;
        share_time(ground, &mut whole, who);
    }
    let mut behind = Parts::NONE;
    for &who in bunch.participants().iter().rev() {
        let own = &mut own[who as usize];
        (own.week, own.tongues) = (own.week.and(behind.week), own.tongues & behind.tongues);
        share_time(ground, &mut behind, who);
    }
    for (at, &b) in people.iter().enumerate() {
        for (before, &a) in people[..at].iter().enumerate() {
            let cell = ground.cell(a, b);
            let pair = Parts {
                people: i64::from(cell.wishes),
                members: i64::from(cell.members),
                peers: if before >= q { i64::from(cell.peers) } else { 0 },
                met: i64::from(cell.met),
                ..Parts::NONE
            };
            whole.add(&pair);
            if at >= q {
                own[b as usize].add(&pair);
            }
            if before >= q {
                own[a as usize].add(&pair);
            }
        }
    }
    whole
}

fn share_time(ground: &Ground<'_>, parts: &mut Parts, who: Who) {
    let hot = ground.hot(who);
    (parts.week, parts.tongues) = (parts.week.and(hot.week), parts.tongues & hot.tongues);
}

/// Whether somebody could sit with a group as far as hours of the first stretch and languages tell.
#[inline]
pub(super) fn has_time(ground: &Ground<'_>, parts: &Parts, who: Who) -> bool {
    let hot = ground.hot(who);
    ground.meet(parts.week.and(hot.week)) && (parts.tongues & hot.tongues != 0 || ground.has_mute)
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
            parts.subtract(&self.own[who as usize]);
        }
        if let Some(who) = joins {
            self.add_row(leaves, who, &mut parts)?;
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
        let rest = leaves.map_or(self.whole, |who| &self.own[who as usize]);
        let (mut week, mut tongues) = (rest.week, rest.tongues);
        if let Some(who) = joins {
            let hot = ground.hot(who);
            (week, tongues) = (week.and(hot.week), tongues & hot.tongues);
        }
        let stay = || self.bunch.people().iter().copied().filter(|who| Some(*who) != leaves).chain(joins);
        let can_talk =
            tongues != 0 || ground.has_mute && stay().filter(|who| ground.hot(*who).lists).count() < 2;
        if !can_talk {
            return None;
        }
        let need = ground.rules.min_common_hours;
        if need > 0 && week.is_empty() {
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

    /// Adds what somebody brings to the sums; none if they clash with anybody who stays.
    #[inline]
    fn add_row(&self, leaves: Option<Who>, joins: Who, parts: &mut Parts) -> Option<()> {
        let (ground, mentors) = (self.ground, self.bunch.mentors());
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
        Some(())
    }
}

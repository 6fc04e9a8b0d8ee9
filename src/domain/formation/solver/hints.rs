//! Which mentors suit a participant best, so that the search looks there first.
//!
//! Invariant: hints only steer; a mentor who is no hint can still be found. People may meet the
//! mentors they are pointed to.
#![allow(clippy::inline_always, reason = "what is not inlined cannot use wide registers")]

use super::super::pool::Who;
use super::cell::Cell;
use super::dice::Dice;
use super::ground::Ground;
use super::soul::bit;
use super::worth::Lead;
use pulp::Arch;

/// Best mentors of each participant, best first; none for people who want no seat.
#[derive(Debug)]
pub(super) struct Hints {
    suits: Vec<Who>,
    ends: Vec<u32>,
    /// How many of the mentors looked at are possible.
    pub(super) reach: Vec<u32>,
}

/// How closely mentors are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Mentors looked at for each participant.
    pub(super) mentors: usize,
    /// Best ones that are kept.
    pub(super) keep: usize,
    /// Where samples start.
    pub(super) seed: u64,
    /// Threads that look; they change nothing but the time.
    pub(super) threads: usize,
}

/// The mentors of one participant, and how many were possible.
type Found = (Vec<Who>, u32);

impl Hints {
    /// Looks at some mentors for each participant and keeps the best.
    pub(super) fn new(ground: &Ground<'_>, look: Look) -> Self {
        let people = ground.souls.len();
        let (mut suits, mut ends, mut reach) = (Vec::new(), vec![0; people + 1], vec![0; people]);
        let leads = ground.mentors.iter().map(|who| Lead::of(ground, &[*who])).collect();
        let search = Search { ground, leads, look };
        let each = ground.participants.len().div_ceil(look.threads.max(1)).max(1);
        let found: Vec<Vec<Found>> = std::thread::scope(|scope| {
            let (search, mut chunks) = (&search, ground.participants.chunks(each));
            let first = chunks.next();
            let others: Vec<_> = chunks.map(|chunk| scope.spawn(move || search.all(chunk))).collect();
            let first = first.map(|chunk| search.all(chunk));
            let rest =
                others.into_iter().map(|thread| thread.join().expect("looking at mentors cannot fail"));
            first.into_iter().chain(rest).collect()
        });
        for (&who, (mentors, possible)) in ground.participants.iter().zip(found.into_iter().flatten()) {
            reach[who as usize] = possible;
            suits.extend(mentors);
            ends[who as usize + 1] = u32::try_from(suits.len()).unwrap_or(u32::MAX);
        }
        for at in 1..ends.len() {
            ends[at] = ends[at].max(ends[at - 1]);
        }
        Self { suits, ends, reach }
    }

    /// The mentors who suit a participant, best first.
    #[inline]
    pub(super) fn suits(&self, who: Who) -> &[Who] {
        &self.suits[self.ends[who as usize] as usize..self.ends[who as usize + 1] as usize]
    }
}

/// Looks at one participant after another.
struct Search<'s, 'p> {
    ground: &'s Ground<'p>,
    /// What each mentor alone offers.
    leads: Vec<Lead>,
    look: Look,
}

impl Search<'_, '_> {
    /// The mentors of some participants. A vector unit, if there is one, counts hours faster.
    fn all(&self, people: &[Who]) -> Vec<Found> {
        Arch::new().dispatch(
            #[inline(always)]
            || {
                let (mut pile, mut found) = (Vec::new(), Vec::with_capacity(people.len()));
                // A loop, not an iterator: what is called and not inlined loses the vector unit.
                for who in people {
                    found.push(self.best_of(*who, &mut pile));
                }
                found
            },
        )
    }

    /// The best mentors of a participant among those looked at and those wished for. The pile is
    /// room to work in.
    #[inline(always)]
    fn best_of(&self, who: Who, pile: &mut Vec<(i64, Who)>) -> Found {
        let (ground, look, count) = (self.ground, self.look, self.ground.mentors.len());
        // Whoever must sit with a mentor has no other choice.
        let promised = |mentor: Who| promise(ground, mentor, &Lead::of(ground, &[mentor]), who);
        let is_mentor = |mate: &Who| *mate != Who::MAX && ground.soul(*mate).capacity > 0;
        let tied = ground.rest(who).mates.iter().copied().filter(is_mentor);
        if let Some((_, mentor)) = tied.filter_map(|mate| Some((-promised(mate)?, mate))).min() {
            return (vec![mentor], 1);
        }
        let sampled = look.mentors < count;
        let from = if sampled { Dice::of_part(look.seed, u64::from(who)).below(count) } else { 0 };
        let (mut possible, mut least) = (0, i64::MIN);
        pile.clear();
        for step in 0..look.mentors.min(count) {
            // A stride spreads the sample over the whole list without drawing anybody twice.
            let at = if sampled { (from + step * count / look.mentors) % count } else { step };
            let mentor = ground.mentors[at];
            let Some(value) = promise(ground, mentor, &self.leads[at], who) else { continue };
            possible += 1;
            if value > least {
                pile.push((-value, mentor));
            }
            if pile.len() == 4 * look.keep.max(1) {
                let (_, worst, _) = pile.select_nth_unstable(look.keep);
                least = -worst.0;
                pile.truncate(look.keep + 1);
            }
        }
        let wished = ground.rest(who).wishes.iter().filter(|(_, mark)| *mark > 0).map(|(other, _)| *other);
        for other in wished.filter(|other| ground.soul(*other).capacity > 0) {
            if let Some(value) = promised(other) {
                pile.push((-value, other));
            }
        }
        pile.sort_unstable();
        pile.dedup();
        let mentors = pile.iter().take(look.keep).map(|(_, mentor)| *mentor).collect();
        (mentors, possible)
    }
}

/// How well a mentor suits a participant, if the two may meet at all.
#[inline(always)]
fn promise(ground: &Ground<'_>, mentor: Who, lead: &Lead, who: Who) -> Option<i64> {
    if !ground.may_meet(mentor, who) {
        return None;
    }
    // In a large pool only those with something between them are worth a closer look; another clash
    // shows when it matters.
    let close = ground.face(who).ties & bit(mentor) != 0 && ground.face(mentor).ties & bit(who) != 0;
    let cell = if close || !ground.table.is_empty() { ground.cell(mentor, who) } else { Cell::default() };
    if cell.clash {
        return None;
    }
    let hours = ground.hot(mentor).week.and(ground.hot(who).week).count();
    let room = ground.share.hours.max(40) * 250 * i64::from(hours.min(12));
    let met = ground.share.new_faces * 400 * i64::from(cell.met);
    Some(
        lead.marks(ground, &[mentor], who) + i64::from(cell.wishes) + i64::from(cell.members) / 3 + room
            - met,
    )
}

//! Which mentors suit a participant best, so that the search looks there first.
//!
//! Invariant: hints only steer; a mentor who is no hint can still be found.

use super::super::pool::Who;
use super::cell::Cell;
use super::dice::Dice;
use super::ground::Ground;
use super::soul::bit;
use super::worth::Lead;

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
        let leads: Vec<Lead> = ground.mentors.iter().map(|who| Lead::of(ground, &[*who])).collect();
        let one = |who: &Who| best_of(ground, &leads, *who, look);
        let each = ground.participants.len().div_ceil(look.threads.max(1)).max(1);
        let found: Vec<Vec<Found>> = std::thread::scope(|scope| {
            let (one, mut chunks) = (&one, ground.participants.chunks(each));
            let first = chunks.next();
            let others: Vec<_> =
                chunks.map(|chunk| scope.spawn(move || chunk.iter().map(one).collect())).collect();
            let first = first.map(|chunk| chunk.iter().map(one).collect());
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

/// The best mentors of a participant among those looked at and those wished for.
fn best_of(ground: &Ground<'_>, leads: &[Lead], who: Who, look: Look) -> Found {
    let mut found: Vec<(i64, Who)> = Vec::with_capacity(look.mentors.min(ground.mentors.len()));
    let count = ground.mentors.len();
    let sampled = look.mentors < count;
    let from = if sampled { Dice::of_part(look.seed, u64::from(who)).below(count) } else { 0 };
    for step in 0..look.mentors.min(count) {
        // A stride spreads the sample over the whole list without drawing anybody twice.
        let at = if sampled { (from + step * count / look.mentors) % count } else { step };
        if let Some(value) = promise(ground, ground.mentors[at], &leads[at], who) {
            found.push((-value, ground.mentors[at]));
        }
    }
    let possible = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let wished = ground.rest(who).wishes.iter().filter(|(_, mark)| *mark > 0).map(|(other, _)| *other);
    for other in wished.filter(|other| ground.soul(*other).capacity > 0) {
        if let Some(value) = promise(ground, other, &Lead::of(ground, &[other]), who) {
            found.push((-value, other));
        }
    }
    found.sort_unstable();
    found.dedup();
    // Whoever must sit with a mentor has no other choice.
    let tied = |mentor: &Who| ground.rest(*mentor).mates.contains(&who);
    let mentors = match found.iter().find(|(_, mentor)| tied(mentor)) {
        Some(&(_, mentor)) => vec![mentor],
        None => found.iter().take(look.keep).map(|(_, mentor)| *mentor).collect(),
    };
    (mentors, possible)
}

/// How well a mentor suits a participant, if the two may meet at all.
fn promise(ground: &Ground<'_>, mentor: Who, lead: &Lead, who: Who) -> Option<i64> {
    if !ground.may_meet(mentor, who) {
        return None;
    }
    // In a large pool only wishes are worth a closer look; a clash shows when it matters.
    let known = !ground.table.is_empty() || ground.soul(who).wishes && ground.face(who).ties & bit(mentor) != 0;
    let cell = if known { ground.cell(mentor, who) } else { Cell::default() };
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

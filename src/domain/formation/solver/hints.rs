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

impl Hints {
    /// Looks at `look` mentors for each participant and keeps the best `keep`.
    pub(super) fn new(ground: &Ground<'_>, look: usize, keep: usize, dice: &mut Dice) -> Self {
        let people = ground.souls.len();
        let (mut suits, mut ends, mut reach) = (Vec::new(), vec![0; people + 1], vec![0; people]);
        let leads: Vec<Lead> = ground.mentors.iter().map(|who| Lead::of(ground, &[*who])).collect();
        let mut found: Vec<(i64, Who)> = Vec::new();
        for &who in &ground.participants {
            found.clear();
            let count = ground.mentors.len();
            let from = if look < count { dice.below(count) } else { 0 };
            for step in 0..look.min(count) {
                // A stride spreads the sample over the whole list without drawing anybody twice.
                let at = if look < count { (from + step * count / look) % count } else { step };
                if let Some(value) = promise(ground, ground.mentors[at], &leads[at], who) {
                    found.push((-value, ground.mentors[at]));
                }
            }
            reach[who as usize] = u32::try_from(found.len()).unwrap_or(u32::MAX);
            let wished =
                ground.rest(who).wishes.iter().filter(|(_, mark)| *mark > 0).map(|(other, _)| *other);
            for other in wished.filter(|other| ground.soul(*other).capacity > 0) {
                if let Some(value) = promise(ground, other, &Lead::of(ground, &[other]), who) {
                    found.push((-value, other));
                }
            }
            found.sort_unstable();
            found.dedup();
            // Whoever must sit with a mentor has no other choice.
            let tied = |mentor: &Who| ground.rest(*mentor).mates.contains(&who);
            if let Some(&(_, mentor)) = found.iter().find(|(_, mentor)| tied(mentor)) {
                suits.push(mentor);
            } else {
                suits.extend(found.iter().take(keep).map(|(_, mentor)| *mentor));
            }
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

/// How well a mentor suits a participant, if the two may meet at all.
fn promise(ground: &Ground<'_>, mentor: Who, lead: &Lead, who: Who) -> Option<i64> {
    if !ground.may_meet(mentor, who) {
        return None;
    }
    // In a large pool only wishes are worth a closer look; a clash shows when it matters.
    let known = !ground.table.is_empty() || ground.soul(who).wish_sieve & bit(mentor) != 0;
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

//! Who could learn from whom: for each participant the mentors that suit best, and how hard each
//! participant is to place.
//!
//! Invariant: a guide only steers; whether people may sit together is decided by `team` alone.

use super::chance::Chance;
use super::pool::{Pool, Who};
use super::team::Common;
use std::collections::BTreeMap;

/// Mentors looked at for each participant; beyond that a sample is drawn.
const LOOK: usize = 400;
/// Mentors remembered for each participant.
const KEEP: usize = 24;

/// Hints for construction and search.
#[derive(Debug)]
pub(super) struct Guide {
    /// People who want a seat.
    pub(super) participants: Vec<Who>,
    /// People who may mentor.
    pub(super) mentors: Vec<Who>,
    /// For each person of the pool the best mentors, best first; empty for others.
    pub(super) suits: Vec<Vec<Who>>,
    /// For each person how many of those looked at are possible.
    pub(super) reach: Vec<usize>,
    /// For each person how many participants share the unit, the person included.
    pub(super) colleagues: Vec<usize>,
}

impl Guide {
    pub(super) fn new(pool: &Pool, chance: &mut Chance) -> Self {
        let mentors: Vec<Who> = pool.everybody().filter(|who| pool.at(*who).capacity > 0).collect();
        let participants: Vec<Who> = pool.everybody().filter(|who| pool.at(*who).wants_seat).collect();
        let mut units: BTreeMap<u32, usize> = BTreeMap::new();
        for who in &participants {
            *units.entry(pool.at(*who).unit).or_default() += 1;
        }
        let colleagues =
            pool.members.iter().map(|member| units.get(&member.unit).copied().unwrap_or(0)).collect();
        let (mut suits, mut reach) = (vec![Vec::new(); pool.members.len()], vec![0; pool.members.len()]);
        let mut found = Vec::new();
        for &who in &participants {
            found.clear();
            let looked = mentors.len().min(LOOK);
            let from = if looked < mentors.len() { chance.below(mentors.len()) } else { 0 };
            for step in 0..looked {
                // A stride spreads the sample over the whole list without drawing anybody twice.
                let mentor = mentors[(from + step * mentors.len() / looked) % mentors.len()];
                if let Some(value) = promise(pool, mentor, who) {
                    found.push((-value, mentor));
                    reach[mentor as usize] += 1;
                }
            }
            reach[who as usize] += found.len();
            found.sort_unstable();
            suits[who as usize] = found.iter().take(KEEP).map(|(_, mentor)| *mentor).collect();
        }
        Self { participants, mentors, suits, reach, colleagues }
    }

    /// Smaller is harder to place among this many groups: few possible mentors, a unit with nearly
    /// as many people as groups. People left out before go first among equals.
    pub(super) fn ease(&self, pool: &Pool, who: Who, groups: usize) -> i64 {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX / 1_000);
        let at = who as usize;
        let looked = whole(self.mentors.len().min(LOOK)).max(1);
        let places = whole(groups.max(1)) * i64::from(pool.rules.per_unit);
        let crowd = (whole(self.colleagues[at]) * 100 / places).min(150);
        let again = if pool.at(who).left_out { 40 } else { 0 };
        whole(self.reach[at]) * 100 / looked - crowd - again
    }
}

/// How well a mentor suits a participant, if the two may meet at all.
fn promise(pool: &Pool, mentor: Who, who: Who) -> Option<i64> {
    let (m, p) = (pool.at(mentor), pool.at(who));
    if mentor == who || (m.unit == p.unit && pool.rules.per_unit < 2) {
        return None;
    }
    let common = Common::NOBODY.with(pool, mentor).with(pool, who);
    if common.barrier(pool).is_some() || pool.in_line(mentor, who) || pool.kept_apart(mentor, who) {
        return None;
    }
    let needs = i64::try_from(p.needs.list.len()).unwrap_or(1).max(1);
    let covered = i64::try_from(m.offers.shared(&p.needs)).unwrap_or(0);
    let met = if pool.have_met(mentor, who) { 500 } else { 0 };
    Some(covered * 1_000 / needs + i64::from(common.week.count().min(20)) * 20 - met)
}

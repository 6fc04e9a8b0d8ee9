//! Which rows of the program a group uses: seats of people, time of mentors, places with a number,
//! and how many there can be of each tier.
//!
//! Invariant: a choice of groups keeps all rows if and only if it is a plan.

use super::super::pool::Who;
use super::ground::Ground;
use super::homes::Homes;
use super::quarry::Stone;

/// No row.
pub(super) const NONE: usize = usize::MAX;

/// Rows of people and locks.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// Of each participant; those who come together share one.
    pub(super) seat: Vec<usize>,
    pub(super) lead: Vec<usize>,
    /// For mentors of several groups: the row that ties the reward of the first group to a group.
    pub(super) first: Vec<usize>,
    pub(super) label: Vec<usize>,
    /// Participants with a seat, those of them left out before, people who stay in their place, and
    /// mentors with a first group.
    pub(super) tier: [usize; 4],
    pub(super) limits: Vec<f64>,
}

/// Most participants with a seat, of those left out before, of people who stay in their place, and
/// of mentors with a first group.
pub(super) type Caps = [i64; 4];

impl Rows {
    pub(super) fn new(ground: &Ground<'_>, labels: usize, caps: Caps) -> Self {
        let people = ground.souls.len();
        let mut rows = Self {
            seat: vec![NONE; people],
            lead: vec![NONE; people],
            first: vec![NONE; people],
            label: Vec::new(),
            tier: [NONE; 4],
            limits: Vec::new(),
        };
        for &who in &ground.participants {
            let head = ground.rest(who).unit[0] as usize;
            rows.seat[who as usize] = if head == who as usize { rows.add(1.0) } else { rows.seat[head] };
        }
        for &who in &ground.mentors {
            let capacity = ground.soul(who).capacity;
            rows.lead[who as usize] = rows.add(f64::from(capacity));
            if capacity > 1 && ground.only_mentors(who) {
                rows.first[who as usize] = rows.add(0.0);
                rows.add(1.0);
            }
        }
        rows.label = (0..labels).map(|_| rows.add(1.0)).collect();
        rows.tier = caps.map(|cap| rows.add(cap as f64));
        rows
    }

    fn add(&mut self, limit: f64) -> usize {
        self.limits.push(limit);
        self.limits.len() - 1
    }

    /// Rows of people and locks of a group: those that whole choices are read from.
    pub(super) fn people<const C: usize>(&self, stone: &Stone<C>) -> Vec<usize> {
        let mut rows: Vec<usize> = self.of(stone).into_iter().map(|(row, _)| row).collect();
        rows.retain(|row| !self.tier.contains(row) && !self.first.contains(row));
        rows
    }

    /// Rows of a group, with how often it uses them.
    pub(super) fn of<const C: usize>(&self, stone: &Stone<C>) -> Vec<(usize, f32)> {
        let mut rows: Vec<usize> =
            stone.bunch.participants().iter().map(|who| self.seat[*who as usize]).collect();
        rows.sort_unstable();
        rows.dedup();
        let mut rows: Vec<(usize, f32)> = rows.into_iter().map(|row| (row, 1.0)).collect();
        for &who in stone.bunch.mentors() {
            rows.push((self.lead[who as usize], 1.0));
            if self.first[who as usize] != NONE {
                rows.push((self.first[who as usize], -1.0));
            }
        }
        rows.extend(stone.label.map(|label| (self.label[label], 1.0)));
        rows
    }

    /// Rows of the tiers that a group uses.
    pub(super) fn tiers<const C: usize>(
        &self,
        ground: &Ground<'_>,
        homes: &Homes,
        stone: &Stone<C>,
    ) -> [(usize, f32); 4] {
        let again = stone.bunch.participants().iter().filter(|who| ground.soul(**who).left_out).count();
        let single = |who: &&Who| ground.only_mentors(**who) && ground.soul(**who).capacity == 1;
        let led = stone.bunch.mentors().iter().filter(single).count();
        let times = |count: usize| u16::try_from(count).map_or(0.0, f32::from);
        [
            (self.tier[0], f32::from(stone.bunch.k)),
            (self.tier[1], times(again)),
            (self.tier[2], times(stay(homes, stone))),
            (self.tier[3], times(led)),
        ]
    }
}

/// How many of a group stay in their place.
pub(super) fn stay<const C: usize>(homes: &Homes, stone: &Stone<C>) -> usize {
    let place = stone.label.and_then(|label| u32::try_from(label).ok());
    place.map_or(0, |at| usize::try_from(homes.stay(at, &stone.bunch)).unwrap_or(0))
}

//! The master of the proof: which rows a group uses, the program over groups found so far, and the
//! bound that follows when no group is left out.
//!
//! Invariant: a bound counts every group that may exist, found or not, because the quarry was
//! searched to the end at the prices it is computed from.

use super::super::pool::Who;
use super::bunch::Bunch;
use super::goal::Goal;
use super::ground::Ground;
use super::lp::{End, Program};
use super::quarry::{Prices, Quarry, Stone};
use super::state::Homes;
use std::collections::BTreeSet;

/// No row.
const NONE: usize = usize::MAX;

/// Rows of people and locks.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// Of each participant; those who come together share one.
    seat: Vec<usize>,
    lead: Vec<usize>,
    /// For mentors of several groups: the row that ties the reward of the first group to a group.
    first: Vec<usize>,
    label: Vec<usize>,
    /// Participants with a seat, those of them left out before, people who stay in their place, and
    /// mentors with a first group.
    tier: [usize; 4],
    limits: Vec<f64>,
}

/// Most participants with a seat, of those left out before, of people who stay in their place, and
/// of mentors with a first group.
pub(super) type Caps = [i64; 4];

impl Rows {
    fn new(ground: &Ground<'_>, labels: usize, caps: Caps) -> Self {
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
    fn tiers<const C: usize>(
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
fn stay<const C: usize>(homes: &Homes, stone: &Stone<C>) -> usize {
    let place = stone.label.and_then(|label| u32::try_from(label).ok());
    place.map_or(0, |at| usize::try_from(homes.stay(at, &stone.bunch)).unwrap_or(0))
}

/// A column of the program: a group, or the reward of a mentor's first group.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column<const C: usize> {
    Group(Stone<C>),
    First,
}

/// What the pricing needs to know and to say.
pub(super) struct Allowed<'a> {
    /// Work that is left, in units of about a microsecond.
    pub(super) work: u64,
    pub(super) go_on: &'a dyn Fn() -> bool,
}

/// The program and what it is about.
pub(super) struct Master<'m, 'g, 'p, const C: usize> {
    pub(super) quarry: &'m Quarry<'g, 'p, C>,
    pub(super) goal: &'m Goal,
    pub(super) rows: Rows,
    /// Which labels are locks.
    locks: usize,
    pub(super) columns: Vec<Column<C>>,
    pub(super) program: Program,
    known: BTreeSet<(Vec<Who>, Vec<Who>, Option<usize>)>,
    /// Least score of a group.
    pub(super) floor: i64,
}

impl<'m, 'g, 'p, const C: usize> Master<'m, 'g, 'p, C> {
    pub(super) fn new(
        quarry: &'m Quarry<'g, 'p, C>,
        goal: &'m Goal,
        (labels, locks): (usize, usize),
        floor: i64,
        caps: Caps,
    ) -> Self {
        let ground = quarry.ground;
        let rows = Rows::new(ground, labels, caps);
        let program = Program::new(rows.limits.clone(), goal.seat as f64);
        let mut master =
            Self { quarry, goal, rows, locks, columns: Vec::new(), program, known: BTreeSet::new(), floor };
        for &who in &ground.mentors {
            let row = master.rows.first[who as usize];
            if row != NONE {
                let rows = [(row, 1.0), (row + 1, 1.0), (master.rows.tier[3], 1.0)];
                master.program.add_column(rows.into_iter(), goal.first as f64);
                master.columns.push(Column::First);
            }
        }
        master
    }

    /// Adds a group if it is not known and its score is high enough.
    pub(super) fn add(&mut self, stone: &Stone<C>) -> bool {
        let bunch = stone.bunch;
        let name = (bunch.mentors().to_vec(), bunch.participants().to_vec(), stone.label);
        if stone.worth < self.floor || !self.known.insert(name) {
            return false;
        }
        let value = self.value(stone);
        let rows = self.rows.of(stone).into_iter().chain(self.rows.tiers(
            self.quarry.ground,
            &self.quarry.homes,
            stone,
        ));
        self.program.add_column(rows.filter(|(_, times)| *times != 0.0), value as f64);
        self.columns.push(Column::Group(*stone));
        true
    }

    /// What a group is worth in the program.
    pub(super) fn value(&self, stone: &Stone<C>) -> i64 {
        let ground = self.quarry.ground;
        let lead = |who: &Who| if self.is_single(*who) { self.goal.first } else { 0 };
        self.goal.group(ground, &stone.bunch, stone.worth)
            + stone.bunch.mentors().iter().map(lead).sum::<i64>()
            + self.goal.stay * i64::try_from(stay(&self.quarry.homes, stone)).unwrap_or(0)
            + if stone.label.is_some_and(|label| label < self.locks) { self.goal.lock } else { 0 }
    }

    /// Whether a mentor's first group is the only one, so that its reward goes with the group.
    fn is_single(&self, who: Who) -> bool {
        let ground = self.quarry.ground;
        ground.only_mentors(who) && ground.soul(who).capacity == 1
    }

    /// Finds groups until none is worth more than its prices. Gives the bound that then holds, or
    /// none if the work ran out before.
    pub(super) fn price_out(&mut self, allowed: &mut Allowed<'_>, enough: i64) -> Option<f64> {
        let mut bound: Option<f64> = None;
        loop {
            let before = self.program.work;
            let end = self.program.climb(before + allowed.work);
            allowed.work = allowed.work.saturating_sub(self.program.work - before);
            if end != End::Best || !(allowed.go_on)() {
                return bound;
            }
            let Some((stones, excess)) = self.look(1e-3, 25, allowed) else { return bound };
            let here = self.program.bound() + excess;
            bound = Some(bound.map_or(here, |least| least.min(here)));
            let added = stones.iter().filter(|stone| self.add(stone)).count();
            if added == 0 || bound.is_some_and(|bound| bound < enough as f64) {
                return bound;
            }
        }
    }

    /// Whether shares of groups can be worth this much; none if the work ran out before.
    pub(super) fn reaches(&mut self, allowed: &mut Allowed<'_>, needed: f64) -> Option<bool> {
        loop {
            let before = self.program.work;
            let end = self.program.climb(before + allowed.work);
            allowed.work = allowed.work.saturating_sub(self.program.work - before);
            if end != End::Best || !(allowed.go_on)() {
                return None;
            }
            if self.program.bound() >= needed {
                return Some(true);
            }
            let (stones, excess) = self.look(1e-3, 25, allowed)?;
            let added = stones.iter().filter(|stone| self.add(stone)).count();
            if added == 0 || self.program.bound() + excess + 0.02 < needed {
                return Some(false);
            }
        }
    }

    /// Groups worth more than their prices, and how much all choices together can gain by them;
    /// none if the search was cut short.
    pub(super) fn look(
        &self,
        least: f64,
        best: usize,
        allowed: &mut Allowed<'_>,
    ) -> Option<(Vec<Stone<C>>, f64)> {
        let ground = self.quarry.ground;
        let dual = |row: usize| if row == NONE { 0.0 } else { self.program.duals[row] };
        let (mut seat, mut lead) = (vec![0.0; ground.souls.len()], vec![0.0; ground.souls.len()]);
        for &who in &ground.participants {
            let unit = ground.rest(who).unit.len() as f64;
            let again = if ground.soul(who).left_out { dual(self.rows.tier[1]) } else { 0.0 };
            seat[who as usize] = self.goal.seat_of(ground, who) as f64
                - dual(self.rows.seat[who as usize]) / unit
                - dual(self.rows.tier[0])
                - again;
        }
        for &who in &ground.mentors {
            let single = self.is_single(who);
            let reward = if single { self.goal.first as f64 - dual(self.rows.tier[3]) } else { 0.0 };
            lead[who as usize] =
                reward - dual(self.rows.lead[who as usize]) + dual(self.rows.first[who as usize]);
        }
        let reward = |label: usize| if label < self.locks { self.goal.lock as f64 } else { 0.0 };
        let label: Vec<f64> =
            self.rows.label.iter().enumerate().map(|(at, row)| reward(at) - dual(*row)).collect();
        let stay = self.goal.stay as f64 - dual(self.rows.tier[2]);
        let floor = self.floor;
        let prices = Prices { seat: &seat, lead: &lead, label: &label, stay, floor, least, best };
        let mut found: Vec<Stone<C>> = Vec::new();
        let mut most = vec![0.0_f64; ground.souls.len()];
        let mut label_most = vec![0.0_f64; self.rows.label.len()];
        for seed in &self.quarry.seeds {
            let from = found.len();
            // A step of the quarry takes a few hundredths of a microsecond.
            let mut steps = allowed.work.saturating_mul(16);
            let done = self.quarry.dig(seed, &prices, &mut found, &mut steps);
            allowed.work = steps / 16;
            if !done || !(allowed.go_on)() || best == 0 && found.len() > super::exact::MOST_COLUMNS {
                return None;
            }
            let top = found[from..].iter().map(|stone| stone.gain).fold(0.0, f64::max);
            match (seed.label, seed.mentors.first()) {
                (None, Some(first)) => most[*first as usize] = most[*first as usize].max(top),
                (Some(label), _) => label_most[label] = label_most[label].max(top),
                (None, None) => {}
            }
        }
        let excess: f64 = ground
            .mentors
            .iter()
            .map(|who| most[*who as usize] * f64::from(ground.soul(*who).capacity))
            .sum();
        Some((found, excess + label_most.iter().sum::<f64>()))
    }

    /// The groups of a choice of columns.
    pub(super) fn groups(&self, chosen: &[usize]) -> Vec<(Bunch<C>, i64, Option<usize>)> {
        chosen
            .iter()
            .filter_map(|column| match &self.columns[*column] {
                Column::Group(stone) => Some((stone.bunch, stone.worth, stone.label)),
                Column::First => None,
            })
            .collect()
    }

    /// The groups known, the most recent ones when there are too many.
    pub(super) fn stones(&self, most: usize) -> Vec<Stone<C>> {
        let group = |column: &Column<C>| match column {
            Column::Group(stone) => Some(*stone),
            Column::First => None,
        };
        let skip = self.columns.len().saturating_sub(most);
        self.columns.iter().skip(skip).filter_map(group).collect()
    }
}

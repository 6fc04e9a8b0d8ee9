//! The master of the proof: the program over groups found so far, and the
//! bound that follows when no group is left out.
//!
//! Invariant: a bound counts every group that may exist, found or not, because the quarry was
//! searched to the end at the prices it is computed from.

use super::super::pool::Who;
use super::bunch::Bunch;
use super::goal::Goal;
use super::lp::{End, Program};
use super::quarry::{Prices, Quarry, Stone};
use super::rows::{Caps, NONE, Rows, stay};
use std::collections::BTreeSet;

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

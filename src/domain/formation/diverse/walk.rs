//! A walk through groupings at one temperature: person by person, the next exchange is drawn from
//! the weights of all exchanges at once, so that no time goes into proposals that are refused.
//!
//! Invariant: a walk keeps every bound, and its steps depend on the seed only.

use super::heat::Heat;
use super::instance::Instance;
use super::lookup::{Lookup, Plain};
#[cfg(target_arch = "x86_64")]
use super::lookup::{PART, Wide};
use super::state::State;
use super::sweep::Sweep;
use crate::domain::formation::chance::Chance;
use pulp::{Arch, Simd, WithSimd};

/// Everything a walk needs besides the state it changes.
#[derive(Debug, Clone)]
pub(super) struct Walker<'a> {
    pub(super) instance: &'a Instance,
    pub(super) chance: Chance,
    sweep: Sweep,
    way: Way,
    resize: bool,
    weights: Vec<f32>,
}

/// The way a walker looks at rows, chosen once.
#[derive(Debug, Clone, Copy)]
enum Way {
    Plain(Arch),
    /// Up to 15 groups: the table of a person fits two registers.
    #[cfg(target_arch = "x86_64")]
    Two(pulp::x86::V3),
    /// Up to 31 groups: it fits four.
    #[cfg(target_arch = "x86_64")]
    Four(pulp::x86::V3),
}

impl Way {
    fn new(instance: &Instance) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(arch) = pulp::x86::V3::try_new() {
            // One entry more than there are groups: the padding has one of its own.
            match instance.limits().len() + 1 {
                entries if entries <= 2 * PART => return Self::Two(arch),
                entries if entries <= 4 * PART => return Self::Four(arch),
                _ => {}
            }
        }
        Self::Plain(Arch::new())
    }
}

/// One call of [`Walker::walk`], compiled once for every kind of processor.
struct Stretch<'w, 'a, L> {
    lookup: L,
    walker: &'w mut Walker<'a>,
    state: &'w mut State,
    job: Job,
}

/// What a stretch does.
#[derive(Debug, Clone, Copy)]
enum Job {
    Walk(Heat, usize),
    Climb,
}

impl<L: Lookup> WithSimd for Stretch<'_, '_, L> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        match self.job {
            Job::Walk(heat, rows) => self.walker.rows(self.lookup, self.state, heat, rows),
            Job::Climb => self.walker.ascend(self.lookup, self.state),
        }
    }
}

impl<'a> Walker<'a> {
    pub(super) fn new(instance: &'a Instance, seed: u64, resize: bool) -> Self {
        let sweep = Sweep::new(instance);
        let weights = vec![0.0; instance.limits().len()];
        Self { instance, chance: Chance::new(seed), sweep, way: Way::new(instance), resize, weights }
    }

    /// Walks over `rows` people; returns the mean sum of weights per person, a measure of how
    /// freely the grouping still moves.
    pub(super) fn walk(&mut self, state: &mut State, heat: Heat, rows: usize) -> f64 {
        self.run(state, Job::Walk(heat, rows)) / rows as f64
    }

    /// Goes once over all people and takes the best exchange or move of each that gains; says
    /// whether there was one.
    pub(super) fn climb(&mut self, state: &mut State) -> bool {
        self.run(state, Job::Climb) > 0.0
    }

    fn run(&mut self, state: &mut State, job: Job) -> f64 {
        match self.way {
            Way::Plain(arch) => arch.dispatch(Stretch { lookup: Plain, walker: self, state, job }),
            #[cfg(target_arch = "x86_64")]
            Way::Two(arch) => {
                Simd::vectorize(arch, Stretch { lookup: Wide::<2>(arch), walker: self, state, job })
            }
            #[cfg(target_arch = "x86_64")]
            Way::Four(arch) => {
                Simd::vectorize(arch, Stretch { lookup: Wide::<4>(arch), walker: self, state, job })
            }
        }
    }

    #[inline(always)]
    fn ascend<L: Lookup>(&mut self, lookup: L, state: &mut State) -> f64 {
        let mut gains = 0.0;
        for x in 0..self.instance.people() {
            if self.sweep.best(lookup, self.instance, state, x) > 0 || self.could_move(state, x) {
                self.step_up(state, x);
                gains += 1.0;
            }
        }
        gains
    }

    fn could_move(&self, state: &State, x: usize) -> bool {
        self.resize && self.best_move(state, x).is_some_and(|(gain, _)| gain > 0)
    }

    /// The most gainful group to move to, where the bounds allow one.
    fn best_move(&self, state: &State, x: usize) -> Option<(i32, usize)> {
        let limits = self.instance.limits();
        let a = state.groups[x] as usize;
        if state.sizes[a] <= limits[a].least {
            return None;
        }
        let open = (0..limits.len()).filter(|b| *b != a && state.sizes[*b] < limits[*b].most);
        open.map(|b| (state.move_gain(self.instance, x, b), b)).max()
    }

    /// What a move of a person to a group taken by chance would bring, if bounds allow it.
    pub(super) fn any_move(&mut self, state: &State, x: usize) -> Option<i32> {
        let limits = self.instance.limits();
        let a = state.groups[x] as usize;
        if !self.resize || state.sizes[a] <= limits[a].least {
            return None;
        }
        let b = self.chance.below(limits.len());
        let open = b != a && state.sizes[b] < limits[b].most;
        open.then(|| state.move_gain(self.instance, x, b))
    }

    /// Takes the best exchange or move of one person.
    fn step_up(&mut self, state: &mut State, x: usize) {
        let others = (0..self.instance.people()).filter(|y| state.groups[*y] != state.groups[x]);
        let exchange = others.map(|y| (state.gain(self.instance, x, y), y)).max();
        let shift = if self.resize { self.best_move(state, x) } else { None };
        match (exchange, shift) {
            (Some((gain, y)), shift) if shift.is_none_or(|(other, _)| gain >= other) => {
                state.exchange(self.instance, x, y, gain);
            }
            (_, Some((gain, b))) => state.relocate(self.instance, x, b, gain),
            _ => {}
        }
    }

    #[inline(always)]
    fn rows<L: Lookup>(&mut self, lookup: L, state: &mut State, heat: Heat, rows: usize) -> f64 {
        let mut rate = 0.0;
        for _ in 0..rows {
            // One draw for both the person and the point.
            let draw = self.chance.below(self.instance.people() * FINE);
            let (x, point) = (draw / FINE, fraction(draw % FINE));
            if self.resize && self.chance.one_in(8) {
                rate += f64::from(self.shift(state, x, heat, point));
                continue;
            }
            let sum = self.sweep.weigh(lookup, self.instance, state, x, heat);
            rate += f64::from(sum);
            // Staying put weighs as much as one free exchange.
            let at = point * (sum + 1.0);
            if at >= sum {
                continue;
            }
            // Rounding may leave the point on somebody whose weight is next to nothing.
            let picked = self.sweep.pick(at);
            if let Some(y) = picked.filter(|y| self.is_partner(state, x, *y)) {
                let gain = state.gain(self.instance, x, y);
                state.exchange(self.instance, x, y, gain);
            }
        }
        rate
    }

    /// Whether `y` is a person of another group than `x`.
    #[inline(always)]
    fn is_partner(&self, state: &State, x: usize, y: usize) -> bool {
        y < self.instance.people() && state.groups[y] != state.groups[x]
    }

    /// Moves one person to another group with the same kind of draw, where the bounds allow it;
    /// returns the sum of the weights.
    fn shift(&mut self, state: &mut State, x: usize, heat: Heat, point: f32) -> f32 {
        let limits = self.instance.limits();
        let a = state.groups[x] as usize;
        if state.sizes[a] <= limits[a].least {
            return 0.0;
        }
        let mut sum = 0.0;
        for (b, limit) in limits.iter().enumerate() {
            let open = b != a && state.sizes[b] < limit.most;
            let weight = if open { heat.weight(state.move_gain(self.instance, x, b)) } else { 0.0 };
            self.weights[b] = weight;
            sum += weight;
        }
        let mut at = point * (sum + 1.0);
        for b in 0..limits.len() {
            if at < self.weights[b] {
                let gain = state.move_gain(self.instance, x, b);
                state.relocate(self.instance, x, b, gain);
                break;
            }
            at -= self.weights[b];
        }
        sum
    }

    /// A draw above 0, at most 1.
    pub(super) fn fraction(&mut self) -> f32 {
        fraction(self.chance.below(FINE))
    }
}

/// How finely a draw divides the line from 0 to 1.
const FINE: usize = 1 << 24;

/// The part of the line up to one of its divisions, never 0.
#[inline(always)]
fn fraction(division: usize) -> f32 {
    (division + 1) as f32 / FINE as f32
}

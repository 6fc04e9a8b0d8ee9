//! The search: steps that gain are taken, losses only while the search is hot; the best state is kept.
//!
//! Invariant: the same ground, state, seed and number of steps give the same result, and the state
//! that comes out ranks at least as high as the one that went in.

use super::super::pool::Who;
use super::bunch::Bunch;
use super::dice::Dice;
use super::ground::Ground;
use super::hints::Hints;
use super::moves::{Proposal, Step};
use super::pot::Pot;
use super::state::{NONE, Rank, State};

/// How hot the search starts and ends, and what seats are worth to it. Points are those of a score
/// times people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Climate {
    /// Loss taken once in e steps at the start.
    pub(super) hot: f64,
    /// The same at the end.
    pub(super) cold: f64,
    /// Price of a waiting participant beside the points of the seat itself; low enough to let the
    /// search leave a seat empty for a while and find a better arrangement behind it.
    pub(super) waiting: i64,
    /// Price of the seat of somebody who only mentors.
    pub(super) mentor: i64,
    /// Price of moving somebody out of the place where they sat before.
    pub(super) moved: i64,
    /// How the heat falls: with this power of the time that is left.
    pub(super) bend: u32,
    /// How many of 1,024 steps are of each large kind; those gain more often where people have few
    /// choices.
    pub(super) bold: u64,
}

impl Climate {
    /// For a pool in which some people have few choices.
    pub(super) const TIGHT: Self =
        Self { hot: 3_000.0, cold: 60.0, waiting: 14_000, mentor: 4_000, moved: 0, bend: 3, bold: 16 };
    /// For large pools, where nearly everybody has many choices.
    pub(super) const LARGE: Self =
        Self { hot: 900.0, cold: 60.0, waiting: 9_000, mentor: 4_000, moved: 0, bend: 3, bold: 4 };
    /// The same with time to spare: it stays warm for longer.
    pub(super) const PATIENT: Self = Self { cold: 120.0, bend: 2, bold: 2, ..Self::LARGE };
    /// For a plan that should change little.
    pub(super) const REPAIR: Self =
        Self { hot: 2_500.0, cold: 40.0, waiting: 16_000, mentor: 1_000, moved: 5_000, bend: 3, bold: 16 };
    /// For a state that is good already.
    pub(super) const WARM: Self =
        Self { hot: 450.0, cold: 50.0, waiting: 9_000, mentor: 4_000, moved: 0, bend: 3, bold: 4 };
}

/// Steps tried for a person in a row, while what is known of them is near.
const TRIES: u64 = 4;
/// Share of the groups, in percent, whose scores count as low.
const LOW: usize = 10;

/// Everything one run of the search needs.
pub(super) struct Run<'r, 'p, const C: usize> {
    pub(super) ground: &'r Ground<'p>,
    pub(super) hints: &'r Hints,
    pub(super) climate: Climate,
    pub(super) steps: u64,
    pub(super) dice: Dice,
    /// Groups seen while cold, for whoever puts them together anew.
    pub(super) pot: Option<&'r mut Pot<C>>,
    /// Asked now and then whether to go on; told the share that is done.
    pub(super) go_on: &'r (dyn Fn(u64, &State<C>) -> bool + 'r),
}

impl<const C: usize> Run<'_, '_, C> {
    /// Improves a state; returns the steps taken.
    pub(super) fn improve(&mut self, state: &mut State<C>) -> u64 {
        let people = self.ground.participants.len();
        if people == 0 || state.bunches.is_empty() {
            return self.steps;
        }
        let epoch = u64::try_from(people.clamp(64, 20_000) * 4).unwrap_or(u64::MAX);
        let mut best: Option<(Rank, State<C>)> = Some((state.rank(), state.clone()));
        let mut changes: Vec<(u32, Bunch<C>, i64)> = Vec::with_capacity(12);
        let (mut done, mut heat, mut floor, mut who) = (0, self.climate.hot, 0, 0);
        while done < self.steps {
            if done % 1_024 == 0 {
                heat = self.heat(done);
            }
            if done % epoch == 0 {
                floor = state.percentile(LOW);
                self.keep_best(state, &mut best, done);
                if !(self.go_on)(done, state) {
                    break;
                }
            }
            if done % TRIES == 0 {
                who = self.somebody(state);
            }
            done += 1;
            changes.clear();
            let (ground, hints) = (self.ground, self.hints);
            let mut step = Step { ground, hints, state, dice: &mut self.dice, changes: &mut changes };
            let Some(proposal) = step.propose(who, self.climate.bold) else { continue };
            let Some(gain) = self.weigh(state, proposal, &mut changes, floor) else { continue };
            if gain >= 0 || (gain.unsigned_abs() as f64) < heat * self.dice.loss() {
                if changes.is_empty() {
                    write_down(state, proposal, &mut changes);
                    for (_, bunch, worth) in &mut changes {
                        *worth = ground.worth(bunch, false).unwrap_or(0);
                    }
                }
                state.take(ground, &changes);
                if heat < self.climate.hot * 0.4
                    && let Some(pot) = &mut self.pot
                {
                    for (_, bunch, worth) in &changes {
                        pot.add(bunch, *worth);
                    }
                }
            }
        }
        self.keep_best(state, &mut best, self.steps);
        if let Some((rank, kept)) = best
            && rank > state.rank()
        {
            *state = kept;
        }
        done
    }

    /// A person to try steps for; one in sixteen times somebody who waits, if anybody does.
    fn somebody(&mut self, state: &State<C>) -> Who {
        let waits = self.dice.below(16) == 0 && !state.waiting.is_empty();
        let list = if waits { &state.waiting } else { &self.ground.participants };
        self.dice.pick(list).unwrap_or_default()
    }

    fn heat(&self, done: u64) -> f64 {
        let left = 1.0 - done as f64 / self.steps.max(1) as f64;
        self.climate.cold
            + (self.climate.hot - self.climate.cold)
                * (0..self.climate.bend).fold(1.0, |share, _| share * left)
    }

    /// Copies the state where it ranks highest; while hot that is seldom and not worth the time.
    fn keep_best(&self, state: &State<C>, best: &mut Option<(Rank, State<C>)>, done: u64) {
        if done * 10 < self.steps * 7 {
            return;
        }
        let rank = state.rank();
        if best.as_ref().is_none_or(|(kept, _)| rank > *kept) {
            *best = Some((rank, state.clone()));
        }
    }

    /// What a proposal gains; none if a rule is broken.
    #[inline]
    fn weigh(
        &self,
        state: &State<C>,
        proposal: Proposal,
        changes: &mut [(u32, Bunch<C>, i64)],
        floor: i64,
    ) -> Option<i64> {
        let value = |at: u32, worth: i64, k: u8| {
            self.points(worth, floor) * i64::from(k) - {
                let bunch = state.bunch(at);
                self.points(state.worth[at as usize], floor) * i64::from(bunch.k)
            }
        };
        let home = |at: u32, who: Who| self.climate.moved * i64::from(state.homes.has_seat(at, who));
        match proposal {
            Proposal::Changes => self.gain(state, changes, floor),
            Proposal::Swap { who, from, other, to } => {
                let there = state.turn(self.ground, to).score(Some(other), Some(who))?;
                let here = state.turn(self.ground, from).score(Some(who), Some(other))?;
                let gain = value(to, there, state.bunch(to).k) + value(from, here, state.bunch(from).k);
                Some(gain + home(to, who) + home(from, other) - home(from, who) - home(to, other))
            }
            Proposal::Move { who, from, to } => {
                let there = state.turn(self.ground, to).score(None, Some(who))?;
                let mut gain = value(to, there, state.bunch(to).k + 1) + home(to, who);
                if from == NONE {
                    gain += if self.ground.soul(who).left_out { self.climate.waiting } else { 0 };
                } else {
                    let here = state.turn(self.ground, from).score(Some(who), None)?;
                    gain += value(from, here, state.bunch(from).k - 1) - home(from, who);
                }
                Some(gain)
            }
        }
    }

    /// What a seat in a group of this score is worth to the search.
    #[inline]
    fn points(&self, worth: i64, floor: i64) -> i64 {
        worth + self.climate.waiting - (floor - worth).max(0)
    }

    /// What the changes gain; none if a rule is broken. Fills in the new scores.
    fn gain(&self, state: &State<C>, changes: &mut [(u32, Bunch<C>, i64)], floor: i64) -> Option<i64> {
        let mut gain = 0;
        for (at, bunch, worth) in changes.iter_mut() {
            *worth = if bunch.is_empty() { 0 } else { self.ground.worth(bunch, false)? };
            gain += self.value(state, *at, bunch, *worth, floor);
            gain -= self.value(state, *at, state.bunch(*at), state.worth[*at as usize], floor);
        }
        Some(gain)
    }

    #[inline]
    fn value(&self, state: &State<C>, at: u32, bunch: &Bunch<C>, worth: i64, floor: i64) -> i64 {
        let mut value = self.points(worth, floor) * i64::from(bunch.k);
        value += self.climate.moved * state.homes.stay(at, bunch);
        for who in bunch.participants() {
            if self.ground.soul(*who).left_out {
                value += self.climate.waiting;
            }
        }
        for who in bunch.mentors() {
            if !self.ground.soul(*who).wants_seat {
                value += self.climate.mentor;
            }
        }
        value
    }
}

/// The new versions of the groups of a move or swap.
fn write_down<const C: usize>(state: &State<C>, proposal: Proposal, changes: &mut Vec<(u32, Bunch<C>, i64)>) {
    let mut change = |at: u32, leaves: Option<Who>, joins: Option<Who>| {
        if at != NONE {
            let mut bunch = *state.bunch(at);
            if let Some(who) = leaves {
                bunch.drop(who);
            }
            if let Some(who) = joins {
                bunch.push(who);
            }
            changes.push((at, bunch, 0));
        }
    };
    match proposal {
        Proposal::Swap { who, from, other, to } => {
            change(to, Some(other), Some(who));
            change(from, Some(who), Some(other));
        }
        Proposal::Move { who, from, to } => {
            change(to, None, Some(who));
            change(from, Some(who), None);
        }
        Proposal::Changes => {}
    }
}

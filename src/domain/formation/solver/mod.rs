//! The solver: compiles the problem, builds groups, improves them, and proves how good they are.
//!
//! Invariant: a pure function of pool, locks, seed and steps; who watches and how many threads
//! there are changes nothing unless the watcher stops the search.

#[allow(clippy::cast_precision_loss, reason = "points and steps stay far below two to the 53rd")]
mod anneal;
mod blocks;
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "values of plans stay far below two to the 53rd"
)]
mod branch;
mod bunch;
mod cell;
#[allow(clippy::cast_precision_loss, reason = "53 bits are what a fraction holds")]
mod dice;
#[allow(clippy::cast_precision_loss, reason = "values of plans stay far below two to the 53rd")]
mod dig;
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "values of plans stay far below two to the 53rd"
)]
mod exact;
mod face;
mod goal;
mod greedy;
mod ground;
mod hints;
#[allow(clippy::cast_precision_loss, reason = "rows are small numbers")]
mod inverse;
mod leaders;
#[allow(clippy::cast_precision_loss, reason = "rows and work are small numbers")]
mod lp;
#[allow(clippy::cast_precision_loss, reason = "values of plans stay far below two to the 53rd")]
mod master;
mod mend;
mod moves;
mod polish;
mod pot;
#[allow(clippy::cast_precision_loss, reason = "values of plans stay far below two to the 53rd")]
mod quarry;
mod quick;
mod reshape;
mod soul;
mod state;
mod watch;
mod worth;

pub use watch::{Phase, Progress, Unwatched, Watch};

use super::plan::Bound;
use super::pool::Pool;
use super::team::Team;
use anneal::{Climate, Run};
use bunch::Bunch;
use dice::Dice;
use ground::Ground;
use hints::{Hints, Look};
use pot::Pot;
use state::State;

/// People above which the work is dealt into blocks.
const MANY: usize = 12_000;

/// People up to which all groups are looked at for a proof.
const FEW: usize = 400;
/// Runs of the search in a small pool.
const RUNS: u64 = 3;
/// Deals of a large pool into blocks.
const PASSES: u64 = 2;
/// Steps of the search that take as long as one unit of work of the proof.
const STEPS_PER_WORK: u64 = 4;

fn percent(done: u64, of: u64) -> u8 {
    u8::try_from((done * 100 / of.max(1)).min(100)).unwrap_or(100)
}

/// What a search is given.
pub(super) struct Order<'o> {
    pub(super) seed: u64,
    pub(super) steps: u64,
    pub(super) threads: usize,
    pub(super) watch: &'o dyn Watch,
}

/// The groups of a search, and what is proven about them.
pub(super) struct Found {
    pub(super) teams: Vec<Team>,
    pub(super) bound: Option<Bound>,
    /// For a repair: whether it is proven that seats and moves cannot be better.
    pub(super) proven: bool,
}

/// Forms groups around those that are locked and complete.
pub(super) fn solve(pool: &Pool, locked: &[Team], order: &Order<'_>) -> Found {
    let widest = pool.rules.max_participants + pool.rules.max_mentors;
    match widest {
        0..=8 => Search::<8>::new(pool, locked, order).run(),
        9..=16 => Search::<16>::new(pool, locked, order).run(),
        _ => Search::<120>::new(pool, locked, order).run(),
    }
}

/// Changes groups as little as the pool allows. The groups that were come by place, locked ones first.
pub(super) fn change(pool: &Pool, locked: &[Team], before: &[Team], order: &Order<'_>) -> Found {
    let widest = pool.rules.max_participants + pool.rules.max_mentors;
    match widest {
        0..=8 => Search::<8>::new(pool, locked, order).change(before),
        9..=16 => Search::<16>::new(pool, locked, order).change(before),
        _ => Search::<120>::new(pool, locked, order).change(before),
    }
}

struct Search<'s, 'p, const C: usize> {
    pool: &'p Pool<'p>,
    ground: Ground<'p>,
    locked: &'s [Team],
    order: &'s Order<'s>,
    places: usize,
}

impl<'s, 'p, const C: usize> Search<'s, 'p, C> {
    fn new(pool: &'p Pool<'p>, locked: &'s [Team], order: &'s Order<'s>) -> Self {
        let ground = Ground::new(pool);
        let seats: usize = ground.mentors.iter().map(|who| usize::from(ground.soul(*who).capacity)).sum();
        let most =
            (ground.participants.len() / pool.rules.min_participants).min(seats / pool.rules.min_mentors);
        let places = most.max(locked.len());
        Self { pool, ground, locked, order, places }
    }

    fn run(self) -> Found {
        let mut dice = Dice::new(self.order.seed);
        let bunches: Vec<Bunch<C>> =
            self.locked.iter().map(|team| Bunch::of(&team.mentors, &team.participants)).collect();
        let held: Vec<(usize, usize)> =
            self.locked.iter().map(|team| (team.held_mentors, team.held)).collect();
        let (mentors, keep) = match self.ground.souls.len() {
            ..=FEW => (usize::MAX, 40),
            ..=MANY => (usize::MAX, 24),
            _ => (240, 16),
        };
        let look = Look { mentors, keep, seed: dice.bits(), threads: self.order.threads };
        let hints = Hints::new(&self.ground, look);
        let mut state = greedy::construct(&self.ground, &hints, &bunches, &held, self.places, &mut dice);
        self.tell(Phase::Build, 100, &state);
        let mut bound = None;
        if self.order.steps > 0 {
            bound = match self.ground.souls.len() {
                0..=FEW => self.small(&hints, &mut state, &held, &mut dice),
                people if people <= MANY => {
                    self.anneal(&hints, &mut state, Climate::LARGE, self.order.steps, &mut dice, None);
                    None
                }
                _ => {
                    self.large(&mut state);
                    None
                }
            };
            if bound.is_none() {
                self.touch_up(&mut state);
            }
        }
        Found { teams: self.teams(&state), bound, proven: false }
    }

    fn change(mut self, before: &[Team]) -> Found {
        self.places = self.places.max(before.len());
        let mut dice = Dice::new(self.order.seed);
        let held: Vec<(usize, usize)> =
            self.locked.iter().map(|team| (team.held_mentors, team.held)).collect();
        let look = Look { mentors: 600, keep: 40, seed: dice.bits(), threads: self.order.threads };
        let hints = Hints::new(&self.ground, look);
        let groups: Vec<Bunch<C>> = mend::mend(&self.ground, self.locked, before);
        let homes = mend::homes(&self.ground, before);
        let mut state = State::with_homes(&self.ground, &groups, &held, self.places, homes);
        polish::fill(&self.ground, &mut state);
        let mut pot = Pot::new(20_000);
        let start = state.clone();
        let steps = self.order.steps / 3;
        for hot in [300.0, 2_500.0] {
            let mut other = start.clone();
            let climate = Climate { hot, ..Climate::REPAIR };
            self.anneal(&hints, &mut other, climate, steps / 2, &mut dice, Some(&mut pot));
            if other.rank() > state.rank() {
                state = other;
            }
        }
        let mut proven = false;
        if self.ground.souls.len() <= FEW && self.order.steps > 0 {
            let work = (self.order.steps - steps) / STEPS_PER_WORK;
            let go_on = || !self.order.watch.stop();
            let exact = exact::Exact::new(&self.ground, &mut state, &held, pot.groups(), work, &go_on);
            proven = exact.is_some_and(exact::Exact::prove_change);
        }
        let mut teams = Vec::new();
        for (at, bunch) in state.bunches.iter().enumerate().filter(|(_, bunch)| !bunch.is_empty()) {
            teams.push(Team {
                mentors: bunch.mentors().to_vec(),
                participants: bunch.participants().to_vec(),
                key: before.get(at).and_then(|team| team.key),
                ..Team::default()
            });
        }
        Found { teams, bound: None, proven }
    }

    /// A few runs of the search, then a proof over the groups they saw and all others.
    fn small(
        &self,
        hints: &Hints,
        state: &mut State<C>,
        held: &[(usize, usize)],
        dice: &mut Dice,
    ) -> Option<Bound> {
        let people = self.ground.participants.len() as u64;
        let search = (self.order.steps / 3).min(people * 30_000);
        let mut pot = Pot::new(40_000);
        let start = state.clone();
        for _ in 0..RUNS {
            let mut other = start.clone();
            self.anneal(hints, &mut other, Climate::TIGHT, search / RUNS, dice, Some(&mut pot));
            if other.rank() > state.rank() {
                *state = other;
            }
        }
        self.touch_up(state);
        let work = (self.order.steps - search) / STEPS_PER_WORK;
        let go_on = || !self.order.watch.stop();
        self.tell(Phase::Prove, 0, state);
        exact::Exact::new(&self.ground, state, held, pot.groups(), work, &go_on)?.prove()
    }

    fn anneal(
        &self,
        hints: &Hints,
        state: &mut State<C>,
        climate: Climate,
        steps: u64,
        dice: &mut Dice,
        pot: Option<&mut Pot<C>>,
    ) {
        let go_on = |done: u64, state: &State<C>| {
            self.tell(Phase::Improve, percent(done, steps), state);
            !self.order.watch.stop()
        };
        let own = Dice::new(dice.bits());
        let ground = &self.ground;
        Run { ground, hints, climate, steps, dice: own, pot, go_on: &go_on }.improve(state);
    }

    fn large(&self, state: &mut State<C>) {
        let (placed, total) = (self.ground.participants.len() - state.waiting.len(), state.total);
        let waiting = state.waiting.len();
        let go_on = |done: u64| {
            let percent = u8::try_from(done.min(100)).unwrap_or(100);
            self.order.watch.progress(Progress {
                phase: Phase::Improve,
                percent,
                placed,
                unplaced: waiting,
                total,
            });
            !self.order.watch.stop()
        };
        let blocks = blocks::Blocks {
            pool: self.pool,
            ground: &self.ground,
            passes: PASSES,
            steps: self.order.steps,
            seed: self.order.seed,
            threads: self.order.threads,
            go_on: &go_on,
        };
        blocks.improve(state);
    }

    fn touch_up(&self, state: &mut State<C>) {
        polish::fill(&self.ground, state);
        polish::lift_weakest(&self.ground, state, (self.order.steps / 10).min(1_500_000));
    }

    fn tell(&self, phase: Phase, percent: u8, state: &State<C>) {
        let unplaced = state.waiting.len();
        let placed = self.ground.participants.len() - unplaced;
        self.order.watch.progress(Progress { phase, percent, placed, unplaced, total: state.total });
    }

    fn teams(&self, state: &State<C>) -> Vec<Team> {
        let team = |(at, bunch): (usize, &Bunch<C>)| {
            let lock = self.locked.get(at);
            Team {
                mentors: bunch.mentors().to_vec(),
                participants: bunch.participants().to_vec(),
                held_mentors: lock.map_or(0, |team| team.held_mentors),
                held: lock.map_or(0, |team| team.held),
                key: lock.and_then(|team| team.key),
            }
        };
        state.bunches.iter().enumerate().map(team).filter(|team| !team.is_empty()).collect()
    }
}

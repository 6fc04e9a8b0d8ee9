//! The way from a compiled problem to groups: build, improve, prove where the pool is small enough.
//!
//! Invariant: locked groups come first and in their order.

use super::super::plan::Bound;
use super::super::pool::Pool;
use super::super::team::Team;
use super::anneal::{Climate, Run};
use super::blocks::{Blocks, Tally};
use super::bunch::Bunch;
use super::dice::Dice;
use super::exact::Exact;
use super::greedy;
use super::ground::Ground;
use super::hints::{Hints, Look};
use super::polish;
use super::pot::Pot;
use super::state::State;
use super::watch::{Phase, Progress};
use super::{Found, Order};

/// People above which the work is dealt into blocks.
const MANY: usize = 12_000;

/// People up to which all groups are looked at for a proof.
pub(super) const FEW: usize = 400;
/// Steps for each participant from which a slower search finds more.
const PATIENCE: u64 = 8_000;
/// Runs of the search in a small pool.
const RUNS: u64 = 3;
/// Deals of a large pool into blocks.
const PASSES: u64 = 2;
/// Steps of the search that take as long as one unit of work of the proof.
pub(super) const STEPS_PER_WORK: u64 = 4;

fn percent(done: u64, of: u64) -> u8 {
    u8::try_from((done * 100 / of.max(1)).min(100)).unwrap_or(100)
}

pub(super) struct Search<'s, 'p, const C: usize> {
    pub(super) pool: &'p Pool<'p>,
    pub(super) ground: Ground<'p>,
    pub(super) locked: &'s [Team],
    pub(super) order: &'s Order<'s>,
    pub(super) places: usize,
}

impl<'s, 'p, const C: usize> Search<'s, 'p, C> {
    pub(super) fn new(pool: &'p Pool<'p>, locked: &'s [Team], order: &'s Order<'s>) -> Self {
        let ground = Ground::new(pool);
        let seats: usize = ground.mentors.iter().map(|who| usize::from(ground.soul(*who).capacity)).sum();
        let most =
            (ground.participants.len() / pool.rules.min_participants).min(seats / pool.rules.min_mentors);
        let places = most.max(locked.len());
        Self { pool, ground, locked, order, places }
    }

    pub(super) fn run(self) -> Found {
        let mut dice = Dice::new(self.order.seed);
        let bunches: Vec<Bunch<C>> =
            self.locked.iter().map(|team| Bunch::of(&team.mentors, &team.participants)).collect();
        let held: Vec<(usize, usize)> =
            self.locked.iter().map(|team| (team.held_mentors, team.held)).collect();
        let people = self.ground.souls.len();
        if people > MANY && self.order.steps > 0 {
            let mut state = State::of(&self.ground, &bunches, &held, self.places);
            self.large(&mut state);
            self.touch_up(&mut state);
            return Found { teams: self.teams(&state), bound: None, proven: false };
        }
        let (mentors, keep) = if people <= FEW {
            (usize::MAX, 40)
        } else if people <= MANY {
            (usize::MAX, 24)
        } else {
            (240, 16)
        };
        let look = Look { mentors, keep, seed: dice.bits(), threads: self.order.threads };
        let hints = Hints::new(&self.ground, look);
        let mut state = greedy::construct(&self.ground, &hints, &bunches, &held, self.places, &mut dice);
        self.tell(Phase::Build, 100, &state, None);
        let mut bound = None;
        if self.order.steps > 0 {
            if people <= FEW {
                bound = self.small(&hints, &mut state, &held, &mut dice);
            } else {
                let each = self.order.steps / self.ground.participants.len().max(1) as u64;
                let climate = if each < PATIENCE { Climate::LARGE } else { Climate::PATIENT };
                self.anneal(&hints, &mut state, climate, self.order.steps, &mut dice, None);
            }
            if bound.is_none() {
                self.touch_up(&mut state);
            }
        }
        Found { teams: self.teams(&state), bound, proven: false }
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
        self.tell(Phase::Prove, 0, state, None);
        let tell = |percent: u8, state: &State<C>, bound| self.tell(Phase::Prove, percent, state, bound);
        Exact::new(&self.ground, state, held, pot.groups(), work, &go_on)?.prove(&tell)
    }

    pub(super) fn anneal(
        &self,
        hints: &Hints,
        state: &mut State<C>,
        climate: Climate,
        steps: u64,
        dice: &mut Dice,
        pot: Option<&mut Pot<C>>,
    ) {
        let go_on = |done: u64, state: &State<C>| {
            self.tell(Phase::Improve, percent(done, steps), state, None);
            !self.order.watch.stop()
        };
        let own = Dice::new(dice.bits());
        let ground = &self.ground;
        Run { ground, hints, climate, steps, dice: own, pot, go_on: &go_on }.improve(state);
    }

    fn large(&self, state: &mut State<C>) {
        let people = self.ground.participants.len();
        let tell = |tally: Tally| {
            let placed = usize::try_from(tally.seated).unwrap_or(0);
            self.order.watch.progress(Progress {
                phase: Phase::Improve,
                percent: u8::try_from(tally.percent.min(100)).unwrap_or(100),
                placed,
                unplaced: people.saturating_sub(placed),
                total: tally.total,
                bound: None,
            });
        };
        let blocks = Blocks {
            pool: self.pool,
            ground: &self.ground,
            passes: PASSES,
            steps: self.order.steps,
            seed: self.order.seed,
            threads: self.order.threads,
            tell: &tell,
            stop: &|| self.order.watch.stop(),
        };
        blocks.improve(state);
    }

    fn touch_up(&self, state: &mut State<C>) {
        polish::fill(&self.ground, state);
        polish::lift_weakest(&self.ground, state, (self.order.steps / 10).min(1_500_000));
    }

    fn tell(&self, phase: Phase, percent: u8, state: &State<C>, bound: Option<i64>) {
        let unplaced = state.waiting.len();
        let placed = self.ground.participants.len() - unplaced;
        self.order.watch.progress(Progress { phase, percent, placed, unplaced, total: state.total, bound });
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

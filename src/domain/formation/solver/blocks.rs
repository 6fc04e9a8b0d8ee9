//! Large pools in parts: the groups are dealt into blocks, each block is compiled anew so that it
//! fits into the caches, and all cores work on blocks until none is left; then new blocks are dealt.
//! The first pass also builds the groups: within a block every participant can look at all mentors.
//!
//! Invariant: each block has its own seed and number of steps and results are put back in the order
//! of blocks, so the number of threads changes nothing but the time.

use super::super::pool::Pool;
use super::anneal::{Climate, Run};
use super::bunch::Bunch;
use super::deal::{self, Part};
use super::dice::Dice;
use super::greedy;
use super::ground::Ground;
use super::hints::{Hints, Look};
use super::state::State;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

/// What came of a part.
struct Done<const C: usize> {
    groups: Vec<Bunch<C>>,
    /// How many more people have a seat, and how much the total has grown.
    seated: i64,
    gained: i64,
}

/// People with a seat and the total, as they grow while several threads work.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    pub(super) percent: u64,
    pub(super) seated: i64,
    pub(super) total: i64,
}

/// Builds and improves a state by passes over blocks.
pub(super) struct Blocks<'b, 'p> {
    pub(super) pool: &'p Pool<'p>,
    pub(super) ground: &'b Ground<'p>,
    pub(super) passes: u64,
    pub(super) steps: u64,
    pub(super) seed: u64,
    pub(super) threads: usize,
    /// Told how far the work is.
    pub(super) tell: &'b (dyn Fn(Tally) + Sync + 'b),
    /// Asked now and then.
    pub(super) stop: &'b (dyn Fn() -> bool + Sync + 'b),
}

impl Blocks<'_, '_> {
    /// Runs all passes. Before each block it asks whether to go on; the first pass seats people in
    /// any case.
    pub(super) fn improve<const C: usize>(&self, state: &mut State<C>) {
        let mut dice = Dice::of_part(self.seed, u64::MAX);
        for pass in 0..self.passes {
            let parts = deal::deal(self.ground, state, &mut dice);
            let results = self.work(state, &parts, pass);
            for (part, done) in parts.iter().zip(results) {
                deal::put_back(self.ground, state, part, done.map(|done| done.groups));
            }
        }
    }

    fn work<const C: usize>(&self, state: &State<C>, parts: &[Part], pass: u64) -> Vec<Option<Done<C>>> {
        let next = AtomicUsize::new(0);
        let seats = self.ground.participants.len() - state.waiting.len();
        let seated = AtomicI64::new(i64::try_from(seats).unwrap_or(0));
        let total = AtomicI64::new(state.total);
        let results: Mutex<Vec<Option<Done<C>>>> = Mutex::new(parts.iter().map(|_| None).collect());
        std::thread::scope(|scope| {
            for _ in 0..self.threads.clamp(1, parts.len().max(1)) {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let share = (at * 100 / parts.len().max(1)) as u64 / self.passes;
                        let tally = Tally {
                            percent: pass * 100 / self.passes + share,
                            seated: seated.load(Ordering::Relaxed),
                            total: total.load(Ordering::Relaxed),
                        };
                        (self.tell)(tally);
                        let goes_on = !(self.stop)();
                        if at >= parts.len() || !goes_on && pass > 0 {
                            return;
                        }
                        let done = self.one(state, &parts[at], pass, at, goes_on);
                        seated.fetch_add(done.seated, Ordering::Relaxed);
                        total.fetch_add(done.gained, Ordering::Relaxed);
                        if let Ok(mut results) = results.lock() {
                            results[at] = Some(done);
                        }
                    }
                });
            }
        });
        results.into_inner().unwrap_or_default()
    }

    /// Compiles one block, seats those in it who have no group yet, and improves it if it may; its
    /// groups in numbers of the pool.
    fn one<const C: usize>(
        &self,
        state: &State<C>,
        part: &Part,
        pass: u64,
        at: usize,
        goes_on: bool,
    ) -> Done<C> {
        let ground = Ground::of(self.pool, &part.roles);
        let mut dice = Dice::of_part(self.seed, pass << 32 | at as u64);
        let look = Look { mentors: usize::MAX, keep: 24, seed: dice.bits(), threads: 1 };
        let hints = Hints::new(&ground, look);
        let open = ground.mentors.iter().map(|who| usize::from(ground.soul(*who).capacity)).sum::<usize>();
        let places = open / ground.rules.min_mentors;
        let mut inside = if part.places.is_empty() {
            greedy::construct(&ground, &hints, &[], &[], places, &mut dice)
        } else {
            let groups = part.places.iter().map(|at| part.inner(state.bunch(*at))).collect::<Vec<_>>();
            State::of(&ground, &groups, &[], places)
        };
        if goes_on {
            let share = ground.participants.len() as u64;
            let steps = self.steps / self.passes * share / self.ground.participants.len().max(1) as u64;
            let climate = if pass == 0 { Climate::LARGE } else { Climate::WARM };
            let go_on = |_: u64, _: &State<C>| !(self.stop)();
            Run { ground: &ground, hints: &hints, climate, steps, dice, pot: None, go_on: &go_on }
                .improve(&mut inside);
        }
        let (mut seated, mut gained) = (0, inside.total);
        for (_, bunch, _) in inside.groups() {
            seated += i64::from(bunch.k);
        }
        for at in &part.places {
            seated -= i64::from(state.bunch(*at).k);
            gained -= state.worth[*at as usize] * i64::from(state.bunch(*at).k);
        }
        let groups = inside.groups().map(|(_, bunch, _)| part.outer(bunch)).collect();
        Done { groups, seated, gained }
    }
}

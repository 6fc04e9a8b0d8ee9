//! Large pools in parts: the groups are dealt into blocks, each block is compiled anew so that it
//! fits into the caches, and all cores work on blocks until none is left; then new blocks are dealt.
//!
//! Invariant: each block has its own seed and number of steps and results are put back in the order
//! of blocks, so the number of threads changes nothing but the time.

use super::super::pool::{Pool, Who};
use super::anneal::{Climate, Run};
use super::bunch::Bunch;
use super::dice::Dice;
use super::ground::Ground;
use super::hints::{Hints, Look};
use super::soul::Role;
use super::state::State;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// People in a block at most.
pub(super) const BLOCK: usize = 6_000;

/// A share of the work.
struct Part {
    /// Places of its groups.
    places: Vec<u32>,
    roles: Vec<Role>,
}

/// Improves a state by passes over blocks.
pub(super) struct Blocks<'b, 'p> {
    pub(super) pool: &'p Pool<'p>,
    pub(super) ground: &'b Ground<'p>,
    pub(super) passes: u64,
    pub(super) steps: u64,
    pub(super) seed: u64,
    pub(super) threads: usize,
    pub(super) go_on: &'b (dyn Fn(u64) -> bool + Sync + 'b),
}

impl Blocks<'_, '_> {
    /// Runs all passes; between them and blocks it asks whether to go on.
    pub(super) fn improve<const C: usize>(&self, state: &mut State<C>) {
        let mut dice = Dice::of_part(self.seed, u64::MAX);
        for pass in 0..self.passes {
            let parts = self.deal(state, &mut dice);
            let results = self.work(state, &parts, pass);
            for (part, groups) in parts.iter().zip(results) {
                put_back(self.ground, state, part, groups);
            }
        }
    }

    fn work<const C: usize>(
        &self,
        state: &State<C>,
        parts: &[Part],
        pass: u64,
    ) -> Vec<Option<Vec<Bunch<C>>>> {
        let next = AtomicUsize::new(0);
        let results = Mutex::new(vec![None; parts.len()]);
        std::thread::scope(|scope| {
            for _ in 0..self.threads.clamp(1, parts.len().max(1)) {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let done =
                            pass * 100 / self.passes + (at * 100 / parts.len().max(1)) as u64 / self.passes;
                        if at >= parts.len() || !(self.go_on)(done) {
                            return;
                        }
                        let groups = self.one(state, &parts[at], pass, at);
                        if let Ok(mut results) = results.lock() {
                            results[at] = Some(groups);
                        }
                    }
                });
            }
        });
        results.into_inner().unwrap_or_default()
    }

    /// Compiles and improves one block; its groups in numbers of the pool.
    fn one<const C: usize>(&self, state: &State<C>, part: &Part, pass: u64, at: usize) -> Vec<Bunch<C>> {
        let ground = Ground::of(self.pool, &part.roles);
        let numbers: BTreeMap<Who, Who> =
            part.roles.iter().zip(0..).map(|(role, at)| (role.who, at)).collect();
        let inner = |bunch: &Bunch<C>| {
            let map = |people: &[Who]| people.iter().map(|who| numbers[who]).collect::<Vec<_>>();
            Bunch::of(&map(bunch.mentors()), &map(bunch.participants()))
        };
        let groups: Vec<Bunch<C>> = part.places.iter().map(|at| inner(state.bunch(*at))).collect();
        let mut dice = Dice::of_part(self.seed, pass << 32 | at as u64);
        let look = Look { mentors: usize::MAX, keep: 24, seed: dice.bits(), threads: 1 };
        let hints = Hints::new(&ground, look);
        let open = ground.mentors.iter().map(|who| usize::from(ground.soul(*who).capacity)).sum::<usize>();
        let mut inside = State::of(&ground, &groups, &[], open / ground.rules.min_mentors);
        let share = ground.participants.len() as u64;
        let steps = self.steps / self.passes * share / self.ground.participants.len().max(1) as u64;
        let climate = if pass == 0 { Climate::LARGE } else { Climate::WARM };
        let go_on = |_: u64, _: &State<C>| (self.go_on)(100);
        Run { ground: &ground, hints: &hints, climate, steps, dice, pot: None, go_on: &go_on }
            .improve(&mut inside);
        let outer = |bunch: &Bunch<C>| {
            let map =
                |people: &[Who]| people.iter().map(|who| part.roles[*who as usize].who).collect::<Vec<_>>();
            Bunch::of(&map(bunch.mentors()), &map(bunch.participants()))
        };
        inside.groups().map(|(_, bunch, _)| outer(bunch)).collect()
    }

    /// Deals groups that are not locked, idle mentors and waiting people into blocks.
    fn deal<const C: usize>(&self, state: &State<C>, dice: &mut Dice) -> Vec<Part> {
        let ground = self.ground;
        let mut places: Vec<u32> =
            state.groups().map(|(at, ..)| at).filter(|at| !state.is_locked(*at)).collect();
        dice.shuffle(&mut places);
        let count = ground.souls.len().div_ceil(BLOCK).max(1);
        let mut parts: Vec<Part> =
            (0..count).map(|_| Part { places: Vec::new(), roles: Vec::new() }).collect();
        let mut roles: Vec<BTreeMap<Who, Role>> = vec![BTreeMap::new(); count];
        for (turn, at) in places.into_iter().enumerate() {
            let part = turn % count;
            parts[part].places.push(at);
            for &who in state.bunch(at).mentors() {
                role(&mut roles[part], who).capacity += 1;
            }
            for &who in state.bunch(at).participants() {
                role(&mut roles[part], who).wants_seat = true;
            }
        }
        let mut idle: Vec<(Who, u8)> = Vec::new();
        for &who in &ground.mentors {
            let led = u8::try_from(state.leads[who as usize].len()).unwrap_or(u8::MAX);
            idle.extend((led < ground.soul(who).capacity).then(|| (who, ground.soul(who).capacity - led)));
        }
        dice.shuffle(&mut idle);
        for (turn, (who, more)) in idle.into_iter().enumerate() {
            role(&mut roles[turn % count], who).capacity += more;
        }
        let mut waiting = state.waiting.clone();
        waiting.sort_unstable();
        dice.shuffle(&mut waiting);
        let mut turn = 0;
        for &who in &waiting {
            let unit = &ground.rest(who).unit;
            if unit[0] == who {
                for who in unit {
                    role(&mut roles[turn % count], *who).wants_seat = true;
                }
                turn += 1;
            }
        }
        for (part, roles) in parts.iter_mut().zip(roles) {
            part.roles = roles.into_values().collect();
        }
        parts
    }
}

fn role(roles: &mut BTreeMap<Who, Role>, who: Who) -> &mut Role {
    roles.entry(who).or_insert(Role { who, capacity: 0, wants_seat: false })
}

/// Replaces the groups of a block by their new versions; a block that was not worked on stays.
fn put_back<const C: usize>(
    ground: &Ground<'_>,
    state: &mut State<C>,
    part: &Part,
    groups: Option<Vec<Bunch<C>>>,
) {
    let Some(groups) = groups else { return };
    let mut places = part.places.clone();
    let lifted: Vec<(u32, Bunch<C>, i64)> = places.iter().map(|at| (*at, Bunch::EMPTY, 0)).collect();
    state.take(ground, &lifted);
    while places.len() < groups.len() {
        let spare = state.spare.iter().rev().find(|at| !places.contains(at)).copied();
        let Some(spare) = spare else { break };
        places.push(spare);
    }
    let changes: Vec<(u32, Bunch<C>, i64)> = places
        .iter()
        .zip(&groups)
        .map(|(at, bunch)| (*at, *bunch, ground.worth(bunch, false).unwrap_or(0)))
        .collect();
    for change in &changes {
        state.take(ground, std::slice::from_ref(change));
    }
}

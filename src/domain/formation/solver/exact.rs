//! Proof: the most that any plan can reach, and often a better plan on the way.
//!
//! Invariant: a bound never lies below a plan that exists; `optimal` is only said when seats, the
//! weakest group and the total were each proven in this order.

use super::super::plan::{Bound, FULL_SCORE};
use super::super::pool::Who;
use super::bunch::Bunch;
use super::goal::Goal;
use super::ground::Ground;
use super::master::{Allowed, Master};
use super::quarry::{Quarry, Stone};
use super::rows::Caps;
use super::state::{NONE, State};

/// Columns of a tree at most.
pub(super) const MOST_COLUMNS: usize = 60_000;

/// One part in so many of the work goes into the weakest group.
const WEAKEST_SHARE: u64 = 2;
/// Groups with their scores and labels.
pub(super) type Groups<const C: usize> = Vec<(Bunch<C>, i64, Option<usize>)>;

/// A proof in progress.
pub(super) struct Exact<'e, 'g, 'p, const C: usize> {
    pub(super) ground: &'g Ground<'p>,
    pub(super) quarry: Quarry<'g, 'p, C>,
    pub(super) goal: Goal,
    pub(super) held: &'e [(usize, usize)],
    /// People locked into each place with a number.
    pub(super) labels: Vec<(Vec<Who>, Vec<Who>)>,
    pub(super) places: usize,
    pub(super) stones: Vec<Stone<C>>,
    pub(super) state: &'e mut State<C>,
    pub(super) allowed: Allowed<'e>,
}

/// What is proven about a part of the rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// The state cannot be beaten.
    Best,
    /// It can be beaten up to here.
    UpTo(i64),
}

impl<'e, 'g, 'p, const C: usize> Exact<'e, 'g, 'p, C> {
    /// Prepares a proof about a state; none when the pool is too wide for one.
    pub(super) fn new(
        ground: &'g Ground<'p>,
        state: &'e mut State<C>,
        held: &'e [(usize, usize)],
        groups: impl Iterator<Item = (Bunch<C>, i64)>,
        work: u64,
        go_on: &'e dyn Fn() -> bool,
    ) -> Option<Self> {
        let lock = |at: u32| {
            let bunch = state.bunch(at);
            let mentors = bunch.mentors().iter().filter(|who| state.is_fixed_mentor(at, **who));
            let seats = bunch.participants().iter().filter(|who| state.fixed[**who as usize]);
            (mentors.copied().collect(), seats.copied().collect())
        };
        let mut labels: Vec<(Vec<Who>, Vec<Who>)> = (0..).take(held.len()).map(lock).collect();
        let before = state.homes.seat.iter().filter(|at| **at != NONE).map(|at| *at as usize + 1).max();
        labels.resize(before.unwrap_or(0).max(labels.len()), (Vec::new(), Vec::new()));
        let quarry = Quarry::new(ground, &labels, state.homes.clone())?;
        let stones = groups
            .filter(|_| held.is_empty())
            .map(|(bunch, worth)| Stone { bunch, worth, label: None, gain: 0.0 })
            .collect();
        let allowed = Allowed { work, go_on };
        let (goal, places) = (Goal::of(ground, &state.homes), state.bunches.len());
        Some(Self { ground, quarry, goal, held, labels, places, stones, state, allowed })
    }

    /// Proves what it can, and leaves the best state it found. After each part it tells how much of the way is done, the
    /// state, and the bound of the total.
    pub(super) fn prove(mut self, tell: &dyn Fn(u8, &State<C>, Option<i64>)) -> Option<Bound> {
        let seats = self.seats()?;
        tell(10, self.state, None);
        let rough = self.rough_total();
        let most = FULL_SCORE * self.caps()[0];
        let known = (rough < most).then(|| rough.max(self.state.total));
        tell(30, self.state, known);
        // The weakest group must not use up what the total needs.
        let rest = self.allowed.work;
        self.allowed.work = rest / WEAKEST_SHARE;
        let weakest = self.weakest();
        self.allowed.work += rest - rest / WEAKEST_SHARE;
        tell(65, self.state, known.map(|known| known.max(self.state.total)));
        let total = match self.total(None) {
            Known::UpTo(bound) if rough < bound => Known::UpTo(rough),
            known => known,
        };
        let score = |known: Known, value: i64| match known {
            Known::Best => value,
            Known::UpTo(bound) => bound.max(value),
        };
        let placed = self.caps()[0];
        let bound = Bound {
            placed: usize::try_from(score(seats, placed)).unwrap_or(0),
            worst_group: score(weakest, self.state.weakest()),
            total: score(total, self.state.total),
            optimal: [seats, weakest, total].iter().all(|known| *known == Known::Best),
        };
        Some(bound)
    }

    /// Finds as few moves as possible; whether that is proven.
    pub(super) fn prove_change(mut self) -> bool {
        let proven = self.seats() == Some(Known::Best);
        if proven {
            self.total(Some(0));
        }
        proven
    }

    /// Seats, people left out before and mentors with a group in the present state.
    pub(super) fn caps(&self) -> Caps {
        let count = |count: usize| i64::try_from(count).unwrap_or(0);
        let placed = count(self.ground.participants.len() - self.state.waiting.len());
        let before = self.ground.participants.iter().filter(|who| self.ground.soul(**who).left_out).count();
        [placed, count(before) - self.state.again, self.state.stayed, self.state.led]
    }

    pub(super) fn worths(&self) -> [i64; 4] {
        [self.goal.seat, self.goal.again, self.goal.stay, self.goal.first]
    }

    pub(super) fn reward(&self, caps: Caps) -> i64 {
        let lock = self.goal.lock * i64::try_from(self.held.len()).unwrap_or(0);
        lock + caps.iter().zip(self.worths()).map(|(cap, worth)| cap * worth).sum::<i64>()
    }

    /// A master over the groups known so far.
    pub(super) fn master<'m>(
        &self,
        quarry: &'m Quarry<'g, 'p, C>,
        goal: &'m Goal,
        floor: i64,
        caps: Caps,
    ) -> Master<'m, 'g, 'p, C> {
        let mut master = Master::new(quarry, goal, (self.labels.len(), self.held.len()), floor, caps);
        for stone in self.stones.iter().chain(&self.present()) {
            master.add(stone);
        }
        master
    }

    /// The groups of the present state.
    fn present(&self) -> Vec<Stone<C>> {
        let stone = |(at, bunch, worth): (u32, &Bunch<C>, i64)| {
            let label = Some(at as usize).filter(|label| *label < self.labels.len());
            Stone { bunch: bunch.sorted(), worth, label, gain: 0.0 }
        };
        self.state.groups().map(stone).collect()
    }

    /// Takes a choice of groups over as the state.
    pub(super) fn adopt(&mut self, mut groups: Groups<C>) {
        let mut bunches = vec![Bunch::EMPTY; self.labels.len()];
        groups.sort_by_key(|(bunch, ..)| (bunch.mentors().to_vec(), bunch.participants().to_vec()));
        for (bunch, _, label) in groups {
            match label {
                Some(label) => bunches[label] = self.held_first(label, &bunch),
                None => bunches.push(bunch),
            }
        }
        let homes = self.state.homes.clone();
        *self.state = State::with_homes(self.ground, &bunches, self.held, self.places, homes);
    }

    /// A group with its locked people in front.
    fn held_first(&self, label: usize, bunch: &Bunch<C>) -> Bunch<C> {
        let (mentors, participants) = &self.labels[label];
        let order = |held: &[Who], all: &[Who]| -> Vec<Who> {
            held.iter().copied().chain(all.iter().copied().filter(|who| !held.contains(who))).collect()
        };
        Bunch::of(&order(mentors, bunch.mentors()), &order(participants, bunch.participants()))
    }
}

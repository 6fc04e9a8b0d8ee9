//! Proof: the most that any plan can reach, and often a better plan on the way.
//!
//! Invariant: a bound never lies below a plan that exists; `optimal` is only said when seats, the
//! weakest group and the total were each proven in this order.

use super::super::plan::{Bound, FULL_SCORE};
use super::super::pool::Who;
use super::branch::{Proof, Tree};
use super::bunch::Bunch;
use super::goal::Goal;
use super::ground::Ground;
use super::master::{Allowed, Caps, Master};
use super::quarry::{Quarry, Stone};
use super::state::{NONE, State};

/// Columns of a tree at most.
pub(super) const MOST_COLUMNS: usize = 60_000;

/// One part in so many of the work goes into the weakest group.
const WEAKEST_SHARE: u64 = 2;
/// Looks at shares alone before whole groups are tried for a better weakest group.
const LOOKS: usize = 6;

/// Groups with their scores and labels.
type Groups<const C: usize> = Vec<(Bunch<C>, i64, Option<usize>)>;

/// A proof in progress.
pub(super) struct Exact<'e, 'g, 'p, const C: usize> {
    ground: &'g Ground<'p>,
    quarry: Quarry<'g, 'p, C>,
    goal: Goal,
    held: &'e [(usize, usize)],
    /// People locked into each place with a number.
    labels: Vec<(Vec<Who>, Vec<Who>)>,
    places: usize,
    stones: Vec<Stone<C>>,
    state: &'e mut State<C>,
    allowed: Allowed<'e>,
}

/// What is proven about a part of the rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
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

    /// Proves what it can, and leaves the best state it found.
    pub(super) fn prove(mut self) -> Option<Bound> {
        let seats = self.seats()?;
        let rough = self.rough_total();
        // The weakest group must not use up what the total needs.
        let rest = self.allowed.work;
        self.allowed.work = rest / WEAKEST_SHARE;
        let weakest = self.weakest();
        self.allowed.work += rest - rest / WEAKEST_SHARE;
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
    fn caps(&self) -> Caps {
        let count = |count: usize| i64::try_from(count).unwrap_or(0);
        let placed = count(self.ground.participants.len() - self.state.waiting.len());
        let before = self.ground.participants.iter().filter(|who| self.ground.soul(**who).left_out).count();
        [placed, count(before) - self.state.again, self.state.stayed, self.state.led]
    }

    fn worths(&self) -> [i64; 4] {
        [self.goal.seat, self.goal.again, self.goal.stay, self.goal.first]
    }

    fn reward(&self, caps: Caps) -> i64 {
        let lock = self.goal.lock * i64::try_from(self.held.len()).unwrap_or(0);
        lock + caps.iter().zip(self.worths()).map(|(cap, worth)| cap * worth).sum::<i64>()
    }

    /// A master over the groups known so far.
    fn master<'m>(
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
    fn adopt(&mut self, mut groups: Groups<C>) {
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

    /// Prices a master out, then searches the tree over all groups that can matter. The outcome
    /// tells what is proven about choices worth at least `needed`.
    fn settle(
        &mut self,
        floor: i64,
        caps: Caps,
        needed: i64,
        first: bool,
    ) -> Option<(Known, Option<Groups<C>>)> {
        let (quarry, goal) = (self.quarry.take(), self.goal.clone());
        let answer = self.settle_in(&quarry, &goal, floor, caps, needed, first);
        self.quarry = quarry;
        answer
    }

    fn settle_in(
        &mut self,
        quarry: &Quarry<'g, 'p, C>,
        goal: &Goal,
        floor: i64,
        caps: Caps,
        needed: i64,
        first: bool,
    ) -> Option<(Known, Option<Groups<C>>)> {
        let mut master = self.master(quarry, goal, floor, caps);
        let bound = master.price_out(&mut self.allowed, needed);
        let answer = self.tree(&mut master, bound, needed, first);
        // What was found once need not be looked for again.
        self.stones = master.stones(MOST_COLUMNS / 2);
        answer
    }

    fn tree(
        &mut self,
        master: &mut Master<'_, 'g, 'p, C>,
        bound: Option<f64>,
        needed: i64,
        first: bool,
    ) -> Option<(Known, Option<Groups<C>>)> {
        let bound = (bound? + 0.02).floor() as i64;
        if bound < needed {
            return Some((Known::Best, None));
        }
        let least = (needed - bound) as f64 - 1.0;
        let all = master.look(least, 0, &mut self.allowed);
        let complete = all.is_some();
        for stone in all.map(|(stones, _)| stones).unwrap_or_default() {
            master.add(&stone);
        }
        let work = if complete { self.allowed.work } else { self.allowed.work / 3 };
        let before = master.program.work;
        let mut tree = Tree::new(master, needed, first, work, self.allowed.go_on);
        let proof = tree.search();
        let best = tree.best.take();
        let used = master.program.work - before;
        self.allowed.work = self.allowed.work.saturating_sub(used);
        let known = match proof {
            Proof::Complete if complete => Known::Best,
            Proof::Cut(open) if complete => Known::UpTo(open.min(bound)),
            _ => Known::UpTo(bound),
        };
        Some((known, best.map(|(_, chosen)| master.groups(&chosen))))
    }

    /// Proves how many can have a seat, and who, tier by tier; better states on the way are taken over.
    fn seats(&mut self) -> Option<Known> {
        let whole = self.goal.clone();
        let mut caps = Goal::most(self.ground, &self.quarry.homes);
        let mut answer = Some(Known::Best);
        for tier in 0..caps.len() {
            self.goal = Goal::of_tier(self.ground, &self.quarry.homes, tier);
            let known = self.tier(tier, &mut caps);
            if known != Some(Known::Best) {
                answer = known.map(|_| Known::UpTo(caps[0]));
                break;
            }
        }
        self.goal = whole;
        answer
    }

    /// Proves how many of one tier there can be, those above being settled.
    fn tier(&mut self, tier: usize, caps: &mut Caps) -> Option<Known> {
        loop {
            let have = self.caps();
            if have[tier] >= caps[tier] {
                return Some(Known::Best);
            }
            let worth = self.worths()[tier];
            let mut settled = have;
            settled[tier..].fill(0);
            let settled = self.reward(settled);
            let needed = settled + (have[tier] + 1) * worth;
            let (known, better) = self.settle(0, *caps, needed, true)?;
            if let Some(groups) = better {
                self.adopt(groups);
                continue;
            }
            let Known::UpTo(bound) = known else {
                caps[tier] = have[tier];
                return Some(Known::Best);
            };
            let most = (bound - settled).div_euclid(worth).max(have[tier]);
            if most >= caps[tier] {
                return Some(Known::UpTo(most));
            }
            caps[tier] = most;
        }
    }

    /// Proves how good the weakest group can be with as many seats.
    fn weakest(&mut self) -> Known {
        let caps = self.caps();
        let needed = self.reward(caps);
        // No group of any plan scores `open`; none that this proof may still find scores `reach`.
        let mut open = self.too_high_from(caps, needed);
        let mut reach = open;
        loop {
            let have = self.state.weakest();
            if have + 1 >= open || self.state.total == 0 {
                return Known::Best;
            }
            if have + 1 >= reach {
                return Known::UpTo(open - 1);
            }
            let floor = have + ((reach - have) / 3).max(1);
            match self.settle(floor, caps, needed, true) {
                Some((_, Some(groups))) => self.adopt(groups),
                Some((Known::Best, None)) => (open, reach) = (floor, floor),
                Some((Known::UpTo(_), None)) if self.allowed.work > 0 => reach = floor,
                _ => return Known::UpTo(open - 1),
            }
        }
    }

    /// A score that no weakest group reaches, by halving what shares allow.
    fn too_high_from(&mut self, caps: Caps, needed: i64) -> i64 {
        let rest = self.allowed.work;
        let (mut low, mut open) = (self.state.weakest() + 1, FULL_SCORE + 1);
        for _ in 0..LOOKS {
            if low >= open || self.allowed.work < rest * 2 / 3 {
                break;
            }
            let middle = i64::midpoint(low, open);
            match self.too_high(middle, caps, needed) {
                Some(true) => open = middle,
                Some(false) => low = middle + 1,
                None => break,
            }
        }
        open
    }

    /// A first bound on the total of plans with as many seats and no weaker group.
    fn rough_total(&mut self) -> i64 {
        let (caps, floor) = (self.caps(), self.state.weakest());
        let (quarry, goal) = (self.quarry.take(), self.goal.clone());
        let (mut master, reward) = (self.master(&quarry, &goal, floor, caps), self.reward(caps));
        let bound = master.price_out(&mut self.allowed, reward);
        self.stones = master.stones(MOST_COLUMNS / 2);
        self.quarry = quarry;
        bound.map_or(i64::MAX, |bound| (bound + 0.02).floor() as i64 - reward)
    }

    /// Whether no plan has as many seats with every group at this score or above.
    fn too_high(&mut self, floor: i64, caps: Caps, needed: i64) -> Option<bool> {
        let (quarry, goal) = (self.quarry.take(), self.goal.clone());
        let answer = self.master(&quarry, &goal, floor, caps).reaches(&mut self.allowed, needed as f64);
        self.quarry = quarry;
        answer.map(|reached| !reached)
    }

    /// Proves the total with as many seats and no weaker group.
    fn total(&mut self, floor: Option<i64>) -> Known {
        loop {
            let (caps, floor) = (self.caps(), floor.unwrap_or_else(|| self.state.weakest()));
            let needed = self.reward(caps) + self.state.total + 1;
            let Some((known, better)) = self.settle(floor, caps, needed, false) else {
                return Known::UpTo(FULL_SCORE * caps[0]);
            };
            let found = better.is_some();
            if let Some(groups) = better {
                self.adopt(groups);
            }
            match known {
                Known::Best => return Known::Best,
                Known::UpTo(bound) => {
                    let total = bound - self.reward(caps);
                    if !found || self.allowed.work == 0 {
                        return if total <= self.state.total { Known::Best } else { Known::UpTo(total) };
                    }
                }
            }
        }
    }
}

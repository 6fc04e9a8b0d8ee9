//! What is proven one after the other: seats tier by tier, the weakest group, the total.
//!
//! Invariant: a claim holds for all plans that are as good in what was proven before it.

use super::super::plan::FULL_SCORE;
use super::exact::{Exact, Known, MOST_COLUMNS};
use super::goal::Goal;
use super::rows::Caps;

/// Looks at shares alone before whole groups are tried for a better weakest group.
const LOOKS: usize = 6;

impl<const C: usize> Exact<'_, '_, '_, C> {
    /// Proves how many can have a seat, and who, tier by tier; better states on the way are taken over.
    pub(super) fn seats(&mut self) -> Option<Known> {
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
    pub(super) fn weakest(&mut self) -> Known {
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
    pub(super) fn rough_total(&mut self) -> i64 {
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
    pub(super) fn total(&mut self, floor: Option<i64>) -> Known {
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

//! One question of the proof: is there a choice of groups worth so much? Shares give a bound, a tree
//! over all groups that can matter gives the answer.
//!
//! Invariant: "the best" is only said when no group that could change the answer was left out.

use super::branch::{Proof, Tree};
use super::exact::{Exact, Groups, Known, MOST_COLUMNS};
use super::goal::Goal;
use super::master::Master;
use super::quarry::Quarry;
use super::rows::Caps;

impl<'g, 'p, const C: usize> Exact<'_, 'g, 'p, C> {
    /// Prices a master out, then searches the tree over all groups that can matter. The outcome
    /// tells what is proven about choices worth at least `needed`.
    pub(super) fn settle(
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
}

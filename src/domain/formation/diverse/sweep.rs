//! One look at every exchange of one person, in loops a compiler turns into vector instructions.
//!
//! Invariant: weights are built from whole numbers and added in sixteen fixed lanes, so a machine
//! with wide registers and one without get the same sum, bit for bit.

use super::heat::Heat;
use super::instance::{Instance, LANES};
use super::lookup::{Lookup, TABLE};
use super::state::State;

/// A gain so bad that its weight is nothing; it marks the own group and the padding.
const NEVER: i32 = -(1 << 29);
/// Room for the weights of one row.
#[derive(Debug, Clone)]
pub(super) struct Sweep {
    weights: Vec<f32>,
    table: Box<[i32; TABLE]>,
}

impl Sweep {
    pub(super) fn new(instance: &Instance) -> Self {
        let width = instance.width();
        Self { weights: vec![0.0; width], table: Box::new([NEVER; TABLE]) }
    }

    /// Notes what person `x` would bring to each group, and returns the own group.
    #[inline(always)]
    fn fill(&mut self, instance: &Instance, state: &State, x: usize) -> usize {
        let count = instance.limits().len();
        let own = state.groups[x] as usize;
        for (entry, ties) in self.table[..count].iter_mut().zip(state.ties.chunks_exact(instance.width())) {
            *entry = ties[x];
        }
        self.table[own] = NEVER;
        self.table[count] = NEVER;
        own
    }

    /// Weighs the exchange of person `x` with everybody and returns the sum of the weights.
    #[inline(always)]
    pub(super) fn weigh<L: Lookup>(
        &mut self,
        lookup: L,
        instance: &Instance,
        state: &State,
        x: usize,
        heat: Heat,
    ) -> f32 {
        let width = instance.width();
        let a = self.fill(instance, state, x);
        let held = lookup.hold(&self.table);
        let base = state.own[x];
        let weights = self.weights[..width].as_chunks_mut::<LANES>().0;
        let groups = state.groups[..width].as_chunks::<LANES>().0;
        let near = state.ties[a * width..][..width].as_chunks::<LANES>().0;
        let own = state.own[..width].as_chunks::<LANES>().0;
        let far = instance.row(x).as_chunks::<LANES>().0;
        let mut sums = [0.0_f32; LANES];
        for ((weights, groups), ((near, own), far)) in
            weights.iter_mut().zip(groups).zip(near.iter().zip(own).zip(far))
        {
            let away = lookup.find(held, &self.table, groups);
            for lane in 0..LANES {
                let gain = away[lane] - base + near[lane] - own[lane] - 2 * far[lane];
                let weight = heat.weight(gain);
                weights[lane] = weight;
                sums[lane] += weight;
            }
        }
        tree_sum(sums)
    }

    /// The largest gain any exchange of person `x` would bring; [`NEVER`] or less when there is
    /// nobody to exchange with.
    #[inline(always)]
    pub(super) fn best<L: Lookup>(&mut self, lookup: L, instance: &Instance, state: &State, x: usize) -> i32 {
        let width = instance.width();
        let a = self.fill(instance, state, x);
        let held = lookup.hold(&self.table);
        let base = state.own[x];
        let groups = state.groups[..width].as_chunks::<LANES>().0;
        let near = state.ties[a * width..][..width].as_chunks::<LANES>().0;
        let own = state.own[..width].as_chunks::<LANES>().0;
        let far = instance.row(x).as_chunks::<LANES>().0;
        let mut most = [NEVER; LANES];
        for ((groups, near), (own, far)) in groups.iter().zip(near).zip(own.iter().zip(far)) {
            let away = lookup.find(held, &self.table, groups);
            for lane in 0..LANES {
                most[lane] = most[lane].max(away[lane] - base + near[lane] - own[lane] - 2 * far[lane]);
            }
        }
        most.into_iter().max().unwrap_or(NEVER)
    }

    /// The person whose weight holds the point `at` of the sum; nobody when rounding left none.
    #[inline(always)]
    pub(super) fn pick(&self, mut at: f32) -> Option<usize> {
        for (block, weights) in self.weights.as_chunks::<LANES>().0.iter().enumerate() {
            let sum = tree_sum(*weights);
            if at < sum {
                for (lane, weight) in weights.iter().enumerate() {
                    if at < *weight {
                        return Some(block * LANES + lane);
                    }
                    at -= weight;
                }
                return None;
            }
            at -= sum;
        }
        None
    }
}

/// The sum of sixteen numbers, added in pairs: short, and the same everywhere.
#[inline(always)]
fn tree_sum(sums: [f32; LANES]) -> f32 {
    let mut eight = [0.0; 8];
    for lane in 0..8 {
        eight[lane] = sums[lane] + sums[lane + 8];
    }
    let four = [eight[0] + eight[4], eight[1] + eight[5], eight[2] + eight[6], eight[3] + eight[7]];
    (four[0] + four[2]) + (four[1] + four[3])
}

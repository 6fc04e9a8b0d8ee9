//! Seeded chance in whole numbers.
//!
//! Invariant: the same seed gives the same draws on every machine; nothing here uses fractions.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws.
#[derive(Debug, Clone)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `limit`; 0 when the limit is 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * (limit as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// True once in `times` on average.
    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_stream_within_its_limits() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            (0..50).map(|_| chance.below(10)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|number| *number < 10));
        let mut chance = Chance::new(1);
        assert_eq!(chance.below(0), 0);
    }

    #[test]
    fn a_shuffle_loses_nobody() {
        let mut list: Vec<u32> = (0..20).collect();
        Chance::new(3).shuffle(&mut list);
        assert_ne!(list, (0..20).collect::<Vec<_>>());
        list.sort_unstable();
        assert_eq!(list, (0..20).collect::<Vec<_>>());
    }
}

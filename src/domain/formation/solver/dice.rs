//! Fast seeded chance for the search, in arithmetic that is the same on every machine.
//!
//! Invariant: one seed gives one stream; nothing here calls a function of a mathematics library
//! whose last digit may differ between systems.

/// A stream of draws (xoroshiro128+, seeded by splitmix).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64, u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        let mut state = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut next = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        };
        let first = next();
        Self(first | 1, next())
    }

    /// A stream of its own for a part of the work.
    pub(super) fn of_part(seed: u64, part: u64) -> Self {
        Self::new(seed ^ part.wrapping_add(1).wrapping_mul(0xD134_2543_DE82_EF95))
    }

    #[inline]
    pub(super) fn bits(&mut self) -> u64 {
        let (first, mut second) = (self.0, self.1);
        let drawn = first.wrapping_add(second);
        second ^= first;
        self.0 = first.rotate_left(24) ^ second ^ (second << 16);
        self.1 = second.rotate_left(37);
        drawn
    }

    /// A number below `limit`; 0 when the limit is 0.
    #[inline]
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.bits()) * (limit as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A member of the list, if it has any.
    #[inline]
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        list.get(self.below(list.len())).copied()
    }

    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }

    /// An exponential draw with mean 1: the loss a search may take, in units of its heat.
    #[inline]
    pub(super) fn loss(&mut self) -> f64 {
        let bits = self.bits() | 1;
        let zeros = bits.leading_zeros();
        // The number is 2^-zeros times a mantissa from 1/2 to 1; its logarithm is a sum of both.
        let mantissa = ((bits << zeros) >> 11) as f64 / (1_u64 << 53) as f64;
        let step = (mantissa - 1.0) / (mantissa + 1.0);
        let square = step * step;
        let log = 2.0 * step * (1.0 + square * (1.0 / 3.0 + square * (0.2 + square / 7.0)));
        f64::from(zeros) * std::f64::consts::LN_2 - log
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_exponential_with_mean_one() {
        let mut dice = Dice::new(5);
        let draws: Vec<f64> = (0..100_000).map(|_| dice.loss()).collect();
        let mean = draws.iter().sum::<f64>() / 100_000.0;
        let beyond = draws.iter().filter(|draw| **draw > 1.0).count();
        assert!((0.98..1.02).contains(&mean), "{mean}");
        assert!((36_200..37_400).contains(&beyond), "{beyond}");
        assert!(draws.iter().all(|draw| *draw >= 0.0));
    }

    #[test]
    fn one_seed_gives_one_stream_and_parts_differ() {
        let draw = |mut dice: Dice| (0..20).map(|_| dice.below(1_000)).collect::<Vec<_>>();
        assert_eq!(draw(Dice::new(7)), draw(Dice::new(7)));
        assert_ne!(draw(Dice::of_part(7, 0)), draw(Dice::of_part(7, 1)));
        assert_eq!(Dice::new(1).below(0), 0);
    }
}

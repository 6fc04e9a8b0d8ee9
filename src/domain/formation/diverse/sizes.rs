//! How large each group should be before anybody is seated.
//!
//! Invariant: the planned sizes keep every bound and seat everybody.

use super::instance::Instance;

/// Mean and standard deviation of the distances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    mean: f64,
    deviation: f64,
}

/// What a good group has above chance, in deviations times `size^1.5`; measured on random distances.
const EXCESS: f64 = 1.2;

impl Spread {
    pub(super) fn of(instance: &Instance) -> Self {
        let people = instance.people();
        let (mut sum, mut squares, mut pairs) = (0_i128, 0_i128, 0_i128);
        for a in 0..people {
            for apart in &instance.row(a)[a + 1..people] {
                let apart = i128::from(*apart);
                sum += apart;
                squares += apart * apart;
                pairs += 1;
            }
        }
        let pairs = pairs.max(1) as f64;
        let mean = sum as f64 / pairs;
        Self { mean, deviation: (squares as f64 / pairs - mean * mean).max(0.0).sqrt() }
    }

    /// Whether the number of pairs decides so much of the sum that other sizes than the planned
    /// ones are not worth a look.
    pub(super) fn favours_plan(self) -> bool {
        self.mean > 0.0 && self.deviation < 0.8 * self.mean
    }

    /// About what a well-chosen group of this size is worth.
    fn worth(self, size: usize) -> f64 {
        let size = size as f64;
        self.mean * size * (size - 1.0) / 2.0 + EXCESS * self.deviation * size * size.sqrt()
    }
}

/// The sizes that are worth most, found exactly by dynamic programming over the groups.
pub(super) fn plan(instance: &Instance, spread: Spread) -> Vec<usize> {
    let (people, limits) = (instance.people(), instance.limits());
    if limits.iter().all(|limit| limit.least == limit.most) {
        return limits.iter().map(|limit| limit.least).collect();
    }
    let worth: Vec<f64> = (0..=people).map(|size| spread.worth(size)).collect();
    // Best worth with so many people in the groups so far, and the size each group took for it.
    let mut best = vec![f64::NEG_INFINITY; people + 1];
    best[0] = 0.0;
    let mut taken: Vec<Vec<u16>> = Vec::with_capacity(limits.len());
    for limit in limits {
        let mut next = vec![f64::NEG_INFINITY; people + 1];
        let mut sizes = vec![0_u16; people + 1];
        for (seated, value) in best.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            for size in limit.least..=limit.most.min(people - seated) {
                if value + worth[size] > next[seated + size] {
                    next[seated + size] = value + worth[size];
                    sizes[seated + size] = size as u16;
                }
            }
        }
        best = next;
        taken.push(sizes);
    }
    let mut left = people;
    let mut sizes: Vec<usize> = Vec::with_capacity(limits.len());
    for group in taken.iter().rev() {
        let size = usize::from(group[left]);
        sizes.push(size);
        left -= size;
    }
    sizes.reverse();
    sizes
}

#[cfg(test)]
mod tests {
    use super::super::instance::Limits;
    use super::*;

    fn planned(people: usize, limits: &[(usize, usize)], apart: i32) -> Vec<usize> {
        let limits = limits.iter().map(|&(least, most)| Limits { least, most }).collect();
        let instance = Instance::new(people, limits, |_, _| apart).expect("an instance");
        plan(&instance, Spread::of(&instance))
    }

    #[test]
    fn far_people_make_uneven_sizes_and_hostile_ones_even_sizes() {
        assert_eq!(planned(10, &[(2, 6), (3, 5), (1, 4)], 1), [6, 3, 1]);
        assert_eq!(planned(9, &[(1, 9), (1, 9), (1, 9)], -1), [3, 3, 3]);
    }

    #[test]
    fn fixed_and_empty_sizes_stay_as_they_are() {
        assert_eq!(planned(12, &[(4, 4), (4, 4), (4, 4)], 1), [4, 4, 4]);
        assert_eq!(planned(5, &[(0, 0), (0, 5)], 1), [0, 5]);
    }

    #[test]
    fn the_spread_tells_when_sizes_may_stay_planned() {
        let instance = |apart: fn(usize, usize) -> i32| {
            Instance::new(20, vec![Limits { least: 5, most: 15 }; 2], apart).expect("an instance")
        };
        assert!(Spread::of(&instance(|a, b| 50 + ((a * b) % 7) as i32)).favours_plan());
        assert!(!Spread::of(&instance(|a, b| ((a * b) % 7) as i32 - 3)).favours_plan());
    }
}

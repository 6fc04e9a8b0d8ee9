//! Instances for tests.

use super::instance::{Instance, Limits};
use crate::domain::formation::chance::Chance;

/// Random distances of 0 to 100 between so many people.
pub(super) fn random(people: usize, limits: &[(usize, usize)], seed: u64) -> Instance {
    let mut chance = Chance::new(seed);
    let limits = limits.iter().map(|&(least, most)| Limits { least, most }).collect();
    Instance::new(people, limits, |_, _| chance.below(101) as i32).expect("an instance")
}

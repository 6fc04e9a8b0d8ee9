//! How large each group should be before anybody is seated.
//!
//! Invariant: the planned sizes keep every bound, seat everybody, and no other sizes hold more
//! pairs of people: with positive distances the number of pairs decides nearly all of the sum.

use super::instance::Instance;

/// Sizes with the most pairs, found exactly by dynamic programming over the groups.
pub(super) fn plan(instance: &Instance) -> Vec<usize> {
    let people = instance.people();
    let limits = instance.limits();
    // best[g][seated]: most pairs with `seated` people in the first g groups, and the last size.
    let mut best: Vec<Vec<Option<(i64, usize)>>> = vec![vec![None; people + 1]; limits.len() + 1];
    best[0][0] = Some((0, 0));
    for (group, limit) in limits.iter().enumerate() {
        for seated in 0..=people {
            let Some((pairs, _)) = best[group][seated] else { continue };
            for size in limit.least..=limit.most.min(people - seated) {
                let pairs = pairs + (size * size.saturating_sub(1) / 2) as i64;
                let cell = &mut best[group + 1][seated + size];
                if cell.is_none_or(|(known, _)| pairs > known) {
                    *cell = Some((pairs, size));
                }
            }
        }
    }
    let mut left = people;
    let mut sizes = vec![0; limits.len()];
    for group in (0..limits.len()).rev() {
        let (_, size) = best[group + 1][left].expect("an instance has valid sizes");
        sizes[group] = size;
        left -= size;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::super::instance::Limits;
    use super::*;

    #[test]
    fn the_plan_prefers_uneven_sizes_within_the_bounds() {
        let limits = [(2, 6), (3, 5), (1, 4)].map(|(least, most)| Limits { least, most }).to_vec();
        let instance = Instance::new(10, limits, |_, _| 1).expect("an instance");
        assert_eq!(plan(&instance), [6, 3, 1]);
    }

    #[test]
    fn fixed_sizes_stay_as_they_are() {
        let limits = vec![Limits { least: 4, most: 4 }; 3];
        let instance = Instance::new(12, limits, |_, _| 1).expect("an instance");
        assert_eq!(plan(&instance), [4, 4, 4]);
    }
}

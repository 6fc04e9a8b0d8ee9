//! The question: who is how far from whom, and how large each group may be.
//!
//! Invariant: an instance has at least one valid grouping, its distances mirror each other, and
//! no sum the search forms can leave an `i32`.

use thiserror::Error;

/// The most people an instance may have; its matrix then takes 256 MiB.
pub const MOST_PEOPLE: usize = 8_192;
/// The most groups an instance may have.
pub const MOST_GROUPS: usize = 4_095;
/// The largest sum of distances from one person to a full group.
pub(super) const LARGEST_SUM: i64 = 1 << 26;
/// Rows are padded to a multiple of this many numbers, so that a sweep has no ragged end.
pub(super) const LANES: usize = 16;

/// Bounds of one group's size, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Fewest members.
    pub least: usize,
    /// Most members.
    pub most: usize,
}

/// Why an instance cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InstanceFault {
    /// Nobody, no group, or more of either than fits.
    #[error("there must be 1 to {MOST_PEOPLE} people and 1 to {MOST_GROUPS} groups; please split the pool")]
    Extent,
    /// A group whose least size is above its most.
    #[error("group {0} has a least size above its most; please correct its bounds")]
    Bounds(usize),
    /// The sizes cannot add up to the number of people.
    #[error(
        "group sizes add up to {least} to {most}, but there are {people} people; please change the bounds"
    )]
    Sizes {
        /// Sum of the least sizes.
        least: usize,
        /// Sum of the most sizes.
        most: usize,
        /// People to seat.
        people: usize,
    },
    /// Distances so large that their sums might not fit.
    #[error("distances are too large for whole-number sums; please divide them all by {0} or more")]
    Scale(i64),
}

/// People with distances between them and groups with bounds. Distances are whole numbers in a
/// unit that the caller chooses (thousandths, for example).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    people: usize,
    width: usize,
    limits: Vec<Limits>,
    far: Vec<i32>,
}

impl Instance {
    /// An instance of `people` people; `distance(a, b)` is asked once for every `a < b`.
    pub fn new(
        people: usize,
        limits: Vec<Limits>,
        mut distance: impl FnMut(usize, usize) -> i32,
    ) -> Result<Self, InstanceFault> {
        if !(1..=MOST_PEOPLE).contains(&people) || !(1..=MOST_GROUPS).contains(&limits.len()) {
            return Err(InstanceFault::Extent);
        }
        let limits = checked(people, limits)?;
        let width = people.div_ceil(LANES) * LANES;
        let mut far = vec![0; people * width];
        let mut largest = 0_i64;
        for a in 0..people {
            for b in a + 1..people {
                let apart = distance(a, b);
                largest = largest.max(i64::from(apart).abs());
                far[a * width + b] = apart;
                far[b * width + a] = apart;
            }
        }
        let members = limits.iter().map(|limit| limit.most).max().unwrap_or(1) as i64;
        if largest * members > LARGEST_SUM {
            return Err(InstanceFault::Scale((largest * members).div_euclid(LARGEST_SUM) + 1));
        }
        Ok(Self { people, width, limits, far })
    }

    /// How many people there are.
    pub fn people(&self) -> usize {
        self.people
    }

    /// Bounds of the groups, in the caller's order.
    pub fn limits(&self) -> &[Limits] {
        &self.limits
    }

    /// The distance between two people; 0 to oneself.
    pub fn distance(&self, a: usize, b: usize) -> i32 {
        self.far[a * self.width + b]
    }

    /// Length of a padded row.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Distances from one person, padded with zeros to [`Self::width`].
    pub(super) fn row(&self, person: usize) -> &[i32] {
        &self.far[person * self.width..][..self.width]
    }

    /// The objective of a grouping, counted from scratch: sum of the distances inside groups.
    pub fn value(&self, groups: &[usize]) -> i64 {
        let mut value = 0;
        for (a, home) in groups.iter().enumerate() {
            for (b, other) in groups.iter().enumerate().skip(a + 1) {
                if home == other {
                    value += i64::from(self.distance(a, b));
                }
            }
        }
        value
    }

    /// Whether everybody has a group and every group keeps its bounds.
    pub fn is_valid(&self, groups: &[usize]) -> bool {
        let mut sizes = vec![0; self.limits.len()];
        for group in groups {
            let Some(size) = sizes.get_mut(*group) else { return false };
            *size += 1;
        }
        groups.len() == self.people
            && self.limits.iter().zip(&sizes).all(|(limit, size)| (limit.least..=limit.most).contains(size))
    }
}

/// Bounds that allow a grouping, with no group larger than the pool.
fn checked(people: usize, mut limits: Vec<Limits>) -> Result<Vec<Limits>, InstanceFault> {
    if let Some(wrong) = limits.iter().position(|limit| limit.least > limit.most) {
        return Err(InstanceFault::Bounds(wrong));
    }
    for limit in &mut limits {
        limit.most = limit.most.min(people.max(limit.least));
    }
    let sum = |part: fn(&Limits) -> usize| limits.iter().map(part).fold(0_usize, usize::saturating_add);
    let (least, most) = (sum(|limit| limit.least), sum(|limit| limit.most));
    if least > people || most < people {
        return Err(InstanceFault::Sizes { least, most, people });
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(pairs: &[(usize, usize)]) -> Vec<Limits> {
        pairs.iter().map(|&(least, most)| Limits { least, most }).collect()
    }

    #[test]
    fn each_fault_is_told_apart() {
        let fault = |people, pairs: &[(usize, usize)], apart| {
            Instance::new(people, limits(pairs), |_, _| apart).expect_err("a fault")
        };
        assert_eq!(fault(0, &[(0, 1)], 1), InstanceFault::Extent);
        assert_eq!(fault(3, &[], 1), InstanceFault::Extent);
        assert_eq!(fault(MOST_PEOPLE + 1, &[(1, 9_000)], 1), InstanceFault::Extent);
        assert_eq!(fault(3, &[(1, 3), (2, 1)], 1), InstanceFault::Bounds(1));
        assert_eq!(fault(5, &[(1, 2), (1, 2)], 1), InstanceFault::Sizes { least: 2, most: 4, people: 5 });
        assert_eq!(fault(4, &[(2, 4), (2, 4)], i32::MAX), InstanceFault::Scale(128));
        assert!(fault(4, &[(2, 4), (2, 4)], i32::MIN).to_string().contains("divide them all by"));
    }

    #[test]
    fn values_and_validity_are_counted_from_scratch() {
        let instance = Instance::new(4, limits(&[(1, 3), (1, 3)]), |a, b| i32::try_from(10 * a + b).unwrap())
            .expect("an instance");
        assert_eq!(instance.value(&[0, 0, 1, 1]), 1 + 23);
        assert_eq!(instance.value(&[0, 1, 1, 1]), 12 + 13 + 23);
        assert!(instance.is_valid(&[0, 0, 1, 1]) && !instance.is_valid(&[0, 0, 0, 0]));
        assert!(!instance.is_valid(&[0, 0, 1]) && !instance.is_valid(&[0, 0, 1, 2]));
        assert_eq!((instance.distance(3, 1), instance.distance(1, 3)), (13, 13));
        assert_eq!(instance.row(1).len() % LANES, 0);
    }
}

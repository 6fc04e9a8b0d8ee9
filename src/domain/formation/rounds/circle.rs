//! The question: who meets, in groups of which size, how often, and who comes from where.
//!
//! Invariant: a checked circle has a seat for everybody: its group sizes add up to its people.

use thiserror::Error;

/// The most seats (people times rounds) one agenda may have.
pub const MOST_SEATS: usize = 20_000_000;

/// A pool that meets in small groups, round after round. People are numbered from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Circle {
    /// How many people there are.
    pub people: usize,
    /// The size of a group; some groups take one more when the pool does not divide.
    pub size: usize,
    /// How many rounds to plan.
    pub rounds: usize,
    /// Unit (department, organisation) of each person; empty when units do not matter.
    /// `None` counts as a unit of its own.
    pub units: Vec<Option<u32>>,
    /// At most this many people of one unit in a group; 0 means no rule.
    pub per_unit: usize,
    /// Pairs who have met before, once for every meeting.
    pub met: Vec<(usize, usize)>,
    /// Pairs who must not meet.
    pub never: Vec<(usize, usize)>,
}

/// Why no agenda can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CircleFault {
    /// Fewer than two people, or a group size below two.
    #[error(
        "a circle needs at least two people and groups of at least two; please add people or change the size"
    )]
    TooSmall,
    /// More seats than the planner takes.
    #[error("people times rounds may be at most {MOST_SEATS}; please plan fewer rounds at a time")]
    TooLarge,
    /// Units are given for some people only.
    #[error("there are {people} people but {units} units; please give one for each person, or none at all")]
    Units {
        /// People in the circle.
        people: usize,
        /// Entries in the list of units.
        units: usize,
    },
    /// A pair names somebody who is not there, or one person twice.
    #[error("a pair names {0} and {1}, which are not two people of this circle; please correct it")]
    Pair(usize, usize),
}

impl Circle {
    /// A circle without rules or history.
    pub fn new(people: usize, size: usize, rounds: usize) -> Self {
        Self { people, size, rounds, ..Self::default() }
    }

    /// Checks the question and tells the sizes of its groups, larger ones first: `size` and
    /// `size + 1` wherever the pool allows, otherwise as near to that and to each other as it can be.
    pub fn sizes(&self) -> Result<Vec<usize>, CircleFault> {
        if self.people < 2 || self.size < 2 {
            return Err(CircleFault::TooSmall);
        }
        if self.people.saturating_mul(self.rounds.max(1)) > MOST_SEATS {
            return Err(CircleFault::TooLarge);
        }
        if !self.units.is_empty() && self.units.len() != self.people {
            return Err(CircleFault::Units { people: self.people, units: self.units.len() });
        }
        let odd = |&&(a, b): &&(usize, usize)| a == b || a >= self.people || b >= self.people;
        if let Some(&(a, b)) = self.met.iter().chain(&self.never).find(odd) {
            return Err(CircleFault::Pair(a, b));
        }
        Ok(split(self.people, self.size))
    }
}

/// Even sizes for a pool: the most groups that keep `size`; when a rest of more than one per
/// group stays over, one group more, somewhat smaller, unless that would leave somebody alone.
fn split(people: usize, size: usize) -> Vec<usize> {
    let full = (people / size).max(1);
    let fits = people <= full * size.saturating_add(1) || people / (full + 1) < 2;
    let groups = if fits { full } else { full + 1 };
    let (each, rest) = (people / groups, people % groups);
    (0..groups).map(|group| each + usize::from(group < rest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_the_wanted_one_or_one_more_where_the_pool_allows() {
        let sizes = |people, size| Circle::new(people, size, 1).sizes().expect("sizes");
        assert_eq!(sizes(40, 4), [4; 10]);
        assert_eq!(sizes(14, 4), [5, 5, 4]);
        assert_eq!(sizes(9, 2), [3, 2, 2, 2]);
        assert_eq!(sizes(3, 2), [3]);
        assert_eq!(sizes(7, 4), [4, 3], "seven people are no group of four and no group of five");
        assert_eq!(sizes(3, 9), [3]);
        assert_eq!(sizes(5, 3), [3, 2]);
        assert_eq!(sizes(1_003, 4).iter().filter(|size| **size == 5).count(), 3);
    }

    #[test]
    fn each_fault_is_told_apart() {
        let fault = |circle: Circle| circle.sizes().expect_err("a fault");
        assert_eq!(fault(Circle::new(1, 4, 3)), CircleFault::TooSmall);
        assert_eq!(fault(Circle::new(9, 1, 3)), CircleFault::TooSmall);
        assert_eq!(fault(Circle::new(usize::MAX, 4, 3)), CircleFault::TooLarge);
        let mut circle = Circle::new(8, 4, 3);
        circle.met = vec![(0, 1), (3, 3)];
        assert_eq!(fault(circle.clone()), CircleFault::Pair(3, 3));
        circle.met.clear();
        circle.never = vec![(0, 8)];
        assert_eq!(fault(circle.clone()), CircleFault::Pair(0, 8));
        circle.units = vec![None; 3];
        assert_eq!(fault(circle), CircleFault::Units { people: 8, units: 3 });
    }
}

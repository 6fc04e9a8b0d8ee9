//! Reporting lines: who stands above whom, at any depth. Data from outside may be circular; a walk ends where it has
//! been before.

use std::collections::{BTreeMap, BTreeSet};

/// Who reports to whom.
#[derive(Debug, Clone, Default)]
pub struct Lines<'a> {
    above: BTreeMap<&'a str, &'a str>,
}

impl<'a> Lines<'a> {
    /// From pairs of (person, manager).
    pub fn new(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { above: pairs.into_iter().collect() }
    }

    /// Whether one of the two stands above the other.
    pub fn in_one_line(&self, one: &str, other: &str) -> bool {
        self.is_above(one, other) || self.is_above(other, one)
    }

    /// A person and everybody below, at any depth.
    pub fn below(&self, top: &'a str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::from([top]);
        loop {
            let more: Vec<&str> = self
                .above
                .iter()
                .filter(|(low, high)| found.contains(*high) && !found.contains(*low))
                .map(|(low, _)| *low)
                .collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    fn is_above(&self, high: &str, low: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut at = low;
        while let Some(next) = self.above.get(at) {
            if *next == high {
                return true;
            }
            if !seen.insert(*next) {
                return false;
            }
            at = next;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_up_and_down_at_any_depth_and_circles_end() {
        let lines = Lines::new([("a", "b"), ("b", "c"), ("x", "y"), ("y", "x")]);
        assert!(lines.in_one_line("a", "c") && lines.in_one_line("c", "a"));
        assert!(!lines.in_one_line("a", "x"));
        assert!(lines.in_one_line("x", "y"));
        assert!(!lines.in_one_line("x", "a"));
        assert_eq!(lines.below("c"), BTreeSet::from(["a", "b", "c"]));
        assert_eq!(lines.below("x"), BTreeSet::from(["x", "y"]));
    }
}

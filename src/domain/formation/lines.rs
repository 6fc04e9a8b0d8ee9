//! Reporting lines as intervals: "is one above the other" in constant time and linear memory.
//!
//! Invariant: managers may go round in circles; everybody on a circle is above everybody who
//! hangs off it, the circle itself included, and building the lines always ends.

use std::collections::BTreeMap;

const NONE: u32 = u32::MAX;

/// Place of one person in the reporting lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    enter: u32,
    leave: u32,
    /// Twice the number of the circle the person is on or hangs off, and one more for those on it.
    circle: u32,
}

impl Line {
    /// Whether one of the two is above the other, directly or through others.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let within = |a: &Self, b: &Self| a.enter <= b.enter && b.leave <= a.leave;
        let round = self.circle != NONE
            && self.circle >> 1 == other.circle >> 1
            && (self.circle | other.circle) & 1 == 1;
        round || within(self, other) || within(other, self)
    }
}

/// The lines of everybody who manages or is managed, and of the pool.
pub(super) struct Lines<'a> {
    numbers: BTreeMap<&'a str, usize>,
    lines: Vec<Line>,
}

impl<'a> Lines<'a> {
    /// Builds the lines from person-to-manager entries; a person who is their own manager has none.
    pub(super) fn new(managers: &'a BTreeMap<String, String>, people: impl Iterator<Item = &'a str>) -> Self {
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for id in managers.iter().flat_map(|(person, manager)| [person.as_str(), manager]).chain(people) {
            let next = numbers.len();
            numbers.entry(id).or_insert(next);
        }
        let mut above = vec![None; numbers.len()];
        for (person, manager) in managers.iter().filter(|(person, manager)| person != manager) {
            above[numbers[person.as_str()]] = Some(numbers[manager.as_str()]);
        }
        Self { lines: walk(&above), numbers }
    }

    /// The line of a person that was named when the lines were built.
    pub(super) fn of(&self, id: &str) -> Line {
        let number = self.numbers.get(id).expect("everybody was named when the lines were built");
        self.lines[*number]
    }
}

/// Marks who is on a circle: follows managers upwards, colouring each walk with its own number.
fn circles(above: &[Option<usize>]) -> Vec<bool> {
    let mut colour = vec![0; above.len()];
    let mut on_circle = vec![false; above.len()];
    for start in 0..above.len() {
        let (mut at, mine) = (Some(start), start + 1);
        while let Some(here) = at.filter(|here| colour[*here] == 0) {
            colour[here] = mine;
            at = above[here];
        }
        // Meeting one's own colour again closes a circle; walk it once more to mark it.
        while let Some(here) = at.filter(|here| colour[*here] == mine && !on_circle[*here]) {
            on_circle[here] = true;
            at = above[here];
        }
    }
    on_circle
}

/// Numbers everybody on the way down and back up, without recursion so that depth has no limit.
fn walk(above: &[Option<usize>]) -> Vec<Line> {
    let on_circle = circles(above);
    let mut below = vec![Vec::new(); above.len()];
    for (here, manager) in above.iter().enumerate() {
        if let Some(manager) = manager.filter(|_| !on_circle[here]) {
            below[manager].push(here);
        }
    }
    let circle_of = name_circles(above, &on_circle);
    let mut lines = vec![Line { enter: 0, leave: 0, circle: NONE }; above.len()];
    let mut clock = 0;
    for root in (0..above.len()).filter(|here| above[*here].is_none() || on_circle[*here]) {
        let circle = if circle_of[root] == NONE { NONE } else { circle_of[root] << 1 };
        let mut path = vec![(root, 0)];
        lines[root] = Line { enter: clock, leave: clock, circle: circle | u32::from(on_circle[root]) };
        clock += 1;
        while let Some((here, done)) = path.last_mut() {
            if let Some(&next) = below[*here].get(*done) {
                *done += 1;
                lines[next] = Line { enter: clock, leave: clock, circle };
                clock += 1;
                path.push((next, 0));
            } else {
                // The last number given out below this person closes the interval.
                lines[*here].leave = clock - 1;
                path.pop();
            }
        }
    }
    lines
}

/// Gives every circle one number, known to all who are on it.
fn name_circles(above: &[Option<usize>], on_circle: &[bool]) -> Vec<u32> {
    let mut names = vec![NONE; above.len()];
    let mut next = 0;
    for start in (0..above.len()).filter(|here| on_circle[*here]) {
        let mut at = start;
        let fresh = names[at] == NONE;
        while names[at] == NONE {
            names[at] = next;
            at = above[at].unwrap_or(at);
        }
        next += u32::from(fresh);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn managers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|&(person, manager)| (person.into(), manager.into())).collect()
    }

    fn meet(managers: &BTreeMap<String, String>, a: &str, b: &str) -> bool {
        let lines = Lines::new(managers, [a, b].into_iter());
        let (a, b) = (lines.of(a), lines.of(b));
        assert_eq!(a.meets(&b), b.meets(&a));
        a.meets(&b)
    }

    #[test]
    fn a_line_reaches_through_people_outside_the_pool_and_not_sideways() {
        let managers = managers(&[("d", "c"), ("c", "b"), ("b", "a"), ("x", "b")]);
        assert!(meet(&managers, "d", "a"));
        assert!(meet(&managers, "b", "x"));
        assert!(!meet(&managers, "d", "x"));
        assert!(!meet(&managers, "d", "stranger"));
    }

    #[test]
    fn a_circle_binds_everybody_on_it_and_below_it() {
        let managers = managers(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "d"), ("f", "b")]);
        assert!(meet(&managers, "a", "c") && meet(&managers, "e", "b") && meet(&managers, "e", "d"));
        assert!(!meet(&managers, "e", "f"), "two branches below a circle are no line");
    }

    #[test]
    fn ones_own_manager_is_nobody() {
        let managers = managers(&[("a", "a"), ("b", "a")]);
        assert!(meet(&managers, "a", "b"));
        assert!(!meet(&managers, "a", "c"));
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_no_trouble() {
        let deep: BTreeMap<String, String> =
            (0..100_000).map(|level| (format!("p{level}"), format!("p{}", level + 1))).collect();
        assert!(meet(&deep, "p0", "p100000"));
    }
}

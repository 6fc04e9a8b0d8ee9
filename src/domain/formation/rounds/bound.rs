//! What counting alone says about an agenda.
//!
//! Invariant: no agenda that keeps the rules beats these figures; whether one reaches them is
//! another question.

use super::circle::Circle;
use std::collections::BTreeSet;

/// For each person, how many others may still be met for the first time.
fn fresh_partners(circle: &Circle, rules: bool) -> Vec<usize> {
    let mut spent: BTreeSet<(usize, usize)> = BTreeSet::new();
    let barred = if rules { &circle.never[..] } else { &[] };
    for (a, b) in circle.met.iter().chain(barred) {
        spent.insert((*a, *b));
        spent.insert((*b, *a));
    }
    if rules && circle.per_unit == 1 {
        for (a, unit) in circle.units.iter().enumerate().filter(|(_, unit)| unit.is_some()) {
            for b in (0..circle.people).filter(|b| *b != a && circle.units[*b] == *unit) {
                spent.insert((a, b));
            }
        }
    }
    let mut left = vec![circle.people.saturating_sub(1); circle.people];
    for (a, _) in spent {
        left[a] -= 1;
    }
    left
}

/// The most rounds without any repeat that counting allows: nobody can meet more people than
/// there are left to meet, and no more pairs can meet than there are.
pub fn most_fresh_rounds(circle: &Circle) -> usize {
    let Ok(sizes) = circle.sizes() else { return 0 };
    let left = fresh_partners(circle, true);
    let partners = sizes.iter().min().map_or(1, |size| (size - 1).max(1));
    let by_person = left.iter().map(|left| left / partners).min().unwrap_or(0);
    let pairs: usize = sizes.iter().map(|size| size * (size - 1) / 2).sum();
    by_person.min(left.iter().sum::<usize>() / 2 / pairs.max(1))
}

/// The fewest repeats of an agenda that keeps every rule. With `rules` unset, of any agenda.
pub fn fewest_repeats(circle: &Circle, rules: bool) -> u64 {
    let Ok(sizes) = circle.sizes() else { return 0 };
    let left = fresh_partners(circle, rules);
    let meetings = sizes.iter().map(|size| size * (size - 1) / 2).sum::<usize>() * circle.rounds;
    let by_pairs = meetings.saturating_sub(left.iter().sum::<usize>() / 2);
    let partners = sizes.iter().min().map_or(0, |size| size - 1) * circle.rounds;
    let by_person: usize = left.iter().map(|left| partners.saturating_sub(*left)).sum();
    by_pairs.max(by_person.div_ceil(2)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_counts_come_out() {
        let fresh = |people, size| most_fresh_rounds(&Circle::new(people, size, 1));
        assert_eq!([fresh(32, 4), fresh(40, 4), fresh(49, 7), fresh(15, 3)], [10, 13, 8, 7]);
        assert_eq!([fresh(10, 2), fresh(24, 3), fresh(2, 2)], [9, 11, 1]);
        assert_eq!(fewest_repeats(&Circle::new(4, 2, 4), true), 2);
        assert_eq!(fewest_repeats(&Circle::new(40, 4, 13), true), 0);
        assert_eq!(fewest_repeats(&Circle::new(16, 4, 6), true), 24);
    }

    #[test]
    fn history_and_rules_leave_fewer_people_to_meet() {
        let mut circle = Circle::new(6, 2, 3);
        assert_eq!(most_fresh_rounds(&circle), 5);
        circle.met = vec![(0, 1), (1, 0), (0, 1)];
        assert_eq!(most_fresh_rounds(&circle), 4);
        circle.never = vec![(0, 2)];
        assert_eq!(most_fresh_rounds(&circle), 3);
        circle.units = vec![Some(1), None, None, Some(1), None, None];
        circle.per_unit = 1;
        assert_eq!(most_fresh_rounds(&circle), 2);
        assert_eq!((fewest_repeats(&circle, true), fewest_repeats(&circle, false)), (1, 0));
    }
}

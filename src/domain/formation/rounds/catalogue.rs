//! Designs that are known to hold many rounds without a repeat.
//!
//! Invariant: every design returned seats everybody once a round and has no repeat; the tests
//! check each of them pair by pair.

use super::starter::{Frame, Starter};
use super::{field, pairs};

/// A design: rounds of groups of points, and how many columns its rows have (points of a row seldom meet).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Design {
    pub(super) rounds: Vec<Vec<Vec<usize>>>,
    pub(super) row: usize,
}

/// Starting rounds found by search: groups, size, columns, seats, and standing rounds.
type Found = (usize, usize, usize, &'static [usize], &'static [&'static [usize]]);

/// Starting rounds whose turning gives the most rounds known for their sizes. They were found with
/// `hunt::hunt`; a standing round lists a column for every row.
const FOUND: &[Found] = &[
    (4, 3, 4, &[8, 4, 9, 3, 10, 7, 11, 2, 1, 5, 0, 6], &[]),
    (5, 3, 7, &[14, 5, 9, 3, 8, 10, 11, 1, 7, 6, 2, 0, 13, 4, 12], &[]),
    (
        6,
        3,
        4,
        &[
            14, 4, 15, 12, 17, 2, 11, 10, 1, 6, 8, 16, 5, 13, 9, 0, 3, 7, 4, 9, 17, 0, 5, 6, 11, 3, 14, 8,
            13, 1, 15, 16, 2, 12, 10, 7,
        ],
        &[],
    ),
    (6, 4, 7, &[8, 23, 0, 15, 6, 3, 5, 17, 13, 22, 14, 1, 2, 9, 11, 12, 19, 7, 18, 16, 20, 21, 10, 4], &[]),
    (
        6,
        5,
        6,
        &[
            27, 17, 16, 0, 25, 29, 24, 23, 11, 21, 3, 10, 4, 26, 6, 9, 14, 22, 12, 8, 20, 5, 1, 19, 13, 28,
            15, 7, 18, 2,
        ],
        &[],
    ),
    (
        7,
        3,
        7,
        &[14, 20, 7, 17, 19, 9, 5, 15, 18, 2, 16, 4, 11, 3, 6, 8, 13, 12, 0, 10, 1],
        &[&[0, 0, 4], &[0, 4, 2], &[0, 6, 1]],
    ),
    (
        7,
        4,
        7,
        &[
            27, 22, 0, 6, 23, 15, 12, 4, 11, 9, 21, 24, 1, 8, 7, 3, 5, 17, 18, 2, 14, 13, 10, 19, 26, 20, 25,
            16,
        ],
        &[&[0, 2, 0, 4], &[0, 3, 3, 3]],
    ),
    (
        8,
        3,
        8,
        &[14, 5, 23, 11, 18, 19, 6, 12, 0, 20, 8, 22, 9, 15, 10, 3, 13, 2, 21, 16, 7, 17, 4, 1],
        &[&[0, 0, 3], &[0, 7, 4], &[0, 5, 7]],
    ),
    (
        10,
        4,
        13,
        &[
            39, 0, 13, 26, 22, 32, 17, 33, 35, 6, 30, 7, 9, 19, 4, 20, 14, 31, 25, 34, 27, 5, 38, 8, 1, 18,
            12, 21, 16, 28, 23, 37, 29, 2, 36, 11, 3, 15, 10, 24,
        ],
        &[],
    ),
];

/// The design with the most rounds for these group sizes, if one is known.
pub(super) fn design(sizes: &[usize]) -> Option<Design> {
    let (most, least) = (*sizes.iter().max()?, *sizes.iter().min()?);
    if least + 1 < most {
        return None;
    }
    let people = sizes.iter().sum();
    let kept = designs(sizes.len(), most).map(|design| without(design, people));
    kept.max_by_key(|design| design.rounds.len()).filter(|design| !design.rounds.is_empty())
}

/// How many rounds without any repeat the catalogue holds for so many groups of a size.
pub fn known_rounds(groups: usize, size: usize) -> usize {
    designs(groups, size).map(|design| design.rounds.len()).max().unwrap_or(0)
}

/// All designs for so many groups of one size.
fn designs(groups: usize, size: usize) -> impl Iterator<Item = Design> {
    let found = FOUND.iter().filter(move |found| (found.0, found.1) == (groups, size)).map(turned);
    let plane = field::rounds(groups, size).map(|rounds| Design { rounds, row: groups });
    let paired = if size == 2 { pairs::rounds(groups * 2) } else { None };
    found.chain(plane).chain(paired.map(|rounds| Design { rounds, row: 1 }))
}

fn turned(&(groups, size, turn, seats, standing): &Found) -> Design {
    let frame = Frame {
        turn,
        bases: seats.len() / (groups * size),
        sizes: vec![size; groups],
        standing: standing.len(),
    };
    let standing = standing.iter().map(|columns| columns.to_vec()).collect();
    Design { rounds: Starter::new(frame, seats.to_vec(), standing).rounds(), row: turn }
}

/// A design without its last points, as far as no group loses two: rounds in which one would are
/// left out.
fn without(mut design: Design, people: usize) -> Design {
    let loses_two = |group: &Vec<usize>| group.iter().filter(|point| **point >= people).count() > 1;
    design.rounds.retain(|round| !round.iter().any(loses_two));
    for group in design.rounds.iter_mut().flatten() {
        group.retain(|point| *point < people);
    }
    design
}

#[cfg(test)]
mod tests {
    use super::super::agenda::tally;
    use super::super::bound::most_fresh_rounds;
    use super::super::circle::Circle;
    use super::*;

    /// Checks a design point by point and pair by pair; returns its number of rounds.
    fn verified(sizes: &[usize]) -> usize {
        let Some(design) = design(sizes) else { return 0 };
        let people: usize = sizes.iter().sum();
        for round in &design.rounds {
            let mut lengths: Vec<usize> = round.iter().map(Vec::len).collect();
            lengths.sort_unstable_by_key(|length| std::cmp::Reverse(*length));
            assert_eq!(lengths, sizes);
            let mut points = round.concat();
            points.sort_unstable();
            assert!(points.into_iter().eq(0..people), "{sizes:?}: everybody has one seat");
        }
        let size = sizes.iter().min().copied().unwrap_or(2);
        let circle = Circle::new(people, size, design.rounds.len());
        assert_eq!(tally(&circle, &design.rounds).repeats, 0, "{sizes:?}");
        if circle.sizes().is_ok_and(|split| split == sizes) {
            assert!(design.rounds.len() <= most_fresh_rounds(&circle), "{sizes:?}");
        }
        design.rounds.len()
    }

    #[test]
    fn every_design_seats_everybody_and_repeats_nobody() {
        let small = (1..=13).flat_map(|groups| (2..=groups.max(2)).map(move |size| (groups, size)));
        let large = [(16, 4), (16, 8), (17, 3), (19, 4), (25, 5), (27, 3), (32, 4), (40, 2), (64, 3)];
        let known = small.chain(large).filter(|&(groups, size)| verified(&vec![size; groups]) > 0).count();
        assert!(known > 60, "{known}");
    }

    #[test]
    fn designs_with_people_left_out_keep_their_promise() {
        for groups in 2..=9 {
            for size in 3..=groups {
                for missing in 1..groups {
                    let sizes: Vec<usize> =
                        (0..groups).map(|group| size - usize::from(group >= groups - missing)).collect();
                    verified(&sizes);
                }
            }
        }
        assert_eq!(verified(&[4, 4, 4, 3, 3, 3, 3]), 7, "25 people in seven groups of four and three");
    }

    #[test]
    fn the_rounds_that_are_known_in_the_literature_are_held() {
        let known = [
            (4, 3, 4),
            (4, 4, 5),
            (5, 3, 7),
            (5, 4, 5),
            (5, 5, 6),
            (6, 3, 8),
            (6, 4, 7),
            (6, 5, 6),
            (7, 3, 10),
            (7, 4, 9),
            (7, 5, 7),
            (7, 7, 8),
            (8, 3, 11),
            (8, 4, 9),
            (8, 8, 9),
            (9, 3, 13),
            (10, 4, 13),
            (16, 4, 21),
        ];
        for (groups, size, rounds) in known {
            assert_eq!(known_rounds(groups, size), rounds, "{groups} groups of {size}");
        }
    }
}

//! The answer: the groups of every round and how good they are.
//!
//! Invariant: the figures of an agenda are counted from its groups, never carried along.

use super::circle::Circle;
use std::collections::BTreeMap;

/// Where the rounds come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A design holds all of them: a known one, or one grown from a starting round.
    Designed,
    /// A design holds the first rounds, a search the others.
    Extended,
    /// A search.
    Searched,
}

/// All rounds: `rounds[r][g]` lists the people of one group in rising order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agenda {
    /// Groups of every round.
    pub rounds: Vec<Vec<Vec<usize>>>,
    /// Meetings of pairs who have met before (in an earlier round or in the history): 0 is best.
    pub repeats: u64,
    /// No agenda for this question has fewer repeats, by counting.
    pub fewest_repeats: u64,
    /// Meetings of pairs who must not meet.
    pub forbidden: u64,
    /// People above the rule for units, summed over groups.
    pub crowded: u64,
    /// Where the rounds come from.
    pub origin: Origin,
}

/// Repeats, forbidden meetings and crowding of some rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tally {
    pub(super) forbidden: u64,
    pub(super) crowded: u64,
    pub(super) repeats: u64,
    /// How unevenly repeats fall on pairs: earlier meetings, summed over all meetings.
    pub(super) weight: u64,
}

/// Counts the faults of rounds from scratch.
pub(super) fn tally(circle: &Circle, rounds: &[Vec<Vec<usize>>]) -> Tally {
    let mut met: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for (a, b) in &circle.met {
        *met.entry((*a.min(b), *a.max(b))).or_default() += 1;
    }
    let never: std::collections::BTreeSet<_> =
        circle.never.iter().map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    let mut sum = Tally { forbidden: 0, crowded: 0, repeats: 0, weight: 0 };
    for group in rounds.iter().flatten() {
        sum.crowded += crowding(circle, group);
        for (index, a) in group.iter().enumerate() {
            for b in &group[index + 1..] {
                let pair = (*a.min(b), *a.max(b));
                sum.forbidden += u64::from(never.contains(&pair));
                let times = met.entry(pair).or_default();
                sum.repeats += u64::from(*times > 0);
                sum.weight += *times;
                *times += 1;
            }
        }
    }
    sum
}

/// People of one group above the rule for units.
fn crowding(circle: &Circle, group: &[usize]) -> u64 {
    if circle.per_unit == 0 {
        return 0;
    }
    let mut units: BTreeMap<u32, usize> = BTreeMap::new();
    for unit in group.iter().filter_map(|person| circle.units.get(*person).copied().flatten()) {
        *units.entry(unit).or_default() += 1;
    }
    units.values().map(|count| count.saturating_sub(circle.per_unit) as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_counted_from_the_groups() {
        let mut circle = Circle::new(4, 2, 3);
        circle.units = vec![Some(1), Some(1), None, Some(2)];
        circle.per_unit = 1;
        circle.met = vec![(3, 2)];
        circle.never = vec![(3, 0)];
        let rounds =
            vec![vec![vec![0, 1], vec![2, 3]], vec![vec![0, 1], vec![2, 3]], vec![vec![0, 3], vec![1, 2]]];
        let sum = tally(&circle, &rounds);
        assert_eq!(sum, Tally { forbidden: 1, crowded: 2, repeats: 3, weight: 4 });
    }
}

//! People on the points of a design, so that its rounds keep the rule for units.
//!
//! Invariant: an assignment uses every point once; whether it keeps the rule is for the caller to
//! count.

use super::deal::Units;
use crate::domain::formation::chance::Chance;

/// The person for each point. Points of one row of `row` columns seldom meet, so units are laid
/// into the rows whole, the largest first, each where it fits closest.
pub(super) fn by_rows(units: &Units, people: usize, row: usize, chance: &mut Chance) -> Vec<usize> {
    let mut order: Vec<Vec<usize>> = units.members().to_vec();
    chance.shuffle(&mut order);
    order.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); people.div_ceil(row)];
    let room = |index: usize| row.min(people - index * row);
    let mut spilled = Vec::new();
    for mut unit in order {
        chance.shuffle(&mut unit);
        let fits = (0..rows.len()).filter(|index| rows[*index].len() + unit.len() <= room(*index));
        match fits.min_by_key(|index| room(*index) - rows[*index].len()) {
            Some(index) => rows[index].extend(unit),
            None => spilled.extend(unit),
        }
    }
    for (index, members) in rows.iter_mut().enumerate() {
        while members.len() < room(index) {
            let Some(person) = spilled.pop() else { break };
            members.push(person);
        }
        chance.shuffle(members);
    }
    rows.concat()
}

/// The same rounds with people in place of points, groups in rising order, larger ones first.
pub(super) fn relabel(rounds: &[Vec<Vec<usize>>], people: &[usize]) -> Vec<Vec<Vec<usize>>> {
    let group = |points: &Vec<usize>| {
        let mut members: Vec<usize> = points.iter().map(|point| people[*point]).collect();
        members.sort_unstable();
        members
    };
    let round = |groups: &Vec<Vec<usize>>| {
        let mut groups: Vec<Vec<usize>> = groups.iter().map(group).collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        groups
    };
    rounds.iter().map(round).collect()
}

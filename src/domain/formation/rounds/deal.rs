//! Units and how they are spread over the groups of a round.
//!
//! Invariant: a dealt round has no group with more people of a unit than its limit, which is the
//! rule's, or what the unit needs when it is too large for the rule.

use super::circle::Circle;
use crate::domain::formation::chance::Chance;

/// Unit and limit of each person.
#[derive(Debug, Clone)]
pub(super) struct Units {
    /// Unit of each person, numbered from 0; people without one have numbers of their own.
    of: Vec<u32>,
    /// Members of each unit.
    members: Vec<Vec<usize>>,
    /// Most members in one group, by unit.
    limits: Vec<usize>,
    free: bool,
}

impl Units {
    pub(super) fn new(circle: &Circle, groups: usize) -> Self {
        let ruled = circle.per_unit > 0 && !circle.units.is_empty();
        let mut numbers = std::collections::BTreeMap::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut of = Vec::with_capacity(circle.people);
        for person in 0..circle.people {
            let unit = circle.units.get(person).copied().flatten().filter(|_| ruled);
            let number = match unit {
                Some(unit) => *numbers.entry(unit).or_insert(members.len()),
                None => members.len(),
            };
            if number == members.len() {
                members.push(Vec::new());
            }
            members[number].push(person);
            of.push(number as u32);
        }
        let limits = members.iter().map(|unit| circle.per_unit.max(unit.len().div_ceil(groups))).collect();
        let free = !ruled || members.iter().all(|unit| unit.len() <= circle.per_unit);
        Self { of, members, limits, free }
    }

    /// Whether no exchange can break the rule.
    #[inline]
    pub(super) fn is_free(&self) -> bool {
        self.free
    }

    /// Whether a person may sit with these others.
    #[inline]
    pub(super) fn allows(&self, person: usize, others: impl Iterator<Item = usize>) -> bool {
        let unit = self.of[person];
        others.filter(|other| self.of[*other] == unit).count() < self.limits[unit as usize]
    }

    /// People above the rule in every round, however they are spread.
    pub(super) fn least_crowded(&self, per_unit: usize, groups: usize) -> u64 {
        let over = |unit: &Vec<usize>| unit.len().saturating_sub(per_unit * groups) as u64;
        if self.free { 0 } else { self.members.iter().map(over).sum() }
    }

    /// Members of every unit.
    pub(super) fn members(&self) -> &[Vec<usize>] {
        &self.members
    }
}

/// One round by chance: units one after the other, each spread over the groups in turn, so that
/// the sizes come out even and no group gets more of a unit than it must.
pub(super) fn deal(units: &Units, groups: usize, chance: &mut Chance) -> Vec<Vec<usize>> {
    let mut order: Vec<&Vec<usize>> = units.members.iter().collect();
    chance.shuffle(&mut order);
    let mut round = vec![Vec::new(); groups];
    let mut next = 0;
    for unit in order {
        let mut unit = unit.clone();
        chance.shuffle(&mut unit);
        for person in unit {
            round[next % groups].push(person);
            next += 1;
        }
    }
    round
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deal_spreads_units_and_seats_everybody() {
        let mut circle = Circle::new(14, 4, 1);
        circle.units = (0..14).map(|person| (person > 1).then_some(person % 5)).collect();
        circle.per_unit = 1;
        let units = Units::new(&circle, 3);
        assert!(!units.is_free());
        for seed in 0..20 {
            let round = deal(&units, 3, &mut Chance::new(seed));
            assert_eq!(round.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 4]);
            for group in &round {
                for (index, person) in group.iter().enumerate() {
                    assert!(units.allows(*person, group[..index].iter().copied()), "{seed}");
                }
            }
            let mut all = round.concat();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..14));
        }
    }

    #[test]
    fn a_unit_too_large_for_the_rule_gets_the_room_it_needs() {
        let mut circle = Circle::new(6, 3, 1);
        circle.units = vec![Some(1), Some(1), Some(1), Some(2), None, None];
        circle.per_unit = 1;
        let units = Units::new(&circle, 2);
        assert!(units.allows(0, [1, 4].into_iter()) && !units.allows(0, [1, 2].into_iter()));
        assert_eq!((units.least_crowded(1, 2), units.least_crowded(2, 2)), (1, 0));
        assert!(units.allows(4, [5].into_iter()), "people without a unit do not share one");
    }
}

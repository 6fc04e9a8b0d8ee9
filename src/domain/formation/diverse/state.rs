//! A grouping while it is searched, with the sums that make every exchange cheap to judge.
//!
//! Invariant: `ties[g][x]` is the sum of distances from person x to all members of group g (rows
//! by group, so that an exchange updates two rows in one pass), `own[x]` is the entry of x's own
//! group, and `value` is the objective.

use super::instance::Instance;
use crate::domain::formation::chance::Chance;

/// One grouping with its sums.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Group of each person; padding carries the number of groups.
    pub(super) groups: Vec<i32>,
    /// Members of each group.
    pub(super) sizes: Vec<usize>,
    /// Sums by group, then person; rows of `width`.
    pub(super) ties: Vec<i32>,
    /// Sums to the own group by person, padded.
    pub(super) own: Vec<i32>,
    /// Sum of the distances inside groups.
    pub(super) value: i64,
}

impl State {
    /// The state of a grouping.
    pub(super) fn new(instance: &Instance, groups: &[i32]) -> Self {
        let (people, width, count) = (instance.people(), instance.width(), instance.limits().len());
        let mut ties = vec![0; count * width];
        let mut sizes = vec![0; count];
        for (person, group) in groups[..people].iter().enumerate() {
            let group = *group as usize;
            sizes[group] += 1;
            for (sum, far) in ties[group * width..][..width].iter_mut().zip(instance.row(person)) {
                *sum += far;
            }
        }
        let mut own = vec![0; width];
        for (person, group) in groups[..people].iter().enumerate() {
            own[person] = ties[*group as usize * width + person];
        }
        let value = own.iter().map(|sum| i64::from(*sum)).sum::<i64>() / 2;
        let mut groups = groups[..people].to_vec();
        groups.resize(width, count as i32);
        Self { groups, sizes, ties, own, value }
    }

    /// People seated by chance in groups of these sizes.
    pub(super) fn random(instance: &Instance, sizes: &[usize], chance: &mut Chance) -> Self {
        let mut groups: Vec<i32> = Vec::with_capacity(instance.people());
        for (group, size) in sizes.iter().enumerate() {
            groups.resize(groups.len() + size, group as i32);
        }
        chance.shuffle(&mut groups);
        Self::new(instance, &groups)
    }

    /// What the exchange of two people of different groups would add to the value.
    #[inline(always)]
    pub(super) fn gain(&self, instance: &Instance, x: usize, y: usize) -> i32 {
        let width = instance.width();
        let (a, b) = (self.groups[x] as usize, self.groups[y] as usize);
        self.ties[b * width + x] - self.own[x] + self.ties[a * width + y]
            - self.own[y]
            - 2 * instance.row(x)[y]
    }

    /// Exchanges two people of different groups.
    #[inline(always)]
    pub(super) fn exchange(&mut self, instance: &Instance, x: usize, y: usize, gain: i32) {
        let width = instance.width();
        let (a, b) = (self.groups[x], self.groups[y]);
        let (row_x, row_y) = (instance.row(x), instance.row(y));
        self.groups[x] = b;
        self.groups[y] = a;
        let [ties_a, ties_b] = two_rows(&mut self.ties, width, a as usize, b as usize);
        let (groups, own) = (&self.groups[..width], &mut self.own[..width]);
        let (row_x, row_y) = (&row_x[..width], &row_y[..width]);
        let (ties_a, ties_b) = (&mut ties_a[..width], &mut ties_b[..width]);
        for z in 0..width {
            let change = row_y[z] - row_x[z];
            let (in_a, in_b) = (ties_a[z] + change, ties_b[z] - change);
            ties_a[z] = in_a;
            ties_b[z] = in_b;
            let kept = own[z];
            let kept = if groups[z] == a { in_a } else { kept };
            own[z] = if groups[z] == b { in_b } else { kept };
        }
        self.value += i64::from(gain);
    }

    /// What moving a person into another group would add to the value.
    #[inline(always)]
    pub(super) fn move_gain(&self, instance: &Instance, x: usize, b: usize) -> i32 {
        self.ties[b * instance.width() + x] - self.own[x]
    }

    /// Moves a person into another group; the bounds are the caller's care.
    #[inline(always)]
    pub(super) fn relocate(&mut self, instance: &Instance, x: usize, b: usize, gain: i32) {
        let width = instance.width();
        let a = self.groups[x] as usize;
        let row = instance.row(x);
        for (sum, far) in self.ties[a * width..][..width].iter_mut().zip(row) {
            *sum -= far;
        }
        for (sum, far) in self.ties[b * width..][..width].iter_mut().zip(row) {
            *sum += far;
        }
        self.sizes[a] -= 1;
        self.sizes[b] += 1;
        self.groups[x] = b as i32;
        self.value += i64::from(gain);
        for (z, group) in self.groups[..instance.people()].iter().enumerate() {
            self.own[z] = self.ties[*group as usize * width + z];
        }
    }

    /// Groups by person.
    pub(super) fn seats(&self, instance: &Instance) -> Vec<usize> {
        self.groups[..instance.people()].iter().map(|group| *group as usize).collect()
    }
}

/// Two different rows of a table, both to be written.
#[inline(always)]
fn two_rows(table: &mut [i32], width: usize, a: usize, b: usize) -> [&mut [i32]; 2] {
    let (low, high) = table.split_at_mut(a.max(b) * width);
    let (low, high) = (&mut low[a.min(b) * width..][..width], &mut high[..width]);
    if a < b { [low, high] } else { [high, low] }
}

#[cfg(test)]
mod tests {
    use super::super::cases::random;
    use super::*;

    #[test]
    fn sums_stay_right_through_exchanges_and_moves() {
        let instance = random(23, &[(3, 9), (5, 12), (4, 10)], 7);
        let mut chance = Chance::new(5);
        let mut state = State::random(&instance, &[7, 8, 8], &mut chance);
        for step in 0..300 {
            let (x, y) = (chance.below(23), chance.below(23));
            if state.groups[x] == state.groups[y] {
                continue;
            }
            if step % 3 == 0 {
                let b = state.groups[y] as usize;
                let gain = state.move_gain(&instance, x, b);
                state.relocate(&instance, x, b, gain);
            } else {
                let gain = state.gain(&instance, x, y);
                state.exchange(&instance, x, y, gain);
            }
            let fresh = State::new(&instance, &state.groups);
            assert_eq!((state.value, &state.ties, &state.own), (fresh.value, &fresh.ties, &fresh.own));
            assert_eq!((&state.sizes, &state.groups), (&fresh.sizes, &fresh.groups));
            assert_eq!(state.value, instance.value(&state.seats(&instance)));
        }
    }
}

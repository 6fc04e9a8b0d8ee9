//! All seats of all rounds while they are searched, with the meetings of every pair.
//!
//! Invariant: `cost` is the sum, over all meetings, of how often the pair had met before; a
//! forbidden pair starts with [`BARRED`] meetings. Exchanges that break the rule for units are
//! never offered, and group sizes never change.

use super::circle::Circle;
use super::deal::{Units, deal};
use crate::domain::formation::chance::Chance;

/// How many meetings a pair has behind it that must not meet.
pub(super) const BARRED: u16 = 10_000;

/// Seats of the rounds that have been dealt so far.
#[derive(Debug, Clone)]
pub(super) struct Seating {
    people: usize,
    starts: Vec<usize>,
    /// Group of each seat.
    group_of: Vec<usize>,
    units: Units,
    /// Person on each seat, round after round.
    seats: Vec<u32>,
    /// Meetings of each pair, both ways round.
    met: Vec<u16>,
    pub(super) cost: i64,
}

impl Seating {
    /// No rounds yet, but the history and the forbidden pairs.
    pub(super) fn new(circle: &Circle, sizes: &[usize], units: Units) -> Self {
        let people = circle.people;
        let mut met = vec![0_u16; people * people];
        for (a, b) in &circle.met {
            for cell in [a * people + b, b * people + a] {
                met[cell] = met[cell].saturating_add(1).min(BARRED / 2);
            }
        }
        for (a, b) in &circle.never {
            met[a * people + b] = BARRED;
            met[b * people + a] = BARRED;
        }
        let mut starts = vec![0];
        let mut group_of = Vec::with_capacity(people);
        for (group, size) in sizes.iter().enumerate() {
            starts.push(starts[group] + size);
            group_of.resize(starts[group + 1], group);
        }
        Self { people, starts, group_of, units, seats: Vec::new(), met, cost: 0 }
    }

    /// How many rounds have been dealt.
    pub(super) fn rounds(&self) -> usize {
        self.seats.len() / self.people
    }

    /// Seats of one round.
    pub(super) fn seats(&self) -> usize {
        self.people
    }

    /// Adds a round dealt by chance within the rule for units.
    pub(super) fn deal(&mut self, chance: &mut Chance) {
        let round = deal(&self.units, self.starts.len() - 1, chance);
        let seats = round.into_iter().flatten().collect::<Vec<_>>();
        self.push(&seats);
    }

    /// Adds a round: people by seat.
    pub(super) fn push(&mut self, seats: &[usize]) {
        let round = self.rounds();
        self.seats.extend(seats.iter().map(|person| *person as u32));
        for group in 0..self.starts.len() - 1 {
            for a in self.starts[group]..self.starts[group + 1] {
                for b in a + 1..self.starts[group + 1] {
                    let (x, y) = (self.at(round, a), self.at(round, b));
                    self.cost += i64::from(self.met[x * self.people + y]);
                    self.meet(x, y);
                }
            }
        }
    }

    #[inline]
    pub(super) fn at(&self, round: usize, seat: usize) -> usize {
        self.seats[round * self.people + seat] as usize
    }

    #[inline]
    fn meet(&mut self, x: usize, y: usize) {
        self.met[x * self.people + y] += 1;
        self.met[y * self.people + x] += 1;
    }

    #[inline]
    fn unmeet(&mut self, x: usize, y: usize) {
        self.met[x * self.people + y] -= 1;
        self.met[y * self.people + x] -= 1;
    }

    /// Whether the person on a seat has somebody in the group met more than once.
    #[inline]
    pub(super) fn repeats_at(&self, round: usize, seat: usize) -> bool {
        let row = self.at(round, seat) * self.people;
        let group = self.group_of[seat];
        let seats = self.starts[group]..self.starts[group + 1];
        seats.filter(|other| *other != seat).any(|other| self.met[row + self.at(round, other)] > 1)
    }

    /// Whether two seats belong to different groups and may exchange their people.
    #[inline]
    pub(super) fn may_exchange(&self, round: usize, a: usize, b: usize) -> bool {
        self.group_of[a] != self.group_of[b]
            && (self.units.is_free() || (self.may_sit(round, a, b) && self.may_sit(round, b, a)))
    }

    /// Whether the person of seat `from` keeps the rule for units on seat `to`.
    fn may_sit(&self, round: usize, from: usize, to: usize) -> bool {
        let person = self.at(round, from);
        let group = self.group_of[to];
        let seats = (self.starts[group]..self.starts[group + 1]).filter(|seat| *seat != to);
        self.units.allows(person, seats.map(|seat| self.at(round, seat)))
    }

    /// What exchanging the people of two seats would add to the cost.
    #[inline]
    pub(super) fn change(&self, round: usize, a: usize, b: usize) -> i64 {
        self.half_change(round, a, b) + self.half_change(round, b, a)
    }

    /// The part of a change that falls on the group of seat `a`.
    #[inline]
    fn half_change(&self, round: usize, a: usize, b: usize) -> i64 {
        let (leaving, coming) = (self.at(round, a) * self.people, self.at(round, b) * self.people);
        let group = self.group_of[a];
        let mut change = 0;
        for seat in self.starts[group]..self.starts[group + 1] {
            if seat != a {
                let other = self.at(round, seat);
                change += i64::from(self.met[coming + other]) - i64::from(self.met[leaving + other]) + 1;
            }
        }
        change
    }

    /// Exchanges the people of two seats of different groups; `change` is what [`Self::change`] says.
    pub(super) fn exchange(&mut self, round: usize, a: usize, b: usize, change: i64) {
        let (x, y) = (self.at(round, a), self.at(round, b));
        for (seat, leaving, coming) in [(a, x, y), (b, y, x)] {
            let group = self.group_of[seat];
            for other in self.starts[group]..self.starts[group + 1] {
                if other != seat {
                    let other = self.at(round, other);
                    self.unmeet(leaving, other);
                    self.meet(coming, other);
                }
            }
        }
        self.seats.swap(round * self.people + a, round * self.people + b);
        self.cost += change;
    }

    /// The groups of every round, people in rising order.
    pub(super) fn groups(&self) -> Vec<Vec<Vec<usize>>> {
        let group = |round: usize, ends: &[usize]| {
            let mut members: Vec<usize> = (ends[0]..ends[1]).map(|seat| self.at(round, seat)).collect();
            members.sort_unstable();
            members
        };
        (0..self.rounds())
            .map(|round| self.starts.windows(2).map(|ends| group(round, ends)).collect())
            .collect()
    }
}

//! Feasible groups that are worth their prices, found without looking at all others.
//!
//! Invariant: a branch is only left out when no group in it can gain more than asked, so a search
//! that is not cut short proves that there are no others.

use super::super::plan::FULL_SCORE;
use super::super::pool::Who;
use super::super::score::{self, WHOLE};
use super::bunch::Bunch;
use super::quarry::{Item, Prices, Quarry, Seed, Stone};
use crate::domain::week::WeekMask;

/// Safety against the last digits of fractions, in points.
const MARGIN: f64 = 0.01;

/// A search in progress.
struct Dig<'d, 'g, 'p, const C: usize> {
    quarry: &'d Quarry<'g, 'p, C>,
    seed: &'d Seed,
    prices: &'d Prices<'d>,
    size: usize,
    per_member: f64,
    per_peer: f64,
    pair: f64,
    group: f64,
    /// Seat of each item less its price, to tell scores from prices.
    seats: Vec<f64>,
    bunch: Bunch<C>,
    found: &'d mut Vec<Stone<C>>,
    least: f64,
    steps: u64,
    limit: u64,
}

impl<const C: usize> Quarry<'_, '_, C> {
    /// Groups of a seed that gain more than asked, at most; whether the search was complete.
    pub(super) fn dig(
        &self,
        seed: &Seed,
        prices: &Prices<'_>,
        found: &mut Vec<Stone<C>>,
        steps: &mut u64,
    ) -> bool {
        let rules = self.ground.rules;
        let from = found.len();
        for size in rules.min_participants..=rules.max_participants {
            let (_, by_members, by_peers) = score::divisors(seed.mentors.len(), size);
            let (whole, times) = (WHOLE as f64, size as f64);
            let (per_member, per_peer) = (times / by_members as f64 / whole, times / by_peers as f64 / whole);
            let pair = seed.pair[0] as f64 * per_member
                + seed.pair[1] as f64 * per_peer
                + seed.pair[2] as f64 / whole;
            let share = &self.ground.share;
            let fixed = self.ground.by_size[size] + seed.load + share.fairness * FULL_SCORE;
            let start = self.lead(seed, prices)
                + seed.members as f64 * per_member
                + seed.wishes as f64 / whole
                + fixed as f64 * times / whole;
            let mut dig = Dig {
                quarry: self,
                seed,
                prices,
                size,
                per_member,
                per_peer,
                pair,
                group: times / whole,
                seats: Vec::new(),
                bunch: Bunch::of(&seed.mentors, &[]),
                least: prices.least,
                found,
                steps: 0,
                limit: *steps,
            };
            dig.begin(start, from);
            let used = dig.steps;
            *steps = steps.saturating_sub(used);
            if *steps == 0 {
                return false;
            }
        }
        true
    }
}

impl<const C: usize> Dig<'_, '_, '_, C> {
    fn begin(&mut self, start: f64, from: usize) {
        let seed = self.seed;
        let seats = |item: &Item| -> f64 {
            item.people.iter().map(|who| self.quarry.seat(seed, self.prices, *who)).sum()
        };
        self.seats = seed.items.iter().map(seats).collect();
        let worth = |item: &Item, seats: f64| {
            seats
                + item.marks as f64 / WHOLE as f64
                + item.members as f64 * self.per_member
                + item.peers as f64 * self.per_peer
        };
        let mut list: Vec<(f64, u32)> = seed
            .items
            .iter()
            .zip(&self.seats)
            .zip(0..)
            .map(|((item, seats), at)| (worth(item, *seats), at))
            .collect();
        let (mut gain, mut paid) = (start, self.quarry.lead(seed, self.prices));
        let (mut week, mut tongues) = (seed.week, seed.tongues);
        // Locked participants sit first.
        for &who in &seed.held {
            let Some(place) = list.iter().position(|(_, at)| seed.items[*at as usize].people[0] == who)
            else {
                if self.bunch.has(who) {
                    continue;
                }
                return;
            };
            let (own, at) = list.swap_remove(place);
            let item = &seed.items[at as usize];
            gain += own;
            paid += self.seats[at as usize];
            week = week.and(item.week);
            tongues &= item.tongues;
            list = self.beside(&list, item);
            for who in &item.people {
                self.bunch.push(*who);
            }
        }
        if usize::from(self.bunch.k) > self.size {
            return;
        }
        list.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        self.down(&list, (gain, paid), week, tongues, from);
    }

    /// The list after somebody joined: without those who clash, with what pairs add.
    fn beside(&mut self, list: &[(f64, u32)], joined: &Item) -> Vec<(f64, u32)> {
        self.steps += list.len() as u64 / 4 + 1;
        let ground = self.quarry.ground;
        let mut next = Vec::with_capacity(list.len());
        'list: for &(own, at) in list {
            let mut gain = own;
            for &who in &self.seed.items[at as usize].people {
                for &other in &joined.people {
                    let cell = ground.cell(who, other);
                    if cell.clash {
                        continue 'list;
                    }
                    gain += f64::from(cell.members) * self.per_member
                        + f64::from(cell.peers) * self.per_peer
                        + f64::from(cell.wishes.max(0)) / WHOLE as f64;
                }
            }
            next.push((gain, at));
        }
        next
    }

    /// What the whole group can still earn by its hours and new faces.
    fn whole_group(&self, week: WeekMask) -> f64 {
        let share = &self.quarry.ground.share;
        let hours = if self.quarry.ground.rules.quorum_percent < 100 {
            FULL_SCORE
        } else {
            score::hours(week.count())
        };
        (share.hours * hours + share.new_faces * FULL_SCORE) as f64 * self.group
    }

    /// The most that the score of anybody in the list can add.
    fn most_scored(&self, list: &[(f64, u32)]) -> f64 {
        list.iter().map(|(own, at)| own - self.seats[*at as usize]).fold(0.0, f64::max)
    }

    /// Goes on from a group that gains so much, of which prices and seats make up `paid`.
    fn down(
        &mut self,
        list: &[(f64, u32)],
        (gain, paid): (f64, f64),
        week: WeekMask,
        tongues: u64,
        from: usize,
    ) {
        let left = self.size - usize::from(self.bunch.k);
        if left == 0 {
            self.leaf(from);
            return;
        }
        let ground = self.quarry.ground;
        let open = gain + self.whole_group(week) + self.pair * (left * (left - 1) / 2) as f64 + MARGIN;
        // What the score lacks for the least one allowed, when the rest of the group is as good as can be.
        let scored = if self.prices.floor > 0 { self.most_scored(list) } else { 0.0 };
        let lacks = (self.prices.floor as f64) * self.size as f64 - (open - paid + scored * left as f64);
        if self.prices.floor > 0 && lacks > 0.0 {
            return;
        }
        for at in 0..list.len() {
            if self.steps >= self.limit {
                return;
            }
            // The list is sorted, so no later item can do better than this one and its neighbours.
            let ties = ground.has_mates;
            let most: f64 =
                list[at..].iter().take(left).map(|(own, _)| if ties { own.max(0.0) } else { *own }).sum();
            if open + most <= self.least || !ties && list.len() - at < left {
                return;
            }
            let (own, number) = list[at];
            let item = &self.seed.items[number as usize];
            self.steps += 1;
            let is_weak = own - self.seats[number as usize] - scored + MARGIN < lacks;
            if item.people.len() > left || self.prices.floor > 0 && is_weak {
                continue;
            }
            let (hours, tongue) = (week.and(item.week), tongues & item.tongues);
            let short = ground.rules.quorum_percent == 100 && hours.count() < ground.rules.min_common_hours;
            if short || tongue == 0 && self.listing(&item.people) > 1 {
                continue;
            }
            let before = self.bunch;
            for who in &item.people {
                self.bunch.push(*who);
            }
            if item.people.len() == left {
                if own + gain + self.whole_group(hours) + MARGIN > self.least {
                    self.leaf(from);
                }
            } else {
                let mut next = self.beside(&list[at + 1..], item);
                next.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                self.down(&next, (gain + own, paid + self.seats[number as usize]), hours, tongue, from);
            }
            self.bunch = before;
        }
    }

    fn listing(&self, more: &[Who]) -> u32 {
        let people = self.bunch.people().iter().chain(more);
        people.map(|who| u32::from(self.quarry.ground.hot(*who).lists)).sum()
    }

    fn leaf(&mut self, from: usize) {
        self.steps += 1;
        let Some(worth) = self.quarry.ground.worth(&self.bunch, false) else { return };
        if worth < self.prices.floor {
            return;
        }
        let seat = |who: &Who| self.quarry.seat(self.seed, self.prices, *who);
        let seats: f64 = self.bunch.participants().iter().map(seat).sum();
        let gain =
            seats + self.quarry.lead(self.seed, self.prices) + (worth * i64::from(self.bunch.k)) as f64;
        if gain <= self.least {
            return;
        }
        self.found.push(Stone { bunch: self.bunch.sorted(), worth, label: self.seed.label, gain });
        let best = self.prices.best;
        if best > 0 && self.found.len() >= from + 2 * best {
            self.found[from..].sort_unstable_by(|a, b| b.gain.total_cmp(&a.gain));
            self.found.truncate(from + best);
            self.least = self.found[from + best - 1].gain;
        }
    }
}

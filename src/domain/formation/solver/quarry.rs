//! Where feasible groups of a small pool come from: sets of mentors, and who may join them.
//!
//! Invariant: every feasible group grows from exactly one seed for each place it may have.

use super::super::pool::Who;
use super::super::score;
use super::bunch::Bunch;
use super::ground::Ground;
use super::homes::Homes;
use super::worth::Lead;
use crate::domain::week::WeekMask;

/// Sets of mentors looked at most.
const MOST_SEEDS: usize = 4_000;

/// Participants who come together, under some mentors.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) people: Vec<Who>,
    /// Marks under the mentors and wishes, to be divided by the number of participants.
    pub(super) marks: i64,
    /// Marks of pairs with mentors and within the item.
    pub(super) members: i64,
    pub(super) peers: i64,
    pub(super) week: WeekMask,
    pub(super) tongues: u64,
}

/// Mentors who may lead together, with everybody who may join them.
#[derive(Debug, Clone)]
pub(super) struct Seed {
    pub(super) mentors: Vec<Who>,
    /// Participants whom a lock puts here.
    pub(super) held: Vec<Who>,
    /// Number of the place, for groups that are locked or that people sat in before.
    pub(super) label: Option<usize>,
    pub(super) items: Vec<Item>,
    pub(super) week: WeekMask,
    pub(super) tongues: u64,
    pub(super) members: i64,
    pub(super) wishes: i64,
    pub(super) load: i64,
    /// The most that two participants can be to each other here: members, peers, wishes.
    pub(super) pair: [i64; 3],
}

/// A feasible group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stone<const C: usize> {
    pub(super) bunch: Bunch<C>,
    pub(super) worth: i64,
    pub(super) label: Option<usize>,
    /// What it gains over the prices.
    pub(super) gain: f64,
}

/// What people cost at present.
pub(super) struct Prices<'a> {
    /// Reward less price of each participant's seat.
    pub(super) seat: &'a [f64],
    /// Reward less price of each mentor's time.
    pub(super) lead: &'a [f64],
    /// Reward less price of each place with a number.
    pub(super) label: &'a [f64],
    /// Reward less price of staying in one's place.
    pub(super) stay: f64,
    /// Least score of a group.
    pub(super) floor: i64,
    /// Gain asked for.
    pub(super) least: f64,
    /// Groups wanted from each seed, the best ones; more are found when 0.
    pub(super) best: usize,
}

/// Where groups are looked for.
pub(super) struct Quarry<'g, 'p, const C: usize> {
    pub(super) ground: &'g Ground<'p>,
    pub(super) seeds: Vec<Seed>,
    pub(super) homes: Homes,
    marker: std::marker::PhantomData<Bunch<C>>,
}

impl<'g, 'p, const C: usize> Quarry<'g, 'p, C> {
    /// Finds the seeds; none when there are too many. Labels give the mentors and participants that
    /// are locked into their places.
    pub(super) fn new(ground: &'g Ground<'p>, labels: &[(Vec<Who>, Vec<Who>)], homes: Homes) -> Option<Self> {
        let rules = ground.rules;
        let held: Vec<Who> =
            labels.iter().flat_map(|(_, participants)| participants.iter().copied()).collect();
        let mut sets: Vec<(Vec<Who>, Option<usize>)> = vec![(Vec::new(), None)];
        sets.extend(labels.iter().enumerate().map(|(at, (mentors, _))| (mentors.clone(), Some(at))));
        let mut seeds = Vec::new();
        for (mut mentors, label) in sets {
            mentors.sort_unstable();
            let own = label.map_or(&[][..], |at| &labels[at].1);
            let mut stack = vec![(mentors, 0)];
            while let Some((set, from)) = stack.pop() {
                if set.len() >= rules.min_mentors {
                    seeds.extend(Self::seed(ground, set.clone(), own, label, &held));
                    if seeds.len() > MOST_SEEDS {
                        return None;
                    }
                }
                if set.len() >= rules.max_mentors {
                    continue;
                }
                for (at, &who) in ground.mentors.iter().enumerate().skip(from) {
                    let fits = |other: &Who| *other != who && !ground.cell(*other, who).clash;
                    if set.iter().all(fits) {
                        let mut more = set.clone();
                        more.push(who);
                        stack.push((more, at + 1));
                    }
                }
            }
        }
        Some(Self { ground, seeds, homes, marker: std::marker::PhantomData })
    }

    fn seed(
        ground: &Ground<'_>,
        mentors: Vec<Who>,
        held: &[Who],
        label: Option<usize>,
        all_held: &[Who],
    ) -> Option<Seed> {
        let lead = Lead::of(ground, &mentors);
        let week = mentors.iter().fold(WeekMask::ALL, |week, who| week.and(ground.hot(*who).week));
        let tongues = mentors.iter().fold(u64::MAX, |all, who| all & ground.hot(*who).tongues);
        let (mut members, mut wishes) = (0, 0);
        for (a, b) in score::pairs(&mentors, &[]) {
            members += i64::from(ground.cell(a, b).members);
            wishes += i64::from(ground.cell(a, b).wishes.max(0));
        }
        let loads: i64 = mentors.iter().map(|who| ground.soul(*who).load).sum();
        let busy = ground.share.load * (loads / score::whole(mentors.len().max(1)));
        let mut seed = Seed {
            held: held.to_vec(),
            label,
            items: Vec::new(),
            week,
            tongues,
            members,
            wishes,
            load: busy,
            pair: [0; 3],
            mentors,
        };
        if seed.week.count() < ground.rules.min_common_hours {
            return None;
        }
        for &who in &ground.participants {
            let unit = &ground.rest(who).unit;
            let taken = all_held.contains(&who) && !held.contains(&who);
            if unit[0] == who && !taken && !unit.iter().any(|who| seed.mentors.contains(who)) {
                seed.items.extend(item(ground, &seed, &lead, unit));
            }
        }
        for (at, a) in seed.items.iter().enumerate() {
            for b in &seed.items[at + 1..] {
                for (x, y) in a.people.iter().flat_map(|x| b.people.iter().map(move |y| (*x, *y))) {
                    let cell = ground.cell(x, y);
                    let marks = [cell.members, cell.peers, cell.wishes].map(i64::from);
                    seed.pair.iter_mut().zip(marks).for_each(|(most, mark)| *most = mark.max(*most));
                }
            }
        }
        Some(seed)
    }
}

impl<const C: usize> Quarry<'_, '_, C> {
    /// Leaves an empty quarry behind.
    pub(super) fn take(&mut self) -> Self {
        let (seeds, homes) = (std::mem::take(&mut self.seeds), self.homes.clone());
        Self { ground: self.ground, seeds, homes, marker: std::marker::PhantomData }
    }

    /// Rewards less prices of the mentors and the place of a seed.
    pub(super) fn lead(&self, seed: &Seed, prices: &Prices<'_>) -> f64 {
        let place = seed.label.and_then(|label| u32::try_from(label).ok());
        let one = |who: &Who| {
            let stays = place.is_some_and(|at| self.homes.has_lead(at, *who));
            prices.lead[*who as usize] + if stays { prices.stay } else { 0.0 }
        };
        seed.mentors.iter().map(one).sum::<f64>() + seed.label.map_or(0.0, |label| prices.label[label])
    }

    /// Reward less price of a seat under a label.
    #[inline]
    pub(super) fn seat(&self, seed: &Seed, prices: &Prices<'_>, who: Who) -> f64 {
        let place = seed.label.and_then(|label| u32::try_from(label).ok());
        let stays = place.is_some_and(|at| self.homes.has_seat(at, who));
        prices.seat[who as usize] + if stays { prices.stay } else { 0.0 }
    }
}

/// What a unit of participants brings to a seed, if it may join at all.
fn item(ground: &Ground<'_>, seed: &Seed, lead: &Lead, unit: &[Who]) -> Option<Item> {
    let mut item = Item {
        people: unit.to_vec(),
        marks: 0,
        members: 0,
        peers: 0,
        week: WeekMask::ALL,
        tongues: u64::MAX,
    };
    for (at, &who) in unit.iter().enumerate() {
        let soul = ground.hot(who);
        item.week = item.week.and(soul.week);
        item.tongues &= soul.tongues;
        item.marks += lead.marks(ground, &seed.mentors, who);
        for &mentor in &seed.mentors {
            let cell = ground.cell(mentor, who);
            if cell.clash || !ground.may_meet(mentor, who) {
                return None;
            }
            item.members += i64::from(cell.members);
            item.marks += i64::from(cell.wishes.max(0));
        }
        for &other in &unit[..at] {
            let cell = ground.cell(other, who);
            item.members += i64::from(cell.members);
            item.peers += i64::from(cell.peers);
            item.marks += i64::from(cell.wishes.max(0));
        }
    }
    let hours = ground.rules.min_common_hours;
    let meets = ground.rules.quorum_percent < 100 || item.week.and(seed.week).count() >= hours;
    meets.then_some(item)
}

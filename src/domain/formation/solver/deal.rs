//! Deals the work on a large pool into parts, and puts what came of a part back.
//!
//! Invariant: every group that is not locked, every seat that is free and every mentor's spare time
//! is in exactly one part; people who must sit together are in the same one where they can be.

use super::super::pool::Who;
use super::bunch::Bunch;
use super::dice::Dice;
use super::ground::Ground;
use super::soul::Role;
use super::state::State;
use std::collections::BTreeMap;

/// People in a block, about.
const BLOCK: usize = 6_000;

/// A share of the work.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Places of its groups.
    pub(super) places: Vec<u32>,
    /// People by their number in the pool; their order gives their numbers in the part.
    pub(super) roles: Vec<Role>,
}

impl Part {
    /// A group in numbers of the part.
    pub(super) fn inner<const C: usize>(&self, bunch: &Bunch<C>) -> Bunch<C> {
        let number = |who: &Who| {
            let at = self.roles.binary_search_by_key(who, |role| role.who).unwrap_or_default();
            Who::try_from(at).unwrap_or_default()
        };
        let map = |people: &[Who]| people.iter().map(number).collect::<Vec<_>>();
        Bunch::of(&map(bunch.mentors()), &map(bunch.participants()))
    }

    /// A group of the part in numbers of the pool.
    pub(super) fn outer<const C: usize>(&self, bunch: &Bunch<C>) -> Bunch<C> {
        let map = |people: &[Who]| people.iter().map(|who| self.roles[*who as usize].who).collect::<Vec<_>>();
        Bunch::of(&map(bunch.mentors()), &map(bunch.participants()))
    }
}

/// Parts in the making.
struct Dealer<'d, 'p> {
    ground: &'d Ground<'p>,
    places: Vec<Vec<u32>>,
    roles: Vec<BTreeMap<Who, Role>>,
    /// Parts of those whom others must sit with.
    bound: BTreeMap<Who, usize>,
}

impl Dealer<'_, '_> {
    fn role(&mut self, part: usize, who: Who) -> &mut Role {
        if !self.ground.rest(who).mates.is_empty() {
            self.bound.insert(who, part);
        }
        self.roles[part].entry(who).or_insert(Role { who, capacity: 0, wants_seat: false })
    }

    /// The part of those whom somebody must sit with, or the one whose turn it is.
    fn part_for(&self, who: Who, turn: usize) -> usize {
        let mates = &self.ground.rest(who).mates;
        mates.iter().find_map(|mate| self.bound.get(mate).copied()).unwrap_or(turn % self.roles.len())
    }
}

/// Deals groups that are not locked, idle mentors and waiting people into blocks.
pub(super) fn deal<const C: usize>(ground: &Ground<'_>, state: &State<C>, dice: &mut Dice) -> Vec<Part> {
    // An even number of blocks keeps two cores busy to the end.
    let count = ground.souls.len().div_ceil(BLOCK).max(1).next_multiple_of(2);
    let mut dealer = Dealer {
        ground,
        places: vec![Vec::new(); count],
        roles: vec![BTreeMap::new(); count],
        bound: BTreeMap::new(),
    };
    let mut places: Vec<u32> = state.groups().map(|(at, ..)| at).filter(|at| !state.is_locked(*at)).collect();
    dice.shuffle(&mut places);
    for (turn, at) in places.into_iter().enumerate() {
        let part = turn % count;
        dealer.places[part].push(at);
        for &who in state.bunch(at).mentors() {
            dealer.role(part, who).capacity += 1;
        }
        for &who in state.bunch(at).participants() {
            dealer.role(part, who).wants_seat = true;
        }
    }
    let mut idle: Vec<(Who, u8)> = Vec::new();
    for &who in &ground.mentors {
        let led = u8::try_from(state.leads[who as usize].len()).unwrap_or(u8::MAX);
        let more = ground.soul(who).capacity.saturating_sub(led);
        idle.extend((more > 0).then_some((who, more)));
    }
    dice.shuffle(&mut idle);
    for (turn, (who, more)) in idle.into_iter().enumerate() {
        let part = dealer.part_for(who, turn);
        dealer.role(part, who).capacity += more;
    }
    let mut waiting: Vec<Who> =
        state.waiting.iter().copied().filter(|who| ground.rest(*who).unit[0] == *who).collect();
    waiting.sort_unstable();
    dice.shuffle(&mut waiting);
    for (turn, who) in waiting.into_iter().enumerate() {
        let part = dealer.part_for(who, turn);
        for &unit in &ground.rest(who).unit {
            dealer.role(part, unit).wants_seat = true;
        }
    }
    let parts = dealer.places.into_iter().zip(dealer.roles);
    parts.map(|(places, roles)| Part { places, roles: roles.into_values().collect() }).collect()
}

/// Replaces the groups of a part by their new versions; a part that was not worked on stays.
pub(super) fn put_back<const C: usize>(
    ground: &Ground<'_>,
    state: &mut State<C>,
    part: &Part,
    groups: Option<Vec<Bunch<C>>>,
) {
    let Some(groups) = groups else { return };
    let lifted: Vec<(u32, Bunch<C>, i64)> = part.places.iter().map(|at| (*at, Bunch::EMPTY, 0)).collect();
    state.take(ground, &lifted);
    let more = groups.len().saturating_sub(part.places.len());
    let spare = state.spare.iter().rev().filter(|at| !part.places.contains(at)).take(more);
    let places: Vec<u32> = part.places.iter().chain(spare).copied().collect();
    for (at, bunch) in places.into_iter().zip(&groups) {
        let worth = ground.worth(bunch, false).unwrap_or(0);
        state.take(ground, &[(at, *bunch, worth)]);
    }
}

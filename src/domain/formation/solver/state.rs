//! The state of the search: groups in numbered places, who sits where, who leads what.
//!
//! Invariant: after `take`, every participant has one place or waits, nobody leads more groups than
//! promised, and every group that is not empty keeps all hard rules.

use super::super::pool::Who;
use super::bunch::Bunch;
use super::dice::Dice;
use super::ground::Ground;
use super::homes::Homes;
use super::quick::{self, Parts, Turn};

/// No group.
pub(super) const NONE: u32 = u32::MAX;
/// Several groups.
const MANY: u32 = u32::MAX - 1;

/// Everything the search changes.
#[derive(Debug, Clone)]
pub(super) struct State<const C: usize> {
    pub(super) bunches: Vec<Bunch<C>>,
    /// Score of each group, 0 for an empty place.
    pub(super) worth: Vec<i64>,
    /// Sums behind the scores of groups, and each participant's part in them.
    pub(super) whole: Vec<Parts>,
    pub(super) own: Vec<Parts>,
    /// Group of each person as participant.
    pub(super) seat: Vec<u32>,
    /// Groups each person leads.
    pub(super) leads: Vec<Vec<u32>>,
    /// The group each person leads, if it is one.
    first_lead: Vec<u32>,
    /// Participants without a group.
    pub(super) waiting: Vec<Who>,
    place: Vec<u32>,
    /// Places without a group.
    pub(super) spare: Vec<u32>,
    /// Seats that a lock holds: participants, and mentors with their group.
    pub(super) fixed: Vec<bool>,
    pub(super) fixed_mentors: Vec<(u32, Who)>,
    /// Places of locked groups come first.
    pub(super) locked: u32,
    /// Mentors without a wish for a seat who lead a group.
    pub(super) led: i64,
    /// Waiting people who were left out before.
    pub(super) again: i64,
    /// Sum over groups of score times participants.
    pub(super) total: i64,
    pub(super) homes: Homes,
    /// People in the place where they sat before.
    pub(super) stayed: i64,
}

/// Figures that rank states, larger is better; the same order as `PlanScore::rank`,
/// with people who stay where they were before idle mentors.
pub(super) type Rank = (i64, i64, i64, i64, i64, i64);

impl<const C: usize> State<C> {
    /// A state with nobody seated and this many places.
    pub(super) fn empty(ground: &Ground<'_>, places: usize) -> Self {
        let people = ground.souls.len();
        let mut place = vec![NONE; people];
        for (who, at) in ground.participants.iter().zip(0..) {
            place[*who as usize] = at;
        }
        let places = u32::try_from(places).unwrap_or(u32::MAX - 1);
        Self {
            bunches: vec![Bunch::EMPTY; places as usize],
            worth: vec![0; places as usize],
            whole: vec![Parts::NONE; places as usize],
            own: vec![Parts::NONE; people],
            seat: vec![NONE; people],
            leads: vec![Vec::new(); people],
            first_lead: vec![NONE; people],
            waiting: ground.participants.clone(),
            place,
            spare: (0..places).rev().collect(),
            fixed: vec![false; people],
            fixed_mentors: Vec::new(),
            locked: 0,
            led: 0,
            again: ground.participants.iter().filter(|who| ground.soul(**who).left_out).map(|_| 1).sum(),
            total: 0,
            homes: Homes::default(),
            stayed: 0,
        }
    }

    /// Says where people sat before; to be called while nobody is seated.
    pub(super) fn settle(mut self, homes: Homes) -> Self {
        self.homes = homes;
        self
    }

    /// A state with these groups; the first so many are locked with their first people.
    pub(super) fn of(
        ground: &Ground<'_>,
        groups: &[Bunch<C>],
        held: &[(usize, usize)],
        places: usize,
    ) -> Self {
        Self::with_homes(ground, groups, held, places, Homes::default())
    }

    /// Like `of`, for people who sat somewhere before. Empty groups leave their places free.
    pub(super) fn with_homes(
        ground: &Ground<'_>,
        groups: &[Bunch<C>],
        held: &[(usize, usize)],
        places: usize,
        homes: Homes,
    ) -> Self {
        let mut state = Self::empty(ground, places.max(groups.len())).settle(homes);
        for (at, bunch) in groups.iter().enumerate() {
            let worth = ground.worth(bunch, false).unwrap_or(0);
            state.put(ground, u32::try_from(at).unwrap_or(NONE), *bunch, worth);
        }
        for ((mentors, participants), at) in held.iter().zip(0_u32..) {
            let bunch = groups[at as usize];
            for who in &bunch.participants()[..*participants] {
                state.fixed[*who as usize] = true;
            }
            state.fixed_mentors.extend(bunch.mentors()[..*mentors].iter().map(|who| (at, *who)));
            state.locked = at + 1;
        }
        state
    }

    pub(super) fn is_locked(&self, at: u32) -> bool {
        at < self.locked
    }

    pub(super) fn is_fixed_mentor(&self, at: u32, who: Who) -> bool {
        self.is_locked(at) && self.fixed_mentors.contains(&(at, who))
    }

    /// Whether a person can lead one more group.
    #[inline]
    pub(super) fn is_free(&self, ground: &Ground<'_>, who: Who) -> bool {
        self.leads[who as usize].len() < usize::from(ground.soul(who).capacity)
    }

    /// One of the groups that somebody leads.
    #[inline]
    pub(super) fn led_by(&self, mentor: Who, dice: &mut Dice) -> Option<u32> {
        match self.first_lead[mentor as usize] {
            NONE => None,
            MANY => dice.pick(&self.leads[mentor as usize]),
            at => Some(at),
        }
    }

    /// A group, to see what it is worth with somebody more or less.
    #[inline]
    pub(super) fn turn<'t, 'p>(&'t self, ground: &'t Ground<'p>, at: u32) -> Turn<'t, 'p, C> {
        let place = at as usize;
        Turn { ground, bunch: &self.bunches[place], whole: &self.whole[place], own: &self.own }
    }

    #[inline]
    pub(super) fn bunch(&self, at: u32) -> &Bunch<C> {
        &self.bunches[at as usize]
    }

    /// Replaces groups by their new versions.
    pub(super) fn take(&mut self, ground: &Ground<'_>, changes: &[(u32, Bunch<C>, i64)]) {
        for (at, ..) in changes {
            self.lift(ground, *at);
        }
        for (at, bunch, worth) in changes {
            self.put(ground, *at, *bunch, *worth);
        }
    }

    fn put(&mut self, ground: &Ground<'_>, at: u32, bunch: Bunch<C>, worth: i64) {
        self.bunches[at as usize] = bunch;
        self.worth[at as usize] = worth;
        if bunch.is_empty() {
            self.worth[at as usize] = 0;
            return;
        }
        self.whole[at as usize] = quick::parts(ground, &bunch, &mut self.own);
        if let Some(place) = self.spare.iter().rposition(|spare| *spare == at) {
            self.spare.swap_remove(place);
        }
        for &who in bunch.participants() {
            self.seat[who as usize] = at;
            self.again -= i64::from(ground.soul(who).left_out);
            let place = std::mem::replace(&mut self.place[who as usize], NONE) as usize;
            self.waiting.swap_remove(place);
            if let Some(moved) = self.waiting.get(place) {
                self.place[*moved as usize] = u32::try_from(place).unwrap_or(NONE);
            }
        }
        for &who in bunch.mentors() {
            let leads = &mut self.leads[who as usize];
            self.led += i64::from(leads.is_empty() && ground.only_mentors(who));
            leads.push(at);
            self.first_lead[who as usize] = if leads.len() == 1 { at } else { MANY };
        }
        self.total += worth * i64::from(bunch.k);
        self.stayed += self.homes.stay(at, &bunch);
    }

    fn lift(&mut self, ground: &Ground<'_>, at: u32) {
        let bunch = std::mem::replace(&mut self.bunches[at as usize], Bunch::EMPTY);
        if bunch.is_empty() {
            return;
        }
        for &who in bunch.participants() {
            self.seat[who as usize] = NONE;
            self.again += i64::from(ground.soul(who).left_out);
            self.place[who as usize] = u32::try_from(self.waiting.len()).unwrap_or(NONE);
            self.waiting.push(who);
        }
        for &who in bunch.mentors() {
            let leads = &mut self.leads[who as usize];
            leads.retain(|group| *group != at);
            self.first_lead[who as usize] =
                if leads.len() > 1 { MANY } else { leads.first().copied().unwrap_or(NONE) };
            self.led -= i64::from(leads.is_empty() && ground.only_mentors(who));
        }
        self.total -= self.worth[at as usize] * i64::from(bunch.k);
        self.stayed -= self.homes.stay(at, &bunch);
        self.worth[at as usize] = 0;
        self.spare.push(at);
    }

    /// Score of the weakest group, 0 without groups.
    pub(super) fn weakest(&self) -> i64 {
        self.groups().map(|(_, _, worth)| worth).min().unwrap_or(0)
    }

    /// Groups that are not empty: place, people, score.
    pub(super) fn groups(&self) -> impl Iterator<Item = (u32, &Bunch<C>, i64)> {
        (0..)
            .zip(&self.bunches)
            .zip(&self.worth)
            .filter(|((_, bunch), _)| !bunch.is_empty())
            .map(|((at, bunch), worth)| (at, bunch, *worth))
    }

    /// A score that this share (in percent) of the groups does not reach.
    pub(super) fn percentile(&self, percent: usize) -> i64 {
        let mut scores: Vec<i64> = self.groups().map(|(_, _, worth)| worth).collect();
        if scores.is_empty() {
            return 0;
        }
        let at = (scores.len() * percent / 100).min(scores.len() - 1);
        *scores.select_nth_unstable(at).1
    }

    pub(super) fn rank(&self) -> Rank {
        let waiting = i64::try_from(self.waiting.len()).unwrap_or(i64::MAX);
        (-waiting, -self.again, self.stayed, self.led, self.weakest(), self.total)
    }
}

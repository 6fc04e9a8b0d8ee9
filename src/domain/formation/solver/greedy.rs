//! The first set of groups: the hardest to place choose first and take the best place they find.
//!
//! Invariant: every group that comes out keeps all rules and sizes; locked people stay.

use super::super::pool::Who;
use super::bunch::Bunch;
use super::dice::Dice;
use super::ground::Ground;
use super::hints::Hints;
use super::state::{NONE, State};

/// Marks for filling a group up to its fewest people, so that few groups fail for want of one.
const COMPLETION: i64 = 2_500;
/// Places a person tries beyond those of the mentors who suit.
const MORE: usize = 24;

/// Groups under construction: they may still be too small.
struct Site<'g, 'p, const C: usize> {
    ground: &'g Ground<'p>,
    hints: &'g Hints,
    bunches: Vec<Bunch<C>>,
    worth: Vec<i64>,
    seat: Vec<u32>,
    leads: Vec<Vec<u32>>,
    held: usize,
}

/// Builds groups around those that are locked.
pub(super) fn construct<const C: usize>(
    ground: &Ground<'_>,
    hints: &Hints,
    locked: &[Bunch<C>],
    held: &[(usize, usize)],
    places: usize,
    dice: &mut Dice,
) -> State<C> {
    let mut site = Site::new(ground, hints, locked, places, dice);
    let mut order: Vec<Who> =
        ground.participants.iter().filter(|who| site.seat[**who as usize] == NONE).copied().collect();
    order.sort_by_cached_key(|who| {
        let (soul, hot) = (ground.soul(*who), ground.hot(*who));
        let ties = ground.rest(*who).mates.len();
        let reach = hints.reach[*who as usize];
        (!soul.left_out, ties == 0, hot.week.count() + 8 * hot.tongues.count_ones().min(8) + reach / 8, *who)
    });
    for who in order {
        site.seat_somewhere(who, true, dice);
    }
    site.dissolve_small();
    let left: Vec<Who> =
        ground.participants.iter().filter(|who| site.seat[**who as usize] == NONE).copied().collect();
    for who in left {
        site.seat_somewhere(who, false, dice);
    }
    let (kept, open): (Vec<_>, Vec<_>) = site.bunches.iter().enumerate().partition(|(at, _)| *at < site.held);
    let groups: Vec<Bunch<C>> = kept
        .into_iter()
        .chain(open.into_iter().filter(|(_, bunch)| ground.worth(bunch, false).is_some()))
        .map(|(_, bunch)| *bunch)
        .collect();
    State::of(ground, &groups, held, places)
}

impl<'g, 'p, const C: usize> Site<'g, 'p, C> {
    /// Opens a group around each mentor, as far as there are places.
    fn new(
        ground: &'g Ground<'p>,
        hints: &'g Hints,
        locked: &[Bunch<C>],
        places: usize,
        dice: &mut Dice,
    ) -> Self {
        let people = ground.souls.len();
        let mut site = Self {
            ground,
            hints,
            bunches: locked.to_vec(),
            worth: locked.iter().map(|bunch| ground.worth(bunch, true).unwrap_or(0)).collect(),
            seat: vec![NONE; people],
            leads: vec![Vec::new(); people],
            held: locked.len(),
        };
        for (bunch, at) in locked.iter().zip(0..) {
            for who in bunch.participants() {
                site.seat[*who as usize] = at;
            }
            for who in bunch.mentors() {
                site.leads[*who as usize].push(at);
            }
        }
        let mut queue: Vec<(usize, bool, usize, Who)> = Vec::new();
        for &who in &ground.mentors {
            let soul = ground.soul(who);
            for round in site.leads[who as usize].len()..usize::from(soul.capacity) {
                queue.push((round, soul.wants_seat, dice.below(1 << 20), who));
            }
        }
        queue.sort_unstable();
        let mut queue: Vec<Who> = queue.into_iter().map(|entry| entry.3).collect();
        queue.reverse();
        while site.bunches.len() < places {
            let Some(lead) = queue.pop() else { break };
            site.open(lead, &mut queue);
        }
        site
    }

    /// Opens a group led by a mentor and, where a group needs more, others from the queue.
    fn open(&mut self, lead: Who, queue: &mut Vec<Who>) {
        let mut bunch = Bunch::EMPTY;
        bunch.push_mentor(lead);
        let mut at = queue.len();
        while usize::from(bunch.q) < self.ground.rules.min_mentors && at > 0 && at + 60 > queue.len() {
            at -= 1;
            let other = queue[at];
            let fits = |who: &Who| self.ground.may_meet(*who, other) && !self.ground.cell(*who, other).clash;
            if bunch.mentors().iter().all(fits) {
                bunch.push_mentor(other);
                queue.remove(at);
            }
        }
        if usize::from(bunch.q) >= self.ground.rules.min_mentors {
            let at = u32::try_from(self.bunches.len()).unwrap_or(NONE);
            for who in bunch.mentors() {
                self.leads[*who as usize].push(at);
            }
            self.bunches.push(bunch);
            self.worth.push(0);
        }
    }

    /// Seats a person and those who come along in the group that gains most, if any takes them.
    fn seat_somewhere(&mut self, who: Who, open: bool, dice: &mut Dice) {
        if self.seat[who as usize] != NONE {
            return;
        }
        let suits = self.hints.suits(who);
        let mut choice: Option<(i64, u32, Bunch<C>)> = None;
        let count = self.bunches.len();
        let own = suits.iter().flat_map(|mentor| self.leads[*mentor as usize].iter().copied());
        let more = if open { MORE } else { 200 };
        let random: Vec<u32> =
            (0..more.min(2 * count)).map(|_| u32::try_from(dice.below(count)).unwrap_or(0)).collect();
        for at in own.chain(random) {
            let Some((gain, bunch)) = self.with(at, who, open) else { continue };
            if choice.as_ref().is_none_or(|(most, ..)| gain > *most) {
                choice = Some((gain, at, bunch));
            }
        }
        if let Some((_, at, bunch)) = choice {
            for &unit in &self.ground.rest(who).unit {
                self.seat[unit as usize] = at;
            }
            self.worth[at as usize] = self.ground.worth(&bunch, true).unwrap_or(0);
            self.bunches[at as usize] = bunch;
        }
    }

    /// A group with a person and those who come along, and what that gains.
    fn with(&self, at: u32, who: Who, open: bool) -> Option<(i64, Bunch<C>)> {
        let (old, rules) = (&self.bunches[at as usize], self.ground.rules);
        let unit = &self.ground.rest(who).unit;
        let size = usize::from(old.k) + unit.len();
        if size > rules.max_participants || old.k == 0 && !open {
            return None;
        }
        let mentor = old.mentors().first()?;
        if !self.ground.may_meet(*mentor, who) || old.has(who) {
            return None;
        }
        let mut bunch = *old;
        for who in unit {
            bunch.push(*who);
        }
        let worth = self.ground.worth(&bunch, open)?;
        let before = self.worth[at as usize] * i64::from(old.k);
        let started = usize::from(old.k) > 0 && size <= rules.min_participants;
        let gain = worth * i64::from(bunch.k) - before + if started { COMPLETION } else { 0 };
        Some((gain, bunch))
    }

    /// Sends the people of groups that stayed too small or incomplete away.
    fn dissolve_small(&mut self) {
        for at in self.held..self.bunches.len() {
            let bunch = &self.bunches[at];
            if bunch.k > 0 && self.ground.worth(bunch, false).is_none() {
                for who in bunch.participants() {
                    self.seat[*who as usize] = NONE;
                }
                let mentors = bunch.mentors().to_vec();
                self.bunches[at] = Bunch::of(&mentors, &[]);
                self.worth[at] = 0;
            }
        }
    }
}

//! The small steps of the search: move, swap, drop, dissolve. `reshape` and `leaders` have the others.
//!
//! Invariant: a step only proposes new versions of groups; whether they keep the rules is decided
//! by `Ground::worth`. Locked people are never taken out of their group, and people who must stay
//! together move together.

use super::super::pool::Who;
use super::bunch::Bunch;
use super::dice::Dice;
use super::ground::Ground;
use super::hints::Hints;
use super::quick;
use super::state::{NONE, State};

/// Most groups that one step changes.
pub(super) const WIDEST: usize = 8;

/// What a step proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proposal {
    /// The first person moves from one group (or from waiting) to another.
    Move { who: Who, from: u32, to: u32 },
    /// Two people swap their groups.
    Swap { who: Who, from: u32, other: Who, to: u32 },
    /// New versions of groups are in `changes`.
    Changes,
}

/// A step in the making.
pub(super) struct Step<'s, 'p, const C: usize> {
    pub(super) ground: &'s Ground<'p>,
    pub(super) hints: &'s Hints,
    pub(super) state: &'s State<C>,
    pub(super) dice: &'s mut Dice,
    pub(super) changes: &'s mut Vec<(u32, Bunch<C>, i64)>,
}

impl<const C: usize> Step<'_, '_, C> {
    /// Proposes some step for a person; none when the dice named nothing possible. Of 1,024 steps,
    /// `bold` are of each large kind.
    #[inline]
    pub(super) fn propose(&mut self, who: Who, bold: u64) -> Option<Proposal> {
        if self.state.fixed[who as usize] {
            return None;
        }
        let bits = self.dice.bits();
        let kind = (bits >> 40) & 1_023;
        if kind >= 4 * bold {
            self.shift(who, bits)
        } else if kind >= 2 * bold {
            self.mentors(who, bits)
        } else if kind >= bold {
            self.rebuild(who).map(|()| Proposal::Changes)
        } else {
            self.drop_or_dissolve(who, bits)
        }
    }

    /// A mentor whom this person may meet: mostly one who suits.
    #[inline]
    pub(super) fn mentor_for(&mut self, who: Who, bits: u64) -> Option<Who> {
        let suits = self.hints.suits(who);
        if (bits >> 61) != 0 && !suits.is_empty() {
            // Better hints are drawn more often: the smaller of two draws.
            let first = self.dice.below(suits.len());
            let place = if bits & (1 << 20) != 0 { first.min(self.dice.below(suits.len())) } else { first };
            return Some(suits[place]);
        }
        self.dice.pick(&self.ground.mentors).filter(|mentor| self.ground.may_meet(*mentor, who))
    }

    /// Moves a person to a group of another mentor, or swaps with somebody there.
    #[inline]
    pub(super) fn shift(&mut self, who: Who, bits: u64) -> Option<Proposal> {
        let mentor = self.mentor_for(who, bits)?;
        let from = self.state.seat[who as usize];
        let Some(to) = self.state.led_by(mentor, self.dice) else {
            return self.open(mentor, who).map(|()| Proposal::Changes);
        };
        if to == from {
            return None;
        }
        let (there, rules) = (self.state.bunch(to), self.ground.rules);
        let tied = self.ground.hot(who).tied;
        let count = if tied { self.ground.rest(who).unit.len() } else { 1 };
        let room = usize::from(there.k) + count <= rules.max_participants;
        let lone = from == NONE;
        let spare = lone || usize::from(self.state.bunch(from).k) >= rules.min_participants + count;
        let plain = self.ground.plain && !tied;
        if room && (lone || spare && (bits >> 8).trailing_zeros() >= 2 || (bits >> 8) & 31 == 1) {
            if plain && spare {
                return Some(Proposal::Move { who, from, to });
            }
            self.out(who, from)?;
            return self.into(who, to).map(|()| Proposal::Changes);
        }
        if lone || !plain {
            let other = self.dice.pick(there.participants())?;
            return self.trade_seats(who, from, other, to);
        }
        let other = self.partner(who, to)?;
        if self.ground.hot(other).tied {
            return self.trade_seats(who, from, other, to);
        }
        Some(Proposal::Swap { who, from, other, to })
    }

    /// Somebody of another group who could change places with a person, as far as hours and
    /// languages tell.
    #[inline]
    fn partner(&mut self, who: Who, to: u32) -> Option<Who> {
        let (ground, state) = (self.ground, self.state);
        let others = state.bunch(to).participants();
        let here = &state.own[who as usize];
        let mut at = self.dice.below(others.len());
        for _ in 0..others.len() {
            let other = others[at];
            let fits = quick::has_time(ground, &state.own[other as usize], who)
                && quick::has_time(ground, here, other)
                && !state.fixed[other as usize];
            if fits {
                return Some(other);
            }
            at = if at + 1 == others.len() { 0 } else { at + 1 };
        }
        None
    }

    /// Two people, and those who come along, change their groups; or the second one has to look for
    /// a new group, because the first one had none.
    fn trade_seats(&mut self, who: Who, from: u32, other: Who, to: u32) -> Option<Proposal> {
        if self.state.fixed[other as usize] {
            return None;
        }
        let lone = from == NONE;
        if !lone {
            let home = self.state.bunch(from).mentors();
            if !home.first().is_some_and(|mentor| self.ground.may_meet(*mentor, other)) {
                return None;
            }
        }
        self.out(who, from)?;
        self.out(other, to)?;
        self.into(who, to)?;
        if lone {
            self.rehome(other, to);
        } else {
            self.into(other, from)?;
        }
        Some(Proposal::Changes)
    }

    /// Looks for a new group for somebody who had to leave theirs; they may have to wait.
    pub(super) fn rehome(&mut self, who: Who, not: u32) {
        for _ in 0..4 {
            let bits = self.dice.bits();
            let Some(mentor) = self.mentor_for(who, bits) else { continue };
            let Some(to) = self.state.led_by(mentor, self.dice) else { continue };
            if to != not && self.join_if(who, to) {
                break;
            }
        }
    }

    /// The new version of a group, to be changed; none when the step has grown too wide.
    pub(super) fn edit(&mut self, at: u32) -> Option<&mut Bunch<C>> {
        if let Some(place) = self.changes.iter().position(|(group, ..)| *group == at) {
            return Some(&mut self.changes[place].1);
        }
        if self.changes.len() == WIDEST {
            return None;
        }
        self.changes.push((at, *self.state.bunch(at), 0));
        self.changes.last_mut().map(|(_, bunch, _)| bunch)
    }

    /// A group as the step would leave it.
    pub(super) fn view(&self, at: u32) -> &Bunch<C> {
        let changed = self.changes.iter().find(|(group, ..)| *group == at);
        changed.map_or_else(|| self.state.bunch(at), |(_, bunch, _)| bunch)
    }

    /// Takes a person and those who come along out of a group.
    pub(super) fn out(&mut self, who: Who, from: u32) -> Option<()> {
        if from == NONE {
            return Some(());
        }
        let ground = self.ground;
        for &unit in &ground.rest(who).unit {
            if self.state.fixed[unit as usize] || !self.edit(from)?.drop(unit) {
                return None;
            }
        }
        Some(())
    }

    /// Puts a person and those who come along into a group.
    pub(super) fn into(&mut self, who: Who, to: u32) -> Option<()> {
        let ground = self.ground;
        for &unit in &ground.rest(who).unit {
            let bunch = self.edit(to)?;
            if !bunch.has_room() || bunch.has(unit) {
                return None;
            }
            bunch.push(unit);
        }
        Some(())
    }

    /// Like `into`, only if the group then keeps the rules; whether it did.
    pub(super) fn join_if(&mut self, who: Who, to: u32) -> bool {
        let mut bunch = *self.view(to);
        let unit = &self.ground.rest(who).unit;
        if usize::from(bunch.k) + unit.len() > self.ground.rules.max_participants
            || unit.iter().any(|who| bunch.has(*who))
        {
            return false;
        }
        for who in unit {
            bunch.push(*who);
        }
        if self.ground.worth(&bunch, true).is_none() {
            return false;
        }
        self.edit(to).map(|group| *group = bunch).is_some()
    }

    /// Leaves a group: the person alone where enough stay, else everybody, who then look for others.
    fn drop_or_dissolve(&mut self, who: Who, bits: u64) -> Option<Proposal> {
        let from = self.state.seat[who as usize];
        if from == NONE {
            return self.shift(who, bits | 7 << 61);
        }
        let bunch = *self.state.bunch(from);
        let unit = self.ground.rest(who).unit.len();
        if usize::from(bunch.k) >= self.ground.rules.min_participants + unit {
            return self.out(who, from).map(|()| Proposal::Changes);
        }
        if self.state.is_locked(from) {
            return None;
        }
        *self.edit(from)? = Bunch::EMPTY;
        if bits & (1 << 30) != 0 {
            self.scatter(bunch.participants(), from);
        }
        Some(Proposal::Changes)
    }

    /// Finds other groups for people whose group is gone.
    pub(super) fn scatter(&mut self, people: &[Who], not: u32) {
        for &who in people {
            if self.ground.rest(who).unit[0] == who && self.changes.len() + 1 < WIDEST {
                // Nobody else of a unit looks on their own.
                self.rehome(who, not);
            }
        }
    }
}

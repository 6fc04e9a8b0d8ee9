//! The steps of the search that change who leads: take over, add, drop, trade.
//!
//! Invariant: like all steps these only propose; locked mentors stay where they are.

use super::super::pool::Who;
use super::moves::{Proposal, Step};
use super::state::NONE;

impl<const C: usize> Step<'_, '_, C> {
    /// Changes who leads: swap with another group, take over, add or drop a co-mentor.
    pub(super) fn mentors(&mut self, who: Who, bits: u64) -> Option<Proposal> {
        let at = self.state.seat[who as usize];
        if at == NONE {
            return self.shift(who, bits | 7 << 61);
        }
        let mentor = self.mentor_for(who, bits)?;
        let done = if self.state.bunch(at).mentors().contains(&mentor) {
            self.release(at, mentor)
        } else if self.state.is_free(self.ground, mentor) {
            self.invite(at, mentor, bits & (1 << 25) != 0)
        } else {
            self.trade(at, mentor, bits & (1 << 26) != 0)
        };
        done.map(|()| Proposal::Changes)
    }

    /// A co-mentor leaves a group.
    fn release(&mut self, at: u32, mentor: Who) -> Option<()> {
        let spare = usize::from(self.state.bunch(at).q) > self.ground.rules.min_mentors;
        if !spare || self.state.is_fixed_mentor(at, mentor) {
            return None;
        }
        self.edit(at)?.drop_mentor(mentor).then_some(())
    }

    /// A mentor with time left joins a group or takes it over.
    fn invite(&mut self, at: u32, mentor: Who, join: bool) -> Option<()> {
        let here = self.state.bunch(at);
        if !join || usize::from(here.q) >= self.ground.rules.max_mentors || !here.has_room() {
            return self.exchange(at, mentor);
        }
        if here.has(mentor) {
            return None;
        }
        self.edit(at)?.push_mentor(mentor);
        Some(())
    }

    /// A mentor of another group comes over, alone or in exchange.
    fn trade(&mut self, at: u32, mentor: Who, alone: bool) -> Option<()> {
        let (here, rules) = (*self.state.bunch(at), self.ground.rules);
        let there = self.state.led_by(mentor, self.dice)?;
        if there == at || here.has(mentor) || self.state.is_fixed_mentor(there, mentor) {
            return None;
        }
        let spare = usize::from(self.state.bunch(there).q) > rules.min_mentors;
        if alone && spare && usize::from(here.q) < rules.max_mentors && here.has_room() {
            self.edit(there)?.drop_mentor(mentor);
            self.edit(at)?.push_mentor(mentor);
            return Some(());
        }
        let mine = self.dice.pick(here.mentors())?;
        if self.state.is_fixed_mentor(at, mine) || self.state.bunch(there).has(mine) {
            return None;
        }
        let home = self.edit(at)?;
        home.drop_mentor(mine);
        home.push_mentor(mentor);
        let away = self.edit(there)?;
        away.drop_mentor(mentor);
        away.push_mentor(mine);
        Some(())
    }

    /// A mentor with time left takes the place of one of a group's mentors.
    pub(super) fn exchange(&mut self, at: u32, mentor: Who) -> Option<()> {
        let here = *self.state.bunch(at);
        let mine = self.dice.pick(here.mentors())?;
        if here.has(mentor) || self.state.is_fixed_mentor(at, mine) {
            return None;
        }
        let bunch = self.edit(at)?;
        bunch.drop_mentor(mine);
        bunch.push_mentor(mentor);
        Some(())
    }
}

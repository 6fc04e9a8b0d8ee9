//! The large steps of the search: open a group, fill it, take one apart and form it anew.
//!
//! Invariant: like the small steps these only propose; locked groups are never taken apart.

use super::super::pool::Who;
use super::bunch::Bunch;
use super::moves::Step;
use super::state::NONE;

impl<const C: usize> Step<'_, '_, C> {
    /// Opens a group around a mentor with time left: with the person, and others who wait or can be spared.
    pub(super) fn open(&mut self, mentor: Who, who: Who) -> Option<()> {
        if !self.state.is_free(self.ground, mentor) {
            return None;
        }
        let from = self.state.seat[who as usize];
        // The mentor can also simply take over the person's group.
        if from != NONE && self.dice.below(3) > 0 {
            return self.exchange(from, mentor);
        }
        let home = self.state.homes.seat.get(who as usize).copied();
        let home = home.filter(|home| *home != NONE && self.state.bunch(*home).is_empty());
        let at = home.or_else(|| self.state.spare.last().copied())?;
        let mut bunch = Bunch::EMPTY;
        bunch.push_mentor(mentor);
        self.more_mentors(&mut bunch);
        self.gather(at, bunch, who)
    }

    /// Adds mentors with time left where a group needs more than one.
    fn more_mentors(&mut self, bunch: &mut Bunch<C>) {
        let ties = &self.ground.rest(bunch.mentors()[0]).mates;
        for &mate in ties.iter().filter(|mate| self.ground.only_mentors(**mate)) {
            if self.state.is_free(self.ground, mate) && bunch.has_room() && !bunch.has(mate) {
                bunch.push_mentor(mate);
            }
        }
        for _ in 0..12 {
            if usize::from(bunch.q) >= self.ground.rules.min_mentors {
                return;
            }
            let Some(other) = self.dice.pick(&self.ground.mentors) else { return };
            if self.state.is_free(self.ground, other)
                && bunch.mentors().iter().all(|m| *m != other && !self.ground.cell(*m, other).clash)
            {
                bunch.push_mentor(other);
            }
        }
    }

    /// Fills a group with a person and others: those who wait, or whom their groups can spare.
    fn gather(&mut self, at: u32, mut bunch: Bunch<C>, who: Who) -> Option<()> {
        let rules = self.ground.rules;
        let want =
            rules.min_participants + self.dice.below(rules.max_participants - rules.min_participants + 1);
        let from = self.state.seat[who as usize];
        self.join(&mut bunch, who)?;
        if from != NONE && from != at {
            self.leave(who, from)?;
        }
        let mut tries = 0;
        while usize::from(bunch.k) < want && tries < 24 {
            tries += 1;
            let waiting = !self.state.waiting.is_empty() && self.dice.below(2) == 0;
            let list = if waiting { &self.state.waiting } else { &self.ground.participants };
            let other = self.dice.pick(list)?;
            let home = self.state.seat[other as usize];
            if bunch.has(other) || self.state.fixed[other as usize] || home != NONE && home == from {
                continue;
            }
            let unit = self.ground.rest(other).unit.len();
            if home != NONE && home != at {
                let spare = usize::from(self.view(home).k) >= rules.min_participants + unit;
                if !spare || self.changes.len() >= 4 || self.changes.iter().any(|(group, ..)| *group == home)
                {
                    continue;
                }
            }
            if self.join(&mut bunch, other).is_some() && home != NONE && home != at {
                self.out(other, home)?;
            }
        }
        if usize::from(bunch.k) < rules.min_participants {
            return None;
        }
        *self.edit(at)? = bunch;
        Some(())
    }

    fn join(&self, bunch: &mut Bunch<C>, who: Who) -> Option<()> {
        let mut joined = *bunch;
        for &unit in &self.ground.rest(who).unit {
            if !joined.has_room() || joined.has(unit) || self.state.fixed[unit as usize] {
                return None;
            }
            joined.push(unit);
        }
        self.ground.worth(&joined, true)?;
        *bunch = joined;
        Some(())
    }

    /// A person leaves a group, which goes with them if too few stay.
    fn leave(&mut self, who: Who, from: u32) -> Option<()> {
        let unit = self.ground.rest(who).unit.len();
        if usize::from(self.state.bunch(from).k) >= self.ground.rules.min_participants + unit {
            return self.out(who, from);
        }
        if self.state.is_locked(from) {
            return None;
        }
        let rest: Vec<Who> = self.state.bunch(from).participants().to_vec();
        *self.edit(from)? = Bunch::EMPTY;
        let mine = &self.ground.rest(who).unit;
        let others: Vec<Who> = rest.into_iter().filter(|other| !mine.contains(other)).collect();
        self.scatter(&others, from);
        Some(())
    }

    /// Takes a group apart and forms it anew around a person, under the same mentors.
    pub(super) fn rebuild(&mut self, who: Who) -> Option<()> {
        let bits = self.dice.bits();
        let mentor = self.mentor_for(who, bits)?;
        let Some(at) = self.state.led_by(mentor, self.dice) else {
            return self.open(mentor, who);
        };
        if self.state.is_locked(at) || self.state.seat[who as usize] == at {
            return None;
        }
        let old = *self.state.bunch(at);
        self.gather(at, Bunch::of(old.mentors(), &[]), who)?;
        let new = *self.view(at);
        let left: Vec<Who> = old.participants().iter().copied().filter(|who| !new.has(*who)).collect();
        self.scatter(&left, at);
        Some(())
    }
}

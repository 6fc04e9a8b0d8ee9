//! The small steps of the search: swap, move, replace, exchange mentors. `reshape` has the large ones.
//!
//! Invariant: a step only proposes; each returns whether a proposal was made, and `Trial::gain`
//! decides whether it is lawful and worth taking.

use super::board::{Board, WAITING};
use super::chance::Chance;
use super::guide::Guide;
use super::pool::{Pool, Who};
use super::team::Team;
use super::trial::Trial;

/// Everything a step may look at.
pub(super) struct Scene<'s> {
    pub(super) pool: &'s Pool<'s>,
    pub(super) guide: &'s Guide,
    pub(super) board: &'s mut Board,
    pub(super) chance: &'s mut Chance,
    pub(super) trial: &'s mut Trial,
    /// A team that scores low, to be helped more often than others.
    pub(super) weak: usize,
}

impl Scene<'_> {
    /// Proposes some step; false when the dice named nothing possible.
    pub(super) fn propose(&mut self) -> bool {
        self.trial.start();
        let kind = self.chance.below(64);
        let waiting = !self.board.waiting.is_empty();
        let proposed = match kind {
            0 if self.chance.one_in(2) => self.rebuild(),
            0 => self.dissolve(),
            10..13 if waiting => self.rebuild(),
            1 => self.open(None),
            2..10 => self.mentors(),
            13..24 if waiting => {
                let who = self.chance.pick(&self.board.waiting);
                if kind == 13 { self.open(who) } else { who.and_then(|who| self.admit(who)) }
            }
            24..32 => self.help_the_weak(),
            _ => self.chance.pick(&self.guide.participants).and_then(|who| self.shift(who)),
        };
        proposed.is_some()
    }

    /// A team for this person: most often one led by a mentor who suits.
    pub(super) fn team_for(&mut self, who: Who) -> Option<usize> {
        if !self.chance.one_in(4)
            && let Some(mentor) = self.chance.pick(&self.guide.suits[who as usize])
            && let Some(at) = self.chance.pick(&self.board.leads[mentor as usize])
        {
            return Some(at);
        }
        self.any_team()
    }

    pub(super) fn any_team(&mut self) -> Option<usize> {
        let at = self.chance.below(self.board.teams.len());
        self.board.teams.get(at).filter(|team| !team.is_empty()).map(|_| at)
    }

    /// Moves a seated person to another team, or swaps with somebody there.
    fn shift(&mut self, who: Who) -> Option<()> {
        let from = self.board.seat[who as usize];
        if from == WAITING {
            return self.admit(who);
        }
        let to = self.team_for(who).filter(|to| *to != from)?;
        self.quick_look(who, to)?;
        let rules = &self.pool.rules;
        let (here, there) =
            (self.board.teams[from].participants.len(), self.board.teams[to].participants.len());
        let may_move = here > rules.min_participants && there < rules.max_participants;
        self.trial.take(self.board, from, who)?;
        if may_move && self.chance.one_in(3) {
            self.trial.edit(self.board, to)?.participants.push(who);
            return Some(());
        }
        let other = self.stranger(to)?;
        self.trial.take(self.board, to, other)?;
        self.trial.edit(self.board, to)?.participants.push(who);
        self.trial.edit(self.board, from)?.participants.push(other);
        Some(())
    }

    /// Somebody of a team who is not locked.
    fn stranger(&mut self, at: usize) -> Option<Who> {
        let team = &self.board.teams[at];
        self.chance.pick(&team.participants[team.held..])
    }

    /// Turns hopeless steps away before they cost anything: the mentors decide most often.
    fn quick_look(&self, who: Who, to: usize) -> Option<()> {
        let team = &self.board.teams[to];
        let clash = |mentor: &Who| {
            *mentor == who
                || self.pool.at(*mentor).unit == self.pool.at(who).unit && self.pool.rules.per_unit < 2
                || self.pool.at(*mentor).week.and(self.pool.at(who).week).count()
                    < self.pool.rules.min_common_hours
        };
        (!team.mentors.iter().any(clash)).then_some(())
    }

    /// Gives a waiting person a seat; where all are taken somebody else moves on, or waits.
    fn admit(&mut self, who: Who) -> Option<()> {
        let to = self.team_for(who)?;
        self.quick_look(who, to)?;
        let full = self.board.teams[to].participants.len() >= self.pool.rules.max_participants;
        if !full && !self.chance.one_in(3) {
            self.trial.edit(self.board, to)?.participants.push(who);
            return Some(());
        }
        let other = self.stranger(to)?;
        self.trial.take(self.board, to, other)?;
        self.trial.edit(self.board, to)?.participants.push(who);
        for _ in 0..8 {
            if let Some(next) = self.team_for(other).filter(|next| *next != to)
                && self.board.teams[next].barrier(self.pool, other, false).is_none()
            {
                self.trial.edit(self.board, next)?.participants.push(other);
                break;
            }
        }
        Some(())
    }

    /// Swaps or moves around the weakest team.
    fn help_the_weak(&mut self) -> Option<()> {
        let weak = self.weak;
        if self.board.teams.get(weak).is_none_or(Team::is_empty) {
            return None;
        }
        if self.chance.one_in(4) {
            return self.change_mentor(weak);
        }
        let out = self.stranger(weak)?;
        let other = self.any_team().filter(|other| *other != weak)?;
        let into = self.stranger(other)?;
        self.quick_look(into, weak)?;
        self.trial.take(self.board, other, into)?;
        self.trial.edit(self.board, weak)?.participants.push(into);
        let size = self.board.teams[weak].participants.len();
        if size >= self.pool.rules.max_participants || !self.chance.one_in(3) {
            self.trial.take(self.board, weak, out)?;
            self.trial.edit(self.board, other)?.participants.push(out);
        }
        Some(())
    }

    fn mentors(&mut self) -> Option<()> {
        let at = self.any_team()?;
        self.change_mentor(at)
    }

    /// Adds, drops, moves or exchanges a mentor of a team.
    fn change_mentor(&mut self, at: usize) -> Option<()> {
        let rules = &self.pool.rules;
        let team = &self.board.teams[at];
        let (held, count) = (team.held_mentors, team.mentors.len());
        let free =
            self.chance.pick(&self.guide.mentors).filter(|who| self.board.free_to_lead(self.pool, *who));
        if count < rules.max_mentors && self.chance.one_in(2) {
            let mentor = free?;
            self.trial.edit(self.board, at)?.mentors.push(mentor);
            return Some(());
        }
        if held == count {
            return None;
        }
        let place = held + self.chance.below(count - held);
        let mentor = team.mentors[place];
        if let Some(free) = free {
            self.trial.edit(self.board, at)?.mentors[place] = free;
            return Some(());
        }
        let other = self.any_team().filter(|other| *other != at)?;
        let there = &self.board.teams[other];
        if count > rules.min_mentors && there.mentors.len() < rules.max_mentors && self.chance.one_in(2) {
            self.trial.edit(self.board, at)?.mentors.swap_remove(place);
            self.trial.edit(self.board, other)?.mentors.push(mentor);
            return Some(());
        }
        if there.held_mentors == there.mentors.len() {
            if count > rules.min_mentors {
                self.trial.edit(self.board, at)?.mentors.swap_remove(place);
                return Some(());
            }
            return None;
        }
        let swap = there.held_mentors + self.chance.below(there.mentors.len() - there.held_mentors);
        let theirs = there.mentors[swap];
        self.trial.edit(self.board, at)?.mentors[place] = theirs;
        self.trial.edit(self.board, other)?.mentors[swap] = mentor;
        Some(())
    }
}

//! A step of the search before it is taken: new versions of a few teams, and what they gain.
//!
//! Invariant: a trial never touches the board; a step that breaks a rule has no gain.

use super::board::{Board, size};
use super::pool::{Pool, Who};
use super::team::Team;

/// Most teams one step may change.
const MOST: usize = 12;

/// Prices of the search. They are smaller than the rank would have it, so that the search can
/// leave a seat empty for a moment and find a better arrangement behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prices {
    /// For a participant who waits; double for one left out before.
    pub(super) waiting: i64,
    /// For a pure mentor's seat.
    pub(super) mentor: i64,
    /// Scores below this count against a group several times over.
    pub(super) floor: i64,
}

impl Prices {
    /// How often a point below the floor counts in addition.
    const BELOW_FLOOR: i64 = 4;

    fn value(&self, worth: i64) -> i64 {
        worth - Self::BELOW_FLOOR * (self.floor - worth).max(0)
    }

    fn team(&self, pool: &Pool, team: &Team, worth: i64) -> i64 {
        let value = self.value(worth);
        let seats: i64 = team
            .participants
            .iter()
            .map(|who| value + if pool.at(*who).left_out { 2 * self.waiting } else { self.waiting })
            .sum();
        let mentors = team.mentors.iter().filter(|who| !pool.at(**who).wants_seat).count();
        seats + self.mentor * i64::try_from(mentors).unwrap_or(0)
    }
}

/// A step in the making, with memory that is used again.
#[derive(Debug, Default)]
pub(super) struct Trial {
    changes: Vec<(usize, Team)>,
    used: usize,
    worth: Vec<i64>,
}

impl Trial {
    /// Forgets the last step.
    pub(super) fn start(&mut self) {
        self.used = 0;
    }

    /// The new version of a team, to be changed; none when the step has grown too wide.
    pub(super) fn edit(&mut self, board: &Board, at: usize) -> Option<&mut Team> {
        if let Some(place) = self.changes[..self.used].iter().position(|(team, _)| *team == at) {
            return Some(&mut self.changes[place].1);
        }
        if self.used == MOST {
            return None;
        }
        if self.used == self.changes.len() {
            self.changes.push((at, Team::default()));
        }
        let (team, copy) = &mut self.changes[self.used];
        *team = at;
        copy.clone_from(&board.teams[at]);
        self.used += 1;
        Some(copy)
    }

    /// A team as the step would leave it.
    pub(super) fn view<'a>(&'a self, board: &'a Board, at: usize) -> &'a Team {
        self.changes[..self.used]
            .iter()
            .find(|(team, _)| *team == at)
            .map_or(&board.teams[at], |(_, team)| team)
    }

    /// Takes a participant who is not locked out of a team.
    pub(super) fn take(&mut self, board: &Board, at: usize, who: Who) -> Option<()> {
        let team = self.edit(board, at)?;
        let place = team.participants.iter().position(|other| *other == who)?;
        (place >= team.held).then(|| {
            team.participants.swap_remove(place);
        })
    }

    /// Seats a person in the first changed team that takes them, if any.
    pub(super) fn fill(&mut self, pool: &Pool, who: Who, as_mentor: bool) {
        let mut open = self.changes[..self.used].iter_mut().map(|(_, team)| team);
        if let Some(team) = open.find(|team| !team.is_empty() && team.barrier(pool, who, as_mentor).is_none())
        {
            if as_mentor { team.mentors.push(who) } else { team.participants.push(who) }
        }
    }

    /// What the step gains by these prices; none if it breaks a rule.
    pub(super) fn gain(&mut self, pool: &Pool, board: &Board, prices: Prices) -> Option<i64> {
        self.worth.clear();
        let mut gain = 0;
        for (at, team) in &self.changes[..self.used] {
            let worth = team.worth(pool)?;
            self.worth.push(worth);
            gain += prices.team(pool, team, worth) - prices.team(pool, &board.teams[*at], board.worth[*at]);
        }
        Some(gain)
    }

    /// How many participants would have a seat more (or less) after the step.
    pub(super) fn seats_won(&self, board: &Board) -> i64 {
        let change = |(at, team): &(usize, Team)| size(team) - size(&board.teams[*at]);
        self.changes[..self.used].iter().map(change).sum()
    }

    /// Takes the step.
    pub(super) fn apply(&self, board: &mut Board) {
        board.apply(&self.changes[..self.used], &self.worth);
    }
}

//! The solver's board: teams, who waits, who leads how many, and steps that change several teams.
//!
//! Invariant: after every step, each participant is in one team or waits, no mentor leads more
//! teams than promised, and every team that is not empty keeps all hard rules and sizes.

use super::pool::{Pool, Who};
use super::team::Team;
use std::collections::BTreeMap;

/// Place of a participant without a team.
pub(super) const WAITING: usize = usize::MAX;

/// The state of the search.
#[derive(Debug, Clone)]
pub(super) struct Board {
    pub(super) teams: Vec<Team>,
    /// Score of each team, 0 for spare places.
    pub(super) worth: Vec<i64>,
    /// Team of each person as participant, or [`WAITING`].
    pub(super) seat: Vec<usize>,
    /// Teams each person leads.
    pub(super) leads: Vec<Vec<usize>>,
    /// Participants without a team, in any order.
    pub(super) waiting: Vec<Who>,
    place_in_waiting: Vec<usize>,
    /// Spare places in `teams`.
    pub(super) spare: Vec<usize>,
    /// Scores of all groups with how often each occurs: its first entry is the weakest group.
    scores: BTreeMap<i64, usize>,
    /// Sum over groups of score times participants.
    pub(super) total: i64,
    /// Waiting people who were left out before.
    again: usize,
    /// People who only mentor and lead a team.
    led: usize,
    left_out: Vec<bool>,
    only_mentors: Vec<bool>,
    /// Teams changed since the list was last taken.
    pub(super) touched: Vec<usize>,
}

/// Figures that rank boards, larger is better; the same order as `PlanScore::rank`.
pub(super) type Rank = (i64, i64, i64, i64, i64);

impl Board {
    /// Takes teams over; those that break a rule or a size must be gone before.
    pub(super) fn new(pool: &Pool, teams: Vec<Team>) -> Self {
        let people = pool.members.len();
        let waiting: Vec<Who> = pool.everybody().filter(|who| pool.at(*who).wants_seat).collect();
        let mut place_in_waiting = vec![WAITING; people];
        for (place, who) in waiting.iter().enumerate() {
            place_in_waiting[*who as usize] = place;
        }
        let mut board = Self {
            teams: vec![Team::default(); teams.len()],
            worth: vec![0; teams.len()],
            seat: vec![WAITING; people],
            leads: vec![Vec::new(); people],
            waiting,
            place_in_waiting,
            spare: Vec::new(),
            scores: BTreeMap::new(),
            total: 0,
            again: 0,
            led: 0,
            left_out: pool.members.iter().map(|member| member.left_out).collect(),
            only_mentors: pool.everybody().map(|who| only_mentors(pool, who)).collect(),
            touched: Vec::new(),
        };
        board.again = board.waiting.iter().filter(|who| board.left_out[**who as usize]).count();
        for (at, team) in teams.into_iter().enumerate() {
            let worth = team.worth(pool).unwrap_or(0);
            board.teams[at] = team;
            board.worth[at] = worth;
            board.enter(at);
        }
        board
    }

    /// The index of a spare place, made if there is none. It stays spare until a step fills it.
    pub(super) fn spare_place(&mut self) -> usize {
        if self.spare.is_empty() {
            self.teams.push(Team::default());
            self.worth.push(0);
            self.spare.push(self.teams.len() - 1);
        }
        self.spare[self.spare.len() - 1]
    }

    /// Groups each person still may mentor.
    pub(super) fn free_to_lead(&self, pool: &Pool, who: Who) -> bool {
        self.leads[who as usize].len() < usize::from(pool.at(who).capacity)
    }

    /// Replaces teams by their new versions with the given scores.
    pub(super) fn apply(&mut self, changes: &[(usize, Team)], worth: &[i64]) {
        for (at, _) in changes {
            self.leave(*at);
        }
        for ((at, team), worth) in changes.iter().zip(worth) {
            self.teams[*at].clone_from(team);
            self.worth[*at] = *worth;
            self.enter(*at);
            self.touched.push(*at);
        }
        if self.touched.len() > 64 + 8 * self.teams.len() {
            self.touched.sort_unstable();
            self.touched.dedup();
        }
    }

    fn enter(&mut self, at: usize) {
        let team = &self.teams[at];
        if team.is_empty() {
            self.spare.push(at);
            return;
        }
        for &who in &team.participants {
            self.seat[who as usize] = at;
            self.again -= usize::from(self.left_out[who as usize]);
            let place = std::mem::replace(&mut self.place_in_waiting[who as usize], WAITING);
            self.waiting.swap_remove(place);
            if let Some(moved) = self.waiting.get(place) {
                self.place_in_waiting[*moved as usize] = place;
            }
        }
        for &who in &team.mentors {
            let leads = &mut self.leads[who as usize];
            self.led += usize::from(self.only_mentors[who as usize] && leads.is_empty());
            leads.push(at);
        }
        *self.scores.entry(self.worth[at]).or_default() += 1;
        self.total += self.worth[at] * size(team);
    }

    fn leave(&mut self, at: usize) {
        let team = &self.teams[at];
        if team.is_empty() {
            self.spare.retain(|spare| *spare != at);
            return;
        }
        for &who in &team.participants {
            self.seat[who as usize] = WAITING;
            self.again += usize::from(self.left_out[who as usize]);
            self.place_in_waiting[who as usize] = self.waiting.len();
            self.waiting.push(who);
        }
        for &who in &team.mentors {
            let leads = &mut self.leads[who as usize];
            leads.retain(|team| *team != at);
            self.led -= usize::from(self.only_mentors[who as usize] && leads.is_empty());
        }
        if let Some(count) = self.scores.get_mut(&self.worth[at]) {
            *count -= 1;
            if *count == 0 {
                self.scores.remove(&self.worth[at]);
            }
        }
        self.total -= self.worth[at] * size(team);
    }

    /// Score of the weakest group, 0 without groups.
    pub(super) fn weakest(&self) -> i64 {
        self.scores.first_key_value().map_or(0, |(score, _)| *score)
    }

    /// A score that this share (in percent) of the groups does not reach.
    pub(super) fn percentile(&self, percent: usize) -> i64 {
        let wanted = self.scores.values().sum::<usize>() * percent / 100;
        let mut passed = 0;
        for (score, count) in &self.scores {
            passed += count;
            if passed > wanted {
                return *score;
            }
        }
        0
    }

    /// Participants who wait, as a number to reckon with.
    pub(super) fn rank_waiting(&self) -> i64 {
        i64::try_from(self.waiting.len()).unwrap_or(i64::MAX)
    }

    /// The rank of the board as it stands.
    pub(super) fn rank(&self) -> Rank {
        let minus = |count: usize| -i64::try_from(count).unwrap_or(i64::MAX);
        (minus(self.waiting.len()), minus(self.again), -minus(self.led), self.weakest(), self.total)
    }
}

/// Participants of a team as a factor.
pub(super) fn size(team: &Team) -> i64 {
    i64::try_from(team.participants.len()).unwrap_or(i64::MAX)
}

/// Somebody who offered to mentor and did not ask for a seat as participant.
pub(super) fn only_mentors(pool: &Pool, who: Who) -> bool {
    let member = pool.at(who);
    member.capacity > 0 && !member.wants_seat
}

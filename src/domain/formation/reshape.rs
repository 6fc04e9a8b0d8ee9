//! The large steps of the search: dissolve a group, open one, rebuild two or three.
//!
//! Invariant: like the small steps these only propose; locked teams are never taken apart.

use super::board::WAITING;
use super::build::complete;
use super::pool::Who;
use super::steps::Scene;
use super::team::Team;
use std::collections::BTreeSet;

impl Scene<'_> {
    /// Gives the people of a team to other teams; whoever finds no seat waits.
    pub(super) fn dissolve(&mut self) -> Option<()> {
        let at = self.any_team()?;
        if self.board.teams[at].is_locked() {
            return None;
        }
        let mut people = self.board.teams[at].participants.clone();
        self.chance.shuffle(&mut people);
        self.trial.edit(self.board, at)?.clear();
        for who in people {
            for _ in 0..10 {
                let Some(to) = self.team_for(who).filter(|to| *to != at) else { continue };
                if self.trial.view(self.board, to).barrier(self.pool, who, false).is_none() {
                    if let Some(team) = self.trial.edit(self.board, to) {
                        team.participants.push(who);
                    }
                    break;
                }
            }
        }
        Some(())
    }

    /// Opens a group around mentors with time left, from waiting people and from groups with more
    /// than the fewest.
    pub(super) fn open(&mut self, first: Option<Who>) -> Option<()> {
        let rules = &self.pool.rules;
        let lead = first
            .and_then(|who| self.chance.pick(&self.guide.suits[who as usize]))
            .or_else(|| self.chance.pick(&self.guide.mentors))
            .filter(|who| self.board.free_to_lead(self.pool, *who))?;
        let mut team = Team::led_by(vec![lead]);
        let more: Vec<Who> = (0..if rules.min_mentors > 1 { 16 } else { 0 })
            .filter_map(|_| self.chance.pick(&self.guide.mentors))
            .filter(|who| self.board.free_to_lead(self.pool, *who))
            .collect();
        if let Some(who) = first
            && team.barrier(self.pool, who, false).is_none()
        {
            team.participants.push(who);
        }
        let people = self.movable(&team);
        if !complete(self.pool, &mut team, &more, &people, &mut 120) {
            return None;
        }
        let size =
            rules.min_participants + self.chance.below(rules.max_participants - rules.min_participants + 1);
        for who in people {
            if team.participants.len() < size && team.barrier(self.pool, who, false).is_none() {
                team.participants.push(who);
            }
        }
        for who in &team.participants {
            let from = self.board.seat[*who as usize];
            if from != WAITING {
                self.trial.take(self.board, from, *who)?;
            }
        }
        let at = self.board.spare_place();
        *self.trial.edit(self.board, at)? = team;
        Some(())
    }

    /// Takes two or three teams apart and forms as many or one more from their people and others
    /// without a seat, in a random order: the way to another number of groups.
    pub(super) fn rebuild(&mut self) -> Option<()> {
        let mut places = Vec::new();
        for _ in 0..2 + self.chance.below(2) {
            places.extend(self.any_team().filter(|at| !self.board.teams[*at].is_locked()));
        }
        places.sort_unstable();
        places.dedup();
        let (mut mentors, mut people) = (Vec::new(), Vec::new());
        for &at in &places {
            mentors.extend_from_slice(&self.board.teams[at].mentors);
            people.extend_from_slice(&self.board.teams[at].participants);
            self.trial.edit(self.board, at)?.clear();
        }
        let more = (0..3).filter_map(|_| self.chance.pick(&self.guide.mentors));
        // A set: drawn twice, a mentor with one group left would lead two.
        let idle: BTreeSet<Who> = more.filter(|who| self.board.free_to_lead(self.pool, *who)).collect();
        mentors.extend(idle);
        people.extend((0..8).filter_map(|_| self.chance.pick(&self.board.waiting)));
        let mut seen = BTreeSet::new();
        people.retain(|who| seen.insert(*who));
        self.chance.shuffle(&mut mentors);
        self.chance.shuffle(&mut people);
        places.push(self.board.spare_place());
        for at in places {
            let mut team = Team::default();
            if complete(self.pool, &mut team, &mentors, &people, &mut 150) {
                people.retain(|who| !team.participants.contains(who));
                for who in &team.mentors {
                    mentors.swap_remove(mentors.iter().position(|mentor| mentor == who)?);
                }
                *self.trial.edit(self.board, at)? = team;
            }
        }
        for (as_mentor, list) in [(false, people), (true, mentors)] {
            for who in list {
                self.trial.fill(self.pool, who, as_mentor);
            }
        }
        Some(())
    }

    /// Waiting people, then one or two from each of some groups that can spare them.
    fn movable(&mut self, team: &Team) -> Vec<Who> {
        let mut people: Vec<Who> = if self.board.waiting.len() <= 40 {
            self.board.waiting.clone()
        } else {
            (0..40).filter_map(|_| self.chance.pick(&self.board.waiting)).collect()
        };
        self.chance.shuffle(&mut people);
        let fewest = self.pool.rules.min_participants;
        for _ in 0..24 {
            let Some(at) = self.any_team() else { continue };
            let others = &self.board.teams[at];
            let spare = others.participants.len().saturating_sub(fewest);
            let mut given = others.participants[others.held..].to_vec();
            self.chance.shuffle(&mut given);
            given.truncate(spare);
            people.extend(given);
        }
        let mut seen = BTreeSet::new();
        people.retain(|who| seen.insert(*who) && !team.people().any(|other| other == *who));
        people
    }
}

//! Changing groups as little as the pool allows, after somebody joined, left or changed.
//!
//! Invariant: groups keep their places, so that whoever stays is seen to stay.

use super::super::team::Team;
use super::Found;
use super::anneal::Climate;
use super::bunch::Bunch;
use super::dice::Dice;
use super::exact::Exact;
use super::hints::{Hints, Look};
use super::mend;
use super::polish;
use super::pot::Pot;
use super::search::{FEW, STEPS_PER_WORK, Search};
use super::state::State;

impl<const C: usize> Search<'_, '_, C> {
    pub(super) fn change(mut self, before: &[Team]) -> Found {
        self.places = self.places.max(before.len());
        let mut dice = Dice::new(self.order.seed);
        let held: Vec<(usize, usize)> =
            self.locked.iter().map(|team| (team.held_mentors, team.held)).collect();
        let look = Look { mentors: 600, keep: 40, seed: dice.bits(), threads: self.order.threads };
        let hints = Hints::new(&self.ground, look);
        let groups: Vec<Bunch<C>> = mend::mend(&self.ground, self.locked, before);
        let homes = mend::homes(&self.ground, before);
        let mut state = State::with_homes(&self.ground, &groups, &held, self.places, homes);
        polish::fill(&self.ground, &mut state);
        let mut pot = Pot::new(20_000);
        let start = state.clone();
        let steps = self.order.steps / 3;
        for hot in [300.0, 2_500.0] {
            let mut other = start.clone();
            let climate = Climate { hot, ..Climate::REPAIR };
            self.anneal(&hints, &mut other, climate, steps / 2, &mut dice, Some(&mut pot));
            if other.rank() > state.rank() {
                state = other;
            }
        }
        let mut proven = false;
        if self.ground.souls.len() <= FEW && self.order.steps > 0 {
            let work = (self.order.steps - steps) / STEPS_PER_WORK;
            let go_on = || !self.order.watch.stop();
            let exact = Exact::new(&self.ground, &mut state, &held, pot.groups(), work, &go_on);
            proven = exact.is_some_and(Exact::prove_change);
        }
        let mut teams = Vec::new();
        for (at, bunch) in state.bunches.iter().enumerate().filter(|(_, bunch)| !bunch.is_empty()) {
            teams.push(Team {
                mentors: bunch.mentors().to_vec(),
                participants: bunch.participants().to_vec(),
                key: before.get(at).and_then(|team| team.key),
                ..Team::default()
            });
        }
        Found { teams, bound: None, proven }
    }
}

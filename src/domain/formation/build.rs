//! Fills groups that locks have begun, so that the search starts from groups that keep all rules.
//!
//! Invariant: every team that comes out keeps all rules and sizes; locked people stay.

use super::chance::Chance;
use super::infeasible::{Infeasible, LockFault};
use super::pool::{Pool, Who};
use super::team::Team;

/// Fills locked teams up to their fewest people; a fault when none of several orders works.
pub(super) fn complete_locked(
    pool: &Pool,
    locked: &[Team],
    chance: &mut Chance,
) -> Result<Vec<Team>, Infeasible> {
    let mut order: Vec<usize> = (0..locked.len()).collect();
    let mut failed = 0;
    for _ in 0..12 {
        let mut teams = locked.to_vec();
        let mut free = Free::new(pool, &teams);
        let stuck = order.iter().copied().find(|at| {
            chance.shuffle(&mut free.participants);
            chance.shuffle(&mut free.mentors);
            let before = teams[*at].clone();
            let done = complete(pool, &mut teams[*at], &free.mentors, &free.participants, &mut 20_000);
            free.take(&before, &teams[*at]);
            !done
        });
        let Some(stuck) = stuck else { return Ok(teams) };
        // Whoever found nobody chooses first next time.
        order.retain(|at| *at != stuck);
        order.insert(0, stuck);
        failed = stuck;
    }
    let people = locked[failed].people().map(|who| pool.id(who).to_owned()).collect();
    let group = locked[failed].key.unwrap_or_default();
    Err(Infeasible::Locks(vec![LockFault::Incomplete { group, people }]))
}

/// Seats nobody has taken yet.
struct Free {
    /// A mentor appears once for each group still to be led.
    mentors: Vec<Who>,
    participants: Vec<Who>,
}

impl Free {
    fn new(pool: &Pool, teams: &[Team]) -> Self {
        let mut led = vec![0; pool.members.len()];
        let mut seated = vec![false; pool.members.len()];
        for team in teams {
            for who in &team.mentors {
                led[*who as usize] += 1;
            }
            for who in &team.participants {
                seated[*who as usize] = true;
            }
        }
        let mut mentors = Vec::new();
        for round in 0..usize::from(u8::MAX) {
            let before = mentors.len();
            let free = |who: &Who| led[*who as usize] + round < usize::from(pool.at(*who).capacity);
            mentors.extend(pool.everybody().filter(free));
            if mentors.len() == before {
                break;
            }
        }
        let free = |who: &Who| pool.at(*who).wants_seat && !seated[*who as usize];
        let participants = pool.everybody().filter(free).collect();
        Self { mentors, participants }
    }

    /// Takes those out who joined between two states of a team.
    fn take(&mut self, before: &Team, after: &Team) {
        for who in after.mentors.iter().filter(|who| !before.mentors.contains(who)) {
            if let Some(at) = self.mentors.iter().position(|free| free == who) {
                self.mentors.swap_remove(at);
            }
        }
        for who in after.participants.iter().filter(|who| !before.participants.contains(who)) {
            self.participants.retain(|free| free != who);
        }
    }
}

/// Adds people until the team has its fewest mentors and participants, going back from dead ends
/// until `steps` are used up. An unsuccessful team is left as it came.
pub(super) fn complete(
    pool: &Pool,
    team: &mut Team,
    mentors: &[Who],
    participants: &[Who],
    steps: &mut u32,
) -> bool {
    let as_mentor = team.mentors.len() < pool.rules.min_mentors;
    if !as_mentor && team.participants.len() >= pool.rules.min_participants {
        return true;
    }
    let people = if as_mentor { mentors } else { participants };
    for (at, &who) in people.iter().enumerate() {
        if *steps == 0 {
            return false;
        }
        *steps -= 1;
        let before = (team.mentors.len(), team.participants.len());
        if !team.join(pool, who, as_mentor) {
            continue;
        }
        let rest = &people[at + 1..];
        let done = if as_mentor {
            complete(pool, team, rest, participants, steps)
        } else {
            complete(pool, team, mentors, rest, steps)
        };
        if done {
            return true;
        }
        team.mentors.truncate(before.0);
        team.participants.truncate(before.1);
    }
    false
}

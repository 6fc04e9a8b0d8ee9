//! The first set of groups: mentors open groups, then the hardest to place choose first.
//!
//! Invariant: every team that comes out keeps all rules and sizes; locked people stay.

use super::board::Board;
use super::chance::Chance;
use super::guide::Guide;
use super::infeasible::{Infeasible, LockFault};
use super::pool::{Pool, Who};
use super::team::Team;

/// With up to this many teams, everybody looks at all of them.
const FEW_TEAMS: usize = 48;

/// Fills locked teams up to their fewest people; a fault when none of several orders works.
pub(super) fn complete_locked(
    pool: &Pool,
    guide: &Guide,
    locked: &[Team],
    chance: &mut Chance,
) -> Result<Vec<Team>, Infeasible> {
    let mut order: Vec<usize> = (0..locked.len()).collect();
    let mut failed = 0;
    for _ in 0..12 {
        let mut teams = locked.to_vec();
        let mut free = Free::new(pool, guide, &teams);
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
    fn new(pool: &Pool, guide: &Guide, teams: &[Team]) -> Self {
        let mut led = vec![0; pool.members.len()];
        let mut seated = vec![false; pool.members.len()];
        for team in teams {
            team.mentors.iter().for_each(|who| led[*who as usize] += 1);
            team.participants.iter().for_each(|who| seated[*who as usize] = true);
        }
        let mut mentors = Vec::new();
        for round in 0..usize::from(u8::MAX) {
            let before = mentors.len();
            mentors.extend(
                guide
                    .mentors
                    .iter()
                    .filter(|who| led[**who as usize] + round < usize::from(pool.at(**who).capacity)),
            );
            if mentors.len() == before {
                break;
            }
        }
        let participants = guide.participants.iter().filter(|who| !seated[**who as usize]).copied().collect();
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
        if team.barrier(pool, who, as_mentor).is_some() {
            continue;
        }
        let rest = &people[at + 1..];
        let done = if as_mentor {
            team.mentors.push(who);
            complete(pool, team, rest, participants, steps)
        } else {
            team.participants.push(who);
            complete(pool, team, mentors, rest, steps)
        };
        if done {
            return true;
        }
        if as_mentor {
            team.mentors.pop()
        } else {
            team.participants.pop()
        };
    }
    false
}

/// A full construction with about this many groups, the completed locked teams included.
pub(super) fn construct(
    pool: &Pool,
    guide: &Guide,
    locked: &[Team],
    groups: usize,
    chance: &mut Chance,
) -> Board {
    let mut teams = locked.to_vec();
    let mut free = Free::new(pool, guide, &teams);
    open_teams(pool, guide, &mut teams, &mut free, groups, chance);
    let mut order = std::mem::take(&mut free.participants);
    order.sort_by_cached_key(|who| guide.ease(pool, *who, groups));
    let mut left = insert_all(pool, guide, &mut teams, order, chance);
    // Groups that stayed too small give their people to the others, smallest first.
    loop {
        let small = (0..teams.len())
            .filter(|at| {
                !teams[*at].is_empty() && teams[*at].participants.len() < pool.rules.min_participants
            })
            .min_by_key(|at| teams[*at].participants.len());
        let Some(small) = small else { break };
        left.append(&mut teams[small].participants);
        teams[small].clear();
    }
    teams.retain(|team| !team.is_empty());
    insert_all(pool, guide, &mut teams, left, chance);
    Board::new(pool, teams)
}

/// Opens groups: mentors whom many participants could join come first, each once before twice;
/// people who also want a seat as participant come last.
fn open_teams(
    pool: &Pool,
    guide: &Guide,
    teams: &mut Vec<Team>,
    free: &mut Free,
    groups: usize,
    chance: &mut Chance,
) {
    let mut rounds = vec![0; pool.members.len()];
    let mut queue: Vec<(usize, bool, std::cmp::Reverse<usize>, Who)> = Vec::with_capacity(free.mentors.len());
    for &who in &free.mentors {
        let reach = guide.reach[who as usize] * (75 + chance.below(50)) / 100;
        queue.push((rounds[who as usize], pool.at(who).wants_seat, std::cmp::Reverse(reach), who));
        rounds[who as usize] += 1;
    }
    queue.sort_unstable();
    let mut queue: std::collections::VecDeque<Who> = queue.into_iter().map(|entry| entry.3).collect();
    while teams.len() < groups {
        let Some(lead) = queue.pop_front() else { return };
        let mut team = Team::led_by(vec![lead]);
        let mut at = 0;
        while team.mentors.len() < pool.rules.min_mentors && at < queue.len().min(60) {
            if team.barrier(pool, queue[at], true).is_none() {
                team.mentors.extend(queue.remove(at));
            } else {
                at += 1;
            }
        }
        if team.mentors.len() >= pool.rules.min_mentors {
            teams.push(team);
        }
    }
}

/// Seats people in order. Of the next few, the one who would lose most by not getting the best
/// place chooses first (regret). Returns those for whom no team was found.
fn insert_all(
    pool: &Pool,
    guide: &Guide,
    teams: &mut [Team],
    order: Vec<Who>,
    chance: &mut Chance,
) -> Vec<Who> {
    let mut led: Vec<Vec<usize>> = vec![Vec::new(); pool.members.len()];
    for (at, team) in teams.iter().enumerate() {
        team.mentors.iter().for_each(|who| led[*who as usize].push(at));
    }
    let look_ahead = if order.len() > 2_000 { 2 } else { 6 };
    let mut order = order.into_iter();
    let mut window: Vec<Who> = order.by_ref().take(look_ahead).collect();
    let mut left = Vec::new();
    let mut trial = Team::default();
    while !window.is_empty() {
        let mut choice: Option<(i64, usize, usize)> = None;
        let mut lost = None;
        for (place, &who) in window.iter().enumerate() {
            let seats = teams_for(pool, guide, teams, &led, who, chance);
            match two_best(pool, teams, &seats, who, &mut trial) {
                None => lost = lost.or(Some(place)),
                Some((regret, at)) if choice.is_none_or(|(most, ..)| regret > most) => {
                    choice = Some((regret, place, at));
                }
                Some(_) => {}
            }
        }
        if let Some(place) = lost {
            left.push(window.remove(place));
        } else if let Some((_, place, at)) = choice {
            teams[at].participants.push(window.remove(place));
        }
        window.extend(order.next());
    }
    left
}

/// The teams a person should look at.
fn teams_for(
    pool: &Pool,
    guide: &Guide,
    teams: &[Team],
    led: &[Vec<usize>],
    who: Who,
    chance: &mut Chance,
) -> Vec<usize> {
    if teams.len() <= FEW_TEAMS {
        return (0..teams.len()).collect();
    }
    let mut seats: Vec<usize> =
        guide.suits[who as usize].iter().flat_map(|mentor| &led[*mentor as usize]).copied().collect();
    for _ in 0..FEW_TEAMS / 2 {
        seats.push(chance.below(teams.len()));
    }
    seats.sort_unstable();
    seats.dedup();
    seats.retain(|at| teams[*at].participants.len() < pool.rules.max_participants);
    seats
}

/// The best team for a person and how much worse the second best is.
fn two_best(
    pool: &Pool,
    teams: &[Team],
    seats: &[usize],
    who: Who,
    trial: &mut Team,
) -> Option<(i64, usize)> {
    let (mut best, mut second) = (None, i64::MIN / 4);
    for &at in seats {
        let team = &teams[at];
        if team.participants.len() >= pool.rules.max_participants {
            continue;
        }
        trial.clone_from(team);
        trial.participants.push(who);
        let Some(promise) = trial.promise(pool) else { continue };
        let filled = i64::try_from(team.participants.len()).unwrap_or(0);
        let value = promise - 700 * filled;
        match best {
            Some((most, _)) if value <= most => second = second.max(value),
            _ => {
                second = best.map_or(second, |(most, _)| most);
                best = Some((value, at));
            }
        }
    }
    best.map(|(value, at)| (value - second, at))
}

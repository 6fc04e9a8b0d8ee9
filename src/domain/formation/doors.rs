//! Why somebody has no seat, and the smallest single change that would open a door.
//!
//! Invariant: every change named here was tried against the rules before it is named, except the
//! advice to find another mentor; the rules of the pool are the same afterwards as before.

use super::build::complete;
use super::pool::{Pool, Who};
use super::rules::{LARGEST_GROUP, Rules};
use super::stops::{Barrier, Relaxation, Stop};
use super::team::Team;
use std::collections::BTreeMap;

/// Steps to spend on looking for new groups under eased rules, over all people together.
const STEPS: u32 = 300_000;
/// Idle mentors tried as lead of a new group.
const LEADS: usize = 12;

/// For each waiting wish what stopped it and what would help.
pub(super) fn explain(
    pool: &mut Pool,
    teams: &[Team],
    waiting: &[(Who, bool)],
) -> Vec<(Vec<Stop>, Option<Relaxation>)> {
    let mut answers: Vec<(Vec<Stop>, Option<Relaxation>)> =
        waiting.iter().map(|(who, as_mentor)| (stops(pool, teams, *who, *as_mentor), None)).collect();
    let idle = Idle::of(pool, teams, waiting);
    let (rules, mut steps) = (pool.rules.clone(), STEPS);
    for (relaxation, eased) in relaxations(&rules) {
        pool.rules = eased;
        for ((who, as_mentor), answer) in waiting.iter().zip(&mut answers) {
            if answer.1.is_none()
                && (joins(pool, teams, *who, *as_mentor) || idle.opens(pool, *who, *as_mentor, &mut steps))
            {
                answer.1 = Some(relaxation);
            }
        }
    }
    pool.rules = rules;
    let enough = idle.participants.len() >= pool.rules.min_participants;
    for ((_, as_mentor), answer) in waiting.iter().zip(&mut answers) {
        let advise = !as_mentor && (enough && idle.mentors.is_empty() || answer.0 == [Stop::NoMentor]);
        if answer.1.is_none() && advise {
            answer.1 = Some(Relaxation::AnotherMentor);
        }
    }
    answers
}

/// Single changes of the rules, the gentlest first.
fn relaxations(rules: &Rules) -> Vec<(Relaxation, Rules)> {
    let mut list = Vec::new();
    let hours = rules.min_common_hours;
    let with_hours = |hours: u32| {
        (
            Relaxation::FewerHours { min_common_hours: hours },
            Rules { min_common_hours: hours, ..rules.clone() },
        )
    };
    let with_units =
        |per_unit: u8| (Relaxation::MorePerUnit { per_unit }, Rules { per_unit, ..rules.clone() });
    if hours > 1 {
        list.push(with_hours(hours - 1));
    }
    if rules.max_participants < LARGEST_GROUP {
        let max_participants = rules.max_participants + 1;
        list.push((
            Relaxation::LargerGroups { max_participants },
            Rules { max_participants, ..rules.clone() },
        ));
    }
    let max_mentors = rules.max_mentors + 1;
    list.push((Relaxation::MoreMentors { max_mentors }, Rules { max_mentors, ..rules.clone() }));
    if rules.per_unit < u8::MAX {
        list.push(with_units(rules.per_unit + 1));
    }
    for min_participants in (1..rules.min_participants).rev() {
        list.push((
            Relaxation::SmallerGroups { min_participants },
            Rules { min_participants, ..rules.clone() },
        ));
    }
    if hours > 0 {
        list.push(with_hours(0));
    }
    let largest = rules.max_participants + rules.max_mentors;
    for per_unit in u32::from(rules.per_unit) + 2..=u32::try_from(largest).unwrap_or(0) {
        list.extend(u8::try_from(per_unit).ok().map(with_units));
    }
    list
}

/// Whether a group there is has a place under the rules of the pool.
fn joins(pool: &Pool, teams: &[Team], who: Who, as_mentor: bool) -> bool {
    teams.iter().any(|team| team.barrier(pool, who, as_mentor).is_none())
}

/// Everybody who has time for a new group.
struct Idle {
    mentors: Vec<Who>,
    participants: Vec<Who>,
}

impl Idle {
    fn of(pool: &Pool, teams: &[Team], waiting: &[(Who, bool)]) -> Self {
        let mut led = vec![0_usize; pool.members.len()];
        for who in teams.iter().flat_map(|team| &team.mentors) {
            led[*who as usize] += 1;
        }
        let mentors =
            pool.everybody().filter(|who| led[*who as usize] < usize::from(pool.at(*who).capacity)).collect();
        let participants = waiting.iter().filter(|(_, as_mentor)| !as_mentor).map(|(who, _)| *who).collect();
        Self { mentors, participants }
    }

    /// Whether a new group of idle people with this person is possible under the rules of the pool.
    fn opens(&self, pool: &Pool, who: Who, as_mentor: bool, steps: &mut u32) -> bool {
        let leads: &[Who] = if as_mentor { &[who] } else { &self.mentors };
        for &lead in leads.iter().take(LEADS) {
            let mut team = Team::led_by(vec![lead]);
            if !as_mentor {
                if team.barrier(pool, who, false).is_some() {
                    continue;
                }
                team.participants.push(who);
            }
            let mut some = (*steps).min(1_000);
            *steps -= some;
            let found = complete(pool, &mut team, &self.mentors, &self.participants, &mut some);
            *steps += some;
            if found && team.fits(pool) {
                return true;
            }
        }
        false
    }
}

/// What stops a wish: rules counted over groups, or over mentors where there is no group.
fn stops(pool: &Pool, teams: &[Team], who: Who, as_mentor: bool) -> Vec<Stop> {
    if !teams.is_empty() {
        return count(teams.iter().map(|team| team.barrier(pool, who, as_mentor)))
            .into_iter()
            .map(|(barrier, groups)| match barrier {
                Some(barrier) => Stop::Groups { barrier, groups },
                None => Stop::Open { groups },
            })
            .collect();
    }
    let mentors: Vec<Who> = pool.everybody().filter(|who| pool.at(*who).capacity > 0).collect();
    let participants = pool.members.iter().filter(|member| member.wants_seat).count();
    let rules = &pool.rules;
    let mut stops = Vec::new();
    if mentors.is_empty() {
        stops.push(Stop::NoMentor);
    } else if mentors.len() < rules.min_mentors {
        stops.push(Stop::TooFewMentors { have: mentors.len(), need: rules.min_mentors });
    }
    if participants < rules.min_participants {
        stops.push(Stop::TooFewParticipants { have: participants, need: rules.min_participants });
    }
    if stops.is_empty() {
        let barriers = mentors
            .iter()
            .filter(|mentor| **mentor != who && !as_mentor)
            .map(|mentor| Team::led_by(vec![*mentor]).barrier(pool, who, false));
        for (barrier, mentors) in count(barriers) {
            stops.push(barrier.map_or(Stop::NoGroupFits, |barrier| Stop::Mentors { barrier, mentors }));
        }
        if stops.is_empty() {
            stops.push(Stop::NoGroupFits);
        }
    }
    stops
}

/// How often each outcome occurs, most frequent first.
fn count(outcomes: impl Iterator<Item = Option<Barrier>>) -> Vec<(Option<Barrier>, usize)> {
    let mut counts: BTreeMap<Option<Barrier>, usize> = BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(outcome).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    counts
}

//! Why somebody has no seat, and the smallest single change that would open a door.
//!
//! Invariant: every change named here was tried against the rules before it is named, except the
//! advice to find another mentor; the rules of the pool are the same afterwards as before.

use super::build::complete;
use super::pool::{Pool, Who};
use super::rules::{LARGEST_GROUP, Rules};
use super::stops::{Barrier, Relaxation, Stop};
use super::team::Team;
use crate::domain::week::WeekMask;
use std::collections::BTreeMap;

/// Steps to spend on looking for new groups under eased rules, over all people together.
const STEPS: u32 = 300_000;
/// Steps to spend on each smaller size, so that those tried last are tried, too.
const STEPS_FOR_A_SIZE: u32 = STEPS / 8;
/// Groups times waiting people up to which changes are looked for on behalf of idle mentors.
const PATIENCE: usize = 2_000_000;
/// Idle mentors tried as lead of a new group.
const LEADS: usize = 12;

/// For each waiting wish what stopped it and what would help.
pub(super) fn explain(
    pool: &mut Pool,
    teams: &[Team],
    waiting: &[(Who, bool)],
) -> Vec<(Vec<Stop>, Option<Relaxation>)> {
    let views: Vec<View<'_>> = teams.iter().map(|team| View::of(pool, team)).collect();
    // Idle mentors of a large pool hear what stops them; looking for changes would take too long.
    let few = waiting.len().saturating_mul(teams.len()) <= PATIENCE;
    let mut answers: Vec<(Vec<Stop>, Option<Relaxation>)> =
        waiting.iter().map(|(who, as_mentor)| (stops(pool, &views, *who, *as_mentor, !few), None)).collect();
    let idle = Idle::of(pool, teams, waiting);
    let (rules, mut shared) = (pool.rules.clone(), STEPS);
    let most = idle.most(pool);
    for (relaxation, eased) in relaxations(&rules) {
        let mut own = STEPS_FOR_A_SIZE;
        let steps = match relaxation {
            Relaxation::SmallerGroups { min_participants } if min_participants > most => continue,
            Relaxation::SmallerGroups { .. } => &mut own,
            _ => &mut shared,
        };
        pool.rules = eased;
        for ((who, as_mentor), answer) in waiting.iter().zip(&mut answers) {
            if answer.1.is_none()
                && (few || !as_mentor)
                && (joins(pool, &views, *who, *as_mentor) || idle.opens(pool, *who, *as_mentor, steps))
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
pub(super) fn relaxations(rules: &Rules) -> Vec<(Relaxation, Rules)> {
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
    list.extend(newer(rules));
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

/// Single changes of the rules that not every programme uses.
fn newer(rules: &Rules) -> Vec<(Relaxation, Rules)> {
    let mut list = Vec::new();
    let (organisation, department) = (rules.per_organisation, rules.per_department);
    if (1..u8::MAX).contains(&organisation) {
        let per_organisation = organisation + 1;
        list.push((
            Relaxation::MorePerOrganisation { per_organisation },
            Rules { per_organisation, ..rules.clone() },
        ));
    }
    if (1..u8::MAX).contains(&department) {
        let per_department = department + 1;
        let eased = Rules { per_department, ..rules.clone() };
        list.push((Relaxation::MorePerDepartment { per_department }, eased));
    }
    if let Some(spread) = rules.max_zone_spread.filter(|spread| *spread < 12) {
        for hours in [spread + 1, 12] {
            let eased = Rules { max_zone_spread: Some(hours), ..rules.clone() };
            list.push((Relaxation::WiderZones { hours }, eased));
        }
    }
    if rules.same_manager_apart {
        list.push((Relaxation::SameManager, Rules { same_manager_apart: false, ..rules.clone() }));
    }
    for percent in [75, 50] {
        if rules.quorum_percent > percent && rules.min_common_hours > 0 {
            let eased = Rules { quorum_percent: percent, ..rules.clone() };
            list.push((Relaxation::LowerQuorum { percent }, eased));
        }
    }
    list
}

/// A group with what all its members have in common, for a first quick look.
struct View<'t> {
    team: &'t Team,
    week: WeekMask,
    tongues: u128,
    listing: bool,
}

impl<'t> View<'t> {
    fn of(pool: &Pool, team: &'t Team) -> Self {
        Self {
            team,
            week: team.people().fold(WeekMask::ALL, |week, who| week.and(pool.at(who).starts[0])),
            tongues: team.people().fold(u128::MAX, |all, who| all & pool.at(who).tongues),
            listing: team.people().any(|who| pool.at(who).lists_tongues),
        }
    }

    /// The rule that keeps somebody out. In haste a full group is not looked at any further.
    fn barrier(&self, pool: &Pool, who: Who, as_mentor: bool, haste: bool) -> Option<Barrier> {
        let (member, rules) = (pool.at(who), &pool.rules);
        if self.listing && member.lists_tongues && self.tongues & member.tongues == 0 {
            Some(Barrier::Language)
        } else if rules.quorum_percent == 100
            && self.week.and(member.starts[0]).count() < rules.min_common_hours
        {
            Some(Barrier::Hours)
        } else if haste && as_mentor && self.team.mentors.len() >= rules.max_mentors {
            Some(Barrier::Full)
        } else {
            self.team.barrier(pool, who, as_mentor)
        }
    }
}

/// Whether a group there is has a place under the rules of the pool.
fn joins(pool: &Pool, views: &[View<'_>], who: Who, as_mentor: bool) -> bool {
    let tied = !pool.at(who).mates.is_empty();
    views.iter().any(|view| match view.barrier(pool, who, as_mentor, false) {
        None => true,
        Some(Barrier::Together) => tied && view.team.clone().join(pool, who, as_mentor),
        Some(_) => false,
    })
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

    /// More participants than this no group of idle people has, by their number and their units.
    fn most(&self, pool: &Pool) -> usize {
        let mut units: BTreeMap<u32, usize> = BTreeMap::new();
        for who in &self.participants {
            *units.entry(pool.at(*who).unit).or_default() += 1;
        }
        units.values().map(|people| (*people).min(usize::from(pool.rules.per_unit))).sum()
    }

    /// Whether a new group of idle people with this person is possible under the rules of the pool.
    fn opens(&self, pool: &Pool, who: Who, as_mentor: bool, steps: &mut u32) -> bool {
        let leads: &[Who] = if as_mentor { &[who] } else { &self.mentors };
        for &lead in leads.iter().take(LEADS) {
            let mut team = Team::default();
            if !team.join(pool, lead, true) || !as_mentor && !team.join(pool, who, false) {
                continue;
            }
            let mut some = (*steps).min(1_000);
            *steps -= some;
            let found = complete(pool, &mut team, &self.mentors, &self.participants, &mut some);
            *steps += some;
            if found && team.broken(pool).is_none() {
                return true;
            }
        }
        false
    }
}

/// What stops a wish: rules counted over groups, or over the people of the other side where there is no group.
fn stops(pool: &Pool, teams: &[View<'_>], who: Who, as_mentor: bool, haste: bool) -> Vec<Stop> {
    if !teams.is_empty() {
        return count(teams.iter().map(|team| team.barrier(pool, who, as_mentor, haste)))
            .into_iter()
            .map(|(barrier, groups)| match barrier {
                Some(barrier) => Stop::Groups { barrier, groups },
                None => Stop::Open { groups },
            })
            .collect();
    }
    let mentors: Vec<Who> = pool.everybody().filter(|who| pool.at(*who).capacity > 0).collect();
    let participants: Vec<Who> = pool.everybody().filter(|who| pool.at(*who).wants_seat).collect();
    let rules = &pool.rules;
    let mut few = Vec::new();
    if mentors.is_empty() {
        few.push(Stop::NoMentor);
    } else if mentors.len() < rules.min_mentors {
        few.push(Stop::TooFewMentors { have: mentors.len(), need: rules.min_mentors });
    }
    if participants.len() < rules.min_participants {
        few.push(Stop::TooFewParticipants { have: participants.len(), need: rules.min_participants });
    }
    let others = if as_mentor { &participants } else { &mentors };
    let barriers = others.iter().filter(|other| **other != who).map(|other| {
        let (lead, seat) = if as_mentor { (who, *other) } else { (*other, who) };
        Team::led_by(vec![lead]).barrier_alone(pool, seat, false)
    });
    let between = count(barriers);
    let fits = between.iter().any(|(barrier, _)| barrier.is_none());
    // A rule that stands between the two sides is told even where people are too few: more of them would not help.
    let between = between.into_iter().filter_map(|(barrier, number)| match barrier {
        // A mentor who could lead somebody does not lack the others.
        Some(_) if as_mentor && fits => None,
        Some(barrier) if as_mentor => Some(Stop::Participants { barrier, participants: number }),
        Some(barrier) => Some(Stop::Mentors { barrier, mentors: number }),
        None => few.is_empty().then_some(Stop::NoGroupFits),
    });
    let mut stops: Vec<Stop> = between.collect();
    stops.extend(few);
    if stops.is_empty() {
        stops.push(Stop::NoGroupFits);
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

//! Why not everybody can be placed: the smallest set of rules that together stop them, and the
//! three gentlest changes with what each wins.
//!
//! Invariant: rules are only named if the people cannot all be placed under them while any one
//! fewer would do (as far as the same search can tell), and every change named was tried.

use super::doors::relaxations;
use super::infeasible::Infeasible;
use super::plan::{Plan, Unplaced};
use super::problem::{Budget, Person, Problem};
use super::rules::Rules;
use super::solve::{Setup, form_with};
use super::stops::Relaxation;
use crate::domain::week::WeekMask;
use serde::{Deserialize, Serialize};

/// Changes named at most.
const CHANGES: usize = 3;
/// Steps of each trial: enough to compare, little enough to try all.
const STEPS: u64 = 30_000;

/// A rule that can be set aside to see what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleName {
    /// People above or below each other stay apart.
    ReportingLines,
    /// People with one manager stay apart.
    SameManager,
    /// Pairs who must not meet.
    Never,
    /// Conflicts of interest and binding vetoes.
    Conflicts,
    /// People who must stay together.
    Together,
    /// Most people of a unit, organisation or department.
    Difference,
    /// A common language.
    Language,
    /// Common hours.
    Hours,
    /// Most hours between zones.
    Zones,
    /// Fewest participants of a group.
    FewestParticipants,
    /// Most participants of a group.
    MostParticipants,
    /// Groups each mentor leads.
    MentorCapacity,
}

impl RuleName {
    /// All rules, those that a programme gives up last first.
    pub const ALL: [Self; 12] = [
        Self::ReportingLines,
        Self::Never,
        Self::Conflicts,
        Self::Together,
        Self::Language,
        Self::Hours,
        Self::Difference,
        Self::SameManager,
        Self::Zones,
        Self::FewestParticipants,
        Self::MostParticipants,
        Self::MentorCapacity,
    ];

    /// The rule in a sentence about several of them.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReportingLines => "nobody meets people of their reporting line",
            Self::SameManager => "people with the same manager stay apart",
            Self::Never => "some pairs stay apart",
            Self::Conflicts => "some people cannot share a group",
            Self::Together => "some people stay together",
            Self::Difference => "members come from different places",
            Self::Language => "a group has a common language",
            Self::Hours => "a group has common hours",
            Self::Zones => "time zones are not too far apart",
            Self::FewestParticipants => "a group has its fewest participants",
            Self::MostParticipants => "a group has no more than its most participants",
            Self::MentorCapacity => "mentors lead no more groups than they agreed to",
        }
    }

    /// The problem without this rule.
    fn set_aside(self, problem: &mut Problem) {
        let rules = &mut problem.rules;
        match self {
            Self::ReportingLines => problem.managers.clear(),
            Self::SameManager => rules.same_manager_apart = false,
            Self::Never => problem.never.clear(),
            Self::Conflicts => {
                problem.conflicts.clear();
                rules.forbid_vetoes = false;
            }
            Self::Together => {
                problem.must.clear();
                problem.keep.clear();
            }
            Self::Difference => {
                (rules.per_unit, rules.per_organisation, rules.per_department) = (u8::MAX, 0, 0);
            }
            Self::Language => problem.people.iter_mut().for_each(|person| person.languages.clear()),
            Self::Hours => rules.min_common_hours = 0,
            Self::Zones => rules.max_zone_spread = None,
            Self::FewestParticipants => rules.min_participants = 1,
            Self::MostParticipants => rules.max_participants = super::rules::LARGEST_GROUP.min(24),
            Self::MentorCapacity => {
                let mentors = problem.people.iter_mut().filter(|person| person.mentor_capacity > 0);
                mentors.for_each(|person| person.mentor_capacity = person.mentor_capacity.saturating_add(3));
            }
        }
    }
}

/// A change of the rules that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eased {
    /// The change.
    pub change: Relaxation,
    /// How many more participants have a seat after it.
    pub wins: usize,
}

/// Why people are left without a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Ids of the participants without a seat.
    pub people: Vec<String>,
    /// The smallest set of rules that together keep them out; empty when no set of rules does, as
    /// when there are too few people or mentors.
    pub rules: Vec<RuleName>,
    /// The gentlest changes that win seats, three at most.
    pub changes: Vec<Eased>,
}

/// Explains the unplaced participants of a plan; none when everybody has a seat. Takes the time of
/// a dozen short searches.
pub fn diagnose(problem: &Problem, plan: &Plan, setup: &Setup<'_>) -> Result<Option<Diagnosis>, Infeasible> {
    let is_seat = |unplaced: &&Unplaced| !unplaced.as_mentor;
    let people: Vec<String> =
        plan.unplaced.iter().filter(is_seat).map(|unplaced| unplaced.person.clone()).collect();
    if people.is_empty() {
        return Ok(None);
    }
    let setup = Setup { budget: Budget { iterations: setup.budget.iterations.min(STEPS) }, ..*setup };
    let rules = smallest(problem, &setup)?;
    let changes = changes(problem, plan, &setup);
    Ok(Some(Diagnosis { people, rules, changes }))
}

/// Takes one rule after the other away while people are still left out.
fn smallest(problem: &Problem, setup: &Setup<'_>) -> Result<Vec<RuleName>, Infeasible> {
    let left_out = |kept: &[RuleName]| -> Result<bool, Infeasible> {
        let mut eased = problem.clone();
        for rule in RuleName::ALL.iter().filter(|rule| !kept.contains(rule)) {
            rule.set_aside(&mut eased);
        }
        // Locks were checked against all rules; fewer rules cannot break them.
        Ok(form_with(&eased, setup)?.score.unplaced > 0)
    };
    if left_out(&[])? {
        return Ok(Vec::new());
    }
    let mut kept = RuleName::ALL.to_vec();
    for rule in RuleName::ALL.into_iter().rev() {
        if setup.watch.stop() {
            break;
        }
        let fewer: Vec<RuleName> = kept.iter().copied().filter(|other| *other != rule).collect();
        if left_out(&fewer)? {
            kept = fewer;
        }
    }
    Ok(kept)
}

/// The gentlest changes that win a seat.
fn changes(problem: &Problem, plan: &Plan, setup: &Setup<'_>) -> Vec<Eased> {
    let mut found: Vec<Eased> = Vec::new();
    let mut options: Vec<(Relaxation, Problem)> = relaxations(&problem.rules)
        .into_iter()
        .map(|(change, rules): (Relaxation, Rules)| (change, Problem { rules, ..problem.clone() }))
        .collect();
    options.push((Relaxation::AnotherMentor, with_mentor(problem)));
    for (change, eased) in options {
        let kind = std::mem::discriminant(&change);
        let known = found.iter().any(|eased| std::mem::discriminant(&eased.change) == kind);
        if found.len() == CHANGES || setup.watch.stop() {
            break;
        }
        if known || eased.rules.check().is_err() {
            continue;
        }
        if let Ok(other) = form_with(&eased, setup)
            && other.score.placed > plan.score.placed
        {
            found.push(Eased { change, wins: other.score.placed - plan.score.placed });
        }
    }
    found
}

/// The problem with one more mentor, who is free at all hours and speaks every language.
fn with_mentor(problem: &Problem) -> Problem {
    let mut more = problem.clone();
    let id = (0..).map(|number| format!("one more mentor {number}"));
    let taken = |id: &String| problem.people.iter().any(|person| person.id == *id);
    let id = id.into_iter().find(|id| !taken(id)).unwrap_or_default();
    more.people.push(Person { id, week: WeekMask::ALL, mentor_capacity: 1, ..Person::default() });
    more
}

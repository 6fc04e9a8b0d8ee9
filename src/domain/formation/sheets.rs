//! A plan sheet by sheet, so that a change by hand needs the few groups it touches and no others.
//!
//! Invariant: sheets hold exact marks, so figures that are brought up to date sheet by sheet are those of the whole plan
//! measured anew. What a change does to people who wait elsewhere is not looked at; [`super::rescore`] does that.

use super::against::{Ledger, measured};
use super::edit::{Edit, still};
use super::explain;
use super::plan::{Plan, PlannedGroup, Unplaced};
use super::pool::Pool;
use super::problem::Problem;
use super::reasons::Reason;
use super::verify::verify;
use super::violation::Violation;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One group of a plan with everything that is told and measured about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The group.
    pub group: PlannedGroup,
    /// Why each of its people sits in it, by id.
    pub reasons: BTreeMap<String, Vec<Reason>>,
    /// Exact measures in the order of the criteria.
    marks: Vec<i64>,
}

impl Sheet {
    fn of(pool: &Pool, group: &PlannedGroup) -> Self {
        let sorted = |ids: &[String]| {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids
        };
        let group = explain::describe(pool, group.key, sorted(&group.mentors), sorted(&group.participants));
        let team = explain::team(pool, &group.mentors, &group.participants);
        let mut reasons: BTreeMap<String, Vec<Reason>> = BTreeMap::new();
        for who in team.people() {
            let own: &mut Vec<Reason> = reasons.entry(pool.id(who).to_owned()).or_default();
            own.extend(explain::of_person(pool, &team, who));
        }
        let (marks, _) = measured(pool, &team);
        Self { group, reasons, marks: marks.to_vec() }
    }

    fn points(&self) -> i64 {
        self.group.score * i64::try_from(self.group.participants.len()).unwrap_or(0)
    }
}

/// The ledger and the sheets of a whole plan, by key.
pub fn sheets(problem: &Problem, plan: &Plan) -> (Ledger, Vec<Sheet>) {
    let pool = Pool::new(problem);
    let sheets = plan.groups.iter().map(|group| Sheet::of(&pool, group)).collect();
    (Ledger::in_pool(&pool, plan), sheets)
}

/// A plan without its groups and its sheets, put together again.
pub fn gather(head: Plan, sheets: Vec<Sheet>) -> Plan {
    let (mut groups, mut person_reasons) = (head.groups, head.person_reasons);
    for sheet in sheets {
        groups.push(sheet.group);
        for (person, reasons) in sheet.reasons {
            let own: &mut Vec<Reason> = person_reasons.entry(person).or_default();
            own.extend(reasons);
        }
    }
    groups.sort_by_key(|group| group.key);
    Plan { groups, person_reasons, ..head }
}

/// Some sheets of a plan: all groups that a change is about, and all in which somebody sits who must be with those who
/// move.
#[derive(Debug, Clone)]
pub struct Excerpt {
    /// The plan without its groups and their reasons.
    pub head: Plan,
    /// The ledger of the plan.
    pub ledger: Ledger,
    /// The sheets that were taken out.
    pub sheets: Vec<Sheet>,
    /// The weakest score among the other groups; none when there are no others.
    pub weakest_elsewhere: Option<i64>,
}

impl Excerpt {
    /// The part of the plan that can be judged with the people of a part of the pool.
    fn plan(&self, problem: &Problem) -> Plan {
        let here: BTreeSet<&str> = problem.people.iter().map(|person| person.id.as_str()).collect();
        let waits = |unplaced: &&Unplaced| here.contains(unplaced.person.as_str());
        let unplaced = self.head.unplaced.iter().filter(waits).cloned().collect();
        let groups = self.sheets.iter().map(|sheet| sheet.group.clone()).collect();
        Plan { groups, unplaced, ..Plan::default() }
    }

    /// Carries a change out and says which groups it touched. `problem` holds the people of these groups, those who
    /// move and those who must be with them. Refused with the rules it would break, as by [`Edit::carry_out`]; nothing
    /// is changed then.
    pub fn carry_out(&mut self, edit: &Edit, problem: &Problem) -> Result<Vec<usize>, Vec<Violation>> {
        let pool = Pool::part(problem, &self.ledger);
        let before = self.plan(problem);
        let mut after = before.clone();
        edit.seat(problem, &mut after)?;
        let mut fresh = BTreeMap::new();
        for (at, (was, is)) in before.groups.iter().zip(&mut after.groups).enumerate() {
            if was != is {
                let sheet = Sheet::of(&pool, is);
                is.clone_from(&sheet.group);
                fresh.insert(at, sheet);
            }
        }
        let seated: Vec<Unplaced> =
            after.unplaced.iter().filter(|wish| is_met(wish, &after)).cloned().collect();
        after.unplaced.retain(|wish| !seated.contains(wish));
        let broken_before = verify(problem, &before);
        let mut broken = verify(problem, &after);
        broken.retain(|violation| !broken_before.contains(violation));
        if !broken.is_empty() {
            return Err(broken);
        }
        let keys = fresh.values().map(|sheet| sheet.group.key).collect();
        for (at, sheet) in fresh {
            self.replace(at, sheet);
        }
        self.seat(&seated, problem);
        Ok(keys)
    }

    /// Puts a sheet in the place of another, and the figures with it.
    fn replace(&mut self, at: usize, sheet: Sheet) {
        let old = std::mem::replace(&mut self.sheets[at], sheet);
        let new = &self.sheets[at];
        for (sheet, sign) in [(&old, -1), (new, 1)] {
            let (group, score) = (&sheet.group, &mut self.head.score);
            self.ledger.own.add(&sheet.marks, group.score, group.participants.len(), sign);
            score.total += sheet.points() * sign;
        }
        let (was, is) = (old.group.participants.len(), new.group.participants.len());
        self.head.score.placed = (self.head.score.placed + is).saturating_sub(was);
        let here = self.sheets.iter().map(|sheet| sheet.group.score);
        self.head.score.worst_group = here.chain(self.weakest_elsewhere).min().unwrap_or(0);
    }

    /// Takes people off the list of those who wait.
    fn seat(&mut self, seated: &[Unplaced], problem: &Problem) {
        self.head.unplaced.retain(|wish| !seated.contains(wish));
        let score = &mut self.head.score;
        for wish in seated {
            if wish.as_mentor {
                score.idle_mentors = score.idle_mentors.saturating_sub(1);
                continue;
            }
            let person = problem.people.iter().find(|person| person.id == wish.person);
            let again = person.is_some_and(|person| person.left_out_before);
            score.unplaced = score.unplaced.saturating_sub(1);
            score.left_out_again = score.left_out_again.saturating_sub(usize::from(again));
        }
        self.head.bound = self.head.bound.and_then(|bound| still(bound, &self.head.score));
    }
}

/// Whether somebody who waited has what they wished for.
fn is_met(wish: &Unplaced, plan: &Plan) -> bool {
    plan.groups.iter().any(|group| {
        let list = if wish.as_mentor { &group.mentors } else { &group.participants };
        list.contains(&wish.person)
    })
}

#[cfg(test)]
mod tests;

//! A proposal of groups while staff work on it: read with the pool of today, changed, kept with what it was made from.
//!
//! Invariant: a proposal is changed only from the version that was read, and every change is recorded, so that the
//! plan can be made again from its inputs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::core::ctx::Ctx;
use crate::core::formation::{Scope, problem};
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{proposals, refusals};
use crate::domain::formation::{Edit, Lock, Plan, PlanScore, Problem, Violation, standing};
use crate::domain::ids::PlanId;
use crate::domain::words::{PlanPurpose, PlanState, ProgramState};
use crate::store::people::Person;
use crate::store::plans::{PlanInput, PlanRow};
use crate::store::programs::Program;

/// A proposal that is being worked on.
pub(super) struct Draft {
    pub(super) row: PlanRow,
    pub(super) plan: Plan,
    pub(super) problem: Problem,
    pub(super) people: BTreeMap<String, Person>,
}

/// What a plan is made from, beside seed and steps.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Inputs {
    pub(super) problem: Problem,
    /// The groups that a repair began with.
    pub(super) before: Option<Plan>,
}

/// The proposal of a program, with the pool as it is now.
pub(super) async fn draft(ctx: &mut Ctx<'_>, program: &Program) -> Result<Draft, Failure> {
    let Some(row) = ctx.tx.find_draft_plan(&program.id).await? else {
        return Err(proposals::no_proposal().into());
    };
    let locks: Vec<Lock> = serde_json::from_str(&row.locks).unwrap_or_default();
    let Ok(plan) = serde_json::from_str::<Plan>(&row.body) else {
        return Err(proposals::no_proposal().into());
    };
    let (problem, people) = problem(&mut ctx.tx, program, locks, scope(row.purpose)).await?;
    Ok(Draft { row, plan, problem, people })
}

/// Whom a proposal is about.
pub(super) const fn scope(purpose: PlanPurpose) -> Scope {
    match purpose {
        PlanPurpose::Form => Scope::Waiting,
        PlanPurpose::Repair => Scope::Everybody,
    }
}

pub(super) fn must_be_open(program: &Program) -> Result<(), Failure> {
    if program.state == ProgramState::Open { Ok(()) } else { Err(refusals::program_not_open(program).into()) }
}

pub(super) fn name_of(people: &BTreeMap<String, Person>) -> impl Fn(&str) -> String + '_ {
    |id: &str| people.get(id).map_or_else(|| "somebody".to_owned(), |person| person.name.clone())
}

/// Puts a new proposal in the place of the one that was looked at before the long work began.
pub(super) async fn propose(
    ctx: &mut Ctx<'_>,
    program: &Program,
    purpose: PlanPurpose,
    old: Option<PlanRow>,
    (inputs, plan): (&Inputs, &Plan),
) -> Result<(), Failure> {
    let mut tx = ctx.core.store().begin().await?;
    let looked_at = old.as_ref().map(|row| (row.id.clone(), row.version));
    if tx.find_draft_plan(&program.id).await?.map(|row| (row.id, row.version)) != looked_at {
        return Err(refusals::changed_meanwhile().into());
    }
    if let Some(mut row) = old {
        row.state = PlanState::Dropped;
        tx.mark_plan(&row).await?;
        tx.delete_dropped_inputs(&program.id).await?;
    }
    let row = PlanRow {
        id: PlanId::new(ctx.core.next_id()),
        program_id: program.id.clone(),
        seed: i64::try_from(plan.seed).unwrap_or(i64::MAX),
        state: PlanState::Draft,
        locks: serde_json::to_string(&inputs.problem.locks).unwrap_or_default(),
        body: serde_json::to_string(plan).unwrap_or_default(),
        purpose,
        edits: "[]".to_owned(),
        version: 1,
        created_by: ctx.me.id.clone(),
        created_at: ctx.now,
    };
    tx.insert_plan(&row).await?;
    let input = PlanInput {
        plan_id: row.id,
        problem: serde_json::to_string(inputs).unwrap_or_default(),
        iterations: i64::try_from(plan.iterations).unwrap_or(i64::MAX),
    };
    tx.insert_plan_input(&input).await?;
    Ok(tx.commit().await?)
}

impl Draft {
    /// Changes the plan, and remembers the change.
    pub(super) fn change(&mut self, edit: Edit, problem: Option<&Problem>) -> Result<(), Vec<Violation>> {
        self.plan = edit.carry_out(problem.unwrap_or(&self.problem), &self.plan)?;
        let mut edits: Vec<Edit> = serde_json::from_str(&self.row.edits).unwrap_or_default();
        edits.push(edit);
        self.row.edits = serde_json::to_string(&edits).unwrap_or_default();
        Ok(())
    }

    /// Says which rules stand against a change.
    pub(super) fn refuse(&self, violations: &[Violation]) -> Failure {
        let name = name_of(&self.people);
        let words: Vec<String> = violations.iter().map(|v| v.words(&name)).collect();
        proposals::forbidden(&words).into()
    }

    /// Keeps the changed proposal unless somebody else changed it meanwhile, and shows it with what the change did to
    /// its figures.
    pub(super) async fn keep(
        mut self,
        ctx: &mut Ctx<'_>,
        program: &Program,
        before: Option<PlanScore>,
    ) -> Outcome {
        self.row.locks = serde_json::to_string(&self.problem.locks).unwrap_or_default();
        self.row.body = serde_json::to_string(&self.plan).unwrap_or_default();
        if !ctx.tx.mark_plan(&self.row).await? {
            return Err(refusals::changed_meanwhile().into());
        }
        let locked: Vec<String> = self.problem.locks.iter().map(|lock| lock.person.clone()).collect();
        let standing = standing(&self.problem, &self.plan);
        let shown = proposals::Proposed {
            program,
            plan: &self.plan,
            people: &self.people,
            locked: &locked,
            standing: standing.as_ref(),
            before,
            purpose: self.row.purpose,
        };
        Ok(Reply::Private(proposals::preview(ctx.core.content(), &shown)))
    }
}

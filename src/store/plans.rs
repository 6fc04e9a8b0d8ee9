//! Plans of groups, what they were made from, and what binds people. A plan is a proposal; only publishing it makes or
//! changes groups.

use super::tx::{all, maybe, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{PersonId, PlanId, ProgramId};
use crate::domain::words::{PlanPurpose, PlanState, TieKind};

/// A proposed set of groups.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PlanRow {
    /// Id.
    pub id: PlanId,
    /// For which program.
    pub program_id: ProgramId,
    /// Seed it was made with.
    pub seed: i64,
    /// Where it stands.
    pub state: PlanState,
    /// Locks as JSON.
    pub locks: String,
    /// The plan without its groups as JSON; with them in plans from before.
    pub body: String,
    /// What its figures rest on as JSON; empty in plans from before.
    pub ledger: String,
    /// What it is for.
    pub purpose: PlanPurpose,
    /// Changes made by hand since it was made, as JSON.
    pub edits: String,
    /// Raised with every change; writes compare it.
    pub version: i64,
    /// Who asked for it.
    pub created_by: PersonId,
    /// When.
    pub created_at: Instant,
}

/// What a plan was made from, beside its seed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PlanInput {
    /// Which plan.
    pub plan_id: PlanId,
    /// Pool and rules as JSON.
    pub problem: String,
    /// Steps of the search.
    pub iterations: i64,
}

/// Two sides that are bound. A side is `person:ID` or `organisation:NAME`, the name in small letters.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Tie {
    /// Id.
    pub id: String,
    /// In which program.
    pub program_id: ProgramId,
    /// What binds them.
    pub kind: TieKind,
    /// The smaller side.
    pub first_side: String,
    /// The other side.
    pub second_side: String,
    /// Why; shown to nobody but those who keep the list.
    pub reason: String,
    /// Who said so.
    pub created_by: PersonId,
    /// When.
    pub created_at: Instant,
}

impl Tx {
    /// Adds a plan.
    pub async fn insert_plan(&mut self, p: &PlanRow) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO plans (id, program_id, seed, state, locks, body, purpose, edits, version, created_by, \
             created_at, ledger) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            &p.id,
            &p.program_id,
            p.seed,
            p.state,
            &p.locks,
            &p.body,
            p.purpose,
            &p.edits,
            p.version,
            &p.created_by,
            p.created_at,
            &p.ledger
        )?;
        Ok(())
    }

    /// Writes a plan if nobody changed it since it was read; false when somebody did.
    pub async fn mark_plan(&mut self, p: &PlanRow) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE plans SET state = $3, locks = $4, body = $5, edits = $6, ledger = $7, \
             version = version + 1 \
             WHERE id = $1 AND version = $2",
            &p.id,
            p.version,
            p.state,
            &p.locks,
            &p.body,
            &p.edits,
            &p.ledger
        )?;
        Ok(touched == 1)
    }

    /// The draft plan of a program, if there is one.
    pub async fn find_draft_plan(&mut self, program: &ProgramId) -> Result<Option<PlanRow>, StoreError> {
        maybe!(
            self,
            PlanRow,
            "SELECT * FROM plans WHERE program_id = $1 AND state = 'draft' ORDER BY id DESC LIMIT 1",
            program
        )
    }

    /// The latest plan of a program that became real, if there is one.
    pub async fn find_published_plan(&mut self, program: &ProgramId) -> Result<Option<PlanRow>, StoreError> {
        maybe!(
            self,
            PlanRow,
            "SELECT * FROM plans WHERE program_id = $1 AND state = 'published' ORDER BY id DESC LIMIT 1",
            program
        )
    }

    /// Keeps what a plan was made from.
    pub async fn insert_plan_input(&mut self, input: &PlanInput) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO plan_inputs (plan_id, problem, iterations) VALUES ($1, $2, $3)",
            &input.plan_id,
            &input.problem,
            input.iterations
        )?;
        Ok(())
    }

    /// What a plan was made from, if that was kept.
    pub async fn find_plan_input(&mut self, plan: &PlanId) -> Result<Option<PlanInput>, StoreError> {
        maybe!(self, PlanInput, "SELECT * FROM plan_inputs WHERE plan_id = $1", plan)
    }

    /// Forgets the groups of dropped plans of a program and what they were made from, and says how many they were.
    pub async fn delete_dropped_inputs(&mut self, program: &ProgramId) -> Result<u64, StoreError> {
        run!(
            &mut *self,
            "DELETE FROM plan_sheets WHERE plan_id IN \
             (SELECT id FROM plans WHERE program_id = $1 AND state = 'dropped')",
            program
        )?;
        run!(
            self,
            "DELETE FROM plan_inputs WHERE plan_id IN \
             (SELECT id FROM plans WHERE program_id = $1 AND state = 'dropped')",
            program
        )
    }

    /// Binds two sides; what bound them before is replaced.
    pub async fn insert_tie(&mut self, tie: &Tie) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO ties (id, program_id, kind, first_side, second_side, reason, created_by, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (program_id, first_side, second_side) DO UPDATE SET id = excluded.id, \
             kind = excluded.kind, reason = excluded.reason, created_by = excluded.created_by, \
             created_at = excluded.created_at",
            &tie.id,
            &tie.program_id,
            tie.kind,
            &tie.first_side,
            &tie.second_side,
            &tie.reason,
            &tie.created_by,
            tie.created_at
        )?;
        Ok(())
    }

    /// What binds people and organisations of a program, oldest first.
    pub async fn list_ties(&mut self, program: &ProgramId) -> Result<Vec<Tie>, StoreError> {
        all!(self, Tie, "SELECT * FROM ties WHERE program_id = $1 ORDER BY id", program)
    }

    /// Unbinds two sides; false when nothing bound them.
    pub async fn delete_tie(&mut self, program: &ProgramId, id: &str) -> Result<bool, StoreError> {
        let touched = run!(self, "DELETE FROM ties WHERE program_id = $1 AND id = $2", program, id)?;
        Ok(touched == 1)
    }
}

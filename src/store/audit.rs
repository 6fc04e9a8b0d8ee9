//! Who did what, with the reason given. Rows are only added.

use super::tx::{all, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{PersonId, ProgramId};

/// An act worth remembering.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Act {
    /// Id.
    pub id: String,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_id: PersonId,
    /// In which program.
    pub program_id: Option<ProgramId>,
    /// What, as a command path.
    pub act: String,
    /// On what, as an id.
    pub subject: String,
    /// The reason given, or nothing.
    pub reason: String,
}

impl Tx {
    /// Adds an act.
    pub async fn insert_act(&mut self, a: &Act) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO audit (id, at, actor_id, program_id, act, subject, reason) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &a.id,
            a.at,
            &a.actor_id,
            &a.program_id,
            &a.act,
            &a.subject,
            &a.reason
        )?;
        Ok(())
    }

    /// The latest acts in a program, newest first.
    pub async fn list_acts(&mut self, program: &ProgramId, limit: i64) -> Result<Vec<Act>, StoreError> {
        all!(self, Act, "SELECT * FROM audit WHERE program_id = $1 ORDER BY id DESC LIMIT $2", program, limit)
    }
}

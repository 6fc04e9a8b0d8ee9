//! Credentials of coaches.
//!
//! Invariant: each was handed in to one programme; what is decided once is decided, and a decision names who made it.

use super::tx::{all, maybe, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{PersonId, ProgramId};
use crate::domain::words::ReviewState;

/// A coach's credential as handed in to the staff of a program.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Credential {
    /// Id.
    pub id: String,
    /// To whose staff it was handed in.
    pub program_id: ProgramId,
    /// Whose it is.
    pub person_id: PersonId,
    /// Who awarded it.
    pub issuer: String,
    /// Its level, in the issuer's words.
    pub level: String,
    /// Hours of training.
    pub hours: i64,
    /// When it was awarded, `YYYY-MM-DD`.
    pub awarded_on: String,
    /// Its last day, `YYYY-MM-DD`.
    pub expires_on: String,
    /// Whether it was checked.
    pub state: ReviewState,
    /// Why it was refused; empty otherwise.
    pub reason: String,
    /// Who checked it.
    pub checked_by: Option<PersonId>,
    /// When.
    pub checked_at: Option<Instant>,
    /// When it was handed in.
    pub created_at: Instant,
}

impl Tx {
    /// Keeps a credential.
    pub async fn insert_credential(&mut self, c: &Credential) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO credentials (id, program_id, person_id, issuer, level, hours, awarded_on, expires_on, \
             state, reason, checked_by, checked_at, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            &c.id,
            &c.program_id,
            &c.person_id,
            &c.issuer,
            &c.level,
            c.hours,
            &c.awarded_on,
            &c.expires_on,
            c.state,
            &c.reason,
            &c.checked_by,
            c.checked_at,
            c.created_at
        )?;
        Ok(())
    }

    /// Writes the decision about a credential that waits; false when it was decided already.
    pub async fn mark_credential(&mut self, c: &Credential) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE credentials SET state = $2, reason = $3, checked_by = $4, checked_at = $5 \
             WHERE id = $1 AND state = 'waiting'",
            &c.id,
            c.state,
            &c.reason,
            &c.checked_by,
            c.checked_at
        )?;
        Ok(touched == 1)
    }

    /// Forgets a credential that nobody has decided about; false when there is none.
    pub async fn delete_waiting_credential(&mut self, id: &str) -> Result<bool, StoreError> {
        let touched = run!(self, "DELETE FROM credentials WHERE id = $1 AND state = 'waiting'", id)?;
        Ok(touched == 1)
    }

    /// The credential with this id, if there is one.
    pub async fn find_credential(&mut self, id: &str) -> Result<Option<Credential>, StoreError> {
        maybe!(self, Credential, "SELECT * FROM credentials WHERE id = $1", id)
    }

    /// The credentials handed in to a program, oldest first.
    pub async fn list_credentials_in(&mut self, program: &ProgramId) -> Result<Vec<Credential>, StoreError> {
        all!(self, Credential, "SELECT * FROM credentials WHERE program_id = $1 ORDER BY id", program)
    }

    /// A person's credentials in a program, oldest first.
    pub async fn list_credentials_of(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
    ) -> Result<Vec<Credential>, StoreError> {
        all!(
            self,
            Credential,
            "SELECT * FROM credentials WHERE program_id = $1 AND person_id = $2 ORDER BY id",
            program,
            person
        )
    }
}

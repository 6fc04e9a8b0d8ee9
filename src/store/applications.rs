//! Applications to be a mentor.
//!
//! Invariant: what is decided once is decided, and a decision names who made it.

use super::tx::{all, maybe, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{PersonId, ProgramId};
use crate::domain::words::ReviewState;

/// An application to be a mentor in a program.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Application {
    /// Id.
    pub id: String,
    /// In which program.
    pub program_id: ProgramId,
    /// Whose it is.
    pub person_id: PersonId,
    /// What they have led, in their words.
    pub experience: String,
    /// Topics they can help with, comma-separated.
    pub strengths: String,
    /// Why they want to.
    pub why: String,
    /// Hours a month they can give.
    pub hours: i64,
    /// Whether it was decided.
    pub state: ReviewState,
    /// Why not; empty otherwise.
    pub reason: String,
    /// Who decided.
    pub checked_by: Option<PersonId>,
    /// When.
    pub checked_at: Option<Instant>,
    /// When it was sent.
    pub created_at: Instant,
}

impl Tx {
    /// Keeps an application.
    pub async fn insert_application(&mut self, a: &Application) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO applications (id, program_id, person_id, experience, strengths, why, hours, state, \
             reason, checked_by, checked_at, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            &a.id,
            &a.program_id,
            &a.person_id,
            &a.experience,
            &a.strengths,
            &a.why,
            a.hours,
            a.state,
            &a.reason,
            &a.checked_by,
            a.checked_at,
            a.created_at
        )?;
        Ok(())
    }

    /// Writes the decision about an application that waits; false when it was decided already.
    pub async fn mark_application(&mut self, a: &Application) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE applications SET state = $2, reason = $3, checked_by = $4, checked_at = $5 \
             WHERE id = $1 AND state = 'waiting'",
            &a.id,
            a.state,
            &a.reason,
            &a.checked_by,
            a.checked_at
        )?;
        Ok(touched == 1)
    }

    /// Forgets the application of a person that nobody has decided about; false when there is none.
    pub async fn delete_waiting_application(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "DELETE FROM applications WHERE program_id = $1 AND person_id = $2 AND state = 'waiting'",
            program,
            person
        )?;
        Ok(touched > 0)
    }

    /// The application with this id, if there is one.
    pub async fn find_application(&mut self, id: &str) -> Result<Option<Application>, StoreError> {
        maybe!(self, Application, "SELECT * FROM applications WHERE id = $1", id)
    }

    /// The applications in a program, oldest first.
    pub async fn list_applications_in(
        &mut self,
        program: &ProgramId,
    ) -> Result<Vec<Application>, StoreError> {
        all!(self, Application, "SELECT * FROM applications WHERE program_id = $1 ORDER BY id", program)
    }

    /// A person's applications in a program, oldest first.
    pub async fn list_applications_of(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
    ) -> Result<Vec<Application>, StoreError> {
        all!(
            self,
            Application,
            "SELECT * FROM applications WHERE program_id = $1 AND person_id = $2 ORDER BY id",
            program,
            person
        )
    }
}

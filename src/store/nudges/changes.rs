//! What happens to nudges that wait: withdrawn, brought forward, answered, and deleted when they are old.

use super::super::tx::run;
use super::super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{PersonId, ProgramId};

impl Tx {
    /// Withdraws what is planned about a subject and has not begun to be sent.
    pub async fn mark_withdrawn(&mut self, subject: &str, reason: &str) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET state = 'skipped', reason = $2 WHERE subject = $1 AND state = 'ready'",
            subject,
            reason
        )
    }

    /// Withdraws what is planned about a subject for one person.
    pub async fn mark_withdrawn_for(
        &mut self,
        subject: &str,
        person: &PersonId,
        reason: &str,
    ) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET state = 'skipped', reason = $3 \
             WHERE subject = $1 AND person_id = $2 AND state = 'ready'",
            subject,
            person,
            reason
        )
    }

    /// Withdraws what is planned in a program for one person.
    pub async fn mark_withdrawn_in(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
        reason: &str,
    ) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET state = 'skipped', reason = $3 \
             WHERE program_id = $1 AND person_id = $2 AND state = 'ready'",
            program,
            person,
            reason
        )
    }

    /// Makes due now what waits in a program for this reason.
    pub async fn mark_due_now(
        &mut self,
        program: &ProgramId,
        reason: &str,
        now: Instant,
    ) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET due_at = $3 WHERE program_id = $1 AND state = 'ready' AND reason = $2 \
             AND due_at > $3",
            program,
            reason,
            now
        )
    }

    /// Makes due now what waits for this reason, in all programs.
    pub async fn mark_all_due_now(&mut self, reason: &str, now: Instant) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET due_at = $2 WHERE state = 'ready' AND reason = $1 AND due_at > $2",
            reason,
            now
        )
    }

    /// Closes the open requests about a subject for a person: an answer has come.
    ///
    /// The moment of the answer is not kept: it could tell whose answer is whose.
    pub async fn mark_answered(&mut self, subject: &str, person: &PersonId) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE nudges SET open_until = NULL WHERE subject = $1 AND person_id = $2 AND open_until IS NOT NULL",
            subject,
            person
        )
    }

    /// Forgets what ended long ago and says how many rows that was.
    pub async fn delete_nudges_before(&mut self, at: Instant) -> Result<u64, StoreError> {
        run!(
            self,
            "DELETE FROM nudges WHERE created_at < $1 AND not_after < $1 AND state IN ('done', 'skipped', 'dead')",
            at
        )
    }
}

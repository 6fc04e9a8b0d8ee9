//! With whom members would like to be in a group, and with whom rather not.
//!
//! Invariant: a wish is read for its own person, or for the solver; no list of other people's wishes is shown.

use super::tx::{all, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{PersonId, ProgramId};
use crate::domain::words::WishKind;

/// A wish of a member.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Wish {
    /// In which program.
    pub program_id: ProgramId,
    /// Whose wish.
    pub person_id: PersonId,
    /// About whom.
    pub other_id: PersonId,
    /// What is wished.
    pub kind: WishKind,
    /// When.
    pub created_at: Instant,
}

impl Tx {
    /// Keeps a wish; an earlier one about the same person is replaced.
    pub async fn insert_wish(&mut self, wish: &Wish) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO wishes (program_id, person_id, other_id, kind, created_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (program_id, person_id, other_id) DO UPDATE SET kind = excluded.kind, \
             created_at = excluded.created_at",
            &wish.program_id,
            &wish.person_id,
            &wish.other_id,
            wish.kind,
            wish.created_at
        )?;
        Ok(())
    }

    /// Takes a wish back; false when there was none.
    pub async fn delete_wish(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
        other: &PersonId,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "DELETE FROM wishes WHERE program_id = $1 AND person_id = $2 AND other_id = $3",
            program,
            person,
            other
        )?;
        Ok(touched == 1)
    }

    /// Takes back all wishes of a person in a program, and those about that person.
    pub async fn delete_wishes_of(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
    ) -> Result<u64, StoreError> {
        run!(
            self,
            "DELETE FROM wishes WHERE program_id = $1 AND (person_id = $2 OR other_id = $2)",
            program,
            person
        )
    }

    /// The wishes of a person in a program, oldest first.
    pub async fn list_wishes_of(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
    ) -> Result<Vec<Wish>, StoreError> {
        all!(
            self,
            Wish,
            "SELECT * FROM wishes WHERE program_id = $1 AND person_id = $2 ORDER BY created_at, other_id",
            program,
            person
        )
    }

    /// All wishes in a program, oldest first. For the solver, and to be counted.
    pub async fn list_wishes_in(&mut self, program: &ProgramId) -> Result<Vec<Wish>, StoreError> {
        all!(self, Wish, "SELECT * FROM wishes WHERE program_id = $1 ORDER BY created_at, other_id", program)
    }
}

//! Programs, who holds which role in them, and who accepted which charter.

use super::tx::{all, maybe, one, run};
use super::{StoreError, Tx};
use crate::domain::civil::{Instant, Zone};
use crate::domain::ids::{PersonId, ProgramId, WorkspaceId};
use crate::domain::words::{ProgramState, Role};

/// A mentoring programme.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Program {
    /// Id.
    pub id: ProgramId,
    /// Short name typed in commands.
    pub slug: String,
    /// Name to show.
    pub name: String,
    /// Who founded it.
    pub owner_id: PersonId,
    /// Where it stands.
    pub state: ProgramState,
    /// The business goal it serves, in words.
    pub goal: String,
    /// First day, `YYYY-MM-DD`.
    pub starts_on: String,
    /// Last day, `YYYY-MM-DD`.
    pub ends_on: String,
    /// Zone its dates are read in.
    pub zone: Zone,
    /// Settings as JSON.
    pub settings: String,
    /// Raised with every change; writes compare it.
    pub version: i64,
    /// Since when it exists.
    pub created_at: Instant,
    /// When it first opened.
    pub opened_at: Option<Instant>,
}

/// A person's role in a program.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct RoleRow {
    /// In which program.
    pub program_id: ProgramId,
    /// Whose.
    pub person_id: PersonId,
    /// What.
    pub role: Role,
}

impl Tx {
    /// Adds a program.
    pub async fn insert_program(&mut self, p: &Program) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO programs (id, slug, name, owner_id, state, goal, starts_on, ends_on, zone, settings, \
             version, created_at, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            &p.id,
            &p.slug,
            &p.name,
            &p.owner_id,
            p.state,
            &p.goal,
            &p.starts_on,
            &p.ends_on,
            &p.zone,
            &p.settings,
            p.version,
            p.created_at,
            p.opened_at
        )?;
        Ok(())
    }

    /// Writes a program if nobody changed it since it was read; false when somebody did.
    pub async fn mark_program(&mut self, p: &Program) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE programs SET name = $3, state = $4, goal = $5, starts_on = $6, ends_on = $7, zone = $8, \
             settings = $9, opened_at = $10, version = version + 1 WHERE id = $1 AND version = $2",
            &p.id,
            p.version,
            &p.name,
            p.state,
            &p.goal,
            &p.starts_on,
            &p.ends_on,
            &p.zone,
            &p.settings,
            p.opened_at
        )?;
        Ok(touched == 1)
    }

    /// Lets a program span a workspace.
    pub async fn insert_program_workspace(
        &mut self,
        program: &ProgramId,
        workspace: &WorkspaceId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO program_workspaces (program_id, workspace_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            program,
            workspace
        )?;
        Ok(())
    }

    /// Every program that is open, oldest first.
    pub async fn list_open_programs(&mut self) -> Result<Vec<Program>, StoreError> {
        all!(self, Program, "SELECT * FROM programs WHERE state = 'open' ORDER BY id")
    }

    /// The program with this id.
    pub async fn get_program(&mut self, id: &ProgramId) -> Result<Program, StoreError> {
        one!(self, Program, "SELECT * FROM programs WHERE id = $1", id)
    }

    /// The program with this short name.
    pub async fn find_program(&mut self, slug: &str) -> Result<Option<Program>, StoreError> {
        maybe!(self, Program, "SELECT * FROM programs WHERE slug = $1", slug)
    }

    /// Programs that span a workspace, newest first.
    pub async fn list_programs_in(&mut self, workspace: &WorkspaceId) -> Result<Vec<Program>, StoreError> {
        all!(
            self,
            Program,
            "SELECT p.* FROM programs p JOIN program_workspaces w ON w.program_id = p.id \
             WHERE w.workspace_id = $1 ORDER BY p.id DESC",
            workspace
        )
    }

    /// Gives a role; false when the person holds it already.
    pub async fn insert_role(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
        role: Role,
        by: &PersonId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "INSERT INTO roles (program_id, person_id, role, granted_by, granted_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            program,
            person,
            role,
            by,
            at
        )?;
        Ok(touched == 1)
    }

    /// Takes a role; false when the person does not hold it.
    pub async fn delete_role(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
        role: Role,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "DELETE FROM roles WHERE program_id = $1 AND person_id = $2 AND role = $3",
            program,
            person,
            role
        )?;
        Ok(touched == 1)
    }

    /// Every role a person holds anywhere.
    pub async fn list_roles_of(&mut self, person: &PersonId) -> Result<Vec<RoleRow>, StoreError> {
        all!(
            self,
            RoleRow,
            "SELECT program_id, person_id, role FROM roles WHERE person_id = $1 ORDER BY program_id, role",
            person
        )
    }

    /// Every role held in a program.
    pub async fn list_roles_in(&mut self, program: &ProgramId) -> Result<Vec<RoleRow>, StoreError> {
        all!(
            self,
            RoleRow,
            "SELECT program_id, person_id, role FROM roles WHERE program_id = $1 ORDER BY person_id, role",
            program
        )
    }

    /// Notes that a person accepted a version of the charter; repeating it keeps the first date.
    pub async fn insert_charter(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
        version: &str,
        at: Instant,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO charters (program_id, person_id, version, accepted_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            program,
            person,
            version,
            at
        )?;
        Ok(())
    }

    /// The versions of the charter that a person accepted, newest first.
    pub async fn list_charters(
        &mut self,
        program: &ProgramId,
        person: &PersonId,
    ) -> Result<Vec<(String, Instant)>, StoreError> {
        all!(
            self,
            (String, Instant),
            "SELECT version, accepted_at FROM charters WHERE program_id = $1 AND person_id = $2 \
             ORDER BY accepted_at DESC, version DESC",
            program,
            person
        )
    }
}

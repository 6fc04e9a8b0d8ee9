//! Workspaces, rooms and small settings. A workspace is known by its platform and the platform's id.

use super::tx::{all, maybe, one, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::{GroupId, ProgramId, RoomId, WorkspaceId};
use crate::domain::words::Presence;

/// A workspace.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Workspace {
    /// Id.
    pub id: WorkspaceId,
    /// `slack`, `discord` or `playground`.
    pub platform: String,
    /// The platform's id.
    pub external_id: String,
    /// Name to show.
    pub name: String,
    /// Whether it can be spoken to.
    pub state: Presence,
    /// Since when it is known.
    pub created_at: Instant,
}

/// A group's or program's conversation in one workspace.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct Room {
    /// Id.
    pub id: RoomId,
    /// Where it is.
    pub workspace_id: WorkspaceId,
    /// The group it belongs to.
    pub group_id: Option<GroupId>,
    /// The program it announces.
    pub program_id: Option<ProgramId>,
    /// Name to show.
    pub name: String,
    /// The platform's id, once it is open.
    pub external_id: Option<String>,
    /// Whether it can be spoken to.
    pub state: Presence,
    /// Since when it is wanted.
    pub created_at: Instant,
    /// The platform's id of the standing card in it, once it is posted.
    pub card_id: Option<String>,
}

impl Tx {
    /// The workspace with this platform's id.
    pub async fn find_workspace(
        &mut self,
        platform: &str,
        external_id: &str,
    ) -> Result<Option<Workspace>, StoreError> {
        maybe!(
            self,
            Workspace,
            "SELECT * FROM workspaces WHERE platform = $1 AND external_id = $2",
            platform,
            external_id
        )
    }

    /// The workspace with this id.
    pub async fn get_workspace(&mut self, id: &WorkspaceId) -> Result<Workspace, StoreError> {
        one!(self, Workspace, "SELECT * FROM workspaces WHERE id = $1", id)
    }

    /// Adds a workspace.
    pub async fn insert_workspace(&mut self, w: &Workspace) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO workspaces (id, platform, external_id, name, state, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &w.id,
            &w.platform,
            &w.external_id,
            &w.name,
            w.state,
            w.created_at
        )?;
        Ok(())
    }

    /// Says a workspace's name.
    pub async fn mark_workspace_name(&mut self, id: &WorkspaceId, name: &str) -> Result<(), StoreError> {
        run!(self, "UPDATE workspaces SET name = $2 WHERE id = $1", id, name)?;
        Ok(())
    }

    /// Notes that a workspace went or came back; false when that was known.
    pub async fn mark_workspace_state(
        &mut self,
        id: &WorkspaceId,
        state: Presence,
    ) -> Result<bool, StoreError> {
        let touched =
            run!(self, "UPDATE workspaces SET state = $2 WHERE id = $1 AND state <> $2", id, state)?;
        Ok(touched == 1)
    }

    /// The workspaces a program spans.
    pub async fn list_workspaces_of(&mut self, program: &ProgramId) -> Result<Vec<Workspace>, StoreError> {
        all!(
            self,
            Workspace,
            "SELECT w.* FROM workspaces w JOIN program_workspaces p ON p.workspace_id = w.id \
             WHERE p.program_id = $1 ORDER BY w.id",
            program
        )
    }

    /// The workspaces of a platform in which an account with this id of the platform's is known, where both are there.
    pub async fn list_workspaces_with(
        &mut self,
        platform: &str,
        account: &str,
    ) -> Result<Vec<Workspace>, StoreError> {
        all!(
            self,
            Workspace,
            "SELECT w.* FROM workspaces w JOIN accounts a ON a.workspace_id = w.id \
             WHERE w.platform = $1 AND a.external_id = $2 AND w.state = 'active' AND a.state = 'active' \
             ORDER BY w.name, w.id",
            platform,
            account
        )
    }

    /// Adds a room that is not open yet.
    pub async fn insert_room(&mut self, r: &Room) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO rooms (id, workspace_id, group_id, program_id, name, external_id, state, created_at, \
             card_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &r.id,
            &r.workspace_id,
            &r.group_id,
            &r.program_id,
            &r.name,
            &r.external_id,
            r.state,
            r.created_at,
            &r.card_id
        )?;
        Ok(())
    }

    /// The room with this id.
    pub async fn get_room(&mut self, id: &RoomId) -> Result<Room, StoreError> {
        one!(self, Room, "SELECT * FROM rooms WHERE id = $1", id)
    }

    /// A group's rooms, one for each workspace it has members in.
    pub async fn list_rooms_of(&mut self, group: &GroupId) -> Result<Vec<Room>, StoreError> {
        all!(self, Room, "SELECT * FROM rooms WHERE group_id = $1 ORDER BY id", group)
    }

    /// The room with this platform's id in a workspace.
    pub async fn find_room(
        &mut self,
        workspace: &WorkspaceId,
        external_id: &str,
    ) -> Result<Option<Room>, StoreError> {
        maybe!(
            self,
            Room,
            "SELECT * FROM rooms WHERE workspace_id = $1 AND external_id = $2",
            workspace,
            external_id
        )
    }

    /// The rooms of a program's open groups.
    pub async fn list_rooms_in(&mut self, program: &ProgramId) -> Result<Vec<Room>, StoreError> {
        all!(
            self,
            Room,
            "SELECT r.* FROM rooms r JOIN groups g ON g.id = r.group_id \
             WHERE g.program_id = $1 AND g.state = 'open' ORDER BY r.id",
            program
        )
    }

    /// Notes that a room is open on its platform. What was posted elsewhere is not in it.
    pub async fn mark_room_open(&mut self, id: &RoomId, external_id: &str) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE rooms SET card_id = CASE WHEN external_id = $2 THEN card_id END, external_id = $2, \
             state = 'active' WHERE id = $1",
            id,
            external_id
        )?;
        Ok(())
    }

    /// Notes that a room cannot be spoken to any more; false when that was known.
    pub async fn mark_room_lost(&mut self, id: &RoomId) -> Result<bool, StoreError> {
        let touched = run!(self, "UPDATE rooms SET state = 'gone' WHERE id = $1 AND state = 'active'", id)?;
        Ok(touched == 1)
    }

    /// Wants a lost room anew; false when it is not lost.
    pub async fn mark_room_wanted(&mut self, id: &RoomId) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE rooms SET state = 'active', external_id = NULL, card_id = NULL \
             WHERE id = $1 AND state = 'gone'",
            id
        )?;
        Ok(touched == 1)
    }

    /// Keeps the platform's id of a room's standing card.
    pub async fn mark_room_card(&mut self, id: &RoomId, card: &str) -> Result<(), StoreError> {
        run!(self, "UPDATE rooms SET card_id = $2 WHERE id = $1", id, card)?;
        Ok(())
    }

    /// A small setting of the installation.
    pub async fn find_setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let row = maybe!(self, (String,), "SELECT value FROM settings WHERE name = $1", name)?;
        Ok(row.map(|(value,)| value))
    }

    /// Keeps a small setting of the installation.
    pub async fn mark_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO settings (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value
        )?;
        Ok(())
    }
}

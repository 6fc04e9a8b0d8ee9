//! What an adapter remembers of its platform: the direct conversation with an account, what its home page last
//! showed, and which room was opened under which marker. All of it can be learnt anew; losing it loses no promise.

use super::tx::{all, maybe, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;

/// An account as its platform knows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Contact {
    /// `slack` or `discord`.
    pub platform: String,
    /// The platform's id of the workspace.
    pub workspace: String,
    /// The platform's id of the account.
    pub account: String,
    /// The direct conversation with it, once there is one.
    pub direct: Option<String>,
    /// When its home page was last published.
    pub home_at: Option<Instant>,
    /// A fingerprint of what was published.
    pub home_print: Option<String>,
}

/// A conversation that was opened under a marker.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenedRoom {
    /// `slack` or `discord`.
    pub platform: String,
    /// The platform's id of the workspace.
    pub workspace: String,
    /// The core's mark.
    pub marker: String,
    /// The platform's id of the room.
    pub room: String,
    /// What kind of room, in the adapter's words.
    pub kind: String,
}

impl Tx {
    /// What is known of an account.
    pub async fn find_contact(
        &mut self,
        platform: &str,
        workspace: &str,
        account: &str,
    ) -> Result<Option<Contact>, StoreError> {
        maybe!(
            self,
            Contact,
            "SELECT * FROM contacts WHERE platform = $1 AND workspace = $2 AND account = $3",
            platform,
            workspace,
            account
        )
    }

    /// Remembers the direct conversation with an account.
    pub async fn mark_direct(
        &mut self,
        platform: &str,
        workspace: &str,
        account: &str,
        direct: &str,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO contacts (platform, workspace, account, direct) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (platform, workspace, account) DO UPDATE SET direct = excluded.direct",
            platform,
            workspace,
            account,
            direct
        )?;
        Ok(())
    }

    /// Remembers when and what an account's home page was published.
    pub async fn mark_home(
        &mut self,
        platform: &str,
        workspace: &str,
        account: &str,
        at: Instant,
        print: &str,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO contacts (platform, workspace, account, home_at, home_print) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (platform, workspace, account) DO UPDATE \
             SET home_at = excluded.home_at, home_print = excluded.home_print",
            platform,
            workspace,
            account,
            at,
            print
        )?;
        Ok(())
    }

    /// The accounts of a workspace whose home page was published, by account.
    pub async fn list_homes(&mut self, platform: &str, workspace: &str) -> Result<Vec<Contact>, StoreError> {
        all!(
            self,
            Contact,
            "SELECT * FROM contacts WHERE platform = $1 AND workspace = $2 AND home_at IS NOT NULL \
             ORDER BY account",
            platform,
            workspace
        )
    }

    /// The room that was opened under a marker.
    pub async fn find_opened_room(
        &mut self,
        platform: &str,
        workspace: &str,
        marker: &str,
    ) -> Result<Option<OpenedRoom>, StoreError> {
        maybe!(
            self,
            OpenedRoom,
            "SELECT * FROM opened_rooms WHERE platform = $1 AND workspace = $2 AND marker = $3",
            platform,
            workspace,
            marker
        )
    }

    /// The room with this platform's id, under the last of its markers.
    pub async fn find_opened_room_by_id(
        &mut self,
        platform: &str,
        workspace: &str,
        room: &str,
    ) -> Result<Option<OpenedRoom>, StoreError> {
        maybe!(
            self,
            OpenedRoom,
            "SELECT * FROM opened_rooms WHERE platform = $1 AND workspace = $2 AND room = $3 \
             ORDER BY marker DESC LIMIT 1",
            platform,
            workspace,
            room
        )
    }

    /// The rooms that were opened in a workspace, by room and marker.
    pub async fn list_opened_rooms(
        &mut self,
        platform: &str,
        workspace: &str,
    ) -> Result<Vec<OpenedRoom>, StoreError> {
        all!(
            self,
            OpenedRoom,
            "SELECT * FROM opened_rooms WHERE platform = $1 AND workspace = $2 ORDER BY room, marker",
            platform,
            workspace
        )
    }

    /// Remembers a room; false when its marker is known already.
    pub async fn insert_opened_room(&mut self, r: &OpenedRoom) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "INSERT INTO opened_rooms (platform, workspace, marker, room, kind) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING",
            &r.platform,
            &r.workspace,
            &r.marker,
            &r.room,
            &r.kind
        )?;
        Ok(touched == 1)
    }
}

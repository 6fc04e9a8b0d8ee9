//! What a platform says is not there any more: a room, a person, a workspace. It is marked, staff hear of it once,
//! and the nudge is looked at again: it finds another way, waits, or ends with the reason.

use super::Tick;
use super::look::Out;
use crate::chat::{Gone, Place};
use crate::core::{Core, RoomLoss};
use crate::domain::civil::Instant;
use crate::domain::words::{NudgeKind, NudgeState, Presence};
use crate::store::nudges::Nudge;
use crate::store::workspaces::Workspace;
use crate::store::{StoreError, Tx};

impl Core {
    /// Marks what is gone. Only what is really marked is looked at again at once; anything else counts as a failed
    /// call, so that no nudge turns in circles.
    #[allow(clippy::too_many_arguments)] // An outcome's sides; see `write_outcome`.
    pub(super) async fn write_gone(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        out: &Out,
        (what, reason): (Gone, &str),
        was: NudgeState,
        now: Instant,
        done: &mut Tick,
    ) -> Result<(), StoreError> {
        tracing::warn!(nudge.kind = %nudge.kind, gone.what = ?what, error.reason = %reason, "nudge.gone");
        let marked = match tx.find_workspace(&out.platform, &out.workspace).await? {
            Some(workspace) => self.mark_gone(tx, nudge, out, &workspace, what, now).await?,
            None => false,
        };
        if marked {
            done.held += 1;
            tx.mark_ready(nudge, was, now, nudge.tries, reason).await.map(drop)
        } else {
            self.count_failure(tx, nudge, was, reason, now, done).await
        }
    }

    /// Whether it is marked as gone now, by this or before.
    async fn mark_gone(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        out: &Out,
        workspace: &Workspace,
        what: Gone,
        now: Instant,
    ) -> Result<bool, StoreError> {
        match (what, &out.place) {
            (Gone::Workspace, _) => {
                self.workspace_gone(tx, workspace, now).await?;
                Ok(true)
            }
            (Gone::Person, Place::Direct(account)) => {
                let Some(account) = tx.find_account(&workspace.id, account).await? else { return Ok(false) };
                self.account_gone(tx, workspace, &account, now).await?;
                Ok(true)
            }
            (Gone::Room, Place::Room(external)) => {
                let Some(room) = &nudge.room_id else { return Ok(false) };
                let room = tx.get_room(room).await?;
                // A room that was opened anew meanwhile is not the one that is gone.
                if room.external_id.as_ref() == Some(external) {
                    self.lose_room(tx, &room, RoomLoss::Unreachable, now).await?;
                }
                Ok(room.external_id.is_some())
            }
            _ => Ok(false),
        }
    }

    /// A room that could not be opened is lost, and staff can have it tried again.
    pub(super) async fn room_given_up(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        loss: RoomLoss,
        now: Instant,
    ) -> Result<(), StoreError> {
        let (NudgeKind::RoomOpen, Some(room)) = (nudge.kind, &nudge.room_id) else { return Ok(()) };
        let room = tx.get_room(room).await?;
        if room.state == Presence::Active && room.external_id.is_none() {
            self.lose_room(tx, &room, loss, now).await?;
        }
        Ok(())
    }
}

//! What a platform does not let the bot do, for a while or until somebody changes it. Nothing that waits for it is lost,
//! and staff hear of it once.

use super::Core;
use super::views::staff;
use crate::domain::civil::Instant;
use crate::domain::nudges::DIRECT_CLOSED;
use crate::domain::words::{NudgeKind, ProgramState};
use crate::store::StoreError;

impl Core {
    /// A platform lets no new direct conversation be opened before the instant. Told again about the same instant, it
    /// is no second news.
    pub async fn directs_stopped(
        &self,
        platform: &str,
        workspace: &str,
        until: Instant,
    ) -> Result<(), StoreError> {
        let mut tx = self.store().begin().await?;
        let Some(workspace) = tx.find_workspace(platform, workspace).await? else { return Ok(()) };
        for program in tx.list_programs_in(&workspace.id).await? {
            if program.state != ProgramState::Closed {
                let note = staff::directs_stopped(&workspace.name).to_note();
                let (subject, slot) = (workspace.id.as_str(), format!("directs {until}"));
                self.tell_staff(&mut tx, &program.id, NudgeKind::StaffNotice, subject, &slot, &note).await?;
            }
        }
        tx.commit().await?;
        self.wake_up();
        Ok(())
    }

    /// The bot lacks rights in a workspace, which are listed in words. Staff hear of the same ones once a week at most.
    pub async fn rights_missing(
        &self,
        platform: &str,
        workspace: &str,
        rights: &str,
    ) -> Result<(), StoreError> {
        let week = self.now().as_secs().div_euclid(7 * 86_400);
        let mut tx = self.store().begin().await?;
        let Some(workspace) = tx.find_workspace(platform, workspace).await? else { return Ok(()) };
        for program in tx.list_programs_in(&workspace.id).await? {
            if program.state != ProgramState::Closed {
                let note = staff::rights_missing(&workspace.name, rights).to_note();
                let (subject, slot) = (workspace.id.as_str(), format!("rights {week} {rights}"));
                self.tell_staff(&mut tx, &program.id, NudgeKind::StaffNotice, subject, &slot, &note).await?;
            }
        }
        tx.commit().await?;
        self.wake_up();
        Ok(())
    }

    /// Somebody can be written to who could not be before: what waited for that is due.
    pub async fn directs_open(&self) -> Result<(), StoreError> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let due = tx.mark_all_due_now(DIRECT_CLOSED, now).await?;
        tx.commit().await?;
        if due > 0 {
            self.wake_up();
        }
        Ok(())
    }
}

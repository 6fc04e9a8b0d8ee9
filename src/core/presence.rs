//! People and workspaces come, change and go. Nothing is sent to what is gone; staff hear of it once, at the moment
//! of the change, and what waits for a workspace is held and not lost.

use std::collections::BTreeSet;

use super::Core;
use super::arrive::{address, handle, name, new_workspace, zone};
use super::request::Actor;
use super::views::staff;
use crate::domain::civil::Instant;
use crate::domain::ids::{PersonId, ProgramId};
use crate::domain::nudges::{ROOM_GONE, WORKSPACE_GONE};
use crate::domain::text::one_line;
use crate::domain::words::{NudgeKind, Presence, ProgramState, Role};
use crate::store::people::Account;
use crate::store::workspaces::Workspace;
use crate::store::{StoreError, Tx};

impl Core {
    /// A platform says how an account stands: renamed, another zone or address, deactivated or back again. What the
    /// person chose for themselves stays; an account that never wrote is not noted.
    pub async fn account_changed(
        &self,
        platform: &str,
        workspace: &str,
        actor: &Actor,
        present: bool,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let Some(workspace) = tx.find_workspace(platform, workspace).await? else { return Ok(()) };
        let Some(account) = tx.find_account(&workspace.id, &actor.external_id).await? else { return Ok(()) };
        if present {
            self.take_profile(&mut tx, &account, actor, now).await?;
            self.account_back(&mut tx, &workspace, &account, now).await?;
        } else {
            self.account_gone(&mut tx, &workspace, &account, now).await?;
        }
        tx.commit().await?;
        self.wake_up();
        Ok(())
    }

    /// A workspace was connected, renamed or disconnected. While it is gone everything for it is held; when it is
    /// back, what is still of use goes out.
    pub async fn workspace_changed(
        &self,
        platform: &str,
        workspace: &str,
        name: Option<&str>,
        present: bool,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let name = name.map(|name| one_line(name).trim().chars().take(80).collect::<String>());
        let name = name.filter(|name| !name.is_empty());
        match tx.find_workspace(platform, workspace).await? {
            None if present => {
                let called = name.as_deref().unwrap_or(workspace);
                let row = new_workspace(self.next_id(), platform, workspace, called, now);
                tx.insert_workspace(&row).await?;
            }
            None => return Ok(()),
            Some(mut row) => {
                if let Some(name) = name.filter(|name| *name != row.name) {
                    tx.mark_workspace_name(&row.id, &name).await?;
                    row.name = name;
                }
                if present {
                    self.workspace_back(&mut tx, &row, now).await?;
                } else {
                    self.workspace_gone(&mut tx, &row, now).await?;
                }
            }
        }
        tx.commit().await?;
        self.wake_up();
        Ok(())
    }

    /// Takes over what the platform says, except where the person said something else.
    async fn take_profile(
        &self,
        tx: &mut Tx,
        account: &Account,
        actor: &Actor,
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut person = tx.get_person(&account.person_id).await?;
        let (before, said) = (person.clone(), name(actor));
        // Who is still called what the platform said last never chose another name.
        if !said.is_empty() && account.name.as_deref().is_some_and(|last| last == person.name) {
            person.name.clone_from(&said);
        }
        if person.zone_chosen == 0
            && let Some(zone) = zone(actor)
        {
            person.zone = zone;
        }
        if (&person.name, person.zone.name()) != (&before.name, before.zone.name()) {
            person.updated_at = now;
            tx.mark_person(&person).await?;
        }
        let fresh = Account {
            handle: handle(actor),
            admin: i64::from(actor.admin),
            email: address(actor).or_else(|| account.email.clone()),
            name: Some(said).filter(|name| !name.is_empty()).or_else(|| account.name.clone()),
            ..account.clone()
        };
        tx.mark_account(&fresh).await?;
        if person.name != before.name {
            for group in tx.list_groups_with(&person.id).await? {
                self.owe_card(tx, &group).await?;
            }
        }
        Ok(())
    }

    /// Nothing is sent to the account any more; staff are told once; its group's rooms are brought up to date.
    pub(super) async fn account_gone(
        &self,
        tx: &mut Tx,
        workspace: &Workspace,
        account: &Account,
        now: Instant,
    ) -> Result<(), StoreError> {
        if !tx.mark_account_state(&account.id, Presence::Gone).await? {
            return Ok(());
        }
        self.owe_members(tx, &account.person_id, workspace, &format!("{} gone {now}", account.id), now)
            .await?;
        let person = tx.get_person(&account.person_id).await?;
        let elsewhere = tx.find_recipient(&person.id, None).await?.is_some();
        for (program, roles) in self.programs_of(tx, &person.id).await? {
            let mut groups = Vec::new();
            for group in
                tx.list_groups_with(&person.id).await?.into_iter().filter(|g| g.program_id == program)
            {
                groups.push(group.name);
            }
            let slug = tx.get_program(&program).await?.slug;
            let note =
                staff::account_gone(&person, &workspace.name, &groups, &roles, elsewhere, &slug).to_note();
            let slot = format!("gone {now}");
            let subject = account.id.as_str();
            self.tell_staff(tx, &program, NudgeKind::StaffNotice, subject, &slot, &note).await?;
        }
        Ok(())
    }

    /// The account can be written to again.
    pub(super) async fn account_back(
        &self,
        tx: &mut Tx,
        workspace: &Workspace,
        account: &Account,
        now: Instant,
    ) -> Result<(), StoreError> {
        if !tx.mark_account_state(&account.id, Presence::Active).await? {
            return Ok(());
        }
        tx.mark_withdrawn(account.id.as_str(), "the account is back").await?;
        self.owe_members(tx, &account.person_id, workspace, &format!("{} back {now}", account.id), now).await
    }

    /// Nothing is sent to the workspace any more; what is for it waits.
    pub(super) async fn workspace_gone(
        &self,
        tx: &mut Tx,
        workspace: &Workspace,
        now: Instant,
    ) -> Result<(), StoreError> {
        if !tx.mark_workspace_state(&workspace.id, Presence::Gone).await? {
            return Ok(());
        }
        tracing::warn!(workspace.platform = %workspace.platform, "workspace.gone");
        for program in tx.list_programs_in(&workspace.id).await? {
            if program.state != ProgramState::Closed {
                let note = staff::workspace_gone(&workspace.name).to_note();
                let (subject, slot) = (workspace.id.as_str(), format!("gone {now}"));
                self.tell_staff(tx, &program.id, NudgeKind::StaffNotice, subject, &slot, &note).await?;
            }
        }
        Ok(())
    }

    /// The workspace can be spoken to again: what waited for it is due.
    pub(super) async fn workspace_back(
        &self,
        tx: &mut Tx,
        workspace: &Workspace,
        now: Instant,
    ) -> Result<(), StoreError> {
        if tx.mark_workspace_state(&workspace.id, Presence::Active).await? {
            tx.mark_withdrawn(workspace.id.as_str(), "the workspace is back").await?;
            tx.mark_all_due_now(WORKSPACE_GONE, now).await?;
        }
        Ok(())
    }

    /// What waited for lost rooms of a program is due; what still waits for another one is held again.
    pub(super) async fn rooms_back(
        &self,
        tx: &mut Tx,
        program: &ProgramId,
        now: Instant,
    ) -> Result<(), StoreError> {
        tx.mark_due_now(program, ROOM_GONE, now).await.map(drop)
    }

    /// The programs that run and in which a person holds roles.
    async fn programs_of(
        &self,
        tx: &mut Tx,
        person: &PersonId,
    ) -> Result<Vec<(ProgramId, Vec<Role>)>, StoreError> {
        let rows = tx.list_roles_of(person).await?;
        let ids: BTreeSet<ProgramId> = rows.iter().map(|row| row.program_id.clone()).collect();
        let mut running = Vec::new();
        for id in ids {
            if tx.get_program(&id).await?.state != ProgramState::Closed {
                let roles = rows.iter().filter(|row| row.program_id == id).map(|row| row.role).collect();
                running.push((id, roles));
            }
        }
        Ok(running)
    }
}

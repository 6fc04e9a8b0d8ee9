//! A group's rooms: wanted, opened, lost, opened anew, and the standing card in each. A group has one room for each
//! workspace in which it has members, and one refreshing of the card waits at a time.

use super::Core;
use super::owe::{Debt, To};
use super::views::{self, staff};
use crate::domain::civil::{Instant, Zone};
use crate::domain::ids::{PersonId, RoomId, WorkspaceId};
use crate::domain::words::{GroupState, NudgeKind, Presence};
use crate::store::groups::Group;
use crate::store::programs::Program;
use crate::store::workspaces::{Room, Workspace};
use crate::store::{StoreError, Tx};

/// How a room was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomLoss {
    /// Somebody archived it.
    Archived,
    /// The bot was taken out of it.
    Removed,
    /// It was deleted.
    Deleted,
    /// The platform says that it is not there, and no more.
    Unreachable,
    /// The platform does not let the bot open one.
    Refused,
}

impl Core {
    /// A room is not there any more. Staff are told once, with a button that opens a new one; what is for the room
    /// waits until then.
    pub async fn room_lost(
        &self,
        platform: &str,
        workspace: &str,
        room: &str,
        loss: RoomLoss,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let Some(workspace) = tx.find_workspace(platform, workspace).await? else { return Ok(()) };
        let Some(room) = tx.find_room(&workspace.id, room).await? else { return Ok(()) };
        self.lose_room(&mut tx, &room, loss, now).await?;
        tx.commit().await?;
        self.wake_up();
        Ok(())
    }

    /// Somebody left a group's room by themselves. Their place is kept, and staff are told with a button that brings
    /// them back.
    pub async fn member_left(
        &self,
        platform: &str,
        workspace: &str,
        room: &str,
        account: &str,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let Some(workspace) = tx.find_workspace(platform, workspace).await? else { return Ok(()) };
        let Some(room) = tx.find_room(&workspace.id, room).await? else { return Ok(()) };
        let Some(account) = tx.find_account(&workspace.id, account).await? else { return Ok(()) };
        let Some(group) = &room.group_id else { return Ok(()) };
        let group = tx.get_group(group).await?;
        let members = tx.list_members_with_persons(&group.id).await?;
        let member = members.iter().find(|(member, _)| member.person_id == account.person_id);
        let (Some((_, person)), GroupState::Open) = (member, group.state) else { return Ok(()) };
        if account.state == Presence::Gone || room.state == Presence::Gone {
            return Ok(());
        }
        let program = tx.get_program(&group.program_id).await?;
        let note = staff::left_room(person, &group, &program.slug).to_note();
        // Told again, it is no second news on the same day.
        let slot = format!("left {} {}", person.id, Zone::utc().date(now));
        self.tell_staff(&mut tx, &program.id, NudgeKind::StaffNotice, room.id.as_str(), &slot, &note).await?;
        tx.commit().await?;
        self.wake_up();
        Ok(())
    }

    /// Notes that a room is lost and tells staff, the first time.
    pub(super) async fn lose_room(
        &self,
        tx: &mut Tx,
        room: &Room,
        loss: RoomLoss,
        now: Instant,
    ) -> Result<(), StoreError> {
        if !tx.mark_room_lost(&room.id).await? {
            return Ok(());
        }
        let Some(group) = &room.group_id else { return Ok(()) };
        let group = tx.get_group(group).await?;
        if group.state != GroupState::Open {
            return Ok(());
        }
        let program = tx.get_program(&group.program_id).await?;
        let workspace = tx.get_workspace(&room.workspace_id).await?;
        let note = staff::room_lost(&group, &workspace.name, &program.slug, loss).to_note();
        let slot = format!("lost {now}");
        self.tell_staff(tx, &program.id, NudgeKind::StaffNotice, room.id.as_str(), &slot, &note).await
    }

    /// A group needs a room in a workspace: wants one, or brings its members up to date.
    pub(super) async fn house(
        &self,
        tx: &mut Tx,
        program: &Program,
        group: &Group,
        workspace: &WorkspaceId,
        now: Instant,
    ) -> Result<(), StoreError> {
        let rooms = tx.list_rooms_of(&group.id).await?;
        if let Some(room) = rooms.into_iter().find(|room| room.workspace_id == *workspace) {
            return self.owe_member_update(tx, group, room.id, &self.next_id(), now).await;
        }
        let room = Room {
            id: RoomId::new(self.next_id()),
            workspace_id: workspace.clone(),
            group_id: Some(group.id.clone()),
            program_id: None,
            name: format!("{}-group-{}", program.slug, group.number),
            external_id: None,
            state: Presence::Active,
            created_at: now,
            card_id: None,
        };
        tx.insert_room(&room).await?;
        for (kind, days) in
            [(NudgeKind::RoomOpen, 30), (NudgeKind::GroupWelcome, 14), (NudgeKind::RoomCard, 30)]
        {
            self.owe_room(tx, kind, group, room.id.clone(), "", now, days).await?;
        }
        Ok(())
    }

    /// Opens a lost room anew; false when it is not lost. Its card comes by itself; nobody is welcomed twice.
    pub(super) async fn reopen(
        &self,
        tx: &mut Tx,
        group: &Group,
        room: &Room,
        now: Instant,
    ) -> Result<bool, StoreError> {
        if !tx.mark_room_wanted(&room.id).await? {
            return Ok(false);
        }
        tx.mark_withdrawn(room.id.as_str(), "the room is opened anew").await?;
        // The platform finds a room by its mark, so a new room needs a new one.
        let mark = self.next_id();
        self.owe_room(tx, NudgeKind::RoomOpen, group, room.id.clone(), &mark, now, 30).await?;
        self.owe_room(tx, NudgeKind::RoomCard, group, room.id.clone(), &mark, now, 30).await?;
        Ok(true)
    }

    /// Owes one refreshing of the standing card in each of a group's rooms. One that waits already will show this
    /// change too.
    pub(super) async fn owe_card(&self, tx: &mut Tx, group: &Group) -> Result<(), StoreError> {
        let now = self.now();
        for room in tx.list_rooms_of(&group.id).await? {
            if !tx.has_ready(NudgeKind::RoomCard, group.id.as_str(), &room.id).await? {
                self.owe_room(tx, NudgeKind::RoomCard, group, room.id, &self.next_id(), now, 3).await?;
            }
        }
        Ok(())
    }

    /// A group's rooms hear who came and who is no longer in the group. A room that is still to be opened begins with a
    /// welcome to everybody.
    pub(super) async fn tell_rooms(
        &self,
        tx: &mut Tx,
        group: &Group,
        came: &[&str],
        gone: &[&str],
        now: Instant,
    ) -> Result<(), StoreError> {
        let note = views::groups::change_note(came, gone);
        for room in tx.list_rooms_of(&group.id).await?.into_iter().filter(|room| room.external_id.is_some()) {
            let slot = self.next_id();
            let debt = Debt {
                kind: NudgeKind::GroupWelcome,
                program: Some(&group.program_id),
                subject: group.id.as_str(),
                to: To::Room(room.id),
                slot: &slot,
                note: &note,
                // Who came is let in first.
                due: now.plus_secs(60),
                not_after: now.plus_days(14),
            };
            self.owe(tx, debt).await?;
        }
        Ok(())
    }

    /// The rooms of a person's groups in a workspace get the members they should have.
    pub(super) async fn owe_members(
        &self,
        tx: &mut Tx,
        person: &PersonId,
        workspace: &Workspace,
        slot: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        for group in tx.list_groups_with(person).await? {
            for room in tx.list_rooms_of(&group.id).await? {
                if room.workspace_id == workspace.id {
                    self.owe_member_update(tx, &group, room.id, slot, now).await?;
                }
            }
        }
        Ok(())
    }

    /// A room gets the members it should have.
    pub(super) async fn owe_member_update(
        &self,
        tx: &mut Tx,
        group: &Group,
        room: RoomId,
        slot: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.owe_room(tx, NudgeKind::RoomMembers, group, room, slot, now, 7).await
    }

    #[allow(clippy::too_many_arguments)] // The sides of a debt; a struct would be the debt itself.
    async fn owe_room(
        &self,
        tx: &mut Tx,
        kind: NudgeKind,
        group: &Group,
        room: RoomId,
        slot: &str,
        now: Instant,
        days: i64,
    ) -> Result<(), StoreError> {
        let debt = Debt {
            kind,
            program: Some(&group.program_id),
            subject: group.id.as_str(),
            to: To::Room(room),
            slot,
            note: "",
            due: now,
            not_after: now.plus_days(days),
        };
        self.owe(tx, debt).await.map(drop)
    }
}

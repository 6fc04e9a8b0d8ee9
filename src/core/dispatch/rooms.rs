//! What goes to a room: opening it, its members, its standing card, and everything about its meetups. A card that is on
//! its way is waited for, so that a meetup and a room each have one.

use super::look::{Effect, Look, Out, What, held_for, written};
use super::view::View;
use super::words::stale_meetup;
use crate::chat::{Meeting, Place, RoomRequest};
use crate::core::Core;
use crate::core::ctx::settings_of;
use crate::core::views;
use crate::domain::civil::Instant;
use crate::domain::ids::{GroupId, MeetupId, PersonId};
use crate::domain::nudges::{ROOM_GONE, SETTLE_SECS, WORKSPACE_GONE};
use crate::domain::words::{GroupState, NudgeKind, Presence, ProgramState};
use crate::store::groups::Member;
use crate::store::nudges::Nudge;
use crate::store::people::Person;
use crate::store::workspaces::{Room, Workspace};
use crate::store::{StoreError, Tx};

const ROOM_CHECK_SECS: i64 = 20;

impl Core {
    pub(super) async fn look_room(
        &self,
        tx: &mut Tx,
        view: &mut View,
        nudge: &Nudge,
        room: &Room,
        now: Instant,
    ) -> Result<Look, StoreError> {
        let workspace = view.workspace(tx, &room.workspace_id).await?.clone();
        if nudge.kind == NudgeKind::MeetupAfter
            && let Some(group) = &room.group_id
        {
            // The meetup is over, so the next one is another.
            let group = tx.get_group(group).await?;
            self.owe_card(tx, &group).await?;
        }
        if workspace.state == Presence::Gone {
            return Ok(held_for(nudge, WORKSPACE_GONE, now));
        }
        if room.state == Presence::Gone {
            return Ok(held_for(nudge, ROOM_GONE, now));
        }
        if nudge.kind == NudgeKind::RoomOpen {
            return Self::look_open(tx, nudge, room, &workspace, now).await;
        }
        let Some(external) = room.external_id.clone() else {
            let until = now.plus_secs(ROOM_CHECK_SECS);
            return Ok(Look::Hold { until, why: "the room is not open yet".to_owned() });
        };
        let out = |what, effect| {
            let (platform, workspace) = (workspace.platform.clone(), workspace.external_id.clone());
            let place = Place::Room(external.clone());
            Look::Send(Box::new(Out { platform, workspace, place, what, open_until: None, effect }))
        };
        if nudge.kind == NudgeKind::RoomMembers {
            let members = group_accounts(tx, room, &workspace).await?;
            return Ok(out(What::Members { room: external.clone(), members }, Effect::MembersSet));
        }
        if nudge.kind == NudgeKind::RoomCard {
            return self.look_card(tx, nudge, room, &workspace, now).await;
        }
        if nudge.kind == NudgeKind::GroupWelcome {
            let Some(group) = &room.group_id else { return Ok(Look::Skip("the room has no group".into())) };
            if nudge.note.is_empty() {
                let message = views::groups::welcome(tx, self.content(), group, now).await?;
                return Ok(out(What::Post(message), Effect::None));
            }
            let (came, gone) = who_changed(tx, group, &nudge.note).await?;
            if came.is_empty() && gone.is_empty() {
                return Ok(Look::Skip("the members have changed again".into()));
            }
            let message = views::groups::changed(&tx.get_group(group).await?, &came, &gone);
            return Ok(out(What::Post(message), Effect::None));
        }
        let meetup = MeetupId::new(nudge.subject.clone());
        let facts = view.meetup(tx, &meetup).await?;
        if let Some(why) = stale_meetup(facts, nudge) {
            return Ok(Look::Skip(why));
        }
        match nudge.kind {
            NudgeKind::MeetupCard | NudgeKind::MeetupUpdate => {
                let message = views::meetups::card(facts, self.content());
                let posts = tx.list_posts(NudgeKind::MeetupCard, &nudge.subject).await?;
                // A card in a room that was lost is not in the new one.
                let here = place_text(&workspace, &Place::Room(external.clone()));
                let posted = posts
                    .into_iter()
                    .find(|post| post.room_id == nudge.room_id && post.place.as_deref() == Some(&*here));
                Ok(match posted.and_then(|post| post.remote_id) {
                    // A meetup has one card in a room; a new date is written on it.
                    Some(remote_id) => out(What::Edit { remote_id, message }, Effect::None),
                    None => match Self::first_card(tx, nudge, room, now).await? {
                        Some(look) => look,
                        None => out(What::Post(message), Effect::None),
                    },
                })
            }
            NudgeKind::MeetupSoon => {
                Ok(out(What::Post(views::meetups::soon(facts, self.content())), Effect::None))
            }
            NudgeKind::MeetupAfter => Ok(out(What::Post(views::meetups::after(facts)), Effect::None)),
            NudgeKind::StarterShare => {
                let facts = facts.clone();
                Ok(match self.shared_starter(tx, &facts, now).await? {
                    Some((message, effect)) => out(What::Post(message), effect),
                    None => Look::Skip("the group uses no starter this time".to_owned()),
                })
            }
            _ => Ok(Look::Skip("this kind is not sent to rooms".to_owned())),
        }
    }

    /// There is no card yet. One on its way shows the state of the moment at which it was drawn: what came after it
    /// waits for it, so that a meetup has one card.
    async fn first_card(
        tx: &mut Tx,
        nudge: &Nudge,
        room: &Room,
        now: Instant,
    ) -> Result<Option<Look>, StoreError> {
        if tx.has_in_flight(NudgeKind::MeetupCard, &nudge.subject, &room.id, &nudge.id).await? {
            let until = now.plus_secs(SETTLE_SECS);
            return Ok(Some(Look::Hold { until, why: "the card is on its way".to_owned() }));
        }
        let no_card = || Look::Skip("there is no card to bring up to date".to_owned());
        Ok((nudge.kind == NudgeKind::MeetupUpdate).then(no_card))
    }

    /// The standing card, drawn anew. Until the first one is known to be there, nobody posts another.
    async fn look_card(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        room: &Room,
        workspace: &Workspace,
        now: Instant,
    ) -> Result<Look, StoreError> {
        let (Some(group), Some(external)) = (&room.group_id, &room.external_id) else {
            return Ok(Look::Skip("the room has no group".to_owned()));
        };
        let group = tx.get_group(group).await?;
        let program = tx.get_program(&group.program_id).await?;
        let has_events = settings_of(&program).events;
        let out = |what, effect| {
            let (platform, workspace) = (workspace.platform.clone(), workspace.external_id.clone());
            let place = Place::Room(external.clone());
            Look::Send(Box::new(Out { platform, workspace, place, what, open_until: None, effect }))
        };
        if group.state != GroupState::Open && has_events {
            return Ok(out(What::NoMeeting { room: external.clone() }, Effect::None));
        }
        if group.state != GroupState::Open || program.state == ProgramState::Closed {
            return Ok(Look::Skip("the group has ended".to_owned()));
        }
        if room.card_id.is_none() && tx.has_card_in_flight(&room.id, &nudge.id).await? {
            let until = now.plus_secs(SETTLE_SECS);
            return Ok(Look::Hold { until, why: "the card is on its way".to_owned() });
        }
        let (topic, message) = views::card::standing(tx, self.content(), &program, &group, now).await?;
        let next = if has_events { tx.find_next_meetup(&group.id, now).await? } else { None };
        let meeting = next.map(|meetup| Meeting {
            title: format!("{} of {}", group.name, program.name),
            starts_at: meetup.starts_at,
            ends_at: meetup.starts_at.plus_minutes(meetup.minutes),
        });
        let card = room.card_id.clone();
        Ok(out(What::Card { room: external.clone(), card, topic, message, meeting }, Effect::CardShown))
    }

    async fn look_open(
        tx: &mut Tx,
        nudge: &Nudge,
        room: &Room,
        workspace: &Workspace,
        now: Instant,
    ) -> Result<Look, StoreError> {
        if room.external_id.is_some() {
            return Ok(Look::Skip("the room is open already".to_owned()));
        }
        let members = group_accounts(tx, room, workspace).await?;
        let next = match &room.group_id {
            Some(group) => tx.find_next_meetup(group, now).await?,
            None => None,
        };
        let request = RoomRequest {
            // A room that is opened anew must not be found as the one that was lost.
            marker: if nudge.slot.is_empty() { room.id.to_string() } else { nudge.slot.clone() },
            name: room.name.clone(),
            topic: views::card::topic(next.as_ref()),
            members,
        };
        Ok(Look::Send(Box::new(Out {
            platform: workspace.platform.clone(),
            workspace: workspace.external_id.clone(),
            place: Place::Room(room.id.to_string()),
            what: What::Open(request),
            open_until: None,
            effect: Effect::RoomOpened,
        })))
    }
}

/// A place of a workspace in the form that the intent keeps.
fn place_text(workspace: &Workspace, place: &Place) -> String {
    written(&workspace.platform, &workspace.external_id, place)
}

/// The accounts of a room's group in the room's workspace.
async fn group_accounts(tx: &mut Tx, room: &Room, workspace: &Workspace) -> Result<Vec<String>, StoreError> {
    let Some(group) = &room.group_id else { return Ok(Vec::new()) };
    let mut accounts = Vec::new();
    for member in tx.list_members(group).await? {
        if let Some(account) = tx.find_account_of(&member.person_id, &workspace.id).await?
            && account.state == Presence::Active
        {
            accounts.push(account.external_id);
        }
    }
    Ok(accounts)
}

/// Of those who came and went, as a note keeps them, those who are in the group and those who are not.
async fn who_changed(
    tx: &mut Tx,
    group: &GroupId,
    note: &str,
) -> Result<(Vec<(Member, Person)>, Vec<Person>), StoreError> {
    let (came, gone) = views::groups::read_change(note);
    let members = tx.list_members_with_persons(group).await?;
    let mut out = Vec::new();
    for id in gone.into_iter().filter(|id| members.iter().all(|(member, _)| member.person_id.as_str() != *id))
    {
        out.extend(tx.find_person(&PersonId::new(id)).await?);
    }
    let here = |(member, _): &(Member, Person)| came.contains(&member.person_id.as_str());
    Ok((members.into_iter().filter(here).collect(), out))
}

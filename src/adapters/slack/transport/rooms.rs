//! Rooms of groups: a group message for two to eight people, otherwise a private channel, and each the other's way
//! out. Invariant: one marker opens one room, and no two groups share a room.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::PLATFORM;
use super::api::{Token, Urgency};
use super::card::set_topic;
use super::courier::Courier;
use super::fault::CallError;
use super::members::{invite, who_is_there};
use super::naming::room_name;
use crate::chat::messenger::{Outcome, Place, RoomRequest};
use crate::domain::civil::Instant;
use crate::store::StoreError;
use crate::store::contacts::OpenedRoom;

/// Kind of a private channel.
pub const CHANNEL: &str = "channel";
/// Kind of a group message.
pub const GROUP: &str = "group";
/// People in a group message, without the bot.
const MOST_IN_A_GROUP: usize = 8;
/// Names that are tried for a channel.
const MOST_NAMES: usize = 6;
const MOST_PAGES: usize = 10;

/// Why there is no room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A call failed.
    Call(CallError),
    /// Somebody has to do something first.
    Stuck(String),
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Call(CallError::NotSent { reason: error.to_string() })
    }
}

impl Failure {
    /// What it means to the core.
    pub fn outcome(self, now: Instant) -> Outcome {
        match self {
            Self::Call(error) => error.outcome(&Place::Room(String::new()), now),
            Self::Stuck(reason) => Outcome::Refused { reason },
        }
    }
}

/// Whether another way is worth trying: Slack said no, and not because the app is gone.
fn is_no(error: &CallError) -> bool {
    let app_is_gone = ["account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed"];
    matches!(error, CallError::Refused { .. }) && !error.is_any(&app_is_gone)
}

/// Opens a room, or goes on with the one that was opened under this marker.
pub async fn open(courier: &Courier, workspace: &str, request: &RoomRequest) -> Result<String, Failure> {
    let token = courier.api.token(workspace).await?;
    let known = {
        let mut tx = courier.store.read().await?;
        tx.find_opened_room(PLATFORM, workspace, &request.marker).await?
    };
    if let Some(known) = known {
        if known.kind == CHANNEL {
            furnish(courier, &token, &known.room, request).await?;
        }
        return Ok(known.room);
    }
    if request.members.is_empty() {
        let reason =
            "Nobody in this group has a Slack account here, so no room was opened. Add members first.";
        return Err(Failure::Stuck(reason.to_owned()));
    }
    let small = (2..=MOST_IN_A_GROUP).contains(&request.members.len());
    if small {
        match group(courier, &token, request).await {
            Ok(Some(room)) => return Ok(room),
            Ok(None) => {}
            Err(Failure::Call(error)) if is_no(&error) => {}
            Err(failure) => return Err(failure),
        }
    }
    match channel(courier, &token, request).await {
        Err(Failure::Call(error)) if is_no(&error) => {
            // One alone can still be written to.
            if request.members.len() == 1
                && let Ok(Some(room)) = group(courier, &token, request).await
            {
                return Ok(room);
            }
            Err(Failure::Stuck(no_channel(&error)))
        }
        other => other,
    }
}

fn no_channel(error: &CallError) -> String {
    format!(
        "Slack does not let the bot make a private channel for this group ({error}). A workspace admin can allow \
         apps to create channels in the workspace's settings, under permissions; then open the room again."
    )
}

/// A group message; `None` when it is another group's already, because the same people are in both.
async fn group(courier: &Courier, token: &Token, request: &RoomRequest) -> Result<Option<String>, Failure> {
    let room = match open_conversation(courier, token, &request.members).await {
        Err(error)
            if error.is_any(&["user_not_found", "users_not_found", "user_disabled", "cannot_dm_bot"]) =>
        {
            // One who left must not keep the others from their room.
            let there = who_is_there(courier, token, &request.members).await?;
            open_conversation(courier, token, &there).await?
        }
        other => other?,
    };
    let mut tx = courier.store.begin().await?;
    let owner = tx.find_opened_room_by_id(PLATFORM, &token.workspace, &room).await?;
    if owner.is_some_and(|owner| origin(&owner.marker) != origin(&request.marker)) {
        return Ok(None);
    }
    tx.insert_opened_room(&opened(token, request, &room, GROUP)).await?;
    tx.commit().await?;
    Ok(Some(room))
}

async fn open_conversation(
    courier: &Courier,
    token: &Token,
    members: &[String],
) -> Result<String, CallError> {
    let args = json!({ "users": members.join(",") });
    let answer = courier.api.call(token, "conversations.open", args, Urgency::Ordinary).await?;
    room_in(&answer)
}

fn room_in(answer: &Value) -> Result<String, CallError> {
    let unnamed = || CallError::InDoubt { reason: "Slack's answer names no room".to_owned() };
    answer["channel"]["id"].as_str().map(str::to_owned).ok_or_else(unnamed)
}

/// The marker under which a group's first room was opened; its later rooms have a tail behind `~`.
pub(super) fn origin(marker: &str) -> &str {
    marker.split('~').next().unwrap_or(marker)
}

fn opened(token: &Token, request: &RoomRequest, room: &str, kind: &str) -> OpenedRoom {
    OpenedRoom {
        platform: PLATFORM.to_owned(),
        workspace: token.workspace.clone(),
        marker: request.marker.clone(),
        room: room.to_owned(),
        kind: kind.to_owned(),
    }
}

/// A private channel. It is remembered as soon as it exists, so that a repeated request goes on with it.
async fn channel(courier: &Courier, token: &Token, request: &RoomRequest) -> Result<String, Failure> {
    let room = create(courier, token, request).await?;
    let mut tx = courier.store.begin().await?;
    tx.insert_opened_room(&opened(token, request, &room, CHANNEL)).await?;
    tx.commit().await?;
    furnish(courier, token, &room, request).await?;
    Ok(room)
}

async fn create(courier: &Courier, token: &Token, request: &RoomRequest) -> Result<String, Failure> {
    for number in 1..=MOST_NAMES {
        let name = room_name(&request.name, origin(&request.marker), number);
        let args = json!({ "name": name, "is_private": true });
        match courier.api.call(token, "conversations.create", args, Urgency::Ordinary).await {
            Ok(answer) => return Ok(room_in(&answer)?),
            Err(error) if error.is_any(&["name_taken"]) => {
                // Perhaps by ourselves, when the answer to an earlier try was lost.
                if let Some(room) = own_channel(courier, token, &name, request).await? {
                    return Ok(room);
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::Stuck(
        "All names that fit this group's channel are taken in Slack. Rename the group, then open its room again."
            .to_owned(),
    ))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Conversations {
    channels: Vec<Conversation>,
    response_metadata: Cursor,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Conversation {
    id: String,
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Cursor {
    pub(super) next_cursor: String,
}

/// The private channel of this name that the bot is in, unless it is another group's.
async fn own_channel(
    courier: &Courier,
    token: &Token,
    name: &str,
    request: &RoomRequest,
) -> Result<Option<String>, Failure> {
    let mut cursor = String::new();
    for _ in 0..MOST_PAGES {
        let args = json!({
            "types": "private_channel", "exclude_archived": true, "limit": 200, "cursor": cursor
        });
        let answer = match courier.api.call(token, "users.conversations", args, Urgency::Ordinary).await {
            Ok(answer) => answer,
            // Without the right to look, the next number is the way.
            Err(error) if is_no(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let page: Conversations = serde_json::from_value(answer).unwrap_or_default();
        if let Some(found) = page.channels.iter().find(|channel| channel.name == name) {
            let mut tx = courier.store.read().await?;
            let owner = tx.find_opened_room_by_id(PLATFORM, &token.workspace, &found.id).await?;
            let free = owner.is_none_or(|owner| owner.marker == request.marker);
            return Ok(free.then(|| found.id.clone()));
        }
        cursor = page.response_metadata.next_cursor;
        if cursor.is_empty() {
            break;
        }
    }
    Ok(None)
}

/// Brings the members in and names the topic. Harmless to repeat.
async fn furnish(courier: &Courier, token: &Token, room: &str, request: &RoomRequest) -> Result<(), Failure> {
    invite(courier, token, room, &request.members).await?;
    set_topic(courier, token, room, &request.topic).await?;
    Ok(())
}

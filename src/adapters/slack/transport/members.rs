//! Who is in a room. Invariant: nobody is invited or removed who is there or gone already, and no other app's bot is
//! removed.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::Deserialize;
use serde_json::json;

use super::super::PLATFORM;
use super::api::{Token, Urgency};
use super::courier::Courier;
use super::fault::CallError;
use super::rooms::{self, CHANNEL, Cursor, Failure, GROUP, origin};
use crate::chat::messenger::RoomRequest;

/// People in one invitation.
const CHUNK: usize = 100;
const MOST_PAGES: usize = 20;

/// Makes the members of a room exactly these. A group message cannot change its members: then this returns the id of
/// another one.
pub async fn set(
    courier: &Courier,
    workspace: &str,
    room: &str,
    people: &[String],
) -> Result<String, Failure> {
    let token = courier.api.token(workspace).await?;
    let known = {
        let mut tx = courier.store.read().await?;
        tx.find_opened_room_by_id(PLATFORM, workspace, room).await?
    };
    let (kind, marker) = match known {
        Some(known) => (known.kind, origin(&known.marker).to_owned()),
        None => (kind_of(courier, &token, room).await?.to_owned(), room.to_owned()),
    };
    if kind == CHANNEL {
        bring_up_to_date(courier, &token, room, people).await?;
        return Ok(room.to_owned());
    }
    if people.is_empty() {
        // Nobody can be taken out of a group message. Of a group that has ended, nothing more is said in it.
        return Ok(room.to_owned());
    }
    let request = RoomRequest {
        marker: format!("{marker}~{}", print_of(people)),
        name: String::new(),
        topic: String::new(),
        members: people.to_vec(),
    };
    rooms::open(courier, workspace, &request).await
}

/// A short name of a set of people.
fn print_of(people: &[String]) -> String {
    let mut sorted: Vec<&String> = people.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut hasher = DefaultHasher::new();
    sorted.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Flags {
    is_mpim: bool,
    is_im: bool,
}

async fn kind_of(courier: &Courier, token: &Token, room: &str) -> Result<&'static str, CallError> {
    let answer =
        courier.api.call(token, "conversations.info", json!({ "channel": room }), Urgency::Ordinary).await?;
    let flags: Flags = serde_json::from_value(answer["channel"].clone()).unwrap_or_default();
    Ok(if flags.is_mpim || flags.is_im { GROUP } else { CHANNEL })
}

async fn bring_up_to_date(
    courier: &Courier,
    token: &Token,
    room: &str,
    people: &[String],
) -> Result<(), Failure> {
    let there = list(courier, token, room).await?;
    let missing: Vec<String> = people.iter().filter(|one| !there.contains(one)).cloned().collect();
    invite(courier, token, room, &missing).await?;
    for extra in there.iter().filter(|one| !people.contains(one)) {
        if is_bot(courier, token, extra).await? {
            continue;
        }
        let args = json!({ "channel": room, "user": extra });
        match courier.api.call(token, "conversations.kick", args, Urgency::Ordinary).await {
            Err(error) if error.is_any(&["not_in_channel", "user_not_found", "cant_kick_self"]) => {}
            other => left_out(token, other.map(drop))?,
        }
    }
    Ok(())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Members {
    members: Vec<String>,
    response_metadata: Cursor,
}

async fn list(courier: &Courier, token: &Token, room: &str) -> Result<Vec<String>, CallError> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    for _ in 0..MOST_PAGES {
        let args = json!({ "channel": room, "limit": 200, "cursor": cursor });
        let answer = courier.api.call(token, "conversations.members", args, Urgency::Ordinary).await?;
        let page: Members = serde_json::from_value(answer)
            .map_err(|_| CallError::InDoubt { reason: "the list of members could not be read".to_owned() })?;
        all.extend(page.members);
        cursor = page.response_metadata.next_cursor;
        if cursor.is_empty() {
            break;
        }
    }
    Ok(all)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct User {
    deleted: bool,
    is_bot: bool,
}

/// `None` when there is no such account.
async fn look_up(courier: &Courier, token: &Token, account: &str) -> Result<Option<User>, CallError> {
    let args = json!({ "user": account });
    match courier.api.call(token, "users.info", args, Urgency::Ordinary).await {
        Ok(answer) => Ok(Some(serde_json::from_value(answer["user"].clone()).unwrap_or_default())),
        Err(error) if error.is_any(&["user_not_found", "users_not_found", "user_not_visible"]) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn is_bot(courier: &Courier, token: &Token, account: &str) -> Result<bool, CallError> {
    Ok(look_up(courier, token, account).await?.is_some_and(|user| user.is_bot))
}

/// Those of these people who can be written to.
pub(super) async fn who_is_there(
    courier: &Courier,
    token: &Token,
    people: &[String],
) -> Result<Vec<String>, CallError> {
    let mut there = Vec::new();
    for account in people {
        if look_up(courier, token, account).await?.is_some_and(|user| !user.deleted && !user.is_bot) {
            there.push(account.clone());
        }
    }
    Ok(there)
}

/// What an invitation may answer without anything being wrong.
const FINE: [&str; 3] = ["already_in_channel", "cant_invite_self", "no_user"];

/// Whether the room itself, and not a person, is the reason.
fn is_about_room(error: &CallError) -> bool {
    error.is_any(&[
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "invalid_auth",
        "not_authed",
        "missing_scope",
    ])
}

/// Invites people; who cannot be invited is left out and told to the log.
pub(super) async fn invite(
    courier: &Courier,
    token: &Token,
    room: &str,
    people: &[String],
) -> Result<(), CallError> {
    for chunk in people.chunks(CHUNK) {
        let done = invite_together(courier, token, room, chunk).await;
        if chunk.len() > 1 && done.as_ref().is_err_and(is_about_person) {
            // One of them is the reason; the others are invited all the same.
            for one in chunk {
                left_out(token, invite_together(courier, token, room, std::slice::from_ref(one)).await)?;
            }
        } else {
            left_out(token, done)?;
        }
    }
    Ok(())
}

/// Whether Slack said no to a person, and not to the room.
fn is_about_person(error: &CallError) -> bool {
    matches!(error, CallError::Refused { .. }) && !is_about_room(error)
}

/// One who cannot be invited or removed is told to the log; the rest goes on.
fn left_out(token: &Token, done: Result<(), CallError>) -> Result<(), CallError> {
    match done {
        Err(error) if is_about_person(&error) => {
            tracing::warn!(slack.workspace = %token.workspace, error.reason = %error, "slack.member_left_out");
            Ok(())
        }
        other => other,
    }
}

async fn invite_together(
    courier: &Courier,
    token: &Token,
    room: &str,
    people: &[String],
) -> Result<(), CallError> {
    let args = json!({ "channel": room, "users": people.join(","), "force": true });
    match courier.api.call(token, "conversations.invite", args, Urgency::Ordinary).await {
        Err(error) if !error.is_any(&FINE) => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_print_of_people_heeds_neither_order_nor_repetition() {
        let people = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(print_of(&people(&["U2", "U1"])), print_of(&people(&["U1", "U2", "U2"])));
        assert_ne!(print_of(&people(&["U1"])), print_of(&people(&["U1", "U2"])));
    }
}

//! Rooms of groups: a private thread under the server's mentoring channel, or a private channel where that is set.
//! Invariant: one marker opens one room, also when its making was cut short, and no two groups share a room.

use serde_json::{Value, json};
use serenity::model::id::{ChannelId, GuildId};

use super::super::PLATFORM;
use super::call::{Call, Route};
use super::courier::{Courier, id, id_in};
use super::fault::{CallError, code};
use super::{home, mark, members};
use crate::chat::messenger::{Outcome, Place, RoomRequest};
use crate::config::DiscordRooms;
use crate::domain::civil::Instant;
use crate::store::StoreError;
use crate::store::contacts::OpenedRoom;

/// Kind of a private channel.
pub const CHANNEL: &str = "channel";
/// Kind of a private thread.
pub const THREAD: &str = "thread";
/// Discord's limit of a name, in characters.
const LONGEST_NAME: usize = 100;
const LONGEST_TOPIC: usize = 1_024;
const PRIVATE_THREAD: u64 = 12;
/// A thread sleeps after a week without a word; it wakes by itself when something is said.
const SLEEPS_AFTER_MINUTES: u64 = 10_080;
/// Clocks differ: a room that was made this long before its making began may still be it.
const SKEW_SECS: i64 = 60;

/// What kind of rooms, and what the bot may see of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomPlan {
    /// Private channels instead of private threads, in servers that did not choose.
    pub channels: bool,
    /// Discord lets the bot list members, because the members intent is on.
    pub lists_members: bool,
}

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
    /// What it means to the core when no room is there yet.
    pub fn outcome(self, now: Instant) -> Outcome {
        match self {
            // What is not there is the server or its channel, and never a room that could be lost.
            Self::Call(error) if error.is_any(&[code::UNKNOWN_CHANNEL, code::NO_ACCESS]) => {
                Outcome::NotYet { retry_at: None, reason: error.to_string() }
            }
            other => other.outcome_in("", now),
        }
    }

    /// What it means to the core about a room.
    pub fn outcome_in(self, room: &str, now: Instant) -> Outcome {
        match self {
            Self::Call(error) => error.outcome(&Place::Room(room.to_owned()), now),
            Self::Stuck(reason) => Outcome::Refused { reason },
        }
    }
}

/// Opens a room, or goes on with the one that was opened under this marker.
pub async fn open(
    courier: &Courier,
    plan: RoomPlan,
    guild: &str,
    request: &RoomRequest,
) -> Result<String, Failure> {
    let known = {
        let mut tx = courier.store.read().await?;
        tx.find_opened_room(PLATFORM, guild, &request.marker).await?
    };
    if let Some(known) = known {
        members::let_in(courier, guild, &known.room, &known.kind, &request.members).await?;
        return Ok(known.room);
    }
    if request.members.is_empty() {
        let reason =
            "Nobody in this group has a Discord account here, so no room was opened. Add members first.";
        return Err(Failure::Stuck(reason.to_owned()));
    }
    let chosen = {
        let mut tx = courier.store.read().await?;
        tx.find_room_kind(guild).await?
    };
    let channels = chosen.map_or(plan.channels, |kind| kind == DiscordRooms::Channels.as_str());
    let kind = if channels { CHANNEL } else { THREAD };
    let room = match made_before(courier, kind, guild, request).await? {
        Some(room) => room,
        None if channels => channel(courier, guild, request).await?,
        None => thread(courier, guild, request).await?,
    };
    let opened = OpenedRoom {
        platform: PLATFORM.to_owned(),
        workspace: guild.to_owned(),
        marker: request.marker.clone(),
        room: room.clone(),
        kind: kind.to_owned(),
    };
    let mut tx = courier.store.begin().await?;
    tx.insert_opened_room(&opened).await?;
    tx.end_making(guild, &request.marker).await?;
    tx.commit().await?;
    members::let_in(courier, guild, &room, kind, &request.members).await?;
    Ok(room)
}

/// Notes that the room is being made. When it was being made before, the room may be there: ours, of this name, made
/// since, and nobody else's.
async fn made_before(
    courier: &Courier,
    kind: &str,
    guild: &str,
    request: &RoomRequest,
) -> Result<Option<String>, Failure> {
    let begun = {
        let mut tx = courier.store.begin().await?;
        let begun = tx.begin_making(guild, &request.marker, courier.now()).await?;
        tx.commit().await?;
        begun
    };
    let Some(begun) = begun else { return Ok(None) };
    let guild_id = id::<GuildId>(guild)?;
    let me = courier.rest.me().await?;
    let answer = if kind == THREAD {
        let answer = courier.rest.call(Call::get(Route::GuildThreadsActive { guild_id })).await?;
        answer["threads"].clone()
    } else {
        courier.rest.call(Call::get(Route::GuildChannels { guild_id })).await?
    };
    for found in answer.as_array().into_iter().flatten() {
        // Channels do not say who made them.
        let ours = kind == CHANNEL || found["owner_id"] == me;
        let Some(room) = found["id"].as_str().filter(|_| ours && found["name"] == *name_of(kind, request))
        else {
            continue;
        };
        let since = begun.minus_secs(SKEW_SECS);
        if mark::made_at(room).is_none_or(|made| made < since) {
            continue;
        }
        let mut tx = courier.store.read().await?;
        if tx.find_opened_room_by_id(PLATFORM, guild, room).await?.is_none() {
            return Ok(Some(room.to_owned()));
        }
    }
    Ok(None)
}

/// Threads may be called anything; channels take small letters without gaps, and Discord would change others.
fn name_of(kind: &str, request: &RoomRequest) -> String {
    let name =
        if kind == THREAD { request.name.clone() } else { request.name.to_lowercase().replace(' ', "-") };
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    if name.is_empty() { "group".to_owned() } else { name }
}

async fn thread(courier: &Courier, guild: &str, request: &RoomRequest) -> Result<String, Failure> {
    let parent = home::channel(courier, guild).await?;
    let body = json!({
        "name": name_of(THREAD, request),
        "type": PRIVATE_THREAD,
        "invitable": false,
        "auto_archive_duration": SLEEPS_AFTER_MINUTES,
    });
    let route = Route::ChannelThreads { channel_id: id::<ChannelId>(&parent)? };
    match courier.rest.call(Call::post(route, body)).await {
        Ok(answer) => Ok(id_in(&answer, "thread")?),
        Err(error) if error.is_any(&[code::UNKNOWN_CHANNEL]) => {
            // The next try looks for another one.
            home::forget(courier, guild).await?;
            Err(Failure::Call(CallError::NotSent {
                reason: format!("the mentoring channel is gone ({error})"),
            }))
        }
        Err(error) if error.is_any(&[code::TOO_MANY_THREADS]) => Err(Failure::Stuck(format!(
            "The server has as many open threads as Discord allows ({error}). Archive some that nobody needs; then open \
             the room again."
        ))),
        Err(error) if is_no(&error) => Err(Failure::Stuck(format!(
            "Discord does not let the bot open a private thread in the mentoring channel ({error}). Give the bot \
             \"View Channel\", \"Create Private Threads\" and \"Send Messages in Threads\" there; then open the room \
             again."
        ))),
        Err(error) => Err(error.into()),
    }
}

async fn channel(courier: &Courier, guild: &str, request: &RoomRequest) -> Result<String, Failure> {
    let me = courier.rest.me().await?;
    let mut overwrites: Vec<Value> = vec![members::shut_to_all(guild), members::open_to(me)];
    overwrites.extend(request.members.iter().map(|account| members::open_to(account)));
    let body = json!({
        "name": name_of(CHANNEL, request),
        "type": 0,
        "topic": request.topic.chars().take(LONGEST_TOPIC).collect::<String>(),
        "permission_overwrites": overwrites,
    });
    let route = Route::GuildChannels { guild_id: id::<GuildId>(guild)? };
    match courier.rest.call(Call::post(route, body)).await {
        Ok(answer) => {
            let room = id_in(&answer, "channel")?;
            courier.learn_topic(&room, &request.topic);
            Ok(room)
        }
        Err(error) if error.is_any(&[code::TOO_MANY_CHANNELS]) => Err(Failure::Stuck(format!(
            "The server has as many channels as Discord allows ({error}). Delete some that nobody needs, or set rooms to \
             threads; then open the room again."
        ))),
        Err(error) if is_no(&error) => Err(Failure::Stuck(format!(
            "Discord does not let the bot make a private channel for this group ({error}). Give the bot \"Manage \
             Channels\" and \"Manage Roles\", or set rooms to threads; then open the room again."
        ))),
        Err(error) => Err(error.into()),
    }
}

/// Whether somebody has to change something in the server first.
fn is_no(error: &CallError) -> bool {
    error.is_any(&[code::NO_PERMISSION, code::NO_ACCESS])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str) -> RoomRequest {
        let (marker, topic) = ("m1".to_owned(), String::new());
        RoomRequest { marker, name: name.to_owned(), topic, members: Vec::new() }
    }

    #[test]
    fn a_room_has_a_name_that_discord_keeps_as_it_is() {
        assert_eq!(name_of(THREAD, &request("Spring group 3")), "Spring group 3");
        assert_eq!(name_of(CHANNEL, &request("Spring Group 3")), "spring-group-3");
        assert_eq!(name_of(THREAD, &request(" \n ")), "group");
        assert_eq!(name_of(THREAD, &request(&"ü".repeat(300))).chars().count(), 100);
    }

    #[test]
    fn without_a_room_nothing_can_be_lost() {
        let error = CallError::Refused { status: 403, code: code::NO_ACCESS, at: None };
        let outcome = Failure::Call(error.clone()).outcome(Instant::from_secs(0));
        assert!(matches!(outcome, Outcome::NotYet { .. }), "{outcome:?}");
        let outcome = Failure::Call(error).outcome_in("7", Instant::from_secs(0));
        assert!(matches!(outcome, Outcome::Gone { .. }), "{outcome:?}");
    }
}

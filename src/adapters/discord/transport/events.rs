//! One scheduled event of the server for a group's next meetup. Everybody in the server sees it, so it says when and who
//! meets and nothing more. Invariant: a room has at most one event that lies ahead, also when its making was cut short.

use serde_json::{Value, json};
use serenity::model::id::{GuildId, ScheduledEventId};
use sha2::{Digest as _, Sha256};

use super::call::{Call, Route};
use super::courier::{Courier, id, id_in};
use super::fault::{CallError, code};
use super::rooms::Failure;
use crate::chat::messenger::Meeting;
use crate::domain::civil::Instant;
use crate::store::discord::EventRow;

/// Discord's limits, in characters.
const LONGEST_NAME: usize = 100;
/// Discord's kind of an event that is neither in a voice channel nor on a stage.
const ELSEWHERE: u64 = 3;
/// Only people of the server see it.
const OF_THE_SERVER: u64 = 2;

/// Brings the event of a room in step with its next meetup; without one there is no event.
pub async fn keep(
    courier: &Courier,
    guild: &str,
    room: &str,
    meeting: Option<&Meeting>,
) -> Result<(), Failure> {
    let known = {
        let mut tx = courier.store.read().await?;
        tx.find_event(guild, room).await?
    };
    let now = courier.now();
    let ahead = meeting.filter(|meeting| meeting.starts_at > now);
    match (known, ahead) {
        (None, None) => take_back(courier, guild, room).await,
        (Some(row), Some(meeting)) if row.print == print_of(meeting) => Ok(()),
        (Some(row), Some(meeting)) if starts_of(&row) > now => {
            match courier.rest.call(Call::patch(route(guild, &row.event)?, body(guild, room, meeting))).await
            {
                // Somebody took it away; the changed one is news all the same.
                Err(error) if error.is_any(&[code::UNKNOWN_EVENT]) => {
                    make(courier, guild, room, meeting).await
                }
                Err(error) => Err(refused(error)),
                Ok(_) => remember(courier, guild, room, row.event, meeting).await,
            }
        }
        // The one that is known has begun or is over; it ends by itself.
        (_, Some(meeting)) => make(courier, guild, room, meeting).await,
        (Some(row), None) => {
            if starts_of(&row) > now {
                delete(courier, guild, &row.event).await?;
            }
            let mut tx = courier.store.begin().await?;
            tx.delete_event(guild, room).await?;
            Ok(tx.commit().await?)
        }
    }
}

fn route(guild: &str, event: &str) -> Result<Route<'static>, CallError> {
    let (guild_id, event_id) = (id::<GuildId>(guild)?, id::<ScheduledEventId>(event)?);
    Ok(Route::GuildScheduledEvent { guild_id, event_id })
}

/// When and what, so that an unchanged one is left alone; the beginning can be read back.
fn print_of(meeting: &Meeting) -> String {
    let digest = Sha256::digest(meeting.title.as_bytes());
    let title = digest.iter().take(8).fold(0_u64, |all, byte| (all << 8) | u64::from(*byte));
    format!("{} {} {title:016x}", meeting.starts_at.as_secs(), meeting.ends_at.as_secs())
}

fn starts_of(row: &EventRow) -> Instant {
    let starts = row.print.split(' ').next().and_then(|starts| starts.parse().ok());
    Instant::from_secs(starts.unwrap_or(0))
}

fn name_of(meeting: &Meeting) -> String {
    meeting.title.chars().take(LONGEST_NAME).collect()
}

/// Where the event takes place: the group's own room, which only its members can open. It also tells whose event it is.
fn place(guild: &str, room: &str) -> String {
    format!("https://discord.com/channels/{guild}/{room}")
}

fn body(guild: &str, room: &str, meeting: &Meeting) -> Value {
    json!({
        "name": name_of(meeting),
        "entity_type": ELSEWHERE,
        "privacy_level": OF_THE_SERVER,
        "scheduled_start_time": meeting.starts_at.timestamp().to_string(),
        "scheduled_end_time": meeting.ends_at.timestamp().to_string(),
        "entity_metadata": { "location": place(guild, room) },
        "description": "A meetup of a mentoring group. Its members find the place and everything else in their room.",
    })
}

/// Under what its making is known.
fn marker(room: &str) -> String {
    format!("event {room}")
}

async fn make(courier: &Courier, guild: &str, room: &str, meeting: &Meeting) -> Result<(), Failure> {
    let begun = {
        let mut tx = courier.store.begin().await?;
        let begun = tx.begin_making(guild, &marker(room), courier.now()).await?;
        tx.commit().await?;
        begun
    };
    let made = match begun {
        Some(_) => made_before(courier, guild, room).await?,
        None => None,
    };
    let event = if let Some(event) = made {
        // The meetup may have moved since.
        let changed = Call::patch(route(guild, &event)?, body(guild, room, meeting));
        courier.rest.call(changed).await.map_err(refused)?;
        event
    } else {
        let route = Route::GuildScheduledEvents { guild_id: id::<GuildId>(guild)? };
        let call = Call::post(route, body(guild, room, meeting));
        id_in(&courier.rest.call(call).await.map_err(refused)?, "event")?
    };
    remember(courier, guild, room, event, meeting).await?;
    end(courier, guild, room).await
}

/// There is no meetup any more; an event whose making was cut short must not stay.
async fn take_back(courier: &Courier, guild: &str, room: &str) -> Result<(), Failure> {
    let begun = {
        let mut tx = courier.store.read().await?;
        tx.find_making(guild, &marker(room)).await?
    };
    if begun.is_none() {
        return Ok(());
    }
    if let Some(event) = made_before(courier, guild, room).await? {
        delete(courier, guild, &event).await?;
    }
    end(courier, guild, room).await
}

async fn end(courier: &Courier, guild: &str, room: &str) -> Result<(), Failure> {
    let mut tx = courier.store.begin().await?;
    tx.end_making(guild, &marker(room)).await?;
    Ok(tx.commit().await?)
}

async fn delete(courier: &Courier, guild: &str, event: &str) -> Result<(), Failure> {
    match courier.rest.call(Call::delete(route(guild, event)?)).await {
        Err(error) if !error.is_any(&[code::UNKNOWN_EVENT, code::UNKNOWN_GUILD]) => Err(refused(error)),
        _ => Ok(()),
    }
}

/// The event may be there: ours, of this room, and still ahead.
async fn made_before(courier: &Courier, guild: &str, room: &str) -> Result<Option<String>, Failure> {
    let (guild_id, now) = (id::<GuildId>(guild)?, courier.now());
    let me = courier.rest.me().await?;
    let all = courier.rest.call(Call::get(Route::GuildScheduledEvents { guild_id })).await?;
    let same = |event: &&Value| {
        let starts =
            event["scheduled_start_time"].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        event["creator_id"] == me
            && event["entity_metadata"]["location"] == *place(guild, room)
            && starts.is_some_and(|starts| starts > now.timestamp())
    };
    let found = all.as_array().into_iter().flatten().find(same);
    Ok(found.and_then(|event| event["id"].as_str()).map(str::to_owned))
}

async fn remember(
    courier: &Courier,
    guild: &str,
    room: &str,
    event: String,
    meeting: &Meeting,
) -> Result<(), Failure> {
    let mut tx = courier.store.begin().await?;
    tx.mark_event(guild, room, &EventRow { event, print: print_of(meeting) }).await?;
    Ok(tx.commit().await?)
}

/// What somebody has to change first is said so; an event is never worth holding the card back for it.
fn refused(error: CallError) -> Failure {
    match error.code() {
        Some(code::NO_PERMISSION | code::NO_ACCESS) => Failure::Stuck(format!(
            "Discord does not let the bot make events ({error}). Give the bot \"Create Events\" in the server."
        )),
        Some(code::TOO_MANY_EVENTS) => Failure::Stuck(
            "The server has as many scheduled events as Discord allows, so this meetup has none.".to_owned(),
        ),
        _ => Failure::Call(error),
    }
}

//! Scheduled events of a server: made, moved, called off, and who is interested.

use serde_json::{Value, json};

use super::refuse::{Check, Refused};
use super::world::APP;
use super::{Call, Given, payloads, rights};

/// What is served here.
pub const ROUTES: super::Routes = &[
    ("GET", "/guilds/{guild_id}/scheduled-events", list),
    ("POST", "/guilds/{guild_id}/scheduled-events", create),
    ("GET", "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}", get),
    ("PATCH", "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}", change),
    ("DELETE", "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}", delete),
    ("GET", "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users", users),
];

/// Events of a server that are not over.
const MOST_EVENTS: usize = 100;

fn list(call: &mut Call<'_>) -> Given {
    let guild = call.guild()?;
    Ok((200, json!(call.world.guild(&guild).events.values().cloned().collect::<Vec<_>>())))
}

fn known(call: &Call<'_>) -> Result<(String, String, Value), Refused> {
    let (guild, id) = (call.guild()?, call.param("guild_scheduled_event_id"));
    let event = call.world.guild(&guild).events.get(&id).cloned().ok_or(Refused::Says(10_070))?;
    Ok((guild, id, event))
}

fn get(call: &mut Call<'_>) -> Given {
    Ok((200, known(call)?.2))
}

/// Looks at a body, where `whole` says whether nothing may be missing.
fn look(call: &Call<'_>, whole: bool) -> Result<(), Refused> {
    let body = &call.body;
    let mut check = Check::default();
    check.keys(
        "",
        body,
        "channel_id entity_metadata name privacy_level scheduled_start_time scheduled_end_time description \
         entity_type status image recurrence_rule",
    );
    check.text("name", &body["name"], 1, 100);
    check.text("description", &body["description"], 1, 1_000);
    check.text("entity_metadata.location", &body["entity_metadata"]["location"], 1, 100);
    check.number("privacy_level", &body["privacy_level"], 2, 2);
    check.number("entity_type", &body["entity_type"], 1, 3);
    check.number("status", &body["status"], 1, 4);
    check.snowflake("channel_id", &body["channel_id"]);
    if body["image"].as_str().is_some_and(|image| !image.starts_with("data:image/")) {
        check.add("image", "BINARY_TYPE_PARSE", "An image is written as data:image/…");
    }
    for key in ["scheduled_start_time", "scheduled_end_time"] {
        let Some(text) = body[key].as_str() else { continue };
        // Text of the same shape can be compared as text.
        let plain = text.len() >= 20
            && text.as_bytes()[10] == b'T'
            && (text.ends_with('Z') || text.ends_with("+00:00"));
        if !plain {
            check.add(key, "DATE_TIME_TYPE_PARSE", "Could not parse. Should be ISO8601.");
        } else if text[..19] < payloads::stamp(call.now)[..19] && body["status"].is_null() {
            check.add(key, "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", "Cannot schedule event in the past.");
        }
    }
    let (start, end) = (body["scheduled_start_time"].as_str(), body["scheduled_end_time"].as_str());
    if start.zip(end).is_some_and(|(start, end)| end <= start) {
        check.add(
            "scheduled_end_time",
            "GUILD_SCHEDULED_EVENT_END_BEFORE_START",
            "Cannot end before it begins.",
        );
    }
    if whole {
        for key in ["name", "privacy_level", "scheduled_start_time", "entity_type"] {
            if body[key].is_null() {
                check.required(key);
            }
        }
        let external = body["entity_type"] == 3;
        if external && body["scheduled_end_time"].is_null() {
            check.required("scheduled_end_time");
        }
        if external && body["entity_metadata"]["location"].is_null() {
            check.required("entity_metadata.location");
        }
        if external != body["channel_id"].is_null() {
            check.add(
                "channel_id",
                "GUILD_SCHEDULED_EVENT_CHANNEL",
                "A channel goes with stage and voice only.",
            );
        }
    }
    check.end()
}

fn create(call: &mut Call<'_>) -> Given {
    let guild = call.guild()?;
    look(call, true)?;
    call.needs_in_guild(&guild, rights::CREATE_EVENTS)?;
    let open =
        call.world.guild(&guild).events.values().filter(|e| e["status"].as_u64().is_some_and(|s| s < 3));
    if open.count() >= MOST_EVENTS {
        return Err(Refused::Says(30_038));
    }
    let id = call.world.id(call.now);
    let mut event = json!({
        "id": id, "guild_id": guild, "channel_id": null, "creator_id": APP, "creator": payloads::own(call.world),
        "description": null, "status": 1, "entity_id": null, "entity_metadata": null, "user_count": 0, "image": null,
        "scheduled_end_time": null, "recurrence_rule": null, "guild_scheduled_event_exceptions": [],
    });
    put(&mut event, &call.body);
    call.world.guild_mut(&guild).events.insert(id, event.clone());
    call.news.push((Some(guild), "GUILD_SCHEDULED_EVENT_CREATE", event.clone()));
    Ok((200, event))
}

fn put(event: &mut Value, body: &Value) {
    for (key, value) in body.as_object().into_iter().flatten() {
        // A picture comes back as the name under which it is kept.
        event[key] = if key == "image" && value.is_string() { json!("a1b2c3d4e5f6") } else { value.clone() };
    }
}

fn change(call: &mut Call<'_>) -> Given {
    let (guild, id, mut event) = known(call)?;
    look(call, false)?;
    if event["creator_id"] != APP {
        call.needs_in_guild(&guild, rights::MANAGE_EVENTS)?;
    }
    if event["status"].as_u64().is_some_and(|status| status >= 3) {
        return Err(Refused::Says(180_000));
    }
    let step = (event["status"].as_u64(), call.body["status"].as_u64());
    if let (Some(from), Some(to)) = step
        && !matches!((from, to), (1, 2 | 4) | (2, 3))
        && from != to
    {
        return Err(Refused::Breach(50_035, format!("an event cannot go from {from} to {to}")));
    }
    put(&mut event, &call.body);
    call.world.guild_mut(&guild).events.insert(id, event.clone());
    call.news.push((Some(guild), "GUILD_SCHEDULED_EVENT_UPDATE", event.clone()));
    Ok((200, event))
}

fn delete(call: &mut Call<'_>) -> Given {
    let (guild, id, event) = known(call)?;
    if event["creator_id"] != APP {
        call.needs_in_guild(&guild, rights::MANAGE_EVENTS)?;
    }
    call.world.guild_mut(&guild).events.remove(&id);
    call.news.push((Some(guild), "GUILD_SCHEDULED_EVENT_DELETE", event));
    Ok((204, Value::Null))
}

fn users(call: &mut Call<'_>) -> Given {
    known(call)?;
    Ok((200, json!([])))
}

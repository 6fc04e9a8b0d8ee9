//! Channels: made, changed, removed, and who may do what in them.

use serde_json::{Value, json};

use super::refuse::{Check, Refused, join};
use super::rights::{self, Overwrite};
use super::world::{APP, Kind};
use super::{Call, Given, payloads};

/// What is served here.
pub const ROUTES: super::Routes = &[
    ("GET", "/channels/{channel_id}", get),
    ("PATCH", "/channels/{channel_id}", change),
    ("DELETE", "/channels/{channel_id}", delete),
    ("GET", "/guilds/{guild_id}/channels", list),
    ("POST", "/guilds/{guild_id}/channels", create),
    ("PUT", "/channels/{channel_id}/permissions/{overwrite_id}", allow),
    ("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}", forget),
];

/// Channels of one server.
const MOST_CHANNELS: usize = 500;

fn shown(call: &Call<'_>, id: &str) -> Value {
    payloads::channel(call.world, call.world.channel(id))
}

fn get(call: &mut Call<'_>) -> Given {
    let id = call.channel()?;
    Ok((200, shown(call, &id)))
}

fn list(call: &mut Call<'_>) -> Given {
    let guild = call.guild()?;
    let all = call.world.channels.values().filter(|c| c.guild.as_ref() == Some(&guild) && c.thread.is_none());
    Ok((200, json!(all.map(|c| payloads::channel(call.world, c)).collect::<Vec<_>>())))
}

fn create(call: &mut Call<'_>) -> Given {
    let guild = call.guild()?;
    let body = call.body.clone();
    let mut check = Check::default();
    check.keys(
        "",
        &body,
        "name type topic position permission_overwrites parent_id nsfw rate_limit_per_user \
         default_auto_archive_duration",
    );
    check.needs_text("name", &body["name"], 100);
    check.text("topic", &body["topic"], 0, 1_024);
    check.snowflake("parent_id", &body["parent_id"]);
    let kind = match body["type"].as_u64().unwrap_or(0) {
        0 => Kind::Text,
        2 => Kind::Voice,
        4 => Kind::Category,
        _ => {
            check.add("type", "BASE_TYPE_CHOICES", "Value must be one of (0, 2, 4, 5, 13, 15).");
            Kind::Text
        }
    };
    let overwrites = overwrites(&mut check, &body["permission_overwrites"]);
    check.end()?;
    call.needs_in_guild(&guild, rights::MANAGE_CHANNELS)?;
    must_have(call, &guild, &overwrites)?;
    if call.world.channels.values().filter(|c| c.guild.as_ref() == Some(&guild)).count() >= MOST_CHANNELS {
        return Err(Refused::Says(30_013));
    }
    // Text channels have names in small letters without blanks.
    let name = body["name"].as_str().unwrap_or_default();
    let name = if kind == Kind::Text { name.to_lowercase().replace(' ', "-") } else { name.to_owned() };
    let id = call.world.add_channel(Some(&guild), kind, &name, call.now);
    let channel = call.world.channel_mut(&id);
    channel.topic = body["topic"].as_str().map(str::to_owned);
    channel.parent = body["parent_id"].as_str().map(str::to_owned);
    channel.overwrites = overwrites;
    let data = shown(call, &id);
    call.tell(&id, "CHANNEL_CREATE", data.clone());
    Ok((201, data))
}

/// Exceptions as they stand in a body.
fn overwrites(check: &mut Check, value: &Value) -> Vec<Overwrite> {
    let mut all = Vec::new();
    for (n, one) in check.list("permission_overwrites", value, 0, 1_000).iter().enumerate() {
        let place = join("permission_overwrites", n);
        check.keys(&place, one, "id type allow deny");
        check.snowflake(&join(&place, "id"), &one["id"]);
        let id = one["id"].as_str().unwrap_or_default().to_owned();
        all.push(overwrite(check, &place, id, one));
    }
    all
}

fn overwrite(check: &mut Check, place: &str, id: String, one: &Value) -> Overwrite {
    check.number(&join(place, "type"), &one["type"], 0, 1);
    if one["type"].is_null() {
        check.required(&join(place, "type"));
    }
    let mut bits = |key: &str| match &one[key] {
        Value::Null => 0,
        value => value.as_str().and_then(|v| v.parse().ok()).unwrap_or_else(|| {
            check.add(&join(place, key), "BITFIELD_TYPE", "Permissions are written as text");
            0
        }),
    };
    let (allow, deny) = (bits("allow"), bits("deny"));
    Overwrite { id, member: one["type"] == 1, allow, deny }
}

/// Nobody gives or takes what they do not have.
fn must_have(call: &Call<'_>, guild: &str, overwrites: &[Overwrite]) -> Result<(), Refused> {
    let may = rights::in_guild(call.world, guild, APP);
    let wanted = overwrites.iter().fold(0, |all, o| all | o.allow | o.deny);
    if wanted & !may == 0 { Ok(()) } else { Err(Refused::Says(50_013)) }
}

fn change(call: &mut Call<'_>) -> Given {
    let id = call.channel()?;
    let body = call.body.clone();
    let channel = call.world.channel(&id);
    if channel.kind == Kind::Direct {
        return Err(Refused::Says(50_003));
    }
    let is_thread = channel.thread.is_some();
    let mut check = Check::default();
    check.keys(
        "",
        &body,
        if is_thread {
            "name archived auto_archive_duration locked invitable rate_limit_per_user flags applied_tags"
        } else {
            "name type position topic nsfw rate_limit_per_user permission_overwrites parent_id \
             default_auto_archive_duration flags"
        },
    );
    check.text("name", &body["name"], 1, 100);
    check.text("topic", &body["topic"], 0, 1_024);
    for key in ["archived", "locked", "invitable"] {
        check.truth(key, &body[key]);
    }
    let overwrites = overwrites(&mut check, &body["permission_overwrites"]);
    check.end()?;
    if is_thread {
        change_thread(call, &id, &body)?;
    } else {
        change_channel(call, &id, &body, overwrites)?;
    }
    let data = shown(call, &id);
    call.tell(&id, if is_thread { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" }, data.clone());
    Ok((200, data))
}

fn change_thread(call: &mut Call<'_>, id: &str, body: &Value) -> Result<(), Refused> {
    let own = call.world.channel(id).owner == APP;
    let now = call.now;
    if !own || body["locked"].is_boolean() {
        call.needs(id, rights::MANAGE_THREADS)?;
    }
    let channel = call.world.channel_mut(id);
    let thread = channel.thread.as_mut().expect("it is a thread");
    let opens = body["archived"] == false;
    if thread.archived && !opens {
        return Err(Refused::Says(50_083));
    }
    if let Some(archived) = body["archived"].as_bool() {
        thread.archived = archived;
    }
    if let Some(locked) = body["locked"].as_bool() {
        thread.locked = locked;
    }
    if let Some(minutes) = body["auto_archive_duration"].as_i64() {
        thread.minutes = minutes;
    }
    if let Some(invitable) = body["invitable"].as_bool() {
        thread.invitable = invitable;
    }
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut channel.name);
    }
    if opens {
        // Time begins anew when it is opened.
        channel.active = now;
    }
    Ok(())
}

fn change_channel(
    call: &mut Call<'_>,
    id: &str,
    body: &Value,
    overwrites: Vec<Overwrite>,
) -> Result<(), Refused> {
    call.needs(id, rights::MANAGE_CHANNELS)?;
    let guild = call.world.channel(id).guild.clone().unwrap_or_default();
    if body["permission_overwrites"].is_array() {
        call.needs(id, rights::MANAGE_ROLES)?;
        must_have(call, &guild, &overwrites)?;
        call.world.channel_mut(id).overwrites = overwrites;
    }
    let channel = call.world.channel_mut(id);
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut channel.name);
    }
    if body.get("topic").is_some() {
        channel.topic = body["topic"].as_str().map(str::to_owned);
    }
    Ok(())
}

fn delete(call: &mut Call<'_>) -> Given {
    let id = call.channel()?;
    let (direct, is_thread) = {
        let channel = call.world.channel(&id);
        (channel.kind == Kind::Direct, channel.thread.is_some())
    };
    let data = shown(call, &id);
    if direct {
        // Closing it only takes it out of sight.
        return Ok((200, data));
    }
    call.needs(&id, if is_thread { rights::MANAGE_THREADS } else { rights::MANAGE_CHANNELS })?;
    call.tell(&id, if is_thread { "THREAD_DELETE" } else { "CHANNEL_DELETE" }, data.clone());
    call.world.channels.retain(|own, channel| *own != id && channel.parent.as_ref() != Some(&id));
    Ok((200, data))
}

fn allow(call: &mut Call<'_>) -> Given {
    let (id, own) = (call.channel()?, call.param("overwrite_id"));
    let body = call.body.clone();
    let mut check = Check::default();
    check.keys("", &body, "allow deny type");
    let overwrite = overwrite(&mut check, "", own, &body);
    check.end()?;
    let guild = call.world.channel(&id).guild.clone().ok_or(Refused::Says(50_003))?;
    if call.world.channel(&id).thread.is_some() {
        return Err(Refused::Says(50_024));
    }
    call.needs(&id, rights::MANAGE_ROLES)?;
    must_have(call, &guild, std::slice::from_ref(&overwrite))?;
    let known = if overwrite.member {
        call.world.guild(&guild).members.contains_key(&overwrite.id)
    } else {
        call.world.guild(&guild).roles.contains_key(&overwrite.id)
    };
    if !known {
        return Err(Refused::Says(10_009));
    }
    let channel = call.world.channel_mut(&id);
    channel.overwrites.retain(|o| o.id != overwrite.id);
    channel.overwrites.push(overwrite);
    let data = shown(call, &id);
    call.tell(&id, "CHANNEL_UPDATE", data);
    Ok((204, Value::Null))
}

fn forget(call: &mut Call<'_>) -> Given {
    let (id, own) = (call.channel()?, call.param("overwrite_id"));
    call.needs(&id, rights::MANAGE_ROLES)?;
    let channel = call.world.channel_mut(&id);
    let before = channel.overwrites.len();
    channel.overwrites.retain(|o| o.id != own);
    if channel.overwrites.len() == before {
        return Err(Refused::Says(10_009));
    }
    let data = shown(call, &id);
    call.tell(&id, "CHANNEL_UPDATE", data);
    Ok((204, Value::Null))
}

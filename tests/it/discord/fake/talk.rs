//! Messages: said, changed, taken away, read again, pinned. The same mark within a few minutes gives the first message
//! again instead of a second one.

use serde_json::{Value, json};

use super::bodies::{self, Way};
use super::refuse::Refused;
use super::world::{APP, Kind, Message};
use super::{Call, Given, payloads, rights, threads};

/// What is served here.
pub const ROUTES: super::Routes = &[
    ("POST", "/channels/{channel_id}/messages", post),
    ("GET", "/channels/{channel_id}/messages", list),
    ("GET", "/channels/{channel_id}/messages/{message_id}", one),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}", change),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}", delete),
    ("POST", "/channels/{channel_id}/typing", typing),
    ("GET", "/channels/{channel_id}/messages/pins", pins_with_times),
    ("PUT", "/channels/{channel_id}/messages/pins/{message_id}", |call| pin(call, true)),
    ("DELETE", "/channels/{channel_id}/messages/pins/{message_id}", |call| pin(call, false)),
];

/// How long a mark is remembered.
const REMEMBERED_SECS: i64 = 300;
/// Messages that may be pinned in a channel.
const MOST_PINS: usize = 250;

/// Whether the bot may say something here at all.
fn may_send(call: &mut Call<'_>, channel: &str) -> Result<(), Refused> {
    let place = call.world.channel(channel);
    if place.kind == Kind::Direct {
        let user = place.owner.clone();
        if !call.world.shares_guild(&user) {
            return Err(Refused::Says(50_278));
        }
        let blocked = call.world.users.get(&user).is_none_or(|user| user.no_messages || user.bot);
        return if blocked { Err(Refused::Says(50_007)) } else { Ok(()) };
    }
    if place.kind == Kind::Category {
        return Err(Refused::Says(50_024));
    }
    threads::must_be_open(call, channel)?;
    let in_thread = call.world.channel(channel).thread.is_some();
    call.needs(channel, if in_thread { rights::SEND_IN_THREADS } else { rights::SEND })?;
    if call.body["embeds"].as_array().is_some_and(|e| !e.is_empty()) {
        call.needs(channel, rights::EMBED)?;
    }
    if call.files.is_empty() { Ok(()) } else { call.needs(channel, rights::ATTACH) }
}

fn post(call: &mut Call<'_>) -> Given {
    let channel = call.channel()?;
    let numbers: Vec<usize> = call.files.iter().map(|(n, _)| *n).collect();
    bodies::of_message(&call.body, Way::Channel, &numbers)?;
    may_send(call, &channel)?;
    let nonce = call.body["nonce"]
        .as_str()
        .map(str::to_owned)
        .or_else(|| call.body["nonce"].as_u64().map(|n| n.to_string()));
    if call.body["enforce_nonce"] == true
        && let Some(again) = said_before(call, nonce.as_deref())
    {
        return Ok((200, again));
    }
    let id = put(call, &channel, &call.body.clone(), None, None);
    let mut shown = shown(call, &channel, &id);
    if let Some(nonce) = nonce {
        call.world.channel_mut(&channel).message_mut(&id).expect("it was just said").nonce =
            Some(nonce.clone());
        shown["nonce"] = json!(nonce);
    }
    Ok((200, shown))
}

/// What the bot said under the same mark a moment ago.
fn said_before(call: &Call<'_>, nonce: Option<&str>) -> Option<Value> {
    let nonce = nonce?;
    call.world.channels.values().find_map(|channel| {
        let known = channel.messages.iter().find(|m| {
            m.nonce.as_deref() == Some(nonce) && m.at.secs_until(call.now) < REMEMBERED_SECS && !m.deleted
        })?;
        let mut shown = payloads::message(call.world, channel, known);
        shown["nonce"] = json!(nonce);
        Some(shown)
    })
}

/// Puts a message of the bot into a channel; its id. `only` is who alone sees it, `answers` the interaction.
pub fn put(
    call: &mut Call<'_>,
    channel: &str,
    body: &Value,
    only: Option<String>,
    answers: Option<String>,
) -> String {
    let (id, seen) = (call.world.id(call.now), call.world.next());
    let mut message = Message::by(APP, id.clone(), seen, call.now);
    message.only = only;
    message.answers = answers;
    message.flags = body["flags"].as_u64().unwrap_or(0);
    call.world.channel_mut(channel).active = call.now;
    fill(call, &mut message, body);
    call.world.channel_mut(channel).messages.push(message);
    if call.world.channel(channel).message(&id).is_some_and(|m| m.only.is_none()) {
        let mut data = shown(call, channel, &id);
        if let Some(guild) = call.world.channel(channel).guild.clone() {
            data["guild_id"] = json!(guild);
            data["member"] = payloads::member(call.world, call.world.guild(&guild), APP);
        }
        call.tell(channel, "MESSAGE_CREATE", data);
    }
    id
}

/// Puts into a message what a body says; what it does not speak of stays.
pub fn fill(call: &mut Call<'_>, message: &mut Message, body: &Value) {
    let list = |key: &str| body[key].as_array().cloned().unwrap_or_default();
    if body.get("content").is_some() {
        body["content"].as_str().unwrap_or_default().clone_into(&mut message.content);
    }
    if body.get("embeds").is_some() {
        message.embeds = list("embeds");
    }
    if body.get("components").is_some() {
        message.components = list("components");
    }
    let described = body["attachments"].as_array().cloned().unwrap_or_default();
    if body.get("attachments").is_some() {
        message.files.retain(|file| described.iter().any(|d| d["id"] == json!(file.id)));
    }
    for (number, mut file) in std::mem::take(&mut call.files) {
        file.id = call.world.id(call.now);
        let own = described.iter().find(|d| d["id"] == json!(number) || d["id"] == json!(number.to_string()));
        file.description = own.and_then(|d| d["description"].as_str().map(str::to_owned));
        message.files.push(file);
    }
    let may = &body["allowed_mentions"];
    let parses = may["parse"].as_array().is_some_and(|parse| parse.iter().any(|kind| kind == "users"));
    let named = |id: &str| may["users"].as_array().is_some_and(|users| users.iter().any(|u| u == id));
    let called = message.content.split("<@").skip(1).filter_map(|rest| rest.split('>').next());
    let mut mentions: Vec<String> = called.filter(|id| parses || named(id)).map(str::to_owned).collect();
    mentions.sort();
    mentions.dedup();
    message.mentions = mentions;
}

/// A message as the bot sees it.
pub fn shown(call: &Call<'_>, channel: &str, id: &str) -> Value {
    let channel = call.world.channel(channel);
    payloads::message(call.world, channel, channel.message(id).expect("a message that is there"))
}

/// The message of the path, unless only one person sees it.
fn known(call: &mut Call<'_>) -> Result<(String, String), Refused> {
    let (channel, id) = (call.channel()?, call.param("message_id"));
    let there = call.world.channel(&channel).message(&id).is_some_and(|m| m.only.is_none());
    if there { Ok((channel, id)) } else { Err(Refused::Says(10_008)) }
}

fn list(call: &mut Call<'_>) -> Given {
    let channel = call.channel()?;
    call.needs(&channel, rights::HISTORY)?;
    let number = |name: &str| call.asked(name).and_then(|v| v.parse::<u64>().ok());
    let most = number("limit").unwrap_or(50);
    if !(1..=100).contains(&most) {
        return Err(Refused::Breach(50_035, "limit must be from 1 to 100".into()));
    }
    let most = usize::try_from(most).expect("at most a hundred");
    let (before, after) = (number("before"), number("after"));
    let place = call.world.channel(&channel);
    let id = |m: &&Message| m.id.parse::<u64>().expect("ids are numbers");
    let mut all: Vec<&Message> = place
        .messages
        .iter()
        .filter(|m| !m.deleted && m.only.is_none())
        .filter(|m| before.is_none_or(|b| id(m) < b) && after.is_none_or(|a| id(m) > a))
        .collect();
    all.sort_by_key(id);
    // The newest, or with `after` those that follow it; always the newest first.
    let range =
        if after.is_some() { 0..all.len().min(most) } else { all.len().saturating_sub(most)..all.len() };
    let shown: Vec<Value> =
        all[range].iter().rev().map(|m| payloads::message(call.world, place, m)).collect();
    Ok((200, json!(shown)))
}

fn one(call: &mut Call<'_>) -> Given {
    let (channel, id) = known(call)?;
    call.needs(&channel, rights::HISTORY)?;
    Ok((200, shown(call, &channel, &id)))
}

fn change(call: &mut Call<'_>) -> Given {
    let (channel, id) = known(call)?;
    let numbers: Vec<usize> = call.files.iter().map(|(n, _)| *n).collect();
    bodies::of_message(&call.body, Way::Change, &numbers)?;
    threads::must_be_open(call, &channel)?;
    let mut message = call.world.channel(&channel).message(&id).expect("it is known").clone();
    if message.author != APP {
        return Err(Refused::Says(50_005));
    }
    let body = call.body.clone();
    fill(call, &mut message, &body);
    message.edited += 1;
    message.seen = call.world.next();
    *call.world.channel_mut(&channel).message_mut(&id).expect("it is known") = message;
    let data = shown(call, &channel, &id);
    call.tell(&channel, "MESSAGE_UPDATE", data.clone());
    Ok((200, data))
}

fn delete(call: &mut Call<'_>) -> Given {
    let (channel, id) = known(call)?;
    let own = call.world.channel(&channel).message(&id).is_some_and(|m| m.author == APP);
    if !own {
        call.needs(&channel, rights::MANAGE_MESSAGES)?;
    }
    call.world.channel_mut(&channel).message_mut(&id).expect("it is known").deleted = true;
    call.tell(&channel, "MESSAGE_DELETE", json!({ "id": id, "channel_id": channel }));
    Ok((204, Value::Null))
}

fn typing(call: &mut Call<'_>) -> Given {
    call.channel()?;
    Ok((204, Value::Null))
}

fn pinned(call: &mut Call<'_>) -> Result<Vec<Value>, Refused> {
    let channel = call.channel()?;
    let place = call.world.channel(&channel);
    let all = place.messages.iter().rev().filter(|m| m.pinned && !m.deleted);
    Ok(all.map(|m| payloads::message(call.world, place, m)).collect())
}

fn pins_with_times(call: &mut Call<'_>) -> Given {
    let at = payloads::stamp(call.now);
    let items: Vec<Value> =
        pinned(call)?.into_iter().map(|m| json!({ "message": m, "pinned_at": at })).collect();
    Ok((200, json!({ "items": items, "has_more": false })))
}

fn pin(call: &mut Call<'_>, on: bool) -> Given {
    let (channel, id) = known(call)?;
    threads::must_be_open(call, &channel)?;
    call.needs(&channel, rights::PIN)?;
    let place = call.world.channel_mut(&channel);
    if on && place.messages.iter().filter(|m| m.pinned).count() >= MOST_PINS {
        return Err(Refused::Says(30_003));
    }
    let message = place.message_mut(&id).expect("it is known");
    let fresh = on && !message.pinned;
    message.pinned = on;
    if fresh {
        // Discord says so in the channel, in a message of its own kind.
        let (note, seen) = (call.world.id(call.now), call.world.next());
        let mut said = Message::by(APP, note, seen, call.now);
        said.kind = 6;
        call.world.channel_mut(&channel).messages.push(said);
    }
    Ok((204, Value::Null))
}

//! Messages: posting, changing, taking away, pinning, looking back, and answers through a `response_url`.

use serde_json::{Value, json};

use super::blocks::{Surface, check_blocks};
use super::wire::{Answer, Request};
use super::world::{Kind, Post};
use super::{Call, Given, Refused, Shared};

/// A `response_url` lives this long, in seconds.
const REPLY_LIVES: i64 = 30 * 60;
/// How often a `response_url` may be used.
const REPLY_USES: u32 = 5;

/// What may be said through a `response_url`.
const KEYS: [&str; 8] = [
    "text",
    "blocks",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "metadata",
    "unfurl_links",
];

/// Carries out one of these methods.
pub fn run(name: &str, call: &mut Call<'_>) -> Given {
    match name {
        "chat.postMessage" => post(call),
        "chat.update" => update(call),
        "chat.delete" => delete(call),
        "chat.postEphemeral" => ephemeral(call),
        "chat.getPermalink" => {
            call.channel(&call.text("channel"))?;
            Ok(
                json!({ "channel": call.text("channel"), "permalink": "https://example.slack.com/archives/x" }),
            )
        }
        "conversations.history" => history(call),
        _ => pins(name, call),
    }
}

/// What is wrong with what is to be shown, whichever way it comes.
pub fn wrong_words(args: &Value) -> Result<(), Refused> {
    let text = args["text"].as_str().unwrap_or_default();
    let letters = text.chars().count();
    if letters > 40_000 {
        return Err(Refused::Breach("msg_too_long", format!("a text of {letters} characters")));
    }
    if text.trim().is_empty() {
        return Err(Refused::Breach("no_text", "a message without a text for notifications".into()));
    }
    if letters > 4_000 {
        return Err(Refused::Breach("msg_too_long", format!("{letters} characters; 4,000 are recommended")));
    }
    if let Some(loud) = calls_everybody(args, "") {
        return Err(Refused::Breach("invalid_arguments", format!("{loud} would call everybody")));
    }
    if let Some(blocks) = args.get("blocks") {
        let wrong = check_blocks(blocks, Surface::Message);
        if !wrong.is_empty() {
            return Err(Refused::Breach("invalid_blocks", wrong.join("; ")));
        }
    }
    if let Some(metadata) = args.get("metadata") {
        let kind = metadata["event_type"].as_str().unwrap_or_default();
        let fair = !kind.is_empty() && kind.len() <= 255 && metadata["event_payload"].is_object();
        let keys = metadata.as_object().map_or(0, serde_json::Map::len);
        if !fair || keys != 2 {
            return Err(Refused::Breach("invalid_metadata_format", metadata.to_string()));
        }
    }
    Ok(())
}

/// A mark that calls everybody, where Slack would read it as one: rich text is never parsed.
fn calls_everybody(value: &Value, key: &str) -> Option<&'static str> {
    match value {
        Value::Array(list) => list.iter().find_map(|part| calls_everybody(part, key)),
        Value::Object(map) if map.get("type").is_some_and(|of| of == "rich_text" || of == "plain_text") => {
            None
        }
        Value::Object(map) => map.iter().find_map(|(key, part)| calls_everybody(part, key)),
        Value::String(text) if key == "text" => {
            ["<!channel", "<!here", "<!everyone"].into_iter().find(|mark| text.contains(mark))
        }
        _ => None,
    }
}

fn blocks(args: &Value) -> Vec<Value> {
    args["blocks"].as_array().cloned().unwrap_or_default()
}

/// The conversation that a message goes to; a person's id stands for the direct one.
fn target(call: &mut Call<'_>) -> Result<String, Refused> {
    let id = call.text("channel");
    if let Some(user) = call.world.team(&call.team).users.get(&id) {
        if user.deleted || user.is_bot {
            return Err(Refused::Says("user_not_found"));
        }
        return Ok(call.world.direct(&call.team.clone(), &[id], call.now));
    }
    Ok(id)
}

/// Whether the bot may write there.
fn may_write(call: &Call<'_>, id: &str) -> Result<(), Refused> {
    let channel = call.channel(id)?;
    let team = call.world.team(&call.team);
    if channel.archived {
        return Err(Refused::Says("is_archived"));
    }
    if !channel.members.contains(&team.bot_user) {
        return Err(Refused::Says("not_in_channel"));
    }
    let others: Vec<_> =
        channel.members.iter().filter_map(|m| team.users.get(m)).filter(|u| !u.is_bot).collect();
    if channel.kind == Kind::Im && others.iter().all(|user| user.deleted) {
        return Err(Refused::Says("channel_not_found"));
    }
    if channel.kind == Kind::Im && others.iter().any(|user| user.no_messages) {
        return Err(Refused::Says("messages_tab_disabled"));
    }
    Ok(())
}

fn post(call: &mut Call<'_>) -> Given {
    wrong_words(&call.args)?;
    let id = target(call)?;
    may_write(call, &id)?;
    if call.args["unfurl_links"] != false {
        let text = call.args.to_string();
        if text.contains("http") {
            return Err(Refused::Breach("invalid_arguments", "links would unfurl on the bot's card".into()));
        }
    }
    let (ts, seen) = (call.world.ts(call.now), call.world.next());
    let thread = call.args["thread_ts"].as_str().map(str::to_owned);
    let message = Post {
        ts: ts.clone(),
        seen,
        user: call.world.team(&call.team).bot_user.clone(),
        text: call.text("text"),
        blocks: blocks(&call.args),
        metadata: call.args.get("metadata").cloned(),
        thread,
        ..Post::default()
    };
    let shown = shown(&message, call, true);
    call.channel_mut(&id)?.posts.push(message);
    Ok(json!({ "channel": id, "ts": ts, "message": shown }))
}

fn shown(post: &Post, call: &Call<'_>, metadata: bool) -> Value {
    let team = call.world.team(&call.team);
    let mut shown = json!({
        "type": "message", "user": post.user, "ts": post.ts, "text": post.text, "team": team.id,
    });
    if !post.blocks.is_empty() {
        shown["blocks"] = json!(post.blocks);
    }
    if post.user == team.bot_user {
        shown["bot_id"] = json!(team.bot_id);
        shown["app_id"] = json!(super::APP);
    }
    if let (Some(kept), true) = (&post.metadata, metadata) {
        shown["metadata"] = kept.clone();
    }
    if post.edited > 0 {
        shown["edited"] = json!({ "user": post.user, "ts": post.ts });
    }
    if let Some(thread) = &post.thread {
        shown["thread_ts"] = json!(thread);
    }
    shown
}

fn update(call: &mut Call<'_>) -> Given {
    wrong_words(&call.args)?;
    let (id, ts) = (call.text("channel"), call.text("ts"));
    may_write(call, &id)?;
    let bot = call.world.team(&call.team).bot_user.clone();
    let (seen, args) = (call.world.next(), call.args.clone());
    let known =
        call.channel_mut(&id)?.posts.iter_mut().find(|p| p.ts == ts && !p.deleted && p.only.is_none());
    let known = known.ok_or(Refused::Says("message_not_found"))?;
    if known.user != bot {
        return Err(Refused::Says("cant_update_message"));
    }
    let new = blocks(&args);
    if let Some(id) = same_name_other_content(&known.blocks, &new) {
        return Err(Refused::Breach(
            "invalid_blocks",
            format!("a changed message needs a new block_id than {id}"),
        ));
    }
    args["text"].as_str().unwrap_or_default().clone_into(&mut known.text);
    known.blocks = new;
    known.edited += 1;
    known.seen = seen;
    if let Some(metadata) = args.get("metadata") {
        known.metadata = Some(metadata.clone());
    }
    let text = known.text.clone();
    Ok(json!({ "channel": id, "ts": ts, "text": text, "message": { "type": "message", "ts": ts } }))
}

fn same_name_other_content(old: &[Value], new: &[Value]) -> Option<String> {
    new.iter().find_map(|block| {
        let id = block.get("block_id")?.as_str()?;
        let before = old.iter().find(|b| b["block_id"] == id)?;
        (before != block).then(|| id.to_owned())
    })
}

fn delete(call: &mut Call<'_>) -> Given {
    let (id, ts) = (call.text("channel"), call.text("ts"));
    let bot = call.world.team(&call.team).bot_user.clone();
    let known =
        call.channel_mut(&id)?.posts.iter_mut().find(|p| p.ts == ts && !p.deleted && p.only.is_none());
    let known = known.ok_or(Refused::Says("message_not_found"))?;
    if known.user != bot {
        return Err(Refused::Says("cant_delete_message"));
    }
    known.deleted = true;
    Ok(json!({ "channel": id, "ts": ts }))
}

fn ephemeral(call: &mut Call<'_>) -> Given {
    wrong_words(&call.args)?;
    let (id, user) = (call.text("channel"), call.text("user"));
    may_write(call, &id)?;
    if !call.channel(&id)?.members.contains(&user) {
        return Err(Refused::Says("user_not_in_channel"));
    }
    let (ts, seen) = (call.world.ts(call.now), call.world.next());
    let message = Post {
        ts: ts.clone(),
        seen,
        user: call.world.team(&call.team).bot_user.clone(),
        text: call.text("text"),
        blocks: blocks(&call.args),
        only: Some(user),
        ..Post::default()
    };
    call.channel_mut(&id)?.posts.push(message);
    Ok(json!({ "message_ts": ts }))
}

fn history(call: &mut Call<'_>) -> Given {
    let channel = call.channel(&call.text("channel"))?;
    call.needs(&[&format!("{}:history", channel.kind.family())])?;
    if !channel.members.contains(&call.world.team(&call.team).bot_user) {
        return Err(Refused::Says("not_in_channel"));
    }
    let limit = usize::try_from(call.args["limit"].as_i64().unwrap_or(100)).unwrap_or(100).clamp(1, 999);
    let inclusive = call.args["inclusive"] == true;
    let (oldest, latest) = (call.text("oldest"), call.text("latest"));
    let from: usize = call.text("cursor").parse().unwrap_or(0);
    let micros = |ts: &str| -> Result<i64, Refused> {
        let (secs, rest) = ts.split_once('.').unwrap_or((ts, "0"));
        let parsed = secs.parse::<i64>().ok().zip(format!("{rest:0<6}")[..6].parse::<i64>().ok());
        parsed.map(|(s, m)| s * 1_000_000 + m).ok_or(Refused::Breach("invalid_ts_oldest", ts.to_owned()))
    };
    let low = if oldest.is_empty() { i64::MIN } else { micros(&oldest)? };
    let high = if latest.is_empty() { i64::MAX } else { micros(&latest)? };
    let mut found = Vec::new();
    for post in channel.posts.iter().rev().filter(|p| !p.deleted && p.only.is_none()) {
        let at = micros(&post.ts)?;
        if (at > low || (inclusive && at == low)) && (at < high || (inclusive && at == high)) {
            found.push(shown(post, call, call.args["include_all_metadata"] == true));
        }
    }
    let more = from + limit < found.len();
    let page: Vec<Value> = found.into_iter().skip(from).take(limit).collect();
    let mut given = json!({ "messages": page, "has_more": more, "pin_count": channel.pins.len() });
    if more {
        given["response_metadata"] = json!({ "next_cursor": (from + limit).to_string() });
    }
    Ok(given)
}

fn pins(name: &str, call: &mut Call<'_>) -> Given {
    let (id, ts) = (call.text("channel"), call.text("timestamp"));
    may_write(call, &id)?;
    let channel = call.channel_mut(&id)?;
    if name == "pins.list" {
        let items: Vec<Value> = channel
            .pins
            .iter()
            .map(|ts| json!({ "type": "message", "channel": id, "message": { "ts": ts } }))
            .collect();
        return Ok(json!({ "items": items }));
    }
    if !channel.posts.iter().any(|p| p.ts == ts && !p.deleted && p.only.is_none()) {
        return Err(Refused::Says("message_not_found"));
    }
    let pinned = channel.pins.iter().position(|own| *own == ts);
    match (name, pinned) {
        ("pins.add", Some(_)) => return Err(Refused::Says("already_pinned")),
        ("pins.add", None) => channel.pins.push(ts),
        (_, Some(at)) => {
            channel.pins.remove(at);
        }
        (_, None) => return Err(Refused::Says("no_pin")),
    }
    Ok(json!({}))
}

/// An answer through a `response_url`.
pub fn reply(shared: &Shared, id: &str, request: &Request) -> Answer {
    let now = shared.now();
    let mut world = shared.world();
    let no = |status, word: &str| {
        Answer::text(status, "application/json", format!("{{\"ok\":false,\"error\":\"{word}\"}}"))
    };
    let Some(url) = world.replies.get_mut(id) else {
        world.find_fault("response_url: an address that nobody gave out");
        return no(404, "invalid_url");
    };
    url.uses += 1;
    let (url, old) = (url.clone(), now.as_micros() - url.at.as_micros() > REPLY_LIVES * 1_000_000);
    if old || url.uses > REPLY_USES {
        world.find_fault(format!("response_url: used {} times, expired: {old}", url.uses));
        return no(404, if old { "expired_url" } else { "used_url" });
    }
    let Ok(args) = serde_json::from_slice::<Value>(&request.body) else {
        world.find_fault("response_url: the body is not JSON");
        return no(400, "invalid_payload");
    };
    for key in args.as_object().into_iter().flat_map(serde_json::Map::keys) {
        if !KEYS.contains(&key.as_str()) {
            world.find_fault(format!("response_url: unknown key {key}"));
        }
    }
    let away = args["delete_original"] == true;
    if !away && let Err(Refused::Breach(error, why)) = wrong_words(&args) {
        world.find_fault(format!("response_url: {error}: {why}"));
        return no(400, error);
    }
    let (ts, seen) = (world.ts(now), world.next());
    let team = world.team_mut(&url.team);
    let bot = team.bot_user.clone();
    let Some(channel) = team.channels.get_mut(&url.channel) else { return no(404, "channel_not_found") };
    if away || args["replace_original"] == true {
        let Some(known) =
            channel.posts.iter_mut().find(|p| Some(&p.ts) == url.message.as_ref() && !p.deleted)
        else {
            return no(404, "message_not_found");
        };
        known.deleted = away;
        known.seen = seen;
        if !away {
            args["text"].as_str().unwrap_or_default().clone_into(&mut known.text);
            known.blocks = blocks(&args);
            known.through = Some(url.user);
        }
    } else {
        let public = args["response_type"] == "in_channel";
        channel.posts.push(Post {
            ts,
            seen,
            user: bot,
            text: args["text"].as_str().unwrap_or_default().to_owned(),
            blocks: blocks(&args),
            metadata: args.get("metadata").cloned(),
            only: (!public).then(|| url.user.clone()),
            through: Some(url.user.clone()),
            ..Post::default()
        });
    }
    drop(world);
    let call =
        super::world::Call { team: url.team, method: "response_url".into(), args, result: "ok".into() };
    shared.world().calls.push(call);
    Answer::text(200, "text/html", "ok".into())
}

//! Conversations: opening, making, inviting, removing, topics, members.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::world::{Channel, Kind};
use super::{Call, Given, Refused};

/// Carries out one of these methods.
pub fn run(name: &str, call: &mut Call<'_>) -> Given {
    match name {
        "conversations.open" => open(call),
        "conversations.create" => create(call),
        "conversations.invite" => invite(call),
        "conversations.kick" => kick(call),
        "conversations.members" => members(call),
        "conversations.info" => {
            let channel = call.channel(&call.text("channel"))?;
            call.needs(&[&format!("{}:read", channel.kind.family())])?;
            Ok(json!({ "channel": shown(channel) }))
        }
        "conversations.setTopic" | "conversations.setPurpose" => set_words(name, call),
        "conversations.archive" | "conversations.leave" | "conversations.rename" => change(name, call),
        _ => list(call),
    }
}

fn writes(kind: Kind) -> [&'static str; 1] {
    match kind {
        Kind::Public => ["channels:manage"],
        Kind::Private => ["groups:write"],
        Kind::Im => ["im:write"],
        Kind::Mpim => ["mpim:write"],
    }
}

fn shown(channel: &Channel) -> Value {
    json!({
        "id": channel.id, "name": channel.name, "is_channel": channel.kind == Kind::Public,
        "is_group": channel.kind == Kind::Private, "is_im": channel.kind == Kind::Im,
        "is_mpim": channel.kind == Kind::Mpim, "is_private": channel.kind != Kind::Public,
        "created": channel.created, "is_archived": channel.archived, "is_ext_shared": channel.shared,
        "topic": { "value": channel.topic, "creator": "", "last_set": 0 },
        "purpose": { "value": channel.purpose, "creator": "", "last_set": 0 },
    })
}

fn ids(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

fn open(call: &mut Call<'_>) -> Given {
    if call.args.get("channel").is_some() {
        let channel = call.channel(&call.text("channel"))?;
        call.needs(&writes(channel.kind))?;
        return Ok(json!({ "channel": { "id": channel.id }, "already_open": true, "no_op": true }));
    }
    let users = ids(&call.text("users"));
    let kind = if users.len() > 1 { Kind::Mpim } else { Kind::Im };
    call.needs(&writes(kind))?;
    if users.is_empty() {
        return Err(Refused::Breach("users_list_not_supplied", "nobody is named".into()));
    }
    if users.len() > 8 {
        return Err(Refused::Breach("too_many_users", format!("{} people besides the bot", users.len())));
    }
    if users.iter().collect::<BTreeSet<_>>().len() != users.len() {
        return Err(Refused::Breach("invalid_user_combination", "somebody is named twice".into()));
    }
    let team = call.world.team(&call.team);
    for id in &users {
        let user = team.users.get(id).ok_or(Refused::Says("user_not_found"))?;
        if user.deleted {
            return Err(Refused::Says("user_disabled"));
        }
        if user.is_bot {
            return Err(Refused::Says("cannot_dm_bot"));
        }
    }
    let known = team.channels.len();
    let id = call.world.direct(&call.team.clone(), &users, call.now);
    let already = call.world.team(&call.team).channels.len() == known;
    let channel =
        if call.args["return_im"] == true { shown(call.channel(&id)?) } else { json!({ "id": id }) };
    let mut given = json!({ "channel": channel });
    if already {
        given["already_open"] = json!(true);
        given["no_op"] = json!(true);
    }
    Ok(given)
}

fn fair_name(name: &str) -> Result<(), Refused> {
    if name.chars().count() > 80 {
        return Err(Refused::Breach("invalid_name_maxlength", name.to_owned()));
    }
    let fair = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || matches!(c, '-' | '_');
    if name.is_empty() || !name.chars().all(fair) || !name.chars().any(char::is_alphanumeric) {
        return Err(Refused::Breach("invalid_name_specials", name.to_owned()));
    }
    Ok(())
}

fn create(call: &mut Call<'_>) -> Given {
    let private = call.args["is_private"] == true;
    let kind = if private { Kind::Private } else { Kind::Public };
    call.needs(&writes(kind))?;
    let name = call.text("name");
    fair_name(&name)?;
    let team = call.world.team(&call.team);
    if !team.may_create {
        return Err(Refused::Says("restricted_action"));
    }
    if team.channels.values().any(|c| c.name == name) {
        return Err(Refused::Says("name_taken"));
    }
    let bot = team.bot_user.clone();
    let id = call.world.add_channel(&call.team.clone(), &name, kind, &[&bot], call.now);
    Ok(json!({ "channel": shown(call.channel(&id)?) }))
}

fn invite(call: &mut Call<'_>) -> Given {
    let (id, users) = (call.text("channel"), ids(&call.text("users")));
    let channel = call.channel(&id)?;
    call.needs(&writes(channel.kind))?;
    if !matches!(channel.kind, Kind::Private | Kind::Public) {
        return Err(Refused::Breach("method_not_supported_for_channel_type", id));
    }
    if channel.archived {
        return Err(Refused::Says("is_archived"));
    }
    if users.is_empty() || users.len() > 100 {
        return Err(Refused::Breach("too_many_users", format!("{} people at once", users.len())));
    }
    let team = call.world.team(&call.team);
    let mut errors = Vec::new();
    for user in &users {
        let error = match team.users.get(user) {
            None => "user_not_found",
            Some(_) if *user == team.bot_user => "cant_invite_self",
            Some(known) if known.deleted => "user_disabled",
            Some(_) if channel.members.contains(user) => "already_in_channel",
            Some(_) => continue,
        };
        errors.push((error, user.clone()));
    }
    let force = call.args["force"] == true;
    if let Some((first, _)) = errors.first()
        && (!force || errors.len() == users.len())
    {
        return Err(Refused::Says(first));
    }
    let bad: BTreeSet<&String> = errors.iter().map(|(_, user)| user).collect();
    let good: Vec<String> = users.iter().filter(|u| !bad.contains(u)).cloned().collect();
    call.channel_mut(&id)?.members.extend(good);
    let errors: Vec<Value> =
        errors.iter().map(|(e, u)| json!({ "user": u, "ok": false, "error": e })).collect();
    let mut given = json!({ "channel": shown(call.channel(&id)?) });
    if !errors.is_empty() {
        given["errors"] = json!(errors);
    }
    Ok(given)
}

fn kick(call: &mut Call<'_>) -> Given {
    let (id, user) = (call.text("channel"), call.text("user"));
    let channel = call.channel(&id)?;
    call.needs(&writes(channel.kind))?;
    if !matches!(channel.kind, Kind::Private | Kind::Public) {
        return Err(Refused::Breach("method_not_supported_for_channel_type", id));
    }
    if channel.archived {
        return Err(Refused::Says("is_archived"));
    }
    let team = call.world.team(&call.team);
    if user == team.bot_user {
        return Err(Refused::Breach("cant_kick_self", id));
    }
    if !team.users.contains_key(&user) {
        return Err(Refused::Says("user_not_found"));
    }
    if !call.channel_mut(&id)?.members.remove(&user) {
        return Err(Refused::Says("not_in_channel"));
    }
    Ok(json!({}))
}

fn members(call: &mut Call<'_>) -> Given {
    let channel = call.channel(&call.text("channel"))?;
    call.needs(&[&format!("{}:read", channel.kind.family())])?;
    let limit = usize::try_from(call.args["limit"].as_i64().unwrap_or(100)).unwrap_or(100).clamp(1, 1_000);
    let from: usize = call.text("cursor").parse().unwrap_or(0);
    let page: Vec<&String> = channel.members.iter().skip(from).take(limit).collect();
    let next = if from + limit < channel.members.len() { (from + limit).to_string() } else { String::new() };
    Ok(json!({ "members": page, "response_metadata": { "next_cursor": next } }))
}

fn set_words(name: &str, call: &mut Call<'_>) -> Given {
    let key = if name.ends_with("Topic") { "topic" } else { "purpose" };
    let (id, words) = (call.text("channel"), call.text(key));
    let channel = call.channel(&id)?;
    call.needs(&writes(channel.kind))?;
    if channel.archived {
        return Err(Refused::Says("is_archived"));
    }
    if words.chars().count() > 250 {
        return Err(Refused::Breach("too_long", format!("a {key} of {} characters", words.chars().count())));
    }
    let bot = call.world.team(&call.team).bot_user.clone();
    if !channel.members.contains(&bot) {
        return Err(Refused::Says("not_in_channel"));
    }
    let channel = call.channel_mut(&id)?;
    if key == "topic" {
        channel.topic = words;
    } else {
        channel.purpose = words;
    }
    Ok(json!({ "channel": shown(call.channel(&id)?) }))
}

fn change(name: &str, call: &mut Call<'_>) -> Given {
    let id = call.text("channel");
    let channel = call.channel(&id)?;
    call.needs(&writes(channel.kind))?;
    if channel.archived {
        return Err(Refused::Says(if name == "conversations.archive" {
            "already_archived"
        } else {
            "is_archived"
        }));
    }
    if matches!(channel.kind, Kind::Im | Kind::Mpim) {
        return Err(Refused::Breach("method_not_supported_for_channel_type", id));
    }
    match name {
        "conversations.archive" => call.channel_mut(&id)?.archived = true,
        "conversations.leave" => {
            let bot = call.world.team(&call.team).bot_user.clone();
            call.channel_mut(&id)?.members.remove(&bot);
            return Ok(json!({}));
        }
        _ => {
            let wanted = call.text("name");
            fair_name(&wanted)?;
            if call.world.team(&call.team).channels.values().any(|c| c.name == wanted) {
                return Err(Refused::Says("name_taken"));
            }
            call.channel_mut(&id)?.name = wanted;
        }
    }
    Ok(json!({ "channel": shown(call.channel(&id)?) }))
}

fn list(call: &mut Call<'_>) -> Given {
    let types = call.text("types");
    let mut wanted = Vec::new();
    for word in types
        .split(',')
        .map(str::trim)
        .filter(|w| !w.is_empty())
        .chain(types.is_empty().then_some("public_channel"))
    {
        let kind = match word {
            "public_channel" => Kind::Public,
            "private_channel" => Kind::Private,
            "mpim" => Kind::Mpim,
            "im" => Kind::Im,
            other => return Err(Refused::Breach("invalid_types", other.to_owned())),
        };
        call.needs(&[&format!("{}:read", kind.family())])?;
        wanted.push(kind);
    }
    let team = call.world.team(&call.team);
    let limit = usize::try_from(call.args["limit"].as_i64().unwrap_or(100)).unwrap_or(100).clamp(1, 1_000);
    let from: usize = call.text("cursor").parse().unwrap_or(0);
    let skip = call.args["exclude_archived"] == true;
    let all: Vec<&Channel> = team
        .channels
        .values()
        .filter(|c| wanted.contains(&c.kind) && c.members.contains(&team.bot_user) && !(skip && c.archived))
        .collect();
    let page: Vec<Value> = all.iter().skip(from).take(limit).map(|c| shown(c)).collect();
    let next = if from + limit < all.len() { (from + limit).to_string() } else { String::new() };
    Ok(json!({ "channels": page, "response_metadata": { "next_cursor": next } }))
}

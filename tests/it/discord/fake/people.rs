//! Who is there: the bot itself, its application, users, servers, members, roles, and opening direct conversations.

use serde_json::{Value, json};

use super::refuse::{Check, Refused};
use super::world::{APP, Kind};
use super::{Call, Given, payloads, rights};

/// What is served here.
pub const ROUTES: super::Routes = &[
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway_bot),
    ("GET", "/users/@me", me),
    ("GET", "/users/@me/guilds", my_guilds),
    ("DELETE", "/users/@me/guilds/{guild_id}", leave),
    ("POST", "/users/@me/channels", direct),
    ("GET", "/users/{user_id}", user),
    ("GET", "/applications/@me", application),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/guilds/{guild_id}", guild),
    ("GET", "/guilds/{guild_id}/roles", roles),
    ("GET", "/guilds/{guild_id}/members", members),
    ("GET", "/guilds/{guild_id}/members/search", search),
    ("GET", "/guilds/{guild_id}/members/{user_id}", member),
    ("GET", "/users/@me/guilds/{guild_id}/member", my_member),
];

/// The intent to see members.
pub const GUILD_MEMBERS: u64 = 1 << 1;
/// Sessions of a day.
const SESSIONS: usize = 1_000;

#[expect(clippy::unnecessary_wraps, reason = "all that serve a call have one form")]
fn gateway(call: &mut Call<'_>) -> Given {
    Ok((200, json!({ "url": format!("ws://{}", call.socket) })))
}

#[expect(clippy::unnecessary_wraps, reason = "all that serve a call have one form")]
fn gateway_bot(call: &mut Call<'_>) -> Given {
    let limit = json!({
        "total": SESSIONS, "remaining": SESSIONS.saturating_sub(call.identified), "reset_after": 14_400_000,
        "max_concurrency": 1,
    });
    let url = format!("ws://{}", call.socket);
    Ok((200, json!({ "url": url, "shards": call.shards, "session_start_limit": limit })))
}

#[expect(clippy::unnecessary_wraps, reason = "all that serve a call have one form")]
fn me(call: &mut Call<'_>) -> Given {
    Ok((200, payloads::own(call.world)))
}

#[expect(clippy::unnecessary_wraps, reason = "all that serve a call have one form")]
fn my_guilds(call: &mut Call<'_>) -> Given {
    let own = call.world.guilds.values().filter(|guild| guild.members.contains_key(APP));
    let after = call.asked("after").and_then(|v| v.parse::<u64>().ok()).unwrap_or(0);
    let most = call.asked("limit").and_then(|v| v.parse().ok()).unwrap_or(200);
    let own = own.filter(|guild| guild.id.parse::<u64>().is_ok_and(|id| id > after)).take(most);
    let shown = own.map(|guild| {
        json!({
            "id": guild.id, "name": guild.name, "icon": null, "banner": null, "owner": false, "features": [],
            "permissions": (rights::in_guild(call.world, &guild.id, APP) & (u64::MAX >> 1)).to_string(),
        })
    });
    Ok((200, json!(shown.collect::<Vec<_>>())))
}

fn leave(call: &mut Call<'_>) -> Given {
    let guild = call.guild()?;
    call.world.guild_mut(&guild).members.remove(APP);
    call.news.push((Some(guild.clone()), "GUILD_DELETE", json!({ "id": guild })));
    Ok((204, Value::Null))
}

fn user(call: &mut Call<'_>) -> Given {
    let id = call.param("user_id");
    let known = call.world.users.get(&id).ok_or(Refused::Says(10_013))?;
    Ok((200, payloads::user(known)))
}

fn direct(call: &mut Call<'_>) -> Given {
    let mut check = Check::default();
    check.keys("", &call.body, "recipient_id");
    check.snowflake("recipient_id", &call.body["recipient_id"]);
    if call.body["recipient_id"].is_null() {
        check.required("recipient_id");
    }
    check.end()?;
    let user = call.body["recipient_id"].as_str().unwrap_or_default().to_owned();
    if user == APP || !call.world.users.contains_key(&user) {
        return Err(Refused::Says(50_033));
    }
    if call.world.direct_of(&user).is_none() {
        call.world.opened += 1;
        if call.world.direct_quota.is_some_and(|most| call.world.opened > most) {
            return Err(Refused::Says(40_003));
        }
    }
    let id = call.world.direct(&user, call.now);
    debug_assert_eq!(call.world.channel(&id).kind, Kind::Direct);
    Ok((200, payloads::channel(call.world, call.world.channel(&id))))
}

#[expect(clippy::unnecessary_wraps, reason = "all that serve a call have one form")]
fn application(call: &mut Call<'_>) -> Given {
    let owner = call.world.guilds.values().next().map(|guild| payloads::user_by(call.world, &guild.owner));
    let shown = json!({
        "id": APP, "name": "Roundtable", "icon": null, "description": "", "summary": "", "type": null,
        "bot_public": true, "bot_require_code_grant": false, "verify_key": super::public_key(), "flags": 0,
        "hook": true, "owner": owner, "team": null, "bot": payloads::own(call.world), "redirect_uris": [],
        "interactions_endpoint_url": null, "role_connections_verification_url": null, "tags": [],
        "approximate_guild_count": call.world.guilds.len(), "approximate_user_install_count": 0,
        "integration_types_config": { "0": {} }, "rpc_origins": [], "install_params": null, "custom_install_url": null,
    });
    Ok((200, shown))
}

fn guild(call: &mut Call<'_>) -> Given {
    let id = call.guild()?;
    Ok((200, payloads::guild(call.world.guild(&id))))
}

fn roles(call: &mut Call<'_>) -> Given {
    let id = call.guild()?;
    Ok((200, json!(call.world.guild(&id).roles.values().map(payloads::role).collect::<Vec<_>>())))
}

fn members(call: &mut Call<'_>) -> Given {
    let id = call.guild()?;
    if call.world.privileged & GUILD_MEMBERS == 0 {
        return Err(Refused::Says(50_001));
    }
    let after = call.asked("after").and_then(|v| v.parse::<u64>().ok()).unwrap_or(0);
    let most: usize = call.asked("limit").and_then(|v| v.parse().ok()).unwrap_or(1);
    if !(1..=1_000).contains(&most) {
        return Err(Refused::Breach(50_035, "limit must be from 1 to 1000".into()));
    }
    let guild = call.world.guild(&id);
    let mut ids: Vec<u64> =
        guild.members.keys().filter_map(|id| id.parse().ok()).filter(|id| *id > after).collect();
    ids.sort_unstable();
    let shown = ids.iter().take(most).map(|id| payloads::member(call.world, guild, &id.to_string()));
    Ok((200, json!(shown.collect::<Vec<_>>())))
}

fn search(call: &mut Call<'_>) -> Given {
    let id = call.guild()?;
    let query = call.asked("query").unwrap_or_default().to_lowercase();
    let guild = call.world.guild(&id);
    let fits = |id: &&String| {
        let user = call.world.users.get(*id);
        let names = user.map(|u| [Some(u.name.clone()), u.shown.clone()]).unwrap_or_default();
        names.into_iter().flatten().any(|name| name.to_lowercase().starts_with(&query))
    };
    let most = call.asked("limit").and_then(|v| v.parse().ok()).unwrap_or(1);
    let shown =
        guild.members.keys().filter(fits).take(most).map(|id| payloads::member(call.world, guild, id));
    Ok((200, json!(shown.collect::<Vec<_>>())))
}

fn member(call: &mut Call<'_>) -> Given {
    let (id, user) = (call.guild()?, call.param("user_id"));
    let guild = call.world.guild(&id);
    if !call.world.users.contains_key(&user) {
        return Err(Refused::Says(10_013));
    }
    if !guild.members.contains_key(&user) {
        return Err(Refused::Says(10_007));
    }
    Ok((200, payloads::member(call.world, guild, &user)))
}

fn my_member(call: &mut Call<'_>) -> Given {
    let id = call.guild()?;
    Ok((200, payloads::member(call.world, call.world.guild(&id), APP)))
}

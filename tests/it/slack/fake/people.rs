//! Tokens, workspaces and people: `auth.*`, `oauth.*`, `team.*`, `bots.*`, `users.*`.

use jiff::tz::TimeZone;
use roundtable::domain::civil::Instant;
use serde_json::{Value, json};

use super::world::{APP, CLIENT_ID, CLIENT_SECRET, User};
use super::{Call, Given, Refused};

/// Carries out one of these methods.
pub fn run(name: &str, call: &mut Call<'_>) -> Given {
    match name {
        "auth.test" => {
            let team = call.world.team(&call.team);
            Ok(json!({
                "url": format!("https://{}.slack.com/", team.id.to_lowercase()),
                "team": team.name, "user": "roundtable", "team_id": team.id, "user_id": team.bot_user,
                "bot_id": team.bot_id, "is_enterprise_install": false,
            }))
        }
        "oauth.v2.access" => exchange(call),
        "auth.revoke" => {
            call.world.team_mut(&call.team.clone()).gone = Some("token_revoked");
            Ok(json!({ "revoked": true }))
        }
        "team.info" => {
            let team = call.world.team(&call.team);
            Ok(json!({ "team": { "id": team.id, "name": team.name, "domain": team.id.to_lowercase() } }))
        }
        "bots.info" => {
            let team = call.world.team(&call.team);
            Ok(json!({ "bot": {
                "id": team.bot_id, "deleted": false, "name": "Roundtable", "app_id": APP, "user_id": team.bot_user,
            } }))
        }
        "users.info" => {
            let id = call.text("user");
            let team = call.world.team(&call.team);
            let user = team.users.get(&id).ok_or(Refused::Says("user_not_found"))?;
            Ok(json!({ "user": profile(user, &team.id, team.scopes.contains("users:read.email"), call.now) }))
        }
        "users.list" => Ok(list(call)),
        _ => {
            let email = call.text("email");
            let team = call.world.team(&call.team);
            let user = team.users.values().find(|u| !u.deleted && !email.is_empty() && u.email == email);
            let user = user.ok_or(Refused::Says("users_not_found"))?;
            Ok(json!({ "user": profile(user, &team.id, true, call.now) }))
        }
    }
}

fn exchange(call: &mut Call<'_>) -> Given {
    let (code, redirect) = (call.text("code"), call.text("redirect_uri"));
    if call.args.get("client_id").is_some()
        && (call.text("client_id") != CLIENT_ID || call.text("client_secret") != CLIENT_SECRET)
    {
        return Err(Refused::Says("bad_client_secret"));
    }
    let (team, address) = call.world.codes.get(&code).cloned().ok_or(Refused::Says("invalid_code"))?;
    if address != redirect {
        return Err(Refused::Breach("bad_redirect_uri", format!("the code was made for {address}")));
    }
    call.world.codes.remove(&code);
    let team = call.world.team_mut(&team);
    team.gone = None;
    Ok(json!({
        "access_token": team.token, "token_type": "bot",
        "scope": team.scopes.iter().cloned().collect::<Vec<_>>().join(","),
        "bot_user_id": team.bot_user, "app_id": APP, "team": { "id": team.id, "name": team.name },
        "enterprise": null, "is_enterprise_install": false,
        "authed_user": { "id": team.users.values().find(|u| u.is_admin).map(|u| u.id.clone()) },
    }))
}

fn list(call: &Call<'_>) -> Value {
    let team = call.world.team(&call.team);
    let limit = usize::try_from(call.args["limit"].as_i64().unwrap_or(100)).unwrap_or(100).clamp(1, 1_000);
    let from: usize = call.text("cursor").parse().unwrap_or(0);
    let email = team.scopes.contains("users:read.email");
    let page: Vec<Value> =
        team.users.values().skip(from).take(limit).map(|u| profile(u, &team.id, email, call.now)).collect();
    let next = if from + limit < team.users.len() { (from + limit).to_string() } else { String::new() };
    json!({ "members": page, "response_metadata": { "next_cursor": next } })
}

/// Somebody as Slack shows them, here and in events.
pub fn profile(user: &User, team: &str, email: bool, now: Instant) -> Value {
    let zone = TimeZone::get(&user.tz).unwrap_or(TimeZone::UTC);
    let at = jiff::Timestamp::from_microsecond(now.as_micros()).expect("a time of this age");
    let offset = zone.to_offset(at).seconds();
    let mut shown = json!({
        "id": user.id, "team_id": user.team, "name": user.name, "deleted": user.deleted,
        "real_name": user.real_name, "tz": user.tz, "tz_label": user.tz, "tz_offset": offset,
        "profile": {
            "real_name": user.real_name, "display_name": user.name, "real_name_normalized": user.real_name,
            "display_name_normalized": user.name, "team": user.team, "avatar_hash": "g0", "status_text": "",
        },
        "is_admin": user.is_admin, "is_owner": false, "is_primary_owner": false, "is_bot": user.is_bot,
        "is_restricted": user.is_restricted, "is_ultra_restricted": false, "is_app_user": false,
        "is_email_confirmed": true, "updated": 1_798_000_000,
    });
    if user.team != team {
        shown["is_stranger"] = json!(true);
    }
    if email && !user.email.is_empty() && user.team == team {
        shown["profile"]["email"] = json!(user.email);
    }
    if user.deleted {
        // A deactivated account has lost its zone and its administrator's rights.
        for key in ["tz", "tz_label", "tz_offset", "is_admin", "is_owner", "is_primary_owner"] {
            shown.as_object_mut().expect("an object").remove(key);
        }
    }
    shown
}

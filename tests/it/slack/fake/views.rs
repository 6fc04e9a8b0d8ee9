//! Modals and home tabs.

use serde_json::{Value, json};

use super::blocks::{Surface, check_view};
use super::world::{Trigger, View};
use super::{APP, Call, Given, Refused};

/// A trigger lives this long, in seconds.
const TRIGGER_LIVES: i64 = 3;

/// Carries out one of these methods.
pub fn run(name: &str, call: &mut Call<'_>) -> Given {
    match name {
        "views.open" => open(call, false),
        "views.push" => open(call, true),
        "views.update" => update(call),
        _ => publish(call),
    }
}

/// What is wrong with a modal.
pub fn wrong_view(view: &Value, surface: Surface) -> Result<(), Refused> {
    let wrong = check_view(view, surface);
    if wrong.is_empty() { Ok(()) } else { Err(Refused::Breach("invalid_arguments", wrong.join("; "))) }
}

/// A view as Slack shows it to the app.
pub fn shown(view: &View, team: &super::world::Team) -> Value {
    let mut all = view.value.clone();
    let more = json!({
        "id": view.id, "team_id": team.id, "app_id": APP, "bot_id": team.bot_id, "hash": view.hash,
        "root_view_id": view.root, "previous_view_id": view.previous, "state": { "values": view.state },
    });
    for (key, value) in more.as_object().expect("an object") {
        all[key] = value.clone();
    }
    for (key, fallback) in [
        ("private_metadata", json!("")),
        ("callback_id", json!("")),
        ("external_id", json!("")),
        ("submit", Value::Null),
        ("close", Value::Null),
        ("clear_on_close", json!(false)),
        ("notify_on_close", json!(false)),
    ] {
        if all.get(key).is_none() && (view.value["type"] == "modal" || key.contains('_')) {
            all[key] = fallback;
        }
    }
    all
}

fn use_trigger(call: &mut Call<'_>) -> Result<Trigger, Refused> {
    let id = call.text("trigger_id");
    let now = call.now;
    let trigger = call.world.triggers.get_mut(&id).filter(|t| t.team == call.team);
    let trigger = trigger.ok_or_else(|| Refused::Breach("invalid_trigger_id", id.clone()))?;
    if trigger.used {
        return Err(Refused::Breach("exchanged_trigger_id", "a trigger was used twice".into()));
    }
    if now.as_micros() - trigger.at.as_micros() > TRIGGER_LIVES * 1_000_000 {
        return Err(Refused::Says("expired_trigger_id"));
    }
    trigger.used = true;
    Ok(trigger.clone())
}

/// Puts a view on somebody's stack.
pub fn put(world: &mut super::World, team: &str, user: &str, value: Value) -> String {
    let (id, seen) = (world.id('V'), world.next());
    let team = world.team_mut(team);
    let stack = team.stacks.entry(user.to_owned()).or_default();
    let (root, previous) = (stack.first().cloned().unwrap_or_else(|| id.clone()), stack.last().cloned());
    stack.push(id.clone());
    let view = View {
        id: id.clone(),
        user: user.to_owned(),
        value,
        hash: format!("{seen}.hash"),
        root,
        previous,
        state: json!({}),
        errors: std::collections::BTreeMap::new(),
        seen,
        closed: false,
    };
    team.views.insert(id.clone(), view);
    id
}

fn external_id_is_free(call: &Call<'_>, view: &Value, own: &str) -> Result<(), Refused> {
    let Some(wanted) = view["external_id"].as_str().filter(|w| !w.is_empty()) else { return Ok(()) };
    let taken = |v: &View| !v.closed && v.id != own && v.value["external_id"] == wanted;
    if call.world.team(&call.team).views.values().any(taken) {
        return Err(Refused::Breach("duplicate_external_id", wanted.to_owned()));
    }
    Ok(())
}

fn open(call: &mut Call<'_>, push: bool) -> Given {
    let view = call.args["view"].clone();
    wrong_view(&view, Surface::Modal)?;
    external_id_is_free(call, &view, "")?;
    let trigger = use_trigger(call)?;
    let team = call.world.team_mut(&call.team.clone());
    let stack = team.stacks.entry(trigger.user.clone()).or_default();
    if push && stack.len() >= 3 {
        return Err(Refused::Breach("push_limit_reached", "four views on top of each other".into()));
    }
    if !push {
        for id in std::mem::take(stack) {
            team.views.get_mut(&id).expect("what is on a stack is there").closed = true;
        }
    }
    let id = put(call.world, &call.team.clone(), &trigger.user, view);
    let team = call.world.team(&call.team);
    Ok(json!({ "view": shown(&team.views[&id], team) }))
}

fn update(call: &mut Call<'_>) -> Given {
    let view = call.args["view"].clone();
    wrong_view(&view, Surface::Modal)?;
    let (id, external, hash) = (call.text("view_id"), call.text("external_id"), call.text("hash"));
    let team = call.world.team(&call.team);
    let known = team.views.values().find(|v| {
        !v.closed && if id.is_empty() { v.value["external_id"] == external.as_str() } else { v.id == id }
    });
    let known = known.ok_or(Refused::Says("not_found"))?;
    if !hash.is_empty() && hash != known.hash {
        return Err(Refused::Says("hash_conflict"));
    }
    let id = known.id.clone();
    external_id_is_free(call, &view, &id)?;
    replace(call.world, &call.team.clone(), &id, view);
    let team = call.world.team(&call.team);
    Ok(json!({ "view": shown(&team.views[&id], team) }))
}

/// Shows another view in the place of one; what was typed into blocks of the same name stays.
pub fn replace(world: &mut super::World, team: &str, id: &str, value: Value) {
    let seen = world.next();
    let view = world.team_mut(team).views.get_mut(id).expect("a view that is there");
    view.value = value;
    view.seen = seen;
    view.hash = format!("{seen}.hash");
    view.errors.clear();
}

fn publish(call: &mut Call<'_>) -> Given {
    let (user, view, hash) = (call.text("user_id"), call.args["view"].clone(), call.text("hash"));
    wrong_view(&view, Surface::Home)?;
    let team = call.world.team(&call.team);
    let known = team.users.get(&user).filter(|u| u.team == team.id && !u.deleted);
    if known.is_none() {
        return Err(Refused::Says("user_not_found"));
    }
    let before = team.homes.get(&user);
    if !hash.is_empty() && before.is_some_and(|home| home.hash != hash) {
        return Err(Refused::Says("hash_conflict"));
    }
    let id = before.map(|home| home.id.clone());
    let id = id.unwrap_or_else(|| call.world.id('V'));
    let seen = call.world.next();
    let home = View {
        id: id.clone(),
        user: user.clone(),
        value: view,
        hash: format!("{seen}.hash"),
        root: id,
        previous: None,
        state: json!({}),
        errors: std::collections::BTreeMap::new(),
        seen,
        closed: false,
    };
    let team = call.world.team_mut(&call.team.clone());
    let given = shown(&home, team);
    team.homes.insert(user, home);
    Ok(json!({ "view": given }))
}

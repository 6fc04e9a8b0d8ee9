//! Reading interactions. Invariant: whose guild, account and rights these are is taken from what Discord says of the
//! person and the place, never from an option or an id that somebody could forge.

use serde_json::{Value, json};

use super::{
    Asked, DIRECT, Delivery, How, MOST_TEXT, RUNS_THE_GUILD, ReplyToken, What, clipped, id, is_bot, roles,
    some, string, unknown, who,
};

/// Only the person sees the message.
const EPHEMERAL: u64 = 1 << 6;
/// Longest token that is believed.
const MOST_TOKEN: usize = 1_000;
/// Longest id of a component; Discord allows a hundred characters.
const MOST_CUSTOM: usize = 400;
/// More options or components than this nobody sends.
const MOST_PARTS: usize = 50;

impl Delivery {
    /// Reads an interaction.
    pub fn from_interaction(value: &Value) -> Self {
        let guild = some(id(value, "/guild_id"));
        let workspace = guild.clone().unwrap_or_else(|| DIRECT.to_owned());
        let own = id(value, "/id");
        let key = if own.is_empty() { String::new() } else { format!("i:{own}") };
        let kind = value.get("type").and_then(Value::as_u64).unwrap_or(0);
        if kind == 1 {
            return Self { workspace, key, what: What::Ping };
        }
        let what = match asked(value, kind, own, guild) {
            Some(asked) => What::Asked(Box::new(asked)),
            None => unknown(&format!("interaction.{kind}")),
        };
        Self { workspace, key, what }
    }
}

fn asked(value: &Value, kind: u64, own: String, guild: Option<String>) -> Option<Asked> {
    let data = value.get("data")?;
    let how = match kind {
        2 => How::Command { data: command(data)? },
        3 => How::Press {
            data: press(data, value.pointer("/message/components"))?,
            message: id(value, "/message/id"),
            private: flags(value.pointer("/message/flags")) & EPHEMERAL != 0,
        },
        4 => How::Suggest { data: command(data)? },
        5 => How::Filed { data: filed(data)?, over: value.get("message").is_some_and(Value::is_object) },
        _ => return None,
    };
    let user = value.pointer("/member/user").or_else(|| value.get("user"))?;
    if is_bot(user) {
        return None;
    }
    let mut who = who(user, value.pointer("/member/nick").and_then(Value::as_str))?;
    who.roles = value.get("member").filter(|_| guild.is_some()).map(roles).unwrap_or_default();
    who.admin = guild.is_some() && flags(value.pointer("/member/permissions")) & RUNS_THE_GUILD != 0;
    let token = string(value, "/token");
    let room = some(id(value, "/channel_id")).or_else(|| some(id(value, "/channel/id")));
    if own.is_empty() || token.is_empty() || token.len() > MOST_TOKEN {
        return None;
    }
    Some(Asked {
        application: id(value, "/application_id"),
        token: ReplyToken(token.to_owned()),
        at_home: is_at_home(value, guild.is_some()),
        room: room.unwrap_or_default(),
        locale: clipped(string(value, "/locale"), 10),
        id: own,
        guild,
        who,
        how,
    })
}

/// An app that somebody added to their own account is carried into guilds that never added it, and into other
/// people's conversations. Owners are by kind: `0` guild, `1` person; an older payload names none.
fn is_at_home(value: &Value, in_guild: bool) -> bool {
    let owners = value.get("authorizing_integration_owners").and_then(Value::as_object);
    let by_guild = owners.is_none_or(|owners| owners.is_empty() || owners.contains_key("0"));
    let elsewhere = value.get("context").and_then(Value::as_u64) == Some(2);
    if in_guild { by_guild } else { !elsewhere }
}

/// Permissions come as text, flags as a number.
fn flags(value: Option<&Value>) -> u64 {
    match value {
        Some(Value::String(text)) => text.parse().unwrap_or(0),
        Some(Value::Number(number)) => number.as_u64().unwrap_or(0),
        _ => 0,
    }
}

fn command(data: &Value) -> Option<Value> {
    let name = some(clipped(string(data, "/name"), 32))?;
    // Commands of the context menu have another type and are not ours.
    if data.get("type").and_then(Value::as_u64).is_some_and(|kind| kind != 1) {
        return None;
    }
    Some(json!({"name": name, "options": data.get("options").filter(|o| o.is_array()).unwrap_or(&json!([]))}))
}

fn custom_id(data: &Value) -> Option<String> {
    let custom = string(data, "/custom_id");
    (!custom.is_empty() && custom.len() <= MOST_CUSTOM).then(|| custom.to_owned())
}

/// What was pressed, as an interaction that holds no more than the pressed component.
fn press(data: &Value, components: Option<&Value>) -> Option<Value> {
    let values = data.get("values").and_then(Value::as_array).into_iter().flatten().take(MOST_PARTS);
    let values: Vec<String> = values
        .filter_map(|value| match value {
            Value::String(text) => Some(clipped(text, MOST_CUSTOM)),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect();
    let kind = data.get("component_type").and_then(Value::as_u64).unwrap_or(0);
    let custom = custom_id(data)?;
    let label = components.and_then(|components| label(components, &custom, 5)).unwrap_or_default();
    let button = json!({"type": 2, "custom_id": custom, "label": clipped(label, 80)});
    Some(json!({
        "data": {"custom_id": custom, "component_type": kind, "values": values},
        "message": {"components": [{"type": 1, "components": [button]}]},
    }))
}

/// The words on a component, however deep it stands.
fn label<'a>(value: &'a Value, custom: &str, deep: usize) -> Option<&'a str> {
    match value {
        Value::Array(parts) if deep > 0 => {
            parts.iter().take(MOST_PARTS).find_map(|part| label(part, custom, deep))
        }
        Value::Object(part) if part.get("custom_id").and_then(Value::as_str) == Some(custom) => {
            part.get("label").and_then(Value::as_str)
        }
        Value::Object(part) if deep > 0 => {
            ["components", "accessory"].iter().find_map(|key| label(part.get(*key)?, custom, deep - 1))
        }
        _ => None,
    }
}

/// What was filed, as an interaction that holds nothing but ids and values. Texts of several kinds of windows come out
/// in the same form.
fn filed(data: &Value) -> Option<Value> {
    let rows = data.get("components").and_then(Value::as_array).into_iter().flatten().take(MOST_PARTS);
    let rows: Vec<Value> = rows
        .map(|row| {
            let several = row.get("components").and_then(Value::as_array).into_iter().flatten();
            let inputs = several.chain(row.get("component")).take(MOST_PARTS).filter_map(input);
            json!({"type": 1, "components": inputs.collect::<Vec<_>>()})
        })
        .collect();
    Some(json!({"data": {"custom_id": custom_id(data)?, "components": rows}}))
}

fn input(input: &Value) -> Option<Value> {
    let kind = input.get("type").and_then(Value::as_u64).unwrap_or(0);
    let value: String = string(input, "/value").chars().take(MOST_TEXT).collect();
    let chosen = input.get("values").and_then(Value::as_array).into_iter().flatten().take(MOST_PARTS);
    let chosen: Vec<String> =
        chosen.filter_map(Value::as_str).map(|value| clipped(value, MOST_CUSTOM)).collect();
    Some(json!({"type": kind, "custom_id": custom_id(input)?, "value": value, "values": chosen}))
}

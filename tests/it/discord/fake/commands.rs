//! Registration of commands: their limits, and what Discord keeps of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::refuse::{Check, Refused, join};
use super::world::APP;
use super::{Call, Given};

/// What is served here.
pub const ROUTES: super::Routes = &[
    ("GET", "/applications/{application_id}/commands", |call| list(call, "")),
    ("PUT", "/applications/{application_id}/commands", |call| replace(call, "")),
    ("POST", "/applications/{application_id}/commands", |call| create(call, "")),
    ("GET", "/applications/{application_id}/guilds/{guild_id}/commands", |call| in_guild(call, list)),
    ("PUT", "/applications/{application_id}/guilds/{guild_id}/commands", |call| in_guild(call, replace)),
    ("POST", "/applications/{application_id}/guilds/{guild_id}/commands", |call| in_guild(call, create)),
    ("PATCH", "/applications/{application_id}/commands/{command_id}", |call| change(call, "")),
    ("DELETE", "/applications/{application_id}/commands/{command_id}", |call| delete(call, "")),
    ("DELETE", "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", |call| {
        in_guild(call, delete)
    }),
];

/// Commands that may be created in a day.
const CREATES: usize = 200;

fn in_guild(call: &mut Call<'_>, then: fn(&mut Call<'_>, &str) -> Given) -> Given {
    let guild = call.guild()?;
    then(call, &guild)
}

fn own(call: &Call<'_>) -> Result<(), Refused> {
    if call.param("application_id") == APP {
        Ok(())
    } else {
        Err(Refused::Breach(50_001, "commands of another application".into()))
    }
}

fn list(call: &mut Call<'_>, scope: &str) -> Given {
    own(call)?;
    Ok((200, json!(call.world.commands.get(scope).cloned().unwrap_or_default())))
}

fn replace(call: &mut Call<'_>, scope: &str) -> Given {
    own(call)?;
    let body = call.body.clone();
    let mut check = Check::default();
    let mut names = BTreeSet::new();
    for (n, one) in check.list("", &body, 0, 130).iter().enumerate() {
        command(&mut check, &n.to_string(), one);
        if !names.insert(format!("{} {}", one["type"].as_u64().unwrap_or(1), one["name"])) {
            check.add(
                &join(&n.to_string(), "name"),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            );
        }
    }
    check.end()?;
    let old = call.world.commands.remove(scope).unwrap_or_default();
    let mut kept = Vec::new();
    for one in body.as_array().into_iter().flatten() {
        let known = old.iter().find(|o| o["name"] == one["name"]).cloned();
        kept.push(keep(call, scope, one, known.as_ref())?);
    }
    call.world.commands.insert(scope.to_owned(), kept.clone());
    Ok((200, json!(kept)))
}

fn create(call: &mut Call<'_>, scope: &str) -> Given {
    own(call)?;
    let body = call.body.clone();
    let mut check = Check::default();
    command(&mut check, "", &body);
    check.end()?;
    let mut all = call.world.commands.remove(scope).unwrap_or_default();
    let known = all.iter().position(|o| o["name"] == body["name"]).map(|at| all.remove(at));
    let kept = keep(call, scope, &body, known.as_ref())?;
    all.push(kept.clone());
    call.world.commands.insert(scope.to_owned(), all);
    Ok((if known.is_some() { 200 } else { 201 }, kept))
}

fn change(call: &mut Call<'_>, scope: &str) -> Given {
    own(call)?;
    let id = call.param("command_id");
    let (mut wanted, body) = (None, call.body.clone());
    for one in call.world.commands.entry(scope.to_owned()).or_default() {
        if one["id"] == id {
            for (key, value) in body.as_object().into_iter().flatten() {
                one[key] = value.clone();
            }
            wanted = Some(one.clone());
        }
    }
    wanted.map(|one| (200, one)).ok_or(Refused::Says(10_063))
}

fn delete(call: &mut Call<'_>, scope: &str) -> Given {
    own(call)?;
    let id = call.param("command_id");
    let all = call.world.commands.entry(scope.to_owned()).or_default();
    let before = all.len();
    all.retain(|one| one["id"] != id);
    if all.len() < before { Ok((204, Value::Null)) } else { Err(Refused::Says(10_063)) }
}

/// A command as Discord keeps and shows it: with what it adds, and without what is empty.
fn keep(call: &mut Call<'_>, scope: &str, one: &Value, known: Option<&Value>) -> Result<Value, Refused> {
    let mut kept = json!({
        "application_id": APP, "type": 1, "default_member_permissions": null, "nsfw": false, "dm_permission": true,
        "integration_types": [0], "contexts": null, "name_localizations": null, "description_localizations": null,
    });
    for (key, value) in one.as_object().into_iter().flatten() {
        let empty = key == "options" && value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            kept[key] = value.clone();
        }
    }
    if !scope.is_empty() {
        kept["guild_id"] = json!(scope);
    }
    let same = known.is_some_and(|known| {
        kept.as_object().is_some_and(|map| map.iter().all(|(key, value)| known[key] == *value))
    });
    kept["id"] = if let Some(known) = known {
        known["id"].clone()
    } else {
        let created = call.world.creates.entry(scope.to_owned()).or_default();
        *created += 1;
        if *created > CREATES {
            return Err(Refused::Says(30_034));
        }
        json!(call.world.id(call.now))
    };
    kept["version"] = match known.filter(|_| same) {
        Some(known) => known["version"].clone(),
        None => json!(call.world.id(call.now)),
    };
    Ok(kept)
}

fn command(check: &mut Check, place: &str, one: &Value) {
    check.keys(
        place,
        one,
        "id name name_localizations description description_localizations options default_member_permissions \
         dm_permission integration_types contexts type nsfw handler",
    );
    let typed = one["type"].as_u64().unwrap_or(1) == 1;
    if typed {
        name(check, &join(place, "name"), &one["name"]);
        check.needs_text(&join(place, "description"), &one["description"], 100);
    } else {
        check.needs_text(&join(place, "name"), &one["name"], 32);
        check.text(&join(place, "description"), &one["description"], 0, 0);
    }
    localised(check, place, one);
    for (n, context) in check.list(&join(place, "contexts"), &one["contexts"], 0, 3).iter().enumerate() {
        check.number(&join(&join(place, "contexts"), n), context, 0, 2);
    }
    for (n, kind) in
        check.list(&join(place, "integration_types"), &one["integration_types"], 0, 2).iter().enumerate()
    {
        check.number(&join(&join(place, "integration_types"), n), kind, 0, 1);
    }
    options(check, place, one, 0);
    if length(one) > 8_000 {
        check.add(place, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
    }
}

fn name(check: &mut Check, place: &str, value: &Value) {
    check.needs_text(place, value, 32);
    let text = value.as_str().unwrap_or_default();
    let fits = |c: char| c == '-' || c == '_' || c == '\'' || c.is_alphanumeric();
    if !text.chars().all(fits) || text.to_lowercase() != text {
        check.add(place, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

fn localised(check: &mut Check, place: &str, one: &Value) {
    const LOCALES: &str = "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko";
    for key in ["name_localizations", "description_localizations"] {
        if one[key].is_null() {
            continue;
        }
        let place = join(place, key);
        check.keys(&place, &one[key], LOCALES);
        for (locale, value) in one[key].as_object().into_iter().flatten() {
            if key.starts_with("name") {
                name(check, &join(&place, locale), value);
            } else {
                check.needs_text(&join(&place, locale), value, 100);
            }
        }
    }
}

fn options(check: &mut Check, place: &str, one: &Value, depth: u8) {
    let inner = join(place, "options");
    let (mut names, mut optional, mut folders, mut leaves) = (BTreeSet::new(), false, 0, 0);
    for (n, option) in check.list(&inner, &one["options"], 0, 25).iter().enumerate() {
        let place = join(&inner, n);
        check.keys(
            &place,
            option,
            "type name name_localizations description description_localizations required choices options \
             channel_types min_value max_value min_length max_length autocomplete",
        );
        name(check, &join(&place, "name"), &option["name"]);
        check.needs_text(&join(&place, "description"), &option["description"], 100);
        localised(check, &place, option);
        if !names.insert(option["name"].to_string()) {
            check.add(
                &join(&place, "name"),
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            );
        }
        match option["type"].as_u64() {
            Some(2) if depth == 0 => {
                folders += 1;
                options(check, &place, option, 1);
            }
            Some(1) if depth <= 1 => {
                folders += 1;
                options(check, &place, option, 2);
            }
            Some(kind @ 3..=11) => {
                leaves += 1;
                let required = option["required"] == true;
                if required && optional {
                    check.add(
                        &place,
                        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                        "Required options must be placed before non-required options",
                    );
                }
                optional |= !required;
                leaf(check, &place, option, kind);
            }
            _ => check.add(
                &join(&place, "type"),
                "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                "Sub-command option type cannot be nested like this",
            ),
        }
    }
    if folders > 0 && leaves > 0 {
        check.add(
            &inner,
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        );
    }
}

fn leaf(check: &mut Check, place: &str, option: &Value, kind: u64) {
    let inner = join(place, "choices");
    let choices = check.list(&inner, &option["choices"], 0, 25);
    for (n, choice) in choices.iter().enumerate() {
        let place = join(&inner, n);
        check.keys(&place, choice, "name name_localizations value");
        check.needs_text(&join(&place, "name"), &choice["name"], 100);
        let fits = match kind {
            3 => choice["value"].as_str().is_some_and(|v| (1..=100).contains(&v.chars().count())),
            4 => choice["value"].is_i64(),
            10 => choice["value"].is_number(),
            _ => false,
        };
        if !fits {
            check.add(
                &join(&place, "value"),
                "APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_TYPE",
                "A value of the option's type is needed",
            );
        }
    }
    let completes = option["autocomplete"] == true;
    if completes && (!choices.is_empty() || !matches!(kind, 3 | 4 | 10)) {
        check.add(
            &join(place, "autocomplete"),
            "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID",
            "Autocomplete cannot be used here",
        );
    }
    if kind == 3 {
        check.number(&join(place, "min_length"), &option["min_length"], 0, 6_000);
        check.number(&join(place, "max_length"), &option["max_length"], 1, 6_000);
    }
}

/// Characters of names, descriptions and values; of the longest language.
fn length(value: &Value) -> usize {
    let own = ["name", "description", "value"].iter().map(|key| {
        let longest = value[format!("{key}_localizations")].as_object().into_iter().flatten();
        let all = longest.map(|(_, text)| text).chain([&value[*key]]);
        all.filter_map(Value::as_str).map(|text| text.chars().count()).max().unwrap_or(0)
    });
    let inner = ["options", "choices"].iter().flat_map(|key| value[*key].as_array().into_iter().flatten());
    own.sum::<usize>() + inner.map(length).sum::<usize>()
}

//! Whether what is registered is what we want: a few hundred registrations a day are all that Discord allows, so
//! nothing is registered twice. What Discord adds or leaves out on its own is no difference.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Whether the commands that Discord has (`theirs`, a list) are other than ours (a list, see [`super::tree`]).
pub fn differs(ours: &Value, theirs: &Value) -> bool {
    let by_name = |list: &Value| -> Option<BTreeMap<String, Value>> {
        let each = list.as_array()?.iter();
        Some(
            each.map(|one| (format!("{}/{}", one["type"].as_u64().unwrap_or(1), one["name"]), command(one)))
                .collect(),
        )
    };
    match (by_name(ours), by_name(theirs)) {
        (Some(ours), Some(theirs)) => ours != theirs,
        _ => true,
    }
}

/// What matters of a command, with what Discord takes for granted written out.
fn command(one: &Value) -> Value {
    let mut same = option(one);
    same["type"] = json!(one["type"].as_u64().unwrap_or(1));
    for (key, usual) in [("contexts", json!([0, 1])), ("integration_types", json!([0]))] {
        same[key] = sorted(if one[key].is_null() { &usual } else { &one[key] });
    }
    same["permissions"] = one["default_member_permissions"].clone();
    same["nsfw"] = json!(one["nsfw"] == true);
    same
}

fn option(one: &Value) -> Value {
    let list = |key: &str, of: fn(&Value) -> Value| -> Vec<Value> {
        one[key].as_array().into_iter().flatten().map(of).collect()
    };
    let mut same = json!({
        "type": one["type"], "name": one["name"], "description": one["description"],
        "required": one["required"] == true, "autocomplete": one["autocomplete"] == true,
        "options": list("options", option), "choices": list("choices", choice),
    });
    for key in ["min_value", "max_value"] {
        // Discord may write a whole number as 5.0.
        same[key] = one[key].as_f64().map_or(Value::Null, Value::from);
    }
    for key in ["min_length", "max_length"] {
        same[key] = one[key].clone();
    }
    translations(one, &mut same);
    same
}

fn choice(one: &Value) -> Value {
    let mut same = json!({"name": one["name"], "value": one["value"]});
    translations(one, &mut same);
    same
}

fn translations(one: &Value, same: &mut Value) {
    for key in ["name_localizations", "description_localizations"] {
        let given = one[key].as_object().filter(|map| !map.is_empty());
        same[key] = given.map_or(Value::Null, |map| json!(map));
    }
}

fn sorted(list: &Value) -> Value {
    let mut all: Vec<u64> = list.as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    all.sort_unstable();
    json!(all)
}

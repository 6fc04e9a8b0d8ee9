//! Messages and forms of every shape, against the checker that shares nothing with the code; and the way back.

mod forms;
mod messages;
mod shapes;

use serde_json::{Value, json};

use super::*;

fn look() -> Look<'static> {
    Look { root: "/mentor", names: &|id| id.strip_prefix('p').map(|n| format!("1{n}")), home: None }
}

/// What Discord sends when a component of a message is pressed, with these values chosen.
fn pressed(body: &Value, component: &Value, values: &[&str]) -> Value {
    json!({
        "type": 3, "message": {"components": body["components"]},
        "data": {
            "component_type": component["type"], "custom_id": component["custom_id"], "values": values,
        },
    })
}

/// All buttons and lists of a body, in order.
fn controls(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    for inner in value["components"].as_array().into_iter().flatten() {
        if inner["custom_id"].is_string() {
            found.push(inner.clone());
        }
        found.extend(controls(inner));
    }
    found
}

/// What Discord sends when a modal is filed as it was opened, with some values typed over.
fn filed(modal: &Value, typed: &[(&str, &str)]) -> Value {
    let rows = modal["components"].as_array().into_iter().flatten().map(|row| {
        let input = &row["components"][0];
        let id = input["custom_id"].as_str().unwrap();
        let over = typed.iter().find(|(of, _)| *of == id).map(|(_, value)| *value);
        let value = over.unwrap_or_else(|| input["value"].as_str().unwrap_or_default());
        json!({"type": 1, "components": [{"type": 4, "custom_id": id, "value": value}]})
    });
    json!({"type": 5, "data": {"custom_id": modal["custom_id"], "components": rows.collect::<Vec<_>>()}})
}

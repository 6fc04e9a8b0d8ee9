//! Messages and forms of every shape, against the checker that shares nothing with the code; and the way back.

mod forms;
mod messages;
mod shapes;

use serde_json::{Value, json};

use super::*;

fn look() -> Look<'static> {
    Look { root: "/mentor", names: &|id| id.strip_prefix('p').map(|n| format!("U0{n}")) }
}

fn blocks_of(message: &Message) -> Vec<Value> {
    super::message(message, &look()).blocks
}

/// What Slack sends when a window is filed as it was opened.
fn filed(view: &Value) -> Value {
    let mut values = json!({});
    for block in view["blocks"].as_array().into_iter().flatten().filter(|block| block["type"] == "input") {
        let element = &block["element"];
        let given = match element["type"].as_str().unwrap_or_default() {
            "static_select" | "radio_buttons" | "external_select" => {
                json!({"type": element["type"], "selected_option": element["initial_option"]})
            }
            "multi_static_select" | "checkboxes" => json!({
                "type": element["type"],
                "selected_options": element["initial_options"].as_array().cloned().unwrap_or_default(),
            }),
            "datepicker" => json!({"type": "datepicker", "selected_date": element["initial_date"]}),
            "timepicker" => json!({"type": "timepicker", "selected_time": element["initial_time"]}),
            _ => json!({"type": element["type"], "value": element["initial_value"]}),
        };
        let (block, action) = (block["block_id"].as_str().unwrap(), element["action_id"].as_str().unwrap());
        values[block] = json!({action: given});
    }
    values
}

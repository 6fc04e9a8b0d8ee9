//! Buttons, lists, forms. Invariant: of what is on the screen only the action that was pressed is taken along, and
//! nothing at all is taken from a form that is still being filled in.

use serde_json::{Map, Value};

use super::{Delivery, Errand, Submit, Surface, What, Who, id, key, response_url, some, string, unknown};
use crate::adapters::slack::render;

/// What of an action is needed to know what was meant.
const ACTION_KEYS: [&str; 6] = ["type", "action_id", "block_id", "value", "selected_option", "text"];

/// Kinds of action that carry a command. Words typed into a field never do.
const KINDS: [&str; 2] = ["button", "static_select"];

impl Delivery {
    /// Reads the payload of an interaction.
    pub fn from_interaction(payload: &Value) -> Self {
        let (key, what) = match string(payload, "/type") {
            "block_actions" => pressed(payload),
            "view_submission" => filed(payload),
            "block_suggestion" => (String::new(), What::Suggest(render::suggest(payload))),
            "view_closed" => (String::new(), What::Nothing),
            other => (String::new(), unknown(other)),
        };
        Self { workspace: workspace(payload), key, what }
    }
}

/// The installed workspace: a window opened from a shared channel may name another one.
fn workspace(payload: &Value) -> String {
    ["/view/app_installed_team_id", "/team/id", "/view/team_id", "/user/team_id"]
        .iter()
        .map(|pointer| id(payload, pointer))
        .find(|team| !team.is_empty())
        .unwrap_or_default()
}

fn who(payload: &Value) -> Option<Who> {
    let handle = [string(payload, "/user/username"), string(payload, "/user/name")];
    Some(Who {
        account: some(id(payload, "/user/id"))?,
        handle: handle.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned(),
        team: some(id(payload, "/user/team_id")),
    })
}

fn pressed(payload: &Value) -> (String, What) {
    let trigger = id(payload, "/trigger_id");
    let known = |action: &&Value| KINDS.contains(&string(action, "/type"));
    let actions = payload.get("actions").and_then(Value::as_array);
    let Some(action) = actions.into_iter().flatten().find(known) else {
        return (String::new(), What::Nothing);
    };
    let Some(who) = who(payload) else { return (String::new(), unknown("block_actions")) };
    let Some(surface) = surface(payload) else { return (String::new(), What::Nothing) };
    // Without a trigger the moment of the press tells it apart.
    let moment = id(action, "/action_ts");
    let key = if trigger.is_empty() { key("p", &[&who.account, &moment]) } else { key("t", &[&trigger]) };
    let errand = Errand::Press {
        who,
        action: slim(action),
        surface,
        response_url: response_url(payload),
        trigger: some(trigger),
    };
    (key, What::Errand(Box::new(errand)))
}

fn slim(action: &Value) -> Value {
    let kept = ACTION_KEYS.iter().filter_map(|key| Some(((*key).to_owned(), action.get(key)?.clone())));
    Value::Object(kept.collect::<Map<_, _>>())
}

/// Where it was pressed; `None` in a form that is being filled in, and where nobody could be answered.
fn surface(payload: &Value) -> Option<Surface> {
    match string(payload, "/view/type") {
        "home" => return Some(Surface::Home),
        "modal" => {
            // A window with a command behind it is a form; the word at the end has none.
            let is_form = string(payload, "/view/callback_id").contains(':');
            let view = some(id(payload, "/view/id")).filter(|_| !is_form)?;
            return Some(Surface::Modal { view, room: some(id(payload, "/view/private_metadata")) });
        }
        _ => {}
    }
    let room = [id(payload, "/channel/id"), id(payload, "/container/channel_id")];
    let room = room.into_iter().find(|room| !room.is_empty())?;
    Some(Surface::Message { room })
}

fn filed(payload: &Value) -> (String, What) {
    let view = id(payload, "/view/id");
    // A form that comes back with errors keeps its hash; it had no effect then, so the same key may come again.
    let state =
        [id(payload, "/view/hash"), id(payload, "/trigger_id")].into_iter().find(|state| !state.is_empty());
    let key = key("v", &[&view, &state.unwrap_or_default()]);
    let input = payload.get("view").and_then(render::submission);
    let (Some(who), Some(input), false) = (who(payload), input, key.is_empty()) else {
        return (key, unknown("view_submission"));
    };
    let submit = Submit {
        who,
        view,
        title: string(payload, "/view/title/text").chars().take(45).collect(),
        room: some(id(payload, "/view/private_metadata")),
        input,
        values: payload.pointer("/view/state/values").cloned().unwrap_or(Value::Null),
    };
    (key, What::Submit(Box::new(submit)))
}

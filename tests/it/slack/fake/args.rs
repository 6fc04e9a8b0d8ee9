//! The arguments that each method takes, with their types, scopes and tiers, from Slack's reference. What is not in
//! this table does not exist: an unknown method or argument is an error and a finding.

use serde_json::{Map, Value, json};

use super::wire::{Request, pairs};

/// The type of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Truth,
    /// A list or an object.
    Json,
}

use Type::{Json, Number, Text, Truth};

/// Where a method takes its arguments from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A form or a query.
    Form,
    /// Also a JSON body.
    Any,
}

/// A method.
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// What it reads.
    pub body: Body,
    /// Calls in a minute; 0 for the special rule of `chat.postMessage`.
    pub per_minute: u32,
    /// A scope it needs, whatever the arguments are; empty for none.
    pub scope: &'static str,
    /// Name, type, whether it is required.
    pub args: &'static [(&'static str, Type, bool)],
}

const fn m(
    name: &'static str,
    body: Body,
    per_minute: u32,
    scope: &'static str,
    args: &'static [(&'static str, Type, bool)],
) -> Method {
    Method { name, body, per_minute, scope, args }
}

const T2: u32 = 20;
const T3: u32 = 50;
const T4: u32 = 100;

/// Every method that there is.
pub const METHODS: &[Method] = &[
    m("auth.test", Body::Any, 1_000, "", &[]),
    m("apps.connections.open", Body::Any, 50, "", &[]),
    m(
        "oauth.v2.access",
        Body::Form,
        T4,
        "",
        &[
            ("client_id", Text, false),
            ("client_secret", Text, false),
            ("code", Text, true),
            ("redirect_uri", Text, false),
            ("grant_type", Text, false),
        ],
    ),
    m("auth.revoke", Body::Form, T3, "", &[("test", Truth, false)]),
    m("team.info", Body::Form, T3, "team:read", &[("team", Text, false)]),
    m("bots.info", Body::Form, T3, "users:read", &[("bot", Text, false)]),
    m("users.info", Body::Form, T4, "users:read", &[("user", Text, true), ("include_locale", Truth, false)]),
    m(
        "users.list",
        Body::Form,
        T2,
        "users:read",
        &[("limit", Number, false), ("cursor", Text, false), ("include_locale", Truth, false)],
    ),
    m("users.lookupByEmail", Body::Form, T3, "users:read.email", &[("email", Text, true)]),
    m(
        "users.conversations",
        Body::Form,
        T3,
        "",
        &[
            ("types", Text, false),
            ("exclude_archived", Truth, false),
            ("limit", Number, false),
            ("cursor", Text, false),
            ("user", Text, false),
        ],
    ),
    m(
        "conversations.open",
        Body::Any,
        T3,
        "",
        &[
            ("users", Text, false),
            ("channel", Text, false),
            ("return_im", Truth, false),
            ("prevent_creation", Truth, false),
        ],
    ),
    m("conversations.create", Body::Any, T2, "", &[("name", Text, true), ("is_private", Truth, false)]),
    m(
        "conversations.invite",
        Body::Any,
        T3,
        "",
        &[("channel", Text, true), ("users", Text, true), ("force", Truth, false)],
    ),
    m("conversations.kick", Body::Any, T3, "", &[("channel", Text, true), ("user", Text, true)]),
    m("conversations.leave", Body::Any, T3, "", &[("channel", Text, true)]),
    m("conversations.archive", Body::Any, T2, "", &[("channel", Text, true)]),
    m("conversations.rename", Body::Any, T2, "", &[("channel", Text, true), ("name", Text, true)]),
    m("conversations.setTopic", Body::Any, T2, "", &[("channel", Text, true), ("topic", Text, true)]),
    m("conversations.setPurpose", Body::Any, T2, "", &[("channel", Text, true), ("purpose", Text, true)]),
    m(
        "conversations.info",
        Body::Form,
        T3,
        "",
        &[("channel", Text, true), ("include_locale", Truth, false), ("include_num_members", Truth, false)],
    ),
    m(
        "conversations.members",
        Body::Form,
        T4,
        "",
        &[("channel", Text, true), ("limit", Number, false), ("cursor", Text, false)],
    ),
    m(
        "conversations.list",
        Body::Form,
        T2,
        "",
        &[
            ("types", Text, false),
            ("exclude_archived", Truth, false),
            ("limit", Number, false),
            ("cursor", Text, false),
        ],
    ),
    m(
        "conversations.history",
        Body::Any,
        T3,
        "",
        &[
            ("channel", Text, true),
            ("limit", Number, false),
            ("cursor", Text, false),
            ("inclusive", Truth, false),
            ("include_all_metadata", Truth, false),
            ("latest", Text, false),
            ("oldest", Text, false),
        ],
    ),
    m(
        "chat.postMessage",
        Body::Any,
        0,
        "chat:write",
        &[
            ("channel", Text, true),
            ("text", Text, false),
            ("blocks", Json, false),
            ("metadata", Json, false),
            ("thread_ts", Text, false),
            ("reply_broadcast", Truth, false),
            ("unfurl_links", Truth, false),
            ("unfurl_media", Truth, false),
            ("mrkdwn", Truth, false),
            ("parse", Text, false),
            ("link_names", Truth, false),
        ],
    ),
    m(
        "chat.update",
        Body::Any,
        T3,
        "chat:write",
        &[
            ("channel", Text, true),
            ("ts", Text, true),
            ("text", Text, false),
            ("blocks", Json, false),
            ("metadata", Json, false),
            ("parse", Text, false),
            ("link_names", Truth, false),
            ("reply_broadcast", Truth, false),
            ("file_ids", Json, false),
        ],
    ),
    m("chat.delete", Body::Any, T3, "chat:write", &[("channel", Text, true), ("ts", Text, true)]),
    m(
        "chat.postEphemeral",
        Body::Any,
        T4,
        "chat:write",
        &[
            ("channel", Text, true),
            ("user", Text, true),
            ("text", Text, false),
            ("blocks", Json, false),
            ("thread_ts", Text, false),
            ("parse", Text, false),
            ("link_names", Truth, false),
        ],
    ),
    m("chat.getPermalink", Body::Form, 1_000, "", &[("channel", Text, true), ("message_ts", Text, true)]),
    m(
        "views.open",
        Body::Any,
        T4,
        "",
        &[("trigger_id", Text, false), ("interactivity_pointer", Text, false), ("view", Json, true)],
    ),
    m(
        "views.push",
        Body::Any,
        T4,
        "",
        &[("trigger_id", Text, false), ("interactivity_pointer", Text, false), ("view", Json, true)],
    ),
    m(
        "views.update",
        Body::Any,
        T4,
        "",
        &[
            ("view_id", Text, false),
            ("external_id", Text, false),
            ("hash", Text, false),
            ("view", Json, true),
        ],
    ),
    m(
        "views.publish",
        Body::Any,
        T4,
        "",
        &[("user_id", Text, true), ("view", Json, true), ("hash", Text, false)],
    ),
    m("pins.add", Body::Any, T2, "pins:write", &[("channel", Text, true), ("timestamp", Text, true)]),
    m("pins.remove", Body::Any, T2, "pins:write", &[("channel", Text, true), ("timestamp", Text, true)]),
    m("pins.list", Body::Form, T2, "pins:read", &[("channel", Text, true)]),
    m(
        "files.getUploadURLExternal",
        Body::Form,
        T4,
        "files:write",
        &[
            ("filename", Text, true),
            ("length", Number, true),
            ("alt_txt", Text, false),
            ("snippet_type", Text, false),
        ],
    ),
    m(
        "files.completeUploadExternal",
        Body::Any,
        T4,
        "files:write",
        &[
            ("files", Json, true),
            ("channel_id", Text, false),
            ("channels", Text, false),
            ("initial_comment", Text, false),
            ("thread_ts", Text, false),
            ("blocks", Json, false),
        ],
    ),
    m("files.info", Body::Form, T4, "files:read", &[("file", Text, true)]),
    m("files.delete", Body::Any, T3, "files:write", &[("file", Text, true)]),
];

/// The method of this name.
pub fn method(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

/// What came with a call, in documented types; or Slack's error and what is to be found fault with.
pub fn read(method: &Method, request: &Request) -> Result<Value, (&'static str, String)> {
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return Err(("invalid_arguments", format!("the HTTP method {}", request.method)));
    }
    let media = request.header("content-type").unwrap_or_default();
    let text = String::from_utf8_lossy(&request.body);
    let mut args = Map::new();
    for (name, value) in pairs(&request.query) {
        put(method, &mut args, &name, &value)?;
    }
    if media.starts_with("application/json") {
        if !text.trim().is_empty() && text.trim() != "{}" && text.trim() != "null" {
            if method.body == Body::Form {
                return Err(("invalid_arguments", format!("{} does not read JSON", method.name)));
            }
            let Ok(Value::Object(sent)) = serde_json::from_str::<Value>(&text) else {
                return Err(("invalid_json", "the body is not a JSON object".into()));
            };
            for (name, value) in sent {
                put_json(method, &mut args, &name, value)?;
            }
        }
    } else if media.starts_with("application/x-www-form-urlencoded") {
        for (name, value) in pairs(&text) {
            put(method, &mut args, &name, &value)?;
        }
    } else if !text.is_empty() {
        return Err(("invalid_post_type", format!("a body of type {media:?}")));
    }
    for (name, _, required) in method.args {
        if *required && args.get(*name).is_none_or(|v| v == "" || v.is_null()) {
            let error = if *name == "text" { "no_text" } else { "invalid_arguments" };
            return Err((error, format!("{} needs {name}", method.name)));
        }
    }
    Ok(Value::Object(args))
}

fn known(method: &Method, name: &str) -> Result<Type, (&'static str, String)> {
    method
        .args
        .iter()
        .find(|(own, ..)| *own == name)
        .map(|(_, of, _)| *of)
        .ok_or_else(|| ("invalid_arguments", format!("{} takes no {name}", method.name)))
}

fn put(
    method: &Method,
    args: &mut Map<String, Value>,
    name: &str,
    text: &str,
) -> Result<(), (&'static str, String)> {
    if name == "token" {
        return Err(("invalid_arguments", "the token belongs into the header".into()));
    }
    let wrong = || ("invalid_arguments", format!("{}: {name} has the wrong type", method.name));
    let value = match known(method, name)? {
        Text => json!(text),
        Number => json!(text.parse::<i64>().map_err(|_| wrong())?),
        Truth => json!(match text {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => return Err(wrong()),
        }),
        Json => serde_json::from_str(text).map_err(|_| wrong())?,
    };
    args.insert(name.to_owned(), value);
    Ok(())
}

fn put_json(
    method: &Method,
    args: &mut Map<String, Value>,
    name: &str,
    value: Value,
) -> Result<(), (&'static str, String)> {
    let right = match known(method, name)? {
        Text => value.is_string(),
        Number => value.is_i64() || value.is_u64(),
        Truth => value.is_boolean(),
        Json => value.is_array() || value.is_object(),
    };
    if !right {
        return Err(("invalid_arguments", format!("{}: {name} has the wrong type", method.name)));
    }
    args.insert(name.to_owned(), value);
    Ok(())
}

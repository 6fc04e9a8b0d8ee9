//! The fake must be as strict as it says, or whatever passes it proves nothing: each planted breach is refused and
//! noted, each fair call passes.

mod commands;
mod doors;
mod gateway;
mod interactions;
mod messages;
mod rooms;

use std::sync::Arc;

use roundtable::clock::VirtualClock;
use serde_json::{Value, json};

use super::fake::{Fake, Kind, Options, TOKEN, User, World, rights};
use crate::harness::start;

/// The server of these tests.
const GUILD: &str = "290000000000000000";
const ADA: &str = "300000000000000001";
const BEN: &str = "300000000000000002";
/// Somebody with an account who is in no server.
const ZOE: &str = "300000000000000009";
const BOT_MAY: u64 = rights::EVERYBODY | rights::CREATE_EVENTS | rights::MANAGE_CHANNELS | rights::PIN;

pub(super) struct Desk {
    pub(super) fake: Fake,
    pub(super) clock: Arc<VirtualClock>,
    pub(super) room: String,
    client: reqwest::Client,
}

pub(super) fn world() -> World {
    let mut world = World::new();
    world.add_guild(GUILD, "The council", ADA, BOT_MAY);
    for (id, name) in [(ADA, "ada"), (BEN, "ben")] {
        world.enter(GUILD, User { id: id.into(), name: name.into(), ..User::default() });
    }
    world.users.insert(ZOE.into(), User { id: ZOE.into(), name: "zoe".into(), ..User::default() });
    world
}

impl Desk {
    pub(super) async fn new() -> Self {
        Self::with(|options| options).await
    }

    pub(super) async fn with(change: impl FnOnce(Options) -> Options) -> Self {
        let clock = Arc::new(VirtualClock::at(start()));
        let mut world = world();
        let room = world.add_channel(Some(GUILD), Kind::Text, "lobby", start());
        let options = change(Options { kept: false, ..Options::new(clock.clone()) });
        let fake = Fake::start(world, options).await;
        let client = reqwest::Client::builder().user_agent("DiscordBot (https://example.org, 1)").build();
        Self { fake, clock, room, client: client.expect("a client") }
    }

    /// Status and body of a call.
    async fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.sent(method, path, body).await.expect("an answer");
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap_or_default()).unwrap_or(Value::Null))
    }

    async fn sent(&self, method: &str, path: &str, body: &Value) -> reqwest::Result<reqwest::Response> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.client.request(method, format!("{}/api/v10{path}", self.fake.api_url()));
        request = request.header("authorization", format!("Bot {TOKEN}"));
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        request.send().await
    }

    /// The code of Discord's that a call gets; nought when it passes.
    async fn code(&self, method: &str, path: &str, body: &Value) -> u64 {
        let (status, answer) = self.call(method, path, body).await;
        if status < 300 { 0 } else { answer["code"].as_u64().unwrap_or(1) }
    }

    /// The same, with what it noted taken out and counted.
    async fn noted(&self, method: &str, path: &str, body: &Value) -> (u64, usize) {
        let code = self.code(method, path, body).await;
        (code, self.fake.take_findings().len())
    }

    fn messages(&self) -> String {
        format!("/channels/{}/messages", self.room)
    }

    /// What somebody did in the room, undelivered: id and token.
    fn act(&self, kind: u8, message: Option<&str>) -> (String, String) {
        let data = json!({ "id": "1", "name": "mentor", "type": 1, "custom_id": "x", "component_type": 2 });
        let (id, _, payload) = self.fake.interaction(kind, BEN, &self.room, message, data);
        (id, payload["token"].as_str().expect("a token").to_owned())
    }

    async fn answer(&self, (id, token): &(String, String), body: &Value) -> u64 {
        self.code("POST", &format!("/interactions/{id}/{token}/callback"), body).await
    }
}

/// A fair message with something put in its place.
fn said(more: Value) -> Value {
    let mut body = json!({
        "content": "words", "nonce": "n1", "enforce_nonce": true, "allowed_mentions": { "parse": [] },
    });
    if let Value::Object(more) = more {
        body.as_object_mut().expect("it is one").extend(more);
    }
    body
}

fn row(parts: Vec<Value>) -> Value {
    json!({ "type": 1, "components": Value::from(parts) })
}

fn button(id: &str) -> Value {
    json!({ "type": 2, "style": 1, "label": "Go", "custom_id": id })
}

fn options(n: usize) -> Value {
    (0..n).map(|n| json!({ "label": format!("{n}"), "value": format!("{n}") })).collect()
}

fn list(more: &Value) -> Value {
    let mut list = json!({ "type": 3, "custom_id": "s", "options": options(2) });
    for (key, value) in more.as_object().into_iter().flatten() {
        list[key] = value.clone();
    }
    row(vec![list])
}

fn event(more: &Value) -> Value {
    let mut event = json!({
        "name": "Meetup", "privacy_level": 2, "entity_type": 3, "entity_metadata": { "location": "Here" },
        "scheduled_start_time": "2027-02-01T15:00:00Z", "scheduled_end_time": "2027-02-01T16:00:00Z",
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        event[key] = value.clone();
    }
    event
}

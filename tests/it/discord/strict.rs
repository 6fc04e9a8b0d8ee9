//! The fake must be as strict as it says, or whatever passes it proves nothing: each planted breach is refused and
//! noted, each fair call passes.

mod gateway;

use std::sync::Arc;

use roundtable::clock::VirtualClock;
use serde_json::{Value, json};

use super::fake::{APP, CallFault, Fake, Kind, Options, TOKEN, User, World, rights};
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

#[tokio::test]
async fn every_planted_breach_of_a_message_is_refused_and_noted() {
    let desk = Desk::new().await;
    let x = |n: usize| "x".repeat(n);
    let embed = |value: Value| json!({ "embeds": [value] });
    let field = |value: Value| json!({ "embeds": [{ "fields": [value] }] });
    let parts = |value: Vec<Value>| json!({ "components": value });
    let planted = [
        json!({ "content": x(2_001) }),
        json!({ "colour": "red" }),
        json!({ "flags": 64 }),
        json!({ "nonce": x(26) }),
        json!({ "enforce_nonce": false }),
        json!({ "allowed_mentions": null }),
        json!({ "allowed_mentions": { "parse": ["everyone"] } }),
        json!({ "allowed_mentions": { "parse": ["users"], "users": [BEN] } }),
        json!({ "allowed_mentions": { "users": [7] } }),
        embed(json!({ "title": x(257) })),
        embed(json!({ "description": x(4_097) })),
        embed(json!({ "footer": { "text": x(2_049) } })),
        embed(json!({ "color": 0x0100_0000 })),
        embed(json!({ "url": "javascript:alert(1)" })),
        field(json!({ "name": x(257), "value": "x" })),
        field(json!({ "name": "x", "value": "" })),
        field(json!({ "name": "x", "value": x(1_025) })),
        json!({ "embeds": vec![json!({ "title": "x" }); 11] }),
        json!({ "embeds": vec![json!({ "description": x(3_100) }); 2] }),
        parts((0..6).map(|n| row(vec![button(&n.to_string())])).collect()),
        parts(vec![row((0..6).map(|n| button(&n.to_string())).collect())]),
        parts(vec![row(vec![])]),
        parts(vec![button("a")]),
        parts(vec![row(vec![button("a"), button("a")])]),
        parts(vec![row(vec![button(&x(101))])]),
        parts(vec![row(vec![button("")])]),
        parts(vec![row(vec![json!({ "type": 2, "style": 1, "label": x(81), "custom_id": "a" })])]),
        parts(vec![row(vec![json!({ "type": 2, "style": 1, "custom_id": "a" })])]),
        parts(vec![row(vec![json!({ "type": 2, "style": 5, "label": "x", "url": "ftp://x" })])]),
        parts(vec![row(vec![
            json!({ "type": 2, "style": 5, "label": "x", "url": "https://x", "custom_id": "a" }),
        ])]),
        parts(vec![row(vec![json!({ "type": 4, "custom_id": "a", "label": "x", "style": 1 })])]),
        parts(vec![list(&json!({ "options": options(26) }))]),
        parts(vec![list(&json!({ "options": [] }))]),
        parts(vec![list(&json!({ "options": [{ "label": x(101), "value": "1" }] }))]),
        parts(vec![list(
            &json!({ "options": [{ "label": "1", "value": "1" }, { "label": "2", "value": "1" }] }),
        )]),
        parts(vec![list(&json!({ "placeholder": x(151) }))]),
        parts(vec![list(&json!({ "max_values": 3 }))]),
        parts(vec![list(&json!({ "min_values": 2 }))]),
        json!({ "flags": 32_768, "components": [{ "type": 10, "content": "x" }] }),
        json!({ "flags": 32_768, "content": null, "components": [{ "type": 10, "content": x(4_001) }] }),
        json!({ "components": [{ "type": 10, "content": "x" }] }),
        json!({ "attachments": [{ "id": 0, "filename": "a.txt" }] }),
    ];
    for (n, more) in planted.into_iter().enumerate() {
        let breach = desk.noted("POST", &desk.messages(), &said(more.clone())).await;
        assert_eq!(breach, (50_035, 1), "breach {n}: {more}");
    }
    assert_eq!(desk.noted("POST", &desk.messages(), &said(json!({ "content": "" }))).await, (50_006, 1));
    let fair = said(json!({
        "embeds": [{ "title": "Card", "fields": [{ "name": "When", "value": "soon" }] }],
        "components": [row(vec![button("a"), button("b")]), list(&json!({ "max_values": 2, "min_values": 0 }))],
    }));
    assert_eq!(desk.code("POST", &desk.messages(), &fair).await, 0);
    let made_of_parts = json!({
        "flags": 32_768, "nonce": "n2", "enforce_nonce": true, "allowed_mentions": { "parse": [] },
        "components": [{ "type": 17, "components": [{ "type": 10, "content": "x" }, { "type": 14 }, row(vec![button("a")])] }],
    });
    assert_eq!(desk.code("POST", &desk.messages(), &made_of_parts).await, 0);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn paths_methods_tokens_agents_and_bodies_must_be_known() {
    let desk = Desk::new().await;
    let none = Value::Null;
    assert_eq!(desk.noted("POST", "/channels/shout", &none).await, (0, 1));
    assert_eq!(desk.call("PUT", "/users/@me", &none).await.0, 405);
    assert_eq!(desk.fake.take_findings().len(), 1);
    let url = |path: &str| format!("{}{path}", desk.fake.api_url());
    let status = |request: reqwest::RequestBuilder| async move {
        request.send().await.expect("an answer").status().as_u16()
    };
    let me = || desk.client.get(url("/api/v10/users/@me"));
    for wrong in [me(), me().header("authorization", "Bot stolen"), me().header("authorization", TOKEN)] {
        assert_eq!(status(wrong).await, 401);
        assert_eq!(desk.fake.take_findings().len(), 1);
    }
    assert_eq!(status(desk.client.get(url("/api/v9/users/@me"))).await, 404);
    assert_eq!(desk.fake.take_findings().len(), 1);
    let plain =
        reqwest::Client::new().get(url("/api/v10/users/@me")).header("authorization", format!("Bot {TOKEN}"));
    assert_eq!(status(plain).await, 200);
    assert_eq!(desk.fake.take_findings().len(), 1, "an agent that does not say who it is");
    let messages = url(&format!("/api/v10{}", desk.messages()));
    let broken = desk.client.post(&messages).header("authorization", format!("Bot {TOKEN}")).body("{");
    assert_eq!(status(broken.header("content-type", "application/json")).await, 400);
    assert_eq!(desk.fake.take_findings().len(), 1);
    assert_eq!(desk.call("GET", "/users/@me", &none).await.1["id"], APP);
    desk.fake.world().revoked = true;
    assert_eq!(desk.call("GET", "/users/@me", &none).await.0, 401);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn the_same_mark_gives_the_same_message_for_a_few_minutes() {
    let desk = Desk::new().await;
    let first = desk.call("POST", &desk.messages(), &said(json!({}))).await.1;
    let second = desk.call("POST", &desk.messages(), &said(json!({ "content": "other" }))).await.1;
    assert_eq!((&first["id"], &second["content"]), (&second["id"], &json!("words")));
    assert_eq!(first["nonce"], "n1");
    desk.clock.turn_to(start().plus_secs(301));
    let third = desk.call("POST", &desk.messages(), &said(json!({}))).await.1;
    assert_ne!(first["id"], third["id"]);
    let all = desk.call("GET", &desk.messages(), &Value::Null).await.1;
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    assert_eq!(all[0]["id"], third["id"], "the newest first");
    assert_eq!(all[0].get("nonce"), None, "and history tells no marks");
    let before = format!("{}?limit=1&before={}", desk.messages(), third["id"].as_str().expect("an id"));
    assert_eq!(desk.call("GET", &before, &Value::Null).await.1[0]["id"], first["id"]);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn an_interaction_is_answered_once_and_in_time() {
    let desk = Desk::new().await;
    let words = json!({ "type": 4, "data": { "content": "x", "allowed_mentions": { "parse": [] } } });
    let act = desk.act(2, None);
    let further = format!("/webhooks/{APP}/{}", act.1);
    let more = json!({ "content": "more", "allowed_mentions": { "parse": [] } });
    assert_eq!(desk.noted("POST", &further, &more).await, (10_015, 1), "a further answer before the first");
    assert_eq!(desk.answer(&act, &words).await, 0);
    assert_eq!(desk.answer(&act, &words).await, 40_060);
    assert_eq!(desk.answer(&("1".into(), "nobody".into()), &words).await, 10_062);
    let late = desk.act(2, None);
    let interaction = |desk: &Desk| desk.fake.world().interactions[&late.1].clone();
    let mut then = interaction(&desk);
    then.began -= std::time::Duration::from_secs(4);
    desk.fake.world().interactions.insert(late.1.clone(), then);
    assert_eq!(desk.answer(&late, &words).await, 10_062);
    assert_eq!(desk.fake.take_findings().len(), 2, "being late can happen to anybody");
    for (kind, wrong) in [
        (2, json!({ "type": 6 })),
        (2, json!({ "type": 7, "data": words["data"] })),
        (2, json!({ "type": 5, "data": { "flags": 4 } })),
        (2, json!({ "type": 5, "data": { "content": "x" } })),
        (2, json!({ "type": 4, "data": { "content": "x" } })),
        (3, json!({ "type": 8, "data": { "choices": [] } })),
        (4, words.clone()),
        (4, json!({ "type": 8, "data": { "choices": vec![json!({ "name": "x", "value": "x" }); 26] } })),
        (5, json!({ "type": 9, "data": { "custom_id": "x", "title": "x", "components": [] } })),
    ] {
        assert_eq!(desk.answer(&desk.act(kind, None), &wrong).await, 50_035, "{kind} {wrong}");
        assert_eq!(desk.fake.take_findings().len(), 1, "{kind} {wrong}");
    }
    desk.clock.turn_to(start().plus_secs(901));
    assert_eq!(desk.code("POST", &further, &more).await, 50_027);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn a_deferred_answer_becomes_the_first_one_and_what_one_person_sees_is_no_part_of_the_channel() {
    let desk = Desk::new().await;
    let act = desk.act(2, None);
    assert_eq!(desk.answer(&act, &json!({ "type": 5, "data": { "flags": 64 } })).await, 0);
    let hook = format!("/webhooks/{APP}/{}", act.1);
    assert!(desk.fake.sights(BEN, 0).is_empty(), "nobody reads \"thinking\"");
    let body = json!({ "content": "done", "allowed_mentions": { "parse": [] } });
    let (_, edited) = desk.call("PATCH", &format!("{hook}/messages/@original"), &body).await;
    let (_, more) = desk
        .call("POST", &hook, &json!({ "content": "more", "flags": 64, "allowed_mentions": { "parse": [] } }))
        .await;
    assert_ne!(edited["id"], more["id"]);
    let sights = |who: &str| desk.fake.sights(who, 0).into_iter().map(|s| s.text).collect::<Vec<_>>();
    assert_eq!(sights(BEN), ["done", "more"]);
    assert_eq!(sights(ADA), Vec::<String>::new());
    let one = format!("{}/{}", desk.messages(), edited["id"].as_str().expect("an id"));
    assert_eq!(desk.code("GET", &one, &Value::Null).await, 10_008);
    assert_eq!(desk.call("GET", &desk.messages(), &Value::Null).await.1, json!([]));
    assert_eq!(desk.code("DELETE", &format!("{hook}/messages/@original"), &Value::Null).await, 0);
    assert_eq!(desk.code("PATCH", &format!("{hook}/messages/@original"), &body).await, 10_008);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn forms_are_classic_ones_within_their_limits() {
    let desk = Desk::new().await;
    let input = |more: Value| {
        let mut input = json!({ "type": 4, "custom_id": "a", "label": "Name", "style": 1 });
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        row(vec![input])
    };
    let form = |rows: Vec<Value>| json!({ "type": 9, "data": { "custom_id": "f", "title": "Form", "components": rows } });
    for wrong in [
        form(vec![]),
        form((0..6).map(|n| input(json!({ "custom_id": n.to_string() }))).collect()),
        form(vec![input(json!({})), input(json!({}))]),
        form(vec![input(json!({ "label": "x".repeat(46) }))]),
        form(vec![input(json!({ "max_length": 3, "value": "four" }))]),
        form(vec![input(json!({ "placeholder": "x".repeat(101) }))]),
        form(vec![
            json!({ "type": 18, "label": "x", "component": { "type": 4, "custom_id": "a", "style": 1 } }),
        ]),
        json!({ "type": 9, "data": { "custom_id": "f", "title": "x".repeat(46), "components": [input(json!({}))] } }),
    ] {
        assert_eq!(desk.answer(&desk.act(2, None), &wrong).await, 50_035, "{wrong}");
        assert_eq!(desk.fake.take_findings().len(), 1, "{wrong}");
    }
    assert_eq!(desk.answer(&desk.act(2, None), &form(vec![input(json!({ "max_length": 5 }))])).await, 0);
    let typed = |text: &str| [("a".to_owned(), text.to_owned())].into();
    assert!(desk.fake.submit(BEN, &typed("longer")).await.is_err(), "the client itself refuses it");
    assert!(desk.fake.submit(BEN, &typed("")).await.is_err());
    assert!(desk.fake.submit(ADA, &typed("x")).await.is_err(), "it is before nobody else");
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn threads_are_put_away_after_silence_and_opened_again() {
    let desk = Desk::new().await;
    let threads = format!("/channels/{}/threads", desk.room);
    let make = json!({ "name": "Group 1", "type": 12, "auto_archive_duration": 60, "invitable": false });
    let wrong = json!({ "name": "Group 1", "type": 12, "auto_archive_duration": 61 });
    assert_eq!(desk.noted("POST", &threads, &wrong).await, (50_035, 1));
    let (status, thread) = desk.call("POST", &threads, &make).await;
    let id = thread["id"].as_str().expect("an id").to_owned();
    assert_eq!((status, thread["type"].as_u64()), (201, Some(12)));
    let member = |who: &str| format!("/channels/{id}/thread-members/{who}");
    assert_eq!(desk.code("PUT", &member(BEN), &Value::Null).await, 0);
    assert_eq!(desk.code("PUT", &member(ZOE), &Value::Null).await, 10_007, "who is not in the server");
    assert_eq!(desk.code("PUT", &member("1"), &Value::Null).await, 10_013);
    let say = said(json!({}));
    let messages = format!("/channels/{id}/messages");
    assert_eq!(desk.code("POST", &messages, &say).await, 0);
    assert_eq!(desk.fake.sights(BEN, 0).len(), 1);
    let seen_by_ada = desk.fake.sights(ADA, 0).len();
    assert_eq!(seen_by_ada, 1, "the owner of the server sees all");
    desk.clock.turn_to(start().plus_secs(3_601));
    let later = said(json!({ "nonce": "n2" }));
    assert_eq!(desk.code("POST", &messages, &later).await, 50_083);
    assert_eq!(desk.code("PUT", &member(BEN), &Value::Null).await, 50_083);
    assert_eq!(desk.code("PATCH", &format!("/channels/{id}"), &json!({ "archived": false })).await, 0);
    assert_eq!(desk.code("POST", &messages, &later).await, 0);
    desk.fake.world().guild_mut(GUILD).most_threads = 1;
    assert_eq!(desk.code("POST", &threads, &make).await, 160_006);
    assert_eq!(
        desk.code("POST", &format!("/channels/{id}/threads"), &make).await,
        50_024,
        "no thread in a thread"
    );
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn what_the_bot_may_not_is_refused() {
    let desk = Desk::new().await;
    let take = |right: u64| {
        let mut world = desk.fake.world();
        let before = world.guild(GUILD).roles.clone();
        world.guild_mut(GUILD).roles.values_mut().for_each(|role| role.permissions &= !right);
        before
    };
    assert_eq!(desk.code("POST", "/channels/1/messages", &said(json!({}))).await, 10_003);
    let cases = [
        (
            rights::CREATE_EVENTS,
            "POST",
            format!("/guilds/{GUILD}/scheduled-events"),
            event(&json!({})),
            50_013,
        ),
        (
            rights::PRIVATE_THREADS,
            "POST",
            format!("/channels/{}/threads", desk.room),
            json!({ "name": "x" }),
            50_013,
        ),
        (rights::EMBED, "POST", desk.messages(), said(json!({ "embeds": [{ "title": "x" }] })), 50_013),
        (rights::SEND, "POST", desk.messages(), said(json!({ "nonce": "n2" })), 50_013),
        (
            rights::MANAGE_CHANNELS,
            "POST",
            format!("/guilds/{GUILD}/channels"),
            json!({ "name": "x" }),
            50_013,
        ),
        (rights::VIEW, "POST", desk.messages(), said(json!({ "nonce": "n3" })), 50_001),
    ];
    for (right, method, path, body, code) in cases {
        assert_eq!(desk.code(method, &path, &body).await, 0, "{path}");
        let before = take(right);
        let again = body.as_object().is_some_and(|b| b.contains_key("nonce"));
        let mut body = body;
        if again {
            body["nonce"] = json!(format!("again-{right:x}"));
        }
        assert_eq!(desk.code(method, &path, &body).await, code, "{path}");
        desk.fake.world().guild_mut(GUILD).roles = before;
    }
    assert_eq!(desk.code("GET", &format!("/guilds/{GUILD}/members?limit=10"), &Value::Null).await, 50_001);
    desk.fake.world().guild_mut(GUILD).members.remove(APP);
    assert_eq!(desk.code("GET", &format!("/guilds/{GUILD}"), &Value::Null).await, 10_004);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn direct_messages_reach_only_those_who_let_them() {
    let desk = Desk::new().await;
    let open = |who: &str| json!({ "recipient_id": who });
    for (who, code) in [("1", 50_033), (APP, 50_033), (BEN, 0), (ZOE, 0)] {
        assert_eq!(desk.code("POST", "/users/@me/channels", &open(who)).await, code, "{who}");
    }
    let to = |who: &str| {
        let world = desk.fake.world();
        format!("/channels/{}/messages", world.direct_of(who).expect("it is open").id)
    };
    assert_eq!(desk.code("POST", &to(ZOE), &said(json!({}))).await, 50_278);
    assert_eq!(desk.code("POST", &to(BEN), &said(json!({}))).await, 0);
    desk.fake.world().users.get_mut(BEN).expect("ben").no_messages = true;
    assert_eq!(desk.code("POST", &to(BEN), &said(json!({ "nonce": "n2" }))).await, 50_007);
    desk.fake.world().direct_quota = Some(2);
    assert_eq!(desk.code("POST", "/users/@me/channels", &open(BEN)).await, 0, "it was there before");
    assert_eq!(desk.code("POST", "/users/@me/channels", &open(ADA)).await, 40_003);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn commands_are_registered_within_their_limits() {
    let desk = Desk::new().await;
    let path = format!("/applications/{APP}/commands");
    let one = |more: Value| {
        let mut one = json!({ "name": "mentor", "description": "Mentoring", "type": 1 });
        for (key, value) in more.as_object().into_iter().flatten() {
            one[key] = value.clone();
        }
        json!([one])
    };
    let option = |more: Value| {
        let mut option = json!({ "type": 3, "name": "a", "description": "x" });
        for (key, value) in more.as_object().into_iter().flatten() {
            option[key] = value.clone();
        }
        json!({ "options": [option] })
    };
    for wrong in [
        json!({ "name": "Mentor" }),
        json!({ "name": "men tor" }),
        json!({ "description": "x".repeat(101) }),
        json!({ "description_localizations": { "xx": "x" } }),
        option(json!({ "name": "x".repeat(33) })),
        option(
            json!({ "choices": (0..26).map(|n| json!({ "name": format!("{n}"), "value": format!("{n}") })).collect::<Vec<_>>() }),
        ),
        option(json!({ "choices": [{ "name": "x", "value": 1 }] })),
        option(json!({ "autocomplete": true, "choices": [{ "name": "x", "value": "x" }] })),
        option(json!({ "type": 2, "options": [{ "type": 2, "name": "b", "description": "x" }] })),
        json!({ "options": [{ "type": 3, "name": "a", "description": "x" }, { "type": 3, "name": "b", "description": "x", "required": true }] }),
        json!({ "options": [{ "type": 1, "name": "a", "description": "x" }, { "type": 3, "name": "b", "description": "x" }] }),
        json!({ "options": (0..26).map(|n| json!({ "type": 3, "name": format!("o{n}"), "description": "x" })).collect::<Vec<_>>() }),
    ] {
        assert_eq!(desk.noted("PUT", &path, &one(wrong.clone())).await, (50_035, 1), "{wrong}");
    }
    let fair = one(option(json!({ "autocomplete": true })));
    let first = desk.call("PUT", &path, &fair).await.1;
    let second = desk.call("PUT", &path, &fair).await.1;
    assert_eq!((&first[0]["id"], &first[0]["version"]), (&second[0]["id"], &second[0]["version"]));
    let third = desk.call("PUT", &path, &one(json!({ "description": "Other" }))).await.1;
    assert_eq!(first[0]["id"], third[0]["id"]);
    assert_ne!(first[0]["version"], third[0]["version"]);
    assert_eq!(desk.fake.world().creates[""], 1);
    desk.fake.world().creates.insert(GUILD.into(), 200);
    assert_eq!(
        desk.code("PUT", &format!("/applications/{APP}/guilds/{GUILD}/commands"), &fair).await,
        30_034
    );
    desk.fake.must_be_clean();
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

#[tokio::test]
async fn scheduled_events_have_a_place_an_end_and_a_future() {
    let desk = Desk::new().await;
    let path = format!("/guilds/{GUILD}/scheduled-events");
    for wrong in [
        json!({ "scheduled_start_time": "2026-02-01T15:00:00Z" }),
        json!({ "scheduled_end_time": null }),
        json!({ "scheduled_end_time": "2027-02-01T15:00:00Z" }),
        json!({ "entity_metadata": null }),
        json!({ "entity_metadata": { "location": "x".repeat(101) } }),
        json!({ "name": "x".repeat(101) }),
        json!({ "description": "x".repeat(1_001) }),
        json!({ "channel_id": "7" }),
        json!({ "image": "https://example.org/x.png" }),
        json!({ "privacy_level": 1 }),
    ] {
        assert_eq!(desk.noted("POST", &path, &event(&wrong)).await, (50_035, 1), "{wrong}");
    }
    let (status, made) = desk.call("POST", &path, &event(&json!({}))).await;
    assert_eq!((status, &made["status"]), (200, &json!(1)));
    let own = format!("{path}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(desk.code("PATCH", &own, &json!({ "status": 4 })).await, 0);
    assert_eq!(desk.code("PATCH", &own, &json!({ "name": "Late" })).await, 180_000);
    assert_eq!(desk.code("DELETE", &own, &Value::Null).await, 0);
    assert_eq!(desk.code("GET", &own, &Value::Null).await, 10_070);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn rates_are_told_in_headers_and_enforced_on_the_fakes_own_clock() {
    let desk = Desk::with(|options| Options { limited: true, ..options }).await;
    let send = |n: usize| said(json!({ "nonce": format!("n{n}") }));
    for n in 0..5_usize {
        let answer = desk.sent("POST", &desk.messages(), &send(n)).await.expect("an answer");
        assert_eq!(answer.headers()["x-ratelimit-remaining"], (4 - n).to_string().as_str());
    }
    let answer = desk.sent("POST", &desk.messages(), &send(5)).await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"5".parse().expect("a value"))
    );
    assert_eq!(answer.headers()["x-ratelimit-scope"], "user");
    assert_eq!(desk.code("GET", &desk.messages(), &Value::Null).await, 0, "another bucket");
    desk.clock.turn_to(start().plus_secs(5));
    assert_eq!(desk.code("POST", &desk.messages(), &send(6)).await, 0);
    desk.clock.turn_to(start().plus_secs(10));
    // The whole bot: fifty a second over many buckets; answers to interactions go on.
    let mut refused = 0;
    for n in 0..60 {
        let (status, body) = desk.call("GET", &format!("/channels/{n}"), &Value::Null).await;
        refused += usize::from(status == 429 && body["global"] == true);
    }
    assert_eq!(refused, 10);
    let act = desk.act(2, None);
    assert_eq!(desk.answer(&act, &json!({ "type": 5 })).await, 0);
    assert_eq!(desk.fake.pace().1, 11);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn faults_are_played_as_they_are_planned() {
    let desk = Desk::new().await;
    let count = || desk.fake.world().channel(&desk.room).messages.len();
    for (n, (fault, status, stored)) in [
        (CallFault::TooMany, Some(429), 0),
        (CallFault::TooManyGlobal, Some(429), 0),
        (CallFault::TooManyShared, Some(429), 0),
        (CallFault::Banned, Some(429), 0),
        (CallFault::FailedBefore, Some(503), 0),
        (CallFault::FailedAfter, Some(502), 1),
        (CallFault::InternalError, Some(500), 0),
        (CallFault::Html, Some(200), 1),
        (CallFault::DoneDropped, None, 1),
        (CallFault::Reset, None, 0),
    ]
    .into_iter()
    .enumerate()
    {
        let before = count();
        desk.fake.faults().next_call("POST /channels/{channel_id}/messages", fault);
        let answer = desk.sent("POST", &desk.messages(), &said(json!({ "nonce": format!("f{n}") }))).await;
        assert_eq!(answer.ok().map(|answer| answer.status().as_u16()), status, "{fault:?}");
        assert_eq!(count() - before, stored, "{fault:?}");
    }
    assert_eq!(desk.code("POST", &desk.messages(), &said(json!({}))).await, 0);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn files_come_beside_the_words() {
    let desk = Desk::new().await;
    let payload = |id: u64| {
        said(
            json!({ "nonce": format!("n{id}"), "attachments": [{ "id": id, "filename": "a.ics", "description": "A calendar" }] }),
        )
    };
    let form = |body: Value| {
        let file = reqwest::multipart::Part::bytes(b"BEGIN\r\n--x\r\nEND".to_vec()).file_name("a.ics");
        let file = file.mime_str("text/calendar").expect("a media type");
        reqwest::multipart::Form::new().text("payload_json", body.to_string()).part("files[0]", file)
    };
    let send = |body: Value| {
        let url = format!("{}/api/v10{}", desk.fake.api_url(), desk.messages());
        let request = desk.client.post(url).header("authorization", format!("Bot {TOKEN}"));
        async move { request.multipart(form(body)).send().await.expect("an answer").status().as_u16() }
    };
    assert_eq!(send(payload(0)).await, 200);
    let files = desk.fake.world().channel(&desk.room).messages[0].files.clone();
    assert_eq!((files[0].name.as_str(), files[0].bytes.as_slice()), ("a.ics", &b"BEGIN\r\n--x\r\nEND"[..]));
    assert_eq!(desk.fake.sights(BEN, 0)[0].text, "words\n[a.ics: A calendar]");
    assert_eq!(send(payload(1)).await, 400, "a file that did not come is described");
    assert_eq!(desk.fake.take_findings().len(), 1);
}

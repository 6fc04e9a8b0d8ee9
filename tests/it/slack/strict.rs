//! The fake must be as strict as it says, or whatever passes it proves nothing: each planted breach is refused and
//! noted, each fair call passes.

use std::sync::Arc;

use roundtable::clock::VirtualClock;
use serde_json::{Value, json};

use super::fake::wire::form;
use super::fake::{APP_TOKEN, CallFault, Fake, Kind, Options, User, World, post};
use crate::harness::start;

const TEAM: &str = "T0WORK";
const SCOPES: &[&str] = &["chat:write", "im:write", "mpim:write", "groups:write", "users:read", "im:history"];

struct Desk {
    fake: Fake,
    clock: Arc<VirtualClock>,
    room: String,
}

impl Desk {
    async fn new() -> Self {
        let clock = Arc::new(VirtualClock::at(start()));
        let mut world = World::default();
        world.add_team(TEAM, "Workspace", SCOPES);
        for n in 0..10 {
            let id = format!("U0{n}");
            let user = User { id: id.clone(), team: TEAM.into(), name: format!("p{n}"), ..User::default() };
            world.team_mut(TEAM).users.insert(id, user);
        }
        let bot = world.team(TEAM).bot_user.clone();
        let room = world.add_channel(TEAM, "room", Kind::Private, &[&bot, "U00"], start());
        let options = Options { recorded: false, ..Options::new(clock.clone()) };
        let fake = Fake::start(world, options).await;
        Self { fake, clock, room }
    }

    async fn with(&self, token: Option<&str>, method: &str, media: &str, body: &str) -> (u16, Value) {
        let url = format!("{}/{method}", self.fake.api_url());
        let mut headers = vec![("content-type", media.to_owned())];
        headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
        let (status, body) = post(&url, &headers, body.as_bytes()).await.expect("an answer");
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    async fn call(&self, method: &str, args: &Value) -> Value {
        let token = self.fake.world().team(TEAM).token.clone();
        self.with(Some(&token), method, "application/json; charset=utf-8", &args.to_string()).await.1
    }

    /// The error that a message with these blocks gets; nothing when it passes.
    async fn blocks(&self, blocks: Value) -> Option<String> {
        let args = json!({
            "channel": self.room, "text": "words", "blocks": blocks, "unfurl_links": false, "unfurl_media": false,
        });
        self.call("chat.postMessage", &args).await["error"].as_str().map(str::to_owned)
    }

    fn trigger(&self, id: &str) {
        let trigger = super::fake::world::Trigger {
            team: TEAM.into(),
            user: "U00".into(),
            at: roundtable::clock::Clock::now(&*self.clock),
            used: false,
        };
        self.fake.world().triggers.insert(id.to_owned(), trigger);
    }
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

fn modal(more: &Value) -> Value {
    let mut view = json!({
        "type": "modal", "title": { "type": "plain_text", "text": "Title" }, "blocks": [section("words")],
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        view[key] = value.clone();
    }
    view
}

#[tokio::test]
async fn every_planted_breach_of_block_kit_is_refused_and_noted() {
    let desk = Desk::new().await;
    let button = |label: &str, id: &str| json!({ "type": "button", "action_id": id, "text": { "type": "plain_text", "text": label }, "value": "x" });
    let actions = |elements: Vec<Value>| json!([{ "type": "actions", "elements": elements }]);
    let select = |options: Vec<Value>| {
        actions(vec![json!({ "type": "static_select", "action_id": "s", "options": options })])
    };
    let option = |value: &str| json!({ "text": { "type": "plain_text", "text": "One" }, "value": value });
    let planted = [
        json!(vec![section("x"); 51]),
        json!([section(&"x".repeat(3_001))]),
        json!([section("")]),
        json!([{ "type": "header", "text": { "type": "plain_text", "text": "x".repeat(151) } }]),
        json!([{ "type": "header", "text": { "type": "mrkdwn", "text": "x" } }]),
        json!([{ "type": "heading", "text": { "type": "plain_text", "text": "x" } }]),
        json!([{ "type": "divider", "colour": "red" }]),
        json!([{ "type": "divider", "block_id": "a" }, { "type": "divider", "block_id": "a" }]),
        actions(vec![button(&"x".repeat(76), "a")]),
        actions(vec![button("x", "a"), button("y", "a")]),
        actions((0..26).map(|n| button("x", &n.to_string())).collect()),
        actions(vec![json!({ "type": "button", "text": { "type": "mrkdwn", "text": "x" } })]),
        actions(vec![json!({ "type": "plain_text_input", "action_id": "x" })]),
        select(vec![]),
        select(vec![option("1"), option("1")]),
        select(vec![option(&"x".repeat(151))]),
        json!([{ "type": "image", "image_url": "https://example.org/x.png" }]),
        json!([{ "type": "context", "elements": vec![json!({ "type": "mrkdwn", "text": "x" }); 11] }]),
        json!([{ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [{ "type": "text", "text": "" }] }] }]),
        json!([{ "type": "rich_text", "elements": [{ "type": "rich_text_list", "elements": [] }] }]),
        json!((0..6).map(|_| section(&"x".repeat(2_900))).collect::<Vec<_>>()),
        json!([{ "type": "section", "text": { "type": "plain_text", "text": "x" }, "accessory": { "type": "datetimepicker", "action_id": "x" } }]),
    ];
    for (n, blocks) in planted.into_iter().enumerate() {
        assert_eq!(desk.blocks(blocks).await.as_deref(), Some("invalid_blocks"), "breach {n}");
        assert_eq!(desk.fake.take_findings().len(), 1, "breach {n}");
    }
    let fair =
        json!([section("*x*"), { "type": "actions", "elements": [button("x", "a"), button("y", "b")] }]);
    assert_eq!(desk.blocks(fair).await, None);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn methods_arguments_tokens_and_scopes_must_be_known() {
    let desk = Desk::new().await;
    let (room, token) = (desk.room.clone(), desk.fake.world().team(TEAM).token.clone());
    let json_media = "application/json; charset=utf-8";
    for (method, args, error) in [
        ("chat.shout", json!({}), "unknown_method"),
        ("chat.postMessage", json!({ "channel": room, "text": "x", "colour": "red" }), "invalid_arguments"),
        ("chat.postMessage", json!({ "channel": room, "text": 7 }), "invalid_arguments"),
        ("chat.postMessage", json!({ "text": "x" }), "invalid_arguments"),
        ("chat.postMessage", json!({ "channel": room, "text": "x".repeat(40_001) }), "msg_too_long"),
        ("chat.postMessage", json!({ "channel": room, "text": "<!channel> x" }), "invalid_arguments"),
        ("users.info", json!({ "user": "U00" }), "invalid_arguments"),
        ("pins.add", json!({ "channel": room, "timestamp": "1.0" }), "missing_scope"),
        ("conversations.open", json!({ "users": "U00,U01,U02,U03,U04,U05,U06,U07,U08" }), "too_many_users"),
        ("conversations.create", json!({ "name": "Not Fair", "is_private": true }), "invalid_name_specials"),
        ("apps.connections.open", json!({}), "not_allowed_token_type"),
    ] {
        assert_eq!(desk.call(method, &args).await["error"], error, "{method} {args}");
        let noted = desk.fake.take_findings().len();
        assert_eq!(noted, usize::from(error != "not_allowed_token_type"), "{method} {args}");
    }
    for wrong in [None, Some("xoxb-stolen"), Some(APP_TOKEN)] {
        let (_, answer) = desk.with(wrong, "auth.test", json_media, "{}").await;
        assert_eq!(answer["ok"], false, "{wrong:?}");
        assert_eq!(desk.fake.take_findings().len(), 1, "{wrong:?}");
    }
    let (_, answer) = desk
        .with(Some(&token), "users.info", "application/x-www-form-urlencoded", &form(&[("user", "U00")]))
        .await;
    assert_eq!(answer["user"]["id"], "U00");
    assert_eq!(answer["user"]["profile"].get("email"), None, "no scope, no address");
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn a_trigger_opens_one_view_within_three_seconds() {
    let desk = Desk::new().await;
    desk.trigger("t1");
    let open = |trigger: &str| json!({ "trigger_id": trigger, "view": modal(&json!({})) });
    assert_eq!(desk.call("views.open", &open("t1")).await["ok"], true);
    desk.fake.must_be_clean();
    assert_eq!(desk.call("views.open", &open("t1")).await["error"], "exchanged_trigger_id");
    desk.trigger("t2");
    desk.clock.turn_to(start().plus_secs(4));
    assert_eq!(desk.call("views.open", &open("t2")).await["error"], "expired_trigger_id");
    assert_eq!(desk.call("views.open", &open("t3")).await["error"], "invalid_trigger_id");
    desk.fake.take_findings();
    let input = json!({
        "type": "input", "block_id": "b", "label": { "type": "plain_text", "text": "x" },
        "element": { "type": "plain_text_input", "action_id": "a" },
    });
    for (n, wrong) in [
        json!({ "title": { "type": "plain_text", "text": "x".repeat(25) } }),
        json!({ "blocks": [input] }),
        json!({ "private_metadata": "x".repeat(3_001) }),
        json!({ "blocks": vec![section("x"); 101] }),
        json!({ "colour": "red" }),
    ]
    .iter()
    .enumerate()
    {
        let trigger = format!("w{n}");
        desk.trigger(&trigger);
        let args = json!({ "trigger_id": trigger, "view": modal(wrong) });
        assert_eq!(desk.call("views.open", &args).await["error"], "invalid_arguments", "{wrong}");
        assert_eq!(desk.fake.take_findings().len(), 1, "{wrong}");
    }
}

#[tokio::test]
async fn faults_are_played_as_they_are_planned() {
    let desk = Desk::new().await;
    let args = json!({ "channel": desk.room, "text": "words" });
    let posts = |desk: &Desk| desk.fake.world().team(TEAM).channels[&desk.room].posts.len();
    let token = desk.fake.world().team(TEAM).token.clone();
    for (fault, status, stored) in [
        (CallFault::TooMany, Some(429), 0),
        (CallFault::FailedBefore, Some(503), 0),
        (CallFault::FailedAfter, Some(502), 1),
        (CallFault::Html, Some(200), 1),
        (CallFault::InternalError, Some(200), 0),
        (CallFault::DoneDropped, None, 1),
        (CallFault::Reset, None, 0),
    ] {
        let before = posts(&desk);
        desk.fake.faults().next_call("chat.postMessage", fault);
        let headers =
            [("content-type", "application/json".to_owned()), ("authorization", format!("Bearer {token}"))];
        let url = format!("{}/chat.postMessage", desk.fake.api_url());
        let answer = post(&url, &headers, args.to_string().as_bytes()).await;
        assert_eq!(answer.map(|(status, _)| status), status, "{fault:?}");
        assert_eq!(posts(&desk) - before, stored, "{fault:?}");
    }
    assert_eq!(desk.call("chat.postMessage", &args).await["ok"], true);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn rates_are_enforced_on_the_fakes_own_clock() {
    let clock = Arc::new(VirtualClock::at(start()));
    let mut world = World::default();
    world.add_team(TEAM, "Workspace", SCOPES);
    let bot = world.team(TEAM).bot_user.clone();
    let room = world.add_channel(TEAM, "room", Kind::Private, &[&bot], start());
    let fake =
        Fake::start(world, Options { limited: true, recorded: false, ..Options::new(clock.clone()) }).await;
    let desk = Desk { fake, clock, room };
    let (url, token) =
        (format!("{}/conversations.create", desk.fake.api_url()), desk.fake.world().team(TEAM).token.clone());
    let create = |n: usize| json!({ "name": format!("room-{n}"), "is_private": true });
    let mut refused = None;
    for n in 0..25 {
        let headers =
            [("content-type", "application/json".to_owned()), ("authorization", format!("Bearer {token}"))];
        let (status, _) = post(&url, &headers, create(n).to_string().as_bytes()).await.expect("an answer");
        if status == 429 {
            refused = Some(n);
            break;
        }
    }
    assert_eq!(refused, Some(20), "twenty a minute and not one more");
    assert_eq!(desk.fake.pace(), (20, 1));
    desk.clock.turn_to(start().plus_secs(3));
    assert_eq!(desk.call("conversations.create", &create(30)).await["ok"], true);
}

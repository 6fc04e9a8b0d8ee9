//! The adapter through the real client against a Slack that others wrote: the npm package `emulate`, with strict
//! scopes. Invariant: nothing here leans on our own fake of Slack, so both can hardly be wrong in the same way.
//!
//! Where the stand-in differs from Slack: it answers most reading to POST only (`emulate.mjs` turns them); it has no
//! `users.conversations` (the front below asks `conversations.list`, which shows it the same), no
//! `apps.connections.open` and no `auth.revoke`; it heeds neither `oldest` nor rate limits; it takes the words for
//! pictures as `alt_text`, Slack as `alt_txt`; no answer says which scopes the token has.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use roundtable::adapters::slack::install::{self, Installed, Installer};
use roundtable::adapters::slack::manifest::{CALLBACK_PATH, INSTALL_PATH, METHODS, scopes};
use roundtable::adapters::slack::plain::Plain;
use roundtable::adapters::slack::seal::Keys;
use roundtable::adapters::slack::tokens::{TokenSource, identify};
use roundtable::adapters::slack::transport::api::Reach;
use roundtable::adapters::slack::transport::methods::Rates;
use roundtable::adapters::slack::transport::{CallError, Courier, SlackApi, SlackMessenger, Token, Urgency};
use roundtable::adapters::slack::{Book, PLATFORM};
use roundtable::chat::messenger::{Found, Outcome, Place, RoomRequest};
use roundtable::chat::{Action, Block, Message, Messenger};
use roundtable::clock::{Clock, Ids, SystemClock};
use roundtable::config::{Secret, SlackOAuth};
use roundtable::domain::civil::Instant;
use roundtable::store::Store;
use serde::Deserialize;
use serde_json::{Value, json};

/// Where the stand-in believes our pages are; `emulate.mjs` says it.
const PUBLIC: &str = "http://127.0.0.1:8088";

type Http = Client<HttpConnector, Body>;

fn http() -> Http {
    Client::builder(TokioExecutor::new()).build(HttpConnector::new())
}

/// What `emulate.mjs` says when the stand-in is up.
#[derive(Debug, Deserialize)]
struct Said {
    api: String,
    all: String,
    few: String,
    team: String,
    bot: String,
}

/// One call as the stand-in answered it.
#[derive(Debug, Clone)]
struct Seen {
    method: String,
    error: String,
    needed: String,
}

/// Stands before the stand-in: asks what it has under another name, and notes what it refuses.
struct Front {
    origin: String,
    http: Http,
    seen: Mutex<Vec<Seen>>,
}

async fn serve(app: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn forward(State(front): State<Arc<Front>>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    let asked = head.uri.path_and_query().expect("requests have a path").as_str().to_owned();
    let there = asked.replacen("/api/users.conversations", "/api/conversations.list", 1);
    let method = head.uri.path().trim_start_matches("/api/").to_owned();
    head.uri = format!("{}{there}", front.origin).parse().expect("an address");
    head.headers.remove(header::HOST);
    let answer = front.http.request(Request::from_parts(head, body)).await.expect("the stand-in answers");
    let (head, body) = answer.into_parts();
    let body = axum::body::to_bytes(Body::new(body), 1 << 20).await.expect("the whole answer");
    let read: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |key: &str| read[key].as_str().unwrap_or_default().to_owned();
    front.seen.lock().expect("nobody panicked with it").push(Seen {
        method,
        error: text("error"),
        needed: text("needed"),
    });
    let mut response = (head.status, body).into_response();
    for name in [header::CONTENT_TYPE, header::LOCATION] {
        if let Some(value) = head.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// The running stand-in. It ends when its standard input does.
struct Emulate {
    child: Child,
    said: Said,
    front: Arc<Front>,
    /// Where the front's Web API is.
    api: String,
}

impl Drop for Emulate {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slack")
}

/// Why the stand-in cannot run here.
fn missing() -> Option<&'static str> {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !node.is_ok_and(|status| status.success()) {
        return Some("there is no node on the path");
    }
    let installed = folder().join("node_modules/emulate/dist/index.js").exists();
    (!installed).then_some("the package emulate is not installed; run `npm ci` in tests/slack")
}

#[allow(clippy::print_stdout)] // A part of the suite that does not run must be seen.
fn skipped(why: &str) {
    println!("SKIPPED: {why}");
}

impl Emulate {
    /// Starts it with the scopes of our manifest; `None` where it cannot run and need not.
    async fn start() -> Option<Self> {
        if let Some(why) = missing() {
            let required = std::env::var_os("ROUNDTABLE_REQUIRE_EMULATE").is_some_and(|value| value == "1");
            assert!(!required, "ROUNDTABLE_REQUIRE_EMULATE=1, but {why}");
            skipped(why);
            return None;
        }
        let mut child = Command::new("node")
            .arg(folder().join("emulate.mjs"))
            .arg(scopes().join(","))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let out = child.stdout.take().expect("it is piped");
        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(out).read_line(&mut line).map(|_| line)
        });
        let line = line.await.expect("it is read").expect("it can be read");
        let said: Said = serde_json::from_str(&line).expect("the stand-in says where it is");
        let origin = said.api.strip_suffix("/api").expect("the Web API has its own path").to_owned();
        let front = Arc::new(Front { origin, http: http(), seen: Mutex::default() });
        let address = serve(Router::new().fallback(forward).with_state(front.clone())).await;
        Some(Self { child, said, front, api: format!("http://{address}/api") })
    }

    fn seen(&self, method: &str) -> usize {
        self.front
            .seen
            .lock()
            .expect("nobody panicked with it")
            .iter()
            .filter(|seen| seen.method == method)
            .count()
    }

    /// What was refused for want of a scope: methods with scopes.
    fn wanting(&self) -> Vec<(String, String)> {
        let seen = self.front.seen.lock().expect("nobody panicked with it").clone();
        seen.into_iter().filter(|s| s.error == "missing_scope").map(|s| (s.method, s.needed)).collect()
    }

    /// A bot with an empty database.
    async fn bot(&self, token: &str) -> Bot {
        let (store, folder) = empty_store().await;
        let source = TokenSource::new(store.clone(), Arc::new(SystemClock), None);
        source.settle(&self.said.team, Secret::new(token));
        Bot { port: self.port(store, Arc::new(source)), token: self.token(token), _folder: folder }
    }

    fn token(&self, token: &str) -> Token {
        Token::new(&self.said.team, Secret::new(token))
    }

    fn client(&self, source: Arc<TokenSource>) -> Arc<SlackApi> {
        let rates = Rates::hastened(1_000);
        let reach = Reach { base: Some(self.api.clone()), rates, ..Reach::default() };
        Arc::new(SlackApi::new(reach, source).expect("this machine has certificates"))
    }

    fn port(&self, store: Store, source: Arc<TokenSource>) -> Port {
        let api = self.client(source);
        let book = Arc::new(Book::new(store.clone()));
        let courier = Courier::new(api.clone(), store, Arc::new(SystemClock), book, "/mentor");
        Port { messenger: SlackMessenger::new(Arc::new(courier)), api, team: self.said.team.clone() }
    }
}

async fn empty_store() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roundtable.db").display().to_string();
    let store = Store::open(&path).await.expect("it opens");
    store.migrate(None).await.expect("the tables are there");
    (store, folder)
}

/// The port of the core in the one workspace that there is.
struct Port {
    messenger: SlackMessenger,
    api: Arc<SlackApi>,
    team: String,
}

impl Port {
    async fn send(&self, place: &Place, marker: &str, message: &Message) -> Outcome {
        self.messenger.send(&self.team, place, marker, message).await
    }

    async fn open(&self, marker: &str, name: &str, people: &[String]) -> Outcome {
        let request = RoomRequest {
            marker: marker.into(),
            name: name.into(),
            topic: "What is said here stays here.".into(),
            members: people.to_vec(),
        };
        self.messenger.open_room(&self.team, &request).await
    }

    async fn set_members(&self, room: &str, people: &[String]) -> Outcome {
        self.messenger.set_members(&self.team, room, people).await
    }

    async fn card(&self, room: &str, card: Option<&str>, topic: &str, words: &Message) -> Outcome {
        self.messenger.set_card(&self.team, room, card, "c1", topic, words).await
    }
}

/// A bot with its port and its token.
struct Bot {
    port: Port,
    token: Token,
    _folder: tempfile::TempDir,
}

impl Bot {
    async fn call(&self, method: &'static str, args: Value) -> Result<Value, CallError> {
        self.port.api.call(&self.token, method, args, Urgency::Ordinary).await
    }

    async fn ok(&self, method: &'static str, args: Value) -> Value {
        self.call(method, args).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The ten people of the seed.
    async fn people(&self) -> Vec<String> {
        let answer = self.ok("users.list", json!({ "limit": 200 })).await;
        let all = answer["members"].as_array().expect("a list");
        let ours = all
            .iter()
            .filter(|u| u["profile"]["email"].as_str().is_some_and(|e| e.ends_with("@example.com")));
        let ids: Vec<String> = ours.map(|user| user["id"].as_str().expect("an id").to_owned()).collect();
        assert_eq!(ids.len(), 10);
        ids
    }

    /// What was said in a conversation, newest first.
    async fn history(&self, channel: &str) -> Vec<Value> {
        let answer = self.ok("conversations.history", json!({ "channel": channel })).await;
        let all = answer["messages"].as_array().expect("a list").iter();
        all.filter(|said| said["subtype"].is_null() || said["subtype"] == "file_share").cloned().collect()
    }

    async fn info(&self, channel: &str) -> Value {
        self.ok("conversations.info", json!({ "channel": channel })).await["channel"].clone()
    }

    /// Who is in a conversation besides the bot.
    async fn members(&self, channel: &str, bot: &str) -> BTreeSet<String> {
        let answer = self.ok("conversations.members", json!({ "channel": channel })).await;
        let all = answer["members"].as_array().expect("a list").iter();
        all.filter_map(Value::as_str).filter(|one| *one != bot).map(str::to_owned).collect()
    }
}

fn set(people: &[String]) -> BTreeSet<String> {
    people.iter().cloned().collect()
}

fn words(text: &str) -> Message {
    Message::say(text).actions([Action::primary("Answer", "pulse answer")])
}

#[track_caller]
fn sent(outcome: Outcome) -> String {
    match outcome {
        Outcome::Sent { remote_id } => remote_id,
        other => panic!("it should have been sent: {other:?}"),
    }
}

/// The reason of what must have been refused.
#[track_caller]
fn refused(outcome: Outcome) -> String {
    match outcome {
        Outcome::Refused { reason } => reason,
        other => panic!("it should have been refused: {other:?}"),
    }
}

#[track_caller]
fn channel_of(remote_id: &str) -> &str {
    remote_id.split_once('/').expect("a conversation and a time stamp").0
}

fn a_minute_ago() -> Instant {
    SystemClock.now().plus_secs(-60)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_message_is_posted_changed_found_again_and_brings_its_file() {
    let Some(slack) = Emulate::start().await else { return };
    let bot = slack.bot(&slack.said.all).await;
    let people = bot.people().await;
    let place = Place::Direct(people[0].clone());
    let id = sent(bot.port.send(&place, "m1", &words("Hello <!channel> & all")).await);
    let room = channel_of(&id);
    assert!(room.starts_with('D'), "{id}");
    let said = bot.history(room).await;
    assert_eq!(said.len(), 1);
    assert_eq!(said[0]["metadata"]["event_payload"]["id"], "m1");
    assert!(said[0]["blocks"].to_string().contains("Hello"), "{}", said[0]);
    sent(bot.port.messenger.update(&slack.said.team, &place, &id, &words("Changed")).await);
    let said = bot.history(room).await;
    assert_eq!(said.len(), 1);
    assert!(said[0]["blocks"].to_string().contains("Changed"), "{}", said[0]);
    assert!(said[0]["edited"].is_object());
    let find =
        |marker: &'static str| bot.port.messenger.find(&slack.said.team, &place, marker, a_minute_ago());
    assert_eq!(find("m1").await, Found::Yes { remote_id: id.clone() }, "the mark outlives the change");
    assert_eq!(find("m2").await, Found::No);
    let bytes = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
    let mut message = words("Your meetups");
    message.blocks.push(Block::File {
        name: "meetups.ics".into(),
        media_type: "text/calendar".into(),
        alt: "A calendar file".into(),
        base64: base64::engine::general_purpose::STANDARD.encode(bytes),
    });
    sent(bot.port.send(&place, "m3", &message).await);
    let said = bot.history(room).await;
    let files: Vec<&Value> = said.iter().filter_map(|said| said["files"].as_array()).flatten().collect();
    assert_eq!(files.len(), 1, "{said:?}");
    assert_eq!((files[0]["name"].as_str(), files[0]["size"].as_u64()), (Some("meetups.ics"), Some(32)));
    assert_eq!(slack.wanting(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_to_eight_people_share_a_group_message_and_nine_get_a_private_channel() {
    let Some(slack) = Emulate::start().await else { return };
    let bot = slack.bot(&slack.said.all).await;
    let people = bot.people().await;
    for size in [2, 8, 9, 10] {
        let marker = format!("group-{size}");
        let room = sent(bot.port.open(&marker, "Pathways group", &people[..size]).await);
        assert_eq!(bot.members(&room, &slack.said.bot).await, set(&people[..size]));
        let info = bot.info(&room).await;
        assert_eq!((info["is_mpim"].as_bool(), info["is_private"].as_bool()), (Some(size <= 8), Some(true)));
        if size > 8 {
            assert_eq!(info["topic"]["value"], "What is said here stays here.");
            assert!(info["name"].as_str().expect("a name").starts_with("pathways-group-"), "{info}");
        }
        let again = sent(bot.port.open(&marker, "Pathways group", &people[..size]).await);
        assert_eq!(again, room, "asked again, the first one is found");
        let id = sent(bot.port.send(&Place::Room(room.clone()), "m1", &words("Hello")).await);
        assert_eq!(channel_of(&id), room);
        let found = bot.port.messenger.find(&slack.said.team, &Place::Room(room), "m1", a_minute_ago()).await;
        assert_eq!(found, Found::Yes { remote_id: id });
    }
    assert_eq!(slack.seen("conversations.create"), 2);
    assert_eq!(slack.wanting(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_a_foreign_channel_has_is_made_different() {
    let Some(slack) = Emulate::start().await else { return };
    let bot = slack.bot(&slack.said.all).await;
    let people = bot.people().await;
    // The seed has a private channel `taken-name`, in which the bot is not.
    let room = sent(bot.port.open("name", "Taken", &people[..9]).await);
    assert_eq!(bot.info(&room).await["name"], "taken-name-2");
    assert_eq!(slack.seen("conversations.create"), 2);
    assert_eq!(slack.seen("users.conversations"), 1, "it looks whether the channel is its own");
    // A try whose answer was lost: the channel is there and the database knows nothing of it.
    let forgetful = slack.bot(&slack.said.all).await;
    bot.ok("conversations.create", json!({ "name": "lost-answer", "is_private": true })).await;
    let found = sent(forgetful.port.open("answer", "Lost", &people[..9]).await);
    assert_eq!(forgetful.info(&found).await["name"], "lost-answer", "its own channel is taken up again");
    assert_eq!(forgetful.members(&found, &slack.said.bot).await, set(&people[..9]));
    assert_eq!(slack.wanting(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_change_in_a_channel_and_a_group_message_moves() {
    let Some(slack) = Emulate::start().await else { return };
    let bot = slack.bot(&slack.said.all).await;
    let people = bot.people().await;
    let channel = sent(bot.port.open("big", "Pathways", &people[..9]).await);
    for _ in 0..2 {
        assert_eq!(sent(bot.port.set_members(&channel, &people[2..]).await), channel);
        assert_eq!(bot.members(&channel, &slack.said.bot).await, set(&people[2..]));
    }
    // Its answer has `"errors": {}`, as Slack's: whoever cannot read that takes it for doubtful and asks again.
    assert_eq!(slack.seen("conversations.kick"), 2);
    let group = sent(bot.port.open("small", "Pathways", &people[..4]).await);
    let moved = sent(bot.port.set_members(&group, &people[1..4]).await);
    assert_ne!(moved, group);
    assert_eq!(bot.members(&moved, &slack.said.bot).await, set(&people[1..4]));
    assert_eq!(
        sent(bot.port.set_members(&moved, &people[1..4]).await),
        moved,
        "repeating it changes nothing"
    );
    assert_eq!(slack.wanting(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_standing_card_is_pinned_once_and_changed_in_place() {
    let Some(slack) = Emulate::start().await else { return };
    let bot = slack.bot(&slack.said.all).await;
    let people = bot.people().await;
    for size in [4, 9] {
        let room = sent(bot.port.open(&format!("group-{size}"), "Pathways", &people[..size]).await);
        let card = sent(bot.port.card(&room, None, "Next: Thursday", &words("Card")).await);
        // To list pins takes a scope that we do not have; pinning again says it too.
        let ts = card.split_once('/').expect("a time stamp").1;
        let pinned = bot.call("pins.add", json!({ "channel": room, "timestamp": ts })).await;
        assert_eq!(pinned, Err(CallError::refused("already_pinned")));
        let again = bot.port.card(&room, Some(&card), "Next: Friday", &words("Card 2")).await;
        assert_eq!(sent(again), card);
        let said = bot.history(&room).await;
        let cards: Vec<&Value> = said.iter().filter(|said| said["metadata"].is_object()).collect();
        assert_eq!(cards.len(), 1);
        assert!(cards[0]["blocks"].to_string().contains("Card 2"), "{}", cards[0]);
        let topic = if size > 8 { "Next: Friday" } else { "" };
        assert_eq!(bot.info(&room).await["topic"]["value"], topic);
    }
    assert_eq!(slack.wanting(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_too_few_scopes_each_refusal_names_the_one_that_is_missing() {
    let Some(slack) = Emulate::start().await else { return };
    let (bot, few) = (slack.bot(&slack.said.all).await, slack.bot(&slack.said.few).await);
    let people = bot.people().await;
    let channel = sent(bot.port.open("big", "Pathways", &people[..9]).await);
    assert_eq!(slack.wanting(), []);
    for (marker, size) in [("small", 4), ("large", 10)] {
        let reason = refused(few.port.open(marker, "Pathways", &people[..size]).await);
        assert!(reason.contains("missing_scope") && reason.contains("groups:write"), "{reason}");
    }
    let reason = refused(few.port.set_members(&channel, &people).await);
    assert!(reason.contains("missing_scope") && reason.contains("groups:read"), "{reason}");
    // To write takes chat:write alone, as in Slack, which opens the direct conversation itself.
    let place = Place::Direct(people[0].clone());
    let id = sent(few.port.send(&place, "m1", &words("Hello")).await);
    sent(few.port.messenger.update(&slack.said.team, &place, &id, &words("Changed")).await);
    let found = few.port.messenger.find(&slack.said.team, &place, "m1", a_minute_ago()).await;
    assert_eq!(found, Found::Unreadable, "not the same as not there");
    // A card without topic and pin is still a card.
    let card = sent(few.port.card(&channel, None, "Next: Thursday", &words("Card")).await);
    assert_eq!(channel_of(&card), channel);
}

/// Every call of the adapter, with arguments that fit.
async fn calls(slack: &Emulate, bot: &Bot) -> Vec<(&'static str, Value)> {
    let people = bot.people().await;
    let (one, tenth) = (people[0].clone(), people[9].clone());
    let said = sent(bot.port.send(&Place::Direct(one.clone()), "m1", &words("Hello")).await);
    let (direct, ts) = said.split_once('/').expect("a time stamp");
    let group = sent(bot.port.open("small", "Pathways", &people[..4]).await);
    let channel = sent(bot.port.open("big", "Pathways", &people[..9]).await);
    let post = sent(bot.port.send(&Place::Room(channel.clone()), "m2", &words("Hello")).await);
    let pin = post.split_once('/').expect("a time stamp").1;
    let home = json!({ "type": "home", "blocks": [] });
    let modal = json!({ "type": "modal", "blocks": [], "title": { "type": "plain_text", "text": "Title" } });
    let view = bot.ok("views.publish", json!({ "user_id": one, "view": home })).await["view"]["id"].clone();
    let trigger = bot.ok("views.generateTriggerId", json!({ "user_id": one })).await["trigger_id"].clone();
    let file = bot.ok("files.getUploadURLExternal", json!({ "filename": "a.ics", "length": 2 })).await;
    let address = file["upload_url"].as_str().expect("an address");
    bot.port.api.upload(address, "text/calendar", b"ok").await.expect("the bytes are taken");
    let about = bot.ok("auth.test", json!({})).await;
    assert_eq!(about["user_id"], slack.said.bot.as_str());
    vec![
        ("auth.test", json!({})),
        ("bots.info", json!({ "bot": about["bot_id"] })),
        ("chat.postEphemeral", json!({ "channel": channel, "user": one, "text": "Hello" })),
        ("chat.postMessage", json!({ "channel": direct, "text": "Hello" })),
        ("chat.update", json!({ "channel": direct, "ts": ts, "text": "Hello" })),
        ("conversations.create", json!({ "name": "made-here", "is_private": true })),
        ("conversations.history", json!({ "channel": direct })),
        ("conversations.history", json!({ "channel": group })),
        ("conversations.history", json!({ "channel": channel })),
        ("conversations.info", json!({ "channel": group })),
        ("conversations.info", json!({ "channel": channel })),
        ("conversations.invite", json!({ "channel": channel, "users": tenth })),
        ("conversations.kick", json!({ "channel": channel, "user": tenth })),
        ("conversations.members", json!({ "channel": channel })),
        ("conversations.open", json!({ "users": one })),
        ("conversations.open", json!({ "users": people[..4].join(",") })),
        ("conversations.setTopic", json!({ "channel": channel, "topic": "Topic" })),
        ("files.getUploadURLExternal", json!({ "filename": "b.ics", "length": 2 })),
        (
            "files.completeUploadExternal",
            json!({ "files": [{ "id": file["file_id"] }], "channel_id": channel }),
        ),
        ("pins.add", json!({ "channel": channel, "timestamp": pin })),
        ("users.conversations", json!({ "types": "private_channel" })),
        ("users.info", json!({ "user": one })),
        ("views.open", json!({ "trigger_id": trigger, "view": modal })),
        ("views.publish", json!({ "user_id": one, "view": home })),
        ("views.update", json!({ "view_id": view, "view": home })),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scopes_of_the_manifest_suffice_for_every_call_and_none_is_idle() {
    let Some(slack) = Emulate::start().await else { return };
    let (bot, few) = (slack.bot(&slack.said.all).await, slack.bot(&slack.said.few).await);
    let calls = calls(&slack, &bot).await;
    // The exchange has its own test; the other two the stand-in does not have, and they take no scope.
    let elsewhere = ["apps.connections.open", "auth.revoke", "oauth.v2.access"];
    let called: BTreeSet<&str> = calls.iter().map(|(name, _)| *name).chain(elsewhere).collect();
    assert_eq!(called, METHODS.iter().map(|(name, _)| *name).collect());
    // First without the scopes: a refused call changes nothing.
    for (name, args) in &calls {
        let _ = few.call(name, args.clone()).await;
    }
    let wanting = slack.wanting();
    for (name, needed) in &wanting {
        let listed = METHODS.iter().find(|(method, _)| method == name).map(|(_, scopes)| *scopes);
        assert!(listed.is_some_and(|scopes| scopes.contains(&needed.as_str())), "{name} wants {needed}");
    }
    // What `few` has, what only deliveries need, and what the stand-in gives with users:read already.
    let unasked = ["chat:write", "commands", "users:read.email"];
    let needed: BTreeSet<&str> = wanting.iter().map(|(_, needed)| needed.as_str()).chain(unasked).collect();
    assert_eq!(needed, scopes().into_iter().collect());
    for (name, args) in calls {
        if name != "views.open" {
            bot.ok(name, args).await;
            continue;
        }
        // What allows a view lives for three seconds and opens one: the first round used it up.
        let trigger = bot.ok("views.generateTriggerId", json!({})).await["trigger_id"].clone();
        bot.ok(name, json!({ "trigger_id": trigger, "view": args["view"] })).await;
    }
    assert_eq!(slack.wanting().len(), wanting.len(), "nothing is wanting with all scopes");
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

#[async_trait]
impl Installed for Heard {
    async fn installed(&self, workspace: &str, _name: &str) {
        self.0.lock().expect("nobody panicked with it").push(workspace.to_owned());
    }
}

/// A browser, which follows nothing by itself.
async fn browse(address: &str, cookie: &str, form: Option<String>) -> (StatusCode, HeaderMap, String) {
    let request = match &form {
        Some(_) => Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        None => Request::get(address),
    };
    let request = request.header(header::COOKIE, cookie).body(Body::from(form.unwrap_or_default()));
    let answer = http().request(request.expect("a request")).await.expect("an answer");
    let (head, body) = answer.into_parts();
    let body = axum::body::to_bytes(Body::new(body), 1 << 20).await.expect("the whole page");
    (head.status, head.headers, String::from_utf8_lossy(&body).into_owned())
}

/// Somebody agrees at Slack: the path and query with which their browser comes back to us, and its cookie.
async fn agree(ours: &str, person: &str) -> (String, String) {
    let (status, headers, page) = browse(&format!("{ours}{INSTALL_PATH}"), "", None).await;
    assert_eq!(status, StatusCode::OK);
    let cookie = headers[header::SET_COOKIE].to_str().expect("text").split(';').next().expect("a pair");
    let link = page.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    let link = link.replace("&amp;", "&");
    let (status, _, page) = browse(&link, "", None).await;
    assert_eq!(status, StatusCode::OK, "the stand-in knows the app and the way back: {page}");
    assert!(page.contains("Roundtable"), "{page}");
    let (there, query) = link.split_once('?').expect("a query");
    let form = format!("{query}&user_id={person}");
    let (status, headers, _) = browse(&format!("{there}/callback"), "", Some(form)).await;
    assert_eq!(status, StatusCode::FOUND);
    let back = headers[header::LOCATION].to_str().expect("text").strip_prefix(PUBLIC).expect("our address");
    assert!(back.starts_with(&format!("{CALLBACK_PATH}?code=")), "{back}");
    (back.to_owned(), cookie.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_gives_a_sealed_token_that_works_and_a_forged_way_back_gives_none() {
    let Some(slack) = Emulate::start().await else { return };
    let (store, folder) = empty_store().await;
    let person = slack.bot(&slack.said.all).await.people().await.remove(0);
    let key = Secret::new("k".repeat(32));
    let keys = Arc::new(Keys::new(&key));
    let plain = Plain::new(&slack.api).expect("this machine has certificates");
    let heard = Arc::new(Heard::default());
    let oauth = SlackOAuth {
        client_id: "12345.67890".into(),
        client_secret: Secret::new("test-client-secret"),
        key,
        public_url: PUBLIC.into(),
    };
    let installer = |oauth: SlackOAuth| Installer {
        oauth,
        keys: keys.clone(),
        plain: plain.clone(),
        authorize: install::authorize_page(&slack.api),
        store: store.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(Ids::from_entropy()),
        hears: heard.clone(),
    };
    let ours = format!("http://{}", serve(install::routes(Arc::new(installer(oauth.clone())))).await);
    let (back, cookie) = agree(&ours, &person).await;
    // Of another browser, without a cookie, with a signature of somebody else.
    let forged = back.replacen("state=", "state=x", 1);
    for (back, cookie) in [(&back, "roundtable-install=other"), (&back, ""), (&forged, cookie.as_str())] {
        assert_eq!(browse(&format!("{ours}{back}"), cookie, None).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(slack.seen("oauth.v2.access"), 0, "a forged way back never reaches Slack");
    let install =
        async || store.read().await.unwrap().find_install(PLATFORM, &slack.said.team).await.unwrap();
    assert_eq!(install().await, None);
    let (status, _, page) = browse(&format!("{ours}{back}"), &cookie, None).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_eq!(*heard.0.lock().expect("nobody panicked with it"), [slack.said.team.as_str()]);
    assert_eq!(browse(&format!("{ours}{back}"), &cookie, None).await.0, StatusCode::BAD_REQUEST, "once only");
    assert_eq!(slack.seen("oauth.v2.access"), 1);
    let kept = install().await.expect("it is kept");
    assert_eq!((kept.name.as_str(), kept.bot_account.as_str()), ("Test Workspace", slack.said.bot.as_str()));
    assert_eq!(kept.scopes, scopes().join(","));
    let token = keys.open(&slack.said.team, &kept.token).expect("our key opens it");
    assert!(token.expose().starts_with("xoxb-") && token.expose() != slack.said.all);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let secret = token.expose().as_bytes();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "the database holds no open token");
    }
    // The token speaks for the bot, and the adapter finds it by itself.
    let identity = identify(&plain, &token).await.expect("Slack knows the token");
    assert_eq!((identity.workspace, identity.bot_account), (slack.said.team.clone(), slack.said.bot.clone()));
    let source = TokenSource::new(store.clone(), Arc::new(SystemClock), Some(keys.clone()));
    let port = slack.port(store.clone(), Arc::new(source));
    sent(port.send(&Place::Direct(person.clone()), "m1", &words("Hello")).await);
    assert_eq!(slack.wanting(), []);
    // A code that Slack does not know, and credentials that it does not take, change nothing.
    let (back, cookie) = agree(&ours, &person).await;
    let unknown = back.replacen("code=", "code=x", 1);
    assert_eq!(browse(&format!("{ours}{unknown}"), &cookie, None).await.0, StatusCode::BAD_REQUEST);
    let wrong = SlackOAuth { client_secret: Secret::new("another"), ..oauth };
    let ours = format!("http://{}", serve(install::routes(Arc::new(installer(wrong)))).await);
    let (back, cookie) = agree(&ours, &person).await;
    assert_eq!(browse(&format!("{ours}{back}"), &cookie, None).await.0, StatusCode::BAD_GATEWAY);
    assert_eq!(install().await.expect("it is kept").token, kept.token);
}

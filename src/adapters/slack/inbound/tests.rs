//! The whole inbound side over a database and a small stand-in that answers every call.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::envelope::Delivery;
use super::receive::Ack;
use super::*;
use crate::adapters::slack::PLATFORM;
use crate::adapters::slack::transport::api::Reach;
use crate::adapters::slack::transport::{SlackApi, SlackMessenger};
use crate::clock::{Ids, VirtualClock};
use crate::content::Content;
use crate::domain::civil::Instant;
use crate::store::Store;

type Call = (String, Value);

async fn stand_in(
    State(calls): State<mpsc::UnboundedSender<Call>>,
    Path(path): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    body: Bytes,
) -> Json<Value> {
    let method = path.trim_start_matches("api/").to_owned();
    let args = serde_json::from_slice(&body).unwrap_or_else(|_| json!(query));
    let answer = match method.as_str() {
        "users.info" => {
            let id = args["user"].as_str().unwrap_or_default();
            let team = if id == "U9" { "T9" } else { "T1" };
            json!({"ok": true, "user": {
                "id": id, "team_id": team, "name": id.to_lowercase(), "real_name": "Ada Example",
                "tz": "Europe/Berlin", "is_admin": true,
            }})
        }
        "chat.postMessage" => json!({"ok": true, "channel": "D1", "ts": "1.1"}),
        _ => json!({"ok": true}),
    };
    // What comes after the test looked away is of no interest.
    let _ = calls.send((method, args));
    Json(answer)
}

struct NoMentions;

#[async_trait]
impl Mentions for NoMentions {
    async fn accounts(
        &self,
        _workspace: &str,
        _people: &std::collections::BTreeSet<String>,
    ) -> HashMap<String, String> {
        HashMap::new()
    }
}

struct Scene {
    inbound: Arc<Inbound>,
    core: Arc<Core>,
    clock: Arc<VirtualClock>,
    calls: mpsc::UnboundedReceiver<Call>,
    base: String,
    stop: watch::Sender<bool>,
    running: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let (sender, calls) = mpsc::unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().route("/{*path}", axum::routing::any(stand_in)).with_state(sender);
        tokio::spawn(async move { axum::serve(listener, router).await });

        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("slack.db").to_string_lossy()).await.expect("opens");
        store.migrate(None).await.expect("migrates");
        let clock = Arc::new(VirtualClock::at(Instant::from_secs(1_800_000_000)));
        let ids: Arc<Ids> = Arc::new(Ids::from_seed(1));
        let tokens = Arc::new(TokenSource::new(store.clone(), clock.clone(), None));
        tokens.settle("T1", Secret::new("xoxb-test"));
        let reach = Reach { base: Some(format!("{base}/api")), ..Reach::default() };
        let api = Arc::new(SlackApi::new(reach, tokens.clone()).expect("certificates"));
        let mentions = Arc::new(NoMentions);
        let courier = Arc::new(Courier::new(api, store.clone(), clock.clone(), mentions.clone(), "/mentor"));
        let messenger: Arc<dyn Messenger> = Arc::new(SlackMessenger::new(courier.clone()));
        let core = Core::new(store, Arc::new(Content::builtin()), clock.clone(), ids.clone())
            .with_messenger(PLATFORM, messenger.clone());
        let core = Arc::new(core);
        let parts = Parts {
            core: core.clone(),
            courier,
            messenger,
            tokens,
            mentions,
            clock: clock.clone(),
            ids,
            root: "/mentor".into(),
            admins: Vec::new(),
        };
        let inbound = Arc::new(Inbound::new(parts));
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn({
            let inbound = inbound.clone();
            async move { inbound.run(stopped).await }
        });
        Self { inbound, core, clock, calls, base, stop, running, _folder: folder }
    }

    /// The arguments of the next call of this method; others are passed over.
    async fn call(&mut self, method: &str) -> Value {
        let wanted = async {
            loop {
                let (name, args) = self.calls.recv().await.expect("the stand-in runs");
                if name == method {
                    return args;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wanted).await.expect(method)
    }

    async fn command(&self, account: &str, text: &str, trigger: &str) -> Ack {
        let fields = json!({
            "team_id": "T1", "user_id": account, "user_name": "ada", "channel_id": "C1", "text": text,
            "trigger_id": trigger, "response_url": format!("{}/reply", self.base),
        });
        self.inbound.reception.receive(Delivery::from_command(&fields)).await
    }

    async fn event(&self, id: &str, event: Value) -> Ack {
        let body = json!({"type": "event_callback", "event_id": id, "team_id": "T1", "event": event});
        self.inbound.reception.receive(Delivery::from_event(&body)).await
    }

    async fn file(&self, view: &Value, values: Value) -> Value {
        let payload = json!({
            "type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"},
            "view": {
                "id": "V1", "hash": "1.a", "type": "modal", "title": view["title"],
                "callback_id": view["callback_id"], "private_metadata": view["private_metadata"],
                "state": {"values": values},
            },
        });
        match self.inbound.reception.receive(Delivery::from_interaction(&payload)).await {
            Ack::Say(said) => said,
            other => panic!("the form got no answer: {other:?}"),
        }
    }

    fn count(&self, name: &str) -> u64 {
        self.inbound.standing().counts[name]
    }

    /// Stops everything and says which methods were called meanwhile.
    async fn end(mut self) -> Vec<String> {
        self.stop.send(true).expect("it runs");
        self.running.await.expect("it ends");
        let mut called = Vec::new();
        while let Ok((name, _)) = self.calls.try_recv() {
            called.push(name);
        }
        called
    }
}

/// The state of a window as it was opened, with other words in one of its fields; also the name of that block.
fn state(view: &Value, name: &str, words: &str) -> (String, Value) {
    let ends = format!(".{name}");
    let (mut changed, mut values) = (String::new(), serde_json::Map::new());
    for block in view["blocks"].as_array().expect("a window has blocks") {
        let (element, id) = (&block["element"], block["block_id"].as_str().expect("a name"));
        let Some(action) = element["action_id"].as_str() else { continue };
        let mut held = json!({
            "type": element["type"], "value": element["initial_value"],
            "selected_option": element["initial_option"], "selected_options": element["initial_options"],
        });
        if id.ends_with(&ends) {
            held["value"] = json!(words);
            id.clone_into(&mut changed);
        }
        values.insert(id.to_owned(), json!({ action: held }));
    }
    assert!(!changed.is_empty(), "no field {name}");
    (changed, Value::Object(values))
}

#[tokio::test]
async fn a_command_is_answered_once_however_often_it_is_delivered() {
    let mut scene = Scene::new().await;
    assert_eq!(scene.command("U1", "about", "1.1.a").await, Ack::Plain);
    let said = scene.call("reply").await;
    assert_eq!(
        (said["response_type"].as_str(), said["replace_original"].as_bool()),
        (Some("ephemeral"), Some(false))
    );
    assert!(!said["text"].as_str().unwrap().is_empty());
    for _ in 0..3 {
        assert_eq!(scene.command("U1", "about", "1.1.a").await, Ack::Plain);
    }
    assert_eq!((scene.count("kept"), scene.count("repeated")), (1, 3));
    assert!(!scene.end().await.contains(&"reply".to_owned()));
}

#[tokio::test]
async fn a_form_keeps_what_was_typed_until_it_is_right_and_none_of_it_is_in_the_inbox() {
    let mut scene = Scene::new().await;
    scene.command("U1", "profile", "1.1.a").await;
    let opened = scene.call("views.open").await;
    assert_eq!(opened["trigger_id"], "1.1.a");
    let view = &opened["view"];
    let (block, values) = state(view, "availability", "whenever, canary");
    let told = scene.file(view, values).await;
    assert_eq!(told["response_action"], "errors", "{told}");
    assert!(told["errors"][&block].is_string(), "{told}");
    let (_, values) = state(view, "organisation", "North Bank, canary");
    let told = scene.file(view, values).await;
    assert_eq!(
        (told["response_action"].as_str(), told["view"]["type"].as_str()),
        (Some("update"), Some("modal"))
    );
    let people = scene.core.directory(PLATFORM, "T1").await.expect("reads");
    assert_eq!(
        (people[0].organisation.as_str(), people[0].zone.as_str()),
        ("North Bank, canary", "Europe/Berlin")
    );
    assert_eq!((scene.count("kept"), scene.count("forms")), (1, 2), "only the command was kept");
    scene.end().await;
}

#[tokio::test]
async fn a_form_that_comes_too_late_to_open_is_offered_by_a_button() {
    let mut scene = Scene::new().await;
    scene.command("U1", "about", "1.1.a").await;
    scene.call("reply").await;
    let typed =
        json!({"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "profile"});
    assert_eq!(scene.event("Ev1", typed).await, Ack::Plain);
    let said = scene.call("chat.postMessage").await;
    assert_eq!(said["channel"], "D1");
    assert!(said["blocks"].to_string().contains("\"value\":\"profile\""), "{said}");
    scene.end().await;
}

#[tokio::test]
async fn somebody_of_another_workspace_is_refused_and_leaves_no_trace() {
    let mut scene = Scene::new().await;
    scene.command("U9", "join", "1.1.a").await;
    let said = scene.call("reply").await;
    assert!(said["text"].as_str().unwrap().contains("belongs to another one"), "{said}");
    assert!(scene.core.directory(PLATFORM, "T1").await.expect("reads").is_empty());
    scene.end().await;
}

#[tokio::test]
async fn a_home_is_published_when_it_is_opened_and_not_again_while_slack_still_shows_it() {
    let mut scene = Scene::new().await;
    let opened =
        |shown: Value| json!({"type": "app_home_opened", "tab": "home", "user": "U1", "view": shown});
    scene.event("Ev1", opened(Value::Null)).await;
    let first = scene.call("views.publish").await;
    assert_eq!((first["user_id"].as_str(), first["view"]["type"].as_str()), (Some("U1"), Some("home")));
    scene.event("Ev2", opened(json!({"id": "V1"}))).await;
    scene.event("Ev3", opened(Value::Null)).await;
    assert_eq!(scene.call("views.publish").await, first, "after a new installation Slack shows nothing");
    assert!(!scene.end().await.contains(&"views.publish".to_owned()), "the second opening published nothing");
}

#[tokio::test]
async fn news_of_an_uninstallation_is_checked_with_slack_where_the_token_has_no_date() {
    let mut scene = Scene::new().await;
    scene.command("U1", "about", "1.1.a").await;
    scene.call("reply").await;
    scene.event("Ev1", json!({"type": "app_uninstalled"})).await;
    scene.call("auth.test").await;
    scene.command("U1", "about", "1.1.b").await;
    let said = scene.call("reply").await;
    assert!(!said["text"].as_str().unwrap().contains("not set up"), "the token still stands: {said}");
    scene.end().await;
}

fn signed(secret: &str, at: i64, body: &str) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = ring::hmac::sign(&key, format!("v0:{at}:{body}").as_bytes());
    let hex: Vec<String> = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("X-Slack-Request-Timestamp: {at}\r\nX-Slack-Signature: v0={}\r\n", hex.concat())
}

/// Posts to the door and gives the status and the body of the answer.
async fn posted(address: std::net::SocketAddr, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        http::PATH,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    // The door may close before it read all of something too large.
    let _ = stream.write_all(body.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
}

#[tokio::test]
async fn only_fresh_signed_requests_get_through_the_door_and_a_redelivery_is_taken_again() {
    let scene = Scene::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = scene.inbound.router(&[Secret::new("s3cret")]);
    let door = tokio::spawn(http::serve(listener, router, std::future::pending()));
    let now = scene.clock.now().as_secs();
    let json_type = "Content-Type: application/json\r\n";
    let event = json!({
        "type": "event_callback", "event_id": "Ev1", "team_id": "T1",
        "event": {"type": "member_left_channel", "channel": "C1", "user": "U1"},
    })
    .to_string();
    for (headers, status) in [
        (json_type.to_owned(), 401),
        (format!("{json_type}{}", signed("guess", now, &event)), 401),
        (format!("{json_type}{}", signed("s3cret", now - 360, &event)), 401),
        (format!("{json_type}{}", signed("s3cret", now, "another body")), 401),
        (format!("{json_type}{}", signed("s3cret", now, &event)), 200),
        (format!("{json_type}X-Slack-Retry-Num: 1\r\n{}", signed("s3cret", now + 1, &event)), 200),
        (format!("Content-Type: text/plain\r\n{}", signed("s3cret", now, &event)), 400),
    ] {
        assert_eq!(posted(address, &headers, &event).await.0, status, "{headers}");
    }
    assert_eq!((scene.count("kept"), scene.count("repeated"), scene.count("forged")), (1, 1, 4));
    let torn = &event[..event.len() / 2];
    let headers = format!("{json_type}{}", signed("s3cret", now, torn));
    assert_eq!(posted(address, &headers, torn).await.0, 400);
    let challenge = r#"{"type":"url_verification","challenge":"word"}"#;
    let headers = format!("{json_type}{}", signed("s3cret", now, challenge));
    let (status, body) = posted(address, &headers, challenge).await;
    assert!(status == 200 && body.contains("word"), "{status} {body}");
    let large = "x".repeat(20 * 1024 * 1024);
    let (status, _) = posted(address, json_type, &large).await;
    assert!(status == 413 || status == 0, "it was not read: {status}");
    door.abort();
    scene.end().await;
}

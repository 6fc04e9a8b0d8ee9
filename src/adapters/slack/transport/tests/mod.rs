//! The senders against a server on this machine that is told what to answer and remembers what it was asked.

mod cards;
mod posts;
mod replies;
mod rooms;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::api::{Reach, SlackApi, Tokens};
use super::courier::{Courier, Mentions};
use super::messenger::SlackMessenger;
use super::methods::Rates;
use crate::chat::message::Message;
use crate::clock::VirtualClock;
use crate::config::Secret;
use crate::domain::civil::Instant;
use crate::store::Store;

/// What the server says to a method with these arguments; `None` for "fine".
type Script = dyn Fn(&str, &Value) -> Option<Value> + Send + Sync;
type Calls = Arc<Mutex<Vec<(String, Value)>>>;

struct Everybody;

#[async_trait]
impl Tokens for Everybody {
    async fn bot_token(&self, _workspace: &str) -> Option<Secret> {
        Some(Secret::new("xoxb-test"))
    }
}

#[async_trait]
impl Mentions for Everybody {
    async fn accounts(&self, _workspace: &str, people: &BTreeSet<String>) -> HashMap<String, String> {
        people.iter().map(|person| (person.clone(), person.to_uppercase())).collect()
    }
}

/// A courier with its own database and a scripted Slack.
struct Desk {
    courier: Arc<Courier>,
    messenger: SlackMessenger,
    clock: Arc<VirtualClock>,
    base: String,
    calls: Calls,
    _folder: tempfile::TempDir,
}

/// The answer of a Slack that has nothing against it.
fn fine(method: &str, args: &Value) -> Value {
    let channel = match args["channel"].as_str() {
        Some(account) if account.starts_with('U') => format!("D{account}"),
        Some(channel) => channel.to_owned(),
        None => String::new(),
    };
    match method {
        "chat.postMessage" => json!({ "ok": true, "channel": channel, "ts": "1700000000.000100" }),
        "conversations.open" => {
            let users = args["users"].as_str().unwrap_or_default();
            let id = if users.contains(',') { format!("G-{users}") } else { format!("D{users}") };
            json!({ "ok": true, "channel": { "id": id } })
        }
        "conversations.create" => json!({ "ok": true, "channel": { "id": "C-new" } }),
        "users.info" => json!({ "ok": true, "user": { "deleted": false, "is_bot": false } }),
        "files.getUploadURLExternal" => {
            json!({ "ok": true, "upload_url": "http://127.0.0.1:1/upload", "file_id": "F1" })
        }
        _ => json!({ "ok": true }),
    }
}

#[allow(clippy::unnecessary_wraps)] // It stands where a script answers.
fn refusal(code: &str) -> Option<Value> {
    Some(json!({ "ok": false, "error": code }))
}

/// The arguments of a call, however they came.
fn read_args(method: &Method, query: HashMap<String, String>, headers: &HeaderMap, body: &Bytes) -> Value {
    if method == Method::GET {
        return query.into_iter().map(|(key, value)| (key, Value::from(value))).collect::<Map<_, _>>().into();
    }
    let is_json =
        headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json { serde_json::from_slice(body).unwrap_or_default() } else { json!({ "bytes": body.len() }) }
}

/// `_status` and `_after` in an answer are its HTTP status and `Retry-After`.
fn as_response(answer: &Value) -> Response {
    let status =
        answer["_status"].as_u64().and_then(|code| StatusCode::from_u16(u16::try_from(code).ok()?).ok());
    let mut response = axum::Json(answer).into_response();
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    if let Some(after) = answer["_after"].as_u64() {
        response.headers_mut().insert("retry-after", after.into());
    }
    response
}

impl Desk {
    async fn with(script: impl Fn(&str, &Value) -> Option<Value> + Send + Sync + 'static) -> Self {
        let script: Arc<Script> = Arc::new(script);
        let calls = Calls::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        let (log, address) = (Arc::clone(&calls), host.clone());
        let app = Router::new().fallback(
            move |method: Method,
                  uri: Uri,
                  Query(query): Query<HashMap<String, String>>,
                  headers: HeaderMap,
                  body: Bytes| {
                let args = read_args(&method, query, &headers, &body);
                let name = uri.path().trim_start_matches("/api/").trim_start_matches('/').to_owned();
                log.lock().unwrap().push((name.clone(), args.clone()));
                let mut answer = script(&name, &args).unwrap_or_else(|| fine(&name, &args));
                if answer.get("upload_url").is_some() {
                    answer["upload_url"] = Value::from(format!("{address}/upload"));
                }
                async move { as_response(&answer) }
            },
        );
        tokio::spawn(async move { axum::serve(listener, app).await });
        let reach = Reach {
            base: Some(format!("{host}/api")),
            timeout: Duration::from_secs(5),
            rates: Rates::hastened(1_000),
            ..Reach::default()
        };
        let api = Arc::new(SlackApi::new(reach, Arc::new(Everybody)).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("t.db").to_string_lossy()).await.unwrap();
        store.migrate(None).await.unwrap();
        let clock = Arc::new(VirtualClock::at(Instant::from_secs(1_700_000_000)));
        let courier = Arc::new(Courier::new(api, store, clock.clone(), Arc::new(Everybody), "/mentor"));
        let messenger = SlackMessenger::new(Arc::clone(&courier));
        Self { courier, messenger, clock, base: host, calls, _folder: folder }
    }

    /// A Slack that has nothing against anything.
    async fn new() -> Self {
        Self::with(|_, _| None).await
    }

    /// The names of all calls so far, in order.
    fn names(&self) -> Vec<String> {
        self.calls.lock().unwrap().iter().map(|(name, _)| name.clone()).collect()
    }

    /// The arguments of all calls of a method.
    fn args(&self, method: &str) -> Vec<Value> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|(name, _)| name == method).map(|(_, args)| args.clone()).collect()
    }

    fn forget(&self) {
        self.calls.lock().unwrap().clear();
    }
}

fn words() -> Message {
    Message::say("Hello")
}

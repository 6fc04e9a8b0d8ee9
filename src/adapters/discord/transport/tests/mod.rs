//! The senders against a small Discord on this machine, which keeps messages, threads and nonces, and can be told to
//! answer otherwise.
#![allow(clippy::unnecessary_lazy_evaluations, clippy::unnecessary_wraps)] // The shape of a server's answer.

mod directs;
mod events;
mod posts;
mod rooms;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::courier::{Courier, Draw, Drawn};
use super::direct::{Directs, Notice};
use super::limiter::Rates;
use super::mark;
use super::messenger::DiscordMessenger;
use super::rest::{Reach, Rest};
use super::rooms::RoomPlan;
use crate::chat::message::{Block, Message, Span};
use crate::chat::messenger::Place;
use crate::clock::{Clock as _, VirtualClock};
use crate::config::Secret;
use crate::domain::civil::Instant;
use crate::store::Store;

/// The server in which everything happens.
const GUILD: &str = "400";
const NOW: i64 = 1_700_000_000;

/// An answer out of turn: what was asked by method and path, its body, and whether it is carried out all the same.
type Script = dyn Fn(&str, &Value) -> Option<(u16, Value)> + Send + Sync;

/// What Discord keeps.
#[derive(Default)]
struct World {
    calls: Vec<(String, Value)>,
    /// Channel, nonce, message.
    messages: Vec<(String, String, Value)>,
    threads: Vec<Value>,
    events: Vec<Value>,
    /// Members by room.
    inside: HashMap<String, Vec<String>>,
}

/// Draws every message as its first words, as content.
struct Plain;

#[async_trait]
impl Draw for Plain {
    async fn draw(&self, _guild: &str, _place: &Place, message: &Message) -> Drawn {
        let words = match message.blocks.first() {
            Some(Block::Text { spans }) => spans.iter().map(said).collect::<String>(),
            _ => String::new(),
        };
        let edit = json!({ "content": words, "embeds": [], "components": [], "attachments": [] });
        Drawn { body: json!({ "content": words }), edit, files: Vec::new(), mentions: Vec::new() }
    }
}

fn said(span: &Span) -> &str {
    match span {
        Span::Plain { text } => text,
        _ => "",
    }
}

/// A messenger with its own database and a Discord.
struct Desk {
    courier: Arc<Courier>,
    directs: Arc<Directs>,
    notices: mpsc::Receiver<Notice>,
    messenger: DiscordMessenger,
    clock: Arc<VirtualClock>,
    world: Arc<Mutex<World>>,
    base: String,
    _folder: tempfile::TempDir,
}

const THREADS: RoomPlan = RoomPlan { channels: false, lists_members: false };

fn refusal(code: u64) -> Option<(u16, Value)> {
    Some((if code >= 50_000 { 403 } else { 404 }, json!({ "code": code, "message": "no" })))
}

impl World {
    /// What Discord does and answers when it has nothing against it.
    fn carry_out(&mut self, asked: &str, body: &Value, id: &str) -> (u16, Value) {
        let parts: Vec<&str> = asked.split(['/', ' ', '?']).collect();
        match parts.as_slice() {
            ["GET", "users", "@me"] => (200, json!({ "id": "1" })),
            ["POST", "users", "@me", "channels"] => {
                (200, json!({ "id": format!("9{}", body["recipient_id"].as_str().unwrap()) }))
            }
            ["POST", "channels", channel, "messages"] => {
                let nonce = body["nonce"].as_str().unwrap().to_owned();
                let same = |(other, known, _): &&(String, String, Value)| other == channel && *known == nonce;
                if let Some((_, _, message)) = self.messages.iter().find(same) {
                    return (200, message.clone());
                }
                let message = json!({ "id": id, "embeds": body["embeds"], "content": body["content"] });
                self.messages.push(((*channel).to_owned(), nonce, message.clone()));
                (200, message)
            }
            ["GET", "channels", channel, "messages", query] => {
                let after = query.split("after=").nth(1).unwrap().split('&').next().unwrap();
                let after: u64 = after.parse().unwrap();
                let number = |message: &Value| message["id"].as_str().unwrap().parse::<u64>().unwrap();
                let here = self.messages.iter().filter(|(other, ..)| other == channel);
                let mut page: Vec<Value> = here
                    .map(|(_, _, message)| message.clone())
                    .filter(|m| number(m) > after)
                    .take(100)
                    .collect();
                page.reverse();
                (200, Value::Array(page))
            }
            ["POST", "channels", parent, "threads"] => {
                let thread = json!({ "id": id, "name": body["name"], "owner_id": "1", "parent_id": parent });
                self.threads.push(thread.clone());
                (201, thread)
            }
            ["GET", "guilds", _, "threads", "active"] => (200, json!({ "threads": self.threads })),
            ["GET", "guilds", _, "channels"] => {
                (200, json!([{ "id": "500", "name": "mentoring", "type": 0 }]))
            }
            ["POST", "guilds", _, "channels"] => (201, json!({ "id": id, "name": body["name"] })),
            ["PUT", "channels", room, "thread-members" | "permissions", account] => {
                self.inside.entry((*room).to_owned()).or_default().push((*account).to_owned());
                (204, Value::Null)
            }
            ["DELETE", "channels", room, "thread-members" | "permissions", account] => {
                self.inside.entry((*room).to_owned()).or_default().retain(|one| one != account);
                (204, Value::Null)
            }
            ["POST", "guilds", _, "scheduled-events"] => {
                let mut event = body.clone();
                (event["id"], event["creator_id"]) = (json!(id), json!("1"));
                self.events.push(event.clone());
                (200, event)
            }
            ["GET", "guilds", _, "scheduled-events"] => (200, json!(self.events)),
            ["PUT", "channels", _, "messages", "pins", _] => (204, Value::Null),
            _ => (200, json!({ "id": id })),
        }
    }
}

impl Desk {
    async fn with(script: impl Fn(&str, &Value) -> Option<(u16, Value)> + Send + Sync + 'static) -> Self {
        Self::planned(THREADS, script).await
    }

    async fn planned(
        plan: RoomPlan,
        script: impl Fn(&str, &Value) -> Option<(u16, Value)> + Send + Sync + 'static,
    ) -> Self {
        let clock = Arc::new(VirtualClock::at(Instant::from_secs(NOW)));
        let world = Arc::<Mutex<World>>::default();
        let base = serve(Arc::new(script), Arc::clone(&world), Arc::clone(&clock)).await;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("t.db").to_string_lossy()).await.unwrap();
        store.migrate(None).await.unwrap();
        let (directs, notices) = Directs::new(store.clone(), clock.clone(), 50);
        let courier = Arc::new(Courier::new(Arc::new(rest(&base)), store, clock.clone(), Arc::new(Plain)));
        let directs = Arc::new(directs);
        let messenger = DiscordMessenger::new(Arc::clone(&courier), Arc::clone(&directs), plan);
        Self { courier, directs, notices, messenger, clock, world, base, _folder: folder }
    }

    /// A Discord that has nothing against anything.
    async fn new() -> Self {
        Self::with(|_, _| None).await
    }

    /// The same program started again: nothing but the database is left.
    fn restarted(&self) -> DiscordMessenger {
        let store = self.courier.store.clone();
        let (directs, _) = Directs::new(store.clone(), self.clock.clone(), 50);
        let courier = Courier::new(Arc::new(rest(&self.base)), store, self.clock.clone(), Arc::new(Plain));
        DiscordMessenger::new(Arc::new(courier), Arc::new(directs), THREADS)
    }

    /// What was asked, in order, as in `POST channels/11/messages`.
    fn asked(&self) -> Vec<String> {
        self.world.lock().unwrap().calls.iter().map(|(asked, _)| asked.clone()).collect()
    }

    /// The bodies of all calls of this kind.
    fn bodies(&self, asked: &str) -> Vec<Value> {
        let world = self.world.lock().unwrap();
        world.calls.iter().filter(|(other, _)| other == asked).map(|(_, body)| body.clone()).collect()
    }

    fn count(&self, asked: &str) -> usize {
        self.bodies(asked).len()
    }

    fn messages(&self) -> usize {
        self.world.lock().unwrap().messages.len()
    }

    fn inside(&self, room: &str) -> Vec<String> {
        let mut inside = self.world.lock().unwrap().inside.get(room).cloned().unwrap_or_default();
        inside.sort();
        inside.dedup();
        inside
    }

    fn forget(&self) {
        self.world.lock().unwrap().calls.clear();
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }
}

fn rest(base: &str) -> Rest {
    let rates = Rates { per_second: 5_000, replies_per_second: 1 };
    let reach = Reach { base: Some(base.to_owned()), timeout: Duration::from_secs(5), rates, seed: 1 };
    Rest::new(reach, Secret::new("token")).unwrap()
}

/// Status 5xx in a script means that it was carried out and the answer got lost.
async fn serve(script: Arc<Script>, world: Arc<Mutex<World>>, clock: Arc<VirtualClock>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let made = Arc::new(AtomicU64::new(0));
    let app = Router::new().fallback(move |method: Method, uri: Uri, body: Bytes| {
        let path = uri.path_and_query().unwrap().as_str().trim_start_matches("/api/v10/").replace("?&", "?");
        let asked = format!("{method} {path}");
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let mut world = world.lock().unwrap();
        world.calls.push((asked.clone(), body.clone()));
        let told = script(&asked, &body);
        let id = mark::id_at(clock.now()) + 1 + made.fetch_add(1, Ordering::Relaxed);
        let (status, answer) = match told {
            Some((status @ 500.., answer)) => {
                world.carry_out(&asked, &body, &id.to_string());
                (status, answer)
            }
            Some(told) => told,
            None => world.carry_out(&asked, &body, &id.to_string()),
        };
        async move {
            let mut response: Response =
                if status == 204 { ().into_response() } else { axum::Json(answer).into_response() };
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        }
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    base
}

fn words() -> Message {
    Message::say("Hello")
}

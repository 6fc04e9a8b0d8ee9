//! The playground's page and its small JSON interface. Everything is bounded: bodies, pages of messages, streams.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event as Sse, KeepAlive};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_stream::wrappers::BroadcastStream;

use super::{BOT, Event, PLATFORM, Playground, Said, WORKSPACE, Wrong, guard};
use crate::core::command::ROOT;
use crate::store::StoreError;

/// The largest body that is read, in bytes.
const MOST_BYTES: usize = 64 * 1024;

type App = State<Arc<Playground>>;

/// A refusal or fault as the page shows it.
struct Failed(StatusCode, String);

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<Wrong> for Failed {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::Refused(words) => Self(StatusCode::BAD_REQUEST, words),
            Wrong::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        tracing::error!(error.reason = %error, "playground.fault");
        let words = "Something broke while reading or writing the database. Look at the log, then try again.";
        Self(StatusCode::INTERNAL_SERVER_ERROR, words.to_owned())
    }
}

type Answer = Result<Json<Value>, Failed>;

/// Serves the page until `stop` is done.
pub async fn serve(
    listener: TcpListener,
    playground: Arc<Playground>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/", get(index))
        .route("/assets/{name}", get(asset))
        .route("/api/state", get(state))
        .route("/api/messages", get(messages))
        .route("/api/say", post(say))
        .route("/api/press", post(press))
        .route("/api/submit", post(submit))
        .route("/api/read", post(read))
        .route("/api/clock", post(clock))
        .route("/api/people", post(people))
        .route("/api/start", post(start))
        .route("/api/commands", get(commands))
        .route("/api/complete", get(complete))
        .route("/api/events", get(events))
        .layer(axum::middleware::from_fn(guard::guard))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(playground);
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

macro_rules! assets {
    ($($name:literal $kind:literal),+ $(,)?) => {
        &[$(($name, $kind, include_bytes!(concat!("web/", $name)) as &[u8])),+]
    };
}

const ASSETS: &[(&str, &str, &[u8])] = assets![
    "app.css" "text/css; charset=utf-8",
    "icon.svg" "image/svg+xml",
    "theme.js" "text/javascript; charset=utf-8",
    "app.js" "text/javascript; charset=utf-8",
    "api.js" "text/javascript; charset=utf-8",
    "clock.js" "text/javascript; charset=utf-8",
    "column.js" "text/javascript; charset=utf-8",
    "commandline.js" "text/javascript; charset=utf-8",
    "composer.js" "text/javascript; charset=utf-8",
    "dom.js" "text/javascript; charset=utf-8",
    "form.js" "text/javascript; charset=utf-8",
    "message.js" "text/javascript; charset=utf-8",
    "people.js" "text/javascript; charset=utf-8",
    "sidebar.js" "text/javascript; charset=utf-8",
    "suggest.js" "text/javascript; charset=utf-8",
    "time.js" "text/javascript; charset=utf-8",
    "timeline.js" "text/javascript; charset=utf-8",
];

async fn index() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], include_str!("web/index.html")).into_response()
}

async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, bytes)) => ([(header::CONTENT_TYPE, *kind)], *bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
struct As {
    #[serde(rename = "as", default)]
    account: String,
}

async fn clock_json(playground: &Playground) -> Result<Value, StoreError> {
    let next = playground.what_next().await?.map(|next| json!({ "at": next.at, "what": next.what }));
    let speed = playground.clock.speed();
    Ok(json!({ "now": playground.now(), "playing": speed > 0, "speed": speed, "next": next }))
}

async fn state(State(playground): App, Query(query): Query<As>) -> Answer {
    let listed = playground.core.directory(PLATFORM, WORKSPACE).await?;
    let me = listed.iter().find(|person| person.account == query.account);
    if me.is_none() && !query.account.is_empty() {
        return Err(Failed(
            StatusCode::NOT_FOUND,
            "Nobody by that name is here. Choose somebody from the list.".into(),
        ));
    }
    let me = me.map(|person| json!({ "id": person.account, "name": person.name, "zone": person.zone }));
    let rooms: Vec<Value> = playground
        .rooms(&query.account)
        .await?
        .into_iter()
        .map(|r| {
            json!({
                "id": r.id, "kind": r.kind, "name": r.name, "topic": r.topic,
                "unread": r.unread, "mentions": 0, "last_at": r.last_at,
            })
        })
        .collect();
    let people: Vec<Value> = listed
        .iter()
        .map(|p| {
            json!({
                "id": p.account, "name": p.name, "organisation": p.organisation,
                "title": p.title, "zone": p.zone, "bot": false,
            })
        })
        .collect();
    Ok(Json(json!({
        "workspace": { "name": "Roundtable playground" },
        "clock": clock_json(&playground).await?,
        "empty": people.is_empty(),
        "people": people,
        "me": me,
        "rooms": rooms,
    })))
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "as")]
    account: String,
    room: String,
    before: Option<String>,
}

async fn messages(State(playground): App, Query(page): Query<Page>) -> Answer {
    let (posts, more) = playground.messages(&page.account, &page.room, page.before.as_deref()).await?;
    let messages: Vec<Value> = posts
        .into_iter()
        .map(|post| {
            json!({
                "id": post.id, "at": post.at, "edited": post.edited, "private": post.private,
                "author": { "id": post.author, "name": post.name, "bot": post.author == BOT },
                "message": post.message,
            })
        })
        .collect();
    Ok(Json(json!({ "messages": messages, "more": more })))
}

#[derive(Deserialize)]
struct Say {
    #[serde(rename = "as")]
    account: String,
    room: String,
    text: String,
}

fn form_json(said: &Said) -> Json<Value> {
    Json(json!({ "form": said.form }))
}

async fn say(State(playground): App, Json(act): Json<Say>) -> Answer {
    Ok(form_json(&playground.say(&act.account, &act.room, &act.text).await?))
}

#[derive(Deserialize)]
struct Press {
    #[serde(rename = "as")]
    account: String,
    room: String,
    message: String,
    command: String,
}

async fn press(State(playground): App, Json(act): Json<Press>) -> Answer {
    Ok(form_json(&playground.press(&act.account, &act.room, &act.message, &act.command).await?))
}

#[derive(Deserialize)]
struct Submit {
    #[serde(rename = "as")]
    account: String,
    room: String,
    command: String,
    values: BTreeMap<String, String>,
}

async fn submit(State(playground): App, Json(act): Json<Submit>) -> Answer {
    Ok(form_json(&playground.submit(&act.account, &act.room, &act.command, act.values).await?))
}

#[derive(Deserialize)]
struct Read {
    #[serde(rename = "as")]
    account: String,
    room: String,
    upto: String,
}

async fn read(State(playground): App, Json(act): Json<Read>) -> Answer {
    playground.read(&act.account, &act.room, &act.upto).await?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Turn {
    Advance { seconds: i64 },
    Next,
    Play { speed: u32 },
    Pause,
}

async fn clock(State(playground): App, Json(turn): Json<Turn>) -> Answer {
    match turn {
        Turn::Advance { seconds } => playground.advance(seconds).await?,
        Turn::Next => {
            playground.next_thing().await?;
        }
        Turn::Play { speed } => playground.play(speed),
        Turn::Pause => playground.play(0),
    }
    Ok(Json(clock_json(&playground).await?))
}

#[derive(Deserialize)]
struct NewPerson {
    name: String,
    #[serde(default)]
    organisation: String,
    zone: String,
}

async fn people(State(playground): App, Json(person): Json<NewPerson>) -> Answer {
    let id = playground.add_person(&person.name, &person.organisation, &person.zone).await?;
    Ok(Json(json!({ "id": id })))
}

#[derive(Deserialize)]
struct Start {
    with: String,
}

async fn start(State(playground): App, Json(start): Json<Start>) -> Answer {
    if start.with == "demo" {
        playground.start_demo().await?;
    }
    Ok(Json(json!({})))
}

async fn commands(State(playground): App, Query(query): Query<As>) -> Answer {
    let specs = playground.core.commands_for(PLATFORM, WORKSPACE, &query.account).await?;
    let commands: Vec<Value> = specs
        .into_iter()
        .map(|spec| {
            let args: Vec<Value> = spec
                .args
                .iter()
                .map(|arg| {
                    let choices: &[&str] = match arg.kind {
                        crate::core::command::Kind::Choice(options) => options,
                        _ => &[],
                    };
                    json!({
                        "name": arg.name, "kind": arg.kind.name(), "required": arg.required,
                        "help": arg.help, "choices": choices,
                    })
                })
                .collect();
            json!({ "path": spec.path, "summary": spec.summary, "args": args })
        })
        .collect();
    Ok(Json(json!({ "root": ROOT, "commands": commands })))
}

#[derive(Deserialize)]
struct Complete {
    #[serde(rename = "as")]
    account: String,
    command: String,
    arg: String,
    #[serde(default)]
    q: String,
}

async fn complete(State(playground): App, Query(query): Query<Complete>) -> Answer {
    let choices = playground
        .core
        .complete(PLATFORM, WORKSPACE, &query.account, &query.command, &query.arg, &query.q)
        .await?;
    Ok(Json(json!({ "choices": choices })))
}

async fn events(State(playground): App) -> axum::response::Sse<impl Stream<Item = Result<Sse, Infallible>>> {
    let news = BroadcastStream::new(playground.listen());
    let stream = news.then(move |event| {
        let playground = playground.clone();
        async move {
            // A page that fell behind gets one call to look at everything anew.
            match event.unwrap_or(Event::State) {
                Event::Room(room) => Sse::default().event("room").data(json!({ "room": room }).to_string()),
                Event::State => Sse::default().event("state").data("{}"),
                Event::Clock => {
                    let clock = clock_json(&playground).await.unwrap_or_else(|_| json!({}));
                    Sse::default().event("clock").data(clock.to_string())
                }
            }
        }
    });
    let first = stream::once(async { Sse::default().event("state").data("{}") });
    axum::response::Sse::new(first.chain(stream).map(Ok)).keep_alive(KeepAlive::default())
}

//! The HTTP side: who may call what, faults, rates, and the way of a call from the wire to its answer.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

use super::faults::CallFault;
use super::wire::{self, Answer, Request};
use super::world::{APP_TOKEN, Call as Record};
use super::{Call, Given, Refused, Shared, args, files, people, rooms, talk, views};

/// Takes connections for as long as the fake lives.
pub async fn listen(shared: Arc<Shared>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(serve(shared.clone(), stream));
    }
}

async fn serve(shared: Arc<Shared>, mut stream: TcpStream) {
    let mut kept = Vec::new();
    while let Some(request) = wire::read(&mut stream, &mut kept).await {
        let last = request.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
        let answer = answer(&shared, &request);
        if !wire::write(&mut stream, answer).await || last {
            return;
        }
    }
}

fn answer(shared: &Shared, request: &Request) -> Answer {
    if let Some(name) = request.path.strip_prefix("/api/") {
        return method(shared, name, request);
    }
    if let Some(id) = request.path.strip_prefix("/reply/") {
        return faulty(shared, "response_url", || talk::reply(shared, id, request));
    }
    if let Some(id) = request.path.strip_prefix("/upload/") {
        return faulty(shared, "upload", || files::upload(shared, id, request));
    }
    shared.world().find_fault(format!("nothing is at {}", request.path));
    Answer::text(404, "text/html", "<html><body>Not here</body></html>".into())
}

/// Plays the fault that is due, around what is done.
fn faulty(shared: &Shared, name: &str, carry_out: impl FnOnce() -> Answer) -> Answer {
    let fault = shared.faults().of_call(name);
    let failed = |status| Answer::text(status, "text/html", "<html><body>Server error</body></html>".into());
    match fault {
        None => carry_out(),
        Some(CallFault::TooMany) => too_many(1),
        Some(CallFault::FailedBefore) => failed(503),
        Some(CallFault::InternalError) => Answer::json(&json!({ "ok": false, "error": "internal_error" })),
        Some(CallFault::Reset) => Answer::Reset,
        Some(CallFault::Hang) => Answer::Hang,
        Some(after) => {
            drop(carry_out());
            match after {
                CallFault::FailedAfter => failed(502),
                CallFault::Html => {
                    Answer::text(200, "text/html", "<!doctype html><title>Slack</title>".into())
                }
                CallFault::DoneDropped => Answer::Drop,
                _ => Answer::Hang,
            }
        }
    }
}

fn too_many(seconds: u64) -> Answer {
    Answer::Say {
        status: 429,
        media: "application/json; charset=utf-8",
        headers: vec![("retry-after", seconds.to_string())],
        body: json!({ "ok": false, "error": "ratelimited" }).to_string(),
    }
}

fn method(shared: &Shared, name: &str, request: &Request) -> Answer {
    let Some(known) = args::method(name) else {
        shared.world().find_fault(format!("{name}: there is no such method"));
        return said_no("unknown_method", &json!({}));
    };
    let args = match args::read(known, request) {
        Ok(args) => args,
        Err((error, why)) => {
            shared.world().find_fault(format!("{name}: {why}"));
            return said_no(
                error,
                &json!({ "response_metadata": { "messages": [format!("[ERROR] {why}")] } }),
            );
        }
    };
    if name != "oauth.v2.access" {
        shared.note_call(name, &args);
    }
    let team = match who(shared, name, request) {
        Ok(team) => team,
        Err(error) => {
            record(shared, "", name, &args, error);
            return said_no(error, &json!({}));
        }
    };
    if shared.limited && !team.is_empty() {
        let channel = args["channel"].as_str().unwrap_or_default();
        let mut limits = shared.limits.lock().expect("nobody panics with the limits in hand");
        if let Some(seconds) = limits.take(&team, name, known.per_minute, channel, shared.now()) {
            drop(limits);
            record(shared, &team, name, &args, "ratelimited");
            return too_many(seconds);
        }
    }
    faulty(shared, name, || carry_out(shared, known, &team, &args))
}

fn record(shared: &Shared, team: &str, method: &str, args: &Value, result: &str) {
    let call = Record {
        team: team.to_owned(),
        method: method.to_owned(),
        args: args.clone(),
        result: result.to_owned(),
    };
    shared.world().calls.push(call);
}

/// The workspace of the token; Slack's error when the token does not fit.
fn who(shared: &Shared, method: &str, request: &Request) -> Result<String, &'static str> {
    if method == "oauth.v2.access" {
        return Ok(String::new());
    }
    let Some(token) = request.header("authorization").and_then(|v| v.strip_prefix("Bearer ")) else {
        shared.world().find_fault(format!("{method}: called without a token"));
        return Err("not_authed");
    };
    let mut world = shared.world();
    let wants_app = method == "apps.connections.open";
    if token == APP_TOKEN {
        if !wants_app {
            world.find_fault(format!("{method}: called with the app's token"));
            return Err("not_allowed_token_type");
        }
        return if world.teams.values().all(|team| team.gone == Some("invalid_auth")) {
            Err("invalid_auth")
        } else {
            Ok(String::new())
        };
    }
    let team = world.teams.values().find(|team| team.token == token);
    let found = team.map(|team| (team.id.clone(), team.gone));
    match found {
        Some((_, Some(gone))) => Err(gone),
        Some(_) if wants_app => Err("not_allowed_token_type"),
        Some((id, None)) => Ok(id),
        None => {
            world.find_fault(format!("{method}: called with a token that nobody gave out"));
            Err("invalid_auth")
        }
    }
}

fn said_no(error: &str, more: &Value) -> Answer {
    let mut body = more.clone();
    body["ok"] = json!(false);
    body["error"] = json!(error);
    Answer::json(&body)
}

fn carry_out(shared: &Shared, method: &args::Method, team: &str, args: &Value) -> Answer {
    let now = shared.now();
    let mut world = shared.world();
    let mut call =
        Call { world: &mut world, team: team.to_owned(), args: args.clone(), now, http: shared.http };
    let given = if method.name == "apps.connections.open" {
        let ticket = shared.hub.ticket();
        Ok(json!({ "url": format!("ws://{}/link/?ticket={ticket}&app_id=x", shared.socket) }))
    } else if method.scope.is_empty() {
        run(method.name, &mut call)
    } else {
        call.needs(&[method.scope]).and_then(|()| run(method.name, &mut call))
    };
    let scopes = world.teams.get(team).map(|t| t.scopes.iter().cloned().collect::<Vec<_>>().join(","));
    let (result, answer) = match given {
        Ok(mut body) => {
            body["ok"] = json!(true);
            ("ok".to_owned(), Answer::json(&body))
        }
        Err(Refused::Says(error)) => (error.to_owned(), said_no(error, &json!({}))),
        Err(Refused::Needs(needed)) => {
            world.find_fault(format!("{}: the scope {needed} is missing", method.name));
            let more = json!({ "needed": needed, "provided": scopes.clone().unwrap_or_default() });
            ("missing_scope".to_owned(), said_no("missing_scope", &more))
        }
        Err(Refused::Breach(error, why)) => {
            world.find_fault(format!("{}: {error}: {why}", method.name));
            let messages = json!({ "response_metadata": { "messages": [format!("[ERROR] {why}")] } });
            (error.to_owned(), said_no(error, &messages))
        }
    };
    drop(world);
    record(shared, team, method.name, args, &result);
    match answer {
        Answer::Say { status, media, mut headers, body } => {
            headers.extend(scopes.map(|scopes| ("x-oauth-scopes", scopes)));
            Answer::Say { status, media, headers, body }
        }
        other => other,
    }
}

fn run(name: &str, call: &mut Call<'_>) -> Given {
    match name {
        "auth.test"
        | "oauth.v2.access"
        | "auth.revoke"
        | "team.info"
        | "bots.info"
        | "users.info"
        | "users.list"
        | "users.lookupByEmail" => people::run(name, call),
        "chat.postMessage"
        | "chat.update"
        | "chat.delete"
        | "chat.postEphemeral"
        | "chat.getPermalink"
        | "pins.add"
        | "pins.remove"
        | "pins.list"
        | "conversations.history" => talk::run(name, call),
        "views.open" | "views.push" | "views.update" | "views.publish" => views::run(name, call),
        "files.getUploadURLExternal" | "files.completeUploadExternal" | "files.info" | "files.delete" => {
            files::run(name, call)
        }
        _ => rooms::run(name, call),
    }
}

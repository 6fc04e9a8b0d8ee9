//! The HTTP side: who may call what, faults, rates, and the way of a call from the wire to its answer.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

use super::faults::CallFault;
use super::world::{Call as Record, TOKEN};
use super::{
    Call, Refused, Routes, Serve, Shared, answers, commands, events, multipart, people, refuse, rooms, talk,
    threads,
};
use crate::slack::fake::wire::{self, Answer, Request};

/// Every family of calls.
const FAMILIES: &[Routes] = &[
    answers::ROUTES,
    commands::ROUTES,
    events::ROUTES,
    people::ROUTES,
    rooms::ROUTES,
    talk::ROUTES,
    threads::ROUTES,
];
/// What one request may hold.
const MOST_BYTES: usize = 25 << 20;

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

/// A route that fits: method, template, what serves it, and the variable parts.
struct Found {
    route: String,
    template: &'static str,
    serve: Serve,
    params: Vec<(&'static str, String)>,
}

/// Fixed words of a path go before variable ones. The number says whether another method would have fitted.
fn find(method: &str, path: &str) -> Result<Found, u64> {
    let parts: Vec<&str> = path.split('/').collect();
    let mut best: Option<(usize, Found)> = None;
    let mut elsewhere = false;
    for (own, template, serve) in FAMILIES.iter().flat_map(|family| family.iter()) {
        let wanted: Vec<&'static str> = template.split('/').collect();
        let fits = wanted.len() == parts.len()
            && wanted
                .iter()
                .zip(&parts)
                .all(|(want, part)| want == part || (want.starts_with('{') && !part.is_empty()));
        if !fits {
            continue;
        }
        if *own != method {
            elsewhere = true;
            continue;
        }
        let variable = wanted.iter().zip(&parts).filter(|(want, _)| want.starts_with('{'));
        let params: Vec<(&'static str, String)> =
            variable.map(|(want, part)| (want.trim_matches(['{', '}']), (*part).to_owned())).collect();
        if best.as_ref().is_none_or(|(count, _)| params.len() < *count) {
            let found = Found { route: format!("{method} {template}"), template, serve: *serve, params };
            best = Some((found.params.len(), found));
        }
    }
    best.map(|(_, found)| found).ok_or(if elsewhere { 405 } else { 404 })
}

fn answer(shared: &Shared, request: &Request) -> Answer {
    let Some(path) = request.path.strip_prefix("/api/v10") else {
        shared.world().find_fault(format!("{} is not the tenth version", request.path));
        return said(&refuse::told(&Refused::Says(404)), Vec::new());
    };
    let found = match find(&request.method, path) {
        Ok(found) => found,
        Err(code) => {
            shared.world().find_fault(format!("{} {path}: there is no such call", request.method));
            return said(&refuse::told(&Refused::Says(code)), Vec::new());
        }
    };
    let agent = request.header("user-agent").unwrap_or_default();
    if !agent.starts_with("DiscordBot (") {
        shared.world().find_fault(format!("{}: the user agent is {agent:?}", found.route));
    }
    let (body, files) = match read_body(request) {
        Ok(read) => read,
        Err(refused) => return refuse_at_the_door(shared, &found, &refused),
    };
    if let Err(refused) = allowed(shared, &found, request) {
        return refuse_at_the_door(shared, &found, &refused);
    }
    shared.note_call(&request.method, found.template, &body, !files.is_empty());
    let major = ["webhook_token", "channel_id", "guild_id"]
        .iter()
        .find_map(|name| found.params.iter().find(|(own, _)| own == name))
        .map(|(_, value)| value.clone())
        .unwrap_or_default();
    let standing = shared.limits.lock().expect("nobody panics with the limits in hand").take(
        &found.route,
        &major,
        shared.now(),
        shared.limited,
    );
    if let Some((wait, global)) = standing.wait {
        record(shared, &found, &body, 429, 0);
        return too_many(wait, if global { "global" } else { "user" }, standing.headers);
    }
    let headers = standing.headers;
    faulty(shared, &found, headers.clone(), || carry_out(shared, &found, request, body, files, headers))
}

fn refuse_at_the_door(shared: &Shared, found: &Found, refused: &Refused) -> Answer {
    let told = refuse::told(refused);
    let mut world = shared.world();
    if let Some(noted) = &told.2 {
        world.find_fault(format!("{}: {noted}", found.route));
    }
    let call = Record { route: found.route.clone(), body: Value::Null, status: told.0, code: 0 };
    world.calls.push(call);
    drop(world);
    said(&told, Vec::new())
}

type Body = (Value, Vec<(usize, super::world::File)>);

fn read_body(request: &Request) -> Result<Body, Refused> {
    if request.body.len() > MOST_BYTES {
        return Err(Refused::Breach(50_109, "more than 25 MiB".into()));
    }
    let media = request.header("content-type").unwrap_or_default();
    if media.starts_with("multipart/form-data") {
        let read = multipart::read(media, &request.body);
        return read.ok_or_else(|| Refused::Breach(50_109, "parts that cannot be read".into()));
    }
    if request.body.is_empty() {
        return Ok((Value::Null, Vec::new()));
    }
    if !media.starts_with("application/json") {
        return Err(Refused::Breach(50_109, format!("a body of {media:?}")));
    }
    let json = serde_json::from_slice(&request.body);
    json.map(|json| (json, Vec::new())).map_err(|_| Refused::Breach(50_109, "a body that is not JSON".into()))
}

/// Whether the token fits; answers to interactions carry their own.
fn allowed(shared: &Shared, found: &Found, request: &Request) -> Result<(), Refused> {
    let given = request.header("authorization");
    let free = found.template.starts_with("/interactions/") || found.template.starts_with("/webhooks/");
    if free && given.is_none() {
        return Ok(());
    }
    let fits = given == Some(&format!("Bot {TOKEN}"));
    if fits && shared.world().revoked {
        return Err(Refused::Says(401));
    }
    if fits { Ok(()) } else { Err(Refused::Breach(401, "a token that nobody gave out".into())) }
}

/// Plays the fault that is due, around what is done.
fn faulty(
    shared: &Shared,
    found: &Found,
    headers: Vec<(&'static str, String)>,
    carry_out: impl FnOnce() -> Answer,
) -> Answer {
    let fault = shared.faults().of_call(&found.route);
    let page = |status| Answer::text(status, "text/html", "<html><body>Server error</body></html>".into());
    match fault {
        None => carry_out(),
        Some(CallFault::TooMany) => too_many(0.3, "user", headers),
        Some(CallFault::TooManyGlobal) => too_many(0.3, "global", Vec::new()),
        Some(CallFault::TooManyShared) => too_many(0.3, "shared", headers),
        Some(CallFault::Banned) => Answer::Say {
            status: 429,
            media: "text/html",
            headers: vec![("retry-after", "60".into())],
            body: "<html><body>error 1015</body></html>".into(),
        },
        Some(CallFault::FailedBefore) => page(503),
        Some(CallFault::InternalError) => {
            said(&(500, json!({ "message": "500: Internal Server Error", "code": 0 }), None), headers)
        }
        Some(CallFault::Reset) => Answer::Reset,
        Some(CallFault::Hang) => Answer::Hang,
        Some(after) => {
            drop(carry_out());
            let token = found.params.iter().find(|(name, _)| *name == "interaction_token");
            let mut world = shared.world();
            if let Some(known) = token.and_then(|(_, token)| world.interactions.get_mut(token)) {
                known.doubted = true;
            }
            match after {
                CallFault::FailedAfter => page(502),
                CallFault::Html => page(200),
                CallFault::DoneDropped => Answer::Drop,
                _ => Answer::Hang,
            }
        }
    }
}

fn too_many(seconds: f64, scope: &str, mut headers: Vec<(&'static str, String)>) -> Answer {
    let global = scope == "global";
    headers.push(("retry-after", format!("{:.0}", seconds.ceil())));
    headers.push(("x-ratelimit-scope", scope.to_owned()));
    if global {
        headers.push(("x-ratelimit-global", "true".into()));
    }
    let body = json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": global });
    Answer::Say { status: 429, media: "application/json", headers, body: body.to_string() }
}

fn said((status, body, _): &(u16, Value, Option<String>), headers: Vec<(&'static str, String)>) -> Answer {
    let body = if *status == 204 { String::new() } else { body.to_string() };
    Answer::Say { status: *status, media: "application/json", headers, body }
}

fn record(shared: &Shared, found: &Found, body: &Value, status: u16, code: u64) {
    let call = Record { route: found.route.clone(), body: body.clone(), status, code };
    shared.world().calls.push(call);
}

fn carry_out(
    shared: &Shared,
    found: &Found,
    request: &Request,
    body: Value,
    files: Vec<(usize, super::world::File)>,
    headers: Vec<(&'static str, String)>,
) -> Answer {
    let (kept, now, identified) = (body.clone(), shared.now(), shared.hub.identified());
    let mut world = shared.world();
    let mut call = Call {
        world: &mut world,
        params: found.params.clone(),
        query: wire::pairs(&request.query),
        body,
        files,
        now,
        socket: shared.socket,
        shards: shared.shards(),
        identified,
        news: Vec::new(),
        answered: None,
    };
    let given = (found.serve)(&mut call);
    let (news, answered) = (std::mem::take(&mut call.news), call.answered.take());
    let told = match given {
        Ok((status, body)) => (status, body, None),
        Err(refused) => refuse::told(&refused),
    };
    if let Some(noted) = &told.2 {
        world.find_fault(format!("{}: {noted}: {kept}", found.route));
    }
    drop(world);
    for (guild, name, data) in news {
        shared.hub.tell(guild.as_deref(), name, &data, shared.shards());
    }
    if let Some(interaction) = answered {
        shared.acknowledge(&interaction, &kept);
    }
    record(shared, found, &kept, told.0, told.1["code"].as_u64().unwrap_or(0));
    said(&told, headers)
}

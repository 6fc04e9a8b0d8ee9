//! HTTP mode: one address for events, commands and interactions. Invariant: no more than a mebibyte is read, before
//! anything else is asked; then the signature; only then what it says. A redelivery is acknowledged again.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Map, Value};
use tokio::net::TcpListener;

use super::envelope::{Delivery, What};
use super::receive::{Ack, Count, Reception};
use super::signature::{Signers, Unsigned};
use crate::clock::Clock;
use crate::config::Secret;

#[cfg(test)]
mod tests;

/// Where Slack delivers.
pub const PATH: &str = "/slack/events";
/// The largest body that is read, in bytes.
const MOST_BYTES: usize = 1024 * 1024;
/// A body that takes longer than this to arrive is not waited for.
const READ_WITHIN: Duration = Duration::from_secs(5);
/// Fields of a form; Slack sends about fifteen.
const MOST_FIELDS: usize = 100;

struct Door {
    reception: Arc<Reception>,
    signers: Signers,
    clock: Arc<dyn Clock>,
}

/// The route to deliver to, for a server of its own or beside others.
pub fn router(reception: Arc<Reception>, secrets: &[Secret], clock: Arc<dyn Clock>) -> Router {
    let door = Arc::new(Door { reception, signers: Signers::new(secrets), clock });
    Router::new().route(PATH, post(deliver)).with_state(door)
}

/// Serves the route alone until `stop` is done.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn deliver(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match read(&parts.headers, body).await {
        Ok(body) => body,
        Err(status) => {
            door.reception.count(Count::Unreadable);
            return status.into_response();
        }
    };
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let (signature, timestamp) = (text("x-slack-signature"), text("x-slack-request-timestamp"));
    if let Err(why) = door.signers.check(signature, timestamp, &body, door.clock.now()) {
        door.reception.count(Count::Forged);
        tracing::warn!(slack.why = ?why, "slack.request_not_believed");
        return refusal(why).into_response();
    }
    if let Some(retry) = text("x-slack-retry-num") {
        tracing::info!(slack.retries = retry.parse().unwrap_or(0_u32), "slack.delivered_again");
    }
    let kind = text(header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let Some(delivery) = delivery(kind, &body) else {
        door.reception.count(Count::Unreadable);
        return StatusCode::BAD_REQUEST.into_response();
    };
    if matches!(delivery.what, What::Unknown(_)) && is_check(kind, &body) {
        return StatusCode::OK.into_response();
    }
    answer(door.reception.receive(delivery).await)
}

/// The body, if it is not too large and does not dawdle.
async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, StatusCode> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MOST_BYTES) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match tokio::time::timeout(READ_WITHIN, axum::body::to_bytes(body, MOST_BYTES)).await {
        Ok(Ok(body)) => Ok(body),
        // Either too large or broken off; whoever broke it off does not read this.
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

const fn refusal(why: Unsigned) -> (StatusCode, &'static str) {
    match why {
        Unsigned::Missing => (StatusCode::UNAUTHORIZED, "This address takes signed requests of Slack only."),
        Unsigned::Stale => {
            (StatusCode::UNAUTHORIZED, "This request is too old. Check the clock of this machine.")
        }
        Unsigned::Wrong => {
            (StatusCode::UNAUTHORIZED, "The signature is not right. Check the signing secret.")
        }
    }
}

/// Reads a verified body: events are JSON, commands a form, interactions JSON in a form.
fn delivery(kind: &str, body: &[u8]) -> Option<Delivery> {
    if kind.starts_with("application/json") {
        return Some(Delivery::from_event(&serde_json::from_slice(body).ok()?));
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let fields = fields(std::str::from_utf8(body).ok()?);
    match fields.get("payload").and_then(Value::as_str) {
        Some(payload) => Some(Delivery::from_interaction(&serde_json::from_str(payload).ok()?)),
        None => Some(Delivery::from_command(&Value::Object(fields))),
    }
}

/// Slack looks now and then whether a command's address answers.
fn is_check(kind: &str, body: &[u8]) -> bool {
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    is_form && std::str::from_utf8(body).is_ok_and(|body| fields(body).contains_key("ssl_check"))
}

/// The fields of a form.
fn fields(body: &str) -> Map<String, Value> {
    let pairs = body.split('&').filter(|pair| !pair.is_empty()).take(MOST_FIELDS);
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), Value::String(decoded(value)))
        })
        .collect()
}

/// Without `+` and `%`; what is no UTF-8 then is replaced.
fn decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = (digit(bytes.get(at + 1)), digit(bytes.get(at + 2)));
        match (byte, pair) {
            (b'%', (Some(high), Some(low))) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            (other, _) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn answer(ack: Ack) -> Response {
    match ack {
        Ack::Plain => StatusCode::OK.into_response(),
        Ack::Say(said) => Json(said).into_response(),
        // Slack delivers an event again after this, and keeps a form open.
        Ack::Withhold => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

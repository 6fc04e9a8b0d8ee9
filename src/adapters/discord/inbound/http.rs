//! Interactions by request instead of over a connection. Invariant: no more than a mebibyte is read, before anything
//! else is asked; then the signature and its age; only then what it says. Discord itself sends wrong signatures now and
//! then to see that they are refused.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use serenity::interactions_endpoint::Verifier;
use tokio::net::TcpListener;

use super::envelope::{Delivery, What};
use super::receive::{Ack, Count, Reception};
use crate::clock::Clock;
use crate::domain::civil::Instant;

#[cfg(test)]
mod tests;

/// Where Discord delivers.
pub const PATH: &str = "/discord/interactions";
/// The largest body that is read, in bytes.
const MOST_BYTES: usize = 1024 * 1024;
/// A body that takes longer than this to arrive is not waited for.
const READ_WITHIN: Duration = Duration::from_secs(2);
/// A request that was signed longer ago than this is not believed, nor one from the future.
const MOST_AGE_SECS: i64 = 5 * 60;

/// The public key of the config is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "discord.public_key is not a public key; copy the 64 digits from General Information of your app in Discord's \
     developer portal"
)]
pub struct BadKey;

/// Reads the application's public key: 64 hexadecimal digits.
pub fn verifier(public_key: &str) -> Result<Verifier, BadKey> {
    let digits = public_key.trim().as_bytes();
    let mut key = [0_u8; 32];
    if digits.len() != key.len() * 2 {
        return Err(BadKey);
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    for (place, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *place = digit(pair[0]).zip(digit(pair[1])).map(|(high, low)| high * 16 + low).ok_or(BadKey)?;
    }
    Verifier::try_new(key).map_err(|_| BadKey)
}

struct Door {
    reception: Arc<Reception>,
    verifier: Verifier,
    clock: Arc<dyn Clock>,
}

/// The route to deliver to, for a server of its own or beside others.
pub fn router(reception: Arc<Reception>, verifier: Verifier, clock: Arc<dyn Clock>) -> Router {
    let door = Arc::new(Door { reception, verifier, clock });
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
    if !is_signed(&door.verifier, &parts.headers, &body, door.clock.now()) {
        door.reception.count(Count::Forged);
        tracing::warn!("discord.request_not_believed");
        let words = "This address takes requests that Discord signed, and this one is not, or is too old.";
        return (StatusCode::UNAUTHORIZED, words).into_response();
    }
    let Ok(value) = serde_json::from_slice::<Value>(&body) else {
        door.reception.count(Count::Unreadable);
        return StatusCode::BAD_REQUEST.into_response();
    };
    let delivery = Delivery::from_interaction(&value);
    let asked = match &delivery.what {
        What::Asked(asked) => Some(asked.id.clone()),
        _ => None,
    };
    match door.reception.receive(delivery).await {
        Ack::Say(said) => {
            if let Some(id) = asked {
                // It goes out with this very response. What follows it is tried again where that was overtaken.
                let reception = door.reception.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(UNDER_WAY).await;
                    reception.said(&id, true);
                });
            }
            Json(said).into_response()
        }
        Ack::Nothing => StatusCode::NO_CONTENT.into_response(),
        Ack::Withhold => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// A response takes this long to be on its way before anything refers to it.
const UNDER_WAY: Duration = Duration::from_millis(150);

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

fn is_signed(verifier: &Verifier, headers: &HeaderMap, body: &[u8], now: Instant) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(signature), Some(timestamp)) = (text("x-signature-ed25519"), text("x-signature-timestamp"))
    else {
        return false;
    };
    let plain = signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    let Ok(signed_at) = timestamp.parse::<i64>() else { return false };
    let fresh = now.as_secs().checked_sub(signed_at).is_some_and(|age| age.abs() <= MOST_AGE_SECS);
    plain && fresh && verifier.verify(signature, timestamp, body).is_ok()
}

//! Endpoints for whoever operates the program: `/healthz`, `/readyz` and `/metrics`. Invariant: they tell states,
//! counts and delays, never a name, a message or the text of an error.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

mod metrics;
#[cfg(test)]
mod tests;

/// Answers come within this long, or the database counts as not answering: a probe must not hang with it.
const PATIENCE: Duration = Duration::from_secs(3);
/// Requests under way may take this long after the stop.
const FAREWELL: Duration = Duration::from_secs(5);

const NO_STORE: (HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// What has been done since the program was started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counters {
    /// Nudges sent, by kind.
    pub sends: Vec<(String, u64)>,
    /// Nudges skipped for good, by reason.
    pub skips: Vec<(String, u64)>,
    /// Times a nudge was held back for later, by reason.
    pub holds: Vec<(String, u64)>,
}

/// How the program is doing now.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VitalSigns {
    /// Nudges in the database by state.
    pub nudges: Vec<(String, i64)>,
    /// Seconds that the oldest due nudge has been waiting; `None` when none is due.
    pub oldest_due_lag_seconds: Option<f64>,
    /// The release of the time zone rules in use, such as `2026a`.
    pub tzdb: String,
    /// What has been done since the start.
    pub counters: Counters,
    /// Connections to chat platforms: name, how many there should be, how many are up.
    pub connections: Vec<(String, usize, usize)>,
}

/// Whoever can feel the pulse of the program: reads the database once for each call.
#[async_trait]
pub trait Vitals: Send + Sync {
    /// The vital signs, or why the database does not answer; the reason goes to the log only.
    async fn vitals(&self) -> Result<VitalSigns, String>;
}

/// The three endpoints.
pub fn router(vitals: Arc<dyn Vitals>) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_page))
        .fallback(async || {
            (StatusCode::NOT_FOUND, "There is nothing here. Please try /healthz, /readyz or /metrics.\n")
        })
        .with_state(vitals)
}

/// Answers until `stop` is done; then finishes the requests under way, for five seconds at most.
pub async fn serve(
    listener: TcpListener,
    vitals: Arc<dyn Vitals>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopped, stopping) = oneshot::channel::<()>();
    let stop = async move {
        stop.await;
        // The receiver is gone only when the server is, and then nobody needs to know.
        let _ = stopped.send(());
    };
    let server = axum::serve(listener, router(vitals)).with_graceful_shutdown(stop);
    // A client that opens a connection and says nothing must not hold up the end of the program.
    let farewell = async move {
        if stopping.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        done = server => done,
        () = farewell => Ok(()),
    }
}

async fn take(vitals: &dyn Vitals, endpoint: &'static str) -> Option<VitalSigns> {
    let error = match tokio::time::timeout(PATIENCE, vitals.vitals()).await {
        Ok(Ok(signs)) => return Some(signs),
        Ok(Err(error)) => error,
        Err(_) => "the database took too long to answer".to_owned(),
    };
    tracing::warn!(ops.endpoint = endpoint, ops.error = %error, "vital signs could not be read");
    None
}

/// Says that the process lives, whatever the database does: restarting the bot mends no database.
async fn healthz(State(vitals): State<Arc<dyn Vitals>>) -> impl IntoResponse {
    let signs = take(&*vitals, "healthz").await;
    let body = json!({
        "status": "alive",
        "version": env!("CARGO_PKG_VERSION"),
        "database": if signs.is_some() { "up" } else { "down" },
        "tzdb": signs.as_ref().map(|signs| &signs.tzdb),
        "oldest_due_lag_seconds": signs.as_ref().and_then(|signs| signs.oldest_due_lag_seconds),
    });
    ([NO_STORE], Json(body))
}

/// Says whether the program can do its work.
async fn readyz(State(vitals): State<Arc<dyn Vitals>>) -> impl IntoResponse {
    let (status, word) = match take(&*vitals, "readyz").await {
        // One connection of several is enough to hear everybody.
        Some(signs) if signs.connections.iter().any(|(_, wanted, up)| *wanted > 0 && *up == 0) => {
            (StatusCode::SERVICE_UNAVAILABLE, "not connected")
        }
        Some(_) => (StatusCode::OK, "ready"),
        None => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    (status, [NO_STORE], Json(json!({ "status": word })))
}

async fn metrics_page(State(vitals): State<Arc<dyn Vitals>>) -> impl IntoResponse {
    let signs = take(&*vitals, "metrics").await;
    let page = metrics::exposition(signs.as_ref());
    ([NO_STORE, (header::CONTENT_TYPE, metrics::CONTENT_TYPE)], page)
}

//! One client for Discord's HTTP API: limited, bounded in time and size, repeated only where that is safe. Invariant:
//! nothing that a call carries gets into a log or an error, and the token goes to the configured address only.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, redirect};
use serde_json::Value;
use serenity::http::Request;
use tokio::sync::OnceCell;

use super::answer::{Scope, Told};
use super::breaker::{Breaker, Noted, STOP, WARN};
use super::call::{Call, Route, Verb};
use super::fault::{CallError, code};
use super::gate::Gate;
use super::lane::Lane;
use super::limiter::Rates;
use super::retry::pause_before;
use crate::adapters::common::spread::Spread;
use crate::config::Secret;

#[cfg(test)]
mod tests;

/// A connection that is not made within this long was not made at all, which is good to know.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Kept connections are given up before the other side does.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// An answer longer than this is not Discord's.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// How to reach Discord.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Another address than Discord's own, such as a stand-in's.
    pub base: Option<String>,
    /// A call is given up after this long.
    pub timeout: Duration,
    /// How fast.
    pub rates: Rates,
    /// Begins the spread of retries; any number that differs from process to process.
    pub seed: u64,
}

impl Default for Reach {
    fn default() -> Self {
        Self { base: None, timeout: Duration::from_secs(10), rates: Rates::PUBLISHED, seed: 0 }
    }
}

/// The client. One serves all servers.
pub struct Rest {
    client: Client,
    token: Secret,
    reach: Reach,
    gate: Gate,
    breaker: Mutex<Breaker>,
    locked: AtomicBool,
    spread: Spread,
    me: OnceCell<String>,
}

impl Rest {
    /// A client. Fails when the machine cannot make encrypted connections.
    pub fn new(reach: Reach, token: Secret) -> Result<Self, CallError> {
        let mut builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(reach.timeout)
            .pool_idle_timeout(IDLE_TIMEOUT)
            // Nobody sends the token anywhere else.
            .redirect(redirect::Policy::none());
        if reach.base.as_deref().is_some_and(|base| base.starts_with("http://")) {
            builder = builder.no_proxy();
        } else {
            builder = builder.https_only(true);
        }
        let client = builder.build().map_err(|_| CallError::NotSent {
            reason: "this machine cannot make encrypted connections".to_owned(),
        })?;
        let (gate, spread) = (Gate::new(reach.rates), Spread::new(reach.seed));
        let (breaker, locked, me) = (Mutex::default(), AtomicBool::new(false), OnceCell::new());
        Ok(Self { client, token, reach, gate, breaker, locked, spread, me })
    }

    /// Whether Discord refused the token: then nothing is called until the program starts again.
    pub fn is_locked(&self) -> bool {
        self.locked.load(Ordering::Relaxed)
    }

    /// Answers 401, 403 and 429 of the last ten minutes that Discord holds against us.
    pub fn invalid_count(&self) -> u32 {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).count(self.gate.elapsed())
    }

    /// How many buckets and lanes are remembered.
    pub fn size(&self) -> (usize, usize) {
        self.gate.size()
    }

    /// The bot's own account.
    pub async fn me(&self) -> Result<&str, CallError> {
        let ask = async || {
            let answer = self.call(Call::get(Route::UserMe)).await?;
            answer["id"].as_str().map(str::to_owned).ok_or_else(|| CallError::unread("account"))
        };
        self.me.get_or_try_init(ask).await.map(String::as_str)
    }

    /// Makes a call when its turn comes. An answer without a body is `null`.
    pub async fn call(&self, call: Call<'_>) -> Result<Value, CallError> {
        let path = call.route.path();
        let path =
            path.split_once("//").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
        let lane = Lane::new(call.verb.reqwest_method().as_str(), path);
        let ticket = call.ticket(path);
        let (mut tried, mut doubt) = (0, None);
        loop {
            tried += 1;
            let error = match self.once(&call, &lane, ticket).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            log(&lane, &error);
            let Some(pause) = pause_before(tried, &error, call.repeatable, self.spread.next()) else {
                // That the last try did nothing says nothing of the one before.
                return Err(doubt.filter(|_| error.passes()).unwrap_or(error));
            };
            if call.verb == Verb::Post && matches!(error, CallError::InDoubt { .. }) {
                doubt = Some(error);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// One call in its turn.
    async fn once(&self, call: &Call<'_>, lane: &Lane, ticket: u64) -> Result<Value, CallError> {
        self.may_go()?;
        let request = self.request(call)?;
        let turn = self.gate.pass(lane, call.urgency, ticket).await;
        let slot = turn.map_err(|retry_after| CallError::Rate { retry_after })?;
        // Others may have found the door shut meanwhile.
        self.may_go()?;
        let (status, headers, body) = self.send(request).await?;
        let told = Told::read(status, &headers, &body);
        let wait = slot.answered(&told);
        self.count(lane, &told, &body);
        match (status, wait) {
            (_, Some(retry_after)) => Err(CallError::Rate { retry_after }),
            (204, _) => Ok(Value::Null),
            (200..300, _) if body.is_empty() => Ok(Value::Null),
            (200..300, _) => serde_json::from_slice(&body)
                .map_err(|_| CallError::InDoubt { reason: "Discord's answer could not be read".to_owned() }),
            (401, _) if self.is_locked() => Err(CallError::Locked),
            _ => Err(CallError::from_answer(status, &body)),
        }
    }

    fn may_go(&self) -> Result<(), CallError> {
        if self.is_locked() {
            return Err(CallError::Locked);
        }
        let mut breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        match breaker.stopped_for(self.gate.elapsed()) {
            Some(retry_after) => Err(CallError::Rate { retry_after }),
            None => Ok(()),
        }
    }

    /// The request as the library addresses and signs it. What it carries is added here: the library would write it
    /// into its own events.
    fn request(&self, call: &Call<'_>) -> Result<reqwest::Request, CallError> {
        let unbuilt = || CallError::NotSent { reason: "the call could not be made".to_owned() };
        let params = (!call.params.is_empty()).then(|| call.params.clone());
        let bare = Request::new(call.route, call.verb).params(params);
        let token = format!("Bot {}", self.token.expose());
        let bare = bare.build(&self.client, &token, self.reach.base.as_deref());
        let mut bare = bare.map_err(|_| unbuilt())?.build().map_err(|_| unbuilt())?;
        if let Some(path) = &call.path {
            let (api, _) = bare.url().path().split_once("/channels/").ok_or_else(unbuilt)?;
            let whole = format!("{api}/{path}");
            bare.url_mut().set_path(&whole);
        }
        let mut headers = std::mem::take(bare.headers_mut());
        headers.remove(CONTENT_LENGTH);
        let mut request = self.client.request(bare.method().clone(), bare.url().clone());
        if let Some(within) = call.within.filter(|within| *within < self.reach.timeout) {
            request = request.timeout(within);
        }
        if call.files.is_empty() {
            if let Some(body) = &call.body {
                headers.insert(CONTENT_TYPE, reqwest::header::HeaderValue::from_static("application/json"));
                request = request.body(body.to_string());
            } else if bare.method() != reqwest::Method::GET {
                headers.insert(CONTENT_LENGTH, 0.into());
            }
        } else {
            request = request.multipart(call.form()?);
        }
        request.headers(headers).build().map_err(|_| unbuilt())
    }

    /// Status, headers and body of the answer.
    async fn send(&self, request: reqwest::Request) -> Result<(u16, HeaderMap, Vec<u8>), CallError> {
        let mut answer = self.client.execute(request).await.map_err(|error| meaning(&error))?;
        let (status, headers) = (answer.status().as_u16(), std::mem::take(answer.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| meaning(&error))? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(CallError::InDoubt { reason: "Discord's answer is too long".to_owned() });
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, headers, body))
    }

    /// Counts what Discord holds against us, and locks everything when it does not take the token.
    fn count(&self, lane: &Lane, told: &Told, body: &[u8]) {
        if told.status == 401
            && !lane.exempt
            && is_about_the_bot(body)
            && !self.locked.swap(true, Ordering::Relaxed)
        {
            tracing::error!(
                "Discord does not take the bot's token; nothing is sent until the program starts with a good one"
            );
        }
        if let Some((Scope::Everything, pause)) = told.refused {
            tracing::error!(pause.seconds = pause.as_secs(), "discord.shut_out");
        }
        if !told.is_invalid() {
            return;
        }
        let noted = self.breaker.lock().unwrap_or_else(PoisonError::into_inner).note(self.gate.elapsed());
        match noted {
            Noted::Counted => {}
            Noted::Warn => tracing::warn!(discord.invalid = WARN, "discord.many_invalid_requests"),
            Noted::Stopped => tracing::error!(
                discord.invalid = STOP,
                "too many calls were refused in ten minutes; nothing is sent until Discord has forgotten some"
            ),
        }
    }
}

/// The tokens of webhooks have a code of their own.
fn is_about_the_bot(body: &[u8]) -> bool {
    let code_of = serde_json::from_slice::<Value>(body).ok().and_then(|body| body["code"].as_u64());
    code_of != Some(code::BAD_WEBHOOK_TOKEN)
}

/// What it means that no answer came.
fn meaning(error: &reqwest::Error) -> CallError {
    if error.is_connect() {
        CallError::NotSent { reason: "no connection to Discord".to_owned() }
    } else if error.is_builder() {
        CallError::NotSent { reason: "the call could not be made".to_owned() }
    } else if error.is_timeout() {
        CallError::late()
    } else {
        CallError::InDoubt { reason: "the connection to Discord broke".to_owned() }
    }
}

fn log(lane: &Lane, error: &CallError) {
    tracing::warn!(discord.route = %lane.route, error.reason = %error, "discord.call_failed");
}

/// Shared by all senders.
pub type SharedRest = Arc<Rest>;

//! One client for Slack's Web API: limited, bounded in time, repeated only where that is safe. Invariant: nothing
//! that a call carries gets into a log or an error; the log has the method, the workspace and the error code.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use slack_morphism::errors::SlackClientError;
use slack_morphism::hyper_tokio::{
    SlackClientHyperConnector, SlackClientHyperHttpsConnector, SlackHyperClient,
};
use slack_morphism::{SlackApiToken, SlackApiTokenValue, SlackClient};

use super::fault::CallError;
use super::gate::Gate;
use super::limiter::Lane;
pub use super::limiter::Urgency;
use super::methods::{Method, Rates, Shape, method};
use super::retry::pause_before;
use crate::adapters::common::spread::Spread;
use crate::config::Secret;

#[cfg(test)]
mod tests;

/// Where tokens come from.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// The bot token of a workspace; `None` when the app is not installed there or its token cannot be read now.
    async fn bot_token(&self, workspace: &str) -> Option<Secret>;
}

/// A token with the workspace it belongs to, whose limits its calls draw from.
#[derive(Debug, Clone)]
pub struct Token {
    /// The platform's id of the workspace.
    pub workspace: String,
    secret: Secret,
}

impl Token {
    /// A token of a workspace.
    pub fn new(workspace: impl Into<String>, secret: Secret) -> Self {
        Self { workspace: workspace.into(), secret }
    }

    fn for_client(&self) -> SlackApiToken {
        SlackApiToken::new(SlackApiTokenValue(self.secret.expose().to_owned()))
    }
}

/// Sees each call before it leaves, for tests that check the calls; tokens are not among what it sees.
pub type Recorder = Arc<dyn Fn(&str, &Value) + Send + Sync>;

/// How to reach Slack.
#[derive(Clone)]
pub struct Reach {
    /// Another address than Slack's own, without a slash at its end.
    pub base: Option<String>,
    /// A call is given up after this long.
    pub timeout: Duration,
    /// Opening a view is given up after this long: what allows it lasts three seconds.
    pub view_timeout: Duration,
    /// How fast.
    pub rates: Rates,
    /// Begins the spread of retries; any number that differs from process to process.
    pub seed: u64,
    /// Sees all calls.
    pub recorder: Option<Recorder>,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            base: None,
            timeout: Duration::from_secs(10),
            view_timeout: Duration::from_millis(2_500),
            rates: Rates::PUBLISHED,
            seed: 0,
            recorder: None,
        }
    }
}

/// The client. One serves all workspaces.
pub struct SlackApi {
    pub(super) client: Arc<SlackHyperClient>,
    tokens: Arc<dyn Tokens>,
    gate: Gate,
    pub(super) reach: Reach,
    spread: Spread,
}

/// A connection that is not made within this long was not made at all, which is good to know.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

fn connector(base: Option<&str>) -> std::io::Result<SlackClientHyperHttpsConnector> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECT_TIMEOUT));
    // Plain HTTP only where it was asked for. One request a connection: a broken one then spoils one call only.
    let builder = hyper_rustls::HttpsConnectorBuilder::new().with_native_roots()?;
    let plain = base.is_some_and(|base| base.starts_with("http://"));
    let builder = if plain { builder.https_or_http() } else { builder.https_only() };
    let connector = SlackClientHyperConnector::with_connector(builder.enable_http1().wrap_connector(http));
    Ok(match base {
        Some(base) => connector.with_slack_api_url(base.trim_end_matches('/')),
        None => connector,
    })
}

impl SlackApi {
    /// A client. Fails when the machine has no root certificates.
    pub fn new(reach: Reach, tokens: Arc<dyn Tokens>) -> std::io::Result<Self> {
        let client = Arc::new(SlackClient::new(connector(reach.base.as_deref())?));
        Ok(Self { client, tokens, gate: Gate::new(reach.rates), spread: Spread::new(reach.seed), reach })
    }

    /// The client below, for Socket Mode.
    pub fn client(&self) -> Arc<SlackHyperClient> {
        Arc::clone(&self.client)
    }

    /// The bot's token in a workspace.
    pub async fn token(&self, workspace: &str) -> Result<Token, CallError> {
        match self.tokens.bot_token(workspace).await {
            Some(secret) => Ok(Token::new(workspace, secret)),
            None => Err(CallError::NotSent { reason: "there is no token for this workspace".to_owned() }),
        }
    }

    /// Takes the turn of a call that must follow another one at once; see [`Self::call_reserved`]. `about` is what
    /// the call is about, by which it is known again when it has to wait.
    pub async fn reserve(
        &self,
        token: &Token,
        name: &'static str,
        about: &Value,
        urgency: Urgency,
    ) -> Result<(), CallError> {
        let lane = Lane::new(&token.workspace, name, about["channel"].as_str());
        let turn = self.gate.pass(&lane, urgency, ticket(name, about)).await;
        turn.map_err(|retry_after| CallError::Rate { retry_after })
    }

    /// Calls a method when its turn comes. An answer has `"ok": true`.
    pub async fn call(
        &self,
        token: &Token,
        name: &'static str,
        args: Value,
        urgency: Urgency,
    ) -> Result<Value, CallError> {
        self.reserve(token, name, &args, urgency).await?;
        self.call_reserved(token, name, args, urgency).await
    }

    /// Calls a method whose turn was taken before.
    pub async fn call_reserved(
        &self,
        token: &Token,
        name: &'static str,
        args: Value,
        urgency: Urgency,
    ) -> Result<Value, CallError> {
        let what = method(name);
        let mut tried = 0;
        loop {
            tried += 1;
            let error = match self.once(token, name, what, &args).await {
                Ok(answer) => return Ok(answer),
                Err(CallError::Rate { retry_after }) => {
                    let lane = Lane::new(&token.workspace, name, args["channel"].as_str());
                    let retry_after = self.gate.pause(&lane, Some(retry_after), ticket(name, &args));
                    CallError::Rate { retry_after }
                }
                Err(error) => error,
            };
            log(token, name, &error);
            match pause_before(tried, &error, what.repeatable, self.spread.next()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
            self.reserve(token, name, &args, urgency).await?;
        }
    }

    /// One call, bounded in time.
    async fn once(&self, token: &Token, name: &str, what: Method, args: &Value) -> Result<Value, CallError> {
        if let Some(recorder) = &self.reach.recorder {
            recorder(name, args);
        }
        let token = token.for_client();
        let session = self.client.open_session(&token);
        let call = async {
            match what.shape {
                Shape::Json => session.http_session_api.http_post(name, args, None).await,
                Shape::Query => {
                    let pairs = query(args);
                    let params: Vec<(&str, Option<&String>)> =
                        pairs.iter().map(|(key, value)| (key.as_str(), Some(value))).collect();
                    session.http_session_api.http_get(name, &params, None).await
                }
            }
        };
        let within = if name == "views.open" { self.reach.view_timeout } else { self.reach.timeout };
        let answer: Value = match tokio::time::timeout(within, call).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => reread(&error).ok_or_else(|| CallError::from_client(&error))?,
            Err(_) => return Err(CallError::late()),
        };
        // The client takes any page with status 200 for an empty answer.
        match answer["ok"].as_bool() {
            Some(true) => Ok(answer),
            Some(false) => Err(CallError::from_body(&answer.to_string())),
            None => Err(CallError::InDoubt { reason: "the answer is not Slack's".to_owned() }),
        }
    }
}

/// An answer that the client could not read: it wants `errors` to be a list, and with `conversations.kick` Slack sends
/// an object.
fn reread(error: &SlackClientError) -> Option<Value> {
    let SlackClientError::ProtocolError(fault) = error else { return None };
    serde_json::from_str(fault.json_body.as_deref()?).ok()
}

fn log(token: &Token, name: &str, error: &CallError) {
    tracing::warn!(
        slack.workspace = %token.workspace,
        slack.method = name,
        error.reason = %error,
        "slack.call_failed"
    );
}

/// Arguments as they stand in an address.
fn query(args: &Value) -> Vec<(String, String)> {
    let Some(args) = args.as_object() else { return Vec::new() };
    args.iter()
        .map(|(key, value)| (key.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect()
}

/// What a call is known by when it comes again: what it is about, not what it says.
fn ticket(name: &str, args: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    for key in ["channel", "ts", "user", "user_id", "users", "name", "filename", "view_id"] {
        args[key].as_str().hash(&mut hasher);
    }
    args["metadata"]["event_payload"]["id"].as_str().hash(&mut hasher);
    hasher.finish()
}

//! Installing the app into a workspace from a page of ours. Invariant: only a browser that began here can finish here,
//! once; the token that Slack gives goes into the database sealed, and into nothing else.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::Value;

use super::PLATFORM;
use super::manifest::{CALLBACK_PATH, INSTALL_PATH, join, scopes};
use super::plain::{As, Plain, encoded};
use super::seal::Keys;
use super::transport::CallError;
use crate::clock::{Clock, IdSource};
use crate::config::{Secret, SlackOAuth};
use crate::domain::civil::Instant;
use crate::domain::words::Presence;
use crate::store::inbox::Parcel;
use crate::store::installs::Install;
use crate::store::{Store, StoreError};

mod pages;
mod state;
#[cfg(test)]
mod tests;

/// Keeps the attempt's name in the browser that began it.
const COOKIE: &str = "roundtable-install";

/// Hears of installations.
#[async_trait]
pub trait Installed: Send + Sync {
    /// The app is in this workspace, for the first time or again.
    async fn installed(&self, workspace: &str, name: &str);
}

/// What the routes need.
pub struct Installer {
    /// The app's credentials.
    pub oauth: SlackOAuth,
    /// Seals tokens and signs attempts.
    pub keys: Arc<Keys>,
    /// Calls Slack.
    pub plain: Plain,
    /// Slack's page at which somebody agrees; see [`authorize_page`].
    pub authorize: String,
    /// Keeps installations.
    pub store: Store,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Names of attempts.
    pub ids: Arc<dyn IdSource>,
    /// Hears of installations.
    pub hears: Arc<dyn Installed>,
}

/// Slack's page at which somebody agrees, for the address of its Web API.
pub fn authorize_page(api: &str) -> String {
    join(api.trim_end_matches('/').strip_suffix("/api").unwrap_or(api), "/oauth/v2/authorize")
}

/// The page to begin at, and the one that Slack sends browsers back to.
pub fn routes(installer: Arc<Installer>) -> Router {
    Router::new().route(INSTALL_PATH, get(begin)).route(CALLBACK_PATH, get(finish)).with_state(installer)
}

/// Why an attempt ended without an installation.
#[derive(Debug)]
enum Ended {
    /// Somebody did not agree.
    Declined,
    /// The way back is not good: forged, of another browser, too old or used before.
    Stale,
    /// Slack did not give a token.
    Slack(CallError),
    /// It gave one for a whole organisation.
    OrgWide,
    /// It gave one that cannot be used; why.
    Unusable(&'static str),
    /// The database.
    Store(StoreError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<CallError> for Ended {
    fn from(error: CallError) -> Self {
        Self::Slack(error)
    }
}

async fn begin(State(installer): State<Arc<Installer>>) -> Response {
    let nonce = installer.ids.random();
    let state = state::make(installer.keys.signing(), &nonce, installer.clock.now());
    let fields = encoded(&[
        ("client_id", &installer.oauth.client_id),
        ("scope", &scopes().join(",")),
        ("redirect_uri", &installer.callback()),
        ("state", &state),
    ]);
    let mut response = pages::begin(&format!("{}?{fields}", installer.authorize));
    response.headers_mut().insert(header::SET_COOKIE, installer.cookie(&nonce, state::LIFE_SECS));
    response
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Back {
    code: String,
    state: String,
    error: String,
}

async fn finish(
    State(installer): State<Arc<Installer>>,
    headers: HeaderMap,
    back: Result<Query<Back>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let back = back.map(|Query(back)| back).unwrap_or_default();
    let kept = kept_nonce(&headers);
    let mut response = match installer.finish(&back, kept.as_deref()).await {
        Ok(install) => {
            tracing::info!(slack.workspace = %install.workspace, "slack.installed");
            installer.hears.installed(&install.workspace, &install.name).await;
            pages::done(&install.name)
        }
        Err(ended) => told(&ended),
    };
    response.headers_mut().insert(header::SET_COOKIE, installer.cookie("", 0));
    response
}

impl Installer {
    fn callback(&self) -> String {
        join(&self.oauth.public_url, CALLBACK_PATH)
    }

    fn cookie(&self, value: &str, life_secs: i64) -> HeaderValue {
        let secure = if self.oauth.public_url.starts_with("https://") { "; Secure" } else { "" };
        let text =
            format!("{COOKIE}={value}; Path=/slack; Max-Age={life_secs}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).expect("names of attempts are letters and digits")
    }

    async fn finish(&self, back: &Back, kept: Option<&str>) -> Result<Install, Ended> {
        if !back.error.is_empty() {
            return Err(Ended::Declined);
        }
        let now = self.clock.now();
        let checked = state::check(self.keys.signing(), &back.state, kept, now).map_err(|_| Ended::Stale)?;
        if back.code.is_empty() || !self.use_up(&checked.nonce, now).await? {
            return Err(Ended::Stale);
        }
        let callback = self.callback();
        let fields = [
            ("client_id", self.oauth.client_id.as_str()),
            ("client_secret", self.oauth.client_secret.expose()),
            ("code", &back.code),
            ("redirect_uri", &callback),
        ];
        let answer = self.plain.form("oauth.v2.access", As::App, &fields).await?;
        let install = match self.read(&answer.body, now) {
            Ok(install) => install,
            Err(ended) => {
                self.give_back(&answer.body).await;
                return Err(ended);
            }
        };
        let mut tx = self.store.begin().await?;
        tx.mark_install(&install).await?;
        tx.commit().await?;
        Ok(install)
    }

    /// Each attempt is good for one installation, in whichever process it ends: its name is kept as a delivery that
    /// is done already.
    async fn use_up(&self, nonce: &str, now: Instant) -> Result<bool, StoreError> {
        let used = Parcel {
            id: self.ids.next(now),
            platform: PLATFORM.to_owned(),
            workspace: String::new(),
            delivery: format!("install:{nonce}"),
            kind: "install".to_owned(),
            body: String::new(),
            received_at: now,
            tries: 0,
        };
        let mut tx = self.store.begin().await?;
        let first = tx.insert_parcel(&used).await?;
        if first {
            tx.mark_parcel_done(&used.id, now).await?;
            tx.commit().await?;
        }
        Ok(first)
    }

    /// An installation from the answer to the exchange, its token sealed.
    fn read(&self, body: &Value, now: Instant) -> Result<Install, Ended> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let workspace = text(&body["team"]["id"]);
        if body["is_enterprise_install"] == Value::Bool(true) || workspace.is_empty() {
            return Err(Ended::OrgWide);
        }
        let token = text(&body["access_token"]);
        if body["refresh_token"].is_string() || token.starts_with("xoxe") {
            return Err(Ended::Unusable(
                "The app has token rotation switched on, so its token would end after 12 hours. Please make the app \
                 anew from the manifest, which leaves it off.",
            ));
        }
        if !token.starts_with("xoxb-") || text(&body["bot_user_id"]).is_empty() {
            return Err(Ended::Unusable(
                "Slack gave no token for a bot. Please compare the app with the manifest: it needs a bot user and \
                 bot scopes.",
            ));
        }
        Ok(Install {
            platform: PLATFORM.to_owned(),
            name: text(&body["team"]["name"]).chars().take(80).collect(),
            app_id: text(&body["app_id"]),
            bot_account: text(&body["bot_user_id"]),
            token: self.keys.seal(&workspace, &Secret::new(token), &*self.ids),
            scopes: text(&body["scope"]),
            state: Presence::Active,
            installed_at: now,
            updated_at: now,
            workspace,
        })
    }

    /// A token that we do not keep should open nothing.
    async fn give_back(&self, body: &Value) {
        let Some(token) = body["access_token"].as_str().map(Secret::new) else { return };
        if let Err(error) = self.plain.form("auth.revoke", As::Token(&token), &[]).await {
            tracing::warn!(error.reason = %error, "slack.token_not_given_back");
        }
    }
}

fn kept_nonce(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, nonce) = pairs.find(|(name, _)| *name == COOKIE)?;
    (!nonce.is_empty()).then(|| nonce.to_owned())
}

fn told(ended: &Ended) -> Response {
    match ended {
        Ended::Declined => pages::again(
            StatusCode::OK,
            "Roundtable was not added",
            "You stopped, or Slack does not let you add apps to this workspace. An administrator of the workspace \
             can.",
        ),
        Ended::Stale => pages::again(
            StatusCode::BAD_REQUEST,
            "This way back is no longer good",
            "It is good once, for ten minutes, in the browser in which you began.",
        ),
        Ended::OrgWide => pages::again(
            StatusCode::BAD_REQUEST,
            "Please choose one workspace",
            "Slack installed the app for a whole organisation, and Roundtable works with single workspaces. Please \
             begin again and choose a workspace; you can do so for several, one after another.",
        ),
        Ended::Unusable(why) => {
            tracing::warn!(error.reason = why, "slack.install_failed");
            pages::again(StatusCode::BAD_REQUEST, "The app is not set up for this", why)
        }
        Ended::Slack(error) => {
            tracing::warn!(error.reason = %error, "slack.install_failed");
            let (status, words) = match error {
                CallError::Refused { error, .. }
                    if error == "invalid_code" || error == "code_already_used" =>
                {
                    (
                        StatusCode::BAD_REQUEST,
                        "Slack says that this permission was used already or is too old.",
                    )
                }
                CallError::Refused { .. } => (
                    StatusCode::BAD_GATEWAY,
                    "Slack did not accept the app's credentials. Whoever runs Roundtable finds the reason in its log.",
                ),
                _ => {
                    (StatusCode::BAD_GATEWAY, "Slack cannot be reached just now. Please wait a minute first.")
                }
            };
            pages::again(status, "Slack did not finish the installation", words)
        }
        Ended::Store(error) => {
            tracing::error!(error.reason = %error, "slack.install_not_kept");
            pages::again(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The installation could not be kept",
                "The database did not take it. Whoever runs Roundtable finds the reason in its log.",
            )
        }
    }
}

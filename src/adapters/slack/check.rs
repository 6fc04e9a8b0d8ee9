//! Looks at how Slack is set up, for `roundtable check`. Invariant: it changes nothing in Slack, repeats no token, and
//! says of what cannot be seen from outside that it was not seen.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::PLATFORM;
use super::manifest::{EVENTS, EVENTS_PATH, SCOPES, join, scopes};
use super::plain::{As, Plain};
use super::seal::Keys;
use super::tokens::{Identity, TokenSource, identify};
use super::transport::api::Reach;
use super::transport::{CallError, SlackApi};
pub use crate::adapters::common::finding::{Finding, Verdict};
use crate::clock::SystemClock;
use crate::config::{Secret, Slack, SlackMode};
use crate::domain::words::Presence;
use crate::store::Store;

mod hello;
#[cfg(test)]
mod tests;

/// How long a connection may take to stand.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at tokens, scopes and connections. Nothing when Slack is off.
pub async fn check(slack: &Slack, store: &Store) -> Vec<Finding> {
    let mut look = Look { findings: Vec::new(), apps: BTreeMap::new(), teams: BTreeMap::new() };
    if !slack.is_on() {
        return look.findings;
    }
    let plain = match Plain::new(&slack.api) {
        Ok(plain) => plain,
        Err(error) => {
            look.fault(format!(
                "Slack: this machine has no root certificates ({error}). Please install the package \
                 ca-certificates."
            ));
            return look.findings;
        }
    };
    for workspace in &slack.workspaces {
        let label = match workspace.name.as_str() {
            "" => "Slack".to_owned(),
            name => format!("Slack, workspace {name}"),
        };
        look.bot(&plain, &label, &workspace.bot_token).await;
    }
    look.installs(&plain, slack, store).await;
    match slack.mode {
        SlackMode::Socket => look.connections(&plain, slack, store).await,
        SlackMode::Http => look.address(slack),
        SlackMode::Off => {}
    }
    look.unseen();
    look.findings
}

struct Look {
    findings: Vec<Finding>,
    /// The Slack app of each bot, by label.
    apps: BTreeMap<String, String>,
    /// Which label has which workspace already.
    teams: BTreeMap<String, String>,
}

impl Look {
    fn find(&mut self, verdict: Verdict, text: String) {
        self.findings.push(Finding { verdict, text });
    }

    fn good(&mut self, text: String) {
        self.find(Verdict::Good, text);
    }

    fn fault(&mut self, text: String) {
        self.find(Verdict::Fault, text);
    }

    fn note(&mut self, text: String) {
        self.find(Verdict::Note, text);
    }

    async fn bot(&mut self, plain: &Plain, label: &str, token: &Secret) {
        let identity = match identify(plain, token).await {
            Ok(identity) => identity,
            Err(error) => return self.fault(format!("{label}: {}", bot_refused(&error))),
        };
        let Identity { workspace, name, handle, .. } = &identity;
        self.good(format!("{label}: the bot token works; the bot is {handle} in {name} ({workspace})."));
        if let Some(other) = self.teams.insert(workspace.clone(), label.to_owned()) {
            self.note(format!(
                "{label} and {other} are the same workspace; the token in the environment is used."
            ));
        }
        match &identity.scopes {
            Some(granted) => self.scopes(label, granted),
            None => self.try_scopes(plain, label, token, &identity).await,
        }
        if let Some(bot) = &identity.bot_id
            && let Ok(answer) = plain.form("bots.info", As::Token(token), &[("bot", bot)]).await
            && let Some(app) = answer.body["bot"]["app_id"].as_str()
        {
            self.apps.insert(label.to_owned(), app.to_owned());
        }
    }

    fn scopes(&mut self, label: &str, granted: &[String]) {
        let has = |scope: &str| granted.iter().any(|granted| granted == scope);
        let missing: Vec<String> =
            SCOPES.iter().filter(|(scope, _)| !has(scope)).map(|(scope, why)| missing(scope, why)).collect();
        if missing.is_empty() {
            self.good(format!("{label}: the bot has all {} scopes that it needs.", SCOPES.len()));
        } else {
            self.fault(format!(
                "{label}: scopes are missing: {}. Please add them on the page of your app under \"OAuth & \
                 Permissions\", then install the app again.",
                missing.join("; ")
            ));
        }
        let needed = scopes();
        let more: Vec<&str> = granted.iter().map(String::as_str).filter(|s| !needed.contains(s)).collect();
        if !more.is_empty() {
            self.note(format!("{label}: the bot may do more than it needs: {}.", more.join(", ")));
        }
    }

    /// Where Slack does not list the scopes, some can be tried.
    async fn try_scopes(&mut self, plain: &Plain, label: &str, token: &Secret, identity: &Identity) {
        let harmless = [
            ("users.info", "users:read", ("user", identity.bot_account.as_str())),
            ("users.conversations", "groups:read", ("types", "private_channel")),
        ];
        for (method, scope, field) in harmless {
            let answer = plain.form(method, As::Token(token), &[field]).await;
            if answer.is_err_and(|error| error.is_any(&["missing_scope"])) {
                self.fault(format!(
                    "{label}: the scope {scope} is missing. Please compare the scopes with `roundtable slack \
                     manifest`, add what is missing, and install the app again."
                ));
            }
        }
        self.note(format!(
            "{label}: Slack did not say which scopes the token has; only users:read and groups:read were tried."
        ));
    }

    async fn installs(&mut self, plain: &Plain, slack: &Slack, store: &Store) {
        let Some(oauth) = &slack.oauth else { return };
        let keys = Keys::new(&oauth.key);
        let listed = async { store.read().await?.list_installs(PLATFORM).await };
        let installs = match listed.await {
            Ok(installs) => installs,
            Err(error) => return self.fault(format!("Slack: installations cannot be read: {error}")),
        };
        let mut standing = 0;
        for install in installs.iter().filter(|install| install.state == Presence::Active) {
            standing += 1;
            let label = format!("Slack, installed in {}", install.name);
            match keys.open(&install.workspace, &install.token) {
                Ok(token) => self.bot(plain, &label, &token).await,
                Err(error) => self.fault(format!("{label}: {error}.")),
            }
        }
        let page = join(&oauth.public_url, super::manifest::INSTALL_PATH);
        self.note(format!("Slack: {standing} installed from the page {page}, which was not visited."));
    }

    async fn connections(&mut self, plain: &Plain, slack: &Slack, store: &Store) {
        let tokens = slack.app_tokens();
        let several = tokens.len() > 1;
        for (number, token) in tokens.iter().enumerate() {
            let label = if several {
                format!("Slack, app token {}", number + 1)
            } else {
                "Slack, app token".to_owned()
            };
            if let Err(error) = plain.form("apps.connections.open", As::Token(token), &[]).await {
                self.fault(format!("{label}: {}", app_refused(&error)));
                continue;
            }
            self.connection(slack, store, &label, token).await;
        }
    }

    async fn connection(&mut self, slack: &Slack, store: &Store, label: &str, token: &Secret) {
        let source = Arc::new(TokenSource::new(store.clone(), Arc::new(SystemClock), None));
        let reach = Reach { base: Some(slack.api.clone()), ..Reach::default() };
        let Ok(api) = SlackApi::new(reach, source) else { return };
        let Some(hello) = hello::hello(api.client(), token, PATIENCE).await else {
            return self.fault(format!(
                "{label}: Slack takes the token, but the connection did not come up in {} s. Please check that your \
                 firewall or proxy lets WebSockets to wss://*.slack.com through.",
                PATIENCE.as_secs()
            ));
        };
        self.good(format!("{label}: the connection works."));
        if hello.connections > 1 {
            self.note(format!(
                "{label}: {} more connections are open, so a bot is running with this token. Slack gives each \
                 delivery to one of them.",
                hello.connections - 1
            ));
        }
        let own = slack.workspaces.iter().filter(|w| w.app_token.as_ref() == Some(token));
        let labels = own.map(|w| {
            if w.name.is_empty() { "Slack".to_owned() } else { format!("Slack, workspace {}", w.name) }
        });
        for bot in labels {
            let app = self.apps.get(&bot).filter(|app| !hello.app_id.is_empty() && **app != hello.app_id);
            if let Some(app) = app {
                let text = format!(
                    "{bot}: the bot token belongs to the Slack app {app} and the app token to {}. Please take both \
                     from one app.",
                    hello.app_id
                );
                self.fault(text);
            }
        }
    }

    fn address(&mut self, slack: &Slack) {
        let base = slack.public_url.as_deref().unwrap_or("https://YOUR-ADDRESS");
        self.note(format!(
            "Slack, requests: whether they reach this program cannot be seen from here. Under \"Event Subscriptions\" \
             on the page of your app, {} should show as verified while the bot is running.",
            join(base, EVENTS_PATH)
        ));
    }

    fn unseen(&mut self) {
        self.note(
            "Slack: whether interactivity, the slash command and the events are switched on cannot be seen from \
             outside. Please compare \"App Manifest\" on the page of your app with `roundtable slack manifest`; or, \
             with the bot running, type /mentor help, press a button of its answer, and open its Home."
                .to_owned(),
        );
    }
}

fn missing(scope: &str, why: &str) -> String {
    let events: Vec<&str> =
        EVENTS.iter().filter(|(_, needs)| *needs == scope).map(|(event, _)| *event).collect();
    if events.is_empty() {
        return format!("{scope} ({why})");
    }
    format!("{scope} ({why}; events: {})", events.join(", "))
}

fn bot_refused(error: &CallError) -> String {
    match error.code() {
        Some("invalid_auth" | "not_authed") => "Slack does not know this bot token. Please copy it again from \"OAuth & \
                                                Permissions\" on the page of your app."
            .to_owned(),
        Some("account_inactive" | "token_revoked" | "token_expired") => {
            "the app was taken out of the workspace, so this bot token has ended. Please install the app again and \
             set the new token."
                .to_owned()
        }
        Some("not_allowed_token_type") => {
            "this is not a bot token, which begins with xoxb- and is under \"OAuth & Permissions\".".to_owned()
        }
        Some("team_access_not_granted") => {
            "this token is for a whole organisation. Please install the app in a single workspace and take the bot \
             token from there."
                .to_owned()
        }
        Some(code) => format!("Slack refused the bot token with \"{code}\"."),
        None => unreachable_words(error),
    }
}

fn app_refused(error: &CallError) -> String {
    match error.code() {
        Some("invalid_auth" | "not_authed" | "token_revoked") => {
            "Slack does not know this app-level token. Please make one under \"Basic Information\", \"App-Level \
             Tokens\", with the scope connections:write."
                .to_owned()
        }
        Some("not_allowed_token_type") => {
            "this is not an app-level token, which begins with xapp- and is under \"Basic Information\".".to_owned()
        }
        Some("missing_scope") => {
            "the app-level token lacks the scope connections:write. Please make a new one with it under \"Basic \
             Information\", \"App-Level Tokens\"."
                .to_owned()
        }
        Some(code) => format!(
            "Slack refused to open a connection with \"{code}\". Please check that Socket Mode is switched on on the \
             page of your app."
        ),
        None => unreachable_words(error),
    }
}

fn unreachable_words(error: &CallError) -> String {
    format!("Slack cannot be asked now ({error}). Please check the network, and `api` under [slack].")
}

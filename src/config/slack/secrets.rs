//! The secrets that go with `[slack]`. Invariant: each is read once, checked for its kind, and every one that the
//! chosen way needs and that is not there is named.

use super::kinds::Kind;
use super::{Slack, SlackMode, SlackOAuth, SlackWorkspace};
use crate::config::fault::ConfigFault;
use crate::config::secret::{Environment, Secret};

/// Takes the secrets from the environment, when Slack is on; notes all that is missing or of the wrong kind.
pub(in crate::config) fn take_secrets(
    slack: &mut Slack,
    names: &[String],
    env: &Environment<'_>,
    faults: &mut Vec<ConfigFault>,
) {
    if !slack.is_on() {
        return;
    }
    let mut get = Getter { env, faults };
    slack.oauth = oauth(slack.public_url.as_deref(), &mut get);
    slack.app_token = get.secret("SLACK_APP_TOKEN", Kind::App);
    slack.signing_secret = get.secret("SLACK_SIGNING_SECRET", Kind::Signing);
    if names.is_empty() {
        let bot_token = get.secret("SLACK_BOT_TOKEN", Kind::Bot);
        slack.workspaces = bot_token
            .map(|bot_token| SlackWorkspace {
                name: String::new(),
                bot_token,
                app_token: slack.app_token.clone(),
                signing_secret: slack.signing_secret.clone(),
            })
            .into_iter()
            .collect();
        if slack.workspaces.is_empty() && slack.oauth.is_none() {
            get.missing("SLACK_BOT_TOKEN", Kind::Bot);
        }
        need_way_in(slack.mode, "", slack.app_token.as_ref(), slack.signing_secret.as_ref(), &mut get);
        return;
    }
    if get.is_set("SLACK_BOT_TOKEN") {
        let first = variable("SLACK_BOT_TOKEN", &names[0]);
        get.fault(
            "SLACK_BOT_TOKEN",
            format!(
                "the file names workspaces, so each has a bot token of its own. Please rename this variable, as \
                 in {first}."
            ),
        );
    }
    for name in names {
        let own = |get: &mut Getter<'_, '_>, of: &str, kind| get.secret(&variable(of, name), kind);
        let app_token = own(&mut get, "SLACK_APP_TOKEN", Kind::App).or_else(|| slack.app_token.clone());
        let signing_secret =
            own(&mut get, "SLACK_SIGNING_SECRET", Kind::Signing).or_else(|| slack.signing_secret.clone());
        need_way_in(slack.mode, name, app_token.as_ref(), signing_secret.as_ref(), &mut get);
        match own(&mut get, "SLACK_BOT_TOKEN", Kind::Bot) {
            Some(bot_token) => {
                slack.workspaces.push(SlackWorkspace {
                    name: name.clone(),
                    bot_token,
                    app_token,
                    signing_secret,
                });
            }
            None => get.missing(&variable("SLACK_BOT_TOKEN", name), Kind::Bot),
        }
    }
}

/// What Slack's deliveries need: an app token for a connection, a signing secret for requests.
fn need_way_in(
    mode: SlackMode,
    name: &str,
    app_token: Option<&Secret>,
    signing_secret: Option<&Secret>,
    get: &mut Getter<'_, '_>,
) {
    match mode {
        SlackMode::Socket if app_token.is_none() => {
            get.missing(&variable("SLACK_APP_TOKEN", name), Kind::App);
        }
        SlackMode::Http if signing_secret.is_none() => {
            get.missing(&variable("SLACK_SIGNING_SECRET", name), Kind::Signing);
        }
        _ => {}
    }
}

/// The page to install from is on as soon as one of its secrets is there; then all of them must be.
fn oauth(public_url: Option<&str>, get: &mut Getter<'_, '_>) -> Option<SlackOAuth> {
    if !get.is_set("SLACK_CLIENT_ID") && !get.is_set("SLACK_CLIENT_SECRET") {
        return None;
    }
    let client_id = get.needed("SLACK_CLIENT_ID", Kind::ClientId);
    let client_secret = get.needed("SLACK_CLIENT_SECRET", Kind::ClientSecret);
    let key = get.needed("ROUNDTABLE_KEY", Kind::Key);
    if public_url.is_none() {
        get.fault(
            "SLACK_CLIENT_ID",
            "to install the app from a page of this program, its public address is needed too. Please set \
             public_url under [slack], or remove this variable."
                .to_owned(),
        );
    }
    Some(SlackOAuth {
        client_id: client_id?.expose().to_owned(),
        client_secret: client_secret?,
        key: key?,
        public_url: public_url?.to_owned(),
    })
}

/// Takes secrets and collects what is wrong with them, each variable once.
struct Getter<'a, 'b> {
    env: &'a Environment<'b>,
    faults: &'a mut Vec<ConfigFault>,
}

impl Getter<'_, '_> {
    fn is_set(&self, name: &str) -> bool {
        [name.to_owned(), format!("{name}_FILE")]
            .iter()
            .any(|name| (self.env)(name).is_some_and(|value| !value.trim().is_empty()))
    }

    fn secret(&mut self, name: &str, kind: Kind) -> Option<Secret> {
        match Secret::from_environment(name, self.env) {
            Ok(None) => None,
            Ok(Some(secret)) => {
                if let Err(what) = kind.check(secret.expose()) {
                    self.fault(name, what);
                }
                // One of the wrong kind counts as given: its fault is told, and it is not called missing as well.
                Some(secret)
            }
            Err(fault) => {
                self.faults.push(fault);
                Some(Secret::new(""))
            }
        }
    }

    fn needed(&mut self, name: &str, kind: Kind) -> Option<Secret> {
        let found = self.secret(name, kind);
        if found.is_none() {
            self.missing(name, kind);
        }
        found
    }

    fn missing(&mut self, name: &str, kind: Kind) {
        self.fault(name, format!("this is not set. Please set it, or {name}_FILE. {}", kind.origin()));
    }

    fn fault(&mut self, name: &str, what: String) {
        let fault = ConfigFault { file: None, line: 0, key: name.to_owned(), what };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}

/// `SLACK_BOT_TOKEN` of the workspace `acme-north` is `SLACK_BOT_TOKEN_ACME_NORTH`.
pub(super) fn variable(of: &str, name: &str) -> String {
    if name.is_empty() {
        return of.to_owned();
    }
    format!("{of}_{}", name.to_ascii_uppercase().replace('-', "_"))
}

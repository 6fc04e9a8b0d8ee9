//! `[slack]`: how Slack is reached, and which tokens go with it. Invariant: when Slack is switched on, everything the
//! chosen way needs is there and of the right kind; when it is off, no token is even looked at.

use std::net::{Ipv4Addr, SocketAddr};

use super::secret::Secret;

mod kinds;
mod read;
mod secrets;
#[cfg(test)]
mod tests;

pub(super) use read::read;
pub(super) use secrets::take_secrets;

/// How Slack delivers what people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SlackMode {
    /// Not at all.
    #[default]
    Off,
    /// Over a connection that we open; needs no public address.
    Socket,
    /// By requests to a public address.
    Http,
}

impl SlackMode {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Off, Self::Socket, Self::Http];

    /// As it is written in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Socket => "socket",
            Self::Http => "http",
        }
    }
}

/// One workspace whose tokens stand in the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackWorkspace {
    /// As the configuration calls it; empty when there is only one.
    pub name: String,
    /// `xoxb-…`
    pub bot_token: Secret,
    /// `xapp-…`, for the connection; several workspaces may share one.
    pub app_token: Option<Secret>,
    /// What requests are signed with in HTTP mode; several workspaces may share one.
    pub signing_secret: Option<Secret>,
}

/// What it takes to install the app into workspaces from a page of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackOAuth {
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: Secret,
    /// What the tokens of installations are sealed with.
    pub key: Secret,
    /// Where browsers reach us: `https://…` without a slash at the end.
    pub public_url: String,
}

/// `[slack]` and the secrets that go with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slack {
    /// How Slack delivers.
    pub mode: SlackMode,
    /// Workspaces with tokens of their own in the environment; none when all come by installation.
    pub workspaces: Vec<SlackWorkspace>,
    /// The app's own `xapp-…`, when it serves all workspaces.
    pub app_token: Option<Secret>,
    /// The app's own signing secret, when it serves all workspaces.
    pub signing_secret: Option<Secret>,
    /// The page to install from; `None` switches it off.
    pub oauth: Option<SlackOAuth>,
    /// Where requests of Slack and the page to install from are answered.
    pub listen: SocketAddr,
    /// Where browsers and Slack reach us, without a slash at the end.
    pub public_url: Option<String>,
    /// Slack's Web API, without a slash at the end.
    pub api: String,
    /// Who counts as an administrator of their workspace besides those whom Slack calls so: e-mail addresses and
    /// member ids.
    pub admins: Vec<String>,
}

impl Default for Slack {
    fn default() -> Self {
        Self {
            mode: SlackMode::Off,
            workspaces: Vec::new(),
            app_token: None,
            signing_secret: None,
            oauth: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7430)),
            public_url: None,
            api: "https://slack.com/api".to_owned(),
            admins: Vec::new(),
        }
    }
}

impl Slack {
    /// Whether Slack is switched on.
    pub fn is_on(&self) -> bool {
        self.mode != SlackMode::Off
    }

    /// Whether anything is answered at `listen`: requests of Slack, or the page to install from.
    pub fn listens(&self) -> bool {
        self.mode == SlackMode::Http || (self.is_on() && self.oauth.is_some())
    }

    /// The app-level tokens, each once, in the order of the workspaces.
    pub fn app_tokens(&self) -> Vec<Secret> {
        once(self.workspaces.iter().filter_map(|w| w.app_token.as_ref()).chain(&self.app_token))
    }

    /// The signing secrets, each once, in the order of the workspaces.
    pub fn signing_secrets(&self) -> Vec<Secret> {
        once(self.workspaces.iter().filter_map(|w| w.signing_secret.as_ref()).chain(&self.signing_secret))
    }
}

fn once<'a>(secrets: impl Iterator<Item = &'a Secret>) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    for secret in secrets {
        if !found.contains(secret) {
            found.push(secret.clone());
        }
    }
    found
}

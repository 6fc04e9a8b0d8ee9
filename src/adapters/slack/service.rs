//! Slack running: tokens known, words going out, deliveries coming in. Invariant: everything that is started here ends
//! when `stop` turns true, after what was under way has ended.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::inbound::socket::SocketFault;
use super::inbound::{Inbound, Parts};
use super::install::{self, Installed, Installer};
use super::mentions::Book;
use super::plain::Plain;
use super::seal::Keys;
use super::tokens::{Identity, TokenSource, identify};
use super::transport::api::Reach;
use super::transport::{CallError, Courier, SlackApi, SlackMessenger};
use super::{PLATFORM, inbound};
use crate::chat::Messenger;
use crate::clock::{Clock, IdSource};
use crate::config::{self, Secret, SlackMode};
use crate::core::Core;
use crate::core::command::ROOT;
use crate::store::{Store, StoreError};

/// Slack is asked again after this long when it cannot be reached.
const AGAIN: Duration = Duration::from_secs(5);

/// Why Slack cannot be started or kept up.
#[derive(Debug, thiserror::Error)]
pub enum SlackFault {
    /// A token in the environment is not taken.
    #[error(
        "Slack refused the bot token{workspace} with \"{code}\". Copy it again from the page of your app under OAuth & \
         Permissions, and try `roundtable check`"
    )]
    Token {
        /// As in ` of workspace acme`; empty when there is one only.
        workspace: String,
        /// What Slack said.
        code: String,
    },
    /// The connections.
    #[error("{0}")]
    Socket(#[from] SocketFault),
    /// The network of this machine, or its certificates.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> SlackFault {
    let what = what.into();
    move |error| SlackFault::Io { what, error }
}

/// The adapter before and while it runs.
pub struct Slack {
    config: config::Slack,
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    keys: Option<Arc<Keys>>,
    plain: Plain,
    tokens: Arc<TokenSource>,
    book: Arc<Book>,
    courier: Arc<Courier>,
    messenger: Arc<SlackMessenger>,
}

impl std::fmt::Debug for Slack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slack").field("mode", &self.config.mode).finish_non_exhaustive()
    }
}

impl Slack {
    /// Puts the outbound side together; nothing runs and nothing is called yet. `reach` may bring other rates or a
    /// recorder; its address is the config's.
    pub fn new(
        config: config::Slack,
        reach: Reach,
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, SlackFault> {
        let no_roots = "the certificates of this machine cannot be read; please install ca-certificates";
        let keys = config.oauth.as_ref().map(|oauth| Arc::new(Keys::new(&oauth.key)));
        let tokens = Arc::new(TokenSource::new(store.clone(), clock.clone(), keys.clone()));
        let reach = Reach { base: Some(config.api.clone()), ..reach };
        let api = Arc::new(SlackApi::new(reach, tokens.clone()).map_err(io(no_roots))?);
        let plain = Plain::new(&config.api).map_err(io(no_roots))?;
        let book = Arc::new(Book::new(store.clone()));
        let courier = Arc::new(Courier::new(api, store.clone(), clock.clone(), book.clone(), ROOT));
        let messenger = Arc::new(SlackMessenger::new(courier.clone()));
        Ok(Self { config, store, clock, ids, keys, plain, tokens, book, courier, messenger })
    }

    /// What the core speaks through.
    pub fn messenger(&self) -> Arc<dyn Messenger> {
        self.messenger.clone()
    }

    /// Asks Slack whose the tokens of the environment are, until it has answered for each. Fails when Slack takes
    /// none of them; a refused one beside others is logged.
    async fn greet(&self, core: &Core, stopping: &mut watch::Receiver<bool>) -> Result<(), SlackFault> {
        let (mut greeted, mut refused) = (0, None);
        for workspace in &self.config.workspaces {
            let label = match workspace.name.as_str() {
                "" => String::new(),
                name => format!(" of workspace {name}"),
            };
            match self.introduce(&workspace.bot_token, stopping).await {
                None => return Ok(()),
                Some(Ok(identity)) => {
                    self.tokens.settle(&identity.workspace, workspace.bot_token.clone());
                    core.workspace_changed(PLATFORM, &identity.workspace, Some(&identity.name), true).await?;
                    tracing::info!(slack.workspace = %identity.workspace, "slack.workspace_ready");
                    greeted += 1;
                }
                Some(Err(said)) => {
                    let fault = SlackFault::Token { workspace: label, code: said };
                    tracing::error!(error.reason = %fault, "slack.token_refused");
                    refused = Some(fault);
                }
            }
        }
        match refused {
            Some(fault) if greeted == 0 && self.keys.is_none() => Err(fault),
            _ => Ok(()),
        }
    }

    /// Whose token this is, or by which word Slack refuses it; `None` when it is time to stop.
    async fn introduce(
        &self,
        token: &Secret,
        stop: &mut watch::Receiver<bool>,
    ) -> Option<Result<Identity, String>> {
        loop {
            let error = match identify(&self.plain, token).await {
                Ok(identity) => return Some(Ok(identity)),
                Err(CallError::Refused { error, .. }) => return Some(Err(error)),
                Err(error) => error,
            };
            tracing::warn!(error.reason = %error, "slack.not_reached_yet");
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return None,
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }

    /// The inbound side for a core that has this adapter's messenger.
    pub fn inbound(&self, core: Arc<Core>) -> Arc<Inbound> {
        Arc::new(Inbound::new(Parts {
            core,
            courier: self.courier.clone(),
            messenger: self.messenger.clone(),
            tokens: self.tokens.clone(),
            mentions: self.book.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            root: ROOT.to_owned(),
            admins: self.config.admins.clone(),
        }))
    }

    /// Carries out and delivers until `stop` turns true; returns early only when Slack refuses an app-level token or
    /// the address cannot be listened on.
    pub async fn serve(
        &self,
        core: Arc<Core>,
        inbound: Arc<Inbound>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), SlackFault> {
        let listener = if self.config.listens() {
            let address = self.config.listen;
            let what = format!("the address {address} cannot be listened on");
            Some(TcpListener::bind(address).await.map_err(io(what))?)
        } else {
            None
        };
        self.greet(&core, &mut stop).await?;
        let mut tasks: JoinSet<Result<(), SlackFault>> = JoinSet::new();
        if let Some(listener) = listener {
            let router = self.router(core, &inbound);
            let stopped = stop.clone();
            tracing::info!(slack.address = %self.config.listen, "slack.listening");
            tasks.spawn(async move {
                inbound::http::serve(listener, router, wait(stopped)).await.map_err(io("requests of Slack"))
            });
        }
        if self.config.mode == SlackMode::Socket {
            for token in self.config.app_tokens() {
                let sockets = inbound.sockets(token);
                let stopped = stop.clone();
                tasks.spawn(async move { sockets.run(stopped).await.map_err(SlackFault::from) });
            }
        }
        let worker = tokio::spawn({
            let stopped = stop.clone();
            async move { inbound.run(stopped).await }
        });
        while let Some(ended) = tasks.join_next().await {
            if let Ok(Err(fault)) = ended {
                tasks.shutdown().await;
                worker.abort();
                return Err(fault);
            }
        }
        let _ = worker.await;
        Ok(())
    }

    fn router(&self, core: Arc<Core>, inbound: &Arc<Inbound>) -> Router {
        let mut router = Router::new();
        if self.config.mode == SlackMode::Http {
            router = router.merge(inbound.router(&self.config.signing_secrets()));
        }
        if let (Some(oauth), Some(keys)) = (&self.config.oauth, &self.keys) {
            let installer = Installer {
                oauth: oauth.clone(),
                keys: keys.clone(),
                plain: self.plain.clone(),
                authorize: install::authorize_page(&self.config.api),
                store: self.store.clone(),
                clock: self.clock.clone(),
                ids: self.ids.clone(),
                hears: Arc::new(Welcome { core, tokens: self.tokens.clone() }),
            };
            router = router.merge(install::routes(Arc::new(installer)));
        }
        router
    }
}

/// Tells the core of installations.
struct Welcome {
    core: Arc<Core>,
    tokens: Arc<TokenSource>,
}

#[async_trait]
impl Installed for Welcome {
    async fn installed(&self, workspace: &str, name: &str) {
        self.tokens.forget(workspace, false);
        if let Err(error) = self.core.workspace_changed(PLATFORM, workspace, Some(name), true).await {
            tracing::error!(error.reason = %error, "slack.installation_not_noted");
        }
    }
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

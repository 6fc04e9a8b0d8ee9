//! Discord running: words going out, deliveries coming in, commands registered. Invariant: everything that is started
//! here ends when `stop` turns true, after what was under way has ended.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::PLATFORM;
use super::arrange::Arranger;
use super::draw::Artist;
use super::inbound::gateway::GatewayFault;
use super::inbound::http::{self, BadKey};
use super::inbound::{Inbound, Parts};
use super::register::keep_registered;
use super::transport::{
    CallError, Courier, Directs, DiscordMessenger, Notice, Reach, Responder, Rest, RoomPlan,
};
use crate::chat::Messenger;
use crate::clock::{Clock, IdSource};
use crate::config::{self, DiscordMode, DiscordRooms};
use crate::core::Core;
use crate::core::command::ROOT;
use crate::store::Store;

/// Why Discord cannot be started or kept up.
#[derive(Debug, thiserror::Error)]
pub enum DiscordFault {
    /// The connections.
    #[error("{0}")]
    Gateway(#[from] GatewayFault),
    /// The public key.
    #[error("{0}")]
    Key(#[from] BadKey),
    /// The client for calls.
    #[error("Discord cannot be called: {0}")]
    Client(#[from] CallError),
    /// The network of this machine.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> DiscordFault {
    let what = what.into();
    move |error| DiscordFault::Io { what, error }
}

/// The adapter before and while it runs.
pub struct Discord {
    config: config::Discord,
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    rest: Arc<Rest>,
    directs: Arc<Directs>,
    messenger: Arc<DiscordMessenger>,
    notices: Mutex<Option<mpsc::Receiver<Notice>>>,
}

impl std::fmt::Debug for Discord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discord").field("mode", &self.config.mode).finish_non_exhaustive()
    }
}

impl Discord {
    /// Puts the outbound side together; nothing runs and nothing is called yet. `reach` may bring other rates or time
    /// limits; its address is the config's.
    pub fn new(
        config: config::Discord,
        mut reach: Reach,
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, DiscordFault> {
        reach.base = Some(config.api.clone());
        let rest = Arc::new(Rest::new(reach, config.token.clone())?);
        let artist = Arc::new(Artist::new(store.clone(), ROOT));
        let courier = Arc::new(Courier::new(rest.clone(), store.clone(), clock.clone(), artist));
        let (directs, notices) = Directs::new(store.clone(), clock.clone(), config.new_direct_per_day);
        let directs = Arc::new(directs);
        let rooms = RoomPlan {
            channels: config.rooms == DiscordRooms::Channels,
            lists_members: config.member_intent,
        };
        let messenger = Arc::new(DiscordMessenger::new(courier, directs.clone(), rooms));
        let notices = Mutex::new(Some(notices));
        Ok(Self { config, store, clock, ids, rest, directs, messenger, notices })
    }

    /// What the core speaks through.
    pub fn messenger(&self) -> Arc<dyn Messenger> {
        self.messenger.clone()
    }

    /// The client for calls, for whoever looks how they stand.
    pub fn rest(&self) -> &Arc<Rest> {
        &self.rest
    }

    /// The inbound side for a core that has this adapter's messenger.
    pub fn inbound(&self, core: Arc<Core>) -> Arc<Inbound> {
        Arc::new(Inbound::new(Parts {
            core,
            messenger: self.messenger.clone(),
            answers: Arc::new(Responder::new(self.rest.clone())),
            census: self.rest.clone(),
            meets: self.directs.clone(),
            arrange: Arc::new(Arranger::new(self.rest.clone(), self.store.clone(), self.config.rooms)),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            root: ROOT.to_owned(),
            admins: self.config.admins.clone(),
            by_request: self.config.mode == DiscordMode::Http,
        }))
    }

    /// Carries out and delivers until `stop` turns true; returns early only when Discord refuses the bot, the address
    /// cannot be listened on, or the connections hang and a restart is the only help.
    pub async fn serve(
        &self,
        core: Arc<Core>,
        inbound: Arc<Inbound>,
        stop: watch::Receiver<bool>,
    ) -> Result<(), DiscordFault> {
        let mut tasks: JoinSet<Result<(), DiscordFault>> = JoinSet::new();
        match self.config.mode {
            DiscordMode::Off => return Ok(()),
            DiscordMode::Http => {
                let key = self.config.public_key.as_deref().unwrap_or_default();
                let router = inbound.router(http::verifier(key)?);
                let address = self.config.listen;
                let what = format!("the address {address} cannot be listened on");
                let listener = TcpListener::bind(address).await.map_err(io(what))?;
                let stopped = stop.clone();
                tracing::info!(discord.address = %address, "discord.listening");
                tasks.spawn(async move {
                    http::serve(listener, router, wait(stopped)).await.map_err(io("requests of Discord"))
                });
            }
            DiscordMode::Gateway => {
                let gateway = inbound.gateway(
                    self.rest.clone(),
                    self.config.token.clone(),
                    self.config.api.clone(),
                    self.config.gateway.clone(),
                    self.config.member_intent,
                );
                let stopped = stop.clone();
                tasks.spawn(async move { gateway.run(stopped).await.map_err(DiscordFault::from) });
            }
        }
        let registrar = tokio::spawn(self.registrar(stop.clone()));
        let herald = tokio::spawn(self.herald(core, stop.clone()));
        let worker = tokio::spawn(async move { inbound.run(stop).await });
        while let Some(ended) = tasks.join_next().await {
            if let Ok(Err(fault)) = ended {
                tasks.shutdown().await;
                registrar.abort();
                herald.abort();
                worker.abort();
                return Err(fault);
            }
        }
        let _ = registrar.await;
        let _ = herald.await;
        let _ = worker.await;
        Ok(())
    }

    /// Hands on to the core what is heard of direct messages.
    fn herald(
        &self,
        core: Arc<Core>,
        mut stop: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            let Some(mut notices) = notices else { return };
            loop {
                let notice = tokio::select! {
                    _ = stop.wait_for(|stop| *stop) => return,
                    notice = notices.recv() => notice,
                };
                let told = match notice {
                    None => return,
                    Some(Notice::DirectsStopped { guild, until }) => {
                        core.directs_stopped(PLATFORM, &guild, until).await
                    }
                    Some(Notice::DirectsOpen) => core.directs_open().await,
                };
                if let Err(error) = told {
                    tracing::warn!(error.reason = %error, "discord.notice_not_taken");
                }
            }
        }
    }

    fn registrar(&self, stop: watch::Receiver<bool>) -> impl Future<Output = ()> + Send + use<> {
        let (rest, store, clock) = (self.rest.clone(), self.store.clone(), self.clock.clone());
        let application = self.config.application_id.clone();
        async move { keep_registered(&rest, application.as_deref(), ROOT, (&store, &*clock), stop).await }
    }
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

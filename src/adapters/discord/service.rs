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
    /// A part of the adapter panicked.
    #[error(
        "a part of the adapter for Discord broke, which is a fault of the program itself; the panic stands above. \
         Start it again, and please report it"
    )]
    Broke,
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
    /// cannot be listened on, the connections hang and a restart is the only help, or a part of it panics.
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
        let (registrar, herald) = (self.registrar(stop.clone()), self.herald(core, stop.clone()));
        tasks.spawn(whole(registrar));
        tasks.spawn(whole(herald));
        tasks.spawn(whole(async move { inbound.run(stop).await }));
        all_of(tasks).await
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

/// A part that ends without a fault.
async fn whole(part: impl Future<Output = ()>) -> Result<(), DiscordFault> {
    part.await;
    Ok(())
}

/// Waits for all parts. With the first that ends with a fault, or panics, the others end too: a process that lives and
/// hears nothing is worse than one that is started again.
async fn all_of(mut parts: JoinSet<Result<(), DiscordFault>>) -> Result<(), DiscordFault> {
    while let Some(ended) = parts.join_next().await {
        if let Err(fault) = ended.unwrap_or(Err(DiscordFault::Broke)) {
            parts.shutdown().await;
            return Err(fault);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_that_panics_ends_all_and_one_that_is_done_ends_nothing() {
        let (alive, gone) = tokio::sync::oneshot::channel::<()>();
        let mut parts = JoinSet::new();
        parts.spawn(whole(async {}));
        parts.spawn(whole(async move {
            let _alive = alive;
            std::future::pending::<()>().await;
        }));
        let (go, told) = tokio::sync::oneshot::channel::<()>();
        parts.spawn(whole(async move {
            told.await.expect("it is told to break");
            panic!("as the test wants it");
        }));
        let ended = tokio::spawn(all_of(parts));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!ended.is_finished(), "one that is done is no reason to end");
        go.send(()).expect("it waits");
        assert!(matches!(ended.await.expect("no panic"), Err(DiscordFault::Broke)));
        assert!(gone.await.is_err(), "the others are ended");
    }
}

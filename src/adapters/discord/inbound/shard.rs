//! One connection, kept up. The client's runner does what it does well: it answers heartbeats, decodes and resumes.
//! Beginning a session, and beginning anew whenever a runner ends, hangs, spins or falls silent, is done here, because
//! the client's own manager loses connections over each of these. Invariant: a connection has one runner at a time, and
//! a session is begun in its turn, with Discord's leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use serenity::gateway::{
    ConnectionStage, GatewayError, Shard, ShardManager, ShardManagerOptions, ShardMessenger, ShardRunner,
    ShardRunnerInfo, ShardRunnerMessage, ShardRunnerOptions,
};
use serenity::http::{Http, HttpBuilder};
use serenity::model::gateway::{GatewayIntents, ShardInfo};
use serenity::model::id::ShardId;
use serenity::prelude::{Mutex, RwLock, TypeMap};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use super::Inbound;
use super::ear::Ear;
use super::gateway::{GatewayFault, fault_of, intents};
use super::plan::{Plan, plan};
use super::pulse::{Felt, Guard, Pulse};
use super::turns::Turns;
use super::watchdog::trouble;
use crate::adapters::discord::transport::{CallError, Rest};
use crate::config::Secret;

/// How often to look how the connection stands.
const LOOK: Duration = Duration::from_secs(1);
/// A connection that is not made within this long is not waited for.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// The pause after a session that never stood is a second, then twice as long each time, up to half a minute.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const MOST_DOUBLINGS: u32 = 5;
/// The client looks for messages twice a second; after this long it has said goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_millis(1_200);
/// The code of a close after which Discord ends the session and shows the bot as away.
const GOODBYE: u16 = 1000;
/// Sessions that did not stand, one after the other, until Discord's wish for more connections is followed.
const PATIENCE: u32 = 2;

/// Why a connection is no longer kept up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Left {
    /// It was told to stop.
    Stopped,
    /// Discord wants another number of connections.
    Outgrown(u32),
    /// Going on is of no use.
    Fault(GatewayFault),
}

/// What all connections of one plan share.
pub(super) struct Fleet {
    pub(super) inbound: Arc<Inbound>,
    pub(super) rest: Arc<Rest>,
    pub(super) plan: Plan,
    /// Whether the address is the config's: then a session is resumed there as well.
    pub(super) is_fixed: bool,
    pub(super) intents: GatewayIntents,
    pub(super) turns: Turns,
    pub(super) guard: Guard,
    http: Arc<Http>,
}

/// One session and what it takes to look after it.
struct Session {
    task: JoinHandle<serenity::Result<()>>,
    manager: Arc<ShardManager>,
    said: futures_util::stream::BoxStream<'static, Result<(), GatewayError>>,
    way: ShardMessenger,
    pulse: Arc<Pulse>,
    stood: Arc<AtomicBool>,
    is_current: Arc<AtomicBool>,
    begun: Instant,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.is_current.store(false, Ordering::Relaxed);
        self.task.abort();
    }
}

impl Fleet {
    /// A fleet that follows this plan. `since` is when sessions may have been begun before.
    pub(super) fn new(
        inbound: Arc<Inbound>,
        rest: Arc<Rest>,
        (token, api): (&Secret, &str),
        (plan, is_fixed): (Plan, bool),
        members: bool,
        since: Option<Instant>,
    ) -> Self {
        // Calls go through our own client. Should this one ever make any, they go to the same place.
        let http = HttpBuilder::new(token.expose()).proxy(api).ratelimiter_disabled(true).build();
        let (turns, intents) = (Turns::new(plan.doors, since), intents(members));
        Self { inbound, rest, plan, is_fixed, intents, turns, guard: Guard::new(), http: Arc::new(http) }
    }

    /// Keeps one connection up until `stop` turns true.
    pub(super) async fn keep(self: Arc<Self>, shard: u32, mut stop: watch::Receiver<bool>) -> Left {
        let mut failed = 0;
        loop {
            let left = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return Left::Stopped,
                begun = self.begin(shard, failed) => match begun {
                    Ok(Some(session)) => self.stand_by(shard, session, &mut stop).await,
                    Ok(None) => Ok(false),
                    Err(left) => Err(left),
                },
            };
            self.inbound.lines.down(shard, Instant::now());
            match left {
                Ok(true) => failed = 0,
                Ok(false) => failed += 1,
                Err(left) => return left,
            }
        }
    }

    /// Begins a session when it may; `None` when Discord cannot be reached.
    async fn begin(&self, shard: u32, failed: u32) -> Result<Option<Session>, Left> {
        if failed > 0 {
            let pause = FIRST_PAUSE * (1 << (failed - 1).min(MOST_DOUBLINGS));
            tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
        }
        self.ask_leave(failed).await?;
        self.turns.take(shard).await;
        let address = Arc::new(Mutex::new(self.plan.address.clone()));
        let info = ShardInfo::new(ShardId(shard), self.plan.shards);
        let connecting = Shard::new(address.clone(), self.http.token(), info, self.intents, None);
        match tokio::time::timeout(CONNECT_WITHIN, connecting).await {
            Ok(Ok(connected)) => self.run(shard, connected, address).await.map(Some),
            Ok(Err(error)) => {
                tracing::warn!(discord.shard = shard, error.reason = %error, "discord.not_connected");
                Ok(None)
            }
            Err(_) => {
                tracing::warn!(discord.shard = shard, "discord.connecting_takes_too_long");
                Ok(None)
            }
        }
    }

    /// Asks Discord whether a session may be begun at all: there are a thousand a day, and then the token is lost.
    async fn ask_leave(&self, failed: u32) -> Result<(), Left> {
        loop {
            let wait = match plan(&self.rest).await {
                Ok(now) if now.shards > self.plan.shards && failed >= PATIENCE => {
                    return Err(Left::Outgrown(now.shards));
                }
                Ok(now) => now.wait,
                Err(error) if is_about_the_token(&error) => return Err(Left::Fault(GatewayFault::Token)),
                // Where calls fail, connections may still be made; who is sent away there comes back here.
                Err(_) => None,
            };
            let Some(wait) = wait else { return Ok(()) };
            tracing::error!(
                discord.wait_secs = wait.as_secs(),
                "Discord lets this bot connect no more often today; waiting, because more tries would take its token \
                 away"
            );
            tokio::time::sleep(wait).await;
        }
    }

    /// Lets the client's runner serve a connection.
    async fn run(&self, shard: u32, connected: Shard, address: Arc<Mutex<String>>) -> Result<Session, Left> {
        let (stood, is_current) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)));
        let ear = Ear {
            inbound: self.inbound.clone(),
            shards: self.plan.shards,
            stood: stood.clone(),
            is_current: is_current.clone(),
            resume_at: (!self.is_fixed).then(|| address.clone()),
        };
        let (manager, said) = self.manager(address).map_err(Left::Fault)?;
        let mut runner = ShardRunner::new(ShardRunnerOptions {
            data: Arc::new(RwLock::new(TypeMap::new())),
            event_handlers: Vec::new(),
            raw_event_handlers: vec![Arc::new(ear)],
            manager: manager.clone(),
            shard: connected,
            http: self.http.clone(),
        });
        let (way, pulse, id) = (ShardMessenger::new(&runner), Pulse::new(), ShardId(shard));
        let info =
            ShardRunnerInfo { latency: None, runner_tx: way.clone(), stage: ConnectionStage::Disconnected };
        manager.runners.lock().await.insert(id, info);
        // A runner that gives up asks the manager to end it first and waits for the answer, which is here already.
        manager.shutdown_finished(id);
        self.guard.watch(shard, &pulse, way.clone());
        let task = tokio::spawn(Felt::new(async move { runner.run().await }, pulse.clone()));
        let begun = Instant::now();
        Ok(Session { task, manager, said: said.boxed(), way, pulse, stood, is_current, begun })
    }

    /// What the client's runner reports to. It has a queue that would begin sessions by itself; that one ends with a
    /// runtime that never turns.
    fn manager(
        &self,
        address: Arc<Mutex<String>>,
    ) -> Result<
        (Arc<ShardManager>, impl futures_util::Stream<Item = Result<(), GatewayError>> + Send + use<>),
        GatewayFault,
    > {
        let aside = tokio::runtime::Builder::new_current_thread().build();
        let aside = aside.map_err(|error| GatewayFault::Ended(error.to_string()))?;
        let made = {
            let _aside = aside.enter();
            ShardManager::new(ShardManagerOptions {
                data: Arc::new(RwLock::new(TypeMap::new())),
                event_handlers: Vec::new(),
                raw_event_handlers: Vec::new(),
                shard_index: 0,
                shard_init: 0,
                shard_total: self.plan.shards,
                ws_url: address,
                http: self.http.clone(),
                intents: self.intents,
                presence: None,
            })
        };
        aside.shutdown_background();
        Ok(made)
    }

    /// Looks after a session until it ends. Says whether it ever stood.
    async fn stand_by(
        &self,
        shard: u32,
        mut session: Session,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<bool, Left> {
        let mut every = tokio::time::interval(LOOK);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let why = loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => {
                    session.way.send_to_shard(ShardRunnerMessage::Close(GOODBYE, None));
                    let _ = tokio::time::timeout(GOODBYE_WITHIN, &mut session.task).await;
                    return Err(Left::Stopped);
                }
                ended = &mut session.task => {
                    // What ends everything is said before the runner returns.
                    if let Some(Some(Err(error))) = session.said.next().now_or_never() {
                        return Err(Left::Fault(fault_of(&error)));
                    }
                    break match ended {
                        Ok(Ok(())) => "the session has to be begun anew".to_owned(),
                        Ok(Err(error)) => error.to_string(),
                        Err(error) => error.to_string(),
                    };
                }
                _ = every.tick() => {}
            }
            let (stage, latency) = session.seen(shard).await;
            let now = Instant::now();
            // A runner is entered as disconnected, and what it said before that is lost; no other stage lies.
            if !matches!(stage, Some(ConnectionStage::Connected | ConnectionStage::Disconnected)) {
                self.inbound.lines.down(shard, now);
            }
            self.inbound.lines.latency(shard, latency, now);
            let line = self.inbound.lines.of(shard);
            if let Some(trouble) =
                line.and_then(|line| trouble(&line, session.begun, session.pulse.read(), now))
            {
                break trouble.to_string();
            }
        };
        tracing::warn!(discord.shard = shard, error.reason = %why, "discord.connection_lost");
        Ok(session.stood.load(Ordering::Relaxed))
    }
}

impl Session {
    /// Stage and latency, as the runner last reported them; no stage when it is giving up.
    async fn seen(&self, shard: u32) -> (Option<ConnectionStage>, Option<Duration>) {
        let runners = self.manager.runners.lock().await;
        runners.get(&ShardId(shard)).map_or((None, None), |info| (Some(info.stage), info.latency))
    }
}

/// Whether Discord does not take the token.
pub(super) const fn is_about_the_token(error: &CallError) -> bool {
    matches!(error, CallError::Locked | CallError::Refused { status: 401, .. })
}

//! Connections that we open, so no public address is needed. The client connects, answers heartbeats and resumes; what
//! it cannot do by itself is done here: it is begun with as many shards as Discord wants, at an address that is always
//! ours to say, and given up when it hangs. Invariant: the bot's token is sent to the configured addresses only, and
//! `run` ends with a clear sentence when going on is of no use.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use serenity::gateway::{ConnectionStage, GatewayError, ShardManager, ShardManagerOptions};
use serenity::http::HttpBuilder;
use serenity::model::gateway::GatewayIntents;
use serenity::prelude::{Mutex, RwLock, TypeMap};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use super::Inbound;
use super::ear::Ear;
use super::health::Lines;
use super::plan::{Plan, PlanFault, plan};
use super::watchdog::{Decision, Probe, decide, judge};
use crate::adapters::discord::transport::{CallError, Rest};
use crate::config::Secret;

#[cfg(test)]
mod tests;

/// How often to look how the connections stand.
const LOOK: Duration = Duration::from_secs(1);
/// Discord is asked again after this long when it cannot be reached.
const AGAIN: Duration = Duration::from_secs(5);
/// Closing may hang; it is not waited for longer than this.
const CLOSE_WITHIN: Duration = Duration::from_secs(8);
/// Looking at the client's own list may hang with it.
const GLANCE: Duration = Duration::from_secs(2);

/// Why the connections cannot be kept up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayFault {
    /// Discord does not take the token.
    #[error(
        "Discord refused the bot's token. Copy it again from the page of your app under Bot, and try `roundtable check`"
    )]
    Token,
    /// An intent is not switched on.
    #[error(
        "Discord does not give this bot the events it asks for. Switch on the Server Members Intent on the page of \
         your app under Bot, or set discord.member_intent = false"
    )]
    Intents,
    /// The address that Discord gave, or the config, is none.
    #[error("{0}")]
    Plan(#[from] PlanFault),
    /// The client ended by itself.
    #[error("the connections to Discord ended: {0}")]
    Ended(String),
    /// The client hangs.
    #[error("{0}")]
    Stuck(String),
}

/// The connections.
pub struct Gateway {
    inbound: Arc<Inbound>,
    rest: Arc<Rest>,
    token: Secret,
    address: Option<String>,
    api: String,
    intents: GatewayIntents,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("intents", &self.intents).finish_non_exhaustive()
    }
}

/// What the bot wants to hear of.
pub fn intents(members: bool) -> GatewayIntents {
    let base =
        GatewayIntents::GUILDS | GatewayIntents::DIRECT_MESSAGES | GatewayIntents::GUILD_SCHEDULED_EVENTS;
    if members { base | GatewayIntents::GUILD_MEMBERS } else { base }
}

impl Gateway {
    /// For the bot with this token; `address` instead of the one that Discord gives.
    pub fn new(
        inbound: Arc<Inbound>,
        rest: Arc<Rest>,
        token: Secret,
        api: String,
        address: Option<String>,
        members: bool,
    ) -> Self {
        Self { inbound, rest, token, address, api, intents: intents(members) }
    }

    /// Keeps the connections up until `stop` turns true.
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), GatewayFault> {
        let Some(plan) = self.prepare(&mut stop).await? else { return Ok(()) };
        tracing::info!(discord.shards = plan.shards, "discord.connecting");
        self.inbound.lines.begin(plan.shards, Instant::now());
        let (manager, mut ended) = self.begin(&plan);
        let outcome = tokio::select! {
            biased;
            // An error means that nobody is left to say stop, which is a stop as well.
            _ = stop.wait_for(|stop| *stop) => Ok(()),
            fault = self.watch(&manager, &mut ended, plan.shards) => Err(fault),
        };
        if tokio::time::timeout(CLOSE_WITHIN, manager.shutdown_all()).await.is_err() {
            tracing::warn!("discord.connections_did_not_close");
        }
        outcome
    }

    /// Watches the client until it ends or is of no use any more.
    async fn watch(
        &self,
        manager: &ShardManager,
        ended: &mut (impl futures_util::Stream<Item = Result<(), GatewayError>> + Unpin),
        shards: u32,
    ) -> GatewayFault {
        let mut every = tokio::time::interval(LOOK);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                end = ended.next() => return fault_of(end.and_then(Result::err).as_ref()),
                _ = every.tick() => {}
            }
            look(manager, &self.inbound.lines, shards).await;
            if let Err(fault) = self.mind(&self.inbound.lines, shards).await {
                return fault;
            }
        }
    }

    /// Asks Discord how many connections to open and where; `None` when it is time to stop.
    async fn prepare(&self, stop: &mut watch::Receiver<bool>) -> Result<Option<Plan>, GatewayFault> {
        loop {
            let pause = match plan(&self.rest).await {
                Ok(plan) if plan.wait.is_none() => return Ok(Some(plan.at(self.address.as_deref())?)),
                Ok(plan) => {
                    let wait = plan.wait.unwrap_or(AGAIN);
                    tracing::error!(
                        discord.wait_secs = wait.as_secs(),
                        "Discord lets this bot connect no more often today; waiting, because more tries would take \
                         its token away"
                    );
                    wait
                }
                Err(CallError::Locked | CallError::Refused { status: 401, .. }) => {
                    return Err(GatewayFault::Token);
                }
                Err(error) => {
                    tracing::warn!(error.reason = %error, "discord.not_reached_yet");
                    AGAIN
                }
            };
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return Ok(None),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    fn begin(
        &self,
        plan: &Plan,
    ) -> (Arc<ShardManager>, impl futures_util::Stream<Item = Result<(), GatewayError>> + Unpin + use<>) {
        // Calls go through our own client. Should this one ever make any, they go to the same place.
        let http = HttpBuilder::new(self.token.expose()).proxy(&self.api).ratelimiter_disabled(true).build();
        let ear = Ear { inbound: self.inbound.clone(), shards: plan.shards };
        let (manager, ended) = ShardManager::new(ShardManagerOptions {
            data: Arc::new(RwLock::new(TypeMap::new())),
            event_handlers: Vec::new(),
            raw_event_handlers: vec![Arc::new(ear)],
            shard_index: 0,
            shard_init: plan.shards,
            shard_total: plan.shards,
            ws_url: Arc::new(Mutex::new(plan.address.clone())),
            http: Arc::new(http),
            intents: self.intents,
            presence: None,
        });
        if let Err(error) = manager.initialize() {
            tracing::error!(error.reason = %error, "discord.shards_not_begun");
        }
        (manager, ended)
    }

    /// Whether going on is of any use.
    async fn mind(&self, lines: &Lines, running: u32) -> Result<(), GatewayFault> {
        let Some(worry) = judge(&lines.all(), Instant::now()) else { return Ok(()) };
        let probe = match plan(&self.rest).await {
            Ok(plan) => Probe::Reachable { shards: plan.shards },
            Err(CallError::Locked | CallError::Refused { status: 401, .. }) => {
                return Err(GatewayFault::Token);
            }
            Err(_) => Probe::Unreachable,
        };
        match decide(worry, probe, running) {
            Decision::GiveUp(words) => {
                tracing::error!(error.reason = %words, "discord.connection_given_up");
                Err(GatewayFault::Stuck(words))
            }
            Decision::Wait => {
                tracing::warn!(discord.worry = ?worry, "discord.outage_waited_out");
                tokio::time::sleep(AGAIN).await;
                Ok(())
            }
        }
    }
}

/// Takes over how the client itself sees its connections. One that is not in its list does not stand.
async fn look(manager: &ShardManager, lines: &Lines, shards: u32) {
    let Ok(runners) = tokio::time::timeout(GLANCE, manager.runners.lock()).await else {
        tracing::warn!("discord.client_does_not_answer");
        return;
    };
    let now = Instant::now();
    for shard in 0..shards {
        match runners.get(&serenity::model::id::ShardId(shard)) {
            Some(runner) => {
                // A runner is entered as disconnected, and what it said before that is lost; no other stage lies.
                if !matches!(runner.stage, ConnectionStage::Connected | ConnectionStage::Disconnected) {
                    lines.down(shard, now);
                }
                lines.latency(shard, runner.latency, now);
            }
            None => lines.down(shard, now),
        }
    }
}

fn fault_of(error: Option<&GatewayError>) -> GatewayFault {
    match error {
        Some(GatewayError::InvalidAuthentication | GatewayError::NoAuthentication) => GatewayFault::Token,
        Some(GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents) => {
            GatewayFault::Intents
        }
        Some(other) => GatewayFault::Ended(other.to_string()),
        None => GatewayFault::Ended("the client stopped by itself".to_owned()),
    }
}

//! Connections that we open, so no public address is needed. As many are begun as Discord wants, at an address that is
//! always ours to say; each is kept up by itself, and all of them are begun anew when Discord wants more. Invariant: the
//! bot's token is sent to the configured addresses only, and `run` ends with a clear sentence when going on is of no
//! use.

use std::sync::Arc;
use std::time::Duration;

use serenity::gateway::GatewayError;
use serenity::model::gateway::GatewayIntents;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::Inbound;
use super::plan::{Plan, PlanFault, plan};
use super::shard::{Fleet, Left, is_about_the_token};
use super::watchdog::{Decision, Probe, decide, judge};
use crate::adapters::discord::transport::Rest;
use crate::config::Secret;

#[cfg(test)]
mod tests;

/// How often to look how the connections stand.
const LOOK: Duration = Duration::from_secs(1);
/// Discord is asked again after this long when it cannot be reached.
const AGAIN: Duration = Duration::from_secs(5);
/// Closing is not waited for longer than this.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

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
    /// The client ended for a reason that another session does not mend.
    #[error("the connections to Discord ended: {0}")]
    Ended(String),
    /// They do not come up.
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
    members: bool,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("members", &self.members).finish_non_exhaustive()
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
        Self { inbound, rest, token, address, api, members }
    }

    /// Keeps the connections up until `stop` turns true.
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), GatewayFault> {
        let mut since = None;
        loop {
            let Some(plan) = self.prepare(&mut stop).await? else { return Ok(()) };
            tracing::info!(discord.shards = plan.shards, "discord.connecting");
            match self.follow(plan, since, &mut stop).await {
                Left::Stopped => return Ok(()),
                Left::Outgrown(shards) => {
                    tracing::warn!(discord.shards = shards, "discord.wants_more_connections");
                    since = Some(Instant::now());
                }
                Left::Fault(fault) => return Err(fault),
            }
        }
    }

    /// Keeps up what a plan says, until that is of no use any more.
    async fn follow(&self, plan: Plan, since: Option<Instant>, stop: &mut watch::Receiver<bool>) -> Left {
        let shards = plan.shards;
        self.inbound.lines.begin(shards, Instant::now());
        let (reach, plan) = ((&self.token, self.api.as_str()), (plan, self.address.is_some()));
        let (inbound, rest) = (self.inbound.clone(), self.rest.clone());
        let fleet = Arc::new(Fleet::new(inbound, rest, reach, plan, self.members, since));
        let (end, ended) = watch::channel(false);
        let mut keeping = JoinSet::new();
        for shard in 0..shards {
            keeping.spawn(fleet.clone().keep(shard, ended.clone()));
        }
        let left = tokio::select! {
            biased;
            // An error means that nobody is left to say stop, which is a stop as well.
            _ = stop.wait_for(|stop| *stop) => Left::Stopped,
            left = keeping.join_next() => match left {
                Some(Ok(left)) => left,
                Some(Err(error)) => Left::Fault(GatewayFault::Ended(error.to_string())),
                None => Left::Stopped,
            },
            left = self.watch(shards) => left,
        };
        end.send_replace(true);
        let all_gone = async { while keeping.join_next().await.is_some() {} };
        if tokio::time::timeout(CLOSE_WITHIN, all_gone).await.is_err() {
            tracing::warn!("discord.connections_did_not_close");
        }
        left
    }

    /// Watches whether the connections stand, until that is of no use any more.
    async fn watch(&self, shards: u32) -> Left {
        let mut every = tokio::time::interval(LOOK);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            if let Some(left) = self.mind(shards).await {
                return left;
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
                Err(error) if is_about_the_token(&error) => return Err(GatewayFault::Token),
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

    /// Whether going on is of any use.
    async fn mind(&self, running: u32) -> Option<Left> {
        let worry = judge(&self.inbound.lines.all(), Instant::now())?;
        let probe = match plan(&self.rest).await {
            Ok(plan) if plan.wait.is_some() => Probe::Full,
            Ok(plan) => Probe::Reachable { shards: plan.shards },
            Err(error) if is_about_the_token(&error) => return Some(Left::Fault(GatewayFault::Token)),
            Err(_) => Probe::Unreachable,
        };
        match decide(&worry, probe, running) {
            Decision::GiveUp(words) => {
                tracing::error!(error.reason = %words, "discord.connection_given_up");
                Some(Left::Fault(GatewayFault::Stuck(words)))
            }
            Decision::Outgrown(shards) => Some(Left::Outgrown(shards)),
            Decision::Wait => {
                tracing::warn!(
                    discord.shard = worry.shard,
                    discord.secs = worry.secs,
                    "discord.outage_waited_out"
                );
                tokio::time::sleep(AGAIN).await;
                None
            }
        }
    }
}

/// What it means that the client gives up for good.
pub(super) fn fault_of(error: &GatewayError) -> GatewayFault {
    match error {
        GatewayError::InvalidAuthentication => GatewayFault::Token,
        GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents => GatewayFault::Intents,
        other => GatewayFault::Ended(other.to_string()),
    }
}

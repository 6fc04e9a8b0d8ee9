//! One connection, kept up. The client's runner does what it does well: it answers heartbeats, decodes and resumes.
//! Beginning a session, and beginning anew whenever a runner ends, hangs, spins or falls silent, is done here, because
//! the client's own manager loses connections over each of these. Invariant: a connection has one runner at a time, and
//! a session is begun in its turn, with Discord's leave.

use std::sync::Arc;
use std::time::Duration;

use serenity::gateway::{ConnectionStage, Shard};
use serenity::http::{Http, HttpBuilder};
use serenity::model::gateway::{GatewayIntents, ShardInfo};
use serenity::model::id::ShardId;
use serenity::prelude::Mutex;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use super::Inbound;
use super::gateway::{GatewayFault, intents};
use super::plan::{Plan, plan};
use super::pulse::Guard;
use super::session::{Session, seen};
use super::turns::Turns;
use super::watchdog::trouble;
use crate::adapters::discord::transport::{CallError, Rest};
use crate::config::Secret;

/// How often to look how the connection stands.
const LOOK: Duration = Duration::from_secs(1);
/// A connection that is not made within this long is not waited for.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// A session that stood for less than this ended too soon: Discord allows a thousand of them a day.
const STEADY: Duration = Duration::from_mins(1);
/// So many in a row may end too soon before a pause is made of it.
const BRIEF_ONES: u32 = 3;
/// The pause after a session that never stood, or another one that ended too soon, is a second, then twice as long each
/// time, up to half a minute.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const MOST_DOUBLINGS: u32 = 5;
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

/// How a session went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Went {
    /// It never stood.
    Never,
    /// It stood and ended too soon.
    Briefly,
    /// It stood for a while.
    Well,
}

impl Went {
    /// How one went that stood since then.
    fn since(stood: Option<Instant>, now: Instant) -> Self {
        match stood {
            None => Self::Never,
            Some(stood) if now.saturating_duration_since(stood) < STEADY => Self::Briefly,
            Some(_) => Self::Well,
        }
    }
}

/// Sessions of one connection that went wrong, one after the other.
#[derive(Debug, Clone, Copy, Default)]
struct Failed {
    never: u32,
    briefly: u32,
}

impl Failed {
    const fn after(self, went: Went) -> Self {
        match went {
            Went::Never => Self { never: self.never + 1, ..self },
            Went::Briefly => Self { never: 0, briefly: self.briefly + 1 },
            Went::Well => Self { never: 0, briefly: 0 },
        }
    }

    /// How long to wait before the next one.
    fn pause(self) -> Duration {
        match self.never + self.briefly.saturating_sub(BRIEF_ONES) {
            0 => Duration::ZERO,
            times => (FIRST_PAUSE * (1 << (times - 1).min(MOST_DOUBLINGS))).min(LONGEST_PAUSE),
        }
    }
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
    pub(super) http: Arc<Http>,
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
        Self { inbound, rest, plan, is_fixed, intents, turns, guard: Guard::begin(), http: Arc::new(http) }
    }

    /// Keeps one connection up until `stop` turns true.
    pub(super) async fn keep(self: Arc<Self>, shard: u32, mut stop: watch::Receiver<bool>) -> Left {
        let mut failed = Failed::default();
        loop {
            let begun = tokio::select! {
                biased;
                () = stopped(&mut stop) => return Left::Stopped,
                begun = self.begin(shard, failed) => begun,
            };
            let left = match begun {
                Ok(Some(session)) => self.stand_by(shard, session, &mut stop).await,
                Ok(None) => Ok(Went::Never),
                Err(left) => Err(left),
            };
            self.inbound.lines.down(shard, Instant::now());
            match left {
                Ok(went) => failed = failed.after(went),
                Err(left) => return left,
            }
        }
    }

    /// Begins a session when it may; `None` when Discord cannot be reached.
    async fn begin(&self, shard: u32, failed: Failed) -> Result<Option<Session>, Left> {
        tokio::time::sleep(failed.pause()).await;
        self.ask_leave(failed.never).await?;
        self.turns.take(shard).await;
        let address = Arc::new(Mutex::new(self.plan.address.clone()));
        let info = ShardInfo { id: ShardId(shard), total: self.plan.shards };
        let connecting = Shard::new(address.clone(), self.http.token(), info, self.intents, None);
        match tokio::time::timeout(CONNECT_WITHIN, connecting).await {
            Ok(Ok(connected)) => {
                Session::run(self, shard, connected, address).await.map(Some).map_err(Left::Fault)
            }
            Ok(Err(error)) => {
                tracing::warn!(discord.shard = shard, error.reason = %error, "discord.not_connected");
                self.inbound.lines.ended(shard, "no connection could be made");
                Ok(None)
            }
            Err(_) => {
                tracing::warn!(discord.shard = shard, "discord.connecting_takes_too_long");
                self.inbound.lines.ended(shard, "connecting took too long");
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

    /// Looks after a session until it ends, and says how it went.
    async fn stand_by(
        &self,
        shard: u32,
        mut session: Session,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Went, Left> {
        let mut every = tokio::time::interval(LOOK);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let why = loop {
            let ended = tokio::select! {
                biased;
                () = stopped(stop) => {
                    session.say_goodbye().await;
                    return Err(Left::Stopped);
                }
                ended = &mut session.task => Some(ended),
                _ = every.tick() => None,
            };
            if let Some(ended) = ended {
                break session.end_of(ended)?;
            }
            let (stage, latency) = seen(&session.manager, shard).await;
            let now = Instant::now();
            match stage {
                // A runner is entered as disconnected, and what it said before that is lost; no other stage lies.
                Some(ConnectionStage::Disconnected) => {}
                Some(ConnectionStage::Connected) => self.inbound.lines.up_again(shard, now),
                _ => self.inbound.lines.down(shard, now),
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
        self.inbound.lines.ended(shard, &why);
        Ok(Went::since(session.stood.get().copied(), Instant::now()))
    }
}

/// Ends when it is time to stop; when nobody is left to say so, that is a stop as well.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Whether Discord does not take the token.
pub(super) const fn is_about_the_token(error: &CallError) -> bool {
    matches!(error, CallError::Locked | CallError::Refused { status: 401, .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_while_sessions_end_soon_or_never_stand_and_begin_anew_after_one_that_lasted() {
        let begun = Instant::now();
        let went = |secs| Went::since(Some(begun), begun + Duration::from_secs(secs));
        assert_eq!((went(0), went(59), went(60)), (Went::Briefly, Went::Briefly, Went::Well));
        assert_eq!(Went::since(None, begun), Went::Never);
        let mut failed = Failed::default();
        assert_eq!(failed.pause(), Duration::ZERO);
        for (went, secs) in [
            (Went::Briefly, 0),
            (Went::Briefly, 0),
            (Went::Never, 1),
            (Went::Briefly, 0),
            (Went::Briefly, 1),
            (Went::Briefly, 2),
            (Went::Briefly, 4),
            (Went::Briefly, 8),
            (Went::Briefly, 16),
            (Went::Briefly, 30),
            (Went::Briefly, 30),
            (Went::Well, 0),
            (Went::Never, 1),
        ] {
            failed = failed.after(went);
            assert_eq!(failed.pause(), Duration::from_secs(secs), "{failed:?}");
        }
    }
}

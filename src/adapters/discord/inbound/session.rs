//! One session: the client's runner in a task of its own, and what it takes to look after it. Invariant: a session that
//! is dropped hears nothing more and holds no connection, and the client begins none by itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::stream::BoxStream;
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use serenity::gateway::{
    ConnectionStage, GatewayError, Shard, ShardManager, ShardManagerOptions, ShardMessenger, ShardRunner,
    ShardRunnerInfo, ShardRunnerMessage, ShardRunnerOptions,
};
use serenity::model::id::ShardId;
use serenity::prelude::{Mutex, RwLock, TypeMap};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;

use super::ear::Ear;
use super::gateway::{GatewayFault, fault_of};
use super::pulse::{Felt, Pulse};
use super::shard::{Fleet, Left};

/// The client looks for messages twice a second; after this long it has said goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_millis(1_200);
/// Only some codes of a close make the client spin.
const SPUN: &str = "Discord closed it with a code that the client cannot take, most likely 4003 (not identified), 4010 \
                    (wrong number of a connection) or 4011 (too few connections)";
/// All that is known when the client gives a session up that never stood.
const NOT_TAKEN: &str =
    "Discord closed or refused it before it stood, and the client does not say with which code";
/// The code of a close after which Discord ends the session and shows the bot as away.
const GOODBYE: u16 = 1000;

/// A session while it lasts.
pub(super) struct Session {
    /// The client's runner.
    pub(super) task: JoinHandle<serenity::Result<()>>,
    /// What the runner reports to.
    pub(super) manager: Arc<ShardManager>,
    /// How the runner's loop turns.
    pub(super) pulse: Arc<Pulse>,
    /// When Discord said for the first time that it stands.
    pub(super) stood: Arc<OnceLock<Instant>>,
    /// When it was begun.
    pub(super) begun: Instant,
    said: BoxStream<'static, Result<(), GatewayError>>,
    way: ShardMessenger,
    is_current: Arc<AtomicBool>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.is_current.store(false, Ordering::Relaxed);
        self.task.abort();
    }
}

impl Session {
    /// Lets the client's runner serve a connection. `address` is where it resumes.
    pub(super) async fn run(
        fleet: &Fleet,
        shard: u32,
        connected: Shard,
        address: Arc<Mutex<String>>,
    ) -> Result<Self, GatewayFault> {
        let (stood, is_current) = (Arc::new(OnceLock::new()), Arc::new(AtomicBool::new(true)));
        let ear = Ear {
            inbound: fleet.inbound.clone(),
            shards: fleet.plan.shards,
            stood: stood.clone(),
            is_current: is_current.clone(),
            resume_at: (!fleet.is_fixed).then(|| address.clone()),
        };
        let (manager, said) = manager(fleet, address)?;
        let mut runner = ShardRunner::new(ShardRunnerOptions {
            data: Arc::new(RwLock::new(TypeMap::new())),
            event_handlers: Vec::new(),
            raw_event_handlers: vec![Arc::new(ear)],
            manager: manager.clone(),
            shard: connected,
            http: fleet.http.clone(),
        });
        let (way, pulse, id) = (ShardMessenger::new(&runner), Pulse::new(), ShardId(shard));
        let info =
            ShardRunnerInfo { latency: None, runner_tx: way.clone(), stage: ConnectionStage::Disconnected };
        manager.runners.lock().await.insert(id, info);
        // A runner that gives up asks the manager to end it first and waits for the answer, which is here already.
        manager.shutdown_finished(id);
        fleet.guard.watch(shard, &pulse, way.clone());
        let task = tokio::spawn(Felt::new(async move { Box::pin(runner.run()).await }, pulse.clone()));
        let begun = Instant::now();
        Ok(Self { task, manager, said: said.boxed(), way, pulse, stood, is_current, begun })
    }

    /// Why the runner ended. An error where another session would end in the same way.
    pub(super) fn end_of(&mut self, ended: Result<serenity::Result<()>, JoinError>) -> Result<String, Left> {
        // What ends everything is said before the runner returns.
        if let Some(Some(Err(error))) = self.said.next().now_or_never() {
            return Err(Left::Fault(fault_of(&error)));
        }
        Ok(match ended {
            // The client tells nobody else with which code a connection was closed.
            Ok(Ok(())) if self.pulse.has_spun() => SPUN.to_owned(),
            Ok(Ok(())) if self.stood.get().is_none() => NOT_TAKEN.to_owned(),
            Ok(Ok(())) => "it has to be begun anew".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        })
    }

    /// Ends the session at Discord as well.
    pub(super) async fn say_goodbye(&mut self) {
        self.way.send_to_shard(ShardRunnerMessage::Close(GOODBYE, None));
        let _ = tokio::time::timeout(GOODBYE_WITHIN, &mut self.task).await;
    }
}

/// What the client's runner reports to. It has a queue that would begin sessions by itself; that one ends with a
/// runtime that never turns.
fn manager(
    fleet: &Fleet,
    address: Arc<Mutex<String>>,
) -> Result<(Arc<ShardManager>, impl Stream<Item = Result<(), GatewayError>> + Send + use<>), GatewayFault> {
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
            shard_total: fleet.plan.shards,
            ws_url: address,
            http: fleet.http.clone(),
            intents: fleet.intents,
            presence: None,
        })
    };
    aside.shutdown_background();
    Ok(made)
}

/// Stage and latency, as the runner last reported them; no stage when it is giving up.
pub(super) async fn seen(manager: &ShardManager, shard: u32) -> (Option<ConnectionStage>, Option<Duration>) {
    let runners = manager.runners.lock().await;
    runners.get(&ShardId(shard)).map_or((None, None), |info| (Some(info.stage), info.latency))
}

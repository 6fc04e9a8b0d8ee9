//! Putting the parts together: database, content, clock, adapters, scheduler, operating endpoints.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::adapters::common::finding::Finding;
use crate::adapters::playground::{self, Playground};
use crate::clock::{Clock, IdSource, Ids, SystemClock};
use crate::config::Config;
use crate::content::Content;
use crate::core::Core;
use crate::domain::civil::{Instant, tzdb_version};
use crate::ops::{Counters, VitalSigns, Vitals};
use crate::scheduler::{self, Work};
use crate::store::{Store, StoreError};

mod heart;
mod platforms;

/// What is under way when the program ends may take this long; a platform that hangs must not keep it from ending.
const WIND_DOWN: std::time::Duration = std::time::Duration::from_secs(15);

/// Why the program cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The texts in the content folder.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Content(Vec<crate::content::Fault>),
    /// A chat platform.
    #[error("{0}")]
    Platform(String),
    /// The network or a file.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> AppError {
    let what = what.into();
    move |error| AppError::Io { what, error }
}

/// The texts that the config names.
pub fn content(config: &Config) -> Result<Content, AppError> {
    match &config.content.folder {
        Some(folder) => Content::load(folder).map_err(AppError::Content),
        None => Ok(Content::builtin()),
    }
}

/// An open database with its tables up to date.
pub async fn store(config: &Config) -> Result<Store, AppError> {
    let store = Store::open(config.database.url.expose()).await?;
    let steps = store.migrate(None).await?;
    if steps > 0 {
        tracing::info!(db.steps = steps, "store.migrated");
    }
    Ok(store)
}

/// A playground on the configured database.
pub async fn open_playground(config: &Config, ids: Ids) -> Result<Arc<Playground>, AppError> {
    let (store, content) = (store(config).await?, content(config)?);
    let start = SystemClock.now();
    Ok(Arc::new(Playground::open(store, Arc::new(content), Arc::new(ids), start).await?))
}

/// Serves the playground's page until the process is asked to stop.
pub async fn run_playground(
    config: &Config,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<(), AppError> {
    let playground = open_playground(config, Ids::from_entropy()).await?;
    let address = config.playground.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(io(format!("the address {address} cannot be listened on")))?;
    let (stop, stopped) = stop_signal();
    ready(listener.local_addr().map_err(io("the address cannot be read"))?);
    let player = tokio::spawn({
        let playground = playground.clone();
        async move { playground.keep_playing().await }
    });
    let ops = serve_ops(config, playground_vitals(&playground), stopped.clone()).await?;
    let served = playground::serve(listener, playground.clone(), wait(stopped.clone()));
    // Open pages keep their stream of news open, so stopping does not wait for them.
    tokio::select! {
        served = served => served.map_err(io("the playground's page"))?,
        () = async { wait(stopped).await; tokio::time::sleep(std::time::Duration::from_millis(300)).await; } => {}
    }
    player.abort();
    drop(stop);
    if let Some(ops) = ops {
        ops.abort();
    }
    playground.core().store().close().await;
    Ok(())
}

fn playground_vitals(playground: &Arc<Playground>) -> Arc<dyn Vitals> {
    Arc::new(PlaygroundVitals(playground.clone()))
}

struct PlaygroundVitals(Arc<Playground>);

#[async_trait]
impl Vitals for PlaygroundVitals {
    async fn vitals(&self) -> Result<VitalSigns, String> {
        vitals(self.0.core(), Counters::default()).await
    }
}

/// Runs the scheduler and the configured platforms until the process is asked to stop.
pub async fn run(config: &Config, ready: impl FnOnce()) -> Result<(), AppError> {
    let (store, content) = (store(config).await?, content(config)?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn IdSource> = Arc::new(Ids::from_entropy());
    let ready_platforms = {
        let ground = platforms::Ground { config, store: &store, clock: &clock, ids: &ids };
        platforms::ready(&ground)?
    };
    let mut core = Core::new(store, Arc::new(content), clock.clone(), ids);
    for platform in &ready_platforms {
        core = core.with_messenger(platform.name(), platform.messenger());
    }
    let core = Arc::new(core);
    let _heart = heart::Heart::new();
    let (stop, stopped) = stop_signal();
    let start = |platform: Box<dyn platforms::Ready>| platform.start(core.clone(), stopped.clone());
    let platforms = ready_platforms.into_iter().map(start).collect();
    let worker = Arc::new(Worker {
        core,
        sends: AtomicU64::new(0),
        skips: AtomicU64::new(0),
        holds: AtomicU64::new(0),
        platforms,
    });
    let ops = serve_ops(config, worker.clone(), stopped.clone()).await?;
    ready();
    // A platform that cannot go on ends the program, and says why.
    let fault = Mutex::new(None);
    let scheduler = scheduler::run(worker.clone(), clock, stopped.clone());
    tokio::select! {
        _ = async { tokio::join!(scheduler, platforms::ended(&worker.platforms, &stop, &fault)) } => {}
        () = async { wait(stopped).await; tokio::time::sleep(WIND_DOWN).await; } => {
            tracing::warn!("app.ended_before_all_was_done");
        }
    }
    let outcome = fault.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err);
    if let Some(ops) = ops {
        ops.abort();
    }
    worker.core.store().close().await;
    outcome
}

struct Worker {
    core: Arc<Core>,
    sends: AtomicU64,
    skips: AtomicU64,
    holds: AtomicU64,
    platforms: Vec<Box<dyn platforms::Running>>,
}

#[async_trait]
impl Work for Worker {
    async fn tick(&self) -> Result<bool, String> {
        let tick = self.core.tick().await.map_err(|error| error.to_string())?;
        for (counter, n) in [(&self.sends, tick.sent), (&self.skips, tick.skipped), (&self.holds, tick.held)]
        {
            counter.fetch_add(n as u64, Ordering::Relaxed);
        }
        if tick.sent > 0 {
            for platform in &self.platforms {
                platform.something_was_sent().await;
            }
        }
        Ok(tick.unfinished)
    }

    async fn next_due(&self) -> Result<Option<Instant>, String> {
        self.core.next_due().await.map_err(|error| error.to_string())
    }

    async fn woken(&self) {
        self.core.woken().await;
    }
}

#[async_trait]
impl Vitals for Worker {
    async fn vitals(&self) -> Result<VitalSigns, String> {
        let all = |counter: &AtomicU64| vec![("all".to_owned(), counter.load(Ordering::Relaxed))];
        let counters = Counters { sends: all(&self.sends), skips: all(&self.skips), holds: all(&self.holds) };
        let mut signs = vitals(&self.core, counters).await?;
        signs.connections = self.platforms.iter().flat_map(|platform| platform.connections()).collect();
        Ok(signs)
    }
}

async fn vitals(core: &Core, counters: Counters) -> Result<VitalSigns, String> {
    let now = core.now();
    let read = async {
        let mut tx = core.store().read().await?;
        let nudges = tx.list_nudge_counts().await?;
        let oldest = tx.find_oldest_due(now).await?;
        Ok::<_, StoreError>((nudges, oldest))
    };
    let (nudges, oldest) = read.await.map_err(|error| error.to_string())?;
    #[allow(clippy::cast_precision_loss)] // Seconds of lag need no more digits than a float has.
    let lag = oldest.map(|at| at.secs_until(now).max(0) as f64);
    Ok(VitalSigns {
        nudges: nudges.into_iter().map(|(state, n)| (state.to_string(), n)).collect(),
        oldest_due_lag_seconds: lag,
        tzdb: tzdb_version().0,
        counters,
        connections: Vec::new(),
    })
}

async fn serve_ops(
    config: &Config,
    vitals: Arc<dyn Vitals>,
    stopped: watch::Receiver<bool>,
) -> Result<Option<tokio::task::JoinHandle<()>>, AppError> {
    let Some(address) = config.operations.listen else { return Ok(None) };
    let listener = TcpListener::bind(address)
        .await
        .map_err(io(format!("the address {address} cannot be listened on")))?;
    tracing::info!(ops.address = %address, "ops.listening");
    Ok(Some(tokio::spawn(async move {
        if let Err(error) = crate::ops::serve(listener, vitals, wait(stopped)).await {
            tracing::error!(error.reason = %error, "ops.ended");
        }
    })))
}

/// Turns true when the process is asked to stop.
fn stop_signal() -> (Arc<watch::Sender<bool>>, watch::Receiver<bool>) {
    let (sender, receiver) = watch::channel(false);
    let sender = Arc::new(sender);
    let teller = sender.clone();
    let asked = asked_to_stop();
    tokio::spawn(async move {
        asked.await;
        tracing::info!("app.stopping");
        let _ = teller.send(true);
    });
    (sender, receiver)
}

/// Listens from the call on, not from the first wait on: a signal in between must not kill the process.
#[cfg(unix)]
fn asked_to_stop() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let listeners = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        let (Ok(mut terminate), Ok(mut interrupt)) = listeners else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// What there is to say about the set-up of all platforms.
pub async fn check_platforms(config: &Config, store: &Store) -> Vec<Finding> {
    platforms::check(config, store).await
}

/// Brings the tables up to date and says how many steps that took.
pub async fn migrate(config: &Config) -> Result<usize, AppError> {
    let store = Store::open(config.database.url.expose()).await?;
    let steps = store.migrate(None).await?;
    store.close().await;
    Ok(steps)
}

/// Everything about people, programs and groups as JSON.
pub async fn export(config: &Config) -> Result<String, AppError> {
    let store = store(config).await?;
    let export = store.read().await?.export().await?;
    store.close().await;
    Ok(serde_json::to_string_pretty(&export).unwrap_or_default())
}

/// Runs a playground script on a database of its own and gives the transcript.
pub async fn script(lines: &str, database: &Path, start: Instant, seed: u64) -> Result<String, AppError> {
    let store = Store::open(&database.to_string_lossy()).await?;
    store.migrate(None).await?;
    let ids = Arc::new(Ids::from_seed(seed));
    let playground = Playground::open(store, Arc::new(Content::builtin()), ids, start).await?;
    let mut console = playground::console::Console::new(&playground);
    let mut out = String::new();
    for line in lines.lines() {
        let shown = match console.line(line).await {
            Ok(Some(shown)) => shown,
            Ok(None) => break,
            Err(wrong) => format!("! {wrong}"),
        };
        if line.trim_start().starts_with('#') {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        if line.trim().is_empty() {
            out.push('\n');
            continue;
        }
        out.push_str("> ");
        out.push_str(line.trim());
        out.push('\n');
        if !shown.is_empty() {
            out.push_str(&shown);
            out.push('\n');
        }
    }
    playground.core().store().close().await;
    Ok(out)
}

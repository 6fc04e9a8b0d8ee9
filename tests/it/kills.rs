//! SIGKILL in the middle of anything: a child process lives through a scripted year against a platform that
//! misbehaves, is killed at random moments and started again until the year is over. The checker reads only what the
//! platform stored, and compares it with a year in which nothing went wrong.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use roundtable::clock::{Ids, VirtualClock};
use roundtable::content::Content;
use roundtable::core::Core;
use serde::{Deserialize, Serialize};

use super::platform::{Fault, HttpMessenger, Platform, SETTLE, Script};
use super::story::{self, Life, PLATFORM, Seen, Story};

const ORDERS: &str = "ROUNDTABLE_KILL_ORDERS";
/// Kills on each engine, unless `ROUNDTABLE_KILLS` says otherwise.
const KILLS: usize = 200;
/// Years that are lived side by side: most of a life is waiting.
const CHAINS: u64 = 4;
/// A child that does not begin to work in this time is broken.
const BEGINS_WITHIN: Duration = Duration::from_secs(30);
/// A life without a kill that does not end in this time is broken.
const ENDS_WITHIN: Duration = Duration::from_mins(2);

/// What a child is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Orders {
    database: String,
    platform: std::net::SocketAddr,
    story: Story,
}

/// The child: this same test program, started again with orders. Without orders there is nothing to live through.
#[test]
fn child() {
    let Some(path) = std::env::var_os(ORDERS) else { return };
    let orders = std::fs::read_to_string(path).expect("the orders are there");
    let orders: Orders = serde_json::from_str(&orders).expect("the orders can be read");
    runtime().block_on(async {
        live(&orders, true).await;
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Lives from where the year stands to its end, and says how many commands that took.
async fn live(orders: &Orders, is_child: bool) -> usize {
    let began = tokio::time::Instant::now();
    let store = story::open(&orders.database).await;
    let clock = Arc::new(VirtualClock::at(Life::position(&store).await));
    let messenger = Arc::new(HttpMessenger::new(orders.platform, clock.clone()));
    let core = Core::new(store, Arc::new(Content::builtin()), clock.clone(), Arc::new(Ids::from_entropy()))
        .with_messenger(PLATFORM, messenger.clone());
    let mut life = Life { core: Arc::new(core), clock, commands: 0 };
    if life.anything_open().await {
        // What an earlier life left in doubt must be old enough for the history before it can be settled.
        tokio::time::sleep_until(began + SETTLE).await;
    }
    if is_child {
        messenger.tell_working().await;
    }
    life.live(&orders.story, || tokio::time::sleep(SETTLE)).await;
    life.commands
}

/// What happened on one engine.
#[derive(Debug, Default)]
struct Figures {
    kills: AtomicUsize,
    years: AtomicUsize,
    commands: AtomicUsize,
    posts: AtomicUsize,
    faults: std::sync::Mutex<BTreeMap<Fault, usize>>,
}

/// A new empty database of an engine in this folder; `None` when the machine has no such engine.
type Make = fn(&Path, &str) -> Option<String>;

/// The year without kills and without faults.
async fn undisturbed(make: Make, folder: &Path, content: &Arc<Content>) -> Option<Seen> {
    let database = make(folder, "undisturbed")?;
    let store = story::open(&database).await;
    let plot = story::found(&store, content).await;
    let platform = Platform::start(Script::faultless()).await;
    live(&Orders { database, platform: platform.address, story: plot }, false).await;
    let seen = story::seen(&platform.state());
    story::must_be_full(&store).await;
    Some(seen)
}

struct Chain<'a> {
    make: Make,
    folder: &'a Path,
    content: &'a Arc<Content>,
    undisturbed: &'a Seen,
    figures: &'a Figures,
    wanted: usize,
    chance: ChaCha12Rng,
    number: u64,
}

impl Chain<'_> {
    /// Lives years until enough kills were made on the engine.
    async fn run(&mut self) {
        let mut year = 0;
        while self.figures.kills.load(Ordering::SeqCst) < self.wanted {
            self.year(&format!("{}-{year}", self.number)).await;
            year += 1;
        }
    }

    async fn year(&mut self, name: &str) {
        let database = (self.make)(self.folder, name).expect("the engine was there a moment ago");
        let store = story::open(&database).await;
        let plot = story::found(&store, self.content).await;
        store.close().await;
        let platform = Platform::start(Script::seeded(self.chance.next_u64())).await;
        let (commands, orders) =
            (plot.steps.len(), Orders { database, platform: platform.address, story: plot });
        let path = self.folder.join(format!("orders-{name}.json"));
        let text = serde_json::to_string(&orders).expect("orders can be written");
        std::fs::write(&path, text).expect("orders can be kept");
        while !self.life(&path, &platform).await {}
        let state = platform.state();
        let verdict = story::judge(&state, self.undisturbed);
        verdict.must_be_clean(&format!(
            "year {name}, {} kills so far",
            self.figures.kills.load(Ordering::SeqCst)
        ));
        self.figures.years.fetch_add(1, Ordering::SeqCst);
        self.figures.commands.fetch_add(commands, Ordering::SeqCst);
        self.figures.posts.fetch_add(verdict.posts, Ordering::SeqCst);
        let mut faults = self.figures.faults.lock().expect("nobody panics here");
        for (fault, count) in &state.faults {
            *faults.entry(*fault).or_default() += count;
        }
    }

    /// One life; true when it came to the year's end.
    async fn life(&mut self, orders: &Path, platform: &Platform) -> bool {
        let mut child = start_child(orders);
        let begun = tokio::time::timeout(BEGINS_WITHIN, platform.working());
        assert!(begun.await.is_ok(), "a child does not begin to work:\n{}", said(orders));
        let enough = self.figures.kills.load(Ordering::SeqCst) >= self.wanted;
        let lives =
            if enough { ENDS_WITHIN } else { Duration::from_millis(5 + self.chance.next_u64() % 145) };
        let until = tokio::time::Instant::now() + lives;
        loop {
            if let Some(status) = child.try_wait().expect("the child can be asked") {
                assert!(status.success(), "a child failed:\n{}", said(orders));
                return true;
            }
            if tokio::time::Instant::now() >= until {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert!(!enough, "a child does not come to the year's end:\n{}", said(orders));
        child.kill().expect("the child can be killed");
        child.wait().expect("the child is gone");
        self.figures.kills.fetch_add(1, Ordering::SeqCst);
        false
    }
}

/// What the last child said.
fn said(orders: &Path) -> String {
    std::fs::read_to_string(orders.with_extension("log")).unwrap_or_default()
}

/// This test program once more, told to run the child and nothing else.
fn start_child(orders: &Path) -> Child {
    let log = std::fs::File::create(orders.with_extension("log")).expect("the log can be kept");
    let same = log.try_clone().expect("the log has two names");
    let module = module_path!().split_once("::").expect("this module is in a crate").1;
    Command::new(std::env::current_exe().expect("this program has a path"))
        .args([&format!("{module}::child"), "--exact", "--nocapture", "--test-threads=1"])
        .env(ORDERS, orders)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(same)
        .spawn()
        .expect("the child starts")
}

fn kills_wanted() -> usize {
    let said = std::env::var_os("ROUNDTABLE_KILLS").and_then(|value| value.to_str()?.parse().ok());
    said.unwrap_or(KILLS)
}

/// Kills until there were enough, and says in one line what came of it; nothing on a machine without the engine.
async fn kill_loop(engine: &str, make: Make) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let content = Arc::new(Content::builtin());
    let undisturbed = undisturbed(make, folder.path(), &content).await?;
    let (figures, wanted) = (Figures::default(), kills_wanted());
    let chains = (0..CHAINS).map(|number| {
        let mut chain = Chain {
            make,
            folder: folder.path(),
            content: &content,
            undisturbed: &undisturbed,
            figures: &figures,
            wanted,
            chance: ChaCha12Rng::seed_from_u64(4_711 + number),
            number,
        };
        async move { chain.run().await }
    });
    futures_util::future::join_all(chains).await;
    let kills = figures.kills.load(Ordering::SeqCst);
    assert!(kills >= wanted, "only {kills} kills were made");
    Some(format!(
        "{engine}: {kills} kills in {} years, {} commands, {} messages, faults {:?}, lost 0, doubled 0",
        figures.years.load(Ordering::SeqCst),
        figures.commands.load(Ordering::SeqCst),
        figures.posts.load(Ordering::SeqCst),
        figures.faults.lock().expect("nobody panics here"),
    ))
}

#[test]
fn a_year_with_kills_at_any_moment_loses_nothing_and_sends_nothing_twice_on_sqlite() {
    let make: Make = |folder, name| Some(folder.join(format!("{name}.db")).display().to_string());
    let figures = runtime().block_on(kill_loop("SQLite", make)).expect("SQLite is built in");
    println!("{figures}");
}

#[test]
fn a_year_with_kills_at_any_moment_loses_nothing_and_sends_nothing_twice_on_postgres() {
    let make: Make = |_, _| crate::postgres::database();
    if let Some(figures) = runtime().block_on(kill_loop("PostgreSQL", make)) {
        println!("{figures}");
    }
}

//! A strict Discord of our own: REST v10, a gateway with shards, and people who act. What real Discord would refuse or
//! a reviewer would not like is refused and noted; a test that leaves a note behind fails.

pub mod acts;
mod answers;
mod api;
mod bodies;
mod commands;
mod components;
pub mod controls;
mod events;
pub mod faults;
mod gateway;
mod limits;
mod multipart;
mod payloads;
mod people;
pub mod read;
mod refuse;
pub mod rights;
mod rooms;
mod signed;
mod talk;
mod threads;
pub mod world;

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use roundtable::clock::Clock;
use roundtable::domain::civil::Instant;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use acts::{Delivered, Mode};
pub use controls::Control;
pub use faults::{CallFault, Faults, GatewayFault};
pub use refuse::Refused;
pub use signed::{public_key, signed};
pub use world::{APP, Kind, TOKEN, User, World};

/// Names a file to which every call is added as one line of JSON, for validators.
const CALLS: &str = "ROUNDTABLE_DISCORD_CALLS";

/// How this Discord behaves.
pub struct Options {
    /// Its clock: names, tokens, threads and rates live by it.
    pub clock: Arc<dyn Clock>,
    /// Whether calls are limited.
    pub limited: bool,
    /// What goes wrong.
    pub faults: Faults,
    /// How interactions come.
    pub mode: Mode,
    /// How long an answer to an interaction is waited for.
    pub patience: Duration,
    /// How many shards the bot is told to use.
    pub shards: u16,
    /// How often heartbeats are asked for.
    pub heartbeat: Duration,
    /// Whether servers come without the fields that libraries trip over.
    pub incomplete: bool,
    /// Whether calls are kept for the validators; not where they are wrong on purpose.
    pub kept: bool,
}

impl Options {
    /// No faults, no limits, one shard.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            limited: false,
            faults: Faults::none(),
            mode: Mode::Gateway,
            patience: Duration::from_secs(3),
            shards: 1,
            heartbeat: Duration::from_millis(41_250),
            incomplete: false,
            kept: true,
        }
    }
}

/// What the tasks of one fake share.
pub struct Shared {
    world: Mutex<World>,
    faults: Mutex<Faults>,
    limits: Mutex<limits::Limits>,
    limited: bool,
    clock: Arc<dyn Clock>,
    http: SocketAddr,
    socket: SocketAddr,
    hub: gateway::Hub,
    mode: Mutex<Mode>,
    patience: Duration,
    shards: AtomicU16,
    heartbeat: Duration,
    incomplete: bool,
    waiting: Mutex<HashMap<String, oneshot::Sender<(Value, tokio::time::Instant)>>>,
    log: Option<Mutex<std::fs::File>>,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("nobody panics with the world in hand")
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().expect("nobody panics with the faults in hand")
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    /// How many shards the bot has to use.
    fn shards(&self) -> u16 {
        self.shards.load(Ordering::Relaxed)
    }

    /// Keeps a call for the validators.
    fn note_call(&self, method: &str, template: &str, body: &Value, multipart: bool) {
        let Some(log) = &self.log else { return };
        let line = json!({ "method": method, "path": template, "body": body, "multipart": multipart });
        let mut log = log.lock().expect("nobody panics while writing");
        log.write_all(format!("{line}\n").as_bytes()).expect("the calls can be kept");
    }

    /// Hands the first answer of an interaction to whoever waits for it.
    fn acknowledge(&self, interaction: &str, body: &Value) {
        let waiting = self.waiting.lock().expect("nobody panics while waiting").remove(interaction);
        if let Some(waiting) = waiting {
            let _ = waiting.send((body.clone(), tokio::time::Instant::now()));
        }
    }
}

/// The running fake. Dropping it closes everything.
pub struct Fake {
    shared: Arc<Shared>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.shared.hub.close_all(1001);
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Fake {
    /// Starts with this world on free ports.
    pub async fn start(world: World, options: Options) -> Self {
        let http = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let log = std::env::var_os(CALLS).filter(|_| options.kept).map(|path| {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
            Mutex::new(file.expect("the file for the calls can be opened"))
        });
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            faults: Mutex::new(options.faults),
            limits: Mutex::default(),
            limited: options.limited,
            clock: options.clock,
            http: http.local_addr().expect("it has an address"),
            socket: socket.local_addr().expect("it has an address"),
            hub: gateway::Hub::default(),
            mode: Mutex::new(options.mode),
            patience: options.patience,
            shards: AtomicU16::new(options.shards),
            heartbeat: options.heartbeat,
            incomplete: options.incomplete,
            waiting: Mutex::default(),
            log,
        });
        let tasks = vec![
            tokio::spawn(api::listen(shared.clone(), http)),
            tokio::spawn(gateway::listen(shared.clone(), socket)),
        ];
        Self { shared, tasks }
    }

    /// What stands for `https://discord.com`.
    pub fn api_url(&self) -> String {
        format!("http://{}", self.shared.http)
    }

    /// What stands for `wss://gateway.discord.gg`.
    pub fn gateway_url(&self) -> String {
        format!("ws://{}", self.shared.socket)
    }

    /// What it holds.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }

    /// What goes wrong from now on.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.shared.faults()
    }

    /// Calls that were let through and calls that were refused for coming too fast.
    pub fn pace(&self) -> (u64, u64) {
        let limits = self.shared.limits.lock().expect("nobody panics with the limits in hand");
        (limits.passed, limits.refused)
    }

    /// Everything that somebody can press now, the newest first.
    pub fn controls(&self, user: &str) -> Vec<Control> {
        controls::all(&self.world(), user)
    }

    /// Everything that the bot brought into somebody's sight since a mark.
    pub fn sights(&self, user: &str, mark: u64) -> Vec<read::Sight> {
        read::since(&self.world(), user, mark, self.shared.now())
    }

    /// Fails with all findings, and the calls that were refused, when there are findings.
    #[track_caller]
    pub fn must_be_clean(&self) {
        let world = self.world();
        if world.findings.is_empty() {
            return;
        }
        let refused = world.calls.iter().filter(|call| call.status >= 400);
        let refused: Vec<String> =
            refused.map(|c| format!("{} {} {}: {}", c.status, c.code, c.route, c.body)).collect();
        let findings = world.findings.join("\n");
        drop(world);
        panic!("Discord would not like this:\n{findings}\n{}", refused.join("\n"));
    }

    /// Takes the findings out, where a test brought them about on purpose.
    pub fn take_findings(&self) -> Vec<String> {
        std::mem::take(&mut self.world().findings)
    }

    /// What it holds of what the bot said under a mark: how many of each.
    pub fn marks(&self) -> BTreeMap<String, usize> {
        let world = self.world();
        let messages = world.channels.values().flat_map(|channel| &channel.messages);
        let mut marks = BTreeMap::new();
        for nonce in messages.filter(|message| !message.deleted).filter_map(|message| message.nonce.clone()) {
            *marks.entry(nonce).or_default() += 1;
        }
        marks
    }

    /// How often something was called: `POST /channels/{channel_id}/messages`.
    pub fn count(&self, route: &str) -> usize {
        self.world().calls.iter().filter(|call| call.route == route).count()
    }
}

/// What a call gives back: status and body.
pub type Given = Result<(u16, Value), Refused>;
/// What serves a call.
pub type Serve = fn(&mut Call<'_>) -> Given;
/// Methods and templates of paths, and what serves them.
pub type Routes = &'static [(&'static str, &'static str, Serve)];

/// Something that the gateway tells: the server it is about (none for direct messages), name, data.
pub type News = (Option<String>, &'static str, Value);

/// A call at work.
pub struct Call<'a> {
    /// Everything.
    pub world: &'a mut World,
    /// The variable parts of the path.
    pub params: Vec<(&'static str, String)>,
    /// The pairs of the query.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Value,
    /// Files that came with it: number and file.
    pub files: Vec<(usize, world::File)>,
    /// The present.
    pub now: Instant,
    /// Where the gateway is.
    pub socket: SocketAddr,
    /// How many shards to use.
    pub shards: u16,
    /// How many times the day's sessions were begun.
    pub identified: usize,
    /// What the gateway will tell.
    pub news: Vec<News>,
    /// The interaction whose first answer this was.
    pub answered: Option<String>,
}

impl Call<'_> {
    /// A variable part of the path.
    pub fn param(&self, name: &str) -> String {
        self.params.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// A value of the query.
    pub fn asked(&self, name: &str) -> Option<String> {
        self.query.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    }

    /// The server of the path, if the bot is in it.
    pub fn guild(&self) -> Result<String, Refused> {
        let id = self.param("guild_id");
        let known = self.world.guilds.get(&id).is_some_and(|guild| guild.members.contains_key(APP));
        if known { Ok(id) } else { Err(Refused::Says(10_004)) }
    }

    /// The channel of the path, if the bot can see it; a thread that was silent for too long is put away first.
    pub fn channel(&mut self) -> Result<String, Refused> {
        let id = self.param("channel_id");
        if !self.world.channels.contains_key(&id) {
            return Err(Refused::Says(10_003));
        }
        if rights::in_channel(self.world, &id, APP) & rights::VIEW == 0 {
            return Err(Refused::Says(50_001));
        }
        threads::put_away(self, &id);
        Ok(id)
    }

    /// Fails unless the bot may do this in a channel.
    pub fn needs(&self, channel: &str, rights: u64) -> Result<(), Refused> {
        let may = rights::in_channel(self.world, channel, APP);
        if may & rights == rights { Ok(()) } else { Err(Refused::Says(50_013)) }
    }

    /// Fails unless the bot may do this in a server.
    pub fn needs_in_guild(&self, guild: &str, rights: u64) -> Result<(), Refused> {
        let may = rights::in_guild(self.world, guild, APP);
        if may & rights == rights { Ok(()) } else { Err(Refused::Says(50_013)) }
    }

    /// Lets the gateway tell something about a channel.
    pub fn tell(&mut self, channel: &str, name: &'static str, data: Value) {
        let guild = self.world.channels.get(channel).and_then(|c| c.guild.clone());
        self.news.push((guild, name, data));
    }
}

//! A strict Slack of our own: Web API, Socket Mode, signed deliveries, and people who act. What real Slack would
//! refuse or a reviewer would not like is refused and noted; a test that leaves a note behind fails.

pub mod acts;
mod api;
pub mod args;
mod blocks;
pub mod controls;
mod elements;
pub mod faults;
mod files;
mod limits;
mod people;
pub mod read;
mod rooms;
mod signed;
mod socket;
mod talk;
mod views;
pub mod wire;
pub mod world;

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use roundtable::clock::Clock;
use roundtable::domain::civil::Instant;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub use acts::{Delivered, Mode, Spot};
pub use controls::Control;
pub use faults::{CallFault, Faults, SocketFault};
pub use people::profile;
pub use signed::{post, signature};
pub use views::put as put_view;
pub use world::{APP, APP_TOKEN, Kind, SIGNING_SECRET, User, World};

/// Names a file to which every call is added as one line of JSON, for validators.
const CALLS: &str = "ROUNDTABLE_SLACK_CALLS";

/// How this Slack behaves.
pub struct Options {
    /// Its clock: messages, triggers and rates live by it.
    pub clock: Arc<dyn Clock>,
    /// Whether calls are limited as published.
    pub limited: bool,
    /// What goes wrong.
    pub faults: Faults,
    /// Whether calls are written down for the validators; not where wrong ones are made on purpose.
    pub recorded: bool,
    /// How deliveries come.
    pub mode: Mode,
    /// How long an acknowledgement is waited for before an event comes again.
    pub patience: Duration,
}

impl Options {
    /// No faults, no limits, Socket Mode.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            limited: false,
            faults: Faults::none(),
            recorded: true,
            mode: Mode::Socket,
            patience: Duration::from_secs(3),
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
    hub: socket::Hub,
    mode: Mutex<Mode>,
    patience: Duration,
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

    /// Keeps a call for the validators.
    fn note_call(&self, method: &str, args: &Value) {
        let Some(log) = &self.log else { return };
        let line = format!("{}\n", json!({ "method": method, "args": args }));
        let mut log = log.lock().expect("nobody panics while writing");
        log.write_all(line.as_bytes()).expect("the calls can be kept");
    }
}

/// The running fake. Dropping it closes everything.
pub struct Fake {
    shared: Arc<Shared>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.shared.hub.close_all();
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
        let log = std::env::var_os(CALLS).filter(|_| options.recorded).map(|path| {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
            Mutex::new(file.expect("the file for the calls can be opened"))
        });
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            faults: Mutex::new(options.faults),
            limits: Mutex::new(limits::Limits::default()),
            limited: options.limited,
            clock: options.clock,
            http: http.local_addr().expect("it has an address"),
            socket: socket.local_addr().expect("it has an address"),
            hub: socket::Hub::default(),
            mode: Mutex::new(options.mode),
            patience: options.patience,
            log,
        });
        let tasks = vec![
            tokio::spawn(api::listen(shared.clone(), http)),
            tokio::spawn(socket::listen(shared.clone(), socket)),
        ];
        Self { shared, tasks }
    }

    /// The base address of the Web API, without a slash at its end.
    pub fn api_url(&self) -> String {
        format!("http://{}/api", self.shared.http)
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

    /// How deliveries come from now on.
    pub fn set_mode(&self, mode: Mode) {
        *self.shared.mode.lock().expect("nobody panics with the mode in hand") = mode;
    }

    /// Counts the open sockets, for a task of its own.
    pub fn count_sockets(&self) -> impl Fn() -> usize + Send + use<> {
        let shared = self.shared.clone();
        move || shared.hub.count()
    }

    /// Waits until so many sockets are open.
    pub async fn connected(&self, least: usize) {
        self.shared.hub.connected(least).await;
    }

    /// Asks every socket to reconnect, as before a deployment.
    pub fn refresh_sockets(&self, reason: &str) {
        self.shared.hub.refresh(reason);
    }

    /// Resets every socket.
    pub fn reset_sockets(&self) {
        self.shared.hub.reset_all();
    }

    /// Everything that somebody can press now, the newest first.
    pub fn controls(&self, team: &str, user: &str) -> Vec<Control> {
        controls::all(&self.world(), team, user)
    }

    /// Everything that the bot brought into somebody's sight since a mark.
    pub fn sights(&self, team: &str, user: &str, mark: u64) -> Vec<read::Sight> {
        read::since(&self.world(), team, user, mark, self.shared.now())
    }

    /// Fails with all findings, and the calls that were refused, when there are findings.
    #[track_caller]
    pub fn must_be_clean(&self) {
        let world = self.world();
        if world.findings.is_empty() {
            return;
        }
        let refused = world.calls.iter().filter(|call| call.result != "ok");
        let refused: Vec<String> =
            refused.map(|c| format!("{} {} {}: {}", c.team, c.method, c.result, c.args)).collect();
        let findings = world.findings.join("\n");
        drop(world);
        panic!("Slack would not like this:\n{findings}\n{}", refused.join("\n"));
    }

    /// Takes the findings out, where a test brought them about on purpose.
    pub fn take_findings(&self) -> Vec<String> {
        std::mem::take(&mut self.world().findings)
    }

    /// How often a method was called.
    pub fn count(&self, method: &str) -> usize {
        self.world().calls.iter().filter(|call| call.method == method).count()
    }
}

/// Why a call is refused.
#[derive(Debug)]
pub enum Refused {
    /// Slack says so; it can happen to anybody.
    Says(&'static str),
    /// A scope is missing.
    Needs(String),
    /// The bot should have known better.
    Breach(&'static str, String),
}

/// What a method gives back: the response without `ok`.
pub type Given = Result<Value, Refused>;

/// A method at work.
pub struct Call<'a> {
    /// Everything.
    pub world: &'a mut World,
    /// The workspace of the token.
    pub team: String,
    /// The arguments, checked against the table.
    pub args: Value,
    /// The present.
    pub now: Instant,
    /// Where files go.
    pub http: SocketAddr,
}

impl Call<'_> {
    /// A text argument; empty when it is not there.
    pub fn text(&self, name: &str) -> String {
        self.args[name].as_str().unwrap_or_default().to_owned()
    }

    /// Fails unless one of the scopes was granted.
    pub fn needs(&self, scopes: &[&str]) -> Result<(), Refused> {
        let granted = &self.world.team(&self.team).scopes;
        if scopes.iter().any(|scope| granted.contains(*scope)) {
            Ok(())
        } else {
            Err(Refused::Needs(scopes.join(",")))
        }
    }

    /// A conversation that the bot can know of.
    pub fn channel(&self, id: &str) -> Result<&world::Channel, Refused> {
        let team = self.world.team(&self.team);
        team.channels
            .get(id)
            .filter(|c| c.kind == Kind::Public || c.members.contains(&team.bot_user))
            .ok_or(Refused::Says("channel_not_found"))
    }

    /// The same, to change it.
    pub fn channel_mut(&mut self, id: &str) -> Result<&mut world::Channel, Refused> {
        self.channel(id)?;
        Ok(self.world.team_mut(&self.team).channel_mut(id))
    }
}

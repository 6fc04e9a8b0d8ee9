//! A fake Discord, the adapter before it and an empty database: what the tests of the port begin from.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use roundtable::adapters::discord::transport::Reach;
use roundtable::chat::Messenger;
use roundtable::chat::messenger::{Outcome, Place, RoomRequest};
use roundtable::clock::{Clock as _, VirtualClock};
use roundtable::config;
use roundtable::domain::civil::Instant;
use roundtable::store::Store;
use tokio::net::TcpListener;

use super::fake::world::{Channel, Message};
use super::fake::{APP, Fake, Mode, Options, World};
use crate::harness::discord::{Adapter, GUILD, Setup, config_for, enter, hasty, id_of, world};
use crate::harness::start;

/// First names of those who are there.
pub const PEOPLE: [&str; 12] =
    ["ada", "ben", "cleo", "dev", "eva", "finn", "grace", "hugo", "ines", "jon", "kira", "lars"];
/// A call that hangs is given up after this long in tests.
const PATIENCE: Duration = Duration::from_millis(400);
/// When nothing ends for this long, something waits for the clock.
const QUIET: Duration = Duration::from_millis(400);
const MOST_TURNS: usize = 100;

/// Everything that a test of the port needs.
pub struct Desk {
    /// Discord.
    pub fake: Fake,
    /// The bot.
    pub adapter: Adapter,
    /// The time of both.
    pub clock: Arc<VirtualClock>,
    _folder: tempfile::TempDir,
}

impl Desk {
    /// With everybody there and nothing said.
    pub async fn new() -> Self {
        Self::with(|_| {}, |options| options, |config| config).await
    }

    /// With a world, a behaviour and a configuration that were changed first.
    pub async fn with(
        change: impl FnOnce(&mut World),
        behave: impl FnOnce(Options) -> Options,
        configure: impl FnOnce(config::Discord) -> config::Discord,
    ) -> Self {
        let clock = Arc::new(VirtualClock::at(start()));
        let mut world = world();
        for name in PEOPLE {
            enter(&mut world, name, "Europe/Berlin");
        }
        change(&mut world);
        let fake = Fake::start(world, behave(Options::new(clock.clone()))).await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("roundtable.db").display().to_string();
        let store = Store::open(&path).await.expect("it opens");
        store.migrate(None).await.expect("the tables are there");
        let reach = Reach { timeout: PATIENCE, ..hasty() };
        let config = configure(config_for(&fake));
        let gateway = config.mode == config::DiscordMode::Gateway;
        let adapter = Adapter::open(Setup { store, clock: clock.clone(), session: 1, reach, config });
        let desk = Self { fake, adapter, clock, _folder: folder };
        if gateway {
            desk.fake.connected(1).await;
            desk.registered().await;
        }
        desk
    }

    /// Behind an address that Discord posts to, which comes along.
    pub async fn by_request(change: impl FnOnce(&mut World)) -> (Self, String) {
        let listen = free_port().await;
        let url = format!("http://{listen}/discord/interactions");
        let mode = Mode::Http(url.clone());
        let configure = |config| by_request(config, listen);
        let desk = Self::with(change, |options| Options { mode, ..options }, configure).await;
        desk.registered().await;
        let up = || async { tokio::net::TcpStream::connect(listen).await.is_ok() };
        crate::harness::discord::until("nobody listens", up).await;
        (desk, url)
    }

    /// Waits until the commands are registered.
    pub async fn registered(&self) {
        let there = || async { self.fake.world().commands.values().any(|all| !all.is_empty()) };
        crate::harness::discord::until("the commands are not registered", there).await;
    }

    /// The port.
    pub fn port(&self) -> &dyn Messenger {
        &*self.adapter.messenger
    }

    /// The present.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Lets people be written to: each writes to the bot first.
    pub async fn meet(&self, people: &[&str]) {
        for handle in people {
            let before = self.adapter.heard();
            self.fake.write(&id_of(handle), "help");
            self.adapter.hears(before).await;
            self.adapter.idle().await;
        }
    }

    /// Opens a room for the first so many people.
    pub async fn open(&self, marker: &str, people: usize) -> Outcome {
        self.port().open_room(GUILD, &request(marker, people)).await
    }

    /// The same where it must work: the room's id.
    pub async fn room(&self, marker: &str, people: usize) -> String {
        sent(self.open(marker, people).await)
    }

    /// A channel as Discord holds it.
    pub fn channel(&self, id: &str) -> Channel {
        self.fake.world().channel(id).clone()
    }

    /// Who is in a thread, the bot left out.
    pub fn members(&self, id: &str) -> Vec<String> {
        let thread = self.channel(id).thread.expect("it is a thread");
        thread.members.into_iter().filter(|member| member != APP).collect()
    }

    /// What the bot said to all in a channel.
    pub fn posts(&self, id: &str) -> Vec<Message> {
        let world = self.fake.world();
        let posts = world.channels.get(id).map_or(&[][..], |channel| &channel.messages);
        posts
            .iter()
            .filter(|m| m.author == APP && !m.deleted && m.only.is_none() && m.kind == 0)
            .cloned()
            .collect()
    }

    /// How many messages of this mark there are.
    pub fn marked(&self, marker: &str) -> usize {
        let world = self.fake.world();
        let all = world.channels.values().flat_map(|channel| &channel.messages);
        all.filter(|m| m.nonce.as_deref() == Some(marker) && !m.deleted).count()
    }

    /// The direct conversation with somebody, if there is one.
    pub fn direct(&self, handle: &str) -> Option<String> {
        self.fake.world().direct_of(&id_of(handle)).map(|channel| channel.id.clone())
    }

    /// The lobby.
    pub fn lobby(&self) -> String {
        self.fake.channel_named(GUILD, "lobby").expect("the lobby")
    }

    /// Somebody uses a command in the lobby, written as a line without the root.
    pub async fn command(&self, handle: &str, line: &str) -> super::fake::Delivered {
        let name = "mentor";
        let known = self.fake.world().commands.values().flatten().find(|one| one["name"] == name).cloned();
        let options = crate::harness::discord::options(&known.expect("it is registered"), line);
        let options = options.unwrap_or_else(|| panic!("the client does not let anybody say {line:?}"));
        self.fake.command(&id_of(handle), &self.lobby(), name, options).await.expect("it is registered")
    }

    /// What somebody saw since a mark, in order.
    pub fn seen(&self, handle: &str, mark: u64) -> Vec<String> {
        self.fake.sights(&id_of(handle), mark).into_iter().map(|sight| sight.text).collect()
    }

    /// Ends it and looks for findings.
    pub async fn end(self) {
        self.adapter.shut().await;
        self.fake.must_be_clean();
    }
}

/// A port that nobody has now.
pub async fn free_port() -> SocketAddr {
    let probe = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    probe.local_addr().expect("it has an address")
}

/// The same bot, listening here for what Discord posts.
pub fn by_request(config: config::Discord, listen: SocketAddr) -> config::Discord {
    config::Discord { mode: config::DiscordMode::Http, listen, ..config }
}

/// A request for a room of the first so many people.
pub fn request(marker: &str, people: usize) -> RoomRequest {
    RoomRequest {
        marker: marker.into(),
        name: "pathways-group-1".into(),
        topic: "What is said here stays here.".into(),
        members: PEOPLE.iter().take(people).map(|handle| id_of(handle)).collect(),
    }
}

/// A person as a place.
pub fn direct(handle: &str) -> Place {
    Place::Direct(id_of(handle))
}

/// The remote id of what must have been sent.
#[track_caller]
pub fn sent(outcome: Outcome) -> String {
    match outcome {
        Outcome::Sent { remote_id } => remote_id,
        other => panic!("it should have been sent: {other:?}"),
    }
}

/// Waits until an adapter has done everything that was kept; where something is put off, time passes.
pub async fn idle_as_time_passes(adapter: &Adapter, clock: &VirtualClock) {
    let quiet = || tokio::time::timeout(QUIET, adapter.idle());
    let mut turns = 0;
    while quiet().await.is_err() {
        clock.turn_to(clock.now().plus_secs(3));
        turns += 1;
        assert!(turns < MOST_TURNS, "the adapter never comes to an end");
    }
}

//! A fake Slack, the adapter before it and an empty database: what the tests of the port begin from.

use std::sync::Arc;
use std::time::Duration;

use roundtable::adapters::slack::transport::api::Reach;
use roundtable::chat::Messenger;
use roundtable::chat::messenger::{Outcome, Place, RoomRequest};
use roundtable::clock::VirtualClock;
use roundtable::config;
use roundtable::domain::civil::Instant;
use roundtable::store::Store;

use super::fake::world::{Channel, Post};
use super::fake::{Fake, Options, World};
use crate::harness::slack::{Adapter, Setup, TEAM, config_for, enter, hasty, id_of, world};
use crate::harness::start;

/// First names of those who are there.
pub const PEOPLE: [&str; 12] =
    ["ada", "ben", "cleo", "dev", "eva", "finn", "grace", "hugo", "ines", "jon", "kira", "lars"];

/// Everything that a test of the port needs.
pub struct Desk {
    /// Slack.
    pub fake: Fake,
    /// The bot.
    pub adapter: Adapter,
    /// The time of both.
    pub clock: Arc<VirtualClock>,
    _folder: tempfile::TempDir,
}

/// A call that hangs is given up after this long in tests.
const PATIENCE: Duration = Duration::from_millis(400);
/// When nothing ends for this long, something waits for the clock.
const QUIET: Duration = Duration::from_millis(400);
const MOST_TURNS: usize = 100;

impl Desk {
    /// With everybody there and nothing said.
    pub async fn new() -> Self {
        Self::with(|_| {}, |config| config).await
    }

    /// With a world and a configuration that were changed first.
    pub async fn with(
        change: impl FnOnce(&mut World),
        configure: impl FnOnce(config::Slack) -> config::Slack,
    ) -> Self {
        let clock = Arc::new(VirtualClock::at(start()));
        let mut world = world();
        for name in PEOPLE {
            enter(&mut world, name, "Europe/Berlin");
        }
        change(&mut world);
        let fake = Fake::start(world, Options::new(clock.clone())).await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("roundtable.db").display().to_string();
        let store = Store::open(&path).await.expect("it opens");
        store.migrate(None).await.expect("the tables are there");
        let reach = Reach { timeout: PATIENCE, view_timeout: PATIENCE, ..hasty() };
        let config = configure(config_for(&fake));
        let socket = config.mode == config::SlackMode::Socket;
        let setup = Setup { store, clock: clock.clone(), session: 1, reach, config };
        let adapter = Adapter::open(setup);
        if socket {
            fake.connected(1).await;
        }
        Self { fake, adapter, clock, _folder: folder }
    }

    /// The port.
    pub fn port(&self) -> &dyn Messenger {
        &*self.adapter.messenger
    }

    /// The present.
    pub fn now(&self) -> Instant {
        roundtable::clock::Clock::now(&*self.clock)
    }

    /// Opens a room for the first so many people.
    pub async fn open(&self, marker: &str, people: usize) -> Outcome {
        self.port().open_room(TEAM, &request(marker, people)).await
    }

    /// The same where it must work: the room's id.
    pub async fn room(&self, marker: &str, people: usize) -> String {
        sent(self.open(marker, people).await)
    }

    /// A conversation as Slack holds it.
    pub fn channel(&self, id: &str) -> Channel {
        self.fake.world().team(TEAM).channels[id].clone()
    }

    /// What the bot said to all in a conversation.
    pub fn posts(&self, id: &str) -> Vec<Post> {
        let world = self.fake.world();
        let team = world.team(TEAM);
        let posts = team.channels.get(id).map_or(&[][..], |channel| &channel.posts);
        posts.iter().filter(|p| p.user == team.bot_user && !p.deleted && p.only.is_none()).cloned().collect()
    }

    /// The direct conversation with somebody, if there is one.
    pub fn direct(&self, handle: &str) -> Option<String> {
        self.fake.world().team(TEAM).direct_of(&id_of(handle)).map(|channel| channel.id.clone())
    }

    /// Waits until everything is done; where something is put off, time passes.
    pub async fn idle_as_time_passes(&self) {
        idle_as_time_passes(&self.adapter, &self.clock).await;
    }

    /// Ends it and looks for findings.
    pub async fn end(self) {
        self.adapter.shut().await;
        self.fake.must_be_clean();
    }
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

/// Waits until an adapter has done everything that was acknowledged; where something is put off, time passes.
pub async fn idle_as_time_passes(adapter: &Adapter, clock: &VirtualClock) {
    let quiet = || tokio::time::timeout(QUIET, adapter.idle());
    let mut turns = 0;
    while quiet().await.is_err() {
        clock.turn_to(roundtable::clock::Clock::now(clock).plus_secs(3));
        turns += 1;
        assert!(turns < MOST_TURNS, "the adapter never comes to an end");
    }
}

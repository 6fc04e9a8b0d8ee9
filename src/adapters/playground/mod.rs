//! The playground: a chat workspace of our own, in which one person can play everybody and turn the clock. For the
//! core it is a platform like any other; its rooms and messages live in the same database file.

mod acts;
pub mod console;
mod demo;
mod guard;
mod http;
mod room;
mod seen;
pub mod time;

use std::sync::Arc;

use tokio::sync::{Mutex, broadcast};

use crate::clock::{Clock, IdSource};
use crate::content::Content;
use crate::core::Core;
use crate::domain::civil::Instant;
use crate::store::{Store, StoreError};

pub use acts::{Said, Wrong};
pub use demo::{MANAGER, PROGRAM};
pub use http::serve;
pub use room::PlaygroundMessenger;
pub use seen::{Post, RoomSeen};

/// Name of the platform.
pub const PLATFORM: &str = "playground";
/// The one workspace.
pub const WORKSPACE: &str = "playground";
/// Id of the room that everybody is in.
pub const LOBBY: &str = "lobby";
/// Author of what the bot says.
pub const BOT: &str = "bot";

/// Something changed that an open page should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A room has news.
    Room(String),
    /// People, rooms or roles changed.
    State,
    /// The clock was turned.
    Clock,
}

/// The running playground.
pub struct Playground {
    core: Arc<Core>,
    store: Store,
    clock: Arc<time::TurningClock>,
    ids: Arc<dyn IdSource>,
    events: broadcast::Sender<Event>,
    /// One act at a time: acts, ticks and turns of the clock never interleave.
    turn: Mutex<()>,
}

impl std::fmt::Debug for Playground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Playground").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Playground {
    /// Opens the playground on a database. The clock goes on from where it stood, or from `start` the first time.
    pub async fn open(
        store: Store,
        content: Arc<Content>,
        ids: Arc<dyn IdSource>,
        start: Instant,
    ) -> Result<Self, StoreError> {
        if let Some(last) = store.read().await?.find_last_playground_message().await? {
            ids.go_past(&last);
        }
        let (events, _) = broadcast::channel(1_024);
        let clock = Arc::new(time::TurningClock::load(&store, start).await?);
        let messenger = PlaygroundMessenger::new(store.clone(), clock.clone(), ids.clone(), events.clone());
        let core = Core::new(store.clone(), content, clock.clone(), ids.clone())
            .with_messenger(PLATFORM, Arc::new(messenger));
        let playground = Self { core: Arc::new(core), store, clock, ids, events, turn: Mutex::new(()) };
        playground.make_lobby().await?;
        Ok(playground)
    }

    /// The core behind it.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// The present in the playground.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// News for open pages.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    fn tell(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.events.send(event);
    }

    async fn make_lobby(&self) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        tx.insert_playground_room(LOBBY, "channel", "lobby", "Everybody is here.", None, now).await?;
        tx.commit().await
    }
}

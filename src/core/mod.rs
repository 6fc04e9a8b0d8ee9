//! The shared core: it turns requests into replies and due nudges into messages. It knows no platform; adapters
//! register a `Messenger` under their platform's name.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use tokio::sync::Notify;

use crate::chat::Messenger;
use crate::clock::{Clock, IdSource};
use crate::content::Content;
use crate::domain::civil::Instant;
use crate::store::{Store, StoreError};

pub mod access;
mod answer;
mod arrive;
mod candidates;
pub mod command;
pub mod complete;
mod ctx;
pub mod directory;
mod directs;
mod dispatch;
mod facts;
mod formation;
mod forming;
mod handlers;
mod lapse;
mod owe;
pub mod parse;
mod planner;
mod presence;
mod recheck;
pub mod request;
mod rhythm;
mod rooms;
mod shifts;
mod tidy;
mod views;

pub use dispatch::Tick;
pub use request::{Actor, Failure, Input, Reply, Request, Told};
pub use rooms::RoomLoss;

/// How long somebody who asks for groups waits for the proposal itself, before they are shown how far the search is.
const PATIENCE: Duration = Duration::from_secs(4);

/// Everything the core needs from outside. Clones are one core: work that outlives a request takes one along.
#[derive(Clone)]
pub struct Core {
    store: Store,
    content: Arc<Content>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    messengers: BTreeMap<String, Arc<dyn Messenger>>,
    wake: Arc<Notify>,
    tidied_at: Arc<AtomicI64>,
    patience: Duration,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Core {
    /// A core without platforms.
    pub fn new(store: Store, content: Arc<Content>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self {
            store,
            content,
            clock,
            ids,
            messengers: BTreeMap::new(),
            wake: Arc::new(Notify::new()),
            tidied_at: Arc::new(AtomicI64::new(i64::MIN)),
            patience: PATIENCE,
        }
    }

    /// Lets the core speak on a platform.
    #[must_use]
    pub fn with_messenger(mut self, platform: &str, messenger: Arc<dyn Messenger>) -> Self {
        self.messengers.insert(platform.to_owned(), messenger);
        self
    }

    /// Sets how long a request for groups waits for them, before it is shown how far the search is.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The database.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The library of starters, forms and texts.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The present.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// A new time-sorted name.
    pub(crate) fn next_id(&self) -> String {
        self.ids.next(self.clock.now())
    }

    /// When something is due next: a nudge, the end of a claim, or planning.
    pub async fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        Ok(self.store.get_agenda().await?.next())
    }

    /// The next moment at which a tick may do something: what is due next, or what is done once a day. A clock that is
    /// turned by hand has to stop there.
    pub async fn next_look(&self) -> Result<Option<Instant>, StoreError> {
        Ok(self.next_due().await?.into_iter().chain(self.daily_look()).min())
    }

    /// Waits until something new may be due.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    fn wake_up(&self) {
        self.wake.notify_one();
    }
}

//! The adapter at work, wired as the program wires it.

use std::sync::Arc;
use std::time::Duration;

use roundtable::adapters::discord::inbound::Inbound;
use roundtable::adapters::discord::transport::Reach;
use roundtable::adapters::discord::transport::limiter::Rates;
use roundtable::adapters::discord::{Discord, DiscordFault, PLATFORM};
use roundtable::chat::Messenger;
use roundtable::clock::{Clock, Ids, VirtualClock};
use roundtable::config::{self, DiscordMode, Secret};
use roundtable::core::Core;
use roundtable::domain::civil::Instant;
use roundtable::store::Store;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::discord::fake::{APP, Fake, TOKEN, public_key};
use crate::harness::{library, numbers};

/// Far more than a test machine needs.
const HASTE: u32 = 10_000;
/// Work that takes longer than this has stopped.
const WORKS_WITHIN: Duration = Duration::from_secs(30);
/// How often to look.
const GLANCE: Duration = Duration::from_millis(2);

/// The adapter with everything around it.
pub struct Adapter {
    /// The core behind it.
    pub core: Arc<Core>,
    /// The port.
    pub messenger: Arc<dyn Messenger>,
    /// The inbound side.
    pub inbound: Arc<Inbound>,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<Result<(), DiscordFault>>>,
}

/// How an adapter is set up for a test.
pub struct Setup {
    /// The database.
    pub store: Store,
    /// The clock that core, adapter and Discord share.
    pub clock: Arc<dyn Clock>,
    /// Seed of names.
    pub session: u64,
    /// Speed and patience.
    pub reach: Reach,
    /// Where Discord is, and how it delivers.
    pub config: config::Discord,
}

/// The gateway of a fake.
pub fn config_for(fake: &Fake) -> config::Discord {
    config::Discord {
        mode: DiscordMode::Gateway,
        token: Secret::new(TOKEN),
        application_id: Some(APP.to_owned()),
        public_key: Some(public_key()),
        api: fake.api_url(),
        gateway: Some(fake.gateway_url()),
        ..config::Discord::default()
    }
}

/// As fast as the machine is.
pub fn hasty() -> Reach {
    Reach { rates: Rates { per_second: HASTE, replies_per_second: HASTE }, ..Reach::default() }
}

impl Adapter {
    /// Opens it.
    pub fn open(setup: Setup) -> Self {
        let Setup { store, clock, session, reach, config } = setup;
        let ids = Arc::new(Ids::from_seed(session));
        let discord =
            Discord::new(config, reach, store.clone(), clock.clone(), ids.clone()).expect("certificates");
        let messenger = discord.messenger();
        let core = Core::new(store, library(), clock, ids).with_messenger(PLATFORM, messenger.clone());
        let core = Arc::new(core);
        let inbound = discord.inbound(core.clone());
        let (stop, stopped) = watch::channel(false);
        let (served, at_work) = (core.clone(), inbound.clone());
        let task = tokio::spawn(async move { discord.serve(served, at_work, stopped).await });
        Self { core, messenger, inbound, stop, task: Some(task) }
    }

    /// How many deliveries were heard so far.
    pub fn heard(&self) -> u64 {
        self.inbound.standing().counts.values().sum()
    }

    /// Waits until more deliveries were heard than that.
    pub async fn hears(&self, before: u64) {
        until("the adapter hears nothing", || async { self.heard() > before }).await;
    }

    /// Waits until everything that was kept is done.
    pub async fn idle(&self) {
        let open = "SELECT count(*) FROM inbox WHERE state = 'waiting'";
        until("the adapter has left something undone", || async {
            numbers(self.core.store(), open, &[]).await[0] == 0
        })
        .await;
    }

    /// Sends what is due now.
    pub async fn settle(&self) {
        while self.core.tick().await.expect("a tick").unfinished {}
    }

    /// Turns the clock to an instant, stopping at everything on the way.
    pub async fn turn_to(&self, clock: &VirtualClock, target: Instant) {
        loop {
            self.settle().await;
            match self.core.next_look().await.expect("the agenda") {
                Some(next) if next <= target => clock.turn_to(next),
                _ => break,
            }
        }
        clock.turn_to(target);
    }

    /// How it ended by itself.
    pub async fn ended(mut self) -> DiscordFault {
        let task = self.task.take().expect("it runs");
        let ended = tokio::time::timeout(Duration::from_secs(90), task).await.expect("it ends by itself");
        ended.expect("without a panic").expect_err("with a fault")
    }

    /// Ends it as a stop of the program does.
    pub async fn shut(mut self) {
        self.stop.send_replace(true);
        let task = self.task.take().expect("it runs");
        let ended = tokio::time::timeout(WORKS_WITHIN, task).await.expect("it ends when it is told to");
        ended.expect("without a panic").expect("without a fault");
        self.core.store().close().await;
    }
}

impl Drop for Adapter {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Waits until something holds.
pub async fn until<F: Future<Output = bool>>(otherwise: &str, holds: impl Fn() -> F) {
    let looking = async {
        while !holds().await {
            tokio::time::sleep(GLANCE).await;
        }
    };
    assert!(tokio::time::timeout(WORKS_WITHIN, looking).await.is_ok(), "{otherwise}");
}

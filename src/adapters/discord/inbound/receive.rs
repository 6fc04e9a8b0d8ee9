//! The one counter at which every delivery is handed in, whichever way it came. Invariant: whoever waits for an answer
//! gets a first one within three seconds, what is promised is kept in the inbox first, and what was typed into a form
//! is in no inbox at all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

use super::answers;
pub use super::count::Count;
use super::count::Counts;
use super::desk::Desk;
use super::envelope::{Asked, Delivery, Errand, What};
use super::lifecycle::Look;
use super::way::{Way, way};
use super::words;
use super::work::Office;
use crate::adapters::common::inbox::{Busy, Inbox};
use crate::adapters::discord::PLATFORM;
use crate::clock::{Clock, IdSource};
use crate::store::inbox::Parcel;

/// Discord waits three seconds. What is not answered by then is promised; keeping takes up to a second, and the way
/// back some more.
const FIRST_WITHIN: Duration = Duration::from_millis(if cfg!(test) { 20_000 } else { 1_300 });
/// Suggestions are of no use after this long.
const SUGGEST_WITHIN: Duration = Duration::from_secs(2);
/// Forms and suggestions that are worked on at once.
const MOST: usize = 64;
/// What is under way at the stop may take this long.
const GRACE: Duration = Duration::from_secs(10);
/// What comes only once and cannot be kept is handed in again after this long, then after twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Longer than this, and with more of them, nothing stands in line.
const LONGEST_LINE: Duration = Duration::from_mins(5);
const MOST_IN_LINE: usize = 1_024;

/// What Discord is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Ack {
    /// Nothing: nobody waits.
    Nothing,
    /// This is the first answer. [`Reception::said`] wants to know whether Discord took it.
    Say(Value),
    /// It could not be kept; it would have to be delivered again, see [`Reception::take`].
    Withhold,
}

/// The counter.
pub struct Reception {
    inbox: Inbox,
    office: Arc<Office>,
    desk: Arc<Desk>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    places: Arc<Semaphore>,
    counts: Counts,
    /// What comes only once and could not be kept yet stands here, in the order in which it came.
    line: Mutex<()>,
    in_line: AtomicUsize,
    is_closed: AtomicBool,
}

impl std::fmt::Debug for Reception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reception").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl Reception {
    /// Hands errands to the inbox, and the rest to the office at once.
    pub fn new(inbox: Inbox, office: Arc<Office>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        let (desk, places) = (office.desk.clone(), Arc::new(Semaphore::new(MOST)));
        let (counts, line) = (Counts::default(), Mutex::new(()));
        let (in_line, is_closed) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { inbox, office, desk, clock, ids, places, counts, line, in_line, is_closed }
    }

    /// How often what happened since the start.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.counts.all()
    }

    /// Counts one.
    pub fn count(&self, count: Count) {
        self.counts.count(count);
    }

    /// Takes a delivery.
    pub async fn receive(&self, delivery: Delivery) -> Ack {
        let Delivery { workspace, key, what } = delivery;
        match what {
            What::Ping => Ack::Say(answers::pong()),
            What::Asked(asked) => self.hear(&workspace, &key, *asked).await,
            What::Errand(errand) => self.keep(&workspace, &self.key(key), &errand).await,
            What::Rights => {
                self.count(Count::Rights);
                if !workspace.is_empty() {
                    self.office.news.look(Look::Rights(workspace));
                }
                Ack::Nothing
            }
            What::Ready { .. } | What::Resumed | What::Nothing => {
                self.count(Count::Ignored);
                Ack::Nothing
            }
            What::Unknown(kind) => {
                tracing::info!(discord.kind = %kind, "discord.unknown_delivery");
                self.count(Count::Unknown);
                Ack::Nothing
            }
        }
    }

    /// Takes a delivery that comes only once, as everything does over a connection. An errand that cannot be kept now
    /// is handed in again, for some minutes at most.
    pub async fn take(&self, delivery: Delivery) {
        let Delivery { workspace, key, what } = delivery;
        match what {
            What::Errand(errand) if !workspace.is_empty() => {
                self.insist(&workspace, &self.key(key), &errand).await;
            }
            what => drop(self.receive(Delivery { workspace, key, what }).await),
        }
    }

    async fn insist(&self, workspace: &str, key: &str, errand: &Errand) {
        // What came before goes first: a guild that was left and joined again must not end as one that was left.
        if self.in_line.load(Ordering::Relaxed) == 0 && self.hand_in(workspace, key, errand).await.is_ok() {
            return;
        }
        let before = self.in_line.fetch_add(1, Ordering::Relaxed);
        let kept = before < MOST_IN_LINE && self.stand_in_line(workspace, key, errand).await;
        self.in_line.fetch_sub(1, Ordering::Relaxed);
        if !kept {
            tracing::error!(inbox.kind = errand.kind(), "discord.delivery_lost");
        }
    }

    /// Hands an errand in again and again; whether it was kept in the end.
    async fn stand_in_line(&self, workspace: &str, key: &str, errand: &Errand) -> bool {
        let (since, mut pause) = (Instant::now(), FIRST_PAUSE);
        let _turn = self.line.lock().await;
        while self.hand_in(workspace, key, errand).await.is_err() {
            if since.elapsed() >= LONGEST_LINE || self.is_closed.load(Ordering::Relaxed) {
                return false;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        true
    }

    /// What a second delivery would be told by. The gateway tells news without a key, and never the same twice.
    fn key(&self, key: String) -> String {
        if key.is_empty() { format!("n:{}", self.ids.next(self.clock.now())) } else { key }
    }

    /// Whether Discord took the first answer to this interaction.
    pub fn said(&self, interaction: &str, taken: bool) {
        if !taken {
            self.count(Count::Untaken);
        }
        self.desk.given(interaction, taken);
    }

    async fn hear(&self, workspace: &str, key: &str, asked: Asked) -> Ack {
        let way = way(&asked.how);
        if way == Way::Suggest {
            self.count(Count::Suggestions);
            return self.suggest(asked).await;
        }
        let (id, private) = (asked.id.clone(), asked.guild.is_some());
        let Some(waiter) = self.desk.wait(&id) else {
            // It is answered already, or about to be.
            self.count(Count::Repeated);
            return Ack::Nothing;
        };
        let over = matches!(way, Way::AtOnce { over: true });
        let begun = if matches!(way, Way::AtOnce { .. }) {
            self.begin(asked, over)
        } else {
            self.keep(workspace, key, &Errand::Act { asked: Box::new(asked) }).await
        };
        if begun == Ack::Withhold {
            self.desk.leave(&id);
            return Ack::Say(answers::plain(words::BUSY));
        }
        if self.desk.is_vacant(&id) {
            // It was kept before, and is answered by whoever carries it out.
            return Ack::Nothing;
        }
        if let Some(answer) = self.desk.first(&id, waiter, FIRST_WITHIN).await {
            return Ack::Say(answer);
        }
        self.count(Count::Promised);
        Ack::Say(answers::promise(over, private))
    }

    /// Begins what is not kept.
    fn begin(&self, asked: Asked, over: bool) -> Ack {
        self.count(Count::Forms);
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.count(Count::Busy);
            return Ack::Withhold;
        };
        let (office, now) = (Arc::clone(&self.office), self.clock.now());
        tokio::spawn(async move {
            office.at_once(asked, now, over).await;
            drop(place);
        });
        Ack::Nothing
    }

    async fn keep(&self, workspace: &str, key: &str, errand: &Errand) -> Ack {
        if workspace.is_empty() || key.is_empty() {
            // There is nobody to do it for, or nothing to tell a second delivery by.
            self.count(Count::Unknown);
            return Ack::Withhold;
        }
        match self.hand_in(workspace, key, errand).await {
            Ok(()) => Ack::Nothing,
            Err(Busy) => Ack::Withhold,
        }
    }

    /// Hands an errand to the inbox, once.
    async fn hand_in(&self, workspace: &str, key: &str, errand: &Errand) -> Result<(), Busy> {
        let now = self.clock.now();
        let parcel = Parcel {
            id: self.ids.next(now),
            platform: PLATFORM.to_owned(),
            workspace: workspace.to_owned(),
            delivery: key.to_owned(),
            kind: errand.kind().to_owned(),
            body: serde_json::to_string(errand).expect("an errand is made of texts and JSON"),
            received_at: now,
            tries: 0,
        };
        match self.inbox.keep(parcel).await {
            Ok(true) => self.count(Count::Kept),
            Ok(false) => {
                self.count(Count::Repeated);
                if let Errand::Act { asked } = errand {
                    self.desk.leave(&asked.id);
                }
            }
            Err(busy) => {
                tracing::warn!(inbox.kind = errand.kind(), "discord.too_busy_to_keep");
                self.count(Count::Busy);
                return Err(busy);
            }
        }
        Ok(())
    }

    async fn suggest(&self, asked: Asked) -> Ack {
        let none = || answers::suggestions(&serde_json::json!({"choices": []}));
        let Ok(_place) = self.places.try_acquire() else { return Ack::Say(none()) };
        let suggested = tokio::time::timeout(SUGGEST_WITHIN, self.office.suggest(&asked)).await;
        Ack::Say(suggested.map_or_else(|_| none(), |found| answers::suggestions(&found)))
    }

    /// Waits until the forms that are worked on are answered, for a moment at most. Nothing is kept any more.
    pub async fn settle(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
        let all = self.places.acquire_many(u32::try_from(MOST).unwrap_or(u32::MAX));
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("discord.forms_stopped_before_all_were_answered");
        }
    }
}

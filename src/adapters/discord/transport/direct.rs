//! Ways to a person: a direct message where there is one or may be one, otherwise a word in the group's own room that
//! something waits. Invariant: a new direct message is opened only for who did something with the bot, and only as the
//! governor allows.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tokio::sync::mpsc;

use super::super::PLATFORM;
use super::call::{Call, Route};
use super::courier::{Courier, id_in};
use super::fault::{CallError, code};
use super::governor::{STOP_SECS, day_of, decide};
use super::limiter::Urgency;
use crate::clock::Clock;
use crate::domain::civil::Instant;
use crate::store::{Store, StoreError};

/// A direct message belongs to the bot and the person, in whatever server they met.
const EVERYWHERE: &str = "@me";
/// Who did not agree, or closed the door, may have changed their mind after this long.
const ASK_AGAIN_HOURS: i64 = 6;
/// A closed door is tried again after this long, even if the person did nothing.
const CLOSED_DAYS: i64 = 7;

/// What the core should hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Discord says that direct messages were opened too fast: no new ones before the instant.
    DirectsStopped {
        /// The server for which it happened.
        guild: String,
        /// Until when.
        until: Instant,
    },
    /// Somebody can be written to now: what waited for that may go.
    DirectsOpen,
}

/// A way to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// By this channel.
    Channel(String),
    /// By a channel that may be opened now; it is counted already.
    Open,
    /// Not before the instant.
    Later(Instant),
}

/// What is known of ways to people.
pub struct Directs {
    store: Store,
    clock: std::sync::Arc<dyn Clock>,
    cap: u32,
    notices: mpsc::Sender<Notice>,
    channels: Mutex<HashMap<String, String>>,
    agreed: Mutex<HashSet<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Directs {
    /// Ways to people, at most `cap` new ones a day. The receiver gets what the core should hear.
    pub fn new(store: Store, clock: std::sync::Arc<dyn Clock>, cap: u32) -> (Self, mpsc::Receiver<Notice>) {
        let (notices, heard) = mpsc::channel(64);
        let (channels, agreed) = (Mutex::default(), Mutex::default());
        (Self { store, clock, cap, notices, channels, agreed }, heard)
    }

    /// What the core should hear; when nobody listens any more there is nobody to tell.
    fn tell(&self, notice: Notice) {
        if self.notices.try_send(notice).is_err() {
            tracing::warn!("discord.notice_not_heard");
        }
    }

    /// Somebody did something in this direct message. Cheap when that is known.
    pub async fn met(&self, account: &str, channel: &str) {
        self.agreed(account).await;
        if lock(&self.channels).get(account).is_some_and(|known| known == channel) {
            return;
        }
        self.learn(account, channel).await;
        self.tell(Notice::DirectsOpen);
    }

    /// Somebody did something with the bot anywhere, so it may write to them. Cheap when that is known.
    pub async fn agreed(&self, account: &str) {
        if lock(&self.agreed).contains(account) {
            return;
        }
        let now = self.clock.now();
        let kept = async {
            let mut tx = self.store.begin().await?;
            let before = tx.find_consent(account).await?.unwrap_or_default();
            let is_news = before.agreed_at.is_none() || before.closed_at.is_some();
            if is_news {
                tx.mark_agreed(account, now).await?;
            }
            tx.commit().await?;
            Ok::<_, StoreError>(is_news)
        };
        if let Some(is_news) = logged(kept.await) {
            lock(&self.agreed).insert(account.to_owned());
            if is_news {
                self.tell(Notice::DirectsOpen);
            }
        }
    }

    /// The direct message with an account, as far as it is known.
    pub(super) async fn known(&self, account: &str) -> Result<Option<String>, StoreError> {
        if let Some(channel) = lock(&self.channels).get(account) {
            return Ok(Some(channel.clone()));
        }
        let mut tx = self.store.read().await?;
        let contact = tx.find_contact(PLATFORM, EVERYWHERE, account).await?;
        // An empty one is one that turned out not to be there.
        let channel = contact.and_then(|contact| contact.direct).filter(|channel| !channel.is_empty());
        if let Some(channel) = &channel {
            lock(&self.channels).insert(account.to_owned(), channel.clone());
        }
        Ok(channel)
    }

    /// The way to an account now. [`Way::Open`] is counted and must be used or given back.
    pub(super) async fn way(&self, account: &str) -> Result<Way, StoreError> {
        let now = self.clock.now();
        let consent = {
            let mut tx = self.store.read().await?;
            tx.find_consent(account).await?.unwrap_or_default()
        };
        if consent.closed_at.is_some_and(|closed| closed.plus_days(CLOSED_DAYS) > now) {
            return Ok(Way::Later(now.plus_hours(ASK_AGAIN_HOURS)));
        }
        if let Some(channel) = self.known(account).await? {
            return Ok(Way::Channel(channel));
        }
        if consent.agreed_at.is_none() {
            return Ok(Way::Later(now.plus_hours(ASK_AGAIN_HOURS)));
        }
        let mut tx = self.store.begin().await?;
        tx.hold_openings(day_of(now)).await?;
        let openings = tx.get_openings(day_of(now)).await?;
        if let Err(again) = decide(&openings, self.cap, now) {
            return Ok(Way::Later(again));
        }
        tx.mark_opening(day_of(now), 1, now).await?;
        tx.commit().await?;
        Ok(Way::Open)
    }

    /// Opens a direct message for which [`Self::way`] said that it may be.
    pub(super) async fn open(&self, courier: &Courier, account: &str) -> Result<String, CallError> {
        let call = Call::post(Route::UserMeDmChannels, json!({ "recipient_id": account }));
        // Asking twice gives the same channel.
        let answer = courier.rest.call(call.repeatable().urgency(Urgency::Bulk)).await;
        match answer.and_then(|answer| id_in(&answer, "channel")) {
            Ok(channel) => {
                self.learn(account, &channel).await;
                Ok(channel)
            }
            Err(error) => {
                let counts = matches!(error, CallError::InDoubt { .. });
                if !counts && !error.is_any(&[code::DIRECTS_TOO_FAST]) {
                    self.count_back().await;
                }
                Err(error)
            }
        }
    }

    /// Discord says that it was too fast. Returns until when nothing is opened.
    pub(super) async fn stop(&self, guild: &str) -> Instant {
        let now = self.clock.now();
        let until = now.plus_secs(STOP_SECS);
        let kept = async {
            let mut tx = self.store.begin().await?;
            tx.mark_openings_stopped(day_of(now), until).await?;
            tx.commit().await
        };
        logged(kept.await);
        tracing::error!(
            discord.guild = %guild,
            "Discord says that direct messages were opened too fast; no new ones are opened for six hours"
        );
        self.tell(Notice::DirectsStopped { guild: guild.to_owned(), until });
        until
    }

    async fn count_back(&self) {
        let now = self.clock.now();
        let kept = async {
            let mut tx = self.store.begin().await?;
            tx.mark_opening(day_of(now), -1, now).await?;
            tx.commit().await
        };
        logged(kept.await);
    }

    /// The person does not take direct messages.
    pub(super) async fn close(&self, account: &str) {
        lock(&self.agreed).remove(account);
        let now = self.clock.now();
        let kept = async {
            let mut tx = self.store.begin().await?;
            tx.mark_direct_closed(account, now).await?;
            tx.commit().await
        };
        logged(kept.await);
    }

    /// The channel is not there any more.
    pub(super) async fn forget(&self, account: &str) {
        self.learn(account, "").await;
        lock(&self.channels).remove(account);
    }

    async fn learn(&self, account: &str, channel: &str) {
        let kept = async {
            let mut tx = self.store.begin().await?;
            tx.mark_direct(PLATFORM, EVERYWHERE, account, channel).await?;
            tx.commit().await
        };
        logged(kept.await);
        lock(&self.channels).insert(account.to_owned(), channel.to_owned());
    }
}

/// What can be learnt anew is not worth failing for.
fn logged<T>(done: Result<T, StoreError>) -> Option<T> {
    done.inspect_err(|error| tracing::warn!(error.reason = %error, "discord.direct_not_kept")).ok()
}

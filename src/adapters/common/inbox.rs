//! The inbox and those who carry its errands out. One task writes for all: what arrived, what ended and what is taken
//! up next go into one transaction, which goes before all other work. Invariant: nothing is acknowledged before it is
//! committed, and the errands of one lane run one after the other, in the order they came.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot, watch};

use crate::clock::Clock;
use crate::domain::civil::Instant;
use crate::store::inbox::Parcel;
use crate::store::{Store, StoreError};

#[cfg(test)]
mod tests;

/// What is not committed within this long is not acknowledged: platforms wait three seconds.
pub const KEEP_WITHIN: Duration = Duration::from_secs(1);
/// How often to look for what a crash left behind.
const POLL: Duration = Duration::from_secs(3);
/// After a failed transaction.
const BREATH: Duration = Duration::from_millis(250);
/// Ends are written down together with what arrives, or after this long, or when they are this many.
const END_WITHIN: Duration = Duration::from_millis(50);
const MOST_ENDED: usize = 16;
/// What is under way at the stop may take this long; leases cover the rest.
const GRACE: Duration = Duration::from_secs(10);
/// An errand that is taken up is left alone by other processes for this long.
const LEASE_SECS: i64 = 30;
/// After a panic.
const AGAIN_SECS: i64 = 20;
/// More tries than this are not worth it.
const MOST_TRIES: i64 = 6;
/// Entries in one transaction.
const MOST_AT_ONCE: usize = 64;
/// Errands that are under way or wait for one of the same person.
const MOST_HELD: usize = 64;
/// Entries that wait for the writer; beyond this we say that we are busy.
const MOST_WAITING: usize = 1_024;
/// Keys are kept this long against redeliveries; the last one of a platform comes after a day.
const KEY_HOURS: i64 = 25;

/// How an errand ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Carried out.
    Done,
    /// To be tried again in so many seconds.
    Again(i64),
    /// Given up.
    Dead(&'static str),
}

/// Carries errands out.
#[async_trait]
pub trait Carry: Send + Sync + 'static {
    /// What the body of a parcel is, as JSON.
    type Errand: DeserializeOwned + Send + 'static;

    /// What must not overlap: errands of one lane run one after the other.
    fn lane(&self, parcel: &Parcel, errand: &Self::Errand) -> String;

    /// Carries one out. The same parcel may come again after a crash.
    async fn carry(&self, parcel: &Parcel, errand: Self::Errand) -> End;
}

/// The delivery could not be kept in time; the platform is to deliver it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

enum Entry {
    Keep { parcel: Box<Parcel>, told: oneshot::Sender<bool> },
    Ended { id: String, lane: String, end: End },
}

/// Where deliveries are handed in.
#[derive(Debug, Clone)]
pub struct Inbox {
    entries: mpsc::Sender<Entry>,
}

impl Inbox {
    /// Keeps a delivery; false when it was delivered before. After this it will be carried out, whatever happens.
    pub async fn keep(&self, parcel: Parcel) -> Result<bool, Busy> {
        let (told, answer) = oneshot::channel();
        self.entries.try_send(Entry::Keep { parcel: Box::new(parcel), told }).map_err(|_| Busy)?;
        match tokio::time::timeout(KEEP_WITHIN, answer).await {
            Ok(Ok(fresh)) => Ok(fresh),
            _ => Err(Busy),
        }
    }
}

/// The task behind an [`Inbox`].
pub struct Keeper<C: Carry> {
    platform: &'static str,
    store: Store,
    clock: Arc<dyn Clock>,
    entries: mpsc::Receiver<Entry>,
    back: mpsc::Sender<Entry>,
    carrier: Arc<C>,
    held: HashSet<String>,
    /// What is there has an errand under way, and these wait for it.
    lanes: HashMap<String, VecDeque<(Parcel, C::Errand)>>,
    ended: Vec<(String, End)>,
    /// Whether the database may hold more that could be taken up now.
    more: bool,
    swept: Instant,
}

impl<C: Carry> std::fmt::Debug for Keeper<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper").field("held", &self.held.len()).finish_non_exhaustive()
    }
}

/// An inbox with its task, which does nothing until it is run.
pub fn inbox<C: Carry>(
    platform: &'static str,
    store: Store,
    clock: Arc<dyn Clock>,
    carrier: Arc<C>,
) -> (Inbox, Keeper<C>) {
    let (back, entries) = mpsc::channel(MOST_WAITING);
    let keeper = Keeper {
        platform,
        store,
        clock,
        entries,
        back: back.clone(),
        carrier,
        held: HashSet::new(),
        lanes: HashMap::new(),
        ended: Vec::new(),
        more: true,
        swept: Instant::from_secs(0),
    };
    (Inbox { entries: back }, keeper)
}

impl<C: Carry> Keeper<C> {
    /// Runs until `stop` turns true; then nothing new is taken up, and what is under way gets a moment to end.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        // What an earlier process left is not kept waiting for the first delivery.
        self.step(Vec::new(), true, true).await;
        while !*stop.borrow() {
            let mut batch = Vec::new();
            tokio::select! {
                biased;
                // An error means that nobody is left to say stop, which is a stop as well.
                _ = stop.wait_for(|stop| *stop) => break,
                _ = self.entries.recv_many(&mut batch, MOST_AT_ONCE) => {}
                () = tokio::time::sleep(if self.ended.is_empty() { POLL } else { END_WITHIN }) => {}
            }
            let waited = batch.is_empty();
            if !self.step(batch, true, waited).await {
                tokio::time::sleep(BREATH).await;
            }
        }
        let ended = tokio::time::timeout(GRACE, self.finish()).await;
        if ended.is_err() {
            tracing::warn!(inbox.left = self.held.len(), "inbox.stopped_before_all_was_done");
        }
    }

    /// Lets what is under way end, and gives back what was not begun.
    async fn finish(&mut self) {
        for (parcel, _) in self.lanes.values_mut().flat_map(std::mem::take) {
            self.held.remove(&parcel.id);
            self.ended.push((parcel.id, End::Again(0)));
        }
        while !self.held.is_empty() {
            let mut batch = Vec::new();
            if self.entries.recv_many(&mut batch, MOST_AT_ONCE).await == 0
                || !self.step(batch, false, true).await
            {
                tokio::time::sleep(BREATH).await;
            }
        }
        while !self.ended.is_empty() && !self.step(Vec::new(), false, true).await {
            tokio::time::sleep(BREATH).await;
        }
    }

    /// At most one transaction; false when it failed, and then whoever waited is told so by silence. Without anything
    /// new, ends that are few wait for company unless it is `time`.
    async fn step(&mut self, batch: Vec<Entry>, take_more: bool, time: bool) -> bool {
        let mut keeps = Vec::new();
        for entry in batch {
            match entry {
                Entry::Keep { parcel, told } if !told.is_closed() => keeps.push((parcel, told)),
                Entry::Keep { .. } => {}
                Entry::Ended { id, lane, end } => {
                    self.held.remove(&id);
                    self.ended.push((id, end));
                    self.next_in(&lane);
                }
            }
        }
        let room = if take_more { MOST_HELD.saturating_sub(self.held.len()) } else { 0 };
        let urgent = !keeps.is_empty() || self.ended.len() >= MOST_ENDED || (self.more && room > 0);
        if !urgent && !(time && (room > 0 || !self.ended.is_empty())) {
            return true;
        }
        let parcels: Vec<&Parcel> = keeps.iter().map(|(parcel, _)| &**parcel).collect();
        match self.write(&parcels, i64::try_from(room).unwrap_or(0)).await {
            Ok((fresh, taken)) => {
                self.ended.clear();
                self.more = take_more && taken.len() >= room;
                for ((_, told), fresh) in keeps.into_iter().zip(fresh) {
                    // Whoever waited too long is gone; it is delivered again and known then.
                    let _ = told.send(fresh);
                }
                for parcel in taken {
                    self.take_up(parcel);
                }
                true
            }
            Err(error) => {
                tracing::warn!(error.reason = %error, "inbox.not_written");
                false
            }
        }
    }

    async fn write(
        &mut self,
        parcels: &[&Parcel],
        room: i64,
    ) -> Result<(Vec<bool>, Vec<Parcel>), StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.begin_first().await?;
        let mut fresh = Vec::new();
        for parcel in parcels {
            fresh.push(tx.insert_parcel(parcel).await?);
        }
        for (id, end) in &self.ended {
            match end {
                End::Done => tx.mark_parcel_done(id, now).await?,
                End::Again(secs) => tx.mark_parcel_later(id, now.plus_secs(*secs)).await?,
                End::Dead(why) => tx.mark_parcel_dead(id, why).await?,
            }
        }
        let lease = now.plus_secs(LEASE_SECS);
        let taken =
            if room > 0 { tx.claim_parcels(self.platform, now, lease, room).await? } else { Vec::new() };
        let sweep = self.swept.plus_hours(1) <= now;
        if sweep {
            tx.delete_parcels(now.minus_hours(KEY_HOURS)).await?;
        }
        tx.commit().await?;
        if sweep {
            self.swept = now;
        }
        Ok((fresh, taken))
    }

    fn take_up(&mut self, mut parcel: Parcel) {
        if self.held.contains(&parcel.id) {
            // Its lease ran out while it is under way here.
            return;
        }
        let body = std::mem::take(&mut parcel.body);
        let errand = serde_json::from_str::<C::Errand>(&body);
        match errand {
            Ok(errand) if parcel.tries <= MOST_TRIES => {
                self.held.insert(parcel.id.clone());
                let lane = self.carrier.lane(&parcel, &errand);
                match self.lanes.entry(lane) {
                    Slot::Occupied(mut waiting) => waiting.get_mut().push_back((parcel, errand)),
                    Slot::Vacant(free) => {
                        let lane = free.key().clone();
                        free.insert(VecDeque::new());
                        self.begin(lane, parcel, errand);
                    }
                }
            }
            Ok(_) => {
                tracing::error!(inbox.parcel = %parcel.id, inbox.kind = %parcel.kind, "inbox.errand_given_up");
                self.ended.push((parcel.id, End::Dead("it failed too often")));
            }
            Err(_) => self.ended.push((parcel.id, End::Dead("it cannot be read"))),
        }
    }

    fn next_in(&mut self, lane: &str) {
        match self.lanes.get_mut(lane).and_then(VecDeque::pop_front) {
            Some((parcel, errand)) => self.begin(lane.to_owned(), parcel, errand),
            None => drop(self.lanes.remove(lane)),
        }
    }

    fn begin(&self, lane: String, parcel: Parcel, errand: C::Errand) {
        let (carrier, back) = (Arc::clone(&self.carrier), self.back.clone());
        tokio::spawn(async move {
            let id = parcel.id.clone();
            let work = tokio::spawn(async move { carrier.carry(&parcel, errand).await });
            let end = work.await.unwrap_or_else(|_| {
                tracing::error!(inbox.parcel = %id, "inbox.errand_panicked");
                End::Again(AGAIN_SECS)
            });
            // Only after the stop is nobody there to hear it; the lease runs out then.
            let _ = back.send(Entry::Ended { id, lane, end }).await;
        });
    }
}

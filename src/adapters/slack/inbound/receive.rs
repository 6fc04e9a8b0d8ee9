//! The one counter at which every delivery is handed in, whichever way it came. Invariant: what is acknowledged is
//! kept or needs no keeping, and a delivery that comes again is acknowledged again and has no second effect.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::envelope::{Delivery, Errand, What};
use super::forms::Forms;
use super::words;
use crate::adapters::common::inbox::Inbox;
use crate::adapters::slack::PLATFORM;
use crate::clock::{Clock, IdSource};
use crate::store::inbox::Parcel;

/// What Slack is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Ack {
    /// Taken.
    Plain,
    /// Taken, and this belongs to it.
    Say(Value),
    /// Not taken: Slack is to deliver it again, or to ask the person to.
    Withhold,
}

/// What can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Count {
    /// Kept for the first time.
    Kept,
    /// Delivered before.
    Repeated,
    /// Forms filed.
    Forms,
    /// Lists that asked what to offer.
    Suggestions,
    /// Known, and nothing to do.
    Ignored,
    /// Never heard of.
    Unknown,
    /// Nothing that can be read.
    Unreadable,
    /// Not signed, wrongly signed or too old.
    Forged,
    /// Not taken because we were busy.
    Busy,
}

impl Count {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Kept, "kept"),
        (Self::Repeated, "repeated"),
        (Self::Forms, "forms"),
        (Self::Suggestions, "suggestions"),
        (Self::Ignored, "ignored"),
        (Self::Unknown, "unknown"),
        (Self::Unreadable, "unreadable"),
        (Self::Forged, "forged"),
        (Self::Busy, "busy"),
    ];
}

/// The counter.
pub struct Reception {
    inbox: Inbox,
    forms: Forms,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    counts: [AtomicU64; Count::ALL.len()],
}

impl std::fmt::Debug for Reception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reception").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl Reception {
    /// Hands errands to the inbox and forms to those who take them.
    pub fn new(inbox: Inbox, forms: Forms, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self { inbox, forms, clock, ids, counts: std::array::from_fn(|_| AtomicU64::new(0)) }
    }

    /// How often what happened since the start.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        Count::ALL
            .iter()
            .map(|(count, name)| (*name, self.counts[*count as usize].load(Ordering::Relaxed)))
            .collect()
    }

    /// Counts one.
    pub fn count(&self, count: Count) {
        self.counts[count as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Takes a delivery.
    pub async fn receive(&self, delivery: Delivery) -> Ack {
        let Delivery { workspace, key, what } = delivery;
        match what {
            What::Errand(errand) => self.keep(workspace, key, &errand).await,
            What::Submit(submit) if workspace.is_empty() => {
                tracing::warn!(slack.view = %submit.view, "slack.form_of_no_workspace");
                self.count(Count::Unknown);
                Ack::Withhold
            }
            What::Submit(submit) => {
                self.count(Count::Forms);
                let ack = self.forms.file(workspace, key, *submit).await;
                if ack == Ack::Withhold {
                    self.count(Count::Busy);
                }
                ack
            }
            What::Suggest(options) => {
                self.count(Count::Suggestions);
                Ack::Say(options)
            }
            What::Challenge(word) => Ack::Say(json!({"challenge": word})),
            What::Throttled => {
                tracing::warn!(slack.workspace = %workspace, "slack.events_held_back_by_slack");
                self.count(Count::Ignored);
                Ack::Plain
            }
            What::Nothing => {
                self.count(Count::Ignored);
                Ack::Plain
            }
            What::Unknown(kind) => {
                tracing::info!(slack.kind = %kind, "slack.unknown_delivery");
                self.count(Count::Unknown);
                Ack::Plain
            }
        }
    }

    async fn keep(&self, workspace: String, key: String, errand: &Errand) -> Ack {
        if workspace.is_empty() || key.is_empty() {
            // There is nobody to do it for, or nothing to tell a second delivery by.
            self.count(Count::Unknown);
            return Ack::Plain;
        }
        let now = self.clock.now();
        let parcel = Parcel {
            id: self.ids.next(now),
            platform: PLATFORM.to_owned(),
            workspace,
            delivery: key,
            kind: kind_of(errand).to_owned(),
            body: serde_json::to_string(errand).expect("an errand is made of texts and JSON"),
            received_at: now,
            tries: 0,
        };
        match self.inbox.keep(parcel).await {
            Ok(true) => {
                self.count(Count::Kept);
                Ack::Plain
            }
            Ok(false) => {
                self.count(Count::Repeated);
                Ack::Plain
            }
            Err(_) => {
                tracing::warn!(inbox.kind = kind_of(errand), "slack.too_busy_to_keep");
                self.count(Count::Busy);
                match errand {
                    // Slack never delivers a command again, so its sender is told.
                    Errand::Command { .. } => {
                        Ack::Say(json!({"response_type": "ephemeral", "text": words::BUSY}))
                    }
                    _ => Ack::Withhold,
                }
            }
        }
    }

    /// Waits until the forms that are worked on are answered.
    pub async fn settle(&self) {
        self.forms.settle().await;
    }
}

/// What an errand is called in the inbox and the log.
const fn kind_of(errand: &Errand) -> &'static str {
    match errand {
        Errand::Command { .. } => "command",
        Errand::Press { .. } => "press",
        Errand::Typed { .. } => "typed",
        Errand::HomeOpened { .. } => "home",
        Errand::Person { .. } => "person",
        Errand::Uninstalled { .. } => "uninstalled",
        Errand::Revoked { .. } => "revoked",
        Errand::Renamed { .. } => "renamed",
        Errand::Left { .. } => "left",
        Errand::RoomLost { .. } => "room_lost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_has_its_own_place_and_name() {
        for (index, (count, _)) in Count::ALL.iter().enumerate() {
            assert_eq!(*count as usize, index);
        }
        let names: std::collections::BTreeSet<_> = Count::ALL.iter().map(|(_, name)| *name).collect();
        assert_eq!(names.len(), Count::ALL.len());
    }
}

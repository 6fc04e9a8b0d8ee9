//! Settling doubt: a call whose outcome is unknown is looked for in the platform's history by the nudge's mark.
//! Found means done, not found means ready again; unreadable means at most once: it stays unsent and staff see it.

use super::{REQUEST_TIMEOUT, Tick};
use crate::chat::Place;
use crate::chat::messenger::Found;
use crate::core::Core;
use crate::domain::civil::Instant;
use crate::domain::nudges::{LEASE_SECS, MAX_TRIES, backoff};
use crate::domain::words::NudgeState;
use crate::store::StoreError;
use crate::store::nudges::Nudge;

/// As many as can be looked for within one claim, even if every look takes its whole time-out.
const AT_ONCE: i64 = 8;
/// The history is read from this long before the intent: clocks differ.
const LOOK_BACK_SECS: i64 = 60;

impl Core {
    /// Looks into what is in doubt; false when nothing was.
    pub(super) async fn settle(&self, now: Instant, done: &mut Tick) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let doubtful = tx.claim_doubtful(now, now.plus_secs(LEASE_SECS), AT_ONCE).await?;
        tx.commit().await?;
        for nudge in &doubtful {
            let found = self.look_for(nudge).await;
            self.write_found(nudge, found, now, done).await?;
        }
        Ok(!doubtful.is_empty())
    }

    async fn look_for(&self, nudge: &Nudge) -> Option<Found> {
        if nudge.kind.is_repeatable() {
            // It left no mark in a history, and doing it again does no harm.
            return Some(Found::No);
        }
        let (platform, workspace, place) = read_place(nudge.place.as_deref()?)?;
        let messenger = self.messengers.get(platform)?;
        let since = nudge.intent_at.unwrap_or(nudge.created_at).minus_secs(LOOK_BACK_SECS);
        let look = messenger.find(workspace, &place, nudge.id.as_str(), since);
        Some(tokio::time::timeout(REQUEST_TIMEOUT, look).await.unwrap_or(Found::Unreadable))
    }

    async fn write_found(
        &self,
        nudge: &Nudge,
        found: Option<Found>,
        now: Instant,
        done: &mut Tick,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        match found {
            Some(Found::Yes { remote_id }) => {
                // What follows from a message is worked out anew: the words themselves are already there.
                let (open_until, effect) = self.consequences(&mut tx, nudge).await?;
                let out = super::look::Out::found(open_until, effect);
                let outcome = crate::chat::Outcome::Sent { remote_id };
                self.write_outcome(&mut tx, nudge, &out, &outcome, NudgeState::InDoubt, now, done).await?;
            }
            Some(Found::No) => {
                done.held += 1;
                tx.mark_ready(nudge, NudgeState::InDoubt, now, nudge.tries, "looked for and not found")
                    .await?;
            }
            Some(Found::Unreadable) | None if nudge.tries < MAX_TRIES => {
                // The platform may only be away for a while.
                done.doubtful += 1;
                tx.mark_doubt_again(nudge, backoff(now, nudge.tries + 1)).await?;
            }
            Some(Found::Unreadable) | None => {
                done.skipped += 1;
                let reason = "it may have been sent; the history could not be read, so it is not sent again";
                tx.mark_ended(nudge, NudgeState::InDoubt, NudgeState::Dead, reason, None).await?;
                tracing::warn!(nudge.kind = %nudge.kind, "nudge.unsettled");
            }
        }
        tx.commit().await
    }
}

/// A place as the intent wrote it down: `platform|workspace|r|room` or `platform|workspace|d|account`.
fn read_place(text: &str) -> Option<(&str, &str, Place)> {
    let mut parts = text.splitn(4, '|');
    let (platform, workspace, kind, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let place = match kind {
        "r" => Place::Room(name.to_owned()),
        "d" => Place::Direct(name.to_owned()),
        _ => return None,
    };
    Some((platform, workspace, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_as_it_was_written() {
        assert_eq!(read_place("slack|T1|d|U7"), Some(("slack", "T1", Place::Direct("U7".to_owned()))));
        assert_eq!(read_place("slack|T1"), None);
    }
}

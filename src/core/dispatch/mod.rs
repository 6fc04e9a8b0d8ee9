//! The dispatcher: one step takes what is due, looks again whether it still holds, writes down the intent, calls
//! the platform, writes down the outcome. No transaction is open while a platform is called, and what may have been
//! sent is never sent again before it has been looked for.

mod act;
mod gone;
mod guard;
mod look;
mod rooms;
mod send;
mod settle;
mod view;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;

use super::Core;
use crate::chat::Outcome;
use crate::domain::civil::Instant;
use crate::domain::nudges::{LEASE_SECS, SETTLE_SECS};
use crate::domain::words::NudgeState;
use crate::store::nudges::{Done, Intent, Nudge};
use crate::store::{StoreError, Tx};

use look::{Effect, Look, Out};
use view::View;

/// Nudges claimed in one transaction.
const BATCH: i64 = 64;
/// Steps in one tick; a tick that is not finished says so and is called again.
const MOST_STEPS: usize = 64;

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tick {
    /// Platform calls that are known to have happened.
    pub sent: usize,
    /// Nudges that were not sent, each with its reason in the database.
    pub skipped: usize,
    /// Nudges put back for later.
    pub held: usize,
    /// Nudges whose outcome is unknown for now.
    pub doubtful: usize,
    /// Whether something was left for the next tick.
    pub unfinished: bool,
}

impl Core {
    /// Plans and sends everything that is due now.
    pub async fn tick(&self) -> Result<Tick, StoreError> {
        let mut done = Tick::default();
        self.tidy(self.now()).await?;
        for _ in 0..MOST_STEPS {
            let now = self.now();
            let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
            // Most ticks find nothing: one look before anybody takes the writer.
            let agenda = self.store.get_agenda().await?;
            let planned = due(agenda.planning) && self.plan(now).await?;
            let settled = due(agenda.held) && self.settle(now, &mut done).await?;
            if !planned && !due(agenda.held) && !due(agenda.ready) {
                return Ok(done);
            }
            // Settling waits for the platform: a claim must not begin with a part of its time gone.
            let worked = self.dispatch(self.now(), due(agenda.held), &mut done).await?;
            if !planned && !settled && !worked {
                return Ok(done);
            }
        }
        done.unfinished = true;
        Ok(done)
    }

    /// One batch; false when nothing was due. `lost` tells that a claim may have run out.
    async fn dispatch(&self, now: Instant, lost: bool, done: &mut Tick) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        if lost {
            tx.mark_leases_lost(now, now.plus_secs(SETTLE_SECS)).await?;
        }
        let claimed = tx.claim_nudges(now, now.plus_secs(LEASE_SECS), BATCH).await?;
        if claimed.is_empty() {
            tx.commit().await?;
            return Ok(false);
        }
        let mut view = View::of(&mut tx, &claimed, now).await?;
        let mut outs = Vec::new();
        for nudge in claimed {
            let looked = match self.look(&mut tx, &mut view, &nudge, now).await {
                Ok(looked) => looked,
                Err(error @ (StoreError::Unavailable(_) | StoreError::Disk(_))) => return Err(error),
                Err(error) => {
                    drop(tx);
                    self.set_aside(&nudge, &error, now, done).await?;
                    return Ok(true);
                }
            };
            match looked {
                Look::Send(out) => {
                    view.count_sent(&nudge, out.open_until);
                    outs.push((nudge, *out));
                }
                Look::Hold { until, why } => {
                    done.held += 1;
                    hold(&mut tx, &nudge, until, &why).await?;
                }
                Look::Skip(why) => {
                    done.skipped += 1;
                    tx.mark_ended(&nudge, NudgeState::Leased, NudgeState::Skipped, &why, None).await?;
                }
                Look::Done => {
                    tx.mark_done(&nudge, NudgeState::Leased, None, None, now).await?;
                }
            }
        }
        let intents: Vec<Intent<'_>> = outs
            .iter()
            .map(|(nudge, out)| Intent { id: &nudge.id, attempt: nudge.attempt, place: out.place_text() })
            .collect();
        tx.mark_intents(&intents, now).await?;
        tx.commit().await?;
        self.send_all(outs, now, done).await?;
        Ok(true)
    }

    /// One nudge that cannot be looked at must not stop all others: its batch was undone, and it waits alone.
    async fn set_aside(
        &self,
        nudge: &Nudge,
        error: &StoreError,
        now: Instant,
        done: &mut Tick,
    ) -> Result<(), StoreError> {
        tracing::error!(nudge.kind = %nudge.kind, error.reason = %error, "nudge.set_aside");
        // The claim was undone too.
        let unclaimed = Nudge { attempt: nudge.attempt - 1, ..nudge.clone() };
        let mut tx = self.store.begin().await?;
        self.count_failure(&mut tx, &unclaimed, NudgeState::Ready, &error.to_string(), now, done).await?;
        tx.commit().await
    }

    /// Calls the platforms, places side by side and each place in order, then writes down all outcomes.
    async fn send_all(
        &self,
        outs: Vec<(Nudge, Out)>,
        claimed_at: Instant,
        done: &mut Tick,
    ) -> Result<(), StoreError> {
        if outs.is_empty() {
            return Ok(());
        }
        let mut places: BTreeMap<String, Vec<(Nudge, Out)>> = BTreeMap::new();
        for (nudge, out) in outs {
            places.entry(out.place_text()).or_default().push((nudge, out));
        }
        let calls = places.into_values().map(|place| self.call_in_order(place, claimed_at));
        let outcomes: Vec<_> = join_all(calls).await.into_iter().flatten().collect();
        let now = self.now();
        let mut tx = self.store.begin().await?;
        // What simply went well, which is nearly everything, is written down in one statement.
        let (plain, special): (Vec<_>, Vec<_>) = outcomes.iter().partition(|(_, out, outcome)| {
            matches!((outcome, &out.effect, out.open_until), (Outcome::Sent { .. }, Effect::None, None))
        });
        let sent: Vec<Done<'_>> = plain
            .iter()
            .filter_map(|(nudge, _, outcome)| match outcome {
                Outcome::Sent { remote_id } => {
                    Some(Done { id: &nudge.id, attempt: nudge.attempt, remote_id, open_until: None })
                }
                _ => None,
            })
            .collect();
        done.sent += usize::try_from(tx.mark_all_done(&sent, now).await?).unwrap_or(0);
        for (nudge, out, outcome) in special {
            self.write_outcome(&mut tx, nudge, out, outcome, NudgeState::Sending, now, done).await?;
        }
        tx.commit().await
    }
}

/// Puts a nudge back, or skips it when it would come too late.
async fn hold(tx: &mut Tx, nudge: &Nudge, until: Instant, why: &str) -> Result<(), StoreError> {
    if until > nudge.not_after {
        let reason = format!("{why}; it would have come too late");
        tx.mark_ended(nudge, NudgeState::Leased, NudgeState::Skipped, &reason, None).await?;
    } else {
        tx.mark_ready(nudge, NudgeState::Leased, until, nudge.tries, why).await?;
    }
    Ok(())
}

const REQUEST_TIMEOUT: Duration = Duration::from_secs(crate::domain::nudges::REQUEST_SECS);

//! Calling a platform and writing down what became of it.

use super::look::{Effect, Out, What};
use super::{REQUEST_TIMEOUT, Tick};
use crate::chat::messenger::Outcome;
use crate::core::{Core, RoomLoss};
use crate::domain::civil::Instant;
use crate::domain::ids::WaveId;
use crate::domain::nudges::{LEASE_SECS, MAX_TRIES, SETTLE_SECS, backoff};
use crate::domain::words::{InvitationState, NudgeKind, NudgeState};
use crate::store::nudges::Nudge;
use crate::store::{StoreError, Tx};

/// A call is not begun when less than this is left of the claim.
const MIN_LEASE_LEFT_SECS: i64 = 20;
/// A batch is over when its last place is done: a place that has taken this long gives way to all others, and what is
/// left for it goes with a later batch.
const SHARE_SECS: i64 = 5;

impl Core {
    /// The calls of one place, in order, for as long as its share of the batch lasts.
    pub(super) async fn call_in_order(
        &self,
        place: Vec<(Nudge, Out)>,
        claimed_at: Instant,
    ) -> Vec<(Nudge, Out, Outcome)> {
        let mut outcomes = Vec::new();
        for (nudge, out) in place {
            let now = self.now();
            let outcome = if outcomes.is_empty() || now < claimed_at.plus_secs(SHARE_SECS) {
                self.call(&nudge, &out, claimed_at).await
            } else {
                Outcome::NotYet { retry_at: Some(now), reason: "other places come first".to_owned() }
            };
            outcomes.push((nudge, out, outcome));
        }
        outcomes
    }

    /// One platform call, bounded in time. Whatever is not surely known is in doubt.
    async fn call(&self, nudge: &Nudge, out: &Out, claimed_at: Instant) -> Outcome {
        let Some(messenger) = self.messengers.get(&out.platform) else {
            // Nothing was tried, so this never counts as a failure.
            return Outcome::NotYet {
                retry_at: Some(self.now().plus_hours(1)),
                reason: format!("no connection to {} is configured", out.platform),
            };
        };
        if self.now() > claimed_at.plus_secs(LEASE_SECS - MIN_LEASE_LEFT_SECS) {
            return Outcome::NotYet { retry_at: Some(self.now()), reason: "the claim ran out".to_owned() };
        }
        let marker = nudge.id.as_str();
        let call = async {
            match &out.what {
                What::Post(message) => messenger.send(&out.workspace, &out.place, marker, message).await,
                What::Edit { remote_id, message } => {
                    messenger.update(&out.workspace, &out.place, remote_id, message).await
                }
                What::Open(request) => messenger.open_room(&out.workspace, request).await,
                What::NoMeeting { room } => messenger.set_meeting(&out.workspace, room, None).await,
                What::Card { room, card, topic, message, meeting } => {
                    // First what may have to wait, so that nothing is posted twice.
                    let shown = messenger.set_meeting(&out.workspace, room, meeting.as_ref()).await;
                    if matches!(shown, Outcome::NotYet { .. }) {
                        return shown;
                    }
                    let card = card.as_deref();
                    messenger.set_card(&out.workspace, room, card, marker, topic, message).await
                }
                What::Members { room, members } => messenger.set_members(&out.workspace, room, members).await,
            }
        };
        tokio::time::timeout(REQUEST_TIMEOUT, call)
            .await
            .unwrap_or_else(|_| Outcome::InDoubt { reason: "no answer in time".to_owned() })
    }

    /// Writes down an outcome, and what follows from it, in the caller's transaction.
    #[allow(clippy::too_many_arguments)] // One outcome has this many sides; a struct would only rename them.
    pub(super) async fn write_outcome(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        out: &Out,
        outcome: &Outcome,
        was: NudgeState,
        now: Instant,
        done: &mut Tick,
    ) -> Result<(), StoreError> {
        match outcome {
            Outcome::Sent { remote_id } => {
                let open_until = self.still_open(tx, nudge, out.open_until).await?;
                if tx.mark_done(nudge, was, Some(remote_id), open_until, now).await? {
                    done.sent += 1;
                    self.take_effect(tx, nudge, &out.effect, remote_id, now).await?;
                }
            }
            Outcome::NotYet { retry_at: Some(at), reason } => {
                done.held += 1;
                let at = (*at).max(now.plus_secs(1));
                tx.mark_ready(nudge, was, at, nudge.tries, reason).await?;
            }
            Outcome::NotYet { retry_at: None, reason } => {
                self.count_failure(tx, nudge, was, reason, now, done).await?;
            }
            Outcome::Refused { reason } => {
                done.skipped += 1;
                tx.mark_ended(nudge, was, NudgeState::Dead, reason, None).await?;
                self.room_given_up(tx, nudge, RoomLoss::Refused, now).await?;
                tracing::warn!(nudge.kind = %nudge.kind, error.reason = %reason, "nudge.refused");
            }
            Outcome::Gone { what, reason } => {
                self.write_gone(tx, nudge, out, (*what, reason), was, now, done).await?;
            }
            Outcome::InDoubt { reason } if nudge.kind.is_repeatable() => {
                self.count_failure(tx, nudge, was, reason, now, done).await?;
            }
            Outcome::InDoubt { reason } => {
                done.doubtful += 1;
                let settle = now.plus_secs(SETTLE_SECS);
                tx.mark_ended(nudge, was, NudgeState::InDoubt, reason, Some(settle)).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn count_failure(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        was: NudgeState,
        reason: &str,
        now: Instant,
        done: &mut Tick,
    ) -> Result<(), StoreError> {
        let tries = nudge.tries + 1;
        if tries > MAX_TRIES {
            done.skipped += 1;
            let reason = format!("{reason}; given up after {tries} tries");
            tx.mark_ended(nudge, was, NudgeState::Dead, &reason, None).await?;
            self.room_given_up(tx, nudge, RoomLoss::Unreachable, now).await?;
        } else {
            done.held += 1;
            tx.mark_ready(nudge, was, backoff(now, tries), tries, reason).await?;
        }
        Ok(())
    }

    /// People answer faster than outcomes are written down: a request that was answered meanwhile is not open.
    async fn still_open(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        open_until: Option<Instant>,
    ) -> Result<Option<Instant>, StoreError> {
        let (Some(until), Some(person)) = (open_until, &nudge.person_id) else { return Ok(open_until) };
        if nudge.kind != NudgeKind::PulseInvite {
            return Ok(Some(until));
        }
        let invitation = tx.find_invitation(&WaveId::new(nudge.subject.clone()), person).await?;
        Ok(matches!(invitation, Some((_, InvitationState::Invited))).then_some(until))
    }

    async fn take_effect(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        effect: &Effect,
        remote_id: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        match effect {
            Effect::None => Ok(()),
            Effect::RoomOpened => match &nudge.room_id {
                Some(room) => tx.mark_room_open(room, remote_id).await,
                None => Ok(()),
            },
            Effect::MembersSet => {
                let Some(room) = &nudge.room_id else { return Ok(()) };
                let room = tx.get_room(room).await?;
                if remote_id.is_empty() || room.external_id.as_deref() == Some(remote_id) {
                    return Ok(());
                }
                // Where a conversation cannot take in more people, the platform begins another one.
                tx.mark_room_open(&room.id, remote_id).await?;
                match &room.group_id {
                    Some(group) => {
                        let group = tx.get_group(group).await?;
                        self.owe_card(tx, &group).await
                    }
                    None => Ok(()),
                }
            }
            Effect::CardShown => match &nudge.room_id {
                Some(room) => tx.mark_room_card(room, remote_id).await,
                None => Ok(()),
            },
            Effect::Heard { group, starter, meetup } => tx.insert_heard(group, starter, meetup, now).await,
        }
    }
}

//! Planning nudges, claiming them, and what came of it. Every write after a claim is fenced by the attempt and the
//! state it expects.

use super::super::dialect::{CLAIM, DONE, INTENTS, PLAN};
use super::super::tx::{all, json, one, run};
use super::super::{StoreError, Tx};
use super::{Done, Intent, Nudge};
use crate::domain::civil::Instant;
use crate::domain::words::NudgeState;

impl Tx {
    /// Plans nudges and says how many are new; one whose key exists already stays as it is.
    pub async fn insert_nudges(&mut self, nudges: &[Nudge], now: Instant) -> Result<u64, StoreError> {
        if nudges.is_empty() {
            return Ok(0);
        }
        let sql = PLAN.on(self.engine());
        run!(self, sql, json(nudges), now)
    }

    /// Claims at most `limit` nudges that are due at `now`, until `lease`.
    pub async fn claim_nudges(
        &mut self,
        now: Instant,
        lease: Instant,
        limit: i64,
    ) -> Result<Vec<Nudge>, StoreError> {
        let sql = CLAIM.on(self.engine());
        let mut claimed = all!(self, Nudge, sql, lease, now, limit)?;
        claimed.sort_by(|a, b| (a.due_at, &a.id).cmp(&(b.due_at, &b.id)));
        Ok(claimed)
    }

    /// Writes down that the platform is about to be called for these, each with its place.
    pub async fn mark_intents(&mut self, intents: &[Intent<'_>], at: Instant) -> Result<u64, StoreError> {
        if intents.is_empty() {
            return Ok(0);
        }
        let sql = INTENTS.on(self.engine());
        run!(self, sql, at, json(intents))
    }

    /// Writes down that these happened after their intent. What lost its claim meanwhile stays as it is.
    pub async fn mark_all_done(&mut self, done: &[Done<'_>], at: Instant) -> Result<u64, StoreError> {
        if done.is_empty() {
            return Ok(0);
        }
        let sql = DONE.on(self.engine());
        run!(self, sql, at, json(done))
    }

    /// Writes down that it happened.
    pub async fn mark_done(
        &mut self,
        n: &Nudge,
        was: NudgeState,
        remote_id: Option<&str>,
        open_until: Option<Instant>,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE nudges SET state = 'done', remote_id = $4, open_until = $5, done_at = $6, \
             lease_until = NULL, reason = NULL WHERE id = $1 AND attempt = $2 AND state = $3",
            &n.id,
            n.attempt,
            was,
            remote_id,
            open_until,
            at
        )?;
        Ok(touched == 1)
    }

    /// Ends a claim in `state` (`skipped`, `dead` or `in_doubt`) for a reason; `until` is when doubt is looked into.
    pub async fn mark_ended(
        &mut self,
        n: &Nudge,
        was: NudgeState,
        state: NudgeState,
        reason: &str,
        until: Option<Instant>,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE nudges SET state = $4, reason = $5, lease_until = $6 \
             WHERE id = $1 AND attempt = $2 AND state = $3",
            &n.id,
            n.attempt,
            was,
            state,
            reason,
            until
        )?;
        Ok(touched == 1)
    }

    /// Puts a nudge back for later, with the number of failed calls so far.
    pub async fn mark_ready(
        &mut self,
        n: &Nudge,
        was: NudgeState,
        due: Instant,
        tries: i64,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE nudges SET state = 'ready', due_at = $4, tries = $5, reason = $6, lease_until = NULL \
             WHERE id = $1 AND attempt = $2 AND state = $3",
            &n.id,
            n.attempt,
            was,
            due,
            tries,
            reason
        )?;
        Ok(touched == 1)
    }

    /// Claims whose lease ran out: `leased` ones go back to ready, `sending` ones become doubtful until `settle`.
    pub async fn mark_leases_lost(&mut self, now: Instant, settle: Instant) -> Result<u64, StoreError> {
        let back = run!(
            self,
            "UPDATE nudges SET state = 'ready', lease_until = NULL WHERE state = 'leased' AND lease_until <= $1",
            now
        )?;
        let doubt = run!(
            self,
            "UPDATE nudges SET state = 'in_doubt', lease_until = $2, reason = 'the program stopped while sending' \
             WHERE state = 'sending' AND lease_until <= $1",
            now,
            settle
        )?;
        Ok(back + doubt)
    }

    /// Claims doubtful nudges whose time to settle has come; the new attempt fences off everybody else.
    pub async fn claim_doubtful(
        &mut self,
        now: Instant,
        lease: Instant,
        limit: i64,
    ) -> Result<Vec<Nudge>, StoreError> {
        all!(
            self,
            Nudge,
            "UPDATE nudges SET lease_until = $2, attempt = attempt + 1 WHERE id IN \
             (SELECT id FROM nudges WHERE state = 'in_doubt' AND lease_until <= $1 ORDER BY id LIMIT $3) \
             AND state = 'in_doubt' AND lease_until <= $1 RETURNING *",
            now,
            lease,
            limit
        )
    }

    /// Whether a doubtful nudge is to be looked into at `now`.
    pub async fn has_doubtful(&mut self, now: Instant) -> Result<bool, StoreError> {
        let (count,) = one!(
            self,
            (i64,),
            "SELECT count(*) FROM nudges WHERE state = 'in_doubt' AND lease_until <= $1",
            now
        )?;
        Ok(count > 0)
    }

    /// Leaves a nudge in doubt for a further look at `later`, counting one more failed call.
    pub async fn mark_doubt_again(&mut self, n: &Nudge, later: Instant) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "UPDATE nudges SET lease_until = $3, tries = tries + 1 \
             WHERE id = $1 AND attempt = $2 AND state = 'in_doubt'",
            &n.id,
            n.attempt,
            later
        )?;
        Ok(touched == 1)
    }
}

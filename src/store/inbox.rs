//! Deliveries that an adapter has acknowledged and not yet carried out. One delivery of a platform is one row for as
//! long as its key is kept; its body is forgotten as soon as the work is done or given up.

use super::dialect::CLAIM_PARCELS;
use super::tx::{all, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;

/// An acknowledged delivery.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Parcel {
    /// Id, time-sorted.
    pub id: String,
    /// `slack` or `discord`.
    pub platform: String,
    /// The platform's id of the workspace.
    pub workspace: String,
    /// The platform's key of this delivery; a redelivery has the same.
    pub delivery: String,
    /// What it is, in the adapter's words.
    pub kind: String,
    /// The delivery itself; empty once it has ended.
    pub body: String,
    /// When it came.
    pub received_at: Instant,
    /// How often it was taken up.
    pub tries: i64,
}

impl Tx {
    /// Keeps a delivery; false when the platform delivered it before.
    pub async fn insert_parcel(&mut self, p: &Parcel) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "INSERT INTO inbox (id, platform, workspace, delivery, kind, body, received_at, tries, state, due_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $7) ON CONFLICT (platform, workspace, delivery) \
             DO NOTHING",
            &p.id,
            &p.platform,
            &p.workspace,
            &p.delivery,
            &p.kind,
            &p.body,
            p.received_at,
            p.tries
        )?;
        Ok(touched == 1)
    }

    /// Takes up to `limit` waiting deliveries of a platform, the oldest first, and leases them until `until`. Whose
    /// lease ran out comes again.
    pub async fn claim_parcels(
        &mut self,
        platform: &str,
        now: Instant,
        until: Instant,
        limit: i64,
    ) -> Result<Vec<Parcel>, StoreError> {
        let sql = CLAIM_PARCELS.on(self.engine());
        let mut claimed = all!(self, Parcel, sql, until, platform, now, limit)?;
        claimed.sort_by(|a, b| (a.received_at, &a.id).cmp(&(b.received_at, &b.id)));
        Ok(claimed)
    }

    /// Notes that a delivery is carried out, and forgets what was in it.
    pub async fn mark_parcel_done(&mut self, id: &str, now: Instant) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE inbox SET state = 'done', body = '', ended_at = $2 WHERE id = $1 AND state = 'waiting'",
            id,
            now
        )?;
        Ok(())
    }

    /// Lets a delivery wait until the instant before it is taken again.
    pub async fn mark_parcel_later(&mut self, id: &str, until: Instant) -> Result<(), StoreError> {
        run!(self, "UPDATE inbox SET due_at = $2 WHERE id = $1 AND state = 'waiting'", id, until)?;
        Ok(())
    }

    /// Gives a delivery up. The reason is kept, what was in it is not.
    pub async fn mark_parcel_dead(&mut self, id: &str, reason: &str) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE inbox SET state = 'dead', body = '', reason = $2 WHERE id = $1 AND state = 'waiting'",
            id,
            reason
        )?;
        Ok(())
    }

    /// Forgets the keys of deliveries that came before the instant and have ended, and says how many they were.
    pub async fn delete_parcels(&mut self, before: Instant) -> Result<u64, StoreError> {
        run!(self, "DELETE FROM inbox WHERE received_at < $1 AND state <> 'waiting'", before)
    }
}

//! What platforms delivered. A delivery is kept under its id in the transaction of its effects, so that a
//! redelivery repeats the reply and not the effect.

use super::tx::{maybe, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::ids::WorkspaceId;

impl Tx {
    /// The reply that a delivery got before.
    pub async fn find_delivery(
        &mut self,
        workspace: &WorkspaceId,
        delivery: &str,
    ) -> Result<Option<String>, StoreError> {
        let row = maybe!(
            self,
            (String,),
            "SELECT reply FROM inbound WHERE workspace_id = $1 AND delivery_id = $2",
            workspace,
            delivery
        )?;
        Ok(row.map(|(reply,)| reply))
    }

    /// Keeps a delivery with its reply; false when it was there already.
    pub async fn insert_delivery(
        &mut self,
        workspace: &WorkspaceId,
        delivery: &str,
        reply: &str,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "INSERT INTO inbound (workspace_id, delivery_id, received_at, reply) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            workspace,
            delivery,
            at,
            reply
        )?;
        Ok(touched == 1)
    }

    /// Forgets deliveries older than the instant and says how many they were.
    pub async fn delete_deliveries_before(&mut self, at: Instant) -> Result<u64, StoreError> {
        run!(self, "DELETE FROM inbound WHERE received_at < $1", at)
    }
}

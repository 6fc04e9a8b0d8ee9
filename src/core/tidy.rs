//! What is done once a day. Forgetting in time: deliveries after a month, ended nudges after 400 days (longer than any key may come again),
//! single pulse answers after 24 months.

use std::sync::atomic::Ordering;

use super::Core;
use crate::domain::civil::Instant;
use crate::store::StoreError;

const DELIVERY_DAYS: i64 = 30;
const NUDGE_DAYS: i64 = 400;
const ANSWER_DAYS: i64 = 730;

impl Core {
    /// When that is due again; none before the first time.
    pub(super) fn daily_look(&self) -> Option<Instant> {
        let last = self.tidied_at.load(Ordering::Relaxed);
        (last > 0).then(|| Instant::from_micros(last).plus_days(1))
    }

    /// Forgets what is old and looks at the groups and coaches again, once a day.
    pub(super) async fn tidy(&self, now: Instant) -> Result<(), StoreError> {
        let last = Instant::from_micros(self.tidied_at.load(Ordering::Relaxed));
        if now < last.plus_days(1) {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        let deliveries = tx.delete_deliveries_before(now.minus_days(DELIVERY_DAYS)).await?;
        let nudges = tx.delete_nudges_before(now.minus_days(NUDGE_DAYS)).await?;
        let answers = tx.delete_answers_before(now.minus_days(ANSWER_DAYS)).await?;
        tx.commit().await?;
        self.recheck_groups(now).await?;
        self.recheck_coaches(now).await?;
        self.tidied_at.store(now.as_micros(), Ordering::Relaxed);
        tracing::debug!(
            tidy.deliveries = deliveries,
            tidy.nudges = nudges,
            tidy.answers = answers,
            "core.tidied"
        );
        Ok(())
    }
}

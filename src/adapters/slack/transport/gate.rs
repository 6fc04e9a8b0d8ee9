//! Waiting for one's turn. Invariant: nobody waits longer than [`super::limiter::LONGEST_WAIT`] and a wait that is
//! given up gives its slot back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::limiter::{Lane, Limiter, Urgency, Verdict};
use super::methods::Rates;

/// The limiter of a process, on its monotonic clock.
#[derive(Debug)]
pub struct Gate {
    limiter: Mutex<Limiter>,
    begun: Instant,
}

/// A slot that was given out; dropped before its time it goes back.
struct Slot<'a> {
    gate: &'a Gate,
    lane: &'a Lane,
    used: bool,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if !self.used {
            self.gate.limiter().give_back(self.lane);
        }
    }
}

impl Gate {
    /// A gate that keeps these rates.
    pub fn new(rates: Rates) -> Self {
        Self { limiter: Mutex::new(Limiter::new(rates)), begun: Instant::now() }
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a slot. The error says after how long to come again with the same ticket.
    pub async fn pass(&self, lane: &Lane, urgency: Urgency, ticket: u64) -> Result<(), Duration> {
        loop {
            let now = self.begun.elapsed();
            let at = match self.limiter().ask(now, lane, urgency, ticket) {
                Verdict::Go(at) => at,
                Verdict::Later(at) => return Err(at.saturating_sub(now)),
            };
            let mut slot = Slot { gate: self, lane, used: false };
            if at > now {
                tokio::time::sleep_until(self.begun + at).await;
            }
            // Somebody may have been told to wait meanwhile; the pause holds for this call too.
            slot.used = true;
            if self.limiter().paused_until(lane) <= self.begun.elapsed() {
                return Ok(());
            }
        }
    }

    /// Slack said to wait. Returns after how long this call may come again.
    pub fn pause(&self, lane: &Lane, said: Option<Duration>, ticket: u64) -> Duration {
        let now = self.begun.elapsed();
        self.limiter().pause(now, lane, said, ticket).saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(channel: &str) -> Lane {
        Lane::new("T1", "chat.postMessage", Some(channel))
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_gives_its_slot_back() {
        let gate = Gate::new(Rates::PUBLISHED);
        for ticket in 0..3 {
            gate.pass(&post("C1"), Urgency::Ordinary, ticket).await.expect("the burst goes at once");
        }
        let begun = Instant::now();
        let lane = post("C1");
        let waiting = gate.pass(&lane, Urgency::Ordinary, 3);
        let gave_up = tokio::time::timeout(Duration::from_millis(10), waiting).await;
        assert!(gave_up.is_err(), "the fourth has to wait");
        gate.pass(&post("C1"), Urgency::Ordinary, 4).await.expect("it is near enough to wait for");
        let waited = begun.elapsed();
        assert!(waited <= Duration::from_millis(1_001), "the slot was free again: {waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_when_a_pause_begins_does_not_go_before_its_end() {
        let gate = Gate::new(Rates::PUBLISHED);
        for ticket in 0..3 {
            gate.pass(&post("C1"), Urgency::Ordinary, ticket).await.expect("the burst goes at once");
        }
        let lane = post("C1");
        let waiting = gate.pass(&lane, Urgency::Ordinary, 3);
        let paused = async {
            tokio::time::advance(Duration::from_millis(500)).await;
            gate.pause(&lane, Some(Duration::from_secs(30)), 9)
        };
        let (answer, _) = tokio::join!(waiting, paused);
        let left = answer.expect_err("half a minute is too long to wait for");
        assert!(left >= Duration::from_secs(29), "{left:?}");
    }
}

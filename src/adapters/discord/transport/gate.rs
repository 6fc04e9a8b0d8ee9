//! Waiting for one's turn. Invariant: nobody waits much longer than [`Urgency::patience`], and whoever goes away while
//! waiting leaves no trace.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::answer::Told;
use super::lane::Lane;
use super::limiter::{Caller, Limiter, Permit, Rates, Urgency, Verdict};

/// Those who wait for different channels stand at so many bells, so that an answer does not wake everybody.
const BELLS: usize = 64;

/// The limiter of a process, on its monotonic clock.
#[derive(Debug)]
pub struct Gate {
    limiter: Mutex<Limiter>,
    bells: [Notify; BELLS],
    begun: Instant,
}

/// A caller that stands in line; dropped, it leaves.
struct InLine<'a> {
    gate: &'a Gate,
    lane: &'a Lane,
    caller: Caller,
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.gate.limiter().leave(self.lane, &self.caller);
    }
}

/// A slot that is being used. It ends with an answer; dropped before, it counts as a call without one.
#[derive(Debug)]
pub struct Slot<'a> {
    gate: &'a Gate,
    lane: &'a Lane,
    permit: Permit,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Given out for a time that has not come.
    Early,
    Used,
    Over,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        match self.state {
            State::Early => self.gate.limiter().give_back(&self.permit),
            State::Used => self.gate.limiter().lost(self.gate.begun.elapsed(), self.lane, &self.permit),
            State::Over => return,
        }
        self.gate.bell(self.lane).notify_waiters();
    }
}

impl Slot<'_> {
    /// The call was answered. Returns for how long it has to wait when it was refused for being too fast.
    pub fn answered(mut self, told: &Told) -> Option<Duration> {
        self.state = State::Over;
        let now = self.gate.begun.elapsed();
        let wait = self.gate.limiter().answered(now, self.lane, &self.permit, told);
        self.gate.bell(self.lane).notify_waiters();
        wait
    }
}

impl Gate {
    /// A gate that keeps these rates.
    pub fn new(rates: Rates) -> Self {
        let bells = std::array::from_fn(|_| Notify::new());
        Self { limiter: Mutex::new(Limiter::new(rates)), bells, begun: Instant::now() }
    }

    /// Where those wait whom an answer in this lane may concern.
    fn bell(&self, lane: &Lane) -> &Notify {
        let mut hasher = DefaultHasher::new();
        lane.major.hash(&mut hasher);
        let number = usize::try_from(hasher.finish() % BELLS as u64).unwrap_or_default();
        &self.bells[number]
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long this gate has stood.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Waits for a slot. The error says after how long to come again with the same ticket.
    pub async fn pass<'a>(
        &'a self,
        lane: &'a Lane,
        urgency: Urgency,
        ticket: u64,
    ) -> Result<Slot<'a>, Duration> {
        let caller = Caller::new(urgency, ticket, self.begun.elapsed());
        let mut place = InLine { gate: self, lane, caller };
        loop {
            let changed = self.bell(lane).notified();
            tokio::pin!(changed);
            // From here on no change is missed.
            changed.as_mut().enable();
            let now = self.begun.elapsed();
            let verdict = self.limiter().ask(now, lane, &mut place.caller);
            match verdict {
                Verdict::Later(at) => return Err(at.saturating_sub(now)),
                Verdict::Wait(at) => {
                    let _ = tokio::time::timeout_at(self.begun + at, changed).await;
                }
                Verdict::Go(at, permit) => {
                    let mut slot = Slot { gate: self, lane, permit, state: State::Early };
                    if self.departs(at, &mut slot).await {
                        return Ok(slot);
                    }
                }
            }
        }
    }

    /// Waits until a slot can be used. Not when everybody was told to wait meanwhile: that holds for this call too.
    async fn departs(&self, mut at: Duration, slot: &mut Slot<'_>) -> bool {
        loop {
            if at > self.begun.elapsed() {
                tokio::time::sleep_until(self.begun + at).await;
            }
            let (now, mut limiter) = (self.begun.elapsed(), self.limiter());
            if limiter.held_until(slot.lane) > now {
                return false;
            }
            match limiter.depart(now, &mut slot.permit) {
                Ok(()) => {
                    slot.state = State::Used;
                    return true;
                }
                Err(again) => at = again,
            }
        }
    }

    /// How many buckets and lanes are remembered.
    pub fn size(&self) -> (usize, usize) {
        self.limiter().size()
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::{Scope, Standing};
    use super::*;

    fn post(channel: u32) -> Lane {
        Lane::new("POST", &format!("/api/v10/channels/{channel}/messages"))
    }

    fn told(remaining: u32, reset_after: Duration) -> Told {
        let standing = Standing { bucket: "b".into(), limit: 5, remaining, reset_after };
        Told { status: 200, standing: Some(standing), refused: None }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_call_of_a_route_goes_alone_and_its_answer_wakes_the_others() {
        let gate = Gate::new(Rates { per_second: 10_000, replies_per_second: 1 });
        let lane = post(1);
        let first = gate.pass(&lane, Urgency::Ordinary, 0).await.expect("at once");
        let others = async {
            let mut slots = Vec::new();
            for ticket in 1..5 {
                slots.push(gate.pass(&lane, Urgency::Ordinary, ticket).await.expect("soon"));
            }
            gate.elapsed()
        };
        let answer = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            first.answered(&told(4, Duration::from_secs(5)))
        };
        let (at, wait) = tokio::join!(others, answer);
        assert_eq!(wait, None);
        assert!((300..310).contains(&at.as_millis()), "{at:?}");
        let left = gate.pass(&lane, Urgency::Ordinary, 9).await.expect_err("the window is used up");
        assert!(left > Duration::from_secs(4), "{left:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_leaves_no_trace() {
        let gate = Gate::new(Rates { per_second: 1, replies_per_second: 1 });
        let lane = post(1);
        let slot = gate.pass(&lane, Urgency::Ordinary, 0).await.expect("at once");
        assert_eq!(slot.answered(&told(4, Duration::from_secs(5))), None);
        for _ in 0..20 {
            let waiting = gate.pass(&lane, Urgency::Ordinary, 1);
            let gave_up = tokio::time::timeout(Duration::from_millis(1), waiting).await;
            assert!(gave_up.is_err(), "the bot's own pace makes it wait");
        }
        let slot = gate.pass(&lane, Urgency::Ordinary, 2).await.expect("both slots were free again");
        assert!(gate.elapsed() <= Duration::from_millis(1_030), "{:?}", gate.elapsed());
        drop(slot);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_when_a_pause_for_all_begins_does_not_go_before_its_end() {
        let gate = Gate::new(Rates { per_second: 1, replies_per_second: 1 });
        let (one, two) = (post(1), post(2));
        let slot = gate.pass(&one, Urgency::Ordinary, 0).await.expect("at once");
        let waiting = gate.pass(&two, Urgency::Ordinary, 1);
        let paused = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let refused = Some((Scope::Global, Duration::from_secs(30)));
            slot.answered(&Told { status: 429, standing: None, refused })
        };
        let (answer, wait) = tokio::join!(waiting, paused);
        assert!(wait.is_some_and(|wait| wait >= Duration::from_secs(30)), "{wait:?}");
        let Err(left) = answer else { panic!("half a minute is too long to wait for") };
        assert!(left >= Duration::from_secs(28), "{left:?}");
    }
}

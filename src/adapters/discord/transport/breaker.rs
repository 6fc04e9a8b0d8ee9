//! Stops us before Discord does: 10,000 invalid requests in ten minutes shut the machine's address out. Pure: the time
//! is passed in. Invariant: no more than [`STOP`] invalid requests leave in any ten minutes, give or take those that
//! are under way.

use std::collections::VecDeque;
use std::time::Duration;

/// Invalid requests after which somebody should look.
pub const WARN: u32 = 500;
/// Invalid requests after which nothing leaves until the oldest are ten minutes old.
pub const STOP: u32 = 2_000;
const WINDOW: Duration = Duration::from_mins(10);
/// Requests are counted by slots of this length, so that the memory is bounded.
const SLOT: Duration = Duration::from_secs(10);

/// What became of noting an invalid request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// Nothing to say.
    Counted,
    /// This is the one at which to warn.
    Warn,
    /// This is the one at which everything stops.
    Stopped,
}

/// Counts invalid requests of one process.
#[derive(Debug, Default)]
pub struct Breaker {
    /// When each slot began and how many it holds, oldest first.
    slots: VecDeque<(Duration, u32)>,
    total: u32,
}

impl Breaker {
    /// Counts one answer 401, 403 or 429 that is held against us.
    pub fn note(&mut self, now: Duration) -> Noted {
        self.forget(now);
        match self.slots.back_mut() {
            Some((begun, count)) if now < *begun + SLOT => *count += 1,
            _ => self.slots.push_back((now, 1)),
        }
        self.total += 1;
        match self.total {
            WARN => Noted::Warn,
            STOP => Noted::Stopped,
            _ => Noted::Counted,
        }
    }

    /// For how long nothing may leave; `None` when it may.
    pub fn stopped_for(&mut self, now: Duration) -> Option<Duration> {
        self.forget(now);
        if self.total < STOP {
            return None;
        }
        let (begun, _) = self.slots.front()?;
        Some((*begun + SLOT + WINDOW).saturating_sub(now))
    }

    /// Invalid requests in the last ten minutes.
    pub fn count(&mut self, now: Duration) -> u32 {
        self.forget(now);
        self.total
    }

    /// A slot is forgotten when its youngest request is old enough.
    fn forget(&mut self, now: Duration) {
        while let Some((begun, count)) = self.slots.front().copied() {
            if begun + SLOT + WINDOW > now {
                return;
            }
            self.slots.pop_front();
            self.total -= count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn it_warns_once_stops_at_its_bound_and_opens_when_the_oldest_are_old() {
        let mut breaker = Breaker::default();
        let mut noted = Vec::new();
        for n in 0..STOP {
            assert_eq!(breaker.stopped_for(secs(u64::from(n) / 10)), None, "{n}");
            noted.push(breaker.note(secs(u64::from(n) / 10)));
        }
        assert_eq!(noted.iter().filter(|noted| **noted == Noted::Warn).count(), 1);
        assert_eq!(noted.last(), Some(&Noted::Stopped));
        assert_eq!(breaker.stopped_for(secs(200)), Some(secs(410)));
        assert_eq!(breaker.stopped_for(secs(609)), Some(secs(1)));
        assert_eq!(breaker.stopped_for(secs(610)), None);
        assert!(breaker.count(secs(610)) < STOP);
        assert_eq!(breaker.count(secs(3_000)), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn no_ten_minutes_hold_more_than_the_bound(steps in prop::collection::vec(0_u64..3_000, 2_500)) {
            let mut breaker = Breaker::default();
            let mut now = Duration::ZERO;
            let mut sent: Vec<Duration> = Vec::new();
            for step in steps {
                now += Duration::from_millis(step / 8);
                if breaker.stopped_for(now).is_none() {
                    breaker.note(now);
                    sent.push(now);
                }
                let recent = sent.iter().rev().take_while(|at| **at + WINDOW > now).count();
                prop_assert!(recent <= STOP as usize);
            }
            prop_assert!(breaker.slots.len() <= 62);
        }
    }
}

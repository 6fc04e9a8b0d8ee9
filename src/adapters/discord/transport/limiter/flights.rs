//! Calls on their way. Discord counts a call when it arrives, which nobody here sees; it happens after the call left and
//! before its answer came. Invariant: within any second of Discord's own clock no more calls arrive than may, as long as
//! the fastest answer of a route tells how much of the way is the same for all.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// The span that Discord counts in.
const SECOND: Duration = Duration::from_secs(1);
/// A call without an answer has arrived after this long, or never will.
const SLOWEST: Duration = Duration::from_secs(1);
/// How long the fastest answer of a route counts.
const REMEMBERED: Duration = Duration::from_secs(10);
/// When nothing tells when there is room, it is looked again after this long.
const AGAIN: Duration = Duration::from_millis(3);

/// A call that left.
#[derive(Debug, Clone, Copy)]
struct Flight {
    number: u64,
    departed: Duration,
    /// The latest it can have arrived, once its answer is there; like all times here without the way that is the same
    /// for all.
    arrived: Option<Duration>,
}

impl Flight {
    fn latest(&self) -> Option<Duration> {
        self.arrived.map(|at| at.min(self.departed + SLOWEST))
    }

    /// Whether it can no longer be in one second with a call that leaves now.
    fn is_over(&self, now: Duration) -> bool {
        self.latest().unwrap_or(self.departed + SLOWEST) + SECOND <= now
    }
}

/// The fastest answer of a route in this span and in the one before.
#[derive(Debug, Clone, Copy)]
struct Fastest {
    since: Duration,
    now: Duration,
    before: Duration,
}

/// All calls that may still count.
#[derive(Debug, Default)]
pub(super) struct Flights {
    aloft: VecDeque<Flight>,
    fastest: HashMap<Arc<str>, Fastest>,
    departures: u64,
}

impl Flights {
    /// Whether fewer than `most` calls may fall into one second with one that leaves now; else when to ask again.
    pub(super) fn room(&mut self, now: Duration, most: usize) -> Result<(), Duration> {
        while self.aloft.front().is_some_and(|flight| flight.is_over(now)) {
            self.aloft.pop_front();
        }
        if self.aloft.len() < most {
            return Ok(());
        }
        self.aloft.retain(|flight| !flight.is_over(now));
        if self.aloft.len() < most {
            return Ok(());
        }
        let ends = self.aloft.iter().map(|flight| flight.latest().unwrap_or(flight.departed) + SECOND);
        // Those that are still under way end at an unknown time.
        Err(ends.filter(|end| *end > now).min().unwrap_or_default().max(now + AGAIN))
    }

    /// A call leaves.
    pub(super) fn depart(&mut self, now: Duration) -> u64 {
        self.departures += 1;
        self.aloft.push_back(Flight { number: self.departures, departed: now, arrived: None });
        self.departures
    }

    /// Its answer is there.
    pub(super) fn landed(&mut self, now: Duration, route: &Arc<str>, number: u64) {
        let Ok(at) = self.aloft.binary_search_by_key(&number, |flight| flight.number) else { return };
        let departed = self.aloft[at].departed;
        let took = now.saturating_sub(departed);
        let fastest =
            self.fastest.entry(Arc::clone(route)).or_insert(Fastest { since: now, now: took, before: took });
        if fastest.since + REMEMBERED <= now {
            *fastest = Fastest { since: now, now: took, before: fastest.now };
        }
        fastest.now = fastest.now.min(took);
        let same = fastest.now.min(fastest.before);
        self.aloft[at].arrived = Some(now.saturating_sub(same).max(departed));
    }

    /// It never left.
    pub(super) fn cancel(&mut self, number: u64) {
        if let Ok(at) = self.aloft.binary_search_by_key(&number, |flight| flight.number) {
            self.aloft.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_call_counts_for_a_second_after_the_latest_moment_at_which_it_can_have_arrived() {
        let (mut flights, route) = (Flights::default(), Arc::from("POST x"));
        let first = flights.depart(ms(0));
        flights.landed(ms(40), &route, first);
        // All ways take forty milliseconds at least: this one may have arrived sixty later than it could.
        let second = flights.depart(ms(100));
        flights.landed(ms(200), &route, second);
        assert_eq!(flights.room(ms(999), 2), Err(ms(1_002)));
        assert_eq!(flights.room(ms(1_000), 2), Ok(()));
        assert_eq!(flights.room(ms(1_000), 1), Err(ms(1_160)));
        assert_eq!(flights.room(ms(1_160), 1), Ok(()));
    }

    #[test]
    fn a_call_without_an_answer_counts_for_as_long_as_it_can_be_on_its_way() {
        let mut flights = Flights::default();
        let number = flights.depart(ms(0));
        assert!(flights.room(ms(1_999), 1).is_err());
        assert_eq!(flights.room(ms(2_000), 1), Ok(()));
        flights.landed(ms(9_000), &Arc::from("POST x"), number);
        let number = flights.depart(ms(9_000));
        assert!(flights.room(ms(9_000), 1).is_err());
        flights.cancel(number);
        assert_eq!(flights.room(ms(9_000), 1), Ok(()));
    }

    #[test]
    fn a_way_that_has_become_longer_is_learnt() {
        let (mut flights, route) = (Flights::default(), Arc::from("POST x"));
        let mut counted = Vec::new();
        for n in 0..30_u64 {
            let (at, takes) = (ms(n * 1_500), if n == 0 { ms(20) } else { ms(90) });
            let number = flights.depart(at);
            flights.landed(at + takes, &route, number);
            let end = flights.room(at + takes, 1).expect_err("it counts");
            counted.push(end.saturating_sub(at + SECOND));
        }
        assert_eq!((counted[0], counted[1], counted[29]), (ms(0), ms(70), ms(0)));
    }
}

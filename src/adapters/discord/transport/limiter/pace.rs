//! The rate of the whole bot: evenly spaced, with a slot more for those who look at a screen. Slots are given out ahead
//! of time; whether one may be used is looked at again when its time has come, because answers may be late and Discord
//! counts arrivals. Invariant: in no second more calls arrive than both rates together, and a slot that has to wait
//! makes all later ones wait as long.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::Urgency;
use super::flights::Flights;
use super::turn::Seat;

/// How many calls a second the bot makes at most, answers to interactions not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Of every kind.
    pub per_second: u32,
    /// On top of that, for those who wait for an answer.
    pub replies_per_second: u32,
}

impl Rates {
    /// Discord allows 50.
    pub const PUBLISHED: Self = Self { per_second: 49, replies_per_second: 1 };
}

/// Calls evenly spaced.
#[derive(Debug)]
struct Beat {
    spacing: Duration,
    next: Duration,
}

impl Beat {
    fn new(per_second: u32) -> Self {
        Self { spacing: Duration::from_secs(1) / per_second.max(1), next: Duration::ZERO }
    }

    fn take(&mut self, at: Duration) {
        self.next = self.next.max(at) + self.spacing;
    }
}

/// A slot in the bot's pace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// When, not counting what was lost since the beginning.
    at: Duration,
    urgency: Urgency,
    /// Whether it is one of those for who waits for an answer.
    extra: bool,
    /// The call that uses it.
    flight: Option<u64>,
}

/// A seat among all kinds of calls.
const fn place(seat: Seat) -> (bool, u64) {
    (!matches!(seat.urgency, Urgency::Reply), seat.number)
}

/// The bot's pace and its pause.
#[derive(Debug)]
pub(super) struct Pace {
    all: Beat,
    replies: Beat,
    flights: Flights,
    most: usize,
    most_with_replies: usize,
    /// By how much all slots have been put off so far.
    late: Duration,
    paused: Duration,
    /// Those whose bucket has room, in the order in which they came; who waits for an answer goes first.
    waiting: BTreeSet<(bool, u64)>,
    /// Where the next one who is sent away is told to come again.
    line: Duration,
}

impl Pace {
    pub(super) fn new(rates: Rates) -> Self {
        let count = |rate: u32| usize::try_from(rate).unwrap_or(usize::MAX);
        Self {
            all: Beat::new(rates.per_second),
            replies: Beat::new(rates.replies_per_second),
            flights: Flights::default(),
            most: count(rates.per_second.max(1)),
            most_with_replies: count(rates.per_second.max(1).saturating_add(rates.replies_per_second)),
            late: Duration::ZERO,
            paused: Duration::ZERO,
            waiting: BTreeSet::new(),
            line: Duration::ZERO,
        }
    }

    /// When a call could go, not before `from`, after those who wait before it.
    pub(super) fn earliest(&self, from: Duration, seat: Seat) -> Duration {
        let next = match seat.urgency {
            Urgency::Reply => self.all.next.min(self.replies.next),
            Urgency::Ordinary | Urgency::Bulk => self.all.next,
        };
        let before = u32::try_from(self.waiting.range(..place(seat)).count()).unwrap_or(u32::MAX);
        from.max(next + self.late).max(self.paused) + self.all.spacing * before
    }

    /// A call whose bucket has room waits for its slot.
    pub(super) fn sit(&mut self, seat: Seat) {
        self.waiting.insert(place(seat));
    }

    /// It waits no more.
    pub(super) fn leave(&mut self, seat: Seat) {
        self.waiting.remove(&place(seat));
    }

    pub(super) fn take(&mut self, at: Duration, urgency: Urgency) -> Slot {
        let at = at.saturating_sub(self.late);
        let extra = urgency == Urgency::Reply && self.replies.next <= at && self.all.next > at;
        if extra { &mut self.replies } else { &mut self.all }.take(at);
        Slot { at, urgency, extra, flight: None }
    }

    /// The time of a slot has come: it is used, or it is said when to try again.
    pub(super) fn depart(&mut self, now: Duration, slot: &mut Slot) -> Result<(), Duration> {
        let at = (slot.at + self.late).max(self.paused);
        if now < at {
            return Err(at);
        }
        let most = if slot.urgency == Urgency::Reply { self.most_with_replies } else { self.most };
        if let Err(again) = self.flights.room(now, most) {
            if slot.urgency != Urgency::Reply {
                self.late = self.late.max(again.saturating_sub(slot.at));
            }
            return Err(again);
        }
        slot.flight = Some(self.flights.depart(now));
        Ok(())
    }

    /// The call that used a slot was answered, or will not be.
    pub(super) fn landed(&mut self, now: Duration, route: &Arc<str>, slot: &Slot) {
        if let Some(number) = slot.flight {
            self.flights.landed(now, route, number);
        }
    }

    pub(super) fn give_back(&mut self, slot: &Slot) {
        if let Some(number) = slot.flight {
            self.flights.cancel(number);
        }
        let beat = if slot.extra { &mut self.replies } else { &mut self.all };
        beat.next = beat.next.saturating_sub(beat.spacing);
    }

    /// A place in line for one who is sent away.
    pub(super) fn line_up(&mut self, at: Duration) -> Duration {
        let place = at.max(self.line);
        self.line = place + self.all.spacing;
        place
    }

    pub(super) const fn paused(&self) -> Duration {
        self.paused
    }

    pub(super) fn pause(&mut self, end: Duration) {
        self.paused = self.paused.max(end);
        let end = end.saturating_sub(self.late);
        self.all.next = self.all.next.max(end);
        self.replies.next = self.replies.next.max(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_goes_back_to_where_it_was_taken_from() {
        let mut pace = Pace::new(Rates { per_second: 10, replies_per_second: 1 });
        let ordinary = pace.take(Duration::ZERO, Urgency::Ordinary);
        let (all, replies) = (pace.all.next, pace.replies.next);
        let extra = pace.take(Duration::ZERO, Urgency::Reply);
        assert!(extra.extra && !ordinary.extra);
        assert_eq!((pace.all.next, pace.replies.next), (all, Duration::from_secs(1)));
        pace.give_back(&extra);
        assert_eq!((pace.all.next, pace.replies.next), (all, replies), "nobody gets a slot more");
        pace.give_back(&ordinary);
        assert_eq!(pace.all.next, Duration::ZERO);
    }
}

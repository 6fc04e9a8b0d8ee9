//! The rate of the whole bot: evenly spaced, with a few more slots for those who look at a screen. Invariant: no
//! second holds more calls than both rates together and one of each.

use std::time::Duration;

use super::Urgency;

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
    pub const PUBLISHED: Self = Self { per_second: 45, replies_per_second: 3 };
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

/// The bot's pace and its pause.
#[derive(Debug)]
pub(super) struct Pace {
    all: Beat,
    replies: Beat,
    paused: Duration,
    /// Where the next one who is sent away is told to come again.
    line: Duration,
}

impl Pace {
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            all: Beat::new(rates.per_second),
            replies: Beat::new(rates.replies_per_second),
            paused: Duration::ZERO,
            line: Duration::ZERO,
        }
    }

    /// When a call could go that comes now.
    pub(super) fn earliest(&self, now: Duration, urgency: Urgency) -> Duration {
        let next = match urgency {
            Urgency::Reply => self.all.next.min(self.replies.next),
            Urgency::Ordinary | Urgency::Bulk => self.all.next,
        };
        now.max(next).max(self.paused)
    }

    pub(super) fn take(&mut self, at: Duration, urgency: Urgency) {
        if urgency == Urgency::Reply && self.replies.next <= at && self.all.next > at {
            self.replies.take(at);
        } else {
            self.all.take(at);
        }
    }

    pub(super) fn give_back(&mut self) {
        self.all.next = self.all.next.saturating_sub(self.all.spacing);
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
        self.all.next = self.all.next.max(end);
        self.replies.next = self.replies.next.max(end);
    }
}

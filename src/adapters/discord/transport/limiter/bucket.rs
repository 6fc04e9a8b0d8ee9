//! One bucket: how much of its window is left, who waits for the next one, who was told to come again. Invariant:
//! nobody overtakes who waits with the same urgency.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::super::answer::Standing;
use super::turn::Seat;
use super::{PAUSE_MARGIN, Urgency};

/// A window ends for us a little later than for Discord.
const RESET_MARGIN: Duration = Duration::from_millis(25);
/// Before Discord has named a bucket, this is taken for its window.
const UNKNOWN_WINDOW: Duration = Duration::from_millis(250);
/// A bucket that was not used for this long is as good as new.
const IDLE: Duration = Duration::from_mins(1);
/// A line from which nobody came for this long is empty.
const DEAD: Duration = Duration::from_secs(30);

/// The end of the line of those who were sent away: the window they are told to come for, and how many are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    at: Duration,
    told: u32,
}

/// Those who go over from a bucket that turned out to be another.
pub(super) struct Waiting {
    seats: BTreeSet<Seat>,
    line: Line,
    tickets: HashMap<u64, Duration>,
}

#[derive(Debug)]
pub(super) struct Bucket {
    /// Discord has said how large it is.
    known: bool,
    limit: u32,
    period: Duration,
    remaining: u32,
    /// When the window ends that is open.
    reset_at: Option<Duration>,
    /// The end of the window was worked out and not yet told.
    guessed: bool,
    paused: Duration,
    in_flight: u32,
    seats: BTreeSet<Seat>,
    line: Line,
    tickets: HashMap<u64, Duration>,
    used_at: Duration,
}

impl Bucket {
    /// A bucket nobody has used; `known` is what another one of its kind showed. Before that one call at a time goes.
    pub(super) fn new(now: Duration, known: Option<(u32, Duration)>) -> Self {
        let (limit, period) = known.unwrap_or((1, Duration::ZERO));
        Self {
            known: known.is_some(),
            limit,
            period,
            remaining: limit,
            reset_at: None,
            guessed: false,
            paused: Duration::ZERO,
            in_flight: 0,
            seats: BTreeSet::new(),
            line: Line::default(),
            tickets: HashMap::new(),
            used_at: now,
        }
    }

    pub(super) const fn period(&self) -> Duration {
        self.period
    }

    /// From one window to the next.
    const fn window(&self) -> Duration {
        if self.known { self.period } else { UNKNOWN_WINDOW }
    }

    /// Where in line the next one is who has no place there.
    fn end_of_line(&self) -> Duration {
        if self.line.told < self.limit.max(1) { self.line.at } else { self.line.at + self.window() }
    }

    /// Begins a new window when the old one is over. What is under way may be counted in the new one.
    fn roll(&mut self, now: Duration) {
        if !self.known || self.reset_at.is_some_and(|reset| reset <= now) {
            self.reset_at = None;
            self.remaining = self.limit.saturating_sub(self.in_flight);
        }
        let idle = self.in_flight == 0 && self.reset_at.is_none() && self.paused + DEAD < now;
        if self.line.at > now && idle && self.used_at + DEAD < now {
            // A line that nobody has come from for a while was left.
            self.line = Line { at: now, told: 0 };
            self.tickets.clear();
        }
    }

    /// When this caller could go; `None` before anything is known of the bucket. In the future it is an estimate: an
    /// answer may bring it nearer.
    pub(super) fn earliest(&mut self, now: Duration, seat: &Seat, ticket: u64) -> Option<Duration> {
        self.roll(now);
        let ahead = u32::try_from(self.seats.range(..seat).count()).unwrap_or(u32::MAX);
        // Who sits was there before those who were sent away, or came back in time.
        let has_place = self.seats.contains(seat) || self.tickets.contains_key(&ticket);
        let behind_line = seat.urgency == Urgency::Bulk && !has_place;
        let own = if behind_line && self.line.at > now { self.end_of_line() } else { Duration::ZERO };
        let from = now.max(self.paused).max(own);
        if ahead < self.remaining {
            return Some(from);
        }
        let windows = (ahead - self.remaining) / self.limit.max(1);
        Some(from.max(self.reset_at? + self.period * windows))
    }

    pub(super) fn sit(&mut self, seat: Seat) {
        self.seats.insert(seat);
    }

    pub(super) fn leave(&mut self, seat: &Seat) {
        self.seats.remove(seat);
    }

    pub(super) fn take(&mut self, now: Duration, ticket: u64) {
        self.tickets.remove(&ticket);
        self.remaining = self.remaining.saturating_sub(1);
        self.in_flight += 1;
        self.used_at = now;
        if self.known && self.reset_at.is_none() {
            self.reset_at = Some(now + self.period + RESET_MARGIN);
            self.guessed = true;
        }
    }

    pub(super) fn give_back(&mut self) {
        self.landed();
        self.remaining = (self.remaining + 1).min(self.limit);
    }

    pub(super) fn landed(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// A place in line, not before `at`: as many come for one window as it has room for. Who had a place keeps it as far as
    /// that goes.
    pub(super) fn line_up(&mut self, at: Duration, ticket: u64) -> Duration {
        let place = if let Some(place) = self.tickets.get(&ticket) {
            at.max(*place)
        } else {
            let place = at.max(self.end_of_line());
            let told = if place == self.line.at { self.line.told + 1 } else { 1 };
            self.line = Line { at: place, told };
            place
        };
        self.tickets.insert(ticket, place);
        place
    }

    /// Who is sent away although there was room is not put at the end of the line for that.
    pub(super) fn keep(&mut self, ticket: u64, place: Duration) {
        self.tickets.insert(ticket, place);
    }

    /// Takes over how the bucket stands. Answers may overtake each other, and what is under way may not be in them.
    pub(super) fn learn(&mut self, now: Duration, said: &Standing) {
        self.roll(now);
        let end = now + said.reset_after + RESET_MARGIN;
        let first = !self.known;
        self.known = true;
        self.limit = said.limit;
        self.period = self.period.max(said.reset_after);
        self.used_at = now;
        match self.reset_at {
            Some(reset) if !first && !self.guessed && end < reset + self.period / 2 => {
                self.remaining = self.remaining.min(said.remaining);
                // Every answer comes late by its way back: the earliest end is the nearest to the truth.
                self.reset_at = Some(reset.min(end));
            }
            Some(_) if !first && self.guessed => {
                self.remaining = self.remaining.min(said.remaining);
                self.reset_at = Some(end);
            }
            _ => {
                self.remaining = said.remaining.saturating_sub(self.in_flight);
                self.reset_at = Some(end);
            }
        }
        self.guessed = false;
    }

    pub(super) fn pause(&mut self, end: Duration) {
        self.paused = self.paused.max(end);
        self.remaining = 0;
        if self.known {
            self.reset_at = Some(self.reset_at.unwrap_or(end).max(end.saturating_sub(PAUSE_MARGIN)));
        }
    }

    /// Hands over all who wait.
    pub(super) fn empty(&mut self) -> Waiting {
        Waiting {
            seats: std::mem::take(&mut self.seats),
            line: std::mem::take(&mut self.line),
            tickets: std::mem::take(&mut self.tickets),
        }
    }

    pub(super) fn adopt(&mut self, waiting: Waiting) {
        self.seats.extend(waiting.seats);
        self.line = self.line.max(waiting.line);
        self.tickets.extend(waiting.tickets);
    }

    /// Whether nothing is under way and no answer to come could be about it.
    pub(super) const fn is_at_rest(&self) -> bool {
        self.in_flight == 0
    }

    pub(super) fn is_idle(&self, now: Duration) -> bool {
        let quiet = self.seats.is_empty() && self.in_flight == 0 && self.line.at <= now && self.paused <= now;
        quiet && self.reset_at.is_none_or(|reset| reset <= now) && self.used_at + IDLE <= now
    }
}

//! Who comes to the limiter and what it is told. Invariant: how long a caller may be kept waiting depends on who waits
//! for the answer, and on nothing that changes while it waits.

use std::sync::Arc;
use std::time::Duration;

use super::pace::Slot;

/// The longest wait that is worth holding a call open for; beyond it the caller is told when to come again.
pub const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// What is sent without being asked for waits through a window of a channel, which is five seconds. The call itself must
/// still fit into the time that the dispatcher gives to both.
const WHOLE_WINDOW: Duration = Duration::from_secs(6);

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// A person looks at the screen: goes before what waits.
    Reply,
    /// Goes in its turn, but does not queue behind bulk.
    Ordinary,
    /// One of many: queues.
    Bulk,
}

impl Urgency {
    /// How long such a call may wait for its turn.
    pub const fn patience(self) -> Duration {
        match self {
            Self::Reply | Self::Ordinary => LONGEST_WAIT,
            Self::Bulk => WHOLE_WINDOW,
        }
    }
}

/// What a caller is told. All times count from the limiter's own beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Go at this time, which is near; the slot is taken.
    Go(Duration, Permit),
    /// Ask again with the same seat at this time, or as soon as an answer came in.
    Wait(Duration),
    /// Too long to wait: come again at this time with the same ticket.
    Later(Duration),
}

/// A slot that was given out. It is used by [`super::Limiter::depart`] and goes back by [`super::Limiter::answered`],
/// [`super::Limiter::lost`] or [`super::Limiter::give_back`].
#[derive(Debug, PartialEq, Eq, Clone)]
pub struct Permit {
    pub(super) key: Option<Key>,
    pub(super) paced: Option<Slot>,
}

/// A caller that stands in line.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who waits for the answer.
    pub urgency: Urgency,
    /// By what the call is known when it comes again.
    pub ticket: u64,
    /// When it came.
    pub since: Duration,
    pub(super) seat: Option<u64>,
}

impl Caller {
    /// A caller that comes now.
    pub const fn new(urgency: Urgency, ticket: u64, now: Duration) -> Self {
        Self { urgency, ticket, since: now, seat: None }
    }

    /// Until when it waits.
    pub(super) fn until(&self) -> Duration {
        self.since + self.urgency.patience()
    }
}

/// A place among those who wait: urgent ones first, then in the order in which they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seat {
    pub(super) urgency: Urgency,
    pub(super) number: u64,
}

/// Discord's name of a bucket, or the route before it has one, with what it is counted for.
pub(super) type Key = (Arc<str>, Arc<str>);

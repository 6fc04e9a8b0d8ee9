//! How the connections stand, for whoever operates the bot. Invariant: a connection counts as up only between Slack's
//! own hello and the moment it is known to be lost.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::civil::Instant;

/// How the connections of one app stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketHealth {
    /// How many there should be.
    pub wanted: usize,
    /// How many are up.
    pub connected: usize,
    /// Since when not all of them are up; `None` while they are.
    pub short_since: Option<Instant>,
    /// When the last frame came.
    pub last_frame: Option<Instant>,
    /// How often a connection was made anew.
    pub restarts: u64,
}

impl SocketHealth {
    /// Seconds since the last frame; `None` before the first.
    pub fn last_frame_age(&self, now: Instant) -> Option<i64> {
        self.last_frame.map(|last| last.secs_until(now).max(0))
    }
}

#[derive(Debug)]
struct State {
    up: BTreeMap<u32, bool>,
    short_since: Option<Instant>,
    last_frame: Option<Instant>,
    restarts: u64,
}

/// Keeps track of the connections of one app.
#[derive(Debug)]
pub struct Pulse {
    wanted: usize,
    state: Mutex<State>,
}

impl Pulse {
    /// None of `wanted` connections is up yet.
    pub const fn new(wanted: usize, now: Instant) -> Self {
        let state = State { up: BTreeMap::new(), short_since: Some(now), last_frame: None, restarts: 0 };
        Self { wanted, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, slot: u32, is_up: bool, now: Instant) {
        let mut state = self.state();
        state.up.insert(slot, is_up);
        let all = state.up.values().filter(|up| **up).count() >= self.wanted;
        state.short_since = if all { None } else { state.short_since.or(Some(now)) };
    }

    /// Slack said hello.
    pub fn up(&self, slot: u32, now: Instant) {
        self.set(slot, true, now);
    }

    /// It ended, or is about to; another one is made in its place.
    pub fn down(&self, slot: u32, now: Instant) {
        self.set(slot, false, now);
        self.state().restarts += 1;
    }

    /// All are given up and made anew.
    pub fn all_down(&self, now: Instant) {
        let mut state = self.state();
        state.up.clear();
        // From now on, so that the new ones get their time.
        state.short_since = Some(now);
        state.restarts += 1;
    }

    /// A frame came.
    pub fn heard(&self, now: Instant) {
        self.state().last_frame = Some(now);
    }

    /// How it stands.
    pub fn health(&self) -> SocketHealth {
        let state = self.state();
        SocketHealth {
            wanted: self.wanted,
            connected: state.up.values().filter(|up| **up).count(),
            short_since: state.short_since,
            last_frame: state.last_frame,
            restarts: state.restarts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_counts_between_its_hello_and_its_end() {
        let at = Instant::from_secs;
        let pulse = Pulse::new(2, at(0));
        assert_eq!((pulse.health().connected, pulse.health().short_since), (0, Some(at(0))));
        pulse.up(0, at(1));
        pulse.up(1, at(2));
        pulse.heard(at(3));
        assert_eq!((pulse.health().connected, pulse.health().short_since), (2, None));
        assert_eq!(pulse.health().last_frame_age(at(10)), Some(7));
        pulse.down(0, at(20));
        pulse.down(0, at(25));
        let health = pulse.health();
        assert_eq!((health.connected, health.short_since, health.restarts), (1, Some(at(20)), 2));
        pulse.up(0, at(30));
        assert_eq!(pulse.health().short_since, None);
    }
}

//! How the connections stand, one for each shard. Invariant: a connection counts as up only between Discord's word
//! that it stands and the first sign that it does not; time is monotonic, so a turned clock changes nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::{Duration, Instant};

/// Connections are begun this far apart.
pub const BETWEEN_STARTS: Duration = Duration::from_secs(5);

/// One connection as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether it stands.
    pub connected: bool,
    /// Since when it stands or does not; in the future while it waits for its turn to begin.
    pub since: Instant,
    /// The last sign of life: an event, or the answer to a heartbeat.
    pub last_sign: Instant,
    /// How long the answer to the last heartbeat took; a new value means a new answer.
    latency: Option<Duration>,
    /// How often it was lost.
    pub lost: u64,
    /// How the last try to keep it up ended.
    pub ended: Option<String>,
}

/// Keeps track of all connections.
#[derive(Debug, Default)]
pub struct Lines {
    lines: Mutex<Vec<Line>>,
}

impl Lines {
    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many connections are begun now, one after the other.
    pub fn begin(&self, shards: u32, now: Instant) {
        let at = |shard: u32| now + BETWEEN_STARTS * shard;
        let line =
            |at| Line { connected: false, since: at, last_sign: at, latency: None, lost: 0, ended: None };
        *self.lines() = (0..shards).map(at).map(line).collect();
    }

    fn with(&self, shard: u32, change: impl FnOnce(&mut Line)) {
        let index = usize::try_from(shard).unwrap_or(usize::MAX);
        if let Some(line) = self.lines().get_mut(index) {
            change(line);
        }
    }

    /// Discord said that it stands.
    pub fn up(&self, shard: u32, now: Instant) {
        self.with(shard, |line| {
            if !line.connected {
                line.connected = true;
                line.since = now;
            }
            line.last_sign = now;
        });
    }

    /// The client says that it stands, which is no sign of life.
    pub fn up_again(&self, shard: u32, now: Instant) {
        self.with(shard, |line| {
            if !line.connected {
                line.connected = true;
                line.since = now;
                line.last_sign = now;
            }
        });
    }

    /// It does not stand.
    pub fn down(&self, shard: u32, now: Instant) {
        self.with(shard, |line| {
            if line.connected {
                line.connected = false;
                line.since = now;
                line.lost += 1;
            }
        });
    }

    /// A try to keep it up ended so.
    pub fn ended(&self, shard: u32, how: &str) {
        self.with(shard, |line| line.ended = Some(how.to_owned()));
    }

    /// Something came.
    pub fn heard(&self, shard: u32, now: Instant) {
        self.with(shard, |line| line.last_sign = line.last_sign.max(now));
    }

    /// How long the last heartbeat's answer took, as the client says.
    pub fn latency(&self, shard: u32, latency: Option<Duration>, now: Instant) {
        self.with(shard, |line| {
            if latency.is_some() && latency != line.latency {
                line.last_sign = line.last_sign.max(now);
            }
            line.latency = latency.or(line.latency);
        });
    }

    /// One of them.
    pub fn of(&self, shard: u32) -> Option<Line> {
        self.lines().get(usize::try_from(shard).ok()?).cloned()
    }

    /// All of them, by shard.
    pub fn all(&self) -> Vec<Line> {
        self.lines().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_counts_between_discords_word_and_the_first_sign_that_it_is_lost() {
        let begin = Instant::now();
        let lines = Lines::default();
        lines.begin(2, begin);
        assert_eq!(lines.all()[1].since, begin + BETWEEN_STARTS);
        lines.up(0, begin + Duration::from_secs(1));
        lines.up(0, begin + Duration::from_secs(9));
        let line = lines.all()[0].clone();
        assert_eq!((line.connected, line.since), (true, begin + Duration::from_secs(1)));
        lines.down(0, begin + Duration::from_secs(20));
        lines.down(0, begin + Duration::from_secs(30));
        let line = lines.all()[0].clone();
        assert_eq!((line.connected, line.since, line.lost), (false, begin + Duration::from_secs(20), 1));
    }

    #[test]
    fn only_a_new_latency_is_a_sign_of_life() {
        let begin = Instant::now();
        let lines = Lines::default();
        lines.begin(1, begin);
        let at = |secs| begin + Duration::from_secs(secs);
        lines.latency(0, Some(Duration::from_millis(7)), at(10));
        lines.latency(0, Some(Duration::from_millis(7)), at(20));
        lines.latency(0, None, at(30));
        lines.latency(0, Some(Duration::from_millis(7)), at(40));
        assert_eq!(lines.all()[0].last_sign, at(10));
        lines.latency(0, Some(Duration::from_millis(8)), at(50));
        assert_eq!(lines.all()[0].last_sign, at(50));
        lines.heard(7, at(60));
        assert_eq!(lines.all().len(), 1);
    }
}

//! The rates that Slack publishes: by method, workspace and app in a minute, and one message a second in a channel
//! with some room for bursts. Measured on the fake's own clock.

use std::collections::{BTreeMap, VecDeque};

use roundtable::domain::civil::Instant;

/// Messages that a channel takes at once.
const BURST: f64 = 5.0;
/// Messages that a workspace takes in any sixty seconds: "several hundred", read strictly.
const WORKSPACE: usize = 300;
/// The window of a workspace.
const WINDOW_MICROS: i64 = 60_000_000;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Instant,
}

/// What has been used.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    buckets: BTreeMap<String, Bucket>,
    /// When the messages of the last sixty seconds came, by workspace and method.
    windows: BTreeMap<String, VecDeque<Instant>>,
    /// How many calls were refused.
    pub refused: u64,
    /// How many were let through.
    pub passed: u64,
}

impl Limits {
    /// `None` when the call may pass, or after how many seconds it may come again.
    pub fn take(
        &mut self,
        team: &str,
        method: &str,
        per_minute: u32,
        channel: &str,
        now: Instant,
    ) -> Option<u64> {
        let wait = if per_minute == 0 {
            let own = format!("{team} {method} {channel}");
            let all = format!("{team} {method}");
            let wait = self.peek(&own, BURST, 1.0, now).max(self.peek_window(&all, now));
            if wait <= 0.0 {
                self.spend(&own);
                self.windows.entry(all).or_default().push_back(now);
            }
            wait
        } else {
            let most = f64::from(per_minute);
            let key = format!("{team} {method}");
            let wait = self.peek(&key, most, most / 60.0, now);
            if wait <= 0.0 {
                self.spend(&key);
            }
            wait
        };
        if wait <= 0.0 {
            self.passed += 1;
            return None;
        }
        self.refused += 1;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A small positive number.
        Some((wait.ceil() as u64).max(1))
    }

    /// Seconds until one more fits.
    fn peek(&mut self, key: &str, size: f64, per_second: f64, now: Instant) -> f64 {
        let bucket = self.buckets.entry(key.to_owned()).or_insert(Bucket { level: size, at: now });
        #[allow(clippy::cast_precision_loss)] // Microseconds between two calls.
        let passed = (now.as_micros() - bucket.at.as_micros()).max(0) as f64 / 1e6;
        bucket.level = (passed.mul_add(per_second, bucket.level)).min(size);
        bucket.at = now;
        if bucket.level >= 1.0 { 0.0 } else { (1.0 - bucket.level) / per_second }
    }

    /// Seconds until one more fits into the workspace's window.
    fn peek_window(&mut self, key: &str, now: Instant) -> f64 {
        let window = self.windows.entry(key.to_owned()).or_default();
        while window.front().is_some_and(|at| now.as_micros() - at.as_micros() >= WINDOW_MICROS) {
            window.pop_front();
        }
        let Some(first) = window.front().filter(|_| window.len() >= WORKSPACE) else { return 0.0 };
        #[allow(clippy::cast_precision_loss)] // Less than a minute.
        let left = (first.as_micros() + WINDOW_MICROS - now.as_micros()) as f64 / 1e6;
        left
    }

    fn spend(&mut self, key: &str) {
        if let Some(bucket) = self.buckets.get_mut(key) {
            bucket.level -= 1.0;
        }
    }
}

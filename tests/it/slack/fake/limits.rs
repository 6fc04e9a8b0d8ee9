//! The rates that Slack publishes: by method, workspace and app in a minute, and one message a second in a channel
//! with some room for bursts. Measured on the fake's own clock.

use std::collections::BTreeMap;

use roundtable::domain::civil::Instant;

/// Messages that a channel takes at once.
const BURST: f64 = 5.0;
/// Messages that a workspace takes in a minute: "several hundred".
const WORKSPACE: f64 = 600.0;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Instant,
}

/// What has been used.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    buckets: BTreeMap<String, Bucket>,
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
            let wait =
                self.peek(&own, BURST, 1.0, now).max(self.peek(&all, WORKSPACE, WORKSPACE / 60.0, now));
            if wait <= 0.0 {
                self.spend(&own);
                self.spend(&all);
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

    fn spend(&mut self, key: &str) {
        if let Some(bucket) = self.buckets.get_mut(key) {
            bucket.level -= 1.0;
        }
    }
}

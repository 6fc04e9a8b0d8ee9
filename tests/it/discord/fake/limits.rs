//! Rates as Discord reckons them: a bucket for each kind of call and each channel, server or token, told in headers;
//! and one for the whole bot, from which answers to interactions are free. Measured on the fake's own clock.

use std::collections::BTreeMap;

use roundtable::domain::civil::Instant;

/// Calls that the whole bot may make in a second.
const GLOBAL: u32 = 50;
const SECOND: i64 = 1_000_000;

#[derive(Debug, Clone, Copy)]
struct Window {
    began: i64,
    used: u32,
}

/// What has been used.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    windows: BTreeMap<String, Window>,
    global: Option<Window>,
    /// How many calls were refused.
    pub refused: u64,
    /// How many were let through.
    pub passed: u64,
}

/// How a call stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What the headers say.
    pub headers: Vec<(&'static str, String)>,
    /// Seconds to wait and whether it is the whole bot's limit; none when the call may pass.
    pub wait: Option<(f64, bool)>,
}

/// How many in how many seconds, and the bucket's name.
fn rule(route: &str) -> (u32, i64, &'static str) {
    match route {
        "POST /channels/{channel_id}/messages" => (5, 5, "80c17d2f203122d936070c88c8d10f33"),
        "PATCH /channels/{channel_id}/messages/{message_id}" => (5, 5, "2a9f9d5e3c1b4f6e8d7c6b5a49382716"),
        "GET /channels/{channel_id}/messages" => (5, 5, "5f1c3e7a9b2d4c6e8f0a1b3c5d7e9f01"),
        "PATCH /channels/{channel_id}" => (5, 20, "9d3e5f7a1b2c4d6e8f0a1c3e5a7b9d01"),
        "POST /users/@me/channels" => (10, 10, "b6d1c5e3f2a49788695a4b3c2d1e0f00"),
        "POST /guilds/{guild_id}/channels" => (10, 10, "c7e2d6f4a3b58799706b5c4d3e2f1011"),
        "POST /webhooks/{webhook_id}/{webhook_token}"
        | "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
        | "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original" => {
            (5, 5, "d8f3e7a5b4c69800817c6d5e4f302122")
        }
        _ if route.contains("scheduled-events") => (5, 60, "e904f8b6c5d79911928d7e6f50413233"),
        _ if route.contains("thread-members") => (10, 10, "fa15a9c7d6e80a22a39e8f7061524344"),
        _ => (20, 5, "0b26bad8e7f91b33b4af90817263545a"),
    }
}

impl Limits {
    /// Takes one call. `major` is the channel, server or token that the bucket belongs to.
    pub fn take(&mut self, route: &str, major: &str, now: Instant, enforced: bool) -> Standing {
        let (most, secs, hash) = rule(route);
        let most = if enforced { most } else { 10_000 };
        let now = now.as_micros();
        let free = route.starts_with("POST /interactions") || route.contains("/webhooks/");
        if enforced && !free {
            let own = self.global.get_or_insert(Window { began: now, used: 0 });
            if now - own.began >= SECOND {
                *own = Window { began: now, used: 0 };
            }
            if own.used >= GLOBAL {
                let left = own.began + SECOND - now;
                self.refused += 1;
                return Standing { headers: Vec::new(), wait: Some((seconds(left), true)) };
            }
            own.used += 1;
        }
        let window = self.windows.entry(format!("{hash} {major}")).or_insert(Window { began: now, used: 0 });
        if now - window.began >= secs * SECOND {
            *window = Window { began: now, used: 0 };
        }
        let left = window.began + secs * SECOND - now;
        let full = window.used >= most;
        if !full {
            window.used += 1;
        }
        let remaining = most - window.used;
        let headers = vec![
            ("x-ratelimit-limit", most.to_string()),
            ("x-ratelimit-remaining", remaining.to_string()),
            ("x-ratelimit-reset", format!("{:.3}", seconds(window.began + secs * SECOND))),
            ("x-ratelimit-reset-after", format!("{:.3}", seconds(left))),
            ("x-ratelimit-bucket", hash.to_owned()),
        ];
        if full {
            self.refused += 1;
            return Standing { headers, wait: Some((seconds(left), false)) };
        }
        self.passed += 1;
        Standing { headers, wait: None }
    }
}

#[allow(clippy::cast_precision_loss)] // Microseconds of a moment in this century.
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

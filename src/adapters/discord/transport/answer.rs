//! What an answer says about limits. Invariant: nothing Discord sends makes us wait for ever or not at all: times are
//! bounded and a header that cannot be read counts as missing.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;

/// A wait when Discord does not say how long.
pub const UNNAMED_PAUSE: Duration = Duration::from_secs(30);
/// No wait is longer than this, whatever is said.
pub const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Whom a refusal for being too fast concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This bucket.
    Bucket,
    /// This bucket, because of others: it is not held against us.
    Shared,
    /// The whole bot.
    Global,
    /// This machine's address: it comes from before Discord itself and holds for everything.
    Everything,
}

/// The state of a bucket as an answer tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Discord's name of the bucket.
    pub bucket: String,
    /// Calls in one window.
    pub limit: u32,
    /// Calls left in this window.
    pub remaining: u32,
    /// Until the window ends.
    pub reset_after: Duration,
}

/// What an answer says about limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// The HTTP status.
    pub status: u16,
    /// The bucket, when the call has one.
    pub standing: Option<Standing>,
    /// With status 429: whom it concerns and for how long.
    pub refused: Option<(Scope, Duration)>,
}

impl Told {
    /// Reads the headers, and with status 429 the body.
    pub fn read(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        Self { status, standing: standing(headers), refused: (status == 429).then(|| refusal(headers, body)) }
    }

    /// Whether it counts among those after which Discord shuts an address out.
    pub fn is_invalid(&self) -> bool {
        match self.status {
            401 | 403 => true,
            429 => !matches!(self.refused, Some((Scope::Shared, _))),
            _ => false,
        }
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A number of seconds with a fraction.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    let bounded = seconds.is_finite() && seconds >= 0.0;
    bounded.then(|| Duration::from_secs_f64(seconds.min(LONGEST_PAUSE.as_secs_f64())))
}

fn standing(headers: &HeaderMap) -> Option<Standing> {
    Some(Standing {
        bucket: text(headers, "x-ratelimit-bucket")?.chars().take(80).collect(),
        limit: text(headers, "x-ratelimit-limit")?.parse().ok().filter(|limit| *limit > 0)?,
        remaining: text(headers, "x-ratelimit-remaining")?.parse().ok()?,
        reset_after: seconds(text(headers, "x-ratelimit-reset-after")?)?,
    })
}

fn refusal(headers: &HeaderMap, body: &[u8]) -> (Scope, Duration) {
    let json: Option<Value> = serde_json::from_slice(body).ok().filter(Value::is_object);
    let said = json.as_ref().and_then(|json| json["retry_after"].as_f64());
    let pause = said
        .and_then(|said| seconds(&said.to_string()))
        .or_else(|| seconds(text(headers, "retry-after")?))
        .unwrap_or(UNNAMED_PAUSE);
    let named_global = text(headers, "x-ratelimit-global")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || json.as_ref().is_some_and(|json| json["global"] == true);
    let scope = match text(headers, "x-ratelimit-scope") {
        Some("shared") => Scope::Shared,
        Some("global") => Scope::Global,
        _ if named_global => Scope::Global,
        None if json.is_none() => Scope::Everything,
        _ => Scope::Bucket,
    };
    // From before Discord it is never over at once.
    (scope, if scope == Scope::Everything { pause.max(UNNAMED_PAUSE) } else { pause })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    const FOUR: [&str; 4] =
        ["x-ratelimit-bucket", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset-after"];

    #[test]
    fn a_bucket_is_read_whole_or_not_at_all() {
        let all = [(FOUR[0], "abc"), (FOUR[1], "5"), (FOUR[2], "4"), (FOUR[3], "4.97")];
        let told = Told::read(200, &headers(&all), b"{}");
        let standing = Standing {
            bucket: "abc".into(),
            limit: 5,
            remaining: 4,
            reset_after: Duration::from_millis(4_970),
        };
        assert_eq!(told.standing, Some(standing));
        for missing in 0..4 {
            let mut some = all.to_vec();
            some.remove(missing);
            assert_eq!(Told::read(200, &headers(&some), b"{}").standing, None);
        }
    }

    #[test]
    fn a_refusal_names_whom_it_concerns_and_the_body_is_more_exact() {
        let read = |pairs: &[(&'static str, &str)], body: &str| {
            Told::read(429, &headers(pairs), body.as_bytes()).refused.unwrap()
        };
        let plain = read(&[("retry-after", "1"), ("x-ratelimit-scope", "user")], r#"{"retry_after":0.35}"#);
        assert_eq!(plain, (Scope::Bucket, Duration::from_millis(350)));
        let global = read(&[("retry-after", "2"), ("x-ratelimit-global", "true")], "{}");
        assert_eq!(global, (Scope::Global, Duration::from_secs(2)));
        let global = read(&[], r#"{"global":true,"retry_after":3}"#);
        assert_eq!(global, (Scope::Global, Duration::from_secs(3)));
        let shared = read(&[("x-ratelimit-scope", "shared")], r#"{"retry_after":9}"#);
        assert_eq!(shared, (Scope::Shared, Duration::from_secs(9)));
        let shut_out = read(&[("retry-after", "5")], "<html>error 1015</html>");
        assert_eq!(shut_out, (Scope::Everything, UNNAMED_PAUSE));
    }

    #[test]
    fn what_counts_as_invalid_is_what_discord_counts() {
        let told = |status, pairs: &[(&'static str, &str)]| Told::read(status, &headers(pairs), b"{}");
        assert!(told(401, &[]).is_invalid() && told(403, &[]).is_invalid() && told(429, &[]).is_invalid());
        assert!(!told(429, &[("x-ratelimit-scope", "shared")]).is_invalid());
        assert!(!told(404, &[]).is_invalid() && !told(200, &[]).is_invalid());
    }

    proptest! {
        #[test]
        fn no_answer_makes_us_wait_for_ever(after in "[ -~]{0,12}", body in "[ -~]{0,40}") {
            let pairs = [("retry-after", after.as_str()), (FOUR[0], "b"), (FOUR[1], "1"), (FOUR[2], "0"), (FOUR[3], after.as_str())];
            let told = Told::read(429, &headers(&pairs), body.as_bytes());
            let (_, pause) = told.refused.expect("429");
            prop_assert!(pause <= LONGEST_PAUSE);
            prop_assert!(told.standing.is_none_or(|standing| standing.reset_after <= LONGEST_PAUSE));
        }
    }
}

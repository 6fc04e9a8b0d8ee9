//! Whether a request is Slack's. Invariant: nothing of a request is looked at before its signature is right and fresh,
//! and comparing takes the same time whatever is wrong.

use ring::hmac;

use crate::config::Secret;
use crate::domain::civil::Instant;

/// A request older or newer than this is not believed.
const WINDOW_SECS: i64 = 300;

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsigned {
    /// No signature or time, or none that can be read.
    Missing,
    /// Too old, or from the future.
    Stale,
    /// Not made with a secret of ours.
    Wrong,
}

/// The signing secrets of all apps that are served.
pub struct Signers(Vec<hmac::Key>);

impl std::fmt::Debug for Signers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signers({})", self.0.len())
    }
}

impl Signers {
    /// Several apps, or one whose secret is being changed, have several.
    pub fn new(secrets: &[Secret]) -> Self {
        Self(
            secrets
                .iter()
                .map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes()))
                .collect(),
        )
    }

    /// Checks `X-Slack-Signature` and `X-Slack-Request-Timestamp` of a body.
    pub fn check(
        &self,
        signature: Option<&str>,
        timestamp: Option<&str>,
        body: &[u8],
        now: Instant,
    ) -> Result<(), Unsigned> {
        let (Some(signature), Some(timestamp)) = (signature, timestamp) else {
            return Err(Unsigned::Missing);
        };
        let tag = signature.strip_prefix("v0=").and_then(unhex).ok_or(Unsigned::Missing)?;
        let at: i64 = timestamp.parse().map_err(|_| Unsigned::Missing)?;
        if at.abs_diff(now.as_secs()) > WINDOW_SECS.unsigned_abs() {
            return Err(Unsigned::Stale);
        }
        let mut signed = format!("v0:{timestamp}:").into_bytes();
        signed.extend_from_slice(body);
        let is_ours = self.0.iter().any(|key| hmac::verify(key, &signed, &tag).is_ok());
        if is_ours { Ok(()) } else { Err(Unsigned::Wrong) }
    }
}

/// Bytes from hexadecimal digits.
fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of Slack's documentation.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const AT: &str = "1531420618";
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
        &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
        &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
        &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    fn check(signature: Option<&str>, at: Option<&str>, body: &str, now: i64) -> Result<(), Unsigned> {
        let signers = Signers::new(&[Secret::new("another app's"), Secret::new(SECRET)]);
        signers.check(signature, at, body.as_bytes(), Instant::from_secs(now))
    }

    #[test]
    fn slacks_own_example_is_believed_within_five_minutes() {
        for now in [1_531_420_618, 1_531_420_618 + 300, 1_531_420_618 - 300] {
            assert_eq!(check(Some(SIGNATURE), Some(AT), BODY, now), Ok(()));
        }
    }

    #[test]
    fn unsigned_wrongly_signed_and_six_minutes_old_requests_are_not() {
        let now = 1_531_420_618;
        assert_eq!(check(None, Some(AT), BODY, now), Err(Unsigned::Missing));
        assert_eq!(check(Some(SIGNATURE), None, BODY, now), Err(Unsigned::Missing));
        assert_eq!(check(Some("v0=abc"), Some(AT), BODY, now), Err(Unsigned::Missing));
        assert_eq!(check(Some("v0=é2114d57"), Some(AT), BODY, now), Err(Unsigned::Missing));
        assert_eq!(check(Some(SIGNATURE), Some("soon"), BODY, now), Err(Unsigned::Missing));
        assert_eq!(check(Some(SIGNATURE), Some(AT), BODY, now + 360), Err(Unsigned::Stale));
        assert_eq!(check(Some(SIGNATURE), Some(AT), BODY, now - 360), Err(Unsigned::Stale));
        assert_eq!(
            check(Some(SIGNATURE), Some(AT), &BODY.replace("team_id=T", "team_id=X"), now),
            Err(Unsigned::Wrong)
        );
        assert_eq!(check(Some(SIGNATURE), Some("1531420619"), BODY, now), Err(Unsigned::Wrong));
        let other = SIGNATURE.replace("a2", "b2");
        assert_eq!(check(Some(&other), Some(AT), BODY, now), Err(Unsigned::Wrong));
        assert_eq!(
            Signers::new(&[]).check(Some(SIGNATURE), Some(AT), BODY.as_bytes(), Instant::from_secs(now)),
            Err(Unsigned::Wrong)
        );
    }

    #[test]
    fn a_time_at_the_edge_of_numbers_is_stale_and_no_panic() {
        for at in [i64::MIN.to_string(), i64::MAX.to_string()] {
            assert_eq!(check(Some(SIGNATURE), Some(&at), BODY, 0), Err(Unsigned::Stale));
        }
    }
}

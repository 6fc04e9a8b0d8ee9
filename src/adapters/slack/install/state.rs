//! The `state` of an installation: proof that a browser that comes back from Slack is the one that we sent there.
//! Invariant: it is signed, lives for ten minutes and is worth nothing in another browser.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;

use crate::domain::civil::Instant;

/// How long somebody may take at Slack's page, in seconds.
pub(super) const LIFE_SECS: i64 = 600;

/// A state that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    /// Names this attempt; good for one installation.
    pub(super) nonce: String,
}

/// Why a state is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bad {
    /// Not ours, or of another browser.
    Foreign,
    /// Too old.
    Expired,
}

/// The state of an attempt: nonce, instant and signature.
pub(super) fn make(key: &hmac::Key, nonce: &str, now: Instant) -> String {
    let body = format!("{nonce}.{}", now.as_micros());
    let tag = hmac::sign(key, body.as_bytes());
    format!("{body}.{}", BASE64.encode(tag))
}

/// Checks a state that came back, against the nonce that this browser kept.
pub(super) fn check(key: &hmac::Key, state: &str, kept: Option<&str>, now: Instant) -> Result<Checked, Bad> {
    let (body, tag) = state.rsplit_once('.').ok_or(Bad::Foreign)?;
    let tag = BASE64.decode(tag).map_err(|_| Bad::Foreign)?;
    hmac::verify(key, body.as_bytes(), &tag).map_err(|_| Bad::Foreign)?;
    let (nonce, made) = body.split_once('.').ok_or(Bad::Foreign)?;
    let made = Instant::from_micros(made.parse().map_err(|_| Bad::Foreign)?);
    if kept != Some(nonce) {
        return Err(Bad::Foreign);
    }
    if !(0..LIFE_SECS).contains(&made.secs_until(now)) {
        return Err(Bad::Expired);
    }
    Ok(Checked { nonce: nonce.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes())
    }

    fn at(secs: i64) -> Instant {
        Instant::from_secs(1_800_000_000 + secs)
    }

    #[test]
    fn a_state_is_good_in_its_browser_for_ten_minutes() {
        let state = make(&key("k"), "abc", at(0));
        let checked = check(&key("k"), &state, Some("abc"), at(LIFE_SECS - 1));
        assert_eq!(checked, Ok(Checked { nonce: "abc".to_owned() }));
        assert_eq!(check(&key("k"), &state, Some("abc"), at(LIFE_SECS)), Err(Bad::Expired));
        assert_eq!(check(&key("k"), &state, Some("abc"), at(-1)), Err(Bad::Expired));
        assert_eq!(check(&key("k"), &state, Some("other"), at(1)), Err(Bad::Foreign));
        assert_eq!(check(&key("k"), &state, None, at(1)), Err(Bad::Foreign));
    }

    #[test]
    fn a_state_that_we_did_not_sign_is_foreign() {
        let state = make(&key("k"), "abc", at(0));
        assert_eq!(check(&key("another"), &state, Some("abc"), at(1)), Err(Bad::Foreign));
        let later = state.replacen("1800000000000000", "1800000300000000", 1);
        assert_ne!(later, state);
        for bad in [later.as_str(), "", ".", "abc", "abc.1", "abc.1.!", "..", &state[..state.len() - 1]] {
            assert_eq!(check(&key("k"), bad, Some("abc"), at(1)), Err(Bad::Foreign), "{bad}");
        }
    }
}

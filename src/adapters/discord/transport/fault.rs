//! What can go wrong with a call to Discord, and what that means to the core. Invariant: a reason is made of our own
//! words and Discord's numbers and names of faults only, so that no token, address or message text can get into it.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::chat::messenger::{Gone, Outcome, Place};
use crate::domain::civil::Instant;

/// Discord's codes that the adapter acts on.
pub mod code {
    /// There is no such channel or thread.
    pub const UNKNOWN_CHANNEL: u64 = 10_003;
    /// There is no such server.
    pub const UNKNOWN_GUILD: u64 = 10_004;
    /// The person is not in the server.
    pub const UNKNOWN_MEMBER: u64 = 10_007;
    /// There is no such message.
    pub const UNKNOWN_MESSAGE: u64 = 10_008;
    /// There is no such person.
    pub const UNKNOWN_USER: u64 = 10_013;
    /// There is no such webhook: an interaction whose time is over.
    pub const UNKNOWN_WEBHOOK: u64 = 10_015;
    /// There is no such overwrite of permissions.
    pub const UNKNOWN_OVERWRITE: u64 = 10_009;
    /// An interaction that was answered too late, or never was.
    pub const UNKNOWN_INTERACTION: u64 = 10_062;
    /// There is no such scheduled event.
    pub const UNKNOWN_EVENT: u64 = 10_070;
    /// The server has as many channels as it may have.
    pub const TOO_MANY_CHANNELS: u64 = 30_013;
    /// As many commands were made today as may be.
    pub const TOO_MANY_COMMANDS: u64 = 30_034;
    /// The server has as many scheduled events as it may have.
    pub const TOO_MANY_EVENTS: u64 = 30_038;
    /// Direct messages were opened too fast.
    pub const DIRECTS_TOO_FAST: u64 = 40_003;
    /// An interaction was answered already.
    pub const ALREADY_ANSWERED: u64 = 40_060;
    /// The bot does not see the channel.
    pub const NO_ACCESS: u64 = 50_001;
    /// The person does not take direct messages from the bot.
    pub const CANNOT_WRITE: u64 = 50_007;
    /// The bot sees the channel and may not do this there.
    pub const NO_PERMISSION: u64 = 50_013;
    /// The token of an interaction is not one.
    pub const BAD_WEBHOOK_TOKEN: u64 = 50_027;
    /// The thread is archived.
    pub const ARCHIVED: u64 = 50_083;
    /// The person and the bot share no server.
    pub const NO_MUTUAL_GUILD: u64 = 50_278;
    /// The server has as many open threads as it may have.
    pub const TOO_MANY_THREADS: u64 = 160_006;
}

/// Why a call brought no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// Too fast; it was not carried out. Come again after this long.
    Rate {
        /// From now.
        retry_after: Duration,
    },
    /// Discord does not take the bot's token, so nothing is called until the program starts again.
    Locked,
    /// Discord said no; it was not carried out.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's code; 0 when it gave none.
        code: u64,
        /// Where in the body the fault is and its name, as in `embeds.0.title BASE_TYPE_MAX_LENGTH`.
        at: Option<String>,
    },
    /// It surely was not carried out.
    NotSent {
        /// In our words.
        reason: String,
    },
    /// It may or may not have been carried out.
    InDoubt {
        /// In our words.
        reason: String,
    },
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate { retry_after } => {
                write!(f, "Discord's rate limit; again in {} s", retry_after.as_secs())
            }
            Self::Locked => f.write_str(
                "Discord does not take the bot's token; copy it again from the developer portal and start anew",
            ),
            Self::Refused { code: code::NO_PERMISSION, .. } => f.write_str(
                "Discord answered 50013: the bot lacks a permission here; `roundtable check` says which",
            ),
            Self::Refused { status, code: 0, .. } => write!(f, "Discord answered with HTTP status {status}"),
            Self::Refused { code, at: Some(at), .. } => write!(f, "Discord answered {code} at {at}"),
            Self::Refused { code, .. } => write!(f, "Discord answered {code}"),
            Self::NotSent { reason } | Self::InDoubt { reason } => f.write_str(reason),
        }
    }
}

impl std::error::Error for CallError {}

/// A permission can be given back at any time; then what waits goes out.
const PERMISSION_CHECK_SECS: i64 = 15 * 60;

impl CallError {
    /// No answer within the time that a call may take.
    pub fn late() -> Self {
        Self::InDoubt { reason: "no answer from Discord in time".to_owned() }
    }

    /// An answer that lacks what it must have.
    pub fn unread(what: &'static str) -> Self {
        Self::InDoubt { reason: format!("Discord's answer names no {what}") }
    }

    /// An id that is none of Discord's.
    pub fn not_an_id() -> Self {
        Self::Refused { status: 404, code: code::UNKNOWN_CHANNEL, at: None }
    }

    /// Discord's code, when it refused.
    pub const fn code(&self) -> Option<u64> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether Discord refused with one of these codes.
    pub fn is_any(&self, codes: &[u64]) -> bool {
        self.code().is_some_and(|code| codes.contains(&code))
    }

    /// Whether it will pass by itself and nothing was done.
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Rate { .. } | Self::NotSent { .. } | Self::Locked)
    }

    /// What an answer with this status and body means; rate limits are read elsewhere.
    pub fn from_answer(status: u16, body: &[u8]) -> Self {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let code = json["code"].as_u64();
        match (status, code) {
            // Discord says that it is overloaded and did nothing.
            (_, Some(130_000)) => Self::NotSent { reason: "Discord answered 130000: overloaded".to_owned() },
            (500.., _) => Self::InDoubt { reason: format!("Discord answered with HTTP status {status}") },
            (400..=499, Some(code)) => Self::Refused { status, code, at: fault_in(&json["errors"]) },
            // Not Discord's own form: a proxy, or a wrong address. Nothing was carried out.
            _ => Self::NotSent {
                reason: format!("HTTP status {status} without Discord's words; is its address right"),
            },
        }
    }

    /// What it means to the core that a call about this place failed.
    pub fn outcome(&self, place: &Place, now: Instant) -> Outcome {
        let reason = self.to_string();
        match self {
            Self::Rate { retry_after } => {
                let micros = i64::try_from(retry_after.as_micros()).unwrap_or(i64::MAX / 2);
                let retry_at = Some(Instant::from_micros(now.as_micros().saturating_add(micros)));
                Outcome::NotYet { retry_at, reason }
            }
            // Somebody has to set these right, and until then no try is counted.
            Self::Locked | Self::Refused { code: code::NO_PERMISSION, .. } => {
                Outcome::NotYet { retry_at: Some(now.plus_secs(PERMISSION_CHECK_SECS)), reason }
            }
            Self::NotSent { .. } => Outcome::NotYet { retry_at: None, reason },
            Self::InDoubt { .. } => Outcome::InDoubt { reason },
            Self::Refused { code, .. } => match gone(*code, place) {
                Some(what) => Outcome::Gone { what, reason },
                None => Outcome::Refused { reason },
            },
        }
    }
}

fn gone(code: u64, place: &Place) -> Option<Gone> {
    match (code, place) {
        (code::UNKNOWN_GUILD, _) => Some(Gone::Workspace),
        (code::UNKNOWN_CHANNEL | code::NO_ACCESS, Place::Room(_)) => Some(Gone::Room),
        (code::UNKNOWN_USER | code::UNKNOWN_MEMBER | code::NO_MUTUAL_GUILD, Place::Direct(_)) => {
            Some(Gone::Person)
        }
        _ => None,
    }
}

/// The first fault that Discord names in a body, such as `embeds.0.title BASE_TYPE_MAX_LENGTH`.
fn fault_in(errors: &Value) -> Option<String> {
    let mut path = Vec::new();
    let mut at = errors;
    while let Some(object) = at.as_object() {
        if let Some(code) = object.get("_errors").and_then(|list| list[0]["code"].as_str()) {
            path.retain(|part: &String| !part.is_empty());
            return Some(format!("{} {}", path.join("."), clean(code)).trim_start().to_owned());
        }
        let (key, below) = object.iter().next()?;
        path.push(clean(key));
        at = below;
        if path.len() > 12 {
            return None;
        }
    }
    None
}

/// Only what names of fields and faults are made of; anything else could be somebody's words.
fn clean(text: &str) -> String {
    text.chars().take(60).take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn room() -> Place {
        Place::Room("1".to_owned())
    }

    fn direct() -> Place {
        Place::Direct("2".to_owned())
    }

    fn refused(code: u64) -> CallError {
        CallError::from_answer(400, json!({ "code": code, "message": "canary words" }).to_string().as_bytes())
    }

    fn told(code: u64, place: &Place) -> Outcome {
        refused(code).outcome(place, Instant::from_secs(0))
    }

    #[test]
    fn a_refusal_says_what_is_gone() {
        let gone = |code, place: &Place| match told(code, place) {
            Outcome::Gone { what, reason } => {
                assert!(reason.contains(&code.to_string()), "{reason}");
                Some(what)
            }
            _ => None,
        };
        for code in [code::UNKNOWN_CHANNEL, code::NO_ACCESS] {
            assert_eq!(gone(code, &room()), Some(Gone::Room), "{code}");
            assert_eq!(gone(code, &direct()), None, "{code}");
        }
        for code in [code::UNKNOWN_USER, code::UNKNOWN_MEMBER, code::NO_MUTUAL_GUILD] {
            assert_eq!(gone(code, &direct()), Some(Gone::Person), "{code}");
            assert_eq!(gone(code, &room()), None, "{code}");
        }
        assert_eq!(gone(code::UNKNOWN_GUILD, &room()), Some(Gone::Workspace));
        // Who closes direct messages has not left.
        assert_eq!(gone(code::CANNOT_WRITE, &direct()), None);
    }

    #[test]
    fn a_missing_permission_and_a_bad_token_hold_everything_without_counting() {
        for error in [refused(code::NO_PERMISSION), CallError::Locked] {
            let outcome = error.outcome(&room(), Instant::from_secs(0));
            assert!(matches!(outcome, Outcome::NotYet { retry_at: Some(_), .. }), "{outcome:?}");
        }
    }

    #[test]
    fn what_discord_may_have_carried_out_is_in_doubt_and_what_it_surely_did_not_is_not() {
        assert!(matches!(CallError::from_answer(502, b"<html>"), CallError::InDoubt { .. }));
        assert!(matches!(CallError::from_answer(404, b"<html>"), CallError::NotSent { .. }));
        assert!(matches!(CallError::from_answer(301, b""), CallError::NotSent { .. }));
        let overloaded = CallError::from_answer(503, br#"{"code":130000,"message":"try later"}"#);
        assert!(matches!(overloaded, CallError::NotSent { .. }), "{overloaded:?}");
    }

    #[test]
    fn a_reason_holds_the_place_of_the_fault_but_nobodys_words() {
        let body = json!({ "code": 50_035, "message": "Invalid Form Body canary", "errors": { "embeds": { "0": {
            "title": { "_errors": [{ "code": "BASE_TYPE_MAX_LENGTH", "message": "canary" }] } } } } });
        let reason = CallError::from_answer(400, body.to_string().as_bytes()).to_string();
        assert_eq!(reason, "Discord answered 50035 at embeds.0.title BASE_TYPE_MAX_LENGTH");
        let odd =
            json!({ "code": 50_035, "errors": { "secret canary": { "_errors": [{ "code": "x y" }] } } });
        let reason = format!("{0} {0:?}", CallError::from_answer(400, odd.to_string().as_bytes()));
        assert!(!reason.contains("canary"), "{reason}");
    }

    #[test]
    fn a_rate_limit_comes_back_at_a_given_time() {
        let error = CallError::Rate { retry_after: Duration::from_millis(2_500) };
        let Outcome::NotYet { retry_at, .. } = error.outcome(&room(), Instant::from_secs(10)) else {
            panic!("{error:?}")
        };
        assert_eq!(retry_at, Some(Instant::from_micros(12_500_000)));
    }
}

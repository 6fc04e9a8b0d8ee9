//! What can go wrong with a call to Slack, and what that means to the core. Invariant: a reason is made of our own
//! words and Slack's error codes only, so that no token, address or message text can get into it.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use slack_morphism::errors::SlackClientError;

use crate::chat::messenger::{Gone, Outcome, Place};
use crate::domain::civil::Instant;

/// Why a call brought no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// Too fast; it was not carried out. Come again after this long.
    Rate {
        /// From now.
        retry_after: Duration,
    },
    /// Slack said no; it was not carried out.
    Refused {
        /// Slack's code, such as `channel_not_found`.
        error: String,
        /// The scope that is missing, with `missing_scope`.
        needed: Option<String>,
        /// Where in the arguments the fault is, as a JSON pointer.
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
                write!(f, "Slack's rate limit; again in {} s", retry_after.as_secs())
            }
            Self::Refused { needed: Some(scope), .. } => write!(
                f,
                "missing_scope: the app needs the scope {scope}; add it to the app and install the app again"
            ),
            Self::Refused { error, at: Some(at), .. } => write!(f, "Slack answered {error} at {at}"),
            Self::Refused { error, .. } => write!(f, "Slack answered {error}"),
            Self::NotSent { reason } | Self::InDoubt { reason } => f.write_str(reason),
        }
    }
}

impl std::error::Error for CallError {}

/// The parts of an error body that are looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    error: Option<String>,
    needed: Option<String>,
    response_metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    messages: Vec<String>,
}

/// Only what a code, a scope or a JSON pointer is made of; anything else could be somebody's words.
fn clean(text: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || "_.:/,-".contains(*c);
    let kept: String = text.chars().take(80).take_while(allowed).collect();
    // A token is made of the same characters.
    if kept.starts_with("xox") || kept.starts_with("xapp") || kept.is_empty() {
        "unknown".to_owned()
    } else {
        kept
    }
}

fn pointer(messages: &[String]) -> Option<String> {
    let (_, pointer) = messages.iter().find_map(|message| message.split_once("[json-pointer:"))?;
    Some(clean(pointer))
}

impl CallError {
    /// A refusal with a code.
    pub fn refused(error: &str) -> Self {
        Self::Refused { error: clean(error), needed: None, at: None }
    }

    /// No answer within the time that a call may take.
    pub fn late() -> Self {
        Self::InDoubt { reason: "no answer from Slack in time".to_owned() }
    }

    /// Slack's code, when it refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Whether Slack refused with one of these codes.
    pub fn is_any(&self, codes: &[&str]) -> bool {
        self.code().is_some_and(|code| codes.contains(&code))
    }

    /// What an `"ok": false` means.
    pub fn from_body(body: &str) -> Self {
        let body: ErrorBody = serde_json::from_str(body).unwrap_or_default();
        let code = clean(body.error.as_deref().unwrap_or("unknown"));
        match code.as_str() {
            "ratelimited" | "rate_limited" => Self::Rate { retry_after: super::limiter::UNNAMED_PAUSE },
            // Slack says of these that a part may have been carried out.
            "internal_error" | "fatal_error" | "unknown" => {
                Self::InDoubt { reason: format!("Slack answered {code}") }
            }
            "service_unavailable" | "request_timeout" | "team_added_to_org" => {
                Self::NotSent { reason: format!("Slack answered {code}") }
            }
            _ => Self::Refused {
                needed: body.needed.filter(|_| code == "missing_scope").map(|scope| clean(&scope)),
                at: pointer(&body.response_metadata.messages),
                error: code,
            },
        }
    }

    /// Slack answered with this HTTP status.
    fn from_status(status: u16, body: Option<&str>) -> Self {
        let says_why = body.is_some_and(|body| {
            serde_json::from_str::<ErrorBody>(body).is_ok_and(|body| body.error.is_some())
        });
        match (status, body) {
            (_, Some(body)) if says_why => Self::from_body(body),
            (500.., _) => Self::InDoubt { reason: format!("HTTP status {status}") },
            // A proxy or a wrong address: nothing was carried out, and somebody may set it right.
            _ => Self::NotSent { reason: format!("HTTP status {status}; is the address of Slack right") },
        }
    }

    /// What the client's error means.
    pub fn from_client(error: &SlackClientError) -> Self {
        match error {
            SlackClientError::RateLimitError(limit) => {
                Self::Rate { retry_after: limit.retry_after.unwrap_or(super::limiter::UNNAMED_PAUSE) }
            }
            SlackClientError::ApiError(refusal) => match &refusal.http_response_body {
                Some(body) => Self::from_body(body),
                None => Self::refused(&refusal.code),
            },
            SlackClientError::HttpError(http) => {
                Self::from_status(http.status_code.as_u16(), http.http_response_body.as_deref())
            }
            SlackClientError::HttpProtocolError(fault) => match &fault.cause {
                Some(cause) if is_connect(&**cause) => {
                    Self::NotSent { reason: "no connection to Slack".to_owned() }
                }
                _ => Self::InDoubt { reason: "the connection to Slack broke".to_owned() },
            },
            SlackClientError::ProtocolError(_) => {
                Self::InDoubt { reason: "Slack's answer could not be read".to_owned() }
            }
            _ => Self::InDoubt { reason: "the answer from Slack broke off".to_owned() },
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
            Self::NotSent { .. } => Outcome::NotYet { retry_at: None, reason },
            Self::InDoubt { .. } => Outcome::InDoubt { reason },
            Self::Refused { error, .. } => match gone(error, place) {
                Some(what) => Outcome::Gone { what, reason },
                None => Outcome::Refused { reason },
            },
        }
    }
}

fn gone(code: &str, place: &Place) -> Option<Gone> {
    match (code, place) {
        ("account_inactive" | "token_revoked" | "token_expired" | "invalid_auth" | "not_authed", _) => {
            Some(Gone::Workspace)
        }
        ("channel_not_found" | "is_archived" | "not_in_channel", Place::Room(_)) => Some(Gone::Room),
        (
            "channel_not_found"
            | "user_not_found"
            | "users_not_found"
            | "user_disabled"
            | "user_deactivated"
            | "user_not_visible"
            | "cannot_dm_bot"
            | "messages_tab_disabled",
            Place::Direct(_),
        ) => Some(Gone::Person),
        _ => None,
    }
}

fn is_connect(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    cause
        .downcast_ref::<hyper_util::client::legacy::Error>()
        .is_some_and(hyper_util::client::legacy::Error::is_connect)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> Place {
        Place::Room("C1".to_owned())
    }

    fn direct() -> Place {
        Place::Direct("U1".to_owned())
    }

    fn told(body: &str, place: &Place) -> Outcome {
        CallError::from_body(body).outcome(place, Instant::from_secs(0))
    }

    #[test]
    fn a_refusal_says_what_is_gone() {
        let gone = |code: &str, place: &Place| match told(&format!(r#"{{"error":"{code}"}}"#), place) {
            Outcome::Gone { what, reason } => {
                assert!(reason.contains(code), "{reason}");
                Some(what)
            }
            _ => None,
        };
        for code in ["channel_not_found", "is_archived", "not_in_channel"] {
            assert_eq!(gone(code, &room()), Some(Gone::Room), "{code}");
        }
        for code in ["account_inactive", "token_revoked", "invalid_auth", "not_authed"] {
            assert_eq!(gone(code, &room()), Some(Gone::Workspace), "{code}");
        }
        for code in ["user_not_found", "user_disabled", "cannot_dm_bot", "messages_tab_disabled"] {
            assert_eq!(gone(code, &direct()), Some(Gone::Person), "{code}");
        }
        assert_eq!(gone("msg_too_long", &room()), None);
    }

    #[test]
    fn a_missing_scope_is_named_with_what_to_do() {
        let outcome = told(r#"{"ok":false,"error":"missing_scope","needed":"pins:write"}"#, &room());
        let Outcome::Refused { reason } = outcome else { panic!("{outcome:?}") };
        assert!(reason.contains("pins:write") && reason.contains("install the app again"), "{reason}");
    }

    #[test]
    fn what_slack_may_have_carried_out_is_in_doubt_and_what_it_surely_did_not_is_not() {
        for code in ["internal_error", "fatal_error"] {
            let outcome = told(&format!(r#"{{"error":"{code}"}}"#), &room());
            assert!(matches!(outcome, Outcome::InDoubt { .. }), "{outcome:?}");
        }
        assert!(matches!(CallError::from_status(502, Some("<html>")), CallError::InDoubt { .. }));
        assert!(matches!(CallError::from_status(404, Some("<html>")), CallError::NotSent { .. }));
        let json = r#"{"ok":false,"error":"invalid_auth"}"#;
        assert_eq!(CallError::from_status(401, Some(json)), CallError::refused("invalid_auth"));
    }

    #[test]
    fn a_reason_holds_the_place_of_the_fault_but_nobodys_words_and_no_token() {
        let body = r#"{"error":"invalid_blocks","response_metadata":{"messages":
            ["[ERROR] must be less than 151 characters: Canary words [json-pointer:/blocks/0/text/text]"]}}"#;
        let reason = CallError::from_body(body).to_string();
        assert_eq!(reason, "Slack answered invalid_blocks at /blocks/0/text/text");
        for body in [
            r#"{"error":"bad token xoxb-canary"}"#,
            r#"{"error":"xoxb-canary"}"#,
            r#"{"error":"missing_scope","needed":"xapp-canary"}"#,
        ] {
            let reason = format!("{0} {0:?}", CallError::from_body(body));
            assert!(!reason.contains("canary"), "{reason}");
        }
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

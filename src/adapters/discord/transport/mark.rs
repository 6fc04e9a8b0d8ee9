//! How a post is found again in a history, where Discord does not show its nonce: by the address of its embed, which
//! nobody sees because the embed has no title. Pure. Invariant: a stamped body is within the same limits as before and
//! shows the same words.

use serde_json::{Value, json};

use crate::domain::civil::Instant;

/// Discord counts milliseconds from the beginning of 2015.
const EPOCH_MILLIS: i64 = 1_420_070_400_000;
/// Bits of an id behind its time.
const TAIL_BITS: u32 = 22;

/// Puts the marker into a body for a new post and makes sending it twice harmless. Words that stood alone move into an
/// embed; mentions stay outside too, for inside they reach nobody.
pub fn stamp(body: &mut Value, marker: &str, mentions: &[String]) {
    body["nonce"] = json!(marker);
    body["enforce_nonce"] = json!(true);
    body["allowed_mentions"] = allowed(mentions);
    if body["embeds"].as_array().is_none_or(Vec::is_empty) {
        let Some(words) = body["content"].as_str().filter(|words| !words.is_empty()) else { return };
        body["embeds"] = json!([{ "description": words }]);
        let called: Vec<String> = mentions.iter().map(|account| format!("<@{account}>")).collect();
        if called.is_empty() {
            // Removed and not emptied: a body without the field is what Discord documents.
            body.as_object_mut().map(|body| body.remove("content"));
        } else {
            body["content"] = json!(called.join(" "));
        }
    }
    body["embeds"][0]["url"] = json!(format!("https://discord.com/channels/@me#{marker}"));
}

/// Only these accounts are told that they are mentioned; never everybody and never a role.
pub fn allowed(mentions: &[String]) -> Value {
    let mut users: Vec<&String> = mentions.iter().collect();
    users.sort();
    users.dedup();
    users.truncate(100);
    json!({ "parse": [], "users": users })
}

/// Whether a message of a history carries the marker.
pub fn is_stamped(message: &Value, marker: &str) -> bool {
    let ends_with = |url: &str| url.rsplit_once('#').is_some_and(|(_, tail)| tail == marker);
    let embeds = message["embeds"].as_array().into_iter().flatten();
    embeds.filter_map(|embed| embed["url"].as_str()).any(ends_with)
}

/// The smallest id that something made at this instant can have.
pub fn id_at(at: Instant) -> u64 {
    let millis = (at.as_micros().div_euclid(1_000) - EPOCH_MILLIS).max(0);
    u64::try_from(millis).unwrap_or(0) << TAIL_BITS
}

/// When something with this id was made.
pub fn made_at(id: &str) -> Option<Instant> {
    let millis = i64::try_from(id.parse::<u64>().ok()? >> TAIL_BITS).ok()?;
    Some(Instant::from_micros((millis + EPOCH_MILLIS) * 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKER: &str = "01jd5k7m9p2q4r6t8v";

    #[test]
    fn a_card_keeps_all_it_shows_and_carries_the_marker_where_nobody_sees_it() {
        let mut body = json!({ "embeds": [{ "description": "Words", "color": 5 }], "components": [1] });
        stamp(&mut body, MARKER, &[]);
        assert_eq!(body["embeds"][0]["description"], "Words");
        assert_eq!(body["embeds"][0].get("title"), None);
        assert_eq!((&body["nonce"], &body["enforce_nonce"]), (&json!(MARKER), &json!(true)));
        assert_eq!(body["allowed_mentions"], json!({ "parse": [], "users": [] }));
        assert!(is_stamped(&body, MARKER));
        assert!(!is_stamped(&body, "01jd5k7m9p2q4r6t8w") && !is_stamped(&body, "8v"));
    }

    #[test]
    fn words_alone_move_into_an_embed_and_a_mention_still_reaches_its_person() {
        let mut body = json!({ "content": "Hello" });
        stamp(&mut body, MARKER, &[]);
        assert_eq!(body["embeds"][0]["description"], "Hello");
        assert_eq!(body.get("content"), None);
        let mut body = json!({ "content": "<@7>\nHello" });
        stamp(&mut body, MARKER, &["7".to_owned()]);
        assert_eq!(body["content"], "<@7>");
        assert_eq!(body["allowed_mentions"]["users"], json!(["7"]));
        assert!(is_stamped(&body, MARKER));
    }

    #[test]
    fn an_id_holds_its_time() {
        let at = Instant::from_micros(1_700_000_000_123_000);
        let id = id_at(at);
        assert_eq!(made_at(&id.to_string()), Some(at));
        assert_eq!(made_at("175928847299117063"), Some(Instant::from_micros(1_462_015_105_796_000)));
        assert_eq!(made_at("me"), None);
        assert_eq!(id_at(Instant::from_secs(0)), 0);
    }
}

//! Time zones that are likely for the language of somebody's client. Discord never tells a bot anybody's zone, so it
//! is asked for once, with these as a beginning. Invariant: every name here is one that the core takes.

use crate::chat::Choice;
use crate::chat::message::{Action, Message, TimeStyle, bold, command, time};
use crate::core::command::{Kind, TABLE};
use crate::domain::civil::{Instant, Zone};

/// By language of the client; what is not there begins with the last row.
const LIKELY: &[(&str, &[&str])] = &[
    ("bg", &["Europe/Sofia"]),
    ("cs", &["Europe/Prague"]),
    ("da", &["Europe/Copenhagen"]),
    ("de", &["Europe/Berlin", "Europe/Vienna", "Europe/Zurich"]),
    ("el", &["Europe/Athens"]),
    ("en-GB", &["Europe/London", "Europe/Dublin"]),
    ("en-US", &["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]),
    ("es-419", &["America/Mexico_City", "America/Bogota", "America/Lima", "America/Argentina/Buenos_Aires"]),
    ("es-ES", &["Europe/Madrid", "Atlantic/Canary"]),
    ("fi", &["Europe/Helsinki"]),
    ("fr", &["Europe/Paris", "America/Toronto", "Europe/Brussels"]),
    ("hi", &["Asia/Kolkata"]),
    ("hr", &["Europe/Zagreb"]),
    ("hu", &["Europe/Budapest"]),
    ("id", &["Asia/Jakarta", "Asia/Makassar"]),
    ("it", &["Europe/Rome"]),
    ("ja", &["Asia/Tokyo"]),
    ("ko", &["Asia/Seoul"]),
    ("lt", &["Europe/Vilnius"]),
    ("nl", &["Europe/Amsterdam", "Europe/Brussels"]),
    ("no", &["Europe/Oslo"]),
    ("pl", &["Europe/Warsaw"]),
    ("pt-BR", &["America/Sao_Paulo", "America/Manaus"]),
    ("ro", &["Europe/Bucharest"]),
    ("ru", &["Europe/Moscow"]),
    ("sv-SE", &["Europe/Stockholm"]),
    ("th", &["Asia/Bangkok"]),
    ("tr", &["Europe/Istanbul"]),
    ("uk", &["Europe/Kyiv"]),
    ("vi", &["Asia/Ho_Chi_Minh"]),
    ("zh-CN", &["Asia/Shanghai"]),
    ("zh-TW", &["Asia/Taipei"]),
    ("", &["Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
];

/// Zones that are likely for this language, the likeliest first; at most four.
pub fn likely(locale: &str) -> &'static [&'static str] {
    let found = LIKELY.iter().find(|(language, _)| *language == locale);
    found.or(LIKELY.last()).map_or(&[], |(_, zones)| zones)
}

/// Asks somebody new for their zone. They see what time it would be there beside their own clock, so that a wrong
/// choice shows at once.
pub fn question(locale: &str, now: Instant) -> Message {
    let zones = likely(locale);
    let label = |name: &&str| format!("{} · {}", city(name), clock(name, now));
    let buttons = zones.iter().map(|name| Action::button(label(name), format!("zone {name}")));
    Message::new()
        .text([bold("Which time zone are you in?")])
        .text([
            "Discord does not tell me. Your own clock says ".into(),
            time(now, TimeStyle::Time),
            "; press the button that says the same, or find your zone with ".into(),
            command("zone"),
            ".".into(),
        ])
        .actions(buttons)
}

/// Whether an argument of a command is a zone.
pub fn is_zone(path: &str, arg: &str) -> bool {
    let spec = TABLE.iter().find(|spec| spec.path == path);
    spec.and_then(|spec| spec.arg(arg)).is_some_and(|arg| arg.kind == Kind::Zone)
}

/// What to offer before anything was typed, with the time it is there.
pub fn offers(locale: &str, now: Instant) -> Vec<Choice> {
    likely(locale).iter().map(|name| Choice::new(*name, format!("{name} · {}", clock(name, now)))).collect()
}

/// The city of a zone.
pub fn city(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).replace('_', " ")
}

/// What time it is there.
pub fn clock(name: &str, now: Instant) -> String {
    let zone = Zone::parse(name).unwrap_or_else(|_| Zone::utc());
    zone.civil(now).strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_likely_zone_is_one_that_the_core_takes_and_fits_one_row_of_buttons() {
        for (language, zones) in LIKELY {
            assert!((1..=5).contains(&zones.len()), "{language}");
            for zone in *zones {
                assert!(Zone::parse(zone).is_ok(), "{zone}");
            }
        }
    }

    #[test]
    fn a_language_that_nobody_foresaw_still_gets_a_beginning() {
        assert_eq!(likely("de")[0], "Europe/Berlin");
        assert_eq!(likely("tlh"), likely(""));
        assert!(!likely("").is_empty());
    }

    #[test]
    fn the_question_says_what_time_it_is_there() {
        let noon = Instant::from_secs(1_700_000_000 - 1_700_000_000 % 86_400 + 43_200);
        let message = question("ja", noon);
        let action = message.all_actions().next().expect("a button");
        assert_eq!(action.command(), "zone Asia/Tokyo");
        assert!(matches!(action, Action::Button { label, .. } if label == "Tokyo · 21:00"));
        assert_eq!(offers("ja", noon)[0].label, "Asia/Tokyo · 21:00");
    }

    #[test]
    fn zones_are_told_from_other_arguments_by_the_command_table() {
        assert!(is_zone("profile", "zone"));
        assert!(!is_zone("profile", "name") && !is_zone("nowhere", "zone"));
    }
}

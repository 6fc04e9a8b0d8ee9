//! Names of channels: what Slack allows, made from what the group is called. Pure. Invariant: at most 80 characters
//! of lower-case letters, digits and hyphens, and the same name for the same group and number.

/// Slack's limit of a channel's name, in characters.
const LONGEST_NAME: usize = 80;
/// Characters of the marker that tell groups of one name apart.
const SUFFIX: usize = 6;
/// Room that a hyphen and a number take.
const NUMBER: usize = 3;

/// The name of a group's channel; `number` counts up when a name is taken.
pub fn room_name(name: &str, marker: &str, number: usize) -> String {
    let marker = slug(marker);
    let suffix = &marker[marker.len().saturating_sub(SUFFIX)..];
    let mut stem = slug(name);
    stem.truncate(LONGEST_NAME - SUFFIX - 1 - NUMBER);
    let stem = match stem.trim_end_matches('-') {
        "" => "group",
        stem => stem,
    };
    if number > 1 { format!("{stem}-{suffix}-{number}") } else { format!("{stem}-{suffix}") }
}

/// Lower-case letters and digits with single hyphens between; ASCII only.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if let Some(letters) = plain(c) {
            out.push_str(letters);
        } else if !is_mark(c) && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// Accents that stand behind their letter, and apostrophes, leave no gap.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\'' | '’')
}

/// A lower-case Latin letter without its accent.
const fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

/// The first characters of a text, with an ellipsis where something was left out.
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MARKER: &str = "01jd5k7m9p2q4r6t8v";

    #[test]
    fn a_name_is_folded_to_what_slack_allows() {
        assert_eq!(
            room_name("Größe & Übung: Łódź’s “Rust” group", MARKER, 1),
            "grosse-ubung-lodzs-rust-group-4r6t8v"
        );
    }

    #[test]
    fn a_name_without_a_latin_letter_is_still_a_name_and_a_taken_one_is_numbered() {
        assert_eq!(room_name("数学 🙂", MARKER, 1), "group-4r6t8v");
        assert_eq!(room_name("Owls", MARKER, 3), "owls-4r6t8v-3");
    }

    #[test]
    fn a_topic_is_cut_between_characters() {
        assert_eq!(shorten("日本語のグループ", 4), "日本語…");
        assert_eq!(shorten("short", 10), "short");
    }

    proptest! {
        #[test]
        fn every_name_is_allowed(name in ".{0,120}", marker in "[0-9a-z]{18}", number in 1_usize..7) {
            let made = room_name(&name, &marker, number);
            prop_assert!(made.len() <= LONGEST_NAME, "{made}");
            prop_assert!(made.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{made}");
            prop_assert!(!made.starts_with('-') && !made.contains("--"), "{made}");
        }
    }
}

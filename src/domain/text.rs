//! What people write, made fit to keep and to repeat: names, notes and typed lines, wherever they come from.
//!
//! Invariant: what is kept looks as it was written. Nothing in it turns the writing direction, and nothing is there
//! that cannot be seen, except what letters and pictures need to join.

/// At most 60 characters of what was typed, for repeating it.
pub fn shortened(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if text.chars().count() > 60 {
        out.push('…');
    }
    out
}

/// [`tidy`] text on one line; empty where nothing of it can be seen.
pub fn one_line(text: &str) -> String {
    let text = tidy(text).replace('\n', " ");
    if text.chars().any(shows) { text } else { String::new() }
}

/// Text without what has no place in names and notes: control characters (line breaks stay), marks that turn the
/// writing direction, and characters of no width.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        let before = out.chars().next_back();
        let idle = is_hidden(letter)
            || is_joiner(letter) && !joins(before, rest.peek().copied())
            || is_selector(letter) && !before.is_some_and(shows)
            || is_tag(letter) && !before.is_some_and(|flag| flag == BLACK_FLAG || is_tag(flag));
        match letter {
            '\n' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' | '\r' => out.push(' '),
            _ if idle => {}
            _ => out.push(letter),
        }
    }
    out
}

/// The flags of Scotland, Wales and England are this one and tags behind it.
const BLACK_FLAG: char = '\u{1f3f4}';

/// Whether a character is never seen and never needed.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
        )
}

/// Whether a character shapes its neighbours and is not seen itself.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{34f}' | '\u{180e}' | '\u{200c}' | '\u{200d}')
}

/// Whether a joiner does something here: between letters of scripts that join, and within pictures.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return false;
    };
    (shows(before) || is_selector(before)) && shows(after) && !(before.is_ascii() && after.is_ascii())
}

/// Whether a character chooses how the one before it looks.
fn is_selector(letter: char) -> bool {
    matches!(letter, '\u{180b}'..='\u{180d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a character spells out which flag is meant.
fn is_tag(letter: char) -> bool {
    matches!(letter, '\u{e0000}'..='\u{e007f}')
}

/// Whether a character can be seen by itself. Some letters have no shape and only fill a place.
fn shows(letter: char) -> bool {
    let fills = matches!(letter, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}');
    let hidden = is_hidden(letter) || is_joiner(letter) || is_selector(letter) || is_tag(letter);
    !(letter.is_whitespace() || fills || hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_the_direction_or_has_no_width_is_taken_out() {
        for (given, kept) in [
            ("Ben\u{202e}ecila", "Benecila"),
            ("\u{2066}Ada\u{2069} \u{200b}Brook\u{feff}", "Ada Brook"),
            ("\u{200e}Ada\u{200f}\u{61c}", "Ada"),
            ("A\u{2060}d\u{ad}a\u{7}\u{0}", "Ada"),
            ("An\u{200d}na\u{200c}", "Anna"),
            ("\u{200d}\u{6a9}", "\u{6a9}"),
            ("Ada\u{e0041}\u{e0042}", "Ada"),
            ("\u{fe0f}Ada", "Ada"),
            ("two\u{2028}lines\tand a tab", "two\nlines and a tab"),
        ] {
            assert_eq!(tidy(given), kept, "{given:?}");
            assert_eq!(tidy(kept), kept, "tidy stays tidy");
        }
    }

    #[test]
    fn letters_and_pictures_that_join_stay_joined() {
        for text in [
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
            "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "Zoe\u{308} N\u{fa}\u{f1}ez",
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
        ] {
            assert_eq!(tidy(text), text, "{text:?}");
            assert_eq!(one_line(text), text, "{text:?}");
        }
    }

    #[test]
    fn a_line_of_which_nothing_can_be_seen_is_empty() {
        for text in [
            "",
            " \t\n",
            "\u{200b}",
            "\u{200d}\u{200c}",
            "\u{3164}",
            "\u{2800} \u{ffa0}",
            "\u{a0}",
            "\u{fe0f}",
        ] {
            assert_eq!(one_line(text), "", "{text:?}");
        }
        assert_eq!(one_line("a\nb"), "a b");
    }

    #[test]
    fn what_is_long_is_repeated_in_part() {
        assert_eq!(shortened("Ada"), "Ada");
        assert_eq!(shortened(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
    }
}

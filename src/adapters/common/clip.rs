//! Shortening and dividing text. Invariant: a cut never falls inside a character that is drawn as one, and never hides
//! that something is missing: it ends in `…`.

/// How much room a character takes where it is going, such as its UTF-16 units or those of its escaped form.
pub type Length = fn(char) -> usize;

/// The room a text takes.
pub fn length(text: &str, of: Length) -> usize {
    text.chars().map(of).sum()
}

/// Text that takes no more than `max`; cut at a word where one ends near, with `…`.
pub fn cut(text: &str, max: usize, of: Length) -> String {
    if length(text, of) <= max {
        return text.to_owned();
    }
    let (head, rest) = text.split_at(head(text, max.saturating_sub(1), of));
    let near = |at: &usize| !rest.starts_with(char::is_whitespace) && head[*at..].chars().count() < 20;
    let kept = head.rfind(char::is_whitespace).filter(near).map_or(head, |at| &head[..at]).trim_end();
    format!("{}…", if kept.is_empty() { head } else { kept })
}

/// The longest beginning that takes no more than `max`.
pub fn beginning(text: &str, max: usize, of: Length) -> &str {
    &text[..head(text, max, of)]
}

/// Divides a text: the first part fits into `max`, and the second is empty when all of it does. The first part is
/// never empty unless the text is.
pub fn split(text: &str, max: usize, of: Length) -> (&str, &str) {
    if length(text, of) <= max {
        return (text, "");
    }
    let end = head(text, max, of);
    let word = text[..end].rfind(' ').filter(|at| *at > end / 2).map_or(end, |at| at + 1);
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(word.max(first))
}

/// Where the longest beginning ends that takes at most `max` and does not tear a drawn character apart.
fn head(text: &str, max: usize, of: Length) -> usize {
    let (mut used, mut safe, mut hard) = (0, 0, 0);
    let mut before = None;
    for (at, c) in text.char_indices() {
        if !before.is_some_and(|before| belongs(before, c)) {
            safe = at;
        }
        used += of(c);
        if used > max {
            return if safe == 0 { hard } else { safe };
        }
        hard = at + c.len_utf8();
        before = Some(c);
    }
    text.len()
}

/// Whether `c` is drawn into the character before it.
fn belongs(before: char, c: char) -> bool {
    let flag = |c: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&c);
    before == '\u{200d}' || is_mark(c) || (flag(before) && flag(c))
}

/// The columns a text takes in a fixed-width face.
pub fn columns(text: &str) -> usize {
    text.chars().map(|c| if is_mark(c) { 0 } else { 1 + usize::from(is_wide(c)) }).sum()
}

/// Whether a character takes no room of its own: accents, joiners, variation selectors, skin tones.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}' | '\u{e31}'
        | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}'
        | '\u{e0100}'..='\u{e01ef}')
}

const fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}' | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: Length = char::len_utf16;

    #[test]
    fn a_cut_ends_in_an_ellipsis_and_at_a_word_where_one_is_near() {
        assert_eq!(cut("one two three", 13, UNITS), "one two three");
        assert_eq!(cut("one two three", 10, UNITS), "one two…");
        assert_eq!(cut(&"x".repeat(80), 75, UNITS), format!("{}…", "x".repeat(74)));
    }

    #[test]
    fn a_drawn_character_is_never_torn_apart() {
        let family = "\u{1f469}\u{200d}\u{1f467}";
        assert_eq!(beginning(&format!("ab{family}"), 5, UNITS), "ab");
        assert_eq!(beginning("ae\u{301}", 2, UNITS), "a");
        assert_eq!(beginning("a\u{1f1e9}\u{1f1ea}", 3, UNITS), "a");
        assert_eq!(beginning(family, 2, UNITS), "\u{1f469}", "what never ends is cut all the same");
    }

    #[test]
    fn dividing_loses_nothing_and_always_moves_on() {
        assert_eq!(split("one two three", 9, UNITS), ("one two ", "three"));
        let double: Length = |_| 5;
        assert_eq!(split("&&", 3, double), ("&", "&"), "a part that cannot fit is still handed out");
    }
}

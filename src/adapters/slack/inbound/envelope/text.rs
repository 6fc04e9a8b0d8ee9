//! Slack's way of writing typed words, turned back into words. Invariant: what somebody typed as `<` comes as
//! `&lt;`, so every bare `<` is Slack's own and is resolved here, and none is left.

/// The longest text that is kept, in characters: one more than the core reads, so that it can refuse.
const MOST: usize = crate::core::parse::MAX_TEXT + 1;

/// The words as they were meant: a mention becomes the account's id, a link its words, entities their characters.
pub fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&unescaped(&rest[..open]));
        let inside = &rest[open + 1..];
        let Some(close) = inside.find('>') else {
            rest = inside;
            continue;
        };
        out.push_str(&unescaped(&meant(&inside[..close])));
        rest = &inside[close + 1..];
    }
    out.push_str(&unescaped(rest));
    out.chars().take(MOST).collect()
}

/// What stands between `<` and `>`.
fn meant(mark: &str) -> String {
    let (target, label) = mark.split_once('|').map_or((mark, ""), |(target, label)| (target, label));
    match target.chars().next() {
        Some('@') => target[1..].to_owned(),
        Some('#') => format!("#{}", if label.is_empty() { &target[1..] } else { label }),
        Some('!') if label.is_empty() => format!("@{}", target[1..].split('^').next().unwrap_or_default()),
        Some('!') => label.to_owned(),
        // Slack makes a link of every word with a dot; its label is then what was typed.
        _ if label.is_empty() => target.to_owned(),
        _ if target.ends_with(label) => label.to_owned(),
        _ => target.to_owned(),
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_links_and_entities_become_what_was_meant() {
        assert_eq!(plain("role grant mentor <@U012AB3CD|ada>"), "role grant mentor U012AB3CD");
        assert_eq!(plain("groups lock <@U012AB3CD>"), "groups lock U012AB3CD");
        assert_eq!(plain("place <http://meet.example.org|meet.example.org>"), "place meet.example.org");
        assert_eq!(plain("<https://meet.example.org/a>"), "https://meet.example.org/a");
        assert_eq!(plain("<mailto:ada@example.org|ada@example.org>"), "ada@example.org");
        assert_eq!(plain("R &amp; D &lt;ten&gt; &amp;lt;"), "R & D <ten> &lt;");
        assert_eq!(plain("<#C1|general> <!here> <!subteam^S1|@staff>"), "#general @here @staff");
    }

    #[test]
    fn a_mark_that_never_ends_loses_only_its_sign() {
        assert_eq!(plain("a < b"), "a  b");
        assert_eq!(plain("<"), "");
        assert_eq!(plain("<>"), "");
    }

    #[test]
    fn very_long_words_are_kept_just_long_enough_to_be_refused() {
        let long = "ü".repeat(40_000);
        assert_eq!(plain(&long).chars().count(), crate::core::parse::MAX_TEXT + 1);
    }
}

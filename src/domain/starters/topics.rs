//! Topics as people type them: the key of a tag, its title, or words of their own.
//!
//! Invariant: what is shown of topics is read back as the same topics.

use std::collections::BTreeSet;

use super::library::{Library, Theme};

/// Tags named as near at most.
const NEAR: usize = 3;
/// Words between commas that are looked at; far more than anybody may keep.
const MOST_PARTS: usize = 64;
/// Letters that are compared; no title is as long.
const LONGEST: usize = 60;

impl Library {
    /// The tag that these words name by its key or its title, whatever their case and marks.
    pub fn named_theme(&self, words: &str) -> Option<&Theme> {
        let wanted = folded(words);
        self.themes.iter().find(|theme| folded(&theme.key) == wanted || folded(&theme.title) == wanted)
    }

    /// The topics in words with commas in between, sorted, each once: keys of tags, and any other words in lower case.
    pub fn topics(&self, text: &str) -> Vec<String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.take(MOST_PARTS).collect();
        let longest = self.themes.iter().map(|theme| theme.title.split(',').count()).max().unwrap_or(1);
        let mut topics = BTreeSet::new();
        let mut rest = parts.as_slice();
        while let Some(first) = rest.first() {
            // A title may hold commas itself, so the longest run of parts that is a title comes first.
            let named = (1..=longest.min(rest.len()))
                .rev()
                .find_map(|many| self.in_parts(&rest[..many]).map(|theme| (theme, many)));
            let (topic, many) =
                named.map_or_else(|| (first.to_lowercase(), 1), |(theme, many)| (theme.key.clone(), many));
            topics.insert(topic);
            rest = &rest[many..];
        }
        topics.into_iter().collect()
    }

    /// The tag that words between commas name: one by key or title, several as a title that holds those commas.
    fn in_parts(&self, parts: &[&str]) -> Option<&Theme> {
        let holds = |theme: &&Theme| parts.len() == 1 || theme.title.split(',').count() == parts.len();
        self.named_theme(&parts.join(" ")).filter(holds)
    }

    /// Stored topics as people see them, with commas in between.
    pub fn shown_topics(&self, stored: &str) -> String {
        let topics = self.topics(stored);
        let shown: Vec<&str> = topics.iter().map(|topic| self.theme_title(topic)).collect();
        shown.join(", ")
    }

    /// Titles of tags that these words are near to, nearest first.
    pub fn near_themes(&self, words: &str) -> Vec<&str> {
        let wanted: String = folded(words).chars().take(LONGEST).collect();
        let most = 2.max(wanted.chars().count() / 4);
        let mut near: Vec<(usize, &str)> = self
            .themes
            .iter()
            .map(|theme| (distance(&wanted, theme), theme.title.as_str()))
            .filter(|(distance, _)| *distance <= most)
            .collect();
        near.sort_unstable();
        near.into_iter().map(|(_, title)| title).take(NEAR).collect()
    }
}

/// How far folded words are from a tag: from its key, its title, or the nearest longer word of the title.
fn distance(wanted: &str, theme: &Theme) -> usize {
    let (key, title) = (folded(&theme.key), folded(&theme.title));
    if wanted.chars().count() > 2 && (key.contains(wanted) || title.contains(wanted)) {
        return 0;
    }
    let away = |text: &str| strsim::damerau_levenshtein(wanted, text);
    let words = title.split(' ').filter(|word| word.chars().count() > 3).map(away);
    words.min().unwrap_or(usize::MAX).min(away(&key)).min(away(&title))
}

/// Words in lower case without marks, "&" written out.
fn folded(text: &str) -> String {
    let lower = text.to_lowercase().replace('&', " and ");
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Library {
        let theme = |key: &str, title: &str| Theme { key: key.into(), title: title.into(), core: false };
        Library {
            themes: vec![
                theme("culture-politics", "Culture and politics"),
                theme("industry-change", "Moving industry, changing industry"),
                theme("stakeholders", "Persuading stakeholders"),
            ],
            ..Library::default()
        }
    }

    #[test]
    fn a_topic_is_read_by_key_or_title_and_other_words_stay_as_they_are() {
        let read = |text: &str| library().topics(text);
        for words in ["culture-politics", "Culture and politics", "CULTURE & POLITICS ", "culture politics"] {
            assert_eq!(read(words), ["culture-politics"], "{words}");
        }
        assert_eq!(read("Cloud, cloud ,Persuading  stakeholders"), ["cloud", "stakeholders"]);
        assert_eq!(read("culture, politics"), ["culture", "politics"]);
        assert!(read(" , ").is_empty());
    }

    #[test]
    fn what_is_shown_of_topics_is_read_back_as_the_same_topics() {
        let library = library();
        let stored = "cloud, culture-politics, industry-change, stakeholders";
        let shown = library.shown_topics(stored);
        assert_eq!(
            shown,
            "cloud, Culture and politics, Moving industry, changing industry, Persuading stakeholders"
        );
        assert_eq!(library.topics(&shown).join(", "), stored);
    }

    #[test]
    fn an_unknown_topic_has_near_ones_or_none() {
        assert_eq!(library().near_themes("stakeholder"), ["Persuading stakeholders"]);
        assert_eq!(library().near_themes("Cultur"), ["Culture and politics"]);
        assert!(library().near_themes("nonsense").is_empty());
    }
}

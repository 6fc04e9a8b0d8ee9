//! Rules for words that people will read. Invariant: a question that passes cannot be answered with
//! yes or no.

use super::fault::{Faults, Spot};

/// Longest question of a starter, in characters.
pub(super) const QUESTION_MAX: usize = 160;

const OPENERS: [&str; 7] = ["what", "which", "how", "who", "whose", "when", "where"];
const CLOSED: [&str; 22] = [
    "am", "are", "can", "could", "did", "do", "does", "had", "has", "have", "is", "may", "might", "must",
    "shall", "should", "was", "were", "will", "would", "don't", "isn't",
];

/// The main question: open from its first word, ends with a question mark, not too long.
pub(super) fn check_question(text: &str, spot: &Spot, faults: &mut Faults) {
    let first = first_word(text);
    if !OPENERS.contains(&first.as_str()) {
        faults.add(
            spot,
            format!(
                "A starter is an open question, and this one begins with \"{first}\". Please begin with {}.",
                "what, which, how, who, whose, when or where"
            ),
        );
    }
    check_mark(text, spot, faults);
    check_length(text, QUESTION_MAX, spot, faults);
}

/// A follow-up: may begin with other words too ("With whom"), but not with those that ask for yes or no.
pub(super) fn check_follow_up(text: &str, spot: &Spot, faults: &mut Faults) {
    let first = first_word(text);
    if CLOSED.contains(&first.as_str()) {
        faults.add(
            spot,
            format!("This follow-up can be answered with yes or no. Please begin with a word other than \"{first}\"."),
        );
    }
    check_mark(text, spot, faults);
    check_length(text, QUESTION_MAX, spot, faults);
}

/// A question mark at the end.
pub(super) fn check_mark(text: &str, spot: &Spot, faults: &mut Faults) {
    if !text.trim_end().ends_with('?') {
        faults.add(spot, "A question ends with a question mark. Please add it.");
    }
}

/// Between 1 and `most` characters, without blanks at the ends.
pub(super) fn check_length(text: &str, most: usize, spot: &Spot, faults: &mut Faults) {
    let length = text.chars().count();
    if text.trim().is_empty() {
        faults.add(spot, "This text is empty. Please write it or remove the entry.");
    } else if length > most {
        faults.add(
            spot,
            format!("This text has {length} characters, and at most {most} are easy to read in a chat. Please shorten it."),
        );
    }
}

/// Keys and ids: small letters, digits and hyphens.
pub(super) fn check_id(id: &str, spot: &Spot, faults: &mut Faults) {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || id.chars().count() > 40 || !id.chars().all(fits) {
        faults.add(
            spot,
            format!("\"{id}\" cannot be an id. Please use up to 40 small letters, digits and hyphens."),
        );
    }
}

fn first_word(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .find(|word| !word.is_empty())
        .unwrap_or("")
        .to_lowercase()
}

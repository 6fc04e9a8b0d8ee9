//! TOML read with all its faults at once: what cannot be read is set aside, and the rest is read on.
//!
//! Invariant: every round of reading takes something out of the file, so reading ends; a value comes only of a file
//! whose syntax was understood.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

use super::fault::{MOST_FAULTS, meant};
use crate::domain::text::shortened;

/// Something that could not be read.
#[derive(Debug, Clone)]
pub(super) struct Slip {
    /// Where it stands, in bytes; none when it is about the file as a whole.
    pub(super) at: Option<usize>,
    /// The key of the file under which it was set aside; empty for a fault of syntax.
    pub(super) key: String,
    /// What is wrong and what to do.
    pub(super) what: String,
    /// Where the entry of a list begins that lacks something now.
    entry: Option<usize>,
}

/// The value as far as it could be read, and what could not.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<Slip>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return (None, errors.iter().map(|error| slip(error, Taken::default())).collect());
    }
    let (span, mut table) = (root.span(), root.into_inner());
    let mut slips: Vec<Slip> = Vec::new();
    while slips.len() <= MOST_FAULTS {
        let source = Deserializer::from(Spanned::new(span.clone(), table.clone()));
        let error = match <T as serde::Deserialize>::deserialize(source) {
            Ok(value) => return (Some(value), slips),
            Err(error) => error,
        };
        let at = error.span().map(|span| span.start);
        let taken = at.and_then(|at| take_out(&mut table, at));
        // What is missing only because it was just set aside has been told.
        let lacks = at.is_some() && error.message().starts_with(MISSING);
        let known = lacks && slips.iter().any(|slip| slip.entry == at);
        if !known {
            slips.push(slip(&error, taken.clone().unwrap_or_default()));
        }
        if taken.is_none() {
            break;
        }
    }
    (None, slips)
}

fn slip(error: &Error, taken: Taken) -> Slip {
    let at = error.span().map(|span| span.start);
    Slip { at, key: taken.key, what: in_words(error.message()), entry: taken.entry }
}

/// What was taken out of a file.
#[derive(Debug, Clone, Default)]
struct Taken {
    /// The key of the outermost table.
    key: String,
    /// Where the innermost entry of a list begins that it was a part of.
    entry: Option<usize>,
}

/// Takes the innermost thing at a place out of a table.
fn take_out(table: &mut DeTable<'_>, at: usize) -> Option<Taken> {
    let mut found = None;
    for (key, value) in &mut *table {
        if let Some(taken) = take_within(value.get_mut(), at) {
            return Some(Taken { key: key.get_ref().to_string(), ..taken });
        }
        if key.span().contains(&at) || value.span().contains(&at) {
            found = Some(key.clone());
        }
    }
    let key = found?;
    table.remove(&key)?;
    Some(Taken { key: key.into_inner().into_owned(), entry: None })
}

/// Takes the innermost thing at a place out of a value.
fn take_within(value: &mut DeValue<'_>, at: usize) -> Option<Taken> {
    let list = match value {
        DeValue::Table(table) => return take_out(table, at),
        DeValue::Array(list) => list,
        _ => return None,
    };
    let inner = list.iter_mut().find_map(|item| {
        let begin = item.span().start;
        let taken = take_within(item.get_mut(), at)?;
        Some(Taken { entry: taken.entry.or(Some(begin)), ..taken })
    });
    if inner.is_some() || !list.iter().any(|item| item.span().contains(&at)) {
        return inner;
    }
    let mut kept = DeArray::new();
    for item in list.iter().filter(|item| !item.span().contains(&at)) {
        kept.push(item.clone());
    }
    *list = kept;
    Some(Taken::default())
}

/// How the reader begins to say that a key is not there.
const MISSING: &str = "missing field `";

/// What the reader of TOML says, with what to do.
fn in_words(message: &str) -> String {
    if let Some((word, known)) = choice(message, "unknown field `") {
        return format!("I do not know the rule {}. {}", shortened(word), hint(word, &known));
    }
    if let Some((word, known)) = choice(message, "unknown variant `") {
        return format!("I do not know the word \"{}\" here. {}", shortened(word), hint(word, &known));
    }
    if let Some((word, _)) = choice(message, MISSING) {
        return format!("Here {word} is missing. Add it, or take the whole entry out.");
    }
    let wrong =
        ["invalid type: ", "invalid value: "].into_iter().find_map(|start| message.strip_prefix(start));
    if let Some((given, wanted)) = wrong.and_then(|rest| rest.rsplit_once(", expected ")) {
        return format!("Here stands {}. Write {} instead.", stands(given), wants(wanted));
    }
    let message = message.lines().next().unwrap_or_default().trim_end_matches('.');
    format!("This is not a rule I can read: {message}. Put it right and send the file again.")
}

/// The word that a message is about, and those that are known instead.
fn choice<'m>(message: &'m str, start: &str) -> Option<(&'m str, Vec<&'m str>)> {
    let rest = message.strip_prefix(start)?;
    let (word, rest) = rest.split_once('`').unwrap_or((rest, ""));
    Some((word, rest.split('`').skip(1).step_by(2).collect()))
}

fn hint(word: &str, known: &[&str]) -> String {
    match meant(word, known.iter().copied()) {
        Some(name) => format!("Did you mean {name}?"),
        None => format!("Here may stand: {}.", known.join(", ")),
    }
}

/// What somebody wrote.
fn stands(given: &str) -> String {
    let written = |start: &str| given.strip_prefix(start).map(|rest| shortened(rest.trim_matches('`')));
    if let Some(text) = written("string ") {
        return format!("the text {text}");
    }
    if let Some(value) = ["integer ", "floating point ", "boolean "].into_iter().find_map(written) {
        return value;
    }
    match given {
        "map" => "a section or a date".to_owned(),
        "sequence" => "a list".to_owned(),
        other => shortened(other),
    }
}

/// What should stand there.
fn wants(wanted: &str) -> &str {
    match wanted {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number, 0 or more,",
        "a string" => "a text in quotation marks",
        "a boolean" => "true or false",
        "a sequence" => "a list in square brackets",
        other if other.starts_with("struct ") => "a section",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct File {
        size: usize,
        share: u8,
        sets: Vec<Vec<String>>,
        seats: Vec<Seat>,
        open: bool,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Seat {
        person: String,
        group: usize,
    }

    fn told(text: &str) -> Vec<(usize, String)> {
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        let (_, slips) = read::<File>(text);
        let mut all: Vec<_> = slips.into_iter().map(|slip| (slip.at.map_or(0, line), slip.what)).collect();
        all.sort();
        all
    }

    #[test]
    fn what_is_right_is_read_although_other_things_are_wrong() {
        let text = "size = 3\nshare = \"much\"\nopen = true\nshoes = 1\nsets = [[\"a\"]]\n\
                    [[seats]]\nperson = \"a\"\ngroup = 2\n";
        let (file, slips) = read::<File>(text);
        let file = file.unwrap();
        assert_eq!((file.size, file.share, file.open), (3, 0, true));
        assert_eq!(file.sets, [["a"]]);
        assert_eq!((file.seats[0].person.as_str(), file.seats[0].group), ("a", 2));
        let keys: Vec<&str> = slips.iter().map(|slip| slip.key.as_str()).collect();
        assert_eq!(keys, ["share", "shoes"]);
    }

    #[test]
    fn all_faults_come_at_once_each_at_its_line_in_plain_words() {
        let text = "size = -1\nshare = 300\nopen = 1.5\nsets = [[\"a\", 3], [\"b\", 4]]\n\
                    [[seats]]\nperson = \"a\"\ngroup = \"one\"\n[[seats]]\nperson = \"b\"\n[[seats]]\npersn = \"c\"\n";
        let told = told(text);
        let expected = [
            (1, "Here stands -1. Write a whole number, 0 or more, instead."),
            (2, "Here stands 300. Write a whole number from 0 to 255 instead."),
            (3, "Here stands 1.5. Write true or false instead."),
            (4, "Here stands 3. Write a text in quotation marks instead."),
            (4, "Here stands 4. Write a text in quotation marks instead."),
            (7, "Here stands the text \"one\". Write a whole number, 0 or more, instead."),
            (8, "Here group is missing. Add it, or take the whole entry out."),
            (11, "I do not know the rule persn. Did you mean person?"),
        ];
        let expected: Vec<_> = expected.iter().map(|(line, what)| (*line, (*what).to_owned())).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn slips_of_syntax_are_told_before_anything_else() {
        let told = told("size = \nshare = = 3\nopen = 7\n");
        assert!(
            !told.is_empty() && told.iter().all(|(_, what)| what.starts_with("This is not a rule")),
            "{told:?}"
        );
        assert_eq!(told[0].0, 1, "{told:?}");
    }
}

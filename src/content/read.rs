//! Reads TOML with line numbers. Invariant: one bad entry costs one fault and does not hide the next
//! entry; a key that nobody asked for is a fault.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::fault::{Faults, Spot};

/// A file in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Path relative to the folder of texts, with forward slashes.
    pub(super) file: String,
    pub(super) text: String,
}

impl Source {
    /// The place that a byte offset stands for.
    pub(super) fn spot(&self, offset: usize) -> Spot {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        Spot { file: self.file.clone(), line: before.matches('\n').count() + 1 }
    }

    /// The place of a value that remembers where it stood.
    pub(super) fn spot_of<T>(&self, value: &Spanned<T>) -> Spot {
        self.spot(value.span().start)
    }
}

/// The source with this name; a fault when it is not there.
pub(super) fn find<'a>(sources: &'a [Source], file: &str, faults: &mut Faults) -> Option<&'a Source> {
    let found = sources.iter().find(|source| source.file == file);
    if found.is_none() {
        let spot = Spot { file: file.to_owned(), line: 1 };
        faults
            .add(&spot, "This file is missing. Please restore it from the texts that come with the program.");
    }
    found
}

/// A value and where its entry begins.
pub(super) struct At<T> {
    pub(super) spot: Spot,
    pub(super) value: T,
}

/// A parsed file whose entries are taken out one by one.
pub(super) struct Doc<'a> {
    source: &'a Source,
    table: DeTable<'a>,
}

impl<'a> Doc<'a> {
    /// Parses a file; none, with faults, when it is not TOML.
    pub(super) fn parse(source: &'a Source, faults: &mut Faults) -> Option<Self> {
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        for error in &errors {
            let spot = source.spot(error.span().map_or(0, |span| span.start));
            faults.add(&spot, format!("This is not valid TOML: {}. Please correct it.", error.message()));
        }
        errors.is_empty().then(|| Self { source, table: table.into_inner() })
    }

    /// All `[[key]]` entries.
    pub(super) fn list<T: DeserializeOwned>(&mut self, key: &str, faults: &mut Faults) -> Vec<At<T>> {
        let Some(value) = self.table.remove(key) else { return Vec::new() };
        let spot = self.source.spot_of(&value);
        let DeValue::Array(entries) = value.into_inner() else {
            faults.add(&spot, format!("Please write each entry under its own [[{key}]] line."));
            return Vec::new();
        };
        entries.into_iter().filter_map(|entry| self.one(entry, faults)).collect()
    }

    /// The `[key]` table; a fault when it is not there.
    pub(super) fn table<T: DeserializeOwned>(&mut self, key: &str, faults: &mut Faults) -> Option<At<T>> {
        let Some(value) = self.table.remove(key) else {
            faults.add(&self.source.spot(0), format!("The part [{key}] is missing. Please add it."));
            return None;
        };
        self.one(value, faults)
    }

    fn one<T: DeserializeOwned>(&self, value: Spanned<DeValue<'a>>, faults: &mut Faults) -> Option<At<T>> {
        let start = value.span().start;
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(value) => Some(At { spot: self.source.spot(start), value }),
            Err(error) => {
                let spot = self.source.spot(error.span().map_or(start, |span| span.start));
                faults.add(&spot, format!("{}. Please correct this entry.", sentence(error.message())));
                None
            }
        }
    }

    /// Complains about keys that nobody took.
    pub(super) fn finish(self, faults: &mut Faults) {
        for key in self.table.keys() {
            let name = key.get_ref();
            faults.add(
                &self.source.spot_of(key),
                format!("\"{name}\" does not belong in this file. Please remove it or check its spelling."),
            );
        }
    }
}

/// A message as the start of a sentence, on one line.
fn sentence(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = line.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

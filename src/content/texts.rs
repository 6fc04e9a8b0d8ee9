//! Reads the glossary and the longer texts. Invariant: related words exist, no word means two things,
//! and the charter has a version and a date.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::fault::{Faults, Spot};
use super::read::{At, Doc, Source, find};
use super::shelf::first_use;
use super::wording::check_length;

/// Longest text of a term or a passage, in characters.
const TEXT_MAX: usize = 400;

/// One word of the programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Stable id, such as `hot-seat`.
    pub id: String,
    /// The word.
    pub title: String,
    /// Other words for it.
    pub also: Vec<String>,
    /// What it means.
    pub text: String,
    /// Ids of related words.
    pub see: Vec<String>,
}

/// All words of the programme.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Glossary {
    /// In file order.
    pub terms: Vec<Term>,
}

impl Glossary {
    /// The term that a person asks for: by id, title or another word for it, in any case.
    pub fn find(&self, word: &str) -> Option<&Term> {
        let word = word.trim();
        self.terms.iter().find(|term| names(term).any(|name| name.eq_ignore_ascii_case(word)))
    }
}

fn names(term: &Term) -> impl Iterator<Item = &str> {
    [term.id.as_str(), term.title.as_str()].into_iter().chain(term.also.iter().map(String::as_str))
}

/// A titled paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Stable id.
    pub id: String,
    /// Heading.
    pub title: String,
    /// Paragraph.
    pub text: String,
}

/// The promises that everybody makes before joining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    /// Heading.
    pub title: String,
    /// Raised when the meaning changes; members are then asked again.
    pub version: u32,
    /// Day of this version.
    pub date: Date,
    /// Words before the clauses.
    pub opening: String,
    /// Words on the button.
    pub accept: String,
    /// The promises.
    pub clauses: Vec<Passage>,
}

/// The longer texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The charter.
    pub charter: Charter,
    /// Advice for a new group.
    pub guidelines: Vec<Passage>,
    /// What the bot stores.
    pub privacy: Vec<Passage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerm {
    id: Spanned<String>,
    title: Spanned<String>,
    #[serde(default)]
    also: Vec<Spanned<String>>,
    text: Spanned<String>,
    #[serde(default)]
    see: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPassage {
    id: Spanned<String>,
    title: Spanned<String>,
    text: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCharter {
    title: Spanned<String>,
    version: Spanned<u32>,
    date: Spanned<String>,
    opening: Spanned<String>,
    accept: Spanned<String>,
    #[serde(default)]
    clause: Vec<RawPassage>,
}

/// Reads `glossary.toml`.
pub(super) fn read_glossary(sources: &[Source], faults: &mut Faults) -> Glossary {
    let Some(source) = find(sources, "glossary.toml", faults) else { return Glossary::default() };
    let Some(mut doc) = Doc::parse(source, faults) else { return Glossary::default() };
    let raw = doc.list::<RawTerm>("term", faults);
    doc.finish(faults);
    let mut ids = BTreeMap::new();
    let mut words: BTreeMap<String, String> = BTreeMap::new();
    let mut terms = Vec::new();
    for At { value: raw, .. } in &raw {
        first_use(&mut ids, raw.id.get_ref(), &source.spot_of(&raw.id), faults);
        check_length(raw.title.get_ref(), 40, &source.spot_of(&raw.title), faults);
        check_length(raw.text.get_ref(), TEXT_MAX, &source.spot_of(&raw.text), faults);
        for word in [&raw.id, &raw.title].into_iter().chain(&raw.also) {
            let owner =
                words.entry(word.get_ref().to_lowercase()).or_insert_with(|| raw.id.get_ref().clone());
            if owner != raw.id.get_ref() {
                let what =
                    format!("\"{}\" already stands for \"{owner}\". Please use it once.", word.get_ref());
                faults.add(&source.spot_of(word), what);
            }
        }
        let strings = |list: &[Spanned<String>]| list.iter().map(|word| word.get_ref().clone()).collect();
        terms.push(Term {
            id: raw.id.get_ref().clone(),
            title: raw.title.get_ref().clone(),
            also: strings(&raw.also),
            text: raw.text.get_ref().clone(),
            see: strings(&raw.see),
        });
    }
    for word in raw.iter().flat_map(|at| &at.value.see).filter(|word| !ids.contains_key(word.get_ref())) {
        let what = format!("There is no word with the id \"{}\". Please check it.", word.get_ref());
        faults.add(&source.spot_of(word), what);
    }
    Glossary { terms }
}

/// Reads `texts.toml`.
pub(super) fn read_texts(sources: &[Source], faults: &mut Faults) -> Option<Texts> {
    let source = find(sources, "texts.toml", faults)?;
    let mut doc = Doc::parse(source, faults)?;
    let charter = doc.table::<RawCharter>("charter", faults);
    let mut listed = |key: &str| {
        let raw = doc.list::<RawPassage>(key, faults);
        if raw.is_empty() {
            faults.add(&source.spot(0), format!("There is no [[{key}]] here. Please write at least one."));
        }
        passages(raw.into_iter().map(|at| at.value), source, faults)
    };
    let (guidelines, privacy) = (listed("guideline"), listed("privacy"));
    doc.finish(faults);
    let At { spot, value } = charter?;
    Some(Texts { charter: convert_charter(value, &spot, source, faults)?, guidelines, privacy })
}

fn convert_charter(raw: RawCharter, spot: &Spot, source: &Source, faults: &mut Faults) -> Option<Charter> {
    for (words, most) in [(&raw.title, 40), (&raw.opening, TEXT_MAX), (&raw.accept, 75)] {
        check_length(words.get_ref(), most, &source.spot_of(words), faults);
    }
    if *raw.version.get_ref() == 0 {
        faults.add(&source.spot_of(&raw.version), "Versions begin with 1. Please raise it.");
    }
    if raw.clause.is_empty() {
        faults.add(spot, "The charter has no promises. Please write at least one [[charter.clause]].");
    }
    let clauses = passages(raw.clause.into_iter(), source, faults);
    let date = raw.date.get_ref().parse::<Date>().ok();
    if date.is_none() {
        faults.add(&source.spot_of(&raw.date), "This is not a date. Please write it like \"2026-01-31\".");
    }
    Some(Charter {
        title: raw.title.into_inner(),
        version: raw.version.into_inner(),
        date: date?,
        opening: raw.opening.into_inner(),
        accept: raw.accept.into_inner(),
        clauses,
    })
}

fn passages(raw: impl Iterator<Item = RawPassage>, source: &Source, faults: &mut Faults) -> Vec<Passage> {
    let mut seen = BTreeMap::new();
    raw.map(|raw| {
        first_use(&mut seen, raw.id.get_ref(), &source.spot_of(&raw.id), faults);
        check_length(raw.title.get_ref(), 80, &source.spot_of(&raw.title), faults);
        check_length(raw.text.get_ref(), TEXT_MAX, &source.spot_of(&raw.text), faults);
        Passage { id: raw.id.into_inner(), title: raw.title.into_inner(), text: raw.text.into_inner() }
    })
    .collect()
}

//! Reads the taxonomy and the starters. Invariant: ids are unique, references resolve, questions are
//! open, and a starter for coaches never tells (row D10).

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::builtin::{STARTERS, TAXONOMY};
use super::fault::{Faults, Spot};
use super::read::{At, Doc, Source, find};
use super::wording::{check_follow_up, check_id, check_length, check_question};
use crate::domain::starters::{
    AnsweredBy, Depth, Format, Library, Mode, Need, Phase, Stance, Starter, Theme,
};

/// A tag needs this many starters, or a meetup on it runs dry.
const LEAST_PER_THEME: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    key: Spanned<String>,
    title: Spanned<String>,
    #[serde(default)]
    core: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStarter {
    id: Spanned<String>,
    phase: Spanned<String>,
    depth: Spanned<u8>,
    modes: Spanned<Vec<Spanned<String>>>,
    themes: Spanned<Vec<Spanned<String>>>,
    format: Spanned<String>,
    minutes: Spanned<u32>,
    answered_by: Spanned<String>,
    stance: Spanned<String>,
    text: Spanned<String>,
    follow_up: Spanned<String>,
    needs: Option<Spanned<String>>,
}

/// Reads everything under `starters/`; meetup themes and calendar stay empty.
pub(super) fn read(sources: &[Source], faults: &mut Faults) -> Library {
    let mut library = Library::default();
    let mut theme_spots = BTreeMap::new();
    if let Some(source) = find(sources, TAXONOMY, faults) {
        read_taxonomy(source, &mut library, &mut theme_spots, faults);
    }
    let mut seen: BTreeMap<String, Spot> = BTreeMap::new();
    for source in sources.iter().filter(|s| s.file.starts_with(STARTERS) && s.file != TAXONOMY) {
        let Some(mut doc) = Doc::parse(source, faults) else { continue };
        for At { value: raw, .. } in doc.list::<RawStarter>("starter", faults) {
            let spot = source.spot_of(&raw.id);
            first_use(&mut seen, raw.id.get_ref(), &spot, faults);
            let checked = convert(raw, &library, source, faults);
            library.starters.extend(checked);
        }
        doc.finish(faults);
    }
    for (key, spot) in &theme_spots {
        let have = library.starters.iter().filter(|starter| starter.has_theme(key)).count();
        if have < LEAST_PER_THEME {
            faults.add(
                spot,
                format!("The theme \"{key}\" has {have} starters and needs at least {LEAST_PER_THEME}. Please write more, or remove the theme."),
            );
        }
    }
    library
}

/// Notes an id; a fault when it was taken before, with the place of the first use.
pub(super) fn first_use(seen: &mut BTreeMap<String, Spot>, id: &str, spot: &Spot, faults: &mut Faults) {
    check_id(id, spot, faults);
    if let Some(first) = seen.get(id) {
        faults.add(
            spot,
            format!(
                "The id \"{id}\" is taken by {}, line {}. Please choose another one.",
                first.file, first.line
            ),
        );
    } else {
        seen.insert(id.to_owned(), spot.clone());
    }
}

fn read_taxonomy(
    source: &Source,
    library: &mut Library,
    theme_spots: &mut BTreeMap<String, Spot>,
    faults: &mut Faults,
) {
    let Some(mut doc) = Doc::parse(source, faults) else { return };
    let mut seen = BTreeMap::new();
    for raw in entries(&mut doc, "phase", source, &mut seen, faults) {
        if let Some(phase) =
            known("phase", &raw.key, Phase::from_key, &keys(Phase::ALL, Phase::key), source, faults)
        {
            library.phase_titles.push((phase, raw.title.into_inner()));
        }
    }
    seen.clear();
    for raw in entries(&mut doc, "mode", source, &mut seen, faults) {
        if let Some(mode) =
            known("mode", &raw.key, Mode::from_key, &keys(Mode::ALL, Mode::key), source, faults)
        {
            library.mode_titles.push((mode, raw.title.into_inner()));
        }
    }
    seen.clear();
    for raw in entries(&mut doc, "theme", source, &mut seen, faults) {
        theme_spots.insert(raw.key.get_ref().clone(), source.spot_of(&raw.key));
        library.themes.push(Theme {
            key: raw.key.into_inner(),
            title: raw.title.into_inner(),
            core: raw.core,
        });
    }
    seen.clear();
    for raw in entries(&mut doc, "format", source, &mut seen, faults) {
        library.formats.push(Format { key: raw.key.into_inner(), title: raw.title.into_inner() });
    }
    doc.finish(faults);
}

fn entries(
    doc: &mut Doc,
    kind: &str,
    source: &Source,
    seen: &mut BTreeMap<String, Spot>,
    faults: &mut Faults,
) -> Vec<RawEntry> {
    let list = doc.list::<RawEntry>(kind, faults);
    list.into_iter()
        .map(|At { value: raw, .. }| {
            first_use(seen, raw.key.get_ref(), &source.spot_of(&raw.key), faults);
            check_length(raw.title.get_ref(), 80, &source.spot_of(&raw.title), faults);
            raw
        })
        .collect()
}

fn convert(raw: RawStarter, library: &Library, source: &Source, faults: &mut Faults) -> Option<Starter> {
    check_question(raw.text.get_ref(), &source.spot_of(&raw.text), faults);
    check_follow_up(raw.follow_up.get_ref(), &source.spot_of(&raw.follow_up), faults);
    check_range("minutes", *raw.minutes.get_ref(), 1..=60, &source.spot_of(&raw.minutes), faults);
    let phase = known("phase", &raw.phase, Phase::from_key, &keys(Phase::ALL, Phase::key), source, faults);
    let stance =
        known("stance", &raw.stance, Stance::from_key, &keys(Stance::ALL, Stance::key), source, faults);
    let by = keys(AnsweredBy::ALL, AnsweredBy::key);
    let answered_by = known("speaker", &raw.answered_by, AnsweredBy::from_key, &by, source, faults);
    let needs = match &raw.needs {
        Some(need) => {
            known("need", need, Need::from_key, &keys(Need::ALL, Need::key), source, faults).map(Some)
        }
        None => Some(None),
    };
    let depth = Depth::new(*raw.depth.get_ref());
    if depth.is_none() {
        faults.add(
            &source.spot_of(&raw.depth),
            "Depth is 1 (light), 2 (personal) or 3 (vulnerable). Please choose one.",
        );
    }
    let modes = modes_of(&raw, source, faults);
    let themes = themes_of(&raw, library, source, faults);
    known_format(&raw.format, library, source, faults);
    Some(Starter {
        id: raw.id.into_inner(),
        phase: phase?,
        depth: depth?,
        modes: modes?,
        themes,
        format: raw.format.into_inner(),
        minutes: raw.minutes.into_inner(),
        answered_by: answered_by?,
        stance: stance?,
        text: raw.text.into_inner(),
        follow_up: raw.follow_up.into_inner(),
        needs: needs?,
    })
}

/// The modes; none when one is unknown or there is none.
fn modes_of(raw: &RawStarter, source: &Source, faults: &mut Faults) -> Option<Vec<Mode>> {
    let words = raw.modes.get_ref();
    let spot = source.spot_of(&raw.modes);
    if words.is_empty() {
        faults.add(&spot, "A starter suits at least one mode. Please name one.");
        return None;
    }
    let all = keys(Mode::ALL, Mode::key);
    let modes: Vec<Mode> =
        words.iter().filter_map(|word| known("mode", word, Mode::from_key, &all, source, faults)).collect();
    if modes.contains(&Mode::Coach) && raw.stance.get_ref() == Stance::Tell.key() {
        faults.add(
            &spot,
            "Coaches ask and do not tell. Please take \"coach\" out, or change the stance to \"ask\".",
        );
    }
    (modes.len() == words.len()).then_some(modes)
}

fn themes_of(raw: &RawStarter, library: &Library, source: &Source, faults: &mut Faults) -> Vec<String> {
    let words = raw.themes.get_ref();
    if !(1..=3).contains(&words.len()) {
        faults.add(
            &source.spot_of(&raw.themes),
            "A starter carries one to three themes. Please choose the best ones.",
        );
    }
    for word in words {
        known_theme(word, library, source, faults);
    }
    words.iter().map(|word| word.get_ref().clone()).collect()
}

/// A fault unless the taxonomy has this tag.
pub(super) fn known_theme(word: &Spanned<String>, library: &Library, source: &Source, faults: &mut Faults) {
    let all: Vec<&str> = library.themes.iter().map(|theme| theme.key.as_str()).collect();
    known("theme", word, |key| all.contains(&key).then_some(()), &all, source, faults);
}

/// A fault unless the taxonomy has this format.
pub(super) fn known_format(word: &Spanned<String>, library: &Library, source: &Source, faults: &mut Faults) {
    let all: Vec<&str> = library.formats.iter().map(|format| format.key.as_str()).collect();
    known("format", word, |key| all.contains(&key).then_some(()), &all, source, faults);
}

/// Looks a word up; a fault that lists the known words when it is not among them.
pub(super) fn known<T>(
    kind: &str,
    word: &Spanned<String>,
    look_up: impl Fn(&str) -> Option<T>,
    all: &[&str],
    source: &Source,
    faults: &mut Faults,
) -> Option<T> {
    let found = look_up(word.get_ref());
    if found.is_none() {
        faults.add(
            &source.spot_of(word),
            format!(
                "There is no {kind} called \"{}\". Please use one of: {}.",
                word.get_ref(),
                all.join(", ")
            ),
        );
    }
    found
}

/// The keys of a closed set.
pub(super) fn keys<T: Copy>(all: &[T], key: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|value| key(*value)).collect()
}

fn check_range(
    what: &str,
    value: u32,
    range: std::ops::RangeInclusive<u32>,
    spot: &Spot,
    faults: &mut Faults,
) {
    if !range.contains(&value) {
        let (from, to) = (range.start(), range.end());
        faults.add(spot, format!("The {what} are {value}. Please choose {from} to {to}."));
    }
}

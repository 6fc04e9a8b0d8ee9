//! Reads the pulse forms. Invariant: all three forms are there, and each asks about the process and
//! about results (row B39).

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::fault::{Faults, Spot};
use super::read::{At, Doc, Source, find};
use super::shelf::{first_use, keys, known};
use super::wording::{check_length, check_mark};
use crate::domain::pulses::{FormId, Item, ItemDomain, OpenQuestion, PulseForm, Recommend};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    id: Spanned<String>,
    intro: Spanned<String>,
    #[serde(default)]
    item: Vec<RawItem>,
    recommend: RawRecommend,
    #[serde(default)]
    open: Vec<RawOpen>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    id: Spanned<String>,
    domain: Spanned<String>,
    text: Spanned<String>,
    scale: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    baseline: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRecommend {
    text: Spanned<String>,
    low: Spanned<String>,
    high: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOpen {
    id: Spanned<String>,
    text: Spanned<String>,
    max_chars: Spanned<usize>,
}

/// Reads `pulse.toml`.
pub(super) fn read(sources: &[Source], faults: &mut Faults) -> Vec<PulseForm> {
    let Some(source) = find(sources, "pulse.toml", faults) else { return Vec::new() };
    let Some(mut doc) = Doc::parse(source, faults) else { return Vec::new() };
    let mut forms: Vec<PulseForm> = Vec::new();
    let mut ids: BTreeMap<String, Spot> = BTreeMap::new();
    for At { spot, value: raw } in doc.list::<RawForm>("form", faults) {
        first_use(&mut ids, raw.id.get_ref(), &source.spot_of(&raw.id), faults);
        forms.extend(convert(raw, &spot, source, faults));
    }
    for id in FormId::ALL.into_iter().filter(|id| !ids.contains_key(id.key())) {
        let what = format!("The form \"{}\" is missing. Please add a [[form]] with this id.", id.key());
        faults.add(&source.spot(0), what);
    }
    doc.finish(faults);
    forms
}

fn convert(raw: RawForm, spot: &Spot, source: &Source, faults: &mut Faults) -> Option<PulseForm> {
    let id = known("form", &raw.id, FormId::from_key, &keys(&FormId::ALL, FormId::key), source, faults);
    check_length(raw.intro.get_ref(), 400, &source.spot_of(&raw.intro), faults);
    let mut seen = BTreeMap::new();
    seen.insert(PulseForm::REC.to_owned(), spot.clone());
    let items: Vec<Item> =
        raw.item.into_iter().filter_map(|item| convert_item(item, &mut seen, source, faults)).collect();
    for domain in [ItemDomain::Process, ItemDomain::Results] {
        if !items.iter().any(|item| item.domain == domain) {
            let what = format!("Each form asks about {}. Please add such a question.", domain.key());
            faults.add(spot, what);
        }
    }
    let recommend = raw.recommend;
    check_mark(recommend.text.get_ref(), &source.spot_of(&recommend.text), faults);
    for words in [&recommend.text, &recommend.low, &recommend.high] {
        check_length(words.get_ref(), 160, &source.spot_of(words), faults);
    }
    let open = raw.open.into_iter().map(|open| convert_open(open, &mut seen, source, faults)).collect();
    Some(PulseForm {
        id: id?,
        intro: raw.intro.into_inner(),
        items,
        recommend: Recommend {
            text: recommend.text.into_inner(),
            low: recommend.low.into_inner(),
            high: recommend.high.into_inner(),
        },
        open,
    })
}

fn convert_item(
    raw: RawItem,
    seen: &mut BTreeMap<String, Spot>,
    source: &Source,
    faults: &mut Faults,
) -> Option<Item> {
    first_use(seen, raw.id.get_ref(), &source.spot_of(&raw.id), faults);
    check_mark(raw.text.get_ref(), &source.spot_of(&raw.text), faults);
    check_length(raw.text.get_ref(), 160, &source.spot_of(&raw.text), faults);
    let labels = raw.scale.get_ref();
    if !(3..=7).contains(&labels.len()) {
        let what = format!("This scale has {} labels. Please give it three to seven.", labels.len());
        faults.add(&source.spot_of(&raw.scale), what);
    }
    for (at, label) in labels.iter().enumerate() {
        check_length(label.get_ref(), 60, &source.spot_of(label), faults);
        if labels.iter().take(at).any(|other| other.get_ref() == label.get_ref()) {
            let what = format!("The label \"{}\" is there twice. Please change one.", label.get_ref());
            faults.add(&source.spot_of(label), what);
        }
    }
    let scale = labels.iter().map(|label| label.get_ref().clone()).collect();
    let all = keys(&ItemDomain::ALL, ItemDomain::key);
    let domain = known("domain", &raw.domain, ItemDomain::from_key, &all, source, faults)?;
    Some(Item { id: raw.id.into_inner(), domain, text: raw.text.into_inner(), scale, baseline: raw.baseline })
}

fn convert_open(
    raw: RawOpen,
    seen: &mut BTreeMap<String, Spot>,
    source: &Source,
    faults: &mut Faults,
) -> OpenQuestion {
    first_use(seen, raw.id.get_ref(), &source.spot_of(&raw.id), faults);
    check_mark(raw.text.get_ref(), &source.spot_of(&raw.text), faults);
    check_length(raw.text.get_ref(), 160, &source.spot_of(&raw.text), faults);
    let max_chars = *raw.max_chars.get_ref();
    if !(50..=2000).contains(&max_chars) {
        faults.add(&source.spot_of(&raw.max_chars), "Please allow between 50 and 2000 characters.");
    }
    OpenQuestion { id: raw.id.into_inner(), text: raw.text.into_inner(), max_chars }
}

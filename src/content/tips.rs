//! Reads the tips for mentors. Invariant: each tip fits one chat line and knows its moment.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::fault::Faults;
use super::read::{At, Doc, Source, find};
use super::shelf::first_use;
use super::wording::check_length;

/// Whom a tip is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Mentors and coaches.
    Mentor,
    /// Juniors who mentor an executive.
    Reverse,
}

/// When a tip helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// A day ahead.
    Before,
    /// Ten minutes ahead, for use in the meetup.
    During,
    /// When the meetup is over.
    After,
    /// At any time.
    Any,
    /// Before the last meetup.
    Closing,
    /// Fifteen minutes before the end of a session.
    ClosingMinutes,
}

/// One tip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// Stable id, such as `tip-08`.
    pub id: String,
    /// Whom it is for.
    pub audience: Audience,
    /// When it helps.
    pub moment: Moment,
    /// The tip.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTip {
    id: Spanned<String>,
    #[serde(rename = "for")]
    audience: Audience,
    #[serde(rename = "when")]
    moment: Moment,
    text: Spanned<String>,
}

/// Reads `tips.toml`.
pub(super) fn read(sources: &[Source], faults: &mut Faults) -> Vec<Tip> {
    let Some(source) = find(sources, "tips.toml", faults) else { return Vec::new() };
    let Some(mut doc) = Doc::parse(source, faults) else { return Vec::new() };
    let mut seen = BTreeMap::new();
    let mut tips = Vec::new();
    for At { value: raw, .. } in doc.list::<RawTip>("tip", faults) {
        first_use(&mut seen, raw.id.get_ref(), &source.spot_of(&raw.id), faults);
        check_length(raw.text.get_ref(), 140, &source.spot_of(&raw.text), faults);
        let (id, text) = (raw.id.into_inner(), raw.text.into_inner());
        tips.push(Tip { id, audience: raw.audience, moment: raw.moment, text });
    }
    doc.finish(faults);
    tips
}

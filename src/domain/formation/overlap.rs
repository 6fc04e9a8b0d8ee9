//! What two people have in common, in words.
//!
//! Invariant: each topic once, in one spelling, whatever the order of the lists.

use super::pool::{Pool, Topics, Who};
use super::problem::fold;
use std::collections::{BTreeMap, BTreeSet};

/// Topics that both people have, each once, in the words of the first person.
pub(super) fn overlap(pool: &Pool, a: Who, b: Who, pick: Pick) -> Vec<String> {
    let (set, other) = pick.topics(pool, a, b);
    if set.shared(other) == 0 {
        return Vec::new();
    }
    let (own, theirs) = pick.texts(pool, a, b);
    let theirs: BTreeSet<String> = theirs.iter().map(|text| fold(text)).collect();
    // The map keeps one spelling of each topic, the same whatever the order of the list.
    let mut found: BTreeMap<String, &str> = BTreeMap::new();
    for text in own.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let key = fold(text);
        if theirs.contains(&key) {
            found.entry(key).and_modify(|kept| *kept = text.min(kept)).or_insert(text);
        }
    }
    found.into_values().map(str::to_owned).collect()
}

/// Which lists of two people to compare.
#[derive(Clone, Copy)]
pub(super) enum Pick {
    /// What the first one needs and the second one offers.
    NeedsToOffers,
    /// What both like to talk about.
    Interests,
}

impl Pick {
    fn texts<'p>(self, pool: &Pool<'p>, a: Who, b: Who) -> (&'p [String], &'p [String]) {
        let (a, b) = (pool.people[a as usize], pool.people[b as usize]);
        match self {
            Self::NeedsToOffers => (&a.needs, &b.offers),
            Self::Interests => (&a.interests, &b.interests),
        }
    }

    fn topics<'s>(self, pool: &'s Pool, a: Who, b: Who) -> (&'s Topics, &'s Topics) {
        let (a, b) = (pool.at(a), pool.at(b));
        match self {
            Self::NeedsToOffers => (&a.needs, &b.offers),
            Self::Interests => (&a.interests, &b.interests),
        }
    }
}

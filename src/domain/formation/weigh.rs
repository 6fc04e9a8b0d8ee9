//! Weights by name, for people who type them.
//!
//! Invariant: the names are those of the stored form, so whatever is stored can be typed.

use super::rules::Weights;
use std::collections::BTreeMap;

impl Weights {
    /// Every weight under its name, such as `new_faces`.
    pub fn by_name(&self) -> BTreeMap<String, u16> {
        let value = serde_json::to_value(self).unwrap_or_default();
        serde_json::from_value(value).unwrap_or_default()
    }

    /// The weights of such a list; those that are not in it have their usual values, and unknown names count for
    /// nothing.
    pub fn from_names(mut names: BTreeMap<String, u16>) -> Self {
        let known = Self::default().by_name();
        names.retain(|name, _| known.contains_key(name));
        serde_json::to_value(names).and_then(serde_json::from_value).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_go_to_names_and_back() {
        let weights = Weights { needs: 7, fairness: 0, ..Weights::default() };
        assert_eq!(weights.by_name()["needs"], 7);
        assert_eq!(weights.by_name().len(), 17);
        let mut names = weights.by_name();
        names.insert("shoes".to_owned(), 3);
        assert_eq!(Weights::from_names(names), weights);
    }
}

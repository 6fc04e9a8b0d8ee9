//! What was delivered, counted by kind. Invariant: every count has its own place and its own name.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// What can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Count {
    /// Kept for the first time.
    Kept,
    /// Delivered before.
    Repeated,
    /// Forms, and steps of forms.
    Forms,
    /// Questions what could follow what is being typed.
    Suggestions,
    /// First answers that were only a promise.
    Promised,
    /// First answers that Discord did not take.
    Untaken,
    /// What the bot may do may have changed.
    Rights,
    /// Known, and nothing to do.
    Ignored,
    /// Never heard of.
    Unknown,
    /// Known to the client, which could not decode it; read all the same.
    Undecoded,
    /// Nothing that can be read.
    Unreadable,
    /// Not signed, wrongly signed or too old.
    Forged,
    /// Not taken because we were busy.
    Busy,
}

impl Count {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::Kept, "kept"),
        (Self::Repeated, "repeated"),
        (Self::Forms, "forms"),
        (Self::Suggestions, "suggestions"),
        (Self::Promised, "promised"),
        (Self::Untaken, "untaken"),
        (Self::Rights, "rights"),
        (Self::Ignored, "ignored"),
        (Self::Unknown, "unknown"),
        (Self::Undecoded, "undecoded"),
        (Self::Unreadable, "unreadable"),
        (Self::Forged, "forged"),
        (Self::Busy, "busy"),
    ];
}

/// The counts since the start.
#[derive(Debug)]
pub struct Counts([AtomicU64; Count::ALL.len()]);

impl Default for Counts {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Counts {
    /// Counts one.
    pub fn count(&self, count: Count) {
        self.0[count as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// All of them, by name.
    pub fn all(&self) -> BTreeMap<&'static str, u64> {
        Count::ALL
            .iter()
            .map(|(count, name)| (*name, self.0[*count as usize].load(Ordering::Relaxed)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_has_its_own_place_and_name() {
        for (index, (count, _)) in Count::ALL.iter().enumerate() {
            assert_eq!(*count as usize, index);
        }
        let names: std::collections::BTreeSet<_> = Count::ALL.iter().map(|(_, name)| *name).collect();
        assert_eq!(names.len(), Count::ALL.len());
    }
}

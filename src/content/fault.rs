//! What is wrong with a file of texts. Invariant: every fault names file and line and says what to do.

use std::collections::BTreeSet;
use std::fmt;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub struct Fault {
    /// File, relative to the folder of texts.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: {}", self.file, self.line, self.what)
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) file: String,
    pub(super) line: usize,
}

/// Collects faults; the same one is kept once.
#[derive(Debug, Default)]
pub(super) struct Faults(BTreeSet<Fault>);

impl Faults {
    pub(super) fn add(&mut self, spot: &Spot, what: impl Into<String>) {
        self.0.insert(Fault { file: spot.file.clone(), line: spot.line, what: what.into() });
    }

    /// All faults by file and line.
    pub(super) fn into_sorted(self) -> Vec<Fault> {
        self.0.into_iter().collect()
    }
}

//! What is wrong with a file. Invariant: a fault has a line wherever there is one, and its words end with what to do.

use std::fmt::{self, Write as _};

/// Faults told at most; more would only hide the first ones.
pub const MOST_FAULTS: usize = 25;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Line from 1; none when it is about the file as a whole.
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub what: String,
}

impl Fault {
    /// About the file as a whole.
    pub(super) fn whole(what: impl Into<String>) -> Self {
        Self { line: None, what: what.into() }
    }

    /// About a line.
    pub(super) fn at(line: u64, what: impl Into<String>) -> Self {
        Self { line: Some(line), what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// All faults of one file, by line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    /// The only fault.
    pub(super) fn one(fault: Fault) -> Self {
        Self { list: vec![fault] }
    }

    pub(super) fn add(&mut self, fault: Fault) {
        self.list.push(fault);
    }

    /// The value, unless something is wrong.
    pub(super) fn unless<T>(mut self, value: T) -> Result<T, Self> {
        if self.list.is_empty() {
            return Ok(value);
        }
        self.list.sort();
        self.list.dedup();
        Err(self)
    }

    /// The faults, by line.
    pub fn list(&self) -> &[Fault] {
        &self.list
    }

    /// The faults as lines of text under the name of their file, the first [`MOST_FAULTS`] of them.
    pub fn told(&self, file: &str) -> String {
        let mut text = String::new();
        for fault in self.list.iter().take(MOST_FAULTS) {
            let _ = writeln!(text, "{file}, {fault}");
        }
        if self.list.len() > MOST_FAULTS {
            let _ = writeln!(text, "{file}: and {} more of this kind.", self.list.len() - MOST_FAULTS);
        }
        text
    }
}

/// What somebody may have meant by a word: the nearest of those there are.
pub(super) fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let near = known.into_iter().map(|name| (strsim::damerau_levenshtein(&word, name), name)).min()?;
    (near.0 <= (word.chars().count() / 3).max(1)).then_some(near.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_by_line_once_each_and_end_before_they_bore() {
        let mut faults = Faults::default();
        for line in (1..=40).rev() {
            faults.add(Fault::at(line, "Wrong. Put it right."));
            faults.add(Fault::at(line, "Wrong. Put it right."));
        }
        faults.add(Fault::whole("Short. Write more."));
        let faults = faults.unless(()).unwrap_err();
        assert_eq!(faults.list().len(), 41);
        let told = faults.told("people.csv");
        assert!(told.starts_with("people.csv, Short. Write more.\npeople.csv, line 1: Wrong."), "{told}");
        assert!(told.ends_with("people.csv: and 16 more of this kind.\n"), "{told}");
    }

    #[test]
    fn a_slip_of_the_keyboard_is_recognised_and_a_strange_word_is_not() {
        assert_eq!(meant("Languges", ["languages", "level"]), Some("languages"));
        assert_eq!(meant("shoe size", ["languages", "level"]), None);
    }
}

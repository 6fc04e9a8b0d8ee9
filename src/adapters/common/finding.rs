//! What a look at a platform's set-up brings to light. Invariant: a fault says what to do about it.

/// What a finding means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It works.
    Good,
    /// It has to be put right.
    Fault,
    /// Worth knowing, or not to be seen from here.
    Note,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it means.
    pub verdict: Verdict,
    /// What was found, and what to do about it.
    pub text: String,
}

impl Finding {
    /// It works.
    pub fn good(text: impl Into<String>) -> Self {
        Self { verdict: Verdict::Good, text: text.into() }
    }

    /// It has to be put right.
    pub fn fault(text: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fault, text: text.into() }
    }

    /// Worth knowing.
    pub fn note(text: impl Into<String>) -> Self {
        Self { verdict: Verdict::Note, text: text.into() }
    }

    /// Whether it has to be put right.
    pub fn is_fault(&self) -> bool {
        self.verdict == Verdict::Fault
    }
}

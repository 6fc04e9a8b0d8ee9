//! What is wrong with a configuration. Invariant: a fault says where it is and what to do, and never repeats a
//! value that may be a secret.

use std::fmt;
use std::path::PathBuf;

/// One thing to put right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigFault {
    /// The file; `None` for a fault of the environment.
    pub file: Option<PathBuf>,
    /// Line in the file, from 1; 0 when the fault belongs to no line.
    pub line: usize,
    /// The key with its section (`playground.listen`) or the variable (`DATABASE_URL`); empty for bad TOML.
    pub key: String,
    /// What is wrong and what to do next.
    pub what: String,
}

/// `roundtable.toml, line 7: playground.listen: …`, or `environment: DATABASE_URL: …`.
impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}", file.display())?,
            None => f.write_str("environment")?,
        }
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Everything that is wrong, by line, the environment first; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFaults(pub Vec<ConfigFault>);

/// One fault a line.
impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFaults {}

//! What can go wrong in the store. A named constraint that an act ran into keeps its name, so that the core can
//! turn it into a refusal.

use super::migrations::migrations_of;
use super::open::Engine;

/// A fault of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row breaks a named rule of the tables.
    #[error("the table rule {0} does not allow it")]
    Constraint(String),
    /// The database is busy or away for now; the same act may succeed later.
    #[error("the database does not answer now: {0}")]
    Unavailable(String),
    /// The database was written by a newer version of the program.
    #[error(
        "this database was written by a newer Roundtable (schema {found}, this program knows {known}); \
         run the newer program, or restore a backup of the older database"
    )]
    Newer {
        /// Version in the database.
        found: i64,
        /// Newest version the program knows.
        known: i64,
    },
    /// The address of the database cannot be used.
    #[error("{0}")]
    Address(String),
    /// A migration's text changed after it was applied.
    #[error("migration {0} was changed after it was applied to this database; restore its original text")]
    ChangedMigration(i64),
    /// Nothing more can be written.
    #[error("the disk is full or fails, so nothing more can be kept; make space, then start again ({0})")]
    Disk(String),
    /// The file of the database is not whole.
    #[error("the database file is damaged; restore it from a backup, or move it away to start anew ({0})")]
    Damaged(String),
    /// Anything else.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) => {
                if inner.is_unique_violation() || inner.is_foreign_key_violation() {
                    let name = inner.constraint().map_or_else(|| rule_of(inner.message()), str::to_owned);
                    return Self::Constraint(name);
                }
                let code = inner.code();
                // SQLite: 13 full; 10 and the like, input or output failed; 11 and 26, damaged; 5 busy, 6 locked.
                // Postgres: 53100 full; class 08 connection, 57 shutdown, 40 rollback, 53 out of something.
                match code.as_deref() {
                    Some("13" | "10" | "778" | "1034" | "1546" | "4874" | "5386" | "53100") => {
                        Self::Disk(inner.message().to_owned())
                    }
                    Some("11" | "26" | "267" | "523" | "779") => Self::Damaged(inner.message().to_owned()),
                    Some("5" | "6" | "261" | "517") => Self::Unavailable(inner.message().to_owned()),
                    Some(code) if code.len() == 5 && ["08", "57", "40", "53"].contains(&&code[..2]) => {
                        Self::Unavailable(inner.message().to_owned())
                    }
                    _ => Self::Database(error),
                }
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Database(error),
        }
    }
}

/// The name of the rule that SQLite says was broken. It names the columns of a unique rule, so the rule is looked up
/// in the tables' own text; which reference dangles it does not say at all.
fn rule_of(message: &str) -> String {
    let Some(columns) = message.strip_prefix("UNIQUE constraint failed: ") else { return message.to_owned() };
    let table = columns.split('.').next().unwrap_or_default();
    let list = columns.replace(&format!("{table}."), "");
    let head = format!("CREATE TABLE {table} (");
    let named = migrations_of(Engine::Sqlite).iter().rev().find_map(|step| {
        let (_, body) = step.sql.split_once(head.as_str())?;
        let rule = body.lines().take_while(|line| !line.starts_with(')')).find_map(|line| {
            line.trim()
                .trim_end_matches(',')
                .strip_suffix(&format!(" UNIQUE ({list})"))?
                .strip_prefix("CONSTRAINT ")
        });
        Some(rule.map_or_else(|| format!("{table}_pkey"), str::to_owned))
    });
    named.unwrap_or_else(|| message.to_owned())
}

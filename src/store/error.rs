//! What can go wrong in the store. A named constraint that an act ran into keeps its name, so that the core can
//! turn it into a refusal.

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
    /// Anything else.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) => {
                if inner.is_unique_violation() || inner.is_foreign_key_violation() {
                    let name = inner.constraint().map_or_else(|| inner.message().to_owned(), str::to_owned);
                    return Self::Constraint(name);
                }
                let code = inner.code();
                // SQLite: 5 busy, 6 locked, 13 full. Postgres: class 08 connection, 57 shutdown, 40 rollback, 53 full.
                match code.as_deref() {
                    Some("5" | "6" | "13" | "261" | "517") => Self::Unavailable(inner.message().to_owned()),
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

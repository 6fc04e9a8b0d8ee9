//! Opening a database and its transactions. `SQLite` runs in WAL with full sync, one writer and a pool of readers;
//! Postgres with a pool and a limit on the time of one statement.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::dialect::BEGIN;
use super::tx::Held;
use super::{StoreError, Tx};

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, embedded.
    Sqlite,
    /// A server.
    Postgres,
}

#[derive(Debug, Clone)]
pub(super) enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

/// An open database.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
    /// Ordinary work takes a turn before it asks the pool, so that who goes first waits for one transaction at most.
    turns: Arc<Semaphore>,
}

const BUSY: Duration = Duration::from_secs(5);
/// Connections to Postgres. One of them is never given to ordinary work.
const CONNECTIONS: u32 = 10;

impl Store {
    /// Opens `sqlite://path`, `postgres://…` or a bare path to a `SQLite` file, creating the file if need be.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Self::open_postgres(address).await;
        }
        if let Some((scheme, _)) = address.split_once("://")
            && scheme != "sqlite"
        {
            return Err(StoreError::Address(format!(
                "\"{scheme}\" is not a database Roundtable can use; write sqlite://file.db or postgres://user@host/name"
            )));
        }
        Self::open_sqlite(Path::new(address.strip_prefix("sqlite://").unwrap_or(address))).await
    }

    async fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .pragma("journal_size_limit", "67108864")
            .pragma("wal_autocheckpoint", "4000")
            .pragma("cache_size", "-16384")
            .statement_cache_capacity(256);
        let writer = writer(&options).await.map_err(|error| explain_sqlite(path, error))?;
        probe(&writer).await.map_err(|error| explain_sqlite(path, error))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .min_connections(0)
            .acquire_timeout(BUSY * 2)
            .connect_lazy_with(options.read_only(true).create_if_missing(false));
        Ok(Self { pools: Pools::Sqlite { writer, readers }, turns: Arc::new(Semaphore::new(1)) })
    }

    async fn open_postgres(address: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(address)
            .map_err(|_| {
                StoreError::Address(
                    "the address of the database is not right; write it as postgres://user@host/name".into(),
                )
            })?
            .application_name("roundtable")
            .options([("statement_timeout", "30s"), ("idle_in_transaction_session_timeout", "60s")]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(BUSY * 2)
            .connect_with(options)
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let turns = Arc::new(Semaphore::new(CONNECTIONS as usize - 1));
        Ok(Self { pools: Pools::Postgres(pool), turns })
    }

    pub(super) const fn pools(&self) -> &Pools {
        &self.pools
    }

    /// The engine in use.
    pub const fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Opens a transaction that may write.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let turn = self.turn().await?;
        self.begin_on(Some(turn)).await
    }

    /// Opens a transaction that may write, before all that wait in [`Store::begin`]. For short ones that somebody
    /// outside waits for, one at a time.
    pub async fn begin_first(&self) -> Result<Tx, StoreError> {
        self.begin_on(None).await
    }

    async fn begin_on(&self, turn: Option<OwnedSemaphorePermit>) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Tx::Sqlite(Held::new(writer.begin_with(BEGIN.on(Engine::Sqlite)).await?, turn))
            }
            Pools::Postgres(pool) => {
                Tx::Postgres(Held::new(begin_whole(pool, BEGIN.on(Engine::Postgres)).await?, turn))
            }
        })
    }

    /// Opens a transaction that only reads: one unchanging view, and on `SQLite` no wait for the writer.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Tx::Sqlite(Held::new(readers.begin().await?, None)),
            Pools::Postgres(pool) => {
                let turn = self.turn().await?;
                let begun = begin_whole(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                Tx::Postgres(Held::new(begun, Some(turn)))
            }
        })
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let turn = tokio::time::timeout(BUSY * 2, self.turns.clone().acquire_owned()).await;
        match turn {
            Ok(Ok(turn)) => Ok(turn),
            // As the pool says it when nothing comes free in time.
            Ok(Err(_)) => Err(sqlx::Error::PoolClosed.into()),
            Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
        }
    }

    /// Ends all connections; on `SQLite` the log is folded back into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Reads, locks and as good as writes the file once, for SQLite opens even a damaged or read-only one without a word.
async fn probe(writer: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut tx = writer.begin_with(BEGIN.on(Engine::Sqlite)).await?;
    sqlx::query("SELECT count(*) FROM sqlite_master").execute(&mut *tx).await?;
    sqlx::query("PRAGMA user_version = 0").execute(&mut *tx).await?;
    tx.rollback().await
}

fn explain_sqlite(path: &Path, error: sqlx::Error) -> StoreError {
    let shown = path.display();
    let code = match &error {
        sqlx::Error::Database(inner) => inner.code().map(std::borrow::Cow::into_owned),
        _ => None,
    };
    match code.as_deref() {
        Some("14") => StoreError::Address(format!(
            "the database file {shown} cannot be opened; check that its folder exists and that you may write there"
        )),
        Some("8" | "264" | "520" | "776" | "1032" | "1288" | "1544") => StoreError::Address(format!(
            "the database file {shown} is read-only; Roundtable must be able to write to it and to its folder"
        )),
        Some("26" | "11" | "267" | "523" | "779") => StoreError::Address(format!(
            "the file {shown} is not a whole Roundtable database; restore it from a backup, or move it away to start anew"
        )),
        _ => error.into(),
    }
}

/// The one writer. While another process makes the file a WAL one, SQLite answers "locked" at once instead of
/// waiting as for any other lock, so the waiting is done here.
async fn writer(options: &SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let mut tries = 0;
    loop {
        let opened = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY * 2)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await;
        match opened {
            Err(sqlx::Error::Database(error))
                if tries < 50 && matches!(error.code().as_deref(), Some("5" | "261")) =>
            {
                tries += 1;
                tokio::time::sleep(BUSY / 50).await;
            }
            opened => return opened,
        }
    }
}

/// Begins a transaction on Postgres, even if the caller goes away in the middle of it. Dropped half-way, the driver
/// would give the connection back to the pool inside a transaction that nobody ends; a task of its own is not dropped.
async fn begin_whole(
    pool: &PgPool,
    begin: &'static str,
) -> Result<sqlx::Transaction<'static, sqlx::Postgres>, sqlx::Error> {
    let pool = pool.clone();
    match tokio::spawn(async move { pool.begin_with(begin).await }).await {
        Ok(tx) => tx,
        Err(_) => Err(sqlx::Error::PoolClosed),
    }
}

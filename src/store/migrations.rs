//! The tables' history: one file for each engine and number. A database is brought up to date in one transaction; a
//! newer database is refused, a changed step too.

use sha2::{Digest as _, Sha256};

use super::open::{Engine, Store};
use super::tx::{all, run};
use super::{StoreError, Tx};

/// One step of the tables' history.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Number, from 1 without gaps.
    pub number: i64,
    /// Name, the same on both engines.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

macro_rules! migrations {
    ($engine:literal: $($number:literal $name:literal),+ $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../../migrations/", $engine, "/", $name, ".sql")),
        }),+]
    };
}

const SQLITE: &[Migration] = migrations!("sqlite": 1 "0001_core", 2 "0002_playground", 3 "0003_adapters",
    4 "0004_presence", 5 "0005_discord", 6 "0006_formation", 7 "0007_sheets", 8 "0008_organisers",
    9 "0009_people");
const POSTGRES: &[Migration] = migrations!("postgres": 1 "0001_core", 2 "0002_playground", 3 "0003_adapters",
    4 "0004_presence", 5 "0005_discord", 6 "0006_formation", 7 "0007_sheets", 8 "0008_organisers",
    9 "0009_people");

/// Every step for an engine, in order.
pub const fn migrations_of(engine: Engine) -> &'static [Migration] {
    match engine {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    }
}

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_history \
    (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL)";

fn digest(sql: &str) -> String {
    let digest = Sha256::digest(sql.as_bytes());
    let head = digest.iter().take(8).fold(0_u64, |all, byte| (all << 8) | u64::from(*byte));
    format!("{head:016x}")
}

impl Store {
    /// Applies the steps that are missing up to `last` (all when `None`) and says how many they were.
    pub async fn migrate(&self, last: Option<i64>) -> Result<usize, StoreError> {
        let steps = migrations_of(self.engine());
        let mut tx = self.begin().await?;
        if self.engine() == Engine::Postgres {
            // Two replicas that start together must not both create the tables.
            run!(&mut tx, "SELECT pg_advisory_xact_lock(7261)")?;
        }
        run!(&mut tx, HISTORY)?;
        let applied = self.check_history(&mut tx, steps).await?;
        let mut count = 0;
        for step in steps.iter().filter(|s| s.number > applied && last.is_none_or(|last| s.number <= last)) {
            match &mut tx {
                Tx::Sqlite(c) => sqlx::raw_sql(step.sql).execute(&mut **c).await.map(drop)?,
                Tx::Postgres(c) => sqlx::raw_sql(step.sql).execute(&mut **c).await.map(drop)?,
            }
            run!(
                &mut tx,
                "INSERT INTO schema_history (number, name, digest) VALUES ($1, $2, $3)",
                step.number,
                step.name,
                digest(step.sql)
            )?;
            count += 1;
        }
        tx.commit().await?;
        Ok(count)
    }

    async fn check_history(&self, tx: &mut Tx, steps: &[Migration]) -> Result<i64, StoreError> {
        let history =
            all!(&mut *tx, (i64, String), "SELECT number, digest FROM schema_history ORDER BY number")?;
        let known = steps.last().map_or(0, |step| step.number);
        let found = history.last().map_or(0, |(number, _)| *number);
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        for (number, seen) in &history {
            if steps.iter().any(|step| step.number == *number && digest(step.sql) != *seen) {
                return Err(StoreError::ChangedMigration(*number));
            }
        }
        Ok(found)
    }
}

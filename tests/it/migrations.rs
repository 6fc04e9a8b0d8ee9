//! The tables' history, on SQLite and on a real PostgreSQL: both engines end with the same logical tables, rows live
//! through every step, and a database that does not fit is refused. Invariant: what is compared is read back from the
//! databases, never from the migrations' own text alone.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

use roundtable::store::{Engine, Store, StoreError, migrations_of};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use tempfile::TempDir;

use crate::postgres;

/// A database of its own, by its address; the folder of a SQLite file goes away with it.
struct Fresh {
    address: String,
    _folder: Option<TempDir>,
}

fn fresh(engine: Engine) -> Option<Fresh> {
    match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().expect("a folder");
            let address = folder.path().join("tables.db").to_string_lossy().into_owned();
            Some(Fresh { address, _folder: Some(folder) })
        }
        Engine::Postgres => Some(Fresh { address: postgres::database()?, _folder: None }),
    }
}

const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// Looks at a database from outside: every answer is rows of text.
enum Look {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Look {
    async fn at(fresh: &Fresh) -> Self {
        if fresh.address.starts_with("postgres") {
            return Self::Postgres(PgPool::connect(&fresh.address).await.expect("the database answers"));
        }
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&fresh.address).foreign_keys(true);
        Self::Sqlite(SqlitePool::connect_with(options).await.expect("the file opens"))
    }

    async fn run(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(drop),
            Self::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(drop),
        }
        .expect("the statement runs");
    }

    async fn lines(&self, sql: &str) -> Vec<String> {
        let safe = AssertSqlSafe(sql.to_owned());
        let rows: Result<Vec<(String,)>, _> = match self {
            Self::Sqlite(pool) => sqlx::query_as(safe).fetch_all(pool).await,
            Self::Postgres(pool) => sqlx::query_as(safe).fetch_all(pool).await,
        };
        rows.unwrap_or_else(|error| panic!("{sql}: {error}")).into_iter().map(|(line,)| line).collect()
    }

    async fn close(self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// `table.column type null|not null`, in the order of the columns, without the history itself.
async fn columns(look: &Look) -> Vec<String> {
    look.lines(match look {
        Look::Sqlite(_) => {
            "SELECT t.name || '.' || c.name || ' ' || CASE c.type WHEN 'BIGINT' THEN 'INTEGER' ELSE c.type END || \
             CASE WHEN c.\"notnull\" = 1 THEN ' not null' ELSE ' null' END \
             FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' \
             AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid"
        }
        Look::Postgres(_) => {
            "SELECT table_name || '.' || column_name || ' ' || \
             CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' ELSE data_type END || \
             CASE is_nullable WHEN 'NO' THEN ' not null' ELSE ' null' END FROM information_schema.columns \
             WHERE table_schema = 'public' ORDER BY table_name COLLATE \"C\", ordinal_position"
        }
    })
    .await
}

/// `table (a, b)` for every primary key.
async fn primary_keys(look: &Look) -> BTreeSet<String> {
    let lines = look.lines(match look {
        Look::Sqlite(_) => {
            "SELECT name || ' (' || group_concat(col, ', ') || ')' FROM (SELECT t.name AS name, c.name AS col \
             FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.pk > 0 \
             ORDER BY t.name, c.pk) GROUP BY name"
        }
        Look::Postgres(_) => {
            "SELECT conrelid::regclass::text || ' ' || substr(pg_get_constraintdef(oid), 13) FROM pg_constraint \
             WHERE contype = 'p' AND connamespace = 'public'::regnamespace"
        }
    });
    lines.await.into_iter().collect()
}

/// `table name UNIQUE (a, b)` and `table name FOREIGN KEY (a) REFERENCES other(id)`. SQLite keeps the names of rules
/// in the text of the table only; `rules_of_sqlite_hold` checks that text against what the engine enforces.
async fn rules(look: &Look) -> BTreeSet<String> {
    match look {
        Look::Postgres(_) => {
            let sql = "SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) \
                       FROM pg_constraint WHERE contype IN ('u', 'f') AND connamespace = 'public'::regnamespace";
            look.lines(sql).await.into_iter().collect()
        }
        Look::Sqlite(_) => {
            let tables =
                look.lines("SELECT name || '\n' || sql FROM sqlite_master WHERE type = 'table'").await;
            let mut rules = BTreeSet::new();
            for text in tables {
                let (table, sql) = text.split_once('\n').expect("a name and a text");
                for line in sql.lines() {
                    if let Some(rule) = line.trim().trim_end_matches(',').strip_prefix("CONSTRAINT ") {
                        rules.insert(format!("{table} {}", rule.replace(" (id)", "(id)")));
                    }
                }
            }
            rules
        }
    }
}

/// `name table (a, b) partial|whole` for every index that is not a rule's own.
async fn indexes(look: &Look) -> BTreeSet<String> {
    let lines = look.lines(match look {
        Look::Sqlite(_) => {
            "SELECT name || ' ' || tbl || ' (' || group_concat(col, ', ') || ') ' || part FROM \
             (SELECT l.name AS name, t.name AS tbl, i.name AS col, \
              CASE l.partial WHEN 1 THEN 'partial' ELSE 'whole' END AS part \
              FROM sqlite_master t, pragma_index_list(t.name) l, pragma_index_info(l.name) i \
              WHERE t.type = 'table' AND l.origin = 'c' ORDER BY l.name, i.seqno) GROUP BY name"
        }
        Look::Postgres(_) => {
            "SELECT c.relname || ' ' || i.indrelid::regclass::text || ' (' || \
             (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid) \
             || ') ' || CASE WHEN i.indpred IS NULL THEN 'whole' ELSE 'partial' END \
             FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
             WHERE c.relnamespace = 'public'::regnamespace \
             AND NOT EXISTS (SELECT 1 FROM pg_constraint r WHERE r.conindid = c.oid AND r.contype IN ('p', 'u'))"
        }
    });
    lines.await.into_iter().collect()
}

async fn migrated(engine: Engine, last: Option<i64>) -> Option<(Fresh, Store, Look)> {
    let fresh = fresh(engine)?;
    let store = Store::open(&fresh.address).await.expect("the database opens");
    store.migrate(last).await.expect("the steps apply");
    let look = Look::at(&fresh).await;
    Some((fresh, store, look))
}

#[test]
fn both_engines_have_the_same_steps_and_no_file_is_left_out() {
    let names =
        |engine| migrations_of(engine).iter().map(|step| (step.number, step.name)).collect::<Vec<_>>();
    assert_eq!(names(Engine::Sqlite), names(Engine::Postgres));
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for (engine, folder) in [(Engine::Sqlite, "sqlite"), (Engine::Postgres, "postgres")] {
        let mut files: Vec<String> = std::fs::read_dir(root.join(folder))
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let listed: Vec<String> = names(engine).iter().map(|(_, name)| format!("{name}.sql")).collect();
        assert_eq!(files, listed, "{folder}");
        for ((number, name), expected) in names(engine).into_iter().zip(1..) {
            assert_eq!(number, expected);
            assert!(name.starts_with(&format!("{number:04}_")), "{name}");
        }
    }
}

#[tokio::test]
async fn both_engines_end_with_the_same_logical_tables() {
    let Some((_server, postgres, theirs)) = migrated(Engine::Postgres, None).await else { return };
    let (_file, sqlite, ours) = migrated(Engine::Sqlite, None).await.expect("SQLite is built in");
    let found = columns(&ours).await;
    assert!(found.len() > 150, "the search itself works: {}", found.len());
    assert_eq!(found, columns(&theirs).await);
    assert_eq!(primary_keys(&ours).await, primary_keys(&theirs).await);
    let named = rules(&ours).await;
    assert!(named.len() > 30, "{}", named.len());
    assert_eq!(named, rules(&theirs).await);
    assert_eq!(indexes(&ours).await, indexes(&theirs).await);
    for look in [ours, theirs] {
        look.close().await;
    }
    sqlite.close().await;
    postgres.close().await;
}

#[tokio::test]
async fn sqlite_enforces_as_many_rules_as_its_tables_name() {
    let (_file, store, look) = migrated(Engine::Sqlite, None).await.expect("SQLite is built in");
    let count = async |sql| look.lines(sql).await.len();
    let unique = "SELECT l.name FROM sqlite_master t, pragma_index_list(t.name) l \
                  WHERE t.type = 'table' AND l.origin = 'u'";
    let foreign =
        "SELECT f.\"table\" FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'";
    let rules = rules(&look).await;
    let named = |kind: &str| rules.iter().filter(|rule| rule.contains(kind)).count();
    assert_eq!(count(unique).await, named(" UNIQUE "));
    assert_eq!(count(foreign).await, named(" FOREIGN KEY "));
    look.close().await;
    store.close().await;
}

/// Puts one row into every table, the parents first: every text is `a`, every number 1, so every reference holds.
async fn fill(look: &Look, tables: &[String], columns: &BTreeMap<String, Vec<(String, bool)>>) {
    for table in tables {
        let of = &columns[table];
        let names: Vec<String> = of.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let values: Vec<&str> = of.iter().map(|(_, text)| if *text { "'a'" } else { "1" }).collect();
        let sql = format!("INSERT INTO \"{table}\" ({}) VALUES ({})", names.join(", "), values.join(", "));
        look.run(&sql).await;
    }
}

/// Every row of these columns as text.
async fn dump(look: &Look, columns: &BTreeMap<String, Vec<(String, bool)>>) -> Vec<String> {
    let mut rows = Vec::new();
    for (table, of) in columns {
        let parts: Vec<String> =
            of.iter().map(|(name, _)| format!("coalesce(CAST(\"{name}\" AS TEXT), '-')")).collect();
        let sql = format!("SELECT '{table} ' || {} FROM \"{table}\" ORDER BY 1", parts.join(" || ' ' || "));
        rows.extend(look.lines(&sql).await);
    }
    rows
}

#[tokio::test]
async fn rows_live_through_every_step() {
    let order = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'schema_history' \
                 AND name NOT LIKE 'sqlite_%' ORDER BY rowid";
    for step in 1..=migrations_of(Engine::Sqlite).len() {
        let before = i64::try_from(step - 1).expect("few steps");
        let (_model, store, model) =
            migrated(Engine::Sqlite, Some(before)).await.expect("SQLite is built in");
        let tables = model.lines(order).await;
        model.close().await;
        store.close().await;
        for engine in ENGINES {
            let Some((fresh, store, look)) = migrated(engine, Some(before)).await else { return };
            let mut known: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
            for line in columns(&look).await {
                let (table, rest) = line.split_once('.').expect("a table");
                if table != "schema_history" {
                    let name = rest.split(' ').next().expect("a column").to_owned();
                    known.entry(table.to_owned()).or_default().push((name, rest.contains(" TEXT ")));
                }
            }
            fill(&look, &tables, &known).await;
            let rows = dump(&look, &known).await;
            assert_eq!(rows.len(), tables.len());
            look.close().await;
            let left = migrations_of(engine).len() - (step - 1);
            assert_eq!(store.migrate(None).await.expect("the steps apply"), left);
            let look = Look::at(&fresh).await;
            assert_eq!(dump(&look, &known).await, rows, "{engine:?}, step {step}");
            look.close().await;
            store.close().await;
        }
    }
}

#[tokio::test]
async fn steps_are_applied_once_and_up_to_the_one_asked_for() {
    for engine in ENGINES {
        let Some(fresh) = fresh(engine) else { return };
        let store = Store::open(&fresh.address).await.expect("the database opens");
        assert_eq!(store.migrate(Some(0)).await.expect("nothing to do"), 0);
        assert_eq!(store.migrate(Some(1)).await.expect("the first step"), 1);
        assert_eq!(store.migrate(Some(1)).await.expect("nothing to do"), 0);
        assert_eq!(store.migrate(None).await.expect("the others"), migrations_of(engine).len() - 1);
        assert_eq!(store.migrate(None).await.expect("nothing to do"), 0);
        store.close().await;
    }
}

#[tokio::test]
async fn a_newer_database_and_a_changed_step_are_refused_and_left_as_they_are() {
    for engine in ENGINES {
        let Some((_fresh, store, look)) = migrated(engine, None).await else { return };
        look.run("INSERT INTO schema_history (number, name, digest) VALUES (999, '0999_later', 'x')").await;
        let refused = store.migrate(None).await.expect_err("newer");
        assert!(matches!(refused, StoreError::Newer { found: 999, .. }), "{refused:?}");
        assert!(refused.to_string().contains("newer Roundtable"), "{refused}");
        look.run("DELETE FROM schema_history WHERE number = 999").await;
        look.run("UPDATE schema_history SET digest = 'changed' WHERE number = 1").await;
        let refused = store.migrate(None).await.expect_err("changed");
        assert!(matches!(refused, StoreError::ChangedMigration(1)), "{refused:?}");
        let history = look.lines("SELECT name || ' ' || digest FROM schema_history ORDER BY number").await;
        assert_eq!(history.len(), migrations_of(engine).len());
        assert_eq!(history[0], "0001_core changed");
        look.close().await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_handles_that_migrate_at_once_apply_every_step_once() {
    for engine in ENGINES {
        let Some(fresh) = fresh(engine) else { return };
        let both = async || {
            let store = Store::open(&fresh.address).await.expect("the database opens");
            let steps = store.migrate(None).await.expect("the steps apply");
            store.close().await;
            steps
        };
        let (left, right) = tokio::join!(both(), both());
        assert_eq!(left + right, migrations_of(engine).len(), "{engine:?}");
    }
}

#[test]
fn two_processes_that_migrate_at_once_apply_every_step_once() {
    for engine in ENGINES {
        let Some(fresh) = fresh(engine) else { return };
        let start = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_roundtable"));
            command.arg("migrate").env("DATABASE_URL", &fresh.address).env_remove("DATABASE_URL_FILE");
            command.current_dir(std::env::temp_dir());
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().expect("the program starts")
        };
        let started: Vec<_> = (0..3).map(|_| start()).collect();
        let ended: Vec<Output> =
            started.into_iter().map(|child| child.wait_with_output().expect("it ends")).collect();
        let mut steps: Vec<String> = Vec::new();
        for output in ended {
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{engine:?}: {said}");
            let words: Vec<&str> = said.split_whitespace().collect();
            let at = words.iter().position(|word| *word == "steps").expect("it says how many");
            steps.push(words[at - 1].to_owned());
        }
        steps.sort();
        assert_eq!(steps, ["0", "0", &migrations_of(engine).len().to_string()], "{engine:?}");
    }
}

//! A transaction on either engine, and the four verbs every statement of the store is written with.

use std::ops::{Deref, DerefMut};

use tokio::sync::OwnedSemaphorePermit;

use super::StoreError;
use super::open::Engine;

/// An open transaction. Dropping it undoes everything.
pub enum Tx {
    /// On `SQLite`.
    Sqlite(Held<sqlx::Sqlite>),
    /// On Postgres.
    Postgres(Held<sqlx::Postgres>),
}

/// A transaction and the turn it was begun on; the turn is given back after the transaction has ended.
pub struct Held<DB: sqlx::Database> {
    transaction: sqlx::Transaction<'static, DB>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl<DB: sqlx::Database> Held<DB> {
    pub(super) const fn new(
        transaction: sqlx::Transaction<'static, DB>,
        turn: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self { transaction, _turn: turn }
    }
}

impl<DB: sqlx::Database> Deref for Held<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &Self::Target {
        &self.transaction
    }
}

impl<DB: sqlx::Database> DerefMut for Held<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.transaction
    }
}

impl Tx {
    /// Makes everything done so far durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.transaction.commit().await?,
            Self::Postgres(tx) => tx.transaction.commit().await?,
        }
        Ok(())
    }

    /// The engine it runs on.
    pub(super) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tx({:?})", self.engine())
    }
}

/// A list as one parameter of a statement.
pub(super) fn json<T: serde::Serialize>(rows: &[T]) -> String {
    serde_json::to_string(rows).expect("rows hold nothing that JSON cannot say")
}

/// `run!(tx, sql, binds…)`: executes and gives the number of rows touched.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(c) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **c).await.map(|done| done.rows_affected())
            }
            $crate::store::Tx::Postgres(c) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **c).await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// `all!(tx, Row, sql, binds…)`: every row.
macro_rules! all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **c).await
            }
            $crate::store::Tx::Postgres(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **c).await
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// `maybe!(tx, Row, sql, binds…)`: the row, if there is one.
macro_rules! maybe {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **c).await
            }
            $crate::store::Tx::Postgres(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **c).await
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// `one!(tx, Row, sql, binds…)`: exactly one row.
macro_rules! one {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_one(&mut **c).await
            }
            $crate::store::Tx::Postgres(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_one(&mut **c).await
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

pub(super) use {all, maybe, one, run};

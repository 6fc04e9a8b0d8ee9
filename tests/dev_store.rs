//! Development target; removed again.
#[path = "it/postgres.rs"]
mod postgres;

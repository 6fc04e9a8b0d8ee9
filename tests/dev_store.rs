//! Development target; removed again.
#[path = "it/postgres.rs"]
mod postgres;
#[path = "it/store.rs"]
mod store;
#[path = "it/migrations.rs"]
mod migrations;
#[path = "it/files.rs"]
mod files;
#[path = "it/architecture.rs"]
mod architecture;

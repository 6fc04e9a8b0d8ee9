//! Development target; removed again.
#[path = "it/kills.rs"]
mod kills;
#[path = "it/platform.rs"]
mod platform;
#[path = "it/postgres.rs"]
mod postgres;
#[path = "it/story.rs"]
mod story;
#[path = "it/sim.rs"]
mod sim;

//! A look from outside of the runtime whether it still turns. A task that never lets go can starve all others, and with
//! them everything that would notice. Invariant: only a runtime that stood still for a minute of this thread's own
//! rounds ends the process; a process that was put to sleep as a whole does not count.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Between two beats.
const BEAT: Duration = Duration::from_secs(1);
/// Between two looks.
const ROUND: Duration = Duration::from_secs(5);
/// Looks without a beat after which the process ends.
const PATIENCE: u32 = 12;
/// The exit code of a program that broke.
const BROKEN: i32 = 70;

/// Beats until it is dropped.
pub(super) struct Heart {
    beats: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Heart {
    /// Begins to beat, and to look.
    pub(super) fn new() -> Self {
        let beats = Arc::new(AtomicU64::new(0));
        let task = tokio::spawn({
            let beats = beats.clone();
            async move {
                loop {
                    beats.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(BEAT).await;
                }
            }
        });
        let watched = Arc::downgrade(&beats);
        let begun = std::thread::Builder::new().name("heart".to_owned()).spawn(move || watch(&watched));
        if let Err(error) = begun {
            tracing::warn!(error.reason = %error, "app.not_watched");
        }
        Self { beats, task }
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.task.abort();
        tracing::debug!(app.beats = self.beats.load(Ordering::Relaxed), "app.heart_stopped");
    }
}

fn watch(beats: &Weak<AtomicU64>) {
    let mut still = Still::default();
    while let Some(count) = beats.upgrade().map(|beats| beats.load(Ordering::Relaxed)) {
        if still.look(count) >= PATIENCE {
            tracing::error!(
                app.still_secs = (ROUND * PATIENCE).as_secs(),
                "the program stands still and cannot mend itself; it ends so that it can be started again"
            );
            std::process::exit(BROKEN);
        }
        std::thread::sleep(ROUND);
    }
}

/// Counts looks at which nothing had moved.
#[derive(Default)]
struct Still {
    last: u64,
    looks: u32,
}

impl Still {
    fn look(&mut self, count: u64) -> u32 {
        self.looks = if count == self.last { self.looks + 1 } else { 0 };
        self.last = count;
        self.looks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_looks_in_a_row_without_a_beat_count() {
        let mut still = Still::default();
        assert_eq!([1, 1, 1, 2, 2].map(|count| still.look(count)), [0, 1, 2, 0, 1]);
    }
}

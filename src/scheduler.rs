//! The one loop: does what is due, then sleeps until the next due time, a wake-up or fifteen seconds have passed.
//! Invariant: nothing is begun after the stop, and no step of the wall clock delays work by more than one nap.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::Instant as Monotonic;

use crate::clock::Clock;
use crate::domain::civil::Instant;

#[cfg(test)]
mod tests;

/// The longest sleep: what a suspended machine or a turned clock can cost.
pub const LONGEST_NAP: Duration = Duration::from_secs(15);
/// What is under way at the stop may take this long; leases cover the rest.
pub const GRACE: Duration = Duration::from_secs(15);
/// Something is due, yet the last tick left it (another process may hold it): look again after this long.
const SHORTEST_NAP: Duration = Duration::from_millis(250);
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);
/// A difference between the two clocks that is worth a line in the log.
const STEP_SECS: i64 = 5;

/// What the loop drives. Errors go to the log: they say what failed, never what anybody wrote.
#[async_trait]
pub trait Work: Send + Sync {
    /// Does a batch of what is due; `true` when there is more to do at once.
    async fn tick(&self) -> Result<bool, String>;
    /// When the next thing is due; `None` when nothing is planned.
    async fn next_due(&self) -> Result<Option<Instant>, String>;
    /// Waits until something new was planned. It must remember a wake-up that came while nobody waited, and may be
    /// dropped at any time.
    async fn woken(&self);
}

/// Why a step came to an end.
enum Step<T> {
    Done(T),
    Stopped,
}

/// Runs until `stop` turns true or its sender is gone. A tick under way is then finished, within [`GRACE`].
pub async fn run<W: Work + ?Sized>(work: Arc<W>, clock: Arc<dyn Clock>, mut stop: watch::Receiver<bool>) {
    let mut retry = FIRST_RETRY;
    while !*stop.borrow() {
        let Step::Done(outcome) = round(&*work, &*clock, &mut stop).await else { break };
        match outcome {
            Ok(None) => {
                retry = FIRST_RETRY;
                // Other tasks of this thread get their turn in a long batch.
                tokio::task::yield_now().await;
            }
            Ok(Some(nap)) => {
                retry = FIRST_RETRY;
                let woken = async {
                    tokio::select! { () = work.woken() => {}, () = sleep(nap, &*clock) => {} }
                };
                let Step::Done(()) = unless_stopped(woken, &mut stop).await else { break };
            }
            Err(error) => {
                let wait = retry.as_secs();
                tracing::warn!(scheduler.error = %error, scheduler.retry_seconds = wait, "a round failed");
                // Wake-ups are not heeded here: a busy chat must not hammer a database that is down.
                let Step::Done(()) = unless_stopped(tokio::time::sleep(retry), &mut stop).await else {
                    break;
                };
                retry = (retry * 2).min(LAST_RETRY);
            }
        }
    }
    tracing::info!("the scheduler has stopped");
}

/// One tick and how long to sleep after it; `None` when there is more to do.
async fn round<W: Work + ?Sized>(
    work: &W,
    clock: &dyn Clock,
    stop: &mut watch::Receiver<bool>,
) -> Step<Result<Option<Duration>, String>> {
    let unfinished = match finish(work.tick(), stop).await {
        Step::Done(Ok(unfinished)) => unfinished,
        Step::Done(Err(error)) => return Step::Done(Err(error)),
        Step::Stopped => return Step::Stopped,
    };
    if unfinished {
        return Step::Done(Ok(None));
    }
    match unless_stopped(work.next_due(), stop).await {
        Step::Done(due) => Step::Done(due.map(|due| Some(nap(due, clock.now())))),
        Step::Stopped => Step::Stopped,
    }
}

/// The shorter of the way to the next due time and [`LONGEST_NAP`].
fn nap(due: Option<Instant>, now: Instant) -> Duration {
    let Some(due) = due else { return LONGEST_NAP };
    match u64::try_from(due.as_micros().saturating_sub(now.as_micros())) {
        Ok(micros) if micros > 0 => Duration::from_micros(micros).min(LONGEST_NAP),
        _ => SHORTEST_NAP,
    }
}

/// Sleeps on the monotonic clock and then looks at the wall clock. The tick that follows heeds the wall clock in
/// any case; the comparison is for whoever reads the log.
async fn sleep(nap: Duration, clock: &dyn Clock) {
    let (wall, monotonic) = (clock.now(), Monotonic::now());
    tokio::time::sleep(nap).await;
    let slept = i64::try_from(monotonic.elapsed().as_secs()).unwrap_or(i64::MAX);
    let step = wall.secs_until(clock.now()).saturating_sub(slept);
    if step.abs() >= STEP_SECS {
        tracing::info!(clock.step_seconds = step, "the wall clock was moved, or the machine was asleep");
    }
}

/// Waits for something that may be given up at once.
async fn unless_stopped<T>(work: impl Future<Output = T>, stop: &mut watch::Receiver<bool>) -> Step<T> {
    tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => Step::Stopped,
        done = work => Step::Done(done),
    }
}

/// Waits for something that should be finished, within [`GRACE`] of the stop.
async fn finish<T>(work: impl Future<Output = T>, stop: &mut watch::Receiver<bool>) -> Step<T> {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return Step::Done(done),
        // An error means that nobody is left to say stop, which is a stop as well.
        _ = stop.wait_for(|stop| *stop) => {}
    }
    if tokio::time::timeout(GRACE, work).await.is_err() {
        let grace = GRACE.as_secs();
        tracing::warn!(
            scheduler.grace_seconds = grace,
            "a tick took too long to stop; its leases will run out"
        );
    }
    Step::Stopped
}

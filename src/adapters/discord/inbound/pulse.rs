//! Whether the client's own loops still turn. After some closes the client runs round without ever letting go of its
//! thread, and no task can end it; but it reads its messages in each round, and a message that it cannot send makes it
//! give up. Invariant: the guard is a thread of its own, so that loops which take all threads of the runtime are ended
//! as well; a loop that lets go in time is never touched.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use serenity::gateway::{ShardMessenger, ShardRunnerMessage};
use tokio::time::Instant;

/// A loop that has not let go of its thread for this long spins.
const SPINS: Duration = Duration::from_secs(2);
/// Between two looks of the guard.
const ROUND: Duration = Duration::from_millis(500);
/// The code of the close that a spinning loop is asked to send. Where it is taken for spinning by mistake, its session
/// can be resumed after this one.
const COME_AGAIN: u16 = 4000;

/// When a task was polled last, and whether it still is.
#[derive(Debug)]
pub struct Pulse {
    begun: Instant,
    /// Milliseconds since the beginning, shifted by one; the lowest bit says whether the poll goes on.
    last: AtomicU64,
    /// Whether the guard ever found it spinning.
    spun: AtomicBool,
}

/// What a pulse says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It has held its thread for so long.
    Busy(Duration),
    /// It waits, and nothing has woken it for so long.
    Still(Duration),
}

impl Pulse {
    /// One that beats for the first time now.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { begun: Instant::now(), last: AtomicU64::new(0), spun: AtomicBool::new(false) })
    }

    fn mark(&self, busy: bool) {
        let passed = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX >> 1);
        self.last.store(passed << 1 | u64::from(busy), Ordering::Relaxed);
    }

    /// Whether the guard had to stop it.
    pub fn has_spun(&self) -> bool {
        self.spun.load(Ordering::Relaxed)
    }

    /// How the task stands.
    pub fn read(&self) -> Reading {
        let last = self.last.load(Ordering::Relaxed);
        let since = self.begun.elapsed().saturating_sub(Duration::from_millis(last >> 1));
        if last & 1 == 1 { Reading::Busy(since) } else { Reading::Still(since) }
    }
}

/// A future whose pulse is felt.
pub struct Felt<F> {
    inner: Pin<Box<F>>,
    pulse: Arc<Pulse>,
}

impl<F: Future> Felt<F> {
    /// Feels the pulse of this future.
    pub fn new(inner: F, pulse: Arc<Pulse>) -> Self {
        Self { inner: Box::pin(inner), pulse }
    }
}

impl<F: Future> Future for Felt<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.pulse.mark(true);
        let polled = self.inner.as_mut().poll(context);
        self.pulse.mark(false);
        polled
    }
}

/// Somebody under guard: number of the connection, its pulse, the way to it.
type Ward = (u32, Weak<Pulse>, ShardMessenger);

/// Ends loops that spin, for as long as it lives.
#[derive(Clone)]
pub struct Guard {
    wards: Arc<Mutex<Vec<Ward>>>,
}

impl Guard {
    /// Begins to look.
    pub fn begin() -> Self {
        let wards = Arc::new(Mutex::new(Vec::new()));
        let watched = Arc::downgrade(&wards);
        let begun =
            std::thread::Builder::new().name("discord-guard".to_owned()).spawn(move || look(&watched));
        if let Err(error) = begun {
            tracing::warn!(error.reason = %error, "discord.connections_not_guarded");
        }
        Self { wards }
    }

    /// Keeps an eye on a connection's loop.
    pub fn watch(&self, shard: u32, pulse: &Arc<Pulse>, way: ShardMessenger) {
        let mut wards = self.wards.lock().unwrap_or_else(PoisonError::into_inner);
        wards.retain(|(_, pulse, _)| pulse.strong_count() > 0);
        wards.push((shard, Arc::downgrade(pulse), way));
    }
}

fn look(wards: &Weak<Mutex<Vec<Ward>>>) {
    while let Some(wards) = wards.upgrade() {
        for (shard, pulse, way) in wards.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let Some(pulse) = pulse.upgrade() else { continue };
            let Reading::Busy(held) = pulse.read() else { continue };
            if held >= SPINS {
                pulse.spun.store(true, Ordering::Relaxed);
                tracing::error!(
                    discord.shard = shard,
                    discord.held_secs = held.as_secs(),
                    "discord.client_spins_and_is_stopped"
                );
                way.send_to_shard(ShardRunnerMessage::Close(COME_AGAIN, None));
            }
        }
        drop(wards);
        std::thread::sleep(ROUND);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pulse_tells_a_task_that_holds_its_thread_from_one_that_waits() {
        let pulse = Pulse::new();
        let seen = pulse.clone();
        let mut task = std::pin::pin!(Felt::new(
            async move {
                tokio::time::advance(Duration::from_secs(3)).await;
                assert!(matches!(seen.read(), Reading::Busy(_)), "{:?}", seen.read());
                std::future::pending::<()>().await;
            },
            pulse.clone(),
        ));
        assert_eq!(pulse.read(), Reading::Still(Duration::ZERO));
        assert!(futures_util::poll!(&mut task).is_pending());
        tokio::task::yield_now().await;
        assert!(futures_util::poll!(&mut task).is_pending());
        tokio::time::advance(Duration::from_secs(7)).await;
        assert_eq!(pulse.read(), Reading::Still(Duration::from_secs(7)));
    }
}

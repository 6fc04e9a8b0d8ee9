//! The playground's clock: it stands still, is turned by hand, or plays at a chosen speed. Turning it stops at every
//! thing that happens on the way, so that a year passes exactly as it would have. Where it stands is kept.

use std::sync::Mutex;
use std::time::Duration;

use super::{Event, Playground};
use crate::clock::{Clock, VirtualClock};
use crate::domain::civil::Instant;
use crate::store::{Store, StoreError};

const SETTING: &str = "playground.clock";
/// How often the clock moves while it plays.
const BEAT: Duration = Duration::from_millis(250);
/// The farthest the clock is turned at once.
const MOST_DAYS: i64 = 3_660;

/// A clock that is turned.
#[derive(Debug)]
pub struct TurningClock {
    hand: VirtualClock,
    speed: Mutex<u32>,
}

impl Clock for TurningClock {
    fn now(&self) -> Instant {
        self.hand.now()
    }
}

impl TurningClock {
    /// A clock that stands where it stood when the database was last used, or at `start`.
    pub(super) async fn load(store: &Store, start: Instant) -> Result<Self, StoreError> {
        let mut tx = store.read().await?;
        let stood = tx.find_setting(SETTING).await?.and_then(|text| text.parse::<i64>().ok());
        let at = stood.map_or(start, Instant::from_micros);
        Ok(Self { hand: VirtualClock::at(at), speed: Mutex::new(0) })
    }

    /// Seconds of the playground in one real second; 0 while it stands.
    pub(super) fn speed(&self) -> u32 {
        *self.speed.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn set_speed(&self, speed: u32) {
        *self.speed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = speed;
    }
}

/// What happens next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// When.
    pub at: Instant,
    /// What, in words.
    pub what: String,
}

impl Playground {
    /// Turns the clock on by this many seconds.
    pub async fn advance(&self, seconds: i64) -> Result<(), StoreError> {
        let seconds = seconds.clamp(0, MOST_DAYS * 86_400);
        let _turn = self.turn.lock().await;
        self.turn_to(self.clock.now().plus_secs(seconds)).await
    }

    /// Turns the clock to the next thing that happens; false when nothing is planned.
    pub async fn next_thing(&self) -> Result<bool, StoreError> {
        let _turn = self.turn.lock().await;
        let Some(next) = self.core.next_due().await? else { return Ok(false) };
        self.turn_to(next.max(self.clock.now())).await?;
        Ok(true)
    }

    /// What happens next, for the clock bar.
    pub async fn what_next(&self) -> Result<Option<Next>, StoreError> {
        let due = self.core.next_due().await?;
        let mut tx = self.store.read().await?;
        let nudge = tx.find_next_nudge().await?;
        Ok(due.map(|at| {
            let what = match nudge {
                Some(nudge) if nudge.due_at <= at => nudge.kind.in_words(),
                _ => "The next meetups are prepared",
            };
            Next { at, what: what.to_owned() }
        }))
    }

    /// Lets the clock run; 0 stops it.
    pub fn play(&self, speed: u32) {
        self.clock.set_speed(speed.min(30 * 86_400));
        self.tell(Event::Clock);
    }

    /// Moves the clock while it plays; runs until the program ends.
    pub async fn keep_playing(&self) {
        loop {
            tokio::time::sleep(BEAT).await;
            let speed = self.clock.speed();
            if speed == 0 {
                continue;
            }
            let micros = i64::from(speed) * i64::try_from(BEAT.as_micros()).unwrap_or(0);
            let _turn = self.turn.lock().await;
            let target = Instant::from_micros(self.clock.now().as_micros() + micros);
            if let Err(error) = self.turn_to(target).await {
                tracing::error!(error.reason = %error, "playground.clock");
                self.clock.set_speed(0);
            }
        }
    }

    /// Stops at each thing on the way. The caller holds the turn.
    async fn turn_to(&self, target: Instant) -> Result<(), StoreError> {
        loop {
            self.settle_all().await?;
            match self.core.next_look().await? {
                Some(next) if next <= target => self.clock.hand.turn_to(next),
                _ => break,
            }
        }
        self.clock.hand.turn_to(target);
        let mut tx = self.store.begin().await?;
        tx.mark_setting(SETTING, &self.clock.now().as_micros().to_string()).await?;
        tx.commit().await?;
        self.tell(Event::Clock);
        Ok(())
    }

    /// Sends what is due now. The caller holds the turn.
    pub(super) async fn settle_all(&self) -> Result<(), StoreError> {
        while self.core.tick().await?.unfinished {}
        Ok(())
    }
}

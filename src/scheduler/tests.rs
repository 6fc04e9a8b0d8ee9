//! The loop under a paused monotonic clock and a wall clock of its own. Invariant: no test waits for real time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant as Monotonic;

use super::{Work, run};
use crate::clock::{Clock, VirtualClock};
use crate::domain::civil::Instant;

const START: Instant = Instant::from_secs(1_800_000_000);

/// What one tick does.
enum Tick {
    More,
    Idle,
    Fails,
    Takes(u64),
}

/// Work that follows a script and notes when each tick began, in milliseconds of the monotonic clock. After the
/// script every tick is idle.
struct Scripted {
    began: Monotonic,
    script: Mutex<VecDeque<Tick>>,
    due: Mutex<Option<Instant>>,
    ticks: Mutex<Vec<u128>>,
    finished: Mutex<usize>,
    wake: Notify,
}

struct Room {
    work: Arc<Scripted>,
    clock: Arc<VirtualClock>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Room {
    fn open(script: impl IntoIterator<Item = Tick>, due: Option<Instant>) -> Self {
        // Lets tests that read the log run beside tests that do not.
        let _prepared = crate::logging::captured("info").unwrap();
        let work = Arc::new(Scripted {
            began: Monotonic::now(),
            script: Mutex::new(script.into_iter().collect()),
            due: Mutex::new(due),
            ticks: Mutex::default(),
            finished: Mutex::default(),
            wake: Notify::new(),
        });
        let clock = Arc::new(VirtualClock::at(START));
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(run(Arc::clone(&work), Arc::clone(&clock) as Arc<dyn Clock>, stopped));
        Self { work, clock, stop, task }
    }

    /// Lets so many milliseconds of the monotonic clock pass.
    async fn pass(&self, millis: u64) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    fn ticks(&self) -> Vec<u128> {
        self.work.ticks.lock().unwrap().clone()
    }

    /// Says stop and tells how many milliseconds the loop still took.
    async fn stop(self) -> u128 {
        let said = Monotonic::now();
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
        said.elapsed().as_millis()
    }
}

#[async_trait]
impl Work for Scripted {
    async fn tick(&self) -> Result<bool, String> {
        self.ticks.lock().unwrap().push(self.began.elapsed().as_millis());
        let now = self.script.lock().unwrap().pop_front().unwrap_or(Tick::Idle);
        let outcome = match now {
            Tick::More => Ok(true),
            Tick::Idle => Ok(false),
            Tick::Fails => Err("the database is away".to_owned()),
            Tick::Takes(seconds) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                Ok(true)
            }
        };
        *self.finished.lock().unwrap() += 1;
        outcome
    }

    async fn next_due(&self) -> Result<Option<Instant>, String> {
        Ok(*self.due.lock().unwrap())
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }
}

#[tokio::test(start_paused = true)]
async fn it_sleeps_until_the_next_due_time() {
    let room = Room::open([], Some(START.plus_secs(3)));
    room.pass(3_100).await;
    assert_eq!(room.ticks(), [0, 3_000]);
}

#[tokio::test(start_paused = true)]
async fn it_never_sleeps_longer_than_fifteen_seconds() {
    for due in [None, Some(START.plus_hours(9))] {
        let room = Room::open([], due);
        room.pass(46_000).await;
        assert_eq!(room.ticks(), [0, 15_000, 30_000, 45_000]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wake_up_ends_the_nap_even_when_it_came_during_a_tick() {
    let room = Room::open([Tick::Idle, Tick::Takes(2)], None);
    room.pass(4_000).await;
    room.work.wake.notify_one();
    room.pass(1_000).await;
    assert_eq!(room.ticks(), [0, 4_000]);
    room.work.wake.notify_one();
    room.pass(1_100).await;
    // The long tick left more to do at 6 s, and the wake-up it slept through starts one more round.
    assert_eq!(room.ticks(), [0, 4_000, 6_000, 6_000]);
}

#[tokio::test(start_paused = true)]
async fn work_that_is_not_finished_goes_on_at_once() {
    let room = Room::open([Tick::More, Tick::More, Tick::Idle], None);
    room.pass(1_000).await;
    assert_eq!(room.ticks(), [0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn something_due_that_nobody_can_take_does_not_make_it_spin() {
    let room = Room::open([], Some(START.minus_minutes(5)));
    room.pass(1_100).await;
    assert_eq!(room.ticks(), [0, 250, 500, 750, 1_000]);
}

#[tokio::test(start_paused = true)]
async fn errors_make_it_wait_longer_each_time_and_success_makes_it_forget() {
    let fails = (0..7).map(|_| Tick::Fails);
    let room = Room::open(fails.chain([Tick::Idle, Tick::Fails]), Some(START.plus_secs(10)));
    // Wake-ups do not shorten the wait.
    room.work.wake.notify_one();
    room.pass(91_500).await;
    let seconds: Vec<u128> = room.ticks().iter().map(|millis| millis / 1_000).collect();
    assert_eq!(seconds, [0, 1, 3, 7, 15, 31, 61, 91, 91]);
    room.pass(1_000).await;
    let since_success: Vec<u128> = room.ticks()[8..].iter().map(|millis| millis / 1_000).collect();
    assert_eq!(since_success, [91, 92]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_round_is_logged_with_its_delay() {
    let (subscriber, captured) = crate::logging::captured("info").unwrap();
    let _guard = tracing::subscriber::set_default(subscriber);
    let room = Room::open([Tick::Fails], None);
    room.pass(10).await;
    let text = captured.text();
    assert!(
        text.contains("a round failed scheduler.error=the database is away scheduler.retry_seconds=1"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_wall_clock_that_leaps_ahead_costs_one_nap_at_most() {
    let (subscriber, captured) = crate::logging::captured("info").unwrap();
    let _guard = tracing::subscriber::set_default(subscriber);
    let room = Room::open([], Some(START.plus_hours(9)));
    room.pass(2_000).await;
    room.clock.turn_to(START.plus_hours(10));
    room.pass(13_100).await;
    assert_eq!(room.ticks()[..2], [0, 15_000]);
    assert!(captured.text().contains("clock.step_seconds=35985"), "{}", captured.text());
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_nap_and_a_retry_at_once() {
    for script in [Tick::Idle, Tick::Fails] {
        let room = Room::open([script], None);
        room.pass(500).await;
        let work = Arc::clone(&room.work);
        assert_eq!(room.stop().await, 0);
        assert_eq!(work.ticks.lock().unwrap().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_the_tick_under_way_finish_and_begins_no_other() {
    let room = Room::open([Tick::Takes(9), Tick::More], None);
    room.pass(2_000).await;
    let work = Arc::clone(&room.work);
    assert_eq!(room.stop().await, 7_000);
    assert_eq!((work.ticks.lock().unwrap().len(), *work.finished.lock().unwrap()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_tick_that_hangs_is_given_up_fifteen_seconds_after_the_stop() {
    let room = Room::open([Tick::Takes(3_600)], None);
    room.pass(1_000).await;
    let work = Arc::clone(&room.work);
    assert_eq!(room.stop().await, 15_000);
    assert_eq!(*work.finished.lock().unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn it_stops_when_nobody_is_left_to_stop_it() {
    let room = Room::open([], None);
    room.pass(500).await;
    drop(room.stop);
    room.task.await.unwrap();
    assert_eq!(room.work.ticks.lock().unwrap().len(), 1);
}

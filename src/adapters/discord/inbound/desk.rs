//! Where those who wait for an answer stand, and those who have one look for them. Discord waits three seconds for the
//! first answer; whoever brings a later one has to know that the first was "I am working on it", and that it arrived.
//! Invariant: an interaction gets exactly one first answer, either the real one or the promise of it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::{oneshot, watch};
use tokio::time::{Duration, Instant};

/// Places are forgotten after this long: answers can be given for a quarter of an hour.
const KEEP: Duration = Duration::from_mins(16);
/// With more places than this, old ones are looked for.
const SWEEP_FROM: usize = 1_024;
/// Whoever has a later answer waits this long for the first one to be gone.
const GONE_WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug)]
struct Place {
    first: Option<oneshot::Sender<Value>>,
    given: watch::Sender<Option<bool>>,
    since: Instant,
}

/// All who wait.
#[derive(Debug, Default)]
pub struct Desk {
    places: Mutex<HashMap<String, Place>>,
}

/// Whoever waits for a first answer.
#[derive(Debug)]
pub struct Waiter {
    answer: oneshot::Receiver<Value>,
}

/// What became of an answer that was brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brought {
    /// It was the first answer, and Discord took it.
    Given,
    /// It came too late to be the first; Discord has the promise, and takes it as a change of that.
    Promised,
    /// Discord did not take the first answer, whatever it was.
    Lost,
    /// Nobody waits for it here: it was asked for before a restart, or in another process.
    Nobody,
}

impl Desk {
    fn places(&self) -> MutexGuard<'_, HashMap<String, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody begins to wait for the first answer to this interaction; `None` when somebody does already.
    pub fn wait(&self, interaction: &str) -> Option<Waiter> {
        let now = Instant::now();
        let mut places = self.places();
        if places.len() >= SWEEP_FROM {
            places.retain(|_, place| now.duration_since(place.since) < KEEP);
        }
        if places.contains_key(interaction) {
            return None;
        }
        let (first, answer) = oneshot::channel();
        let place = Place { first: Some(first), given: watch::Sender::new(None), since: now };
        places.insert(interaction.to_owned(), place);
        Some(Waiter { answer })
    }

    /// The first answer, if it comes within this long. Afterwards it is too late for another one.
    pub async fn first(&self, interaction: &str, mut waiter: Waiter, within: Duration) -> Option<Value> {
        if let Ok(answer) = tokio::time::timeout(within, &mut waiter.answer).await {
            return answer.ok();
        }
        // Whoever looks for the place from now on finds that it is too late; it may have come at this very moment.
        if let Some(place) = self.places().get_mut(interaction) {
            place.first = None;
        }
        waiter.answer.try_recv().ok()
    }

    /// Discord took the first answer, or did not.
    pub fn given(&self, interaction: &str, taken: bool) {
        if let Some(place) = self.places().get_mut(interaction) {
            place.first = None;
            place.given.send_replace(Some(taken));
        }
    }

    /// Nobody waits here any more.
    pub fn leave(&self, interaction: &str) {
        self.places().remove(interaction);
    }

    /// Whether nobody waits here.
    pub fn is_vacant(&self, interaction: &str) -> bool {
        !self.places().contains_key(interaction)
    }

    /// Whether it is too late for a first answer.
    pub fn is_late(&self, interaction: &str) -> bool {
        self.places().get(interaction).is_none_or(|place| place.first.is_none())
    }

    /// Brings an answer, and waits until it is known what became of the first one.
    pub async fn bring(&self, interaction: &str, answer: Value) -> Brought {
        let (sender, mut given) = match self.places().get_mut(interaction) {
            Some(place) => (place.first.take(), place.given.subscribe()),
            None => return Brought::Nobody,
        };
        let was_first = sender.is_some_and(|sender| sender.send(answer).is_ok());
        let taken = tokio::time::timeout(GONE_WITHIN, given.wait_for(Option::is_some)).await;
        match taken {
            Ok(Ok(taken)) if *taken == Some(true) => {
                if was_first {
                    Brought::Given
                } else {
                    Brought::Promised
                }
            }
            _ => Brought::Lost,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    const SOON: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn an_answer_in_time_is_the_first_and_its_bringer_hears_that_it_arrived() {
        let desk = Arc::new(Desk::default());
        let waiter = desk.wait("1").expect("nobody waits yet");
        assert!(desk.wait("1").is_none(), "one waits already");
        let bringer = tokio::spawn({
            let desk = desk.clone();
            async move { desk.bring("1", json!("answer")).await }
        });
        assert_eq!(desk.first("1", waiter, SOON).await, Some(json!("answer")));
        desk.given("1", true);
        assert_eq!(bringer.await.expect("it ends"), Brought::Given);
        assert_eq!(desk.bring("1", json!("more")).await, Brought::Promised);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_comes_late_waits_until_the_promise_arrived() {
        let desk = Arc::new(Desk::default());
        let waiter = desk.wait("1").expect("nobody waits yet");
        assert_eq!(desk.first("1", waiter, SOON).await, None);
        assert!(desk.is_late("1"));
        let bringer = tokio::spawn({
            let desk = desk.clone();
            async move { desk.bring("1", json!("late")).await }
        });
        tokio::task::yield_now().await;
        assert!(!bringer.is_finished());
        desk.given("1", true);
        assert_eq!(bringer.await.expect("it ends"), Brought::Promised);
    }

    #[tokio::test(start_paused = true)]
    async fn a_first_answer_that_discord_did_not_take_is_lost_and_so_is_one_nobody_hears_of() {
        let desk = Desk::default();
        let waiter = desk.wait("1").expect("nobody waits yet");
        assert_eq!(desk.first("1", waiter, SOON).await, None);
        desk.given("1", false);
        assert_eq!(desk.bring("1", json!(1)).await, Brought::Lost);
        let _waiter = desk.wait("2").expect("nobody waits yet");
        assert_eq!(desk.bring("2", json!(1)).await, Brought::Lost);
        desk.leave("2");
        assert_eq!(desk.bring("2", json!(1)).await, Brought::Nobody);
    }

    #[tokio::test(start_paused = true)]
    async fn places_of_long_ago_are_forgotten() {
        let desk = Desk::default();
        for n in 0..SWEEP_FROM {
            assert!(desk.wait(&n.to_string()).is_some());
        }
        tokio::time::advance(KEEP).await;
        assert!(desk.wait("new").is_some());
        assert_eq!(desk.places().len(), 1);
    }
}

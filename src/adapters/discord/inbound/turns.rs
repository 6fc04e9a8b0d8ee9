//! Turns to begin a session. Discord takes one in five seconds from each of a few doors, and ends sessions that come
//! faster. Invariant: behind one door no two sessions begin closer together than [`BETWEEN_STARTS`].

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::health::BETWEEN_STARTS;

/// The doors.
#[derive(Debug)]
pub struct Turns {
    doors: Vec<Mutex<Option<Instant>>>,
}

impl Turns {
    /// So many doors, at least one. `since` is when sessions may have been begun before these doors.
    pub fn new(doors: u32, since: Option<Instant>) -> Self {
        Self { doors: (0..doors.max(1)).map(|_| Mutex::new(since)).collect() }
    }

    /// Waits until the connection may begin a session; it begins it at once.
    pub async fn take(&self, shard: u32) {
        let door = usize::try_from(shard).unwrap_or_default() % self.doors.len();
        // Who waits holds the door, so that the others come in their order.
        let mut last = self.doors[door].lock().await;
        if let Some(last) = *last {
            tokio::time::sleep_until(last + BETWEEN_STARTS).await;
        }
        *last = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn sessions_behind_one_door_begin_five_seconds_apart() {
        let (begun, turns) = (Instant::now(), Turns::new(2, None));
        let take = async |shard| {
            turns.take(shard).await;
            begun.elapsed().as_secs()
        };
        let at = tokio::join!(take(0), take(1), take(2), take(3), take(4));
        assert_eq!(at, (0, 0, 5, 5, 10));
        turns.take(3).await;
        assert_eq!(begun.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn new_doors_remember_that_others_were_open_before() {
        let begun = Instant::now();
        Turns::new(0, Some(begun)).take(7).await;
        assert_eq!(begun.elapsed(), BETWEEN_STARTS);
    }
}

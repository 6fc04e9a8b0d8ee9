//! A room with much to say does not keep everybody else waiting: a batch of the dispatcher gives each place its share.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use roundtable::adapters::discord::PLATFORM;
use roundtable::chat::messenger::Found;
use roundtable::chat::{Message, Messenger, Outcome, Place, RoomRequest};
use roundtable::clock::{Clock as _, Ids, VirtualClock};
use roundtable::core::Core;
use roundtable::domain::civil::Instant;

use super::sigkills::{OPEN_ROOMS, owed};
use crate::harness::discord::copy_of_the_published_council;
use crate::harness::{library, meddle, texts};

/// Seconds that a message to the busy room takes.
const SLOW_SECS: i64 = 2;

/// A platform that keeps those waiting who write to one room.
struct Slow {
    busy: String,
    clock: Arc<VirtualClock>,
    sent: Mutex<Vec<String>>,
}

impl Slow {
    fn sent(&self) -> Vec<String> {
        self.sent.lock().expect("nobody panics with the list in hand").clone()
    }
}

#[async_trait]
impl Messenger for Slow {
    async fn send(&self, _workspace: &str, place: &Place, marker: &str, _message: &Message) -> Outcome {
        if matches!(place, Place::Room(room) if *room == self.busy) {
            self.clock.turn_to(self.clock.now().plus_secs(SLOW_SECS));
        }
        self.sent.lock().expect("nobody panics with the list in hand").push(marker.to_owned());
        Outcome::Sent { remote_id: marker.to_owned() }
    }

    async fn update(&self, _w: &str, _p: &Place, _id: &str, _m: &Message) -> Outcome {
        unreachable!("only messages are owed")
    }

    async fn open_room(&self, _w: &str, _request: &RoomRequest) -> Outcome {
        unreachable!("only messages are owed")
    }

    async fn set_members(&self, _w: &str, _room: &str, _members: &[String]) -> Outcome {
        unreachable!("only messages are owed")
    }

    async fn set_card(
        &self,
        _w: &str,
        _room: &str,
        _card: Option<&str>,
        _marker: &str,
        _topic: &str,
        _m: &Message,
    ) -> Outcome {
        unreachable!("only messages are owed")
    }

    async fn find(&self, _w: &str, _place: &Place, _marker: &str, _since: Instant) -> Found {
        unreachable!("nothing is in doubt")
    }
}

#[tokio::test]
async fn a_room_with_much_to_say_gives_way_after_its_share_and_says_the_rest_in_order() {
    let (_folder, store, _, at) = copy_of_the_published_council().await;
    meddle(&store, "DELETE FROM nudges WHERE state = 'ready'", &[]).await;
    let rooms = texts(&store, OPEN_ROOMS, &[]).await;
    let busy = texts(&store, "SELECT external_id FROM rooms WHERE id = $1", &[&rooms[0]]).await.remove(0);
    let clock = Arc::new(VirtualClock::at(at));
    let much: Vec<String> = (0..6).map(|n| format!("much-{n}")).collect();
    let few: Vec<String> = (1..rooms.len()).map(|n| format!("room-{n}")).collect();
    let all = much.iter().map(|id| (id, &rooms[0])).chain(few.iter().zip(&rooms[1..]));
    let all: Vec<_> = all.map(|(id, room)| owed(id.clone(), room, at)).collect();
    let mut tx = store.begin().await.expect("a transaction");
    tx.insert_nudges(&all, at).await.expect("kept");
    tx.commit().await.expect("kept");
    let slow = Arc::new(Slow { busy, clock: clock.clone(), sent: Mutex::default() });
    let ids = Arc::new(Ids::from_seed(11));
    let core = Core::new(store, library(), clock.clone(), ids).with_messenger(PLATFORM, slow.clone());
    assert!(!core.tick().await.expect("a tick").unfinished);
    let said = |sent: &[String]| -> Vec<String> {
        sent.iter().filter(|id| id.starts_with("much")).cloned().collect()
    };
    let sent = slow.sent();
    assert_eq!(said(&sent), much[..3], "its share is five seconds");
    assert!(few.iter().all(|id| sent.contains(id)), "{sent:?}");
    clock.turn_to(clock.now().plus_secs(1));
    assert!(!core.tick().await.expect("a tick").unfinished);
    let sent = slow.sent();
    assert_eq!((said(&sent), sent.len()), (much, all.len()));
}

//! The inbox and its task. Invariant: a delivery is carried out once, whatever breaks.

use std::sync::Mutex;

use tokio::sync::{Notify, mpsc};

use super::*;
use crate::clock::VirtualClock;

const PLATFORM: &str = "elsewhere";

/// Notes what it carries; who is called `slow` waits for a word, who is called `panic` panics the first time.
struct Porter {
    begun: mpsc::UnboundedSender<String>,
    go: Notify,
    panicked: Mutex<bool>,
}

#[async_trait]
impl Carry for Porter {
    type Errand = String;

    fn lane(&self, _parcel: &Parcel, account: &String) -> String {
        account.clone()
    }

    async fn carry(&self, parcel: &Parcel, account: String) -> End {
        self.begun.send(parcel.delivery.clone()).expect("the test listens");
        if account == "slow" {
            self.go.notified().await;
        }
        if account == "panic" {
            let again = std::mem::replace(&mut *self.panicked.lock().expect("not poisoned"), true);
            assert!(again, "it panics the first time, as the test wants it");
        }
        End::Done
    }
}

struct Setup {
    store: Store,
    clock: Arc<VirtualClock>,
    porter: Arc<Porter>,
    begun: mpsc::UnboundedReceiver<String>,
    inbox: Inbox,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Setup {
    async fn new(left_behind: &[Parcel]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("inbox.db").to_string_lossy()).await.expect("opens");
        store.migrate(None).await.expect("migrates");
        let mut tx = store.begin().await.expect("begins");
        for parcel in left_behind {
            assert!(tx.insert_parcel(parcel).await.expect("inserts"));
        }
        tx.commit().await.expect("commits");
        let clock = Arc::new(VirtualClock::at(Instant::from_secs(1_000)));
        let (sender, begun) = mpsc::unbounded_channel();
        let porter = Arc::new(Porter { begun: sender, go: Notify::new(), panicked: Mutex::new(false) });
        let (inbox, keeper) = super::inbox(PLATFORM, store.clone(), clock.clone(), porter.clone());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(keeper.run(stopped));
        Self { store, clock, porter, begun, inbox, stop, task, _folder: folder }
    }

    async fn keep(&self, delivery: &str, account: &str) -> bool {
        self.inbox.keep(parcel(delivery, account)).await.expect("there is room")
    }

    async fn next(&mut self) -> String {
        self.begun.recv().await.expect("something is carried")
    }

    /// Ends the task and says what would be carried out after a restart.
    async fn left(self) -> Vec<String> {
        self.stop.send(true).expect("it runs");
        self.task.await.expect("it ends");
        let mut tx = self.store.begin().await.expect("begins");
        let later = Instant::from_secs(1_000_000);
        let left = tx.claim_parcels(PLATFORM, later, later, 100).await.expect("claims");
        left.into_iter().map(|parcel| parcel.delivery).collect()
    }
}

fn parcel(delivery: &str, account: &str) -> Parcel {
    Parcel {
        id: format!("id-{delivery}"),
        platform: PLATFORM.into(),
        workspace: "T1".into(),
        delivery: delivery.into(),
        kind: "home".into(),
        body: serde_json::to_string(account).expect("it can be written"),
        received_at: Instant::from_secs(1_000),
        tries: 0,
    }
}

#[tokio::test]
async fn a_delivery_that_comes_twice_is_acknowledged_twice_and_carried_out_once() {
    let mut setup = Setup::new(&[]).await;
    assert!(setup.keep("a", "U1").await);
    assert_eq!(setup.next().await, "a");
    assert!(!setup.keep("a", "U1").await);
    assert!(setup.keep("b", "U1").await);
    assert_eq!(setup.next().await, "b");
    assert_eq!(setup.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_crash_left_is_carried_out_at_the_start() {
    let mut setup = Setup::new(&[parcel("left", "U1")]).await;
    assert_eq!(setup.next().await, "left");
    assert_eq!(setup.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_persons_errands_wait_for_each_other_and_nobody_elses() {
    let mut setup = Setup::new(&[]).await;
    setup.keep("slow-1", "slow").await;
    assert_eq!(setup.next().await, "slow-1");
    setup.keep("slow-2", "slow").await;
    setup.keep("other", "U2").await;
    assert_eq!(setup.next().await, "other", "the second waits for the first, others do not");
    setup.porter.go.notify_one();
    assert_eq!(setup.next().await, "slow-2");
    setup.porter.go.notify_one();
    assert_eq!(setup.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_errand_that_panics_comes_again_and_harms_nobody_else() {
    let mut setup = Setup::new(&[]).await;
    setup.keep("bad", "panic").await;
    assert_eq!(setup.next().await, "bad");
    setup.keep("good", "U1").await;
    assert_eq!(setup.next().await, "good");
    setup.clock.turn_to(Instant::from_secs(1_000 + AGAIN_SECS + LEASE_SECS));
    setup.keep("another", "U2").await;
    let both = [setup.next().await, setup.next().await];
    assert!(both.contains(&"bad".to_owned()) && both.contains(&"another".to_owned()), "{both:?}");
    assert_eq!(setup.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_not_begun_at_the_stop_is_there_for_the_next_start() {
    let mut setup = Setup::new(&[]).await;
    setup.keep("first", "slow").await;
    assert_eq!(setup.next().await, "first");
    setup.keep("second", "slow").await;
    let porter = setup.porter.clone();
    setup.stop.send(true).expect("it runs");
    porter.go.notify_one();
    assert_eq!(setup.left().await, ["second"]);
}

#[tokio::test]
async fn what_cannot_be_read_or_fails_too_often_is_given_up() {
    let torn = Parcel { body: "{".into(), ..parcel("torn", "U1") };
    let tired = Parcel { tries: MOST_TRIES, ..parcel("tired", "U1") };
    let mut setup = Setup::new(&[torn, tired]).await;
    setup.keep("fine", "U2").await;
    assert_eq!(setup.next().await, "fine");
    assert_eq!(setup.left().await, Vec::<String>::new());
}

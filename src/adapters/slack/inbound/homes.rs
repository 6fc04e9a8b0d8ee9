//! Every member's home: published when it is opened, and again when something may have changed. Invariant: only those
//! who opened it have one, and what Slack shows already is not sent again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Notify, watch};
use tokio::time::Instant as Moment;

use self::waiting::Waiting;
use super::looks::Looks;
use crate::adapters::slack::PLATFORM;
use crate::adapters::slack::transport::{CallError, Courier, Urgency};
use crate::clock::IdSource;
use crate::core::{Actor, Core, Input, Reply, Request};
use crate::store::contacts::Contact;
use crate::store::{Store, StoreError};

mod waiting;

/// Who did something sees it in their home after this long; what else they do until then is shown with it.
const SOON: Duration = Duration::from_secs(3);
/// What somebody did may concern everybody's home; those follow within this long.
const SWEEP: Duration = Duration::from_secs(45);
/// After a call that failed.
const RETRY: Duration = Duration::from_secs(30);
/// Tries to publish one state of a home.
const MOST_TRIES: u32 = 4;
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// All homes.
pub struct Homes {
    core: Arc<Core>,
    courier: Arc<Courier>,
    looks: Arc<Looks>,
    ids: Arc<dyn IdSource>,
    waiting: Mutex<Waiting>,
    news: Notify,
}

impl std::fmt::Debug for Homes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Homes").field("waiting", &*self.waiting()).finish_non_exhaustive()
    }
}

/// How publishing went.
enum Published {
    /// It is shown, or there is nothing to show.
    Settled,
    /// To be tried again after this long.
    Again(Duration),
}

impl Homes {
    /// Homes of everybody whom this courier reaches.
    pub fn new(core: Arc<Core>, courier: Arc<Courier>, looks: Arc<Looks>, ids: Arc<dyn IdSource>) -> Self {
        Self { core, courier, looks, ids, waiting: Mutex::default(), news: Notify::new() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store(&self) -> &Store {
        self.core.store()
    }

    /// Somebody did something: their home soon, the others of the workspace later.
    pub fn touch(&self, workspace: &str, account: &str) {
        let now = Moment::now();
        let mut waiting = self.waiting();
        waiting.touch((workspace.to_owned(), account.to_owned()), now + SOON, 0);
        waiting.touch_all(workspace, now + SWEEP);
        drop(waiting);
        self.news.notify_one();
    }

    /// Something went out, or the day changed: all homes of a workspace, each only if it looks different.
    pub fn touch_all(&self, workspace: &str) {
        self.waiting().touch_all(workspace, Moment::now() + SWEEP);
        self.news.notify_one();
    }

    /// Nothing is published there any more.
    pub fn forget(&self, workspace: &str) {
        self.waiting().forget(workspace);
    }

    /// Somebody opened their home. `shown` says whether Slack still has what was published before.
    pub async fn opened(&self, workspace: &str, actor: Actor, delivery: &str, shown: bool) {
        let account = actor.external_id.clone();
        let contact = self.contact(workspace, &account).await.ok().flatten();
        let before = contact.and_then(|contact| contact.home_print).filter(|_| shown);
        let published = self.publish(workspace, actor, delivery, before.as_deref(), Urgency::Reply).await;
        self.again(workspace, &account, &published, 0);
    }

    /// Publishes what is due until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let now = Moment::now();
            let nap = self.waiting().next().map_or(LONGEST_NAP, |at| at.saturating_duration_since(now));
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                () = self.news.notified() => {}
                () = tokio::time::sleep(nap.min(LONGEST_NAP)) => {}
            }
            let round = self.round();
            tokio::select! {
                biased;
                // A home that is not published now is published when it is opened, or by the next change.
                _ = stop.wait_for(|stop| *stop) => break,
                () = round => {}
            }
        }
    }

    async fn round(&self) {
        let (homes, sweeps) = self.waiting().take_due(Moment::now());
        for workspace in sweeps {
            self.sweep(&workspace).await;
        }
        for ((workspace, account), tries) in homes {
            let published = self.refresh(&workspace, &account, tries).await;
            self.again(&workspace, &account, &published, tries);
        }
    }

    async fn sweep(&self, workspace: &str) {
        let listed = async {
            let mut tx = self.store().read().await?;
            tx.list_homes(PLATFORM, workspace).await
        };
        match listed.await {
            Ok(contacts) => {
                let now = Moment::now();
                let mut waiting = self.waiting();
                for contact in contacts {
                    waiting.touch((workspace.to_owned(), contact.account), now, 0);
                }
            }
            Err(error) => tracing::warn!(error.reason = %error, "slack.homes_not_listed"),
        }
    }

    async fn refresh(&self, workspace: &str, account: &str, tries: u32) -> Published {
        let contact = match self.contact(workspace, account).await {
            Ok(contact) => contact,
            Err(error) => {
                tracing::warn!(error.reason = %error, "slack.home_not_read");
                return Published::Again(RETRY);
            }
        };
        let before = contact.filter(|contact| contact.home_at.is_some());
        // One that could not be published when it was opened for the first time is tried again all the same.
        if before.is_none() && tries == 0 {
            return Published::Settled;
        }
        let before = before.and_then(|contact| contact.home_print);
        // Whoever has a home is known to the core; what it takes is the account.
        let actor = Actor {
            external_id: account.to_owned(),
            handle: account.to_owned(),
            name: account.to_owned(),
            ..Actor::default()
        };
        let delivery = format!("h:{}", self.ids.next(self.courier.now()));
        self.publish(workspace, actor, &delivery, before.as_deref(), Urgency::Bulk).await
    }

    async fn contact(&self, workspace: &str, account: &str) -> Result<Option<Contact>, StoreError> {
        self.store().read().await?.find_contact(PLATFORM, workspace, account).await
    }

    fn again(&self, workspace: &str, account: &str, published: &Published, tries: u32) {
        if let Published::Again(pause) = *published
            && tries < MOST_TRIES
        {
            let key = (workspace.to_owned(), account.to_owned());
            self.waiting().touch(key, Moment::now() + pause, tries + 1);
            self.news.notify_one();
        }
    }

    async fn publish(
        &self,
        workspace: &str,
        actor: Actor,
        delivery: &str,
        before: Option<&str>,
        urgency: Urgency,
    ) -> Published {
        let account = actor.external_id.clone();
        let request = Request {
            platform: PLATFORM.to_owned(),
            workspace: workspace.to_owned(),
            actor,
            room: None,
            delivery: delivery.to_owned(),
            input: Input::Text("home".to_owned()),
        };
        let Reply::Private(message) = self.core.handle(request).await else { return Published::Settled };
        let view = self.looks.home(workspace, &message).await;
        let print = print_of(&view);
        if before == Some(print.as_str()) {
            return Published::Settled;
        }
        match self.send(workspace, &account, view, urgency).await {
            Ok(()) => self.remember(workspace, &account, &print).await,
            Err(CallError::Rate { retry_after }) => Published::Again(retry_after),
            // Slack will not have it, and says so in the log; the next change may be another matter.
            Err(CallError::Refused { .. }) => Published::Settled,
            Err(CallError::NotSent { .. } | CallError::InDoubt { .. }) => Published::Again(RETRY),
        }
    }

    async fn send(
        &self,
        workspace: &str,
        account: &str,
        view: Value,
        urgency: Urgency,
    ) -> Result<(), CallError> {
        let token = self.courier.api.token(workspace).await?;
        let args = json!({"user_id": account, "view": view});
        self.courier.api.call(&token, "views.publish", args, urgency).await.map(drop)
    }

    async fn remember(&self, workspace: &str, account: &str, print: &str) -> Published {
        let kept = async {
            let mut tx = self.store().begin().await?;
            tx.mark_home(PLATFORM, workspace, account, self.courier.now(), print).await?;
            tx.commit().await
        };
        if let Err(error) = kept.await {
            tracing::warn!(error.reason = %error, "slack.home_not_remembered");
        }
        Published::Settled
    }
}

/// A fingerprint of what is shown.
fn print_of(view: &Value) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(view.to_string().as_bytes());
    digest.iter().take(16).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_view_has_the_same_print_and_another_one_has_not() {
        let view = |words: &str| json!({"type": "home", "blocks": [{"type": "divider", "block_id": words}]});
        assert_eq!(print_of(&view("a")), print_of(&view("a")));
        assert_ne!(print_of(&view("a")), print_of(&view("b")));
        assert_eq!(print_of(&view("a")).len(), 32);
    }
}

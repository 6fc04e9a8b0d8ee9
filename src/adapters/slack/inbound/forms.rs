//! Filed forms. What was typed is never written down on the way: the core is asked at once, and Slack is told what came
//! of it. Invariant: a window closes only when the core's transaction is committed, and a form that was not taken
//! keeps every word in it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::act::Act;
use super::envelope::{Submit, Surface};
use super::receive::Ack;
use super::words;
use super::work::Office;
use crate::adapters::common::inbox::End;
use crate::adapters::slack::render::{self, Press};
use crate::chat::message::Message;
use crate::core::Reply;

/// Slack waits three seconds, and the next delivery of the same connection waits as well. Unit tests wait longer, for
/// a busy machine must not turn an answer into "Saving…" there.
const INLINE: Duration = Duration::from_millis(if cfg!(test) { 20_000 } else { 400 });
/// A window that shows "Saving…" must not be changed before Slack has shown that.
const SETTLE: Duration = Duration::from_millis(1_200);
/// Forms that are worked on at once; beyond this Slack asks the person to try again, with everything still in it.
const MOST: usize = 32;
/// What is under way at the stop may take this long.
const GRACE: Duration = Duration::from_secs(10);

/// Takes filed forms.
pub struct Forms {
    office: Arc<Office>,
    places: Arc<Semaphore>,
}

impl std::fmt::Debug for Forms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forms").field("free", &self.places.available_permits()).finish_non_exhaustive()
    }
}

/// What came of a form.
enum Filed {
    /// These fields cannot stay as they are.
    Errors(BTreeMap<String, String>),
    /// The window shows this from now on.
    Shows(Value),
    /// Nothing more to show.
    Closed,
}

impl Forms {
    /// Takes forms for this office.
    pub fn new(office: Arc<Office>) -> Self {
        Self { office, places: Arc::new(Semaphore::new(MOST)) }
    }

    /// Takes a form and says what Slack is to be told at once.
    pub async fn file(&self, workspace: String, delivery: String, submit: Submit) -> Ack {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return Ack::Withhold };
        let title = submit.title.clone();
        let (told, mut answer) = oneshot::channel();
        let office = Arc::clone(&self.office);
        tokio::spawn(async move { work(office, workspace, delivery, submit, told, place).await });
        match tokio::time::timeout(INLINE, &mut answer).await {
            Ok(Ok(filed)) => filed.ack(),
            // It panicked: nothing is committed, and the person can send it again.
            Ok(Err(_)) => Ack::Withhold,
            Err(_) => {
                // From here on the answer goes to the window itself, unless it came at this very moment.
                answer.close();
                match answer.try_recv() {
                    Ok(filed) => filed.ack(),
                    Err(_) => Ack::Say(json!({"response_action": "update", "view": render::saving(&title)})),
                }
            }
        }
    }

    /// Waits until nothing is worked on, for a moment at most.
    pub async fn settle(&self) {
        let all = self.places.acquire_many(u32::try_from(MOST).unwrap_or(u32::MAX));
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("slack.forms_stopped_before_all_were_answered");
        }
    }
}

impl Filed {
    fn ack(self) -> Ack {
        Ack::Say(match self {
            Self::Errors(errors) => json!({"response_action": "errors", "errors": errors}),
            Self::Shows(view) => json!({"response_action": "update", "view": view}),
            Self::Closed => json!({"response_action": "clear"}),
        })
    }
}

async fn work(
    office: Arc<Office>,
    workspace: String,
    delivery: String,
    submit: Submit,
    told: oneshot::Sender<Filed>,
    place: OwnedSemaphorePermit,
) {
    let act = act_of(workspace, delivery, &submit, &office);
    let reply = match office.recognise(&act.workspace, &act.who).await {
        Ok(actor) => {
            let room = submit.room.as_deref();
            office.ask(&act.workspace, actor, room, &act.delivery, submit.input.clone()).await
        }
        Err(words) => words.map_or(Reply::Silent, Reply::Private),
    };
    let filed = filed(&office, &act, &submit, &reply).await;
    if let Err(filed) = told.send(filed) {
        late(&office, &act, &submit, &reply, filed).await;
    }
    if let Reply::Public(message) = reply {
        office.announce(&act, &message).await;
    }
    office.homes.touch(&act.workspace, &act.who.account);
    drop(place);
}

/// The form as an act, for answers that do not fit into its window.
fn act_of(workspace: String, delivery: String, submit: &Submit, office: &Office) -> Act {
    let surface = match &submit.room {
        Some(room) => Surface::Message { room: room.clone() },
        None => Surface::Home,
    };
    Act {
        workspace,
        who: submit.who.clone(),
        surface,
        direct: false,
        response_url: None,
        trigger: None,
        received_at: office.now(),
        delivery,
        asked: Press::Command(String::new()),
        typed: false,
    }
}

async fn filed(office: &Office, act: &Act, submit: &Submit, reply: &Reply) -> Filed {
    match reply {
        Reply::Form(form) => {
            let errors =
                if form.has_errors() { render::modal_errors(form, &submit.values) } else { BTreeMap::new() };
            if errors.is_empty() {
                Filed::Shows(office.looks.form(&act.workspace, form, submit.room.as_deref()).await)
            } else {
                Filed::Errors(errors)
            }
        }
        Reply::Private(message) => {
            Filed::Shows(office.looks.closing(&act.workspace, &submit.title, message).await)
        }
        Reply::Public(_) | Reply::Silent => Filed::Closed,
    }
}

/// Slack was told "Saving…": the window is changed once more, or the person is told where it no longer stands.
async fn late(office: &Office, act: &Act, submit: &Submit, reply: &Reply, filed: Filed) {
    let done = words::done();
    let (view, otherwise): (Value, Option<&Message>) = match (filed, reply) {
        // Errors beside fields are for an acknowledgement only; the form comes back with them written into it.
        (Filed::Errors(_), Reply::Form(form)) => {
            (office.looks.form(&act.workspace, form, submit.room.as_deref()).await, None)
        }
        (Filed::Shows(view), Reply::Private(message)) => (view, Some(message)),
        (Filed::Shows(view), _) => (view, None),
        _ => (office.looks.closing(&act.workspace, &submit.title, &done).await, None),
    };
    tokio::time::sleep(SETTLE).await;
    if let Err(error) = office.show_in(&act.workspace, &submit.view, view).await {
        tracing::info!(error.reason = %error, "slack.window_not_changed");
        if let Some(message) = otherwise
            && office.tell(act, message).await != End::Done
        {
            tracing::warn!(slack.workspace = %act.workspace, "slack.answer_not_given");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(filed: Filed) -> Value {
        match filed.ack() {
            Ack::Say(said) => said,
            other => panic!("it says nothing: {other:?}"),
        }
    }

    #[test]
    fn slack_is_told_what_came_of_a_form_in_its_own_shapes() {
        let errors = BTreeMap::from([("f0.p.zone".to_owned(), "No such zone.".to_owned())]);
        let told = said(Filed::Errors(errors));
        assert_eq!(told, json!({"response_action": "errors", "errors": {"f0.p.zone": "No such zone."}}));
        let told = said(Filed::Shows(json!({"type": "modal"})));
        assert_eq!(told, json!({"response_action": "update", "view": {"type": "modal"}}));
        assert_eq!(said(Filed::Closed), json!({"response_action": "clear"}));
    }
}

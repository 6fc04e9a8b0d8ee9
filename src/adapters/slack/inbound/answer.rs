//! Giving the core's reply to whoever asked: in the window it was asked from, for them alone, in the room, or as a
//! form. Invariant: what surely did not arrive is tried again, what may have arrived is not said twice.

use std::time::Duration;

use serde_json::{Value, json};

use super::act::Act;
use super::envelope::Surface;
use super::words;
use super::work::Office;
use crate::adapters::common::inbox::End;
use crate::adapters::slack::transport::{CallError, ReplyTo, Urgency};
use crate::chat::message::{Block, Message};
use crate::chat::messenger::{Outcome, Place};
use crate::core::Reply;
use crate::domain::civil::Instant;

/// What opens a form lasts three seconds; a little less, for the way.
const TRIGGER_MICROS: i64 = 2_800_000;
/// With less than this left it is not worth trying.
const LEAST: Duration = Duration::from_millis(250);
/// When nobody says how long to wait.
const AGAIN_SECS: i64 = 5;

impl Office {
    /// Answers an act; `asked` is the command that brought the reply.
    pub(super) async fn answer(&self, act: &Act, asked: &str, reply: Reply) -> End {
        match reply {
            Reply::Private(message) => self.tell(act, &message).await,
            Reply::Public(message) => self.announce(act, &message).await,
            Reply::Form(form) => {
                let view = self.looks.form(&act.workspace, &form, act.room()).await;
                // What was typed may be too long for a button; the form's own command then has to do.
                let fits = asked.len() <= crate::chat::message::MAX_COMMAND_BYTES;
                self.open(act, view, if fits { asked } else { &form.command }).await
            }
            Reply::Silent => End::Done,
        }
    }

    /// Tells the person alone.
    pub(super) async fn tell(&self, act: &Act, message: &Message) -> End {
        let has_files = message.blocks.iter().any(|block| matches!(block, Block::File { .. }));
        if let Surface::Modal { view, .. } = &act.surface
            && !has_files
        {
            let last = self.looks.closing(&act.workspace, words::TITLE, message).await;
            if self.show_in(&act.workspace, view, last).await.is_ok() {
                return End::Done;
            }
        }
        let to = self.reply_to(act).await;
        self.end_of(&self.replies.private(&to, message).await)
    }

    async fn reply_to(&self, act: &Act) -> ReplyTo {
        let channel = match &act.surface {
            Surface::Message { room } => Some(room.clone()),
            Surface::Modal { .. } | Surface::Home => None,
        };
        let (workspace, account) = (&act.workspace, &act.who.account);
        let direct = act.direct
            || match channel.as_deref().filter(|channel| channel.starts_with('D')) {
                Some(channel) => {
                    self.courier.known_direct(workspace, account).await.as_deref() == Some(channel)
                }
                None => false,
            };
        ReplyTo {
            workspace: workspace.clone(),
            account: account.clone(),
            channel,
            // In their own conversation with the bot an ordinary message stays, and one by this address would not.
            response_url: act.response_url.clone().filter(|_| !direct),
            asked_at: act.received_at,
            marker: self.marker(),
        }
    }

    fn end_of(&self, outcome: &Outcome) -> End {
        match outcome {
            Outcome::Sent { .. } => End::Done,
            Outcome::NotYet { retry_at, .. } => {
                End::Again(retry_at.map_or(AGAIN_SECS, |at| self.now().secs_until(at).max(0) + 1))
            }
            Outcome::Refused { reason } | Outcome::Gone { reason, .. } | Outcome::InDoubt { reason } => {
                tracing::warn!(error.reason = %reason, "slack.answer_not_given");
                End::Done
            }
        }
    }

    /// Tells the room; whoever asked, when the bot may not speak there.
    pub(super) async fn announce(&self, act: &Act, message: &Message) -> End {
        let Some(room) = act.room() else { return self.tell(act, message).await };
        let place = Place::Room(room.to_owned());
        match self.messenger.send(&act.workspace, &place, &self.marker(), message).await {
            Outcome::Refused { .. } | Outcome::Gone { .. } => self.tell(act, message).await,
            outcome => self.end_of(&outcome),
        }
    }

    /// Opens a window, or says how to open it. `again` is the command that asks for it, if there is one.
    pub(super) async fn open(&self, act: &Act, view: Value, again: &str) -> End {
        let opened = match (&act.surface, &act.trigger) {
            (Surface::Modal { view: shown, .. }, _) => self.show_in(&act.workspace, shown, view).await,
            (_, Some(trigger)) => self.open_by(act, trigger, view).await,
            (_, None) => Err(CallError::NotSent { reason: "nothing to open it with".to_owned() }),
        };
        if opened.is_ok() {
            return End::Done;
        }
        let words = words::open_form(again, act.typed);
        self.tell(&Act { surface: away_from_window(&act.surface), ..act.clone() }, &words).await
    }

    async fn open_by(&self, act: &Act, trigger: &str, view: Value) -> Result<(), CallError> {
        let late = || CallError::NotSent { reason: "too late to open a form".to_owned() };
        let left = time_left(act.received_at, self.now()).ok_or_else(late)?;
        let call = async {
            let token = self.courier.api.token(&act.workspace).await?;
            let args = json!({"trigger_id": trigger, "view": view});
            self.courier.api.call(&token, "views.open", args, Urgency::Reply).await.map(drop)
        };
        tokio::time::timeout(left, call).await.unwrap_or_else(|_| Err(late()))
    }

    /// Puts something else into a window that is open.
    pub(super) async fn show_in(&self, workspace: &str, view: &str, shows: Value) -> Result<(), CallError> {
        let token = self.courier.api.token(workspace).await?;
        let args = json!({"view_id": view, "view": shows});
        self.courier.api.call(&token, "views.update", args, Urgency::Reply).await.map(drop)
    }
}

/// A window that could not be changed is closed; what is to be said goes to the person's conversation.
fn away_from_window(surface: &Surface) -> Surface {
    match surface {
        Surface::Modal { .. } => Surface::Home,
        other => other.clone(),
    }
}

/// How long a trigger is still good for.
fn time_left(received_at: Instant, now: Instant) -> Option<Duration> {
    let micros = TRIGGER_MICROS - (now.as_micros() - received_at.as_micros());
    let left = Duration::from_micros(u64::try_from(micros).ok()?);
    (left >= LEAST).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_is_used_only_while_it_can_still_open_something() {
        let came = Instant::from_secs(100);
        assert_eq!(time_left(came, came), Some(Duration::from_millis(2_800)));
        let near = Instant::from_micros(came.as_micros() + 2_500_000);
        assert_eq!(time_left(came, near), Some(Duration::from_millis(300)));
        assert_eq!(time_left(came, Instant::from_secs(103)), None);
        assert_eq!(time_left(came, Instant::from_secs(9_000)), None);
    }

    #[test]
    fn what_cannot_be_shown_in_a_closed_window_goes_to_the_person() {
        let window = Surface::Modal { view: "V1".into(), room: None };
        assert_eq!(away_from_window(&window), Surface::Home);
        let room = Surface::Message { room: "C1".into() };
        assert_eq!(away_from_window(&room), room);
    }
}

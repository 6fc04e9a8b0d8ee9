//! Giving the core's reply to whoever asked: as the first answer, as a change of the promise, or where neither is
//! possible any more as a message of its own. Invariant: what surely did not arrive is tried again, and every way of
//! answering twice changes the same message.

use serde_json::Value;

use super::act::Act;
use super::answers::{guarded, nothing, promise, said, uploads, window};
use super::desk::Brought;
use super::words;
use super::work::Office;
use crate::adapters::common::inbox::End;
use crate::adapters::discord::render::Rendered;
use crate::adapters::discord::transport::{CallError, fault};
use crate::chat::Message;
use crate::chat::messenger::{Outcome, Place};
use crate::core::Reply;

/// When nobody says how long to wait.
const AGAIN_SECS: i64 = 5;

impl Office {
    /// Answers an act; `asked` is the command that brought the reply.
    pub(super) async fn answer(&self, act: &Act, asked: &str, reply: Reply) -> End {
        match reply {
            Reply::Private(message) => self.tell(act, &message).await,
            Reply::Public(message) => self.announce(act, &message).await,
            Reply::Form(form) => self.ask_form(act, asked, &form).await,
            Reply::Silent => self.say_nothing(act).await,
        }
    }

    /// Tells the person.
    pub(super) async fn tell(&self, act: &Act, message: &Message) -> End {
        let parts = self.looks.reply(&act.guild, act.home(), message).await;
        self.tell_drawn(act, message, &parts).await
    }

    /// Tells the person with what was drawn of a message.
    pub(super) async fn tell_drawn(&self, act: &Act, message: &Message, parts: &[Rendered]) -> End {
        match self.show(act, parts, act.private()).await {
            Ok(()) => End::Done,
            Err(error) => self.otherwise(act, message, &error).await,
        }
    }

    /// Shows what was drawn. The first part is the answer, the others follow it.
    pub(super) async fn show(&self, act: &Act, parts: &[Rendered], private: bool) -> Result<(), CallError> {
        let Some((first, others)) = parts.split_first() else { return Ok(()) };
        let draw = |part: &Rendered| {
            let mentions = if private { &[][..] } else { &part.mentions[..] };
            guarded(if private { part.private() } else { part.body() }, mentions)
        };
        let first_mentions = if private { &[][..] } else { &first.mentions[..] };
        let edit = guarded(first.edit(), first_mentions);
        // Files cannot go with every first answer, so they come with the change of a promise.
        let whole = first.files.is_empty();
        let answer = if whole { said(act.over, &draw(first)) } else { promise(act.over, private) };
        match self.bring(act, answer).await? {
            Brought::Given if whole => {}
            // That promise is for the person alone, and no change makes it public.
            Brought::Promised | Brought::Nobody if act.private() && !private => {
                return Err(CallError::NotSent { reason: "only the person would see it".to_owned() });
            }
            _ => self.answers.change(&act.asked, &edit, uploads(first)).await?,
        }
        for part in others {
            if let Err(error) = self.answers.more(&act.asked, &draw(part), uploads(part)).await {
                // The beginning was said; saying it again for the sake of the rest would say it twice.
                tracing::warn!(error.reason = %error, "discord.rest_of_answer_not_given");
                break;
            }
        }
        Ok(())
    }

    /// Brings an answer to whoever waits for it. After a restart nobody does, and Discord may still take a first
    /// answer.
    pub(super) async fn bring(&self, act: &Act, answer: Value) -> Result<Brought, CallError> {
        match self.desk.bring(&act.asked.id, answer.clone()).await {
            Brought::Nobody if act.is_young(self.now()) => {
                match self.answers.first(&act.asked, &answer).await {
                    Ok(()) => Ok(Brought::Given),
                    Err(error) if error.is_any(&[fault::code::ALREADY_ANSWERED]) => Ok(Brought::Promised),
                    Err(error) => Err(error),
                }
            }
            Brought::Lost => {
                Err(CallError::Refused { status: 404, code: fault::code::UNKNOWN_INTERACTION, at: None })
            }
            brought => Ok(brought),
        }
    }

    /// The answer could not be given as one.
    async fn otherwise(&self, act: &Act, message: &Message, error: &CallError) -> End {
        let may_pass = error.passes() || matches!(error, CallError::InDoubt { .. });
        if may_pass && act.kept && act.is_answerable(self.now()) {
            return End::Again(match error {
                CallError::Rate { retry_after } => {
                    i64::try_from(retry_after.as_secs()).unwrap_or(60).min(60) + 1
                }
                _ => AGAIN_SECS,
            });
        }
        tracing::info!(error.reason = %error, "discord.answer_goes_to_the_person");
        self.write_to(act, message).await
    }

    /// Writes to the person's own conversation.
    async fn write_to(&self, act: &Act, message: &Message) -> End {
        let place = Place::Direct(act.asked.who.account.clone());
        let outcome = self.messenger.send(&act.guild, &place, &act.asked.id, message).await;
        self.end_of(act, &outcome)
    }

    pub(super) fn end_of(&self, act: &Act, outcome: &Outcome) -> End {
        match outcome {
            Outcome::Sent { .. } => End::Done,
            Outcome::NotYet { retry_at, .. } if act.kept => {
                End::Again(retry_at.map_or(AGAIN_SECS, |at| self.now().secs_until(at).max(0) + 1))
            }
            Outcome::NotYet { reason, .. }
            | Outcome::Refused { reason }
            | Outcome::Gone { reason, .. }
            | Outcome::InDoubt { reason } => {
                tracing::warn!(error.reason = %reason, "discord.answer_not_given");
                End::Done
            }
        }
    }

    /// Tells the room; whoever asked, when the bot may not speak there.
    async fn announce(&self, act: &Act, message: &Message) -> End {
        let Some(room) = act.room() else { return self.tell(act, message).await };
        let parts = self.looks.reply(&act.guild, None, message).await;
        if self.show(act, &parts, false).await.is_ok() {
            return End::Done;
        }
        let place = Place::Room(room.to_owned());
        match self.messenger.send(&act.guild, &place, &act.asked.id, message).await {
            Outcome::Refused { .. } | Outcome::Gone { .. } => self.tell(act, message).await,
            Outcome::Sent { .. } => self.say_nothing(act).await,
            outcome => self.end_of(act, &outcome),
        }
    }

    /// There is nothing to say.
    async fn say_nothing(&self, act: &Act) -> End {
        let is_press = matches!(act.asked.how, super::envelope::How::Press { .. });
        if !is_press {
            // A command has to be answered, or Discord shows it as failed.
            let late = self.desk.is_late(&act.asked.id);
            if !late {
                return self.tell(act, &words::done()).await;
            }
        }
        match self.bring(act, nothing()).await {
            Ok(Brought::Promised | Brought::Nobody) if !act.over => {
                if let Err(error) = self.answers.unsay(&act.asked).await {
                    tracing::debug!(error.reason = %error, "discord.promise_not_taken_back");
                }
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(error.reason = %error, "discord.nothing_not_said"),
        }
        End::Done
    }

    /// Opens a window, or says how to open it. `again` is the command that asks for it, if there is one.
    pub(super) async fn open(&self, act: &Act, modal: Value, again: &str) -> End {
        if let Ok(Brought::Given) = self.bring(act, window(&modal)).await {
            return End::Done;
        }
        self.tell(act, &words::open_form(again)).await
    }
}

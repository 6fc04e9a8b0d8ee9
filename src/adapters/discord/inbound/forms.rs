//! Forms that are asked in steps, and forms that are filed. What was typed goes to the core at once and is never kept
//! in the inbox. Invariant: a form has its effect once, however often it is sent, and one that was not taken keeps
//! every word in it.

use std::collections::BTreeMap;

use super::act::Act;
use super::envelope::{Asked, How};
use super::shelf::Draft;
use super::words;
use super::work::Office;
use crate::adapters::common::inbox::End;
use crate::adapters::common::mentions::people_of;
use crate::adapters::discord::render::{Control, Filed, FormSteps, Press, Turn, read_component, read_modal};
use crate::chat::{Form, Message};
use crate::core::{Input, Reply};
use crate::domain::civil::Instant;

/// What somebody did with a form.
enum Step {
    /// Pressed something on a step.
    Pressed(Control),
    /// Filed the text inputs of a step.
    Typed(usize, BTreeMap<usize, String>),
}

impl Office {
    /// Asks the person to fill in a form: in one window where it fits, otherwise step by step.
    pub(super) async fn ask_form(&self, act: &Act, asked: &str, form: &Form) -> End {
        // What was typed may be too long for a button; the form's own command then has to do.
        let fits = asked.len() <= crate::chat::message::MAX_COMMAND_BYTES && !asked.trim().is_empty();
        let again = if fits { asked } else { &form.command };
        let steps = FormSteps::new(form);
        if let Some(modal) = steps.at_once(act.home()) {
            return self.open(act, modal, again).await;
        }
        let account = &act.asked.who.account;
        let begun = if form.has_errors() {
            None
        } else {
            self.shelf.begun(account, &act.guild, &form.command, self.now()).await
        };
        if let Some((id, draft)) = begun {
            return self.show_step(act, &id, &draft).await;
        }
        let people = people_of(&form.intro);
        let draft = Draft { account: account.clone(), guild: act.guild.clone(), people, steps };
        let id = self.ids.next(self.now());
        self.shelf.keep(&id, &draft, self.now()).await;
        self.show_step(act, &id, &draft).await
    }

    async fn show_step(&self, act: &Act, id: &str, draft: &Draft) -> End {
        let panel = self.looks.panel(&act.guild, act.home(), &draft.people, id, &draft.steps).await;
        if let Err(error) = self.show(act, &[panel], act.private()).await {
            tracing::info!(error.reason = %error, "discord.step_not_shown");
            return self
                .tell(&Act { over: false, ..act.clone() }, &words::open_form(draft.steps.command()))
                .await;
        }
        End::Done
    }

    /// A window was filed or a control of a form pressed.
    pub(super) async fn at_once(&self, asked: Asked, received_at: Instant, over: bool) {
        let said = match &asked.how {
            How::Filed { data, .. } => read_modal(data).and_then(|filed| filed.home),
            How::Press { data, .. } => read_component(data).and_then(|pressed| pressed.home),
            _ => None,
        };
        let id = asked.id.clone();
        let guild = asked.guild.clone().unwrap_or_default();
        let mut act = Act { guild, asked, received_at, kept: false, over };
        match self.settle(&mut act, said.as_deref(), "").await {
            Ok(None) => self.fill_in(&act).await,
            Ok(Some(_)) => {}
            Err(error) => {
                tracing::warn!(error.reason = %error, "discord.guild_not_found");
                self.tell(&act, &words::try_again()).await;
            }
        }
        self.desk.leave(&id);
    }

    /// A window was filed or a control of a form pressed; the guild is settled.
    async fn fill_in(&self, act: &Act) {
        let asked = match &act.asked.how {
            How::Filed { data, .. } => read_modal(data).map(|filed| filed.filed),
            How::Press { data, .. } => match read_component(data).map(|pressed| pressed.press) {
                Some(Press::Form { form, control }) => {
                    self.take_step(act, &form, Step::Pressed(control)).await;
                    return;
                }
                _ => None,
            },
            _ => None,
        };
        match asked {
            Some(Filed::Text(command)) => {
                let reply = self.ask(act, &act.delivery(), Input::Text(command.clone())).await;
                self.answer(act, &command, reply).await;
            }
            Some(Filed::Form { command, values }) => {
                let input = Input::Form { command: command.clone(), values };
                let reply = self.ask(act, &act.delivery(), input).await;
                self.answer(act, &command, reply).await;
            }
            Some(Filed::Step { form, step, typed }) => {
                self.take_step(act, &form, Step::Typed(step, typed)).await;
            }
            None => drop(self.tell(act, &words::outdated()).await),
        }
    }

    async fn take_step(&self, act: &Act, id: &str, step: Step) {
        // One at a time: somebody may press faster than we write.
        let _turn = self.shelf.turn(id).await;
        let draft = self.shelf.find(id).await.filter(|draft| draft.account == act.asked.who.account);
        let Some(mut draft) = draft else {
            self.tell(act, &words::form_over()).await;
            return;
        };
        let turn = match step {
            Step::Pressed(control) => draft.steps.press(&control),
            Step::Typed(step, typed) => draft.steps.filed(step, &typed),
        };
        match turn {
            Turn::Show => {
                self.shelf.keep(id, &draft, self.now()).await;
                self.show_step(act, id, &draft).await;
            }
            Turn::Open(step) => match draft.steps.modal(id, step) {
                // A window does not answer a window; then the step itself has the button.
                Some(modal) if matches!(act.asked.how, How::Press { .. }) => {
                    if !matches!(
                        self.bring(act, super::answers::window(&modal)).await,
                        Ok(super::desk::Brought::Given)
                    ) {
                        self.show_step(act, id, &draft).await;
                    }
                }
                _ => drop(self.show_step(act, id, &draft).await),
            },
            Turn::File { command, values } => self.file(act, id, draft, command, values).await,
            Turn::Discard => {
                self.shelf.forget(id).await;
                self.tell(act, &words::discarded()).await;
            }
        }
    }

    /// Hands a whole form to the core. Sent again it is the same delivery, so it has no second effect.
    async fn file(
        &self,
        act: &Act,
        id: &str,
        draft: Draft,
        command: String,
        values: BTreeMap<String, String>,
    ) {
        self.shelf.keep(id, &draft, self.now()).await;
        let act = &Act { guild: draft.guild.clone(), ..act.clone() };
        let input = Input::Form { command: command.clone(), values };
        let told = self.hand_in(act, &format!("f:{id}"), input).await;
        match told.reply {
            Reply::Form(form) => {
                let people = people_of(&form.intro);
                let draft = Draft { people, steps: FormSteps::new(&form), ..draft };
                self.shelf.keep(id, &draft, self.now()).await;
                self.show_step(act, id, &draft).await;
            }
            Reply::Private(message) if !told.taken => drop(self.hand_back(act, id, &message).await),
            reply => {
                self.shelf.forget(id).await;
                self.answer(act, &command, reply).await;
            }
        }
    }

    /// Tells why a form was not taken, and leads back to it as it stands.
    async fn hand_back(&self, act: &Act, id: &str, message: &Message) -> End {
        let mut parts = self.looks.reply(&act.guild, act.home(), message).await;
        if let Some(last) = parts.pop() {
            parts.push(last.leading_back_to(id));
        }
        self.tell_drawn(act, message, &parts).await
    }
}

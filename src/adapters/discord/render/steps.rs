//! A form that is asked in steps: lists in a message, five at a time, and text inputs in modals, five at a time. The
//! state is the form itself with what was chosen and typed so far, so a form left half-way can be taken up again, and
//! what is filed in the end has every field.

mod panel;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::plan::Step;
use super::ids::{self, Act, Control, Kind};
use super::modal::{input, modal};
use super::{Look, Rendered, limits};
use crate::chat::{Field, FieldKind, Form, Span};

/// A form on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSteps {
    form: Form,
    step: usize,
}

/// What is to be done after a press or a filed modal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Change the message into [`FormSteps::panel`].
    Show,
    /// Answer with [`FormSteps::modal`] of this step.
    Open(usize),
    /// Hand this to the core; it is everything.
    File {
        /// The form's command.
        command: String,
        /// Values by field name.
        values: BTreeMap<String, String>,
    },
    /// Forget the form.
    Discard,
}

impl FormSteps {
    /// A form from the core. One that came back with errors begins at the first step with one, and keeps every value.
    pub fn new(form: &Form) -> Self {
        let mut form = form.clone();
        for field in &mut form.fields {
            // Hundreds of zones need not be kept: a zone is typed.
            if let FieldKind::Zone { suggestions } | FieldKind::Tags { suggestions } = &mut field.kind {
                suggestions.truncate(5);
            }
            // A switch is always one or the other.
            if field.kind == FieldKind::Toggle && field.value != "yes" {
                "no".clone_into(&mut field.value);
            }
        }
        let mut steps = Self { form, step: 0 };
        let wrong = |step: &Step| step.fields.iter().any(|i| steps.form.fields[*i].error.is_some());
        steps.step = steps.plan().iter().position(wrong).unwrap_or(0);
        steps
    }

    /// The form's command.
    pub fn command(&self) -> &str {
        &self.form.command
    }

    /// Whether what is typed must not be kept readable: answers of a pulse.
    pub fn sensitive(&self) -> bool {
        self.form.command.split_whitespace().next() == Some("pulse")
    }

    /// Every value so far, by field name.
    pub fn values(&self) -> BTreeMap<String, String> {
        self.form.fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect()
    }

    fn plan(&self) -> Vec<Step> {
        plan::steps(&self.form.fields)
    }

    /// The whole form as one modal that carries its command itself, so that nothing needs to be kept. Only when that
    /// loses no word of it; otherwise nothing, and the form is asked in steps.
    pub fn at_once(&self, home: Option<&str>) -> Option<Value> {
        let fields = &self.form.fields;
        let steps = self.plan();
        let [Step { typed: true, .. }] = steps.as_slice() else { return None };
        let id = ids::write(Kind::Form, &self.form.command, 1, home)?;
        let fits = |text: &str, most| limits::units(text.trim()) <= most;
        let names: BTreeSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let plain = fields.iter().all(|field| {
            fits(&field.label, limits::TITLE)
                && fits(&field.hint, limits::HINT)
                && field.error.is_none()
                && fits(&field.value, limits::INPUT)
                && (1..=limits::ID).contains(&field.name.len())
        });
        if !plain || names.len() != fields.len() || !fits(&self.form.title, limits::TITLE) {
            return None;
        }
        let intro = intro_as_hint(&self.form)?;
        let inputs = fields.iter().enumerate().map(|(i, field)| {
            let mut field = field.clone();
            if i == 0 && !intro.is_empty() {
                field.hint.clone_from(&intro);
            }
            input(&field, &field.name)
        });
        Some(modal(&id, &self.form.title, &inputs.collect::<Vec<_>>()))
    }

    /// The present step, as an answer. `form` is the id under which the state is kept, at most twenty letters, digits,
    /// `-` and `_`.
    pub fn panel(&self, form: &str, look: &Look<'_>) -> Rendered {
        panel::panel(&self.form, &self.plan(), self.step, form, look)
    }

    /// The text inputs of a step; nothing when it has none.
    pub fn modal(&self, form: &str, step: usize) -> Option<Value> {
        let steps = self.plan();
        let asked = steps.get(step).filter(|step| step.typed)?;
        let inputs = asked.fields.iter().map(|i| input(&self.form.fields[*i], &i.to_string()));
        Some(modal(&ids::step(form, step), &self.form.title, &inputs.collect::<Vec<_>>()))
    }

    /// Takes a press in. One on a step that is not shown any more moves nothing.
    pub fn press(&mut self, control: &Control) -> Turn {
        match &control.act {
            Act::Choose { field, part, picked } => {
                self.choose(*field, *part, picked);
                Turn::Show
            }
            Act::Discard => Turn::Discard,
            Act::Show => Turn::Show,
            _ if control.step != self.step => Turn::Show,
            Act::Open => Turn::Open(self.step),
            Act::Back => {
                self.step = self.step.saturating_sub(1);
                Turn::Show
            }
            Act::Next => self.go_on(),
        }
    }

    /// Takes in what was typed in a step's modal, by the fields' positions, and goes on. Fields that were not asked
    /// there stay as they are.
    pub fn filed(&mut self, step: usize, typed: &BTreeMap<usize, String>) -> Turn {
        let steps = self.plan();
        let Some(asked) = steps.get(step).filter(|step| step.typed) else { return Turn::Show };
        for i in &asked.fields {
            if let Some(value) = typed.get(i) {
                let field = &mut self.form.fields[*i];
                value.clone_into(&mut field.value);
                field.error = None;
            }
        }
        if step == self.step { self.go_on() } else { Turn::Show }
    }

    fn choose(&mut self, field: usize, part: usize, picked: &[usize]) {
        let asked = self.plan().iter().any(|step| !step.typed && step.fields.contains(&field));
        let Some(field) = self.form.fields.get_mut(field).filter(|_| asked) else { return };
        let all = plan::options(field);
        let shown = part * limits::OPTIONS..(part + 1) * limits::OPTIONS;
        let chosen: Vec<&str> = picked
            .iter()
            .filter(|i| shown.contains(i))
            .filter_map(|i| all.get(*i).map(|choice| choice.value.as_str()))
            .collect();
        let value = if matches!(field.kind, FieldKind::Multi { .. }) {
            let here: Vec<&str> = all
                .iter()
                .skip(shown.start)
                .take(limits::OPTIONS)
                .map(|choice| choice.value.as_str())
                .collect();
            // What other lists of the same field hold is not theirs to change.
            let elsewhere = field.value.split(',').map(str::trim);
            let kept = elsewhere.filter(|value| !value.is_empty() && !here.contains(value));
            kept.chain(chosen).collect::<Vec<_>>().join(",")
        } else {
            chosen.first().copied().unwrap_or_default().to_owned()
        };
        field.value = value;
        field.error = None;
    }

    /// To the next step, to one that misses something, or to the core.
    fn go_on(&mut self) -> Turn {
        let steps = self.plan();
        if steps.get(self.step).is_some_and(|step| self.complain(step)) {
            return Turn::Show;
        }
        if self.step + 1 < steps.len() {
            self.step += 1;
            return Turn::Show;
        }
        for (i, step) in steps.iter().enumerate() {
            if self.complain(step) {
                self.step = i;
                return Turn::Show;
            }
        }
        Turn::File { command: self.form.command.clone(), values: self.values() }
    }

    /// Marks what is missing in a step, and says whether anything is.
    fn complain(&mut self, step: &Step) -> bool {
        let mut any = false;
        for i in &step.fields {
            let field = &mut self.form.fields[*i];
            // Where there is nothing to choose from, only the core can say what to do.
            let can = step.typed || !plan::options(field).is_empty();
            if field.required && can && field.value.trim().is_empty() {
                let words = if step.typed { "Please fill this in." } else { "Please choose one." };
                field.error = Some(words.to_owned());
                any = true;
            }
        }
        any
    }
}

/// The introduction where it can stand as the grey words of the first input; empty when there is none, and nothing when
/// it does not fit there.
fn intro_as_hint(form: &Form) -> Option<String> {
    let mut words = String::new();
    for span in &form.intro {
        match span {
            Span::Plain { text } | Span::Bold { text } | Span::Italic { text } => words.push_str(text),
            _ => return None,
        }
    }
    let words = crate::chat::plain::clean(&words).trim().to_owned();
    let free = |field: &Field| field.hint.trim().is_empty() && field.value.trim().is_empty();
    let fits = limits::units(&words) <= limits::HINT && form.fields.first().is_some_and(free);
    (words.is_empty() || fits).then_some(words)
}

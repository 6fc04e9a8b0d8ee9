//! Which fields are asked together. Lists come before text inputs, each in the order of the form; a field is in exactly
//! one step.

use crate::adapters::discord::render::limits;
use crate::chat::{Choice, Field, FieldKind};

/// The most lists of one field; a longer one is typed instead.
const LISTS: usize = 5;

/// Fields that are asked together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Whether they are typed in a modal, rather than chosen from lists.
    pub typed: bool,
    /// Their positions in the form; empty only for a form without fields.
    pub fields: Vec<usize>,
}

/// The steps of a form; never none.
pub fn steps(fields: &[Field]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut used = 0;
    for (i, field) in fields.iter().enumerate() {
        let Some(lists) = lists_of(field) else { continue };
        let room = |step: &&mut Step| used + lists <= LISTS && step.fields.len() < LISTS;
        if let Some(step) = steps.last_mut().filter(room) {
            step.fields.push(i);
        } else {
            steps.push(Step { typed: false, fields: vec![i] });
            used = 0;
        }
        used += lists;
    }
    let typed: Vec<usize> = (0..fields.len()).filter(|i| lists_of(&fields[*i]).is_none()).collect();
    let modals = typed.chunks(limits::INPUTS).map(|some| Step { typed: true, fields: some.to_vec() });
    steps.extend(modals);
    if steps.is_empty() {
        steps.push(Step { typed: false, fields: Vec::new() });
    }
    steps
}

/// How many lists a field takes; nothing when it is typed.
fn lists_of(field: &Field) -> Option<usize> {
    let choice = matches!(
        field.kind,
        FieldKind::Select { .. } | FieldKind::Multi { .. } | FieldKind::Scale { .. } | FieldKind::Toggle
    );
    let lists = options(field).len().div_ceil(limits::OPTIONS);
    (choice && lists <= LISTS).then_some(lists)
}

/// The entries of a field that is chosen.
pub fn options(field: &Field) -> Vec<Choice> {
    match &field.kind {
        FieldKind::Select { options } | FieldKind::Multi { options } | FieldKind::Scale { options } => {
            options.clone()
        }
        FieldKind::Toggle => vec![Choice::new("yes", "Yes"), Choice::new("no", "No")],
        _ => Vec::new(),
    }
}

//! Pulses: what is asked, what is promised, what staff get to see.

use crate::chat::{Action, Choice, Field, FieldKind, Form, Message, Span, TimeStyle, bold, command, time};
use crate::domain::pulses::{Cell, PulseForm, ResultTables};
use crate::store::programs::Program;
use crate::store::pulses::WaveRow;

/// Sixty or thirty days ahead, to staff.
pub(in crate::core) fn warning(program: &Program, wave: &WaveRow, last: &str) -> Message {
    Message::new()
        .heading(format!("Pulse {} of {} is coming", wave.number, program.name))
        .text([
            "It opens ".into(),
            time(wave.opens_at, TimeStyle::Date),
            " and closes ".into(),
            time(wave.closes_at, TimeStyle::Date),
            ". Tell people what changed since the last one; that is what makes them answer.".into(),
        ])
        .note([format!("It must open no later than {last} to keep two pulses in twelve months.").into()])
}

/// The invitation, and with `again` the reminder.
pub(in crate::core) fn invite(program: &Program, wave: &WaveRow, again: bool) -> Message {
    let opening = if again {
        "A reminder, in case it slipped by: how is the program for you?"
    } else {
        "How is the program for you? Ten short questions, under three minutes."
    };
    Message::new()
        .heading(format!("{}: pulse {}", program.name, wave.number))
        .words(opening)
        .text([
            "Confidential: I know that you answered, but not what. Nothing is shown before ".into(),
            time(wave.closes_at, TimeStyle::Date),
            ", scores only from five answers on, comments only from ten on.".into(),
        ])
        .actions([
            Action::primary("Answer", format!("pulse answer {}", wave.id)),
            Action::button("Not this time", format!("pulse skip {}", wave.id)),
        ])
}

/// The form; `wave` is `None` for a preview.
pub(in crate::core) fn form(form: &PulseForm, wave: Option<&WaveRow>) -> Form {
    let mut fields: Vec<Field> = Vec::new();
    for item in &form.items {
        let mut options: Vec<Choice> =
            item.scale.iter().enumerate().map(|(i, label)| Choice::new((i + 1).to_string(), &**label)).collect();
        options.push(Choice::new("cannot-say", PulseForm::CANNOT_SAY));
        fields.push(Field::new(&*item.id, &*item.text, FieldKind::Scale { options }));
    }
    let mut steps: Vec<Choice> = (0..=10)
        .map(|n| match n {
            0 => Choice::new("0", format!("0, {}", form.recommend.low.to_lowercase())),
            10 => Choice::new("10", format!("10, {}", form.recommend.high.to_lowercase())),
            n => Choice::new(n.to_string(), n.to_string()),
        })
        .collect();
    steps.push(Choice::new("cannot-say", PulseForm::CANNOT_SAY));
    fields.push(Field::new(PulseForm::REC, &*form.recommend.text, FieldKind::Scale { options: steps }));
    for open in &form.open {
        let kind = FieldKind::Text { max: open.max_chars, multiline: true };
        fields.push(Field::new(&*open.id, &*open.text, kind).hint("Optional. Please name nobody."));
    }
    let (command, title) = match wave {
        Some(wave) => (format!("pulse answer {}", wave.id), format!("Pulse {}", wave.number)),
        None => ("pulse preview".to_owned(), "Preview of the pulse".to_owned()),
    };
    Form { title, command, intro: vec![form.intro.as_str().into()], submit: "Send".into(), fields }
}

/// Thanks for an answer.
pub(in crate::core) fn answered() -> Message {
    Message::new().words("Thank you. Your answers are kept without your name. You will hear what comes of them when the pulse has closed.")
}

/// Nothing was kept from a preview.
pub(in crate::core) fn preview_done() -> Message {
    Message::new().words("That was a preview. Nothing was kept.")
}

/// Skipped.
pub(in crate::core) fn skipped() -> Message {
    Message::new().words("Fine. I will not ask again in this pulse.")
}

/// Nothing to answer.
pub(in crate::core) fn none_open() -> Message {
    super::refusals::plain("No pulse is open for you right now.").text(["You can look at the questions with ".into(), command("pulse preview"), ".".into()])
}

/// Answered already.
pub(in crate::core) fn answered_already() -> Message {
    super::refusals::plain("You have answered this pulse already. Because answers carry no name, I cannot find yours to change it. The next pulse is your next chance.")
}

/// An empty form.
pub(in crate::core) fn empty() -> Message {
    super::refusals::plain("Nothing was filled in, so nothing was kept.").text(["Answer at least one question, or use ".into(), command("pulse skip"), ".".into()])
}

/// A pulse opened before its date.
pub(in crate::core) fn opened(wave: &WaveRow) -> Message {
    Message::new().text([format!("Pulse {} is open until ", wave.number).into(), time(wave.closes_at, TimeStyle::DateTime), ". Invitations go out in each person's own hours.".into()])
}

/// A pulse closed before its date.
pub(in crate::core) fn closed(wave: &WaveRow) -> Message {
    Message::new().text([format!("Pulse {} is closed. See it with ", wave.number).into(), command("pulse results"), ".".into()])
}

/// No pulse to open.
pub(in crate::core) fn none_planned() -> Message {
    super::refusals::plain("No pulse is waiting to be opened.").text(["See the dates with ".into(), command("program show"), ".".into()])
}

/// No pulse to close.
pub(in crate::core) fn none_to_close() -> Message {
    super::refusals::plain("No pulse is open.").text(["See the dates with ".into(), command("program show"), ".".into()])
}

/// A pulse that was just closed or opened too near to another.
pub(in crate::core) fn results_ready(program: &Program, wave: &WaveRow) -> Message {
    Message::new()
        .heading(format!("Pulse {} of {} is in", wave.number, program.name))
        .words("The tables are fixed now. Please tell everybody within ten working days what you heard, and one thing that will change.")
        .actions([Action::primary("Show the tables", format!("pulse results {} {}", program.slug, wave.number))])
}

/// Nothing closed yet.
pub(in crate::core) fn no_results() -> Message {
    super::refusals::plain("No pulse has closed yet, and nothing is shown before one closes.").text(["See the dates with ".into(), command("program show"), ".".into()])
}

/// The fixed tables of a wave.
pub(in crate::core) fn results(program: &Program, wave: &WaveRow, tables: &[ResultTables]) -> Message {
    let mut message = Message::new()
        .heading(format!("Pulse {} of {}", wave.number, program.name))
        .words(format!("{} to {}. Scores are shown from five answers on, comments from ten on.", wave.opens_on, wave.closes_on));
    for table in tables {
        message = message.text([bold(form_name(table))]).words(table.response.words());
        let rows = table.items.iter().map(|item| vec![bold(&*item.text), format!(" {}", item.words()).into()]);
        message = message.list(rows.collect::<Vec<_>>());
        let recommend = match &table.recommend {
            Cell::Shown(r) => r.words(),
            Cell::TooFew => Cell::<()>::TOO_FEW.to_owned(),
        };
        message = message.text([bold("Recommendation"), format!(" {recommend}").into()]);
        for text in &table.texts {
            message = message.text([bold(&*text.text)]);
            message = match &text.cell {
                Cell::Shown(comments) => message.list(comments.iter().map(|c| vec![Span::from(c.as_str())])),
                Cell::TooFew => message.words(Cell::<()>::TOO_FEW),
            };
        }
    }
    message.note(["One fixed set of tables for each pulse: no filters, no groups, no names.".into()])
}

fn form_name(table: &ResultTables) -> &'static str {
    match table.form {
        crate::domain::pulses::FormId::Participant => "Participants",
        crate::domain::pulses::FormId::Mentor => "Mentors",
        crate::domain::pulses::FormId::Sponsor => "Sponsors",
    }
}

//! Pulses: what is asked, what is promised, what staff get to see.

use crate::chat::{Action, Choice, Field, FieldKind, Form, Message, Span, TimeStyle, bold, command, time};
use crate::domain::pulses::{Cell, PulseForm, Response, ResultTables};
use crate::store::programs::Program;
use crate::store::pulses::WaveRow;

/// Sixty or thirty days ahead, to staff.
pub(in crate::core) fn warning(program: &Program, wave: &WaveRow, last: &str) -> Message {
    let advice = if wave.number == 1 {
        ". Tell people why it matters and when they will hear the results."
    } else {
        ". Tell people what changed since the last one; that is what makes them answer."
    };
    Message::new()
        .heading(format!("Pulse {} of {} is coming", wave.number, program.name))
        .text([
            "It opens ".into(),
            time(wave.opens_at, TimeStyle::Date),
            " and closes ".into(),
            time(wave.closes_at, TimeStyle::Date),
            advice.into(),
        ])
        .note([format!(
            "It must open by {} at the latest, to keep two pulses in twelve months.",
            super::day(last)
        )
        .into()])
}

/// The invitation, and with `again` the reminder.
pub(in crate::core) fn invite(program: &Program, wave: &WaveRow, again: bool) -> Message {
    let opening = if again {
        "A reminder, in case it slipped by: how is the programme for you?"
    } else {
        "How is the programme for you? Nine quick questions and two open ones, about three minutes."
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
        let mut options: Vec<Choice> = item
            .scale
            .iter()
            .enumerate()
            .map(|(i, label)| Choice::new((i + 1).to_string(), &**label))
            .collect();
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
    Message::new().words(
        "Thank you. Your answers are kept without your name. You will hear what \
         comes of them when the pulse has closed.",
    )
}

/// Nothing was kept from a preview.
pub(in crate::core) fn preview_done() -> Message {
    Message::new().words("That was a preview. Nothing was kept.")
}

/// Skipped.
pub(in crate::core) fn skipped() -> Message {
    Message::new().words("All right. I will not ask again in this pulse.")
}

/// Nothing to answer.
pub(in crate::core) fn none_open() -> Message {
    super::refusals::plain("No pulse is open for you right now.").text([
        "You can look at the questions with ".into(),
        command("pulse preview"),
        ".".into(),
    ])
}

/// Answered already.
pub(in crate::core) fn answered_already() -> Message {
    super::refusals::plain(
        "You have answered this pulse already. Because answers carry no name, I cannot find yours \
         to change it. The next pulse is your next chance.",
    )
}

/// An empty form.
pub(in crate::core) fn empty() -> Message {
    super::refusals::plain("Nothing was filled in, so nothing was kept.").text([
        "Answer at least one question, or use ".into(),
        command("pulse skip"),
        ".".into(),
    ])
}

/// A pulse opened before its date.
pub(in crate::core) fn opened(wave: &WaveRow) -> Message {
    Message::new().text([
        format!("Pulse {} is open until ", wave.number).into(),
        time(wave.closes_at, TimeStyle::DateTime),
        ". Invitations go out in each person's own hours.".into(),
    ])
}

/// A pulse closed before its date.
pub(in crate::core) fn closed(wave: &WaveRow) -> Message {
    Message::new().text([
        format!("Pulse {} is closed. See it with ", wave.number).into(),
        command("pulse results"),
        ".".into(),
    ])
}

/// No pulse to open.
pub(in crate::core) fn none_planned() -> Message {
    super::refusals::plain("No pulse is waiting to be opened.").text([
        "See the dates with ".into(),
        command("program show"),
        ".".into(),
    ])
}

/// No pulse to close.
pub(in crate::core) fn none_to_close() -> Message {
    super::refusals::plain("No pulse is open.").text([
        "See the dates with ".into(),
        command("program show"),
        ".".into(),
    ])
}

/// A pulse that was just closed or opened too near to another.
pub(in crate::core) fn results_ready(program: &Program, wave: &WaveRow) -> Message {
    Message::new()
        .heading(format!("Pulse {} of {} is in", wave.number, program.name))
        .words(
            "The tables are fixed now. Please tell everybody within ten working days what you \
             heard, and one thing that will change.",
        )
        .actions([Action::primary(
            "Show the tables",
            format!("pulse results {} {}", program.slug, wave.number),
        )])
}

/// Nothing closed yet.
pub(in crate::core) fn no_results() -> Message {
    super::refusals::plain("No pulse has closed yet, and nothing is shown before one closes.").text([
        "See the dates with ".into(),
        command("program show"),
        ".".into(),
    ])
}

/// The fixed tables of a wave.
pub(in crate::core) fn results(program: &Program, wave: &WaveRow, tables: &[ResultTables]) -> Message {
    let (from, to) = (super::day(&wave.opens_on), super::day(&wave.closes_on));
    let message = Message::new()
        .heading(format!("Pulse {} of {}", wave.number, program.name))
        .words(format!("{from} to {to}. Scores are shown from five answers on, comments from ten on."));
    tables
        .iter()
        .fold(message, one_form)
        .note(["One fixed set of tables for each pulse: no filters, no groups, no names.".into()])
}

fn one_form(message: Message, table: &ResultTables) -> Message {
    let message = message.text([bold(form_name(table))]).words(rate(table.response));
    if shows_nothing(table) {
        return message.words("For all questions: too few answers to show.");
    }
    let rows = table.items.iter().map(|item| vec![bold(label(&item.text)), item.words().into()]);
    let recommend = match &table.recommend {
        Cell::Shown(recommendation) => recommendation.words(),
        Cell::TooFew => Cell::<()>::TOO_FEW.to_owned(),
    };
    let message = message.list(rows.collect::<Vec<_>>()).text([bold("Recommendation: "), recommend.into()]);
    table.texts.iter().fold(message, |message, text| match &text.cell {
        Cell::Shown(comments) => message
            .text([bold(&*text.text)])
            .list(comments.iter().map(|comment| vec![Span::from(comment.as_str())])),
        Cell::TooFew => message.text([bold(label(&text.text)), Cell::<()>::TOO_FEW.into()]),
    })
}

/// A question in front of its result.
fn label(question: &str) -> String {
    format!("{}: ", question.trim_end_matches('?'))
}

fn rate(response: Response) -> String {
    match response {
        Response::Percent(_) => format!("{}.", response.words()),
        Response::TooFewInvited => "Too few people were invited to show a rate.".to_owned(),
    }
}

fn shows_nothing(table: &ResultTables) -> bool {
    table.items.iter().all(|item| item.cell.shown().is_none())
        && table.recommend.shown().is_none()
        && table.texts.iter().all(|text| text.cell.shown().is_none())
}

fn form_name(table: &ResultTables) -> &'static str {
    match table.form {
        crate::domain::pulses::FormId::Participant => "Participants",
        crate::domain::pulses::FormId::Mentor => "Mentors",
        crate::domain::pulses::FormId::Sponsor => "Sponsors",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pulses::{FormId, Recommendation, TextTable};

    fn table(recommend: Cell<Recommendation>) -> ResultTables {
        let text = |item: &str| TextTable {
            item: item.to_owned(),
            text: "What should we change?".to_owned(),
            cell: Cell::TooFew,
        };
        ResultTables {
            form: FormId::Mentor,
            response: Response::Percent(40),
            items: Vec::new(),
            recommend,
            texts: vec![text("o1"), text("o2")],
        }
    }

    fn shown(table: &ResultTables) -> String {
        format!("{:?}", one_form(Message::new(), table))
    }

    #[test]
    fn a_form_without_any_figure_says_so_once() {
        let said = shown(&table(Cell::TooFew));
        assert_eq!(said.matches("too few answers to show").count(), 1, "{said}");
        assert!(said.contains("40 % of the people invited have answered."), "{said}");
    }

    #[test]
    fn beside_a_figure_each_hidden_question_says_that_it_is_hidden() {
        let said = shown(&table(Cell::Shown(Recommendation { n: 7, split: None, score: None })));
        assert_eq!(said.matches("What should we change: ").count(), 2, "{said}");
        assert_eq!(said.matches("too few answers to show").count(), 2, "{said}");
    }
}

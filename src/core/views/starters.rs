//! Starters: three choices for the mentor, one question for the room, and a tip.

use super::Facts;
use crate::chat::{Action, Field, FieldKind, Form, Message, TimeStyle, bold, command, italic, time};
use crate::content::Content;
use crate::content::{Audience, Moment};
use crate::domain::starters::{AnsweredBy, Choice, Starter};
use crate::domain::words::OfferState;
use crate::store::meetups::Meetup;
use crate::store::starters::OfferRow;

/// The choices with their reasons, to the mentor.
pub(in crate::core) fn offer(content: &Content, facts: &Facts, offer: &OfferRow) -> Message {
    let id = &facts.meetup.id;
    let choices: Vec<Choice> = crate::core::handlers::starters::choices_of(offer);
    let mut message = Message::new().heading("Starters for your next meetup").text([
        "For ".into(),
        time(facts.meetup.starts_at, TimeStyle::DateTime),
        ". Pick the one that fits your group. If you pick none, the first is shared a day ahead.".into(),
    ]);
    let mut actions = Vec::new();
    for (number, choice) in choices.iter().enumerate().map(|(i, c)| (i + 1, c)) {
        let Some(starter) = content.library.starter(&choice.starter) else { continue };
        message = message.text([bold(format!("{number}. ")), italic(&*starter.text)]).note([format!(
            "{} {} Then ask: {}",
            choice.why(),
            starter.stance.hint(),
            starter.follow_up
        )
        .into()]);
        actions.push(Action::button(format!("Pick {number}"), format!("starter pick {number} {id}")));
    }
    if choices.is_empty() {
        message = message.words(
            "The shelf has no fresh starter left for your group, so this time \
             please bring your own question.",
        );
    }
    match offer.state {
        OfferState::Open => {
            actions.push(Action::button("My own question", format!("starter own {id}")));
            actions.push(Action::button("None this time", format!("starter skip {id}")));
        }
        OfferState::Picked => {
            message = message.note(["One of them was picked already. You can still change it.".into()]);
        }
        OfferState::Own => {
            message = message.note(["You bring your own question. You can still change that.".into()]);
        }
        OfferState::Skipped => {
            message = message.note(["You chose none this time. You can still change that.".into()]);
        }
    }
    message.actions(actions).note(["To never see one again: ".into(), command("starter never 1"), ".".into()])
}

/// A library starter, to the room, a day ahead.
pub(in crate::core) fn share(content: &Content, facts: &Facts, starter: &Starter) -> Message {
    // What the title of the format says already is not said again.
    let by = match starter.answered_by {
        AnsweredBy::Mentor => " The mentor begins with a story of their own.",
        AnsweredBy::Executive => " The executive answers; the others listen.",
        AnsweredBy::Member if starter.format == "hotseat" => "",
        AnsweredBy::Member => " One member's own case is in focus.",
        AnsweredBy::Everyone if starter.format.ends_with("round") => "",
        AnsweredBy::Everyone => " Everybody answers, the mentor too. Passing is fine.",
    };
    let format = content.library.format_title(&starter.format);
    frame(facts)
        .text([italic(&*starter.text)])
        .words(format!("{format}.{by} Plan {} minutes.", starter.minutes))
        .note([starter.stance.hint().into()])
}

/// The mentor's own question, to the room.
pub(in crate::core) fn share_own(facts: &Facts, text: &str) -> Message {
    frame(facts).text([italic(text)])
}

fn frame(facts: &Facts) -> Message {
    Message::new().heading("A question to think about").text([
        "For our meetup ".into(),
        time(facts.meetup.starts_at, TimeStyle::DateTime),
        ":".into(),
    ])
}

/// One tip for the mentor, a different one for each meetup.
pub(in crate::core) fn tip<'a>(content: &'a Content, facts: &Facts) -> Option<&'a str> {
    let closing = facts.meetup.closing == 1;
    let fits: Vec<&str> = content
        .tips
        .iter()
        .filter(|tip| tip.audience == Audience::Mentor)
        .filter(|tip| match tip.moment {
            Moment::Closing => closing,
            Moment::Before | Moment::Any => !closing,
            _ => false,
        })
        .map(|tip| tip.text.as_str())
        .collect();
    let at = usize::try_from(facts.meetup.number - 1).unwrap_or(0);
    if fits.is_empty() { None } else { fits.get(at % fits.len()).copied() }
}

/// A starter was picked.
pub(in crate::core) fn picked(starter: &Starter) -> Message {
    Message::new().text(["Your group gets this question a day ahead: ".into(), italic(&*starter.text)])
}

/// None this time.
pub(in crate::core) fn skipped() -> Message {
    Message::new()
        .words("No starter this time. The ones I offered come back in three months at the earliest.")
}

/// Never again.
pub(in crate::core) fn banned(starter: &Starter) -> Message {
    Message::new().text(["This one will not be offered to your group again: ".into(), italic(&*starter.text)])
}

/// The mentor's own question was noted.
pub(in crate::core) fn own_noted() -> Message {
    Message::new().words("Noted. Your group gets your question a day ahead.")
}

/// The form for an own question.
pub(in crate::core) fn own_form(meetup: &Meetup) -> Form {
    Form {
        title: "Your own question".into(),
        command: format!("starter own {}", meetup.id),
        intro: vec!["An open question works best: begin with what, which, how or when.".into()],
        submit: "Use it".into(),
        fields: vec![
            Field::new("question", "Question", FieldKind::Text { max: 300, multiline: true }).required(),
        ],
    }
}

/// A choice that was not offered.
pub(in crate::core) fn not_offered(given: &str) -> Message {
    let given = crate::domain::text::shortened(given);
    super::refusals::plain(format!("\"{given}\" is not among the starters for this meetup.")).text([
        "See them with ".into(),
        command("starter show"),
        ".".into(),
    ])
}

/// The starter was shared already.
pub(in crate::core) fn too_late() -> Message {
    super::refusals::plain(
        "Your group has the question already, so I did not change it. You can still bring another \
         one to the meetup.",
    )
}

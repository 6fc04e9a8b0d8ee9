//! The first question, what somebody is looking for, and where the answer leads (rows D7, D8).

use crate::chat::{Action, Message, command};
use crate::domain::words::{Need, Seek};
use crate::store::people::Person;

/// The answers to choose from.
const ANSWERS: [(Seek, &str); 4] = [
    (Seek::Guidance, "Guidance in my present role"),
    (Seek::NextStep, "A view of the next role"),
    (Seek::Performance, "Doing better at a new challenge"),
    (Seek::Peers, "Others in my position"),
];

/// The question as part of a message.
pub(super) fn asked(message: Message) -> Message {
    let buttons = ANSWERS.map(|(seek, label)| Action::button(label, format!("wish for {seek}")));
    message.words("First of all: what are you looking for?").actions(buttons)
}

/// The question, with what was answered before.
pub(in crate::core) fn question(person: &Person) -> Message {
    let now = match person.need {
        Need::Mentor => "a mentor",
        Need::Coach => "a coach",
        Need::Peers => "peers",
    };
    asked(Message::new()).note([format!("At present groups are formed so that you have {now}.").into()])
}

/// What the answer leads to, and why.
pub(in crate::core) fn answered(seek: Seek, without_coach: &[String]) -> Message {
    let why = match seek {
        Seek::Guidance => {
            "Close guidance in the role you hold now is best given by a mentor: somebody who has held the job and tells \
             you how they went about it."
        }
        Seek::NextStep => {
            "A view of the next role is best given by a mentor: somebody who has held it and tells you what they would \
             do again, and what not."
        }
        Seek::Performance => {
            "Doing better at a new challenge is what a coach is for: somebody trained to ask, who does not tell and \
             draws out what you already know. A coach need not come from IT."
        }
        Seek::Peers => {
            "Others in your position are your peers: in a group you bring each other problems, questions and what worked."
        }
    };
    let message = Message::new().words(why);
    let message = if without_coach.is_empty() {
        message
    } else {
        message.words(format!(
            "Nobody is called a coach in {} yet; that takes a credential that the staff have checked. Until somebody is, \
             your mentor may use coaching questions too.",
            super::list(without_coach)
        ))
    };
    message.note([
        "Groups are formed with this in mind. Change it at any time with ".into(),
        command("wish for"),
        ".".into(),
    ])
}

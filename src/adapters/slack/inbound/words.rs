//! The few words that the adapter has to find itself, because the core was not asked or its answer could not be shown
//! in time. Every refusal says what to do next.

use crate::chat::message::{Action, MAX_COMMAND_BYTES, Message};

/// Title of a window that is not a form's own.
pub const TITLE: &str = "Roundtable";

/// In the acknowledgement of a command that could not be kept in time. It may be carried out all the same.
pub const BUSY: &str = "I am busy and could not take this down in time. If nothing happens within a minute, please send it again.";

/// To somebody of another workspace, met in a shared channel.
pub fn stranger() -> Message {
    Message::new().words(
        "Roundtable works for the people of the workspace it is installed in, and your account belongs to another \
         one, so nothing was changed. To take part, ask those who run the programme to invite you to their \
         workspace as a guest, or to connect yours.",
    )
}

/// Where the app is not, or not any more.
pub fn not_here() -> Message {
    Message::new().words(
        "Roundtable is not set up for this workspace at the moment, so nothing was changed. Please ask whoever looks \
         after your Slack apps to install it again.",
    )
}

/// Instead of a form that cannot be opened now. `command` asks for it again.
pub fn open_form(command: &str, typed: bool) -> Message {
    let fits = command.len() <= MAX_COMMAND_BYTES && !command.trim().is_empty();
    match (fits, typed) {
        (true, true) => {
            Message::new().words("There is a form for this. Press the button to open it.").actions([open(command)])
        }
        (true, false) => Message::new()
            .words("Slack opens a form only within three seconds, and this took longer. Press the button to open it.")
            .actions([open(command)]),
        (false, _) => Message::new()
            .words("There is a form for this, and it could not be opened in time. Please try the same again."),
    }
}

fn open(command: &str) -> Action {
    Action::primary("Open the form", command)
}

/// In a window after something that needs no words.
pub fn done() -> Message {
    Message::new().words("Done. You can close this window.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_offered_again_by_a_button_only_when_the_command_fits_one() {
        let buttons =
            |message: Message| message.all_actions().map(|a| a.command().to_owned()).collect::<Vec<_>>();
        assert_eq!(buttons(open_form("profile", false)), ["profile"]);
        assert_eq!(buttons(open_form("profile", true)), ["profile"]);
        let long = format!("profile name={}", "x".repeat(MAX_COMMAND_BYTES));
        assert!(buttons(open_form(&long, false)).is_empty());
    }
}

//! The few words that the adapter has to find itself, because the core was not asked or its answer could not be shown
//! in time. Every refusal says what to do next.

use crate::chat::Choice;
use crate::chat::message::{Action, MAX_COMMAND_BYTES, Message, command};
use crate::core::directory::Belongs;

/// To somebody whose act could not be kept in time. It may be carried out all the same.
pub const BUSY: &str = "I am busy and could not take this down in time. If nothing happens within a minute, please try it again.";

/// What the list of guilds sends; no command of the core begins with this.
pub const CHOOSE: &str = "@guild";

/// In a guild that never added the bot, or in somebody else's conversation.
pub fn not_here() -> Message {
    Message::new().words(
        "Roundtable is not set up in this place, so nothing was changed. Use it in the server where your mentoring \
         programme is, or ask whoever runs this server to add it.",
    )
}

/// To somebody who writes to the bot and is known nowhere.
pub fn known_nowhere() -> Message {
    Message::new().text([
        "I do not know yet which server you belong to. Run ".into(),
        command("home"),
        " once in the server where your mentoring programme is; after that it works here too.".into(),
    ])
}

/// To somebody who belongs to several guilds. `asked` is repeated for the chosen one where it fits.
pub fn which(guilds: &[Belongs], asked: &str) -> Message {
    // Discord lists no more than 25, and a guild's id has up to 20 digits.
    let fits = CHOOSE.len() + asked.len() + 22 <= MAX_COMMAND_BYTES;
    let again = if fits { format!("{CHOOSE} {asked}") } else { CHOOSE.to_owned() };
    let options = guilds.iter().take(25).map(|guild| Choice::new(&*guild.workspace, &*guild.name)).collect();
    Message::new()
        .words(
            "You belong to several servers. Which one do you mean? I keep to it here until you use another.",
        )
        .actions([Action::Select { label: "Server".to_owned(), command: again.trim().to_owned(), options }])
}

/// After the guild was chosen and what was asked for could not be repeated.
pub fn chosen() -> Message {
    Message::new()
        .words("Thank you. Please send the same again; from now on I know which server you mean here.")
}

/// For a component or option that this version does not know.
pub fn outdated() -> Message {
    Message::new().text([
        "This is from an earlier version of me and does nothing any more, so nothing was changed. Run "
            .into(),
        command("home"),
        " to see what you can do now.".into(),
    ])
}

/// For a form that was filed, thrown away or forgotten.
pub fn form_over() -> Message {
    Message::new().text([
        "This form was sent already, or it is too old, so nothing more was changed. To fill in a new one, run the \
         command that opened it again, or see "
            .into(),
        command("home"),
        ".".into(),
    ])
}

/// After a form was thrown away.
pub fn discarded() -> Message {
    Message::new().words("The form is gone and nothing was changed. Run its command again whenever you like.")
}

/// Instead of a form that cannot be opened now. `asked` opens it.
pub fn open_form(asked: &str) -> Message {
    let fits = asked.len() <= MAX_COMMAND_BYTES && !asked.trim().is_empty();
    if fits {
        Message::new()
            .words("There is a form for this. Press the button to open it.")
            .actions([Action::primary("Open the form", asked)])
    } else {
        Message::new()
            .words("There is a form for this, and it could not be opened in time. Please try the same again.")
    }
}

/// When the database could not be asked.
pub fn try_again() -> Message {
    Message::new()
        .words("I could not look this up just now, so nothing was changed. Please try it again in a moment.")
}

/// After something that needs no words.
pub fn done() -> Message {
    Message::new().words("Done.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::command::TABLE;

    fn commands(message: &Message) -> Vec<String> {
        message.all_actions().map(|action| action.command().to_owned()).collect()
    }

    #[test]
    fn a_form_is_offered_again_by_a_button_only_when_the_command_fits_one() {
        assert_eq!(commands(&open_form("profile")), ["profile"]);
        assert!(commands(&open_form(&format!("profile name={}", "x".repeat(MAX_COMMAND_BYTES)))).is_empty());
    }

    #[test]
    fn the_choice_of_a_guild_repeats_what_was_asked_where_it_fits() {
        let guilds = [Belongs { workspace: "1".into(), name: "One".into() }];
        assert_eq!(commands(&which(&guilds, "inbox")), ["@guild inbox"]);
        assert_eq!(commands(&which(&guilds, &"x".repeat(90))), ["@guild"]);
        let longest = "x".repeat(MAX_COMMAND_BYTES - CHOOSE.len() - 22);
        let command = commands(&which(&guilds, &longest)).remove(0);
        assert!(command.len() + 21 <= MAX_COMMAND_BYTES, "with a guild's id it still fits");
        assert!(TABLE.iter().all(|spec| !spec.path.starts_with('@')));
    }
}

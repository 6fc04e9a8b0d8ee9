//! The wizard with which somebody who runs a guild sets the bot up there: one panel that only they see, changed in
//! place. Invariant: nobody else changes anything, whatever they press, and every step may be taken again.

use super::act::Act;
use super::envelope::How;
use super::work::Office;
use super::zones;
use crate::adapters::common::inbox::End;
use crate::adapters::discord::PLATFORM;
use crate::adapters::discord::arrange::Arrangement;
use crate::adapters::discord::permissions::listed;
use crate::adapters::discord::setup::{NO_ROLE, PREFIX, Wish};
use crate::adapters::discord::transport::CallError;
use crate::chat::Choice;
use crate::chat::message::{Action, Message, bold, command};
use crate::chat::messenger::{Outcome, Place};
use crate::config::DiscordRooms;
use crate::core::{Input, Reply};
use crate::domain::civil::Instant;

/// Discord lists no more than this.
const MOST_CHANNELS: usize = 25;

impl Office {
    /// Does what somebody asks for who sets the guild up, and shows how it stands then.
    pub(super) async fn set_up(&self, mut act: Act, wish: Wish) -> End {
        if act.asked.guild.is_none() {
            return self.tell(&act, &elsewhere()).await;
        }
        if !self.profiles.actor(&act.asked.who).admin {
            return self.tell(&act, &not_yours()).await;
        }
        // The panel that was pressed on becomes the new one.
        act.over = matches!(act.asked.how, How::Press { private: true, .. });
        let note = match self.grant(&act, wish).await {
            Ok(note) => note,
            Err(reason) => {
                tracing::warn!(discord.guild = %act.guild, error.reason = %reason, "discord.not_set_up");
                Some(format!("That did not work: {reason}. Please try it again in a moment."))
            }
        };
        match self.arrange.look(&act.guild).await {
            Ok(arrangement) => {
                let zone = self.zone_of(&act).await;
                let seen = Seen { arrangement: &arrangement, zone: zone.as_deref(), note: note.as_deref() };
                self.tell(&act, &seen.panel(&act.asked.locale, self.now())).await
            }
            Err(error) => self.tell(&act, &unseen(&error)).await,
        }
    }

    /// Carries a wish out; a word about it, where there is one to say. Errors are reasons in words.
    async fn grant(&self, act: &Act, wish: Wish) -> Result<Option<String>, String> {
        match wish {
            Wish::Show => Ok(None),
            Wish::Channel(channel) => {
                let before = self.arrange.look(&act.guild).await.map_err(|error| error.to_string())?;
                // Only a channel of this very guild that the bot may write in.
                if !before.channels.iter().any(|one| one.id == channel) {
                    return Ok(Some(
                        "I cannot use that channel: I have to see it and be allowed to write in it. Please give me \
                         \"View Channels\" and \"Send Messages\" there, or choose another."
                            .to_owned(),
                    ));
                }
                self.arrange.choose_home(&act.guild, &channel).await.map_err(|error| error.to_string())?;
                Ok(Some("The mentoring channel is chosen.".to_owned()))
            }
            Wish::Rooms(rooms) => {
                self.arrange.choose_rooms(&act.guild, rooms).await.map_err(|error| error.to_string())?;
                Ok(Some(
                    "Rooms that are opened from now on are like this; those that are open stay.".to_owned(),
                ))
            }
            Wish::Organisers(role) => {
                let look = self.arrange.look(&act.guild).await.map_err(|error| error.to_string())?;
                // A bot's own role and the one that everybody has are no choice.
                if role.as_ref().is_some_and(|role| look.roles.iter().all(|one| one.id != *role)) {
                    return Ok(Some(
                        "That role cannot be taken: everybody has it, or it belongs to a bot. Please choose another."
                            .to_owned(),
                    ));
                }
                let chosen = self.arrange.choose_organisers(&act.guild, role.as_deref()).await;
                chosen.map_err(|error| error.to_string())?;
                Ok(Some(if role.is_some() {
                    "Whoever has that role runs programmes from now on.".to_owned()
                } else {
                    "Only those who may manage this server run programmes from now on.".to_owned()
                }))
            }
            Wish::Zone(zone) => {
                let reply = self.ask(act, &act.delivery(), Input::Text(format!("zone {zone}"))).await;
                let is_form = matches!(reply, Reply::Form(_));
                Ok((!is_form).then(|| "Your time zone is noted.".to_owned()))
            }
            Wish::Test => self.try_out(act).await,
        }
    }

    async fn try_out(&self, act: &Act) -> Result<Option<String>, String> {
        let look = self.arrange.look(&act.guild).await.map_err(|error| error.to_string())?;
        let Some(home) = look.home else {
            return Ok(Some(
                "Please choose a mentoring channel first; the test message goes there.".to_owned(),
            ));
        };
        // The same press writes no second message, however often it is carried out.
        let place = Place::Room(home.id);
        Ok(Some(match self.messenger.send(&act.guild, &place, &act.asked.id, &hello()).await {
            Outcome::Sent { .. } => format!("The test message is in #{}.", home.name),
            Outcome::NotYet { reason, .. }
            | Outcome::Refused { reason }
            | Outcome::Gone { reason, .. }
            | Outcome::InDoubt { reason } => {
                format!("The test message did not arrive in #{}: {reason}.", home.name)
            }
        }))
    }

    async fn zone_of(&self, act: &Act) -> Option<String> {
        let listed = self.core.directory(PLATFORM, &act.guild).await.ok()?;
        listed.into_iter().find(|person| person.account == act.asked.who.account).map(|person| person.zone)
    }
}

/// What the panel is made of.
struct Seen<'a> {
    arrangement: &'a Arrangement,
    zone: Option<&'a str>,
    note: Option<&'a str>,
}

impl Seen<'_> {
    fn panel(&self, locale: &str, now: Instant) -> Message {
        let Arrangement { name, home, home_is_lost, rooms, missing, channels, .. } = self.arrangement;
        let mut panel = Message::new().heading(format!("Set up Roundtable in {name}"));
        if let Some(note) = self.note {
            panel = panel.words(note);
        }
        let about = match home {
            Some(home) => format!("#{}. Groups get their rooms here.", home.name),
            None if *home_is_lost => {
                "the one that was chosen is gone, or I do not see it any more. Please choose another."
                    .to_owned()
            }
            None => "none yet. Choose one in which groups get their rooms.".to_owned(),
        };
        let mut steps = vec![bold("1. Mentoring channel: "), about.into()];
        if channels.len() > MOST_CHANNELS || channels.is_empty() {
            steps.push(" One that is not in the list: ".into());
            steps.push(command("setup channel:"));
        }
        let options = channels.iter().take(MOST_CHANNELS);
        let options: Vec<Choice> =
            options.map(|one| Choice::new(&*one.id, format!("#{}", one.name))).collect();
        let label = "Mentoring channel".to_owned();
        let choose = Action::Select { label, command: format!("{PREFIX} channel"), options };
        panel = panel.text(steps).actions((!channels.is_empty()).then_some(choose));
        let (about, other, label) = match rooms {
            DiscordRooms::Threads => (
                "private threads of that channel. Whoever moderates threads in this server can open them too.",
                DiscordRooms::Channels,
                "Use private channels",
            ),
            DiscordRooms::Channels => (
                "private channels of their own. Administrators of this server can open them too.",
                DiscordRooms::Threads,
                "Use private threads",
            ),
        };
        panel = panel
            .text([bold("2. Rooms of groups: "), about.into()])
            .actions([Action::button(label, format!("{PREFIX} rooms {}", other.as_str()))]);
        panel = self.organisers(panel);
        panel = if missing.is_empty() {
            panel.text([bold("4. Permissions: "), "I have all that I need.".into()])
        } else {
            panel
                .text([
                    bold("4. Permissions: "),
                    format!(
                        "these are missing: {}. Please give them to my role in the server's settings, or in the \
                         settings of the channel.",
                        listed(missing)
                    )
                    .into(),
                ])
                .actions([Action::button("Look again", format!("{PREFIX} show"))])
        };
        let own = self.zone.map_or_else(|| "not known yet.".to_owned(), |zone| format!("{zone}."));
        let cities = zones::likely(locale).iter().map(|zone| {
            let label = format!("{} · {}", zones::city(zone), zones::clock(zone, now));
            Action::button(label, format!("{PREFIX} zone {zone}"))
        });
        panel
            .text([bold("5. Your own time zone: "), own.into(), " Another one: ".into(), command("zone")])
            .actions(cities)
            .text([
                bold("6. Try it out, "),
                "then found your first programme with ".into(),
                command("program create"),
            ])
            .actions(home.as_ref().map(|_| Action::primary("Send a test message", format!("{PREFIX} test"))))
    }
}

impl Seen<'_> {
    /// The step that asks who runs programmes.
    fn organisers(&self, panel: Message) -> Message {
        let Arrangement { organisers, roles, .. } = self.arrangement;
        let about = match organisers {
            Some(role) => format!("who has the role {}, and who may manage this server.", role.name),
            None => "who may manage this server. You can add a role.".to_owned(),
        };
        let mut step = vec![bold("3. Who runs programmes: "), about.into()];
        if roles.len() >= MOST_CHANNELS {
            step.push(" One that is not in the list: ".into());
            step.push(command("setup organisers:"));
        }
        let mut options: Vec<Choice> = vec![Choice::new(NO_ROLE, "Only who may manage this server")];
        options.extend(roles.iter().take(MOST_CHANNELS - 1).map(|role| Choice::new(&*role.id, &*role.name)));
        let label = "Role of the organisers".to_owned();
        let choose = Action::Select { label, command: format!("{PREFIX} organisers"), options };
        panel.text(step).actions((!roles.is_empty()).then_some(choose))
    }
}

fn hello() -> Message {
    Message::new().text([
        "This is a test message: I can write here. Mentoring groups of this server get their rooms in this channel. \
         See what I can do for you with "
            .into(),
        command("help"),
        ".".into(),
    ])
}

fn elsewhere() -> Message {
    Message::new().text([
        "A server is set up in that server itself. Please run ".into(),
        command("setup"),
        " in one of its channels.".into(),
    ])
}

fn not_yours() -> Message {
    Message::new().text([
        "Setting the bot up is for those who may manage this server, so nothing was changed. Please ask one of them; \
         see what you can do with "
            .into(),
        command("help"),
        ".".into(),
    ])
}

fn unseen(error: &CallError) -> Message {
    Message::new().text([
        format!("I could not look at this server just now ({error}). Please try it again in a moment with ")
            .into(),
        command("setup"),
        ".".into(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::discord::arrange::Named;
    use crate::adapters::discord::permissions::missing;
    use crate::adapters::discord::setup::pressed;
    use crate::chat::message::MAX_COMMAND_BYTES;

    fn arrangement(channels: usize) -> Arrangement {
        let channel = |n: usize| Named { id: n.to_string(), name: format!("room-{n}") };
        Arrangement {
            name: "Acme".into(),
            home: (channels > 0).then(|| channel(0)),
            home_is_lost: false,
            rooms: DiscordRooms::Threads,
            missing: Vec::new(),
            channels: (0..channels).map(channel).collect(),
            organisers: None,
            roles: (0..channels).map(channel).collect(),
        }
    }

    fn panel(arrangement: &Arrangement) -> Message {
        Seen { arrangement, zone: Some("Europe/Berlin"), note: None }.panel("de", Instant::from_secs(0))
    }

    #[test]
    fn every_action_of_the_panel_is_one_that_is_understood() {
        let shown = panel(&Arrangement { missing: missing(0, DiscordRooms::Threads), ..arrangement(30) });
        let mut count = 0;
        for action in shown.all_actions() {
            let value = match action {
                Action::Select { options, .. } => {
                    assert_eq!(options.len(), MOST_CHANNELS);
                    format!(" {}", options[0].value)
                }
                _ => String::new(),
            };
            let sent = format!("{}{value}", action.command());
            assert!(pressed(&sent).is_some() && sent.len() <= MAX_COMMAND_BYTES, "{sent}");
            count += 1;
        }
        assert!(count >= 7, "{count}");
    }

    #[test]
    fn a_panel_without_a_channel_offers_no_empty_list_and_no_test() {
        let sent: Vec<String> =
            panel(&arrangement(0)).all_actions().map(|action| action.command().to_owned()).collect();
        assert!(!sent.iter().any(|text| text.contains("channel") && !text.contains("rooms")), "{sent:?}");
        assert!(!sent.contains(&"@setup test".to_owned()));
    }

    #[test]
    fn the_panel_names_what_is_missing() {
        let lacking = Arrangement { missing: missing(0, DiscordRooms::Threads), ..arrangement(1) };
        let words = format!("{:?}", panel(&lacking));
        assert!(words.contains("Create Private Threads") && words.contains("open a room for each group"));
        assert!(format!("{:?}", panel(&arrangement(1))).contains("all that I need"));
    }
}

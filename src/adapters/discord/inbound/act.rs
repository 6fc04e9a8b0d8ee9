//! An act of a person with everything it takes to answer it. Invariant: whom to answer, and where, is taken from what
//! Discord said of the person and the place, never from what somebody typed.

use super::envelope::Asked;
use crate::domain::civil::Instant;

/// Answers can be given for a quarter of an hour; a little less, for the way.
const ANSWERS_SECS: i64 = 14 * 60;
/// The first answer has to come within three seconds; a little less, for the way.
const FIRST_MICROS: i64 = 2_400_000;

/// An interaction whose guild is settled.
#[derive(Debug, Clone)]
pub struct Act {
    /// What was delivered.
    pub asked: Asked,
    /// The guild that is meant.
    pub guild: String,
    /// When it came.
    pub received_at: Instant,
    /// How often it was tried before; a first try may be made again only where the inbox holds it.
    pub kept: bool,
    /// Whether the answer takes the place of the message that was pressed on.
    pub over: bool,
}

impl Act {
    /// Whether the answer is for the person alone: everywhere but in their own conversation, where nobody else is.
    pub const fn private(&self) -> bool {
        self.asked.guild.is_some()
    }

    /// The guild, where the place does not tell it.
    pub fn home(&self) -> Option<&str> {
        if self.asked.guild.is_some() { None } else { Some(&self.guild) }
    }

    /// The room that the core is told of.
    pub fn room(&self) -> Option<&str> {
        Some(self.asked.room.as_str()).filter(|room| !room.is_empty() && self.asked.guild.is_some())
    }

    /// Whether Discord still takes answers.
    pub fn is_answerable(&self, now: Instant) -> bool {
        self.received_at.secs_until(now) < ANSWERS_SECS
    }

    /// Whether Discord still takes a first answer.
    pub fn is_young(&self, now: Instant) -> bool {
        now.as_micros() - self.received_at.as_micros() < FIRST_MICROS
    }

    /// The key under which the core knows it.
    pub fn delivery(&self) -> String {
        format!("i:{}", self.asked.id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::envelope::{How, ReplyToken, Who};
    use super::*;

    fn act(guild: Option<&str>) -> Act {
        let asked = Asked {
            id: "1".into(),
            application: "42".into(),
            token: ReplyToken("t".into()),
            guild: guild.map(str::to_owned),
            room: "600".into(),
            who: Who::default(),
            locale: "de".into(),
            at_home: true,
            how: How::Command { data: json!({}) },
        };
        Act { asked, guild: "500".into(), received_at: Instant::from_secs(100), kept: true, over: false }
    }

    #[test]
    fn answers_among_others_are_private_and_those_in_a_conversation_say_their_guild() {
        let among = act(Some("500"));
        assert_eq!((among.private(), among.home(), among.room()), (true, None, Some("600")));
        let alone = act(None);
        assert_eq!((alone.private(), alone.home(), alone.room()), (false, Some("500"), None));
    }

    #[test]
    fn an_answer_is_given_only_while_discord_takes_it() {
        let act = act(None);
        assert!(act.is_young(Instant::from_secs(102)) && !act.is_young(Instant::from_secs(103)));
        assert!(act.is_answerable(Instant::from_secs(100 + 13 * 60)));
        assert!(!act.is_answerable(Instant::from_secs(100 + 14 * 60)));
    }
}

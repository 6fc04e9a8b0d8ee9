//! An errand of a person, in one shape whichever way it came. Invariant: whom to answer, and where, is taken from what
//! Slack said of the person and the place, never from what somebody typed.

use super::envelope::{Errand, Surface, Who};
use crate::adapters::slack::render::{self, Press};
use crate::domain::civil::Instant;
use crate::store::inbox::Parcel;

/// Something a person asked for, and every way to answer.
#[derive(Debug, Clone)]
pub struct Act {
    /// The workspace.
    pub workspace: String,
    /// Who.
    pub who: Who,
    /// Where.
    pub surface: Surface,
    /// Whether the room is the person's own conversation with the bot, as far as the delivery tells.
    pub direct: bool,
    /// For replies.
    pub response_url: Option<String>,
    /// For opening a window.
    pub trigger: Option<String>,
    /// When it came.
    pub received_at: Instant,
    /// Its key.
    pub delivery: String,
    /// What is asked for.
    pub asked: Press,
    /// Whether it was typed to the bot in its own conversation.
    pub typed: bool,
}

impl Act {
    /// The room that the core is told of.
    pub fn room(&self) -> Option<&str> {
        match &self.surface {
            Surface::Message { room } => Some(room.as_str()).filter(|room| !room.is_empty()),
            Surface::Modal { room, .. } => room.as_deref(),
            Surface::Home => None,
        }
    }
}

/// The act behind an errand; `None` when it is none, or not one of ours.
pub fn act_of(parcel: &Parcel, errand: Errand) -> Option<Act> {
    let base = |who: Who, surface: Surface, asked: Press| Act {
        workspace: parcel.workspace.clone(),
        who,
        surface,
        direct: false,
        response_url: None,
        trigger: None,
        received_at: parcel.received_at,
        delivery: parcel.delivery.clone(),
        asked,
        typed: false,
    };
    match errand {
        Errand::Command { who, text, room, response_url, trigger } => Some(Act {
            response_url: response_url.map(|url| url.0),
            trigger,
            ..base(who, Surface::Message { room }, Press::Command(text))
        }),
        Errand::Press { who, action, surface, response_url, trigger } => {
            let asked = render::read_action(&action)?;
            // What the bot shows in a direct conversation, it shows in its own.
            let direct = matches!(&surface, Surface::Message { room } if room.starts_with('D'));
            Some(Act {
                response_url: response_url.map(|url| url.0),
                trigger,
                direct,
                ..base(who, surface, asked)
            })
        }
        Errand::Typed { who, text, room } => {
            let surface = Surface::Message { room };
            Some(Act { direct: true, typed: true, ..base(who, surface, Press::Command(text)) })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::adapters::slack::PLATFORM;

    fn parcel() -> Parcel {
        Parcel {
            id: "p1".into(),
            platform: PLATFORM.into(),
            workspace: "T1".into(),
            delivery: "c:1".into(),
            kind: "command".into(),
            body: String::new(),
            received_at: Instant::from_secs(100),
            tries: 1,
        }
    }

    fn press(action_id: &str, surface: Surface) -> Errand {
        let action =
            json!({"type": "button", "action_id": action_id, "value": "inbox", "text": {"text": "Pick…"}});
        Errand::Press { who: Who::default(), action, surface, response_url: None, trigger: None }
    }

    #[test]
    fn a_press_is_the_command_of_its_button_and_nothing_when_the_button_is_not_ours() {
        let surface = Surface::Message { room: "D1".into() };
        let act = act_of(&parcel(), press("0-0.run", surface.clone())).expect("it is ours");
        assert_eq!((act.asked, act.direct), (Press::Command("inbox".into()), true));
        let pick = act_of(&parcel(), press("0-0.pick", surface.clone())).expect("it is ours");
        assert_eq!(pick.asked, Press::Pick { label: "Pick".into(), command: "inbox".into() });
        assert!(act_of(&parcel(), press("somebody-elses", surface)).is_none());
    }

    #[test]
    fn the_core_is_told_the_room_where_there_is_one() {
        let act = |surface| act_of(&parcel(), press("0-0.run", surface)).expect("it is ours");
        assert_eq!(act(Surface::Message { room: "C1".into() }).room(), Some("C1"));
        assert_eq!(act(Surface::Modal { view: "V1".into(), room: Some("C2".into()) }).room(), Some("C2"));
        assert_eq!(act(Surface::Home).room(), None);
    }
}

//! The port through which the core speaks on a platform. A call never repeats itself: what is not known to be
//! sent is reported as [`Outcome::InDoubt`] and settled later by looking for the marker.

use async_trait::async_trait;

use super::message::Message;
use crate::domain::civil::Instant;

/// Where a message goes on one platform. All names are the platform's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A room.
    Room(String),
    /// A person, by direct message.
    Direct(String),
}

/// A private room that the core wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRequest {
    /// Opaque id by which a repeated request finds the first room again.
    pub marker: String,
    /// Name to show.
    pub name: String,
    /// One line under the name.
    pub topic: String,
    /// The platform's names of the people in it.
    pub members: Vec<String>,
}

/// A group's next meetup, for platforms that show such things outside the group's room. It says nothing that is
/// private to the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Who meets.
    pub title: String,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
}

/// What is known of a call to a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It happened; the platform's id of the message or room.
    Sent {
        /// The platform's id.
        remote_id: String,
    },
    /// It surely did not happen and may be tried again, not before the instant if one is given.
    NotYet {
        /// Earliest next try.
        retry_at: Option<Instant>,
        /// For the operator; holds no message text.
        reason: String,
    },
    /// It did not happen and will not.
    Refused {
        /// For the operator; holds no message text.
        reason: String,
    },
    /// It did not happen, because what it was meant for is not there any more.
    Gone {
        /// What is not there.
        what: Gone,
        /// For the operator; holds no message text.
        reason: String,
    },
    /// It may or may not have happened.
    InDoubt {
        /// For the operator; holds no message text.
        reason: String,
    },
}

/// What a platform no longer lets the bot reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// The room: archived, deleted, or the bot was removed from it.
    Room,
    /// The person: deactivated, or not to be written to by anybody.
    Person,
    /// The whole workspace: the bot was uninstalled or its token revoked.
    Workspace,
}

/// What became of a call in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The marker is there.
    Yes {
        /// The platform's id.
        remote_id: String,
    },
    /// The marker is not there.
    No,
    /// The history cannot be read.
    Unreadable,
}

/// A platform that can carry the bot's words.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Posts a message. `workspace` is the platform's own id; `marker` is at most 25 characters.
    async fn send(&self, workspace: &str, place: &Place, marker: &str, message: &Message) -> Outcome;

    /// Replaces a message that was posted before.
    async fn update(&self, workspace: &str, place: &Place, remote_id: &str, message: &Message) -> Outcome;

    /// Opens a private room with these members, or finds the one opened under the same marker.
    async fn open_room(&self, workspace: &str, request: &RoomRequest) -> Outcome;

    /// Makes the members of a room exactly these. Harmless to repeat.
    async fn set_members(&self, workspace: &str, room: &str, members: &[String]) -> Outcome;

    /// Shows a group's standing card at the top of its room and sets the room's topic: changes the card posted
    /// before, or posts one and pins it when there is none.
    async fn set_card(
        &self,
        workspace: &str,
        room: &str,
        card: Option<&str>,
        marker: &str,
        topic: &str,
        message: &Message,
    ) -> Outcome;

    /// Brings what the platform itself shows of a group's next meetup in step; nothing where it shows none. Harmless to
    /// repeat, and so never in doubt.
    async fn set_meeting(&self, _workspace: &str, _room: &str, _meeting: Option<&Meeting>) -> Outcome {
        Outcome::Sent { remote_id: String::new() }
    }

    /// Looks for a message with this marker posted since the instant.
    async fn find(&self, workspace: &str, place: &Place, marker: &str, since: Instant) -> Found;
}

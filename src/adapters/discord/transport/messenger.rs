//! Discord behind the core's port. Invariant: whatever is sent again carries the same nonce, and what waits for a person
//! who cannot be written to is kept and never shown to others.

use std::sync::Arc;

use async_trait::async_trait;

use super::call::{Call, Route};
use super::courier::{Courier, Post, id};
use super::direct::{Directs, Way};
use super::fault::{CallError, code};
use super::limiter::Urgency;
use super::rooms::{self, RoomPlan};
use super::{card, events, history, members, prompt};
use crate::chat::message::Message;
use crate::chat::messenger::{Found, Gone, Meeting, Messenger, Outcome, Place, RoomRequest};
use crate::domain::civil::Instant;
use crate::domain::nudges::DIRECT_CLOSED;
use crate::store::StoreError;

/// A wait longer than this is worth a word in the group's room.
const WORTH_A_WORD_SECS: i64 = 3_600;

/// Discord's side of the `Messenger` port. One serves all servers.
pub struct DiscordMessenger {
    courier: Arc<Courier>,
    directs: Arc<Directs>,
    plan: RoomPlan,
}

fn unkept(error: &StoreError) -> Outcome {
    Outcome::NotYet { retry_at: None, reason: error.to_string() }
}

impl DiscordMessenger {
    /// A messenger over this courier, with these ways to people and this kind of rooms.
    pub const fn new(courier: Arc<Courier>, directs: Arc<Directs>, plan: RoomPlan) -> Self {
        Self { courier, directs, plan }
    }

    async fn send_to_room(&self, guild: &str, room: &str, marker: &str, message: &Message) -> Outcome {
        let place = Place::Room(room.to_owned());
        let drawn = self.courier.draw(guild, &place, message).await;
        match self.courier.post(room, marker, drawn, Urgency::Bulk).await {
            Ok(post) => Outcome::Sent { remote_id: post.text() },
            Err(error) => error.outcome(&place, self.courier.now()),
        }
    }

    async fn send_to_person(&self, guild: &str, account: &str, marker: &str, message: &Message) -> Outcome {
        let (channel, fresh) = match self.directs.way(account).await {
            Ok(Way::Channel(channel)) => (channel, false),
            Ok(Way::Open) => match self.directs.open(&self.courier, account).await {
                Ok(channel) => (channel, true),
                Err(error) => return self.unreached(guild, account, false, &error).await,
            },
            Ok(Way::Later(until)) => return self.kept(guild, account, until).await,
            Err(error) => return unkept(&error),
        };
        let place = Place::Direct(account.to_owned());
        let drawn = self.courier.draw(guild, &place, message).await;
        match self.courier.post(&channel, marker, drawn, Urgency::Bulk).await {
            Ok(post) => Outcome::Sent { remote_id: post.text() },
            Err(error) => self.unreached(guild, account, fresh, &error).await,
        }
    }

    /// Why a person was not reached, and what becomes of what was for them. `fresh` says that the channel was opened
    /// just now.
    async fn unreached(&self, guild: &str, account: &str, fresh: bool, error: &CallError) -> Outcome {
        let now = self.courier.now();
        match error.code() {
            Some(code::CANNOT_WRITE) => {
                if self.has_left(guild, account).await {
                    let reason = "the person is not in the server any more".to_owned();
                    return Outcome::Gone { what: Gone::Person, reason };
                }
                self.directs.close(account).await;
                self.kept(guild, account, now.plus_hours(6)).await
            }
            Some(code::DIRECTS_TOO_FAST) => {
                // Also when it is said of the message: then the channel is none yet, and is opened in its turn.
                let until = self.directs.stop(guild).await;
                self.directs.forget(account).await;
                self.kept(guild, account, until).await
            }
            // Opening it again would give the same one, and be counted each time.
            Some(code::UNKNOWN_CHANNEL | code::NO_ACCESS) if fresh => {
                self.directs.close(account).await;
                self.kept(guild, account, now.plus_hours(6)).await
            }
            Some(code::UNKNOWN_CHANNEL | code::NO_ACCESS) => {
                self.directs.forget(account).await;
                Outcome::NotYet { retry_at: Some(now.plus_secs(1)), reason: error.to_string() }
            }
            _ => error.outcome(&Place::Direct(account.to_owned()), now),
        }
    }

    /// Discord gives one code for closed doors and for those who left; who left is not waited for.
    async fn has_left(&self, guild: &str, account: &str) -> bool {
        let (Ok(guild_id), Ok(user_id)) = (id(guild), id(account)) else { return false };
        let member = self.courier.rest.call(Call::get(Route::GuildMember { guild_id, user_id })).await;
        member.is_err_and(|error| error.is_any(&[code::UNKNOWN_MEMBER, code::UNKNOWN_USER]))
    }

    /// It waits for the person, who is told in the group's room that something does.
    async fn kept(&self, guild: &str, account: &str, until: Instant) -> Outcome {
        if self.courier.now().secs_until(until) >= WORTH_A_WORD_SECS {
            prompt::prompt(&self.courier, guild, account).await;
        }
        Outcome::NotYet { retry_at: Some(until), reason: DIRECT_CLOSED.to_owned() }
    }

    async fn change(
        &self,
        guild: &str,
        place: &Place,
        remote_id: &str,
        message: &Message,
    ) -> Result<(), CallError> {
        let post = Post::read(remote_id).ok_or_else(CallError::not_an_id)?;
        let drawn = self.courier.draw(guild, place, message).await;
        self.courier.change(&post, drawn, Urgency::Ordinary).await
    }
}

#[async_trait]
impl Messenger for DiscordMessenger {
    async fn send(&self, guild: &str, place: &Place, marker: &str, message: &Message) -> Outcome {
        match place {
            Place::Room(room) => self.send_to_room(guild, room, marker, message).await,
            Place::Direct(account) => self.send_to_person(guild, account, marker, message).await,
        }
    }

    async fn update(&self, guild: &str, place: &Place, remote_id: &str, message: &Message) -> Outcome {
        match self.change(guild, place, remote_id, message).await {
            Ok(()) => Outcome::Sent { remote_id: remote_id.to_owned() },
            Err(error) => error.outcome(place, self.courier.now()),
        }
    }

    async fn open_room(&self, guild: &str, request: &RoomRequest) -> Outcome {
        match rooms::open(&self.courier, self.plan, guild, request).await {
            Ok(remote_id) => Outcome::Sent { remote_id },
            Err(failure) => failure.outcome(self.courier.now()),
        }
    }

    async fn set_members(&self, guild: &str, room: &str, people: &[String]) -> Outcome {
        match members::set(&self.courier, self.plan, guild, room, people).await {
            Ok(()) => Outcome::Sent { remote_id: room.to_owned() },
            Err(failure) => failure.outcome_in(room, self.courier.now()),
        }
    }

    async fn set_card(
        &self,
        guild: &str,
        room: &str,
        card: Option<&str>,
        marker: &str,
        topic: &str,
        message: &Message,
    ) -> Outcome {
        let card = card.and_then(Post::read);
        match card::set(&self.courier, guild, room, card, marker, topic, message).await {
            Ok(post) => Outcome::Sent { remote_id: post.text() },
            Err(error) => error.outcome(&Place::Room(room.to_owned()), self.courier.now()),
        }
    }

    async fn set_meeting(&self, guild: &str, room: &str, meeting: Option<&Meeting>) -> Outcome {
        let failure = match events::keep(&self.courier, guild, room, meeting).await {
            Ok(()) => return Outcome::Sent { remote_id: String::new() },
            Err(failure) => failure,
        };
        match failure.outcome(self.courier.now()) {
            // What is not known to be there is looked for the next time.
            Outcome::InDoubt { reason } => Outcome::NotYet { retry_at: None, reason },
            Outcome::Refused { reason } | Outcome::Gone { reason, .. } => {
                tracing::warn!(discord.guild = %guild, error.reason = %reason, "discord.event_not_kept");
                Outcome::Refused { reason }
            }
            other => other,
        }
    }

    async fn find(&self, _guild: &str, place: &Place, marker: &str, since: Instant) -> Found {
        let channel = match place {
            Place::Room(room) => Some(room.clone()),
            Place::Direct(account) => match self.directs.known(account).await {
                Ok(channel) => channel,
                Err(_) => return Found::Unreadable,
            },
        };
        // Without a channel nothing was ever said in it.
        let Some(channel) = channel else { return Found::No };
        match history::look(&self.courier, &channel, marker, since).await {
            Ok(Some(found)) => found,
            Ok(None) | Err(_) => Found::Unreadable,
        }
    }
}

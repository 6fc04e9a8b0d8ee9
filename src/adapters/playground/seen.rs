//! What a person sees: rooms with unread counts, and messages.

use super::room::decode;
use super::{BOT, Event, PLATFORM, Playground, WORKSPACE};
use crate::chat::Message;
use crate::domain::civil::Instant;
use crate::store::StoreError;

/// A room as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSeen {
    /// Id.
    pub id: String,
    /// `channel`, `group` or `dm`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Topic.
    pub topic: String,
    /// Messages not read yet.
    pub unread: i64,
    /// Time of the latest message.
    pub last_at: Option<Instant>,
}

/// A message as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Id.
    pub id: String,
    /// Account of the author; `bot` for the bot.
    pub author: String,
    /// Name of the author.
    pub name: String,
    /// When.
    pub at: Instant,
    /// Whether it was changed later.
    pub edited: bool,
    /// Whether only this person sees it.
    pub private: bool,
    /// What it says.
    pub message: Message,
}

/// Messages read at once.
pub(super) const PAGE: i64 = 50;

impl Playground {
    /// The rooms a person is in.
    pub async fn rooms(&self, account: &str) -> Result<Vec<RoomSeen>, StoreError> {
        let rooms = self.store.read().await?.list_playground_rooms(account).await?;
        Ok(rooms
            .into_iter()
            .map(|r| RoomSeen {
                id: r.id,
                kind: r.kind,
                name: r.name,
                topic: r.topic,
                unread: r.unread,
                last_at: r.last_at,
            })
            .collect())
    }

    /// The latest messages of a room that the person is in, oldest first, and whether there are earlier ones.
    pub async fn messages(
        &self,
        account: &str,
        room: &str,
        before: Option<&str>,
    ) -> Result<(Vec<Post>, bool), StoreError> {
        let mut tx = self.store.read().await?;
        if !tx.list_playground_members(room).await?.iter().any(|member| member == account) {
            return Ok((Vec::new(), false));
        }
        let mut rows = tx.list_playground_messages(room, account, before, PAGE + 1).await?;
        drop(tx);
        let most = usize::try_from(PAGE).unwrap_or(50);
        let more = rows.len() > most;
        rows.truncate(most);
        let people = self.core.directory(PLATFORM, WORKSPACE).await?;
        let name_of = |author: &str| {
            if author == BOT {
                return "Roundtable".to_owned();
            }
            people.iter().find(|p| p.account == author).map_or_else(|| author.to_owned(), |p| p.name.clone())
        };
        let posts = rows
            .into_iter()
            .rev()
            .map(|row| Post {
                name: name_of(&row.author),
                author: row.author,
                id: row.id,
                at: row.sent_at,
                edited: row.edited == 1,
                private: row.visible_to.is_some(),
                message: decode(&row.body),
            })
            .collect();
        Ok((posts, more))
    }

    /// Notes how far a person has read a room.
    pub async fn read(&self, account: &str, room: &str, upto: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        tx.mark_playground_read(room, account, upto).await?;
        tx.commit().await?;
        self.tell(Event::State);
        Ok(())
    }
}

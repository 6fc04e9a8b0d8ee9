//! The playground platform's own rooms and messages. Bodies are opaque text; the marker makes a repeated post find
//! the first one.

use super::tx::{all, maybe, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;

/// A room of the playground as one account sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RoomView {
    /// Id.
    pub id: String,
    /// `channel`, `group` or `dm`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Topic.
    pub topic: String,
    /// Messages this account has not read.
    pub unread: i64,
    /// Time of the latest message.
    pub last_at: Option<Instant>,
}

/// A message of the playground.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PostRow {
    /// Id, time-sorted.
    pub id: String,
    /// In which room.
    pub room_id: String,
    /// Account of the author; `bot` for the bot.
    pub author: String,
    /// Only this account sees it.
    pub visible_to: Option<String>,
    /// When.
    pub sent_at: Instant,
    /// 1 when it was changed later.
    pub edited: i64,
    /// The core's mark.
    pub marker: Option<String>,
    /// The message as JSON.
    pub body: String,
}

impl Tx {
    /// Adds a room; false when its id or marker exists already.
    pub async fn insert_playground_room(
        &mut self,
        id: &str,
        kind: &str,
        name: &str,
        topic: &str,
        marker: Option<&str>,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "INSERT INTO playground_rooms (id, kind, name, topic, marker, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            id,
            kind,
            name,
            topic,
            marker,
            at
        )?;
        Ok(touched == 1)
    }

    /// The room opened under a marker.
    pub async fn find_playground_room(&mut self, marker: &str) -> Result<Option<String>, StoreError> {
        let row = maybe!(self, (String,), "SELECT id FROM playground_rooms WHERE marker = $1", marker)?;
        Ok(row.map(|(id,)| id))
    }

    /// Says a room's topic.
    pub async fn mark_playground_topic(&mut self, room: &str, topic: &str) -> Result<(), StoreError> {
        run!(self, "UPDATE playground_rooms SET topic = $2 WHERE id = $1", room, topic)?;
        Ok(())
    }

    /// Lets an account into a room; harmless to repeat.
    pub async fn insert_playground_member(&mut self, room: &str, account: &str) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO playground_members (room_id, account, read_upto) VALUES ($1, $2, '') \
             ON CONFLICT DO NOTHING",
            room,
            account
        )?;
        Ok(())
    }

    /// Takes an account out of a room.
    pub async fn delete_playground_member(&mut self, room: &str, account: &str) -> Result<(), StoreError> {
        run!(self, "DELETE FROM playground_members WHERE room_id = $1 AND account = $2", room, account)?;
        Ok(())
    }

    /// The accounts in a room.
    pub async fn list_playground_members(&mut self, room: &str) -> Result<Vec<String>, StoreError> {
        let rows = all!(
            self,
            (String,),
            "SELECT account FROM playground_members WHERE room_id = $1 ORDER BY account",
            room
        )?;
        Ok(rows.into_iter().map(|(account,)| account).collect())
    }

    /// The rooms an account is in, with what it has not read.
    pub async fn list_playground_rooms(&mut self, account: &str) -> Result<Vec<RoomView>, StoreError> {
        all!(
            self,
            RoomView,
            "SELECT r.id, r.kind, r.name, r.topic, \
             (SELECT count(*) FROM playground_messages p WHERE p.room_id = r.id AND p.id > m.read_upto \
              AND p.author <> $1 AND (p.visible_to IS NULL OR p.visible_to = $1)) AS unread, \
             (SELECT max(p.sent_at) FROM playground_messages p WHERE p.room_id = r.id \
              AND (p.visible_to IS NULL OR p.visible_to = $1)) AS last_at \
             FROM playground_rooms r JOIN playground_members m ON m.room_id = r.id WHERE m.account = $1 \
             ORDER BY CASE r.kind WHEN 'channel' THEN 0 WHEN 'group' THEN 1 ELSE 2 END, r.name, r.id",
            account
        )
    }

    /// Posts a message; false when its marker was posted already.
    pub async fn insert_playground_message(&mut self, p: &PostRow) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "INSERT INTO playground_messages (id, room_id, author, visible_to, sent_at, edited, marker, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            &p.id,
            &p.room_id,
            &p.author,
            &p.visible_to,
            p.sent_at,
            p.edited,
            &p.marker,
            &p.body
        )?;
        Ok(touched == 1)
    }

    /// The latest message of all rooms.
    pub async fn find_last_playground_message(&mut self) -> Result<Option<String>, StoreError> {
        let row = maybe!(self, (String,), "SELECT id FROM playground_messages ORDER BY id DESC LIMIT 1")?;
        Ok(row.map(|(id,)| id))
    }

    /// Replaces the body of a message; false when there is none with this id.
    pub async fn mark_playground_message(&mut self, id: &str, body: &str) -> Result<bool, StoreError> {
        let touched =
            run!(self, "UPDATE playground_messages SET body = $2, edited = 1 WHERE id = $1", id, body)?;
        Ok(touched == 1)
    }

    /// The message posted under a marker.
    pub async fn find_playground_message(&mut self, marker: &str) -> Result<Option<PostRow>, StoreError> {
        maybe!(self, PostRow, "SELECT * FROM playground_messages WHERE marker = $1", marker)
    }

    /// The message with this id as an account may see it.
    pub async fn find_playground_post(
        &mut self,
        id: &str,
        account: &str,
    ) -> Result<Option<PostRow>, StoreError> {
        maybe!(
            self,
            PostRow,
            "SELECT * FROM playground_messages WHERE id = $1 AND (visible_to IS NULL OR visible_to = $2)",
            id,
            account
        )
    }

    /// The latest messages of a room before an id (or all), as an account may see them, newest first.
    pub async fn list_playground_messages(
        &mut self,
        room: &str,
        account: &str,
        before: Option<&str>,
        limit: i64,
    ) -> Result<Vec<PostRow>, StoreError> {
        all!(
            self,
            PostRow,
            "SELECT * FROM playground_messages WHERE room_id = $1 AND (visible_to IS NULL OR visible_to = $2) \
             AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4",
            room,
            account,
            before.unwrap_or_default(),
            limit
        )
    }

    /// Notes how far an account has read a room.
    pub async fn mark_playground_read(
        &mut self,
        room: &str,
        account: &str,
        upto: &str,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE playground_members SET read_upto = $3 \
             WHERE room_id = $1 AND account = $2 AND read_upto < $3",
            room,
            account,
            upto
        )?;
        Ok(())
    }
}

//! What the Discord adapter keeps: whom it may write to, how many direct messages it opened, what it is making, forms
//! in steps, registered commands. Losing all of it loses no promise of the core; no answer of a pulse is ever in it.

use super::tx::{all, maybe, one, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;

/// What is known of writing to an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Consent {
    /// When the person first did something with the bot.
    pub agreed_at: Option<Instant>,
    /// Since when the person does not take direct messages.
    pub closed_at: Option<Instant>,
    /// When the person was last told in a room that something waits.
    pub prompted_at: Option<Instant>,
}

/// How many direct messages were opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Openings {
    /// Days before this one on which any were opened, since Discord last said that it was too fast.
    pub days: i64,
    /// Opened on this day.
    pub today: i64,
    /// When the last one was opened.
    pub last_at: Option<Instant>,
    /// Until when none may be opened.
    pub stopped_until: Option<Instant>,
}

/// A scheduled event that stands for a group's next meetup.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EventRow {
    /// Discord's id of the event.
    pub event: String,
    /// A fingerprint of what it shows.
    pub print: String,
}

/// A form that is asked in steps.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FormRow {
    /// Id, as the components carry it.
    pub id: String,
    /// The server it belongs to.
    pub guild: String,
    /// Who fills it in; nobody else may.
    pub account: String,
    /// The steps so far, in the adapter's words.
    pub state: String,
    /// When it last went on.
    pub updated_at: Instant,
}

/// Without what was filled in.
impl std::fmt::Debug for FormRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FormRow({:?}, {:?})", (&self.id, &self.guild, &self.account), self.updated_at)
    }
}

impl Tx {
    /// What is known of writing to an account.
    pub async fn find_consent(&mut self, account: &str) -> Result<Option<Consent>, StoreError> {
        maybe!(
            self,
            Consent,
            "SELECT agreed_at, closed_at, prompted_at FROM discord_people WHERE account = $1",
            account
        )
    }

    /// Notes that a person did something with the bot; the first time counts, and closed doors are open again.
    pub async fn mark_agreed(&mut self, account: &str, at: Instant) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_people (account, agreed_at) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE \
             SET agreed_at = coalesce(discord_people.agreed_at, excluded.agreed_at), closed_at = NULL",
            account,
            at
        )?;
        Ok(())
    }

    /// Notes that a person does not take direct messages.
    pub async fn mark_direct_closed(&mut self, account: &str, at: Instant) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_people (account, closed_at) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE \
             SET closed_at = excluded.closed_at",
            account,
            at
        )?;
        Ok(())
    }

    /// Notes that a person is told in a room that something waits; false when that was done since `not_since`.
    pub async fn mark_prompted(
        &mut self,
        account: &str,
        at: Instant,
        not_since: Instant,
    ) -> Result<bool, StoreError> {
        let touched = run!(
            self,
            "INSERT INTO discord_people (account, prompted_at) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE \
             SET prompted_at = excluded.prompted_at \
             WHERE discord_people.prompted_at IS NULL OR discord_people.prompted_at <= $3",
            account,
            at,
            not_since
        )?;
        Ok(touched == 1)
    }

    /// How many direct messages were opened on a day and before.
    pub async fn get_openings(&mut self, day: i64) -> Result<Openings, StoreError> {
        one!(
            self,
            Openings,
            "SELECT count(CASE WHEN day < $1 AND opened > 0 AND day > coalesce((SELECT max(day) \
             FROM discord_directs WHERE stopped_until IS NOT NULL), -1) THEN 1 END) AS days, \
             CAST(coalesce(sum(CASE WHEN day = $1 THEN opened ELSE 0 END), 0) AS BIGINT) AS today, \
             max(CASE WHEN last_at > 0 THEN last_at END) AS last_at, max(stopped_until) AS stopped_until \
             FROM discord_directs",
            day
        )
    }

    /// Makes everybody else who would count on this day wait for the end of the transaction, so that what is read next
    /// is still true when something is counted.
    pub async fn hold_openings(&mut self, day: i64) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_directs (day, opened, last_at) VALUES ($1, 0, 0) ON CONFLICT (day) DO UPDATE \
             SET opened = discord_directs.opened",
            day
        )?;
        Ok(())
    }

    /// Counts one opened direct message; `count` is -1 for one that was not opened after all.
    pub async fn mark_opening(&mut self, day: i64, count: i64, at: Instant) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_directs (day, opened, last_at) VALUES ($1, $2, $3) ON CONFLICT (day) DO UPDATE \
             SET opened = discord_directs.opened + excluded.opened, last_at = excluded.last_at",
            day,
            count,
            at
        )?;
        Ok(())
    }

    /// Lets no direct message be opened before the instant.
    pub async fn mark_openings_stopped(&mut self, day: i64, until: Instant) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_directs (day, opened, last_at, stopped_until) VALUES ($1, 0, 0, $2) \
             ON CONFLICT (day) DO UPDATE SET stopped_until = excluded.stopped_until",
            day,
            until
        )?;
        Ok(())
    }

    /// The channel in which a server's rooms are made.
    pub async fn find_home_channel(&mut self, guild: &str) -> Result<Option<String>, StoreError> {
        let row =
            maybe!(self, (Option<String>,), "SELECT channel FROM discord_guilds WHERE guild = $1", guild)?;
        Ok(row.and_then(|(channel,)| channel))
    }

    /// Sets the channel in which a server's rooms are made.
    pub async fn mark_home_channel(&mut self, guild: &str, channel: &str) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_guilds (guild, channel) VALUES ($1, $2) \
             ON CONFLICT (guild) DO UPDATE SET channel = excluded.channel",
            guild,
            channel
        )?;
        Ok(())
    }

    /// Forgets the channel in which a server's rooms are made.
    pub async fn delete_home_channel(&mut self, guild: &str) -> Result<(), StoreError> {
        run!(self, "UPDATE discord_guilds SET channel = NULL WHERE guild = $1", guild)?;
        Ok(())
    }

    /// What a server chose its rooms to be: `threads` or `channels`.
    pub async fn find_room_kind(&mut self, guild: &str) -> Result<Option<String>, StoreError> {
        let row =
            maybe!(self, (Option<String>,), "SELECT rooms FROM discord_guilds WHERE guild = $1", guild)?;
        Ok(row.and_then(|(rooms,)| rooms))
    }

    /// Sets what a server's rooms are from now on: `threads` or `channels`.
    pub async fn mark_room_kind(&mut self, guild: &str, rooms: &str) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_guilds (guild, rooms) VALUES ($1, $2) \
             ON CONFLICT (guild) DO UPDATE SET rooms = excluded.rooms",
            guild,
            rooms
        )?;
        Ok(())
    }

    /// The role of those who run programmes in a server.
    pub async fn find_organisers(&mut self, guild: &str) -> Result<Option<String>, StoreError> {
        let row =
            maybe!(self, (Option<String>,), "SELECT organisers FROM discord_guilds WHERE guild = $1", guild)?;
        Ok(row.and_then(|(role,)| role))
    }

    /// Sets or takes away the role of those who run programmes in a server.
    pub async fn mark_organisers(&mut self, guild: &str, role: Option<&str>) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_guilds (guild, organisers) VALUES ($1, $2) \
             ON CONFLICT (guild) DO UPDATE SET organisers = excluded.organisers",
            guild,
            role
        )?;
        Ok(())
    }

    /// Notes that something is being made, and says since when it was being made before, if it was.
    pub async fn begin_making(
        &mut self,
        guild: &str,
        marker: &str,
        at: Instant,
    ) -> Result<Option<Instant>, StoreError> {
        let begun = self.find_making(guild, marker).await?;
        if begun.is_none() {
            run!(
                self,
                "INSERT INTO discord_makings (guild, marker, begun_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                guild,
                marker,
                at
            )?;
        }
        Ok(begun)
    }

    /// When the making of something was begun, if it was and has not ended.
    pub async fn find_making(&mut self, guild: &str, marker: &str) -> Result<Option<Instant>, StoreError> {
        let begun = maybe!(
            self,
            (Instant,),
            "SELECT begun_at FROM discord_makings WHERE guild = $1 AND marker = $2",
            guild,
            marker
        )?;
        Ok(begun.map(|(begun,)| begun))
    }

    /// What was being made is there, or surely was not made.
    pub async fn end_making(&mut self, guild: &str, marker: &str) -> Result<(), StoreError> {
        run!(self, "DELETE FROM discord_makings WHERE guild = $1 AND marker = $2", guild, marker)?;
        Ok(())
    }

    /// The accounts that were let into a room, in order.
    pub async fn list_let_in(&mut self, room: &str) -> Result<Vec<String>, StoreError> {
        let rows = all!(
            self,
            (String,),
            "SELECT account FROM discord_members WHERE room = $1 ORDER BY account",
            room
        )?;
        Ok(rows.into_iter().map(|(account,)| account).collect())
    }

    /// Notes that an account was let into a room.
    pub async fn mark_let_in(&mut self, room: &str, account: &str) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_members (room, account) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            room,
            account
        )?;
        Ok(())
    }

    /// Notes that an account was taken out of a room.
    pub async fn delete_let_in(&mut self, room: &str, account: &str) -> Result<(), StoreError> {
        run!(self, "DELETE FROM discord_members WHERE room = $1 AND account = $2", room, account)?;
        Ok(())
    }

    /// The scheduled event that stands for a subject.
    pub async fn find_event(&mut self, guild: &str, subject: &str) -> Result<Option<EventRow>, StoreError> {
        maybe!(
            self,
            EventRow,
            "SELECT event, print FROM discord_events WHERE guild = $1 AND subject = $2",
            guild,
            subject
        )
    }

    /// Keeps which scheduled event stands for a subject and what it shows.
    pub async fn mark_event(&mut self, guild: &str, subject: &str, row: &EventRow) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_events (guild, subject, event, print) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (guild, subject) DO UPDATE SET event = excluded.event, print = excluded.print",
            guild,
            subject,
            &row.event,
            &row.print
        )?;
        Ok(())
    }

    /// Forgets the scheduled event of a subject.
    pub async fn delete_event(&mut self, guild: &str, subject: &str) -> Result<(), StoreError> {
        run!(self, "DELETE FROM discord_events WHERE guild = $1 AND subject = $2", guild, subject)?;
        Ok(())
    }

    /// A form that is asked in steps.
    pub async fn find_form(&mut self, id: &str) -> Result<Option<FormRow>, StoreError> {
        maybe!(self, FormRow, "SELECT * FROM discord_forms WHERE id = $1", id)
    }

    /// The forms that somebody began for a server, the latest first.
    pub async fn list_forms_of(&mut self, guild: &str, account: &str) -> Result<Vec<FormRow>, StoreError> {
        all!(
            self,
            FormRow,
            "SELECT * FROM discord_forms WHERE guild = $1 AND account = $2 ORDER BY updated_at DESC, id DESC",
            guild,
            account
        )
    }

    /// Keeps how far a form has come. Whose form it is never changes.
    pub async fn mark_form(&mut self, form: &FormRow) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_forms (id, guild, account, state, updated_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at",
            &form.id,
            &form.guild,
            &form.account,
            &form.state,
            form.updated_at
        )?;
        Ok(())
    }

    /// Forgets a form that was sent off or given up.
    pub async fn delete_form(&mut self, id: &str) -> Result<(), StoreError> {
        run!(self, "DELETE FROM discord_forms WHERE id = $1", id)?;
        Ok(())
    }

    /// Forgets forms that nobody went on with since the instant, and says how many they were.
    pub async fn delete_forms_before(&mut self, at: Instant) -> Result<u64, StoreError> {
        run!(self, "DELETE FROM discord_forms WHERE updated_at < $1", at)
    }

    /// A fingerprint of the commands that are registered in a scope.
    pub async fn find_commands(&mut self, scope: &str) -> Result<Option<String>, StoreError> {
        let row = maybe!(self, (String,), "SELECT print FROM discord_commands WHERE scope = $1", scope)?;
        Ok(row.map(|(print,)| print))
    }

    /// Keeps which commands were registered in a scope.
    pub async fn mark_commands(&mut self, scope: &str, print: &str, at: Instant) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO discord_commands (scope, print, registered_at) VALUES ($1, $2, $3) \
             ON CONFLICT (scope) DO UPDATE SET print = excluded.print, registered_at = excluded.registered_at",
            scope,
            print,
            at
        )?;
        Ok(())
    }
}

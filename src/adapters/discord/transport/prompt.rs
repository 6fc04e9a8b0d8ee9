//! A word in the group's room that something waits for a person, when they cannot be written to. Invariant: the word
//! says nothing of what waits, and a person hears it at most once a day.

use super::super::PLATFORM;
use super::courier::Courier;
use super::fault::CallError;
use super::limiter::Urgency;
use crate::chat::message::{Action, Message, Span, command};
use crate::chat::messenger::Place;
use crate::domain::words::Presence;
use crate::store::StoreError;

const ONCE_IN_HOURS: i64 = 20;

/// The rooms of a person's groups in a server.
pub(super) async fn rooms_of(
    courier: &Courier,
    guild: &str,
    account: &str,
) -> Result<Option<(Span, Vec<String>)>, StoreError> {
    let mut tx = courier.store.read().await?;
    let Some(workspace) = tx.find_workspace(PLATFORM, guild).await? else { return Ok(None) };
    let Some(account) = tx.find_account(&workspace.id, account).await? else { return Ok(None) };
    let person = tx.get_person(&account.person_id).await?;
    let mut rooms = Vec::new();
    for group in tx.list_groups_with(&person.id).await? {
        for room in tx.list_rooms_of(&group.id).await? {
            if room.workspace_id == workspace.id && room.state == Presence::Active {
                rooms.extend(room.external_id);
            }
        }
    }
    let person = Span::Person { id: person.id.to_string(), name: person.name };
    Ok(Some((person, rooms)))
}

/// Says in a room of the person's group that something waits; nothing happens when there is none, or it was said
/// lately.
pub(super) async fn prompt(courier: &Courier, guild: &str, account: &str) {
    if let Err(reason) = try_prompt(courier, guild, account).await {
        tracing::warn!(discord.guild = %guild, error.reason = %reason, "discord.not_prompted");
    }
}

async fn try_prompt(courier: &Courier, guild: &str, account: &str) -> Result<(), String> {
    let found = rooms_of(courier, guild, account).await.map_err(|error| error.to_string())?;
    let Some((person, rooms)) = found else { return Ok(()) };
    let Some(room) = rooms.first() else { return Ok(()) };
    let now = courier.now();
    // Noted before it is said: once too few is better than once too many.
    let is_time = async {
        let mut tx = courier.store.begin().await?;
        let is_time = tx.mark_prompted(account, now, now.minus_hours(ONCE_IN_HOURS)).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(is_time)
    };
    if !is_time.await.map_err(|error| error.to_string())? {
        return Ok(());
    }
    let place = Place::Room(room.clone());
    let drawn = courier.draw(guild, &place, &words(person)).await;
    let marker = format!("w{:x}", now.as_secs() ^ account.parse::<i64>().unwrap_or(0));
    let posted = courier.post(room, &marker, drawn, Urgency::Bulk).await;
    posted.map(drop).map_err(|error: CallError| error.to_string())
}

fn words(person: Span) -> Message {
    Message::new()
        .text([
            person,
            ", something is waiting for you. Press the button or type ".into(),
            command("inbox"),
            " to see it; only you will see the answer. After that, the next things can also reach you as direct messages."
                .into(),
        ])
        .actions([Action::primary("Show what waits", "inbox")])
}

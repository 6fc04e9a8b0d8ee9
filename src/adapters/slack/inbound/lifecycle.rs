//! What happens to people, rooms and the installation itself, told to the core. Invariant: news about an installation
//! that is older than the installation is no news; events come in any order and up to a day late.

use serde_json::json;

use super::envelope::{Errand, Loss, Who};
use super::profile::{Known, Profile};
use super::work::Office;
use crate::adapters::common::inbox::End;
use crate::adapters::slack::PLATFORM;
use crate::adapters::slack::transport::{CallError, Urgency};
use crate::core::RoomLoss;
use crate::domain::words::Presence;
use crate::store::StoreError;
use crate::store::inbox::Parcel;
use crate::store::installs::Install;

/// The database is asked again after this long.
const AGAIN_SECS: i64 = 10;

/// Tells the core.
pub(super) async fn note(office: &Office, parcel: &Parcel, errand: Errand) -> End {
    let workspace = parcel.workspace.as_str();
    let told = match errand {
        Errand::Person { profile } => person(office, workspace, *profile).await.map(done),
        Errand::Uninstalled { at } => gone(office, workspace, at).await,
        Errand::Revoked { at, bots } => revoked(office, workspace, at, &bots).await,
        Errand::Renamed { name } => {
            office.core.workspace_changed(PLATFORM, workspace, Some(&name), true).await.map(done)
        }
        Errand::Left { room, account } => left(office, workspace, &room, &account).await.map(done),
        Errand::RoomLost { room, loss } => lost(office, workspace, &room, loss).await.map(done),
        // The others are carried out elsewhere.
        _ => Ok(End::Done),
    };
    told.unwrap_or_else(|error| {
        tracing::warn!(error.reason = %error, inbox.kind = %parcel.kind, "slack.news_not_taken");
        End::Again(AGAIN_SECS)
    })
}

const fn done((): ()) -> End {
    End::Done
}

async fn person(office: &Office, workspace: &str, profile: Profile) -> Result<(), StoreError> {
    let (actor, present) = (office.profiles.actor(&profile), !profile.deleted);
    let is_ours = !profile.bot && !profile.is_foreign(workspace);
    office.profiles.note(workspace, profile, office.now());
    if is_ours {
        office.core.account_changed(PLATFORM, workspace, &actor, present).await?;
        office.homes.touch(workspace, &actor.external_id);
    }
    Ok(())
}

async fn install(office: &Office, workspace: &str) -> Result<Option<Install>, StoreError> {
    office.core.store().read().await?.find_install(PLATFORM, workspace).await
}

/// Whether news of that time still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    Holds,
    Outdated,
    /// Slack could not be asked.
    Unsettled,
}

/// The app may have been installed again since. A token of the environment has no date; Slack says whether it stands.
async fn check_news(office: &Office, workspace: &str, at: i64) -> Result<News, StoreError> {
    if let Some(install) = install(office, workspace).await? {
        return Ok(if is_newer(&install, at) { News::Outdated } else { News::Holds });
    }
    let Ok(token) = office.courier.api.token(workspace).await else { return Ok(News::Holds) };
    Ok(match office.courier.api.call(&token, "auth.test", json!({}), Urgency::Ordinary).await {
        Ok(_) => News::Outdated,
        Err(CallError::Refused { .. }) => News::Holds,
        Err(_) => News::Unsettled,
    })
}

/// Whole seconds are all that Slack gives; within the same second the installation counts as newer.
fn is_newer(install: &Install, at: i64) -> bool {
    install.state == Presence::Active && install.updated_at.as_secs() >= at
}

async fn gone(office: &Office, workspace: &str, at: i64) -> Result<End, StoreError> {
    match check_news(office, workspace, at).await? {
        News::Holds => {}
        News::Unsettled => return Ok(End::Again(AGAIN_SECS)),
        News::Outdated => {
            tracing::info!(slack.workspace = %workspace, "slack.installed_again_meanwhile");
            return Ok(End::Done);
        }
    }
    office.core.workspace_changed(PLATFORM, workspace, None, false).await?;
    let mut tx = office.core.store().begin().await?;
    tx.mark_install_gone(PLATFORM, workspace, office.now()).await?;
    tx.commit().await?;
    office.tokens.forget(workspace, true);
    office.profiles.forget(workspace);
    office.homes.forget(workspace);
    tracing::warn!(slack.workspace = %workspace, "slack.uninstalled");
    Ok(End::Done)
}

/// Only the bot's own token matters: people may take theirs back as they like.
async fn revoked(office: &Office, workspace: &str, at: i64, bots: &[String]) -> Result<End, StoreError> {
    let own = install(office, workspace).await?.map(|install| install.bot_account);
    let concerns_us = match own {
        Some(own) if !own.is_empty() => bots.contains(&own),
        _ => !bots.is_empty(),
    };
    if concerns_us { gone(office, workspace, at).await } else { Ok(End::Done) }
}

/// The bot's own account; `None` when nobody can say now.
async fn own_account(office: &Office, workspace: &str) -> Result<Option<String>, StoreError> {
    if let Some(own) = install(office, workspace).await?.map(|install| install.bot_account)
        && !own.is_empty()
    {
        return Ok(Some(own));
    }
    let Ok(token) = office.courier.api.token(workspace).await else { return Ok(None) };
    let answer = office.courier.api.call(&token, "auth.test", json!({}), Urgency::Ordinary).await;
    Ok(answer.ok().and_then(|answer| answer["user_id"].as_str().map(str::to_owned)))
}

async fn left(office: &Office, workspace: &str, room: &str, account: &str) -> Result<(), StoreError> {
    // Only a bot can be ourselves, so most who leave cost no further question.
    let who = Who { account: account.to_owned(), ..Who::default() };
    let is_person = matches!(office.profiles.find(workspace, &who, office.now()).await, Known::Person { .. });
    if !is_person && own_account(office, workspace).await?.as_deref() == Some(account) {
        return lost(office, workspace, room, Loss::Removed).await;
    }
    office.core.member_left(PLATFORM, workspace, room, account).await
}

async fn lost(office: &Office, workspace: &str, room: &str, loss: Loss) -> Result<(), StoreError> {
    let loss = match loss {
        Loss::Archived => RoomLoss::Archived,
        Loss::Removed => RoomLoss::Removed,
        Loss::Deleted => RoomLoss::Deleted,
    };
    office.core.room_lost(PLATFORM, workspace, room, loss).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::civil::Instant;

    #[test]
    fn news_of_an_uninstallation_that_came_late_does_not_end_a_newer_installation() {
        let install = |state, at| Install {
            platform: PLATFORM.into(),
            workspace: "T1".into(),
            name: String::new(),
            app_id: String::new(),
            bot_account: "UBOT".into(),
            token: String::new(),
            scopes: String::new(),
            state,
            installed_at: Instant::from_secs(0),
            updated_at: Instant::from_secs(at),
        };
        assert!(is_newer(&install(Presence::Active, 200), 100));
        assert!(!is_newer(&install(Presence::Active, 50), 100));
        assert!(!is_newer(&install(Presence::Gone, 200), 100));
    }
}

//! Registering the commands. Discord takes no more than two hundred new ones a day, so what stands there is compared
//! first. Invariant: the commands are written only when they differ from ours, and a bot whose commands cannot be
//! written runs on with those that are there.

use serde_json::Value;
use serenity::model::id::ApplicationId;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio::time::Duration;

use super::commands::differs;
use super::setup::tree;
use super::transport::fault::code;
use super::transport::{Call, CallError, Rest, Route};
use crate::clock::Clock;
use crate::store::{Store, StoreError};

/// Discord is asked again after this long when it cannot be reached.
const AGAIN: Duration = Duration::from_secs(20);

/// It is asked again after this long when as many were made today as may be.
const TOMORROW: Duration = Duration::from_hours(6);

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// They were ours already.
    AsTheyWere,
    /// They are ours now.
    Anew,
}

/// What Discord has of our commands.
pub(super) async fn registered(rest: &Rest, application_id: ApplicationId) -> Result<Value, CallError> {
    let whole = vec![("with_localizations", "true".to_owned())];
    rest.call(Call::get(Route::Commands { application_id }).params(whole)).await
}

/// Registers the commands below `root` in all guilds, as often as it takes, until `stop` turns true.
pub async fn keep_registered(
    rest: &Rest,
    application: Option<&str>,
    root: &str,
    (store, clock): (&Store, &dyn Clock),
    mut stop: watch::Receiver<bool>,
) {
    let ours = tree(root);
    loop {
        let mut pause = AGAIN;
        match register(rest, application, &ours).await {
            Ok((application, done)) => {
                tracing::info!(discord.application = %application, discord.registered = ?done, "discord.commands");
                if let Err(error) = note(store, &application.to_string(), &ours, clock).await {
                    tracing::warn!(error.reason = %error, "discord.registration_not_noted");
                }
                return;
            }
            Err(error) if error.is_any(&[code::TOO_MANY_COMMANDS]) => {
                tracing::error!(
                    error.reason = %error,
                    "Discord takes no more new commands of this bot today; the ones that are there stay, and it is asked \
                     again in some hours"
                );
                pause = TOMORROW;
            }
            Err(error @ (CallError::Refused { .. } | CallError::Locked)) => {
                tracing::error!(error.reason = %error, "discord.commands_not_registered");
                return;
            }
            Err(error) => tracing::warn!(error.reason = %error, "discord.commands_not_registered_yet"),
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn register(
    rest: &Rest,
    application: Option<&str>,
    ours: &Value,
) -> Result<(ApplicationId, Registered), CallError> {
    let application_id = if let Some(id) = application.and_then(id) {
        id
    } else {
        let answer = rest.call(Call::get(Route::Oauth2ApplicationCurrent)).await?;
        answer["id"].as_str().and_then(id).ok_or_else(|| CallError::unread("application"))?
    };
    let theirs = registered(rest, application_id).await?;
    if !differs(ours, &theirs) {
        return Ok((application_id, Registered::AsTheyWere));
    }
    rest.call(Call::put(Route::Commands { application_id }, Some(ours.clone()))).await?;
    Ok((application_id, Registered::Anew))
}

/// An application's id, if it can be one.
pub(super) fn id(text: &str) -> Option<ApplicationId> {
    text.trim().parse::<std::num::NonZeroU64>().ok().map(ApplicationId::from)
}

/// What `roundtable check` compares with.
async fn note(store: &Store, scope: &str, ours: &Value, clock: &dyn Clock) -> Result<(), StoreError> {
    let print = print_of(ours);
    let known = store.read().await?.find_commands(scope).await?;
    if known.as_deref() == Some(&*print) {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    tx.mark_commands(scope, &print, clock.now()).await?;
    tx.commit().await
}

/// A fingerprint of a set of commands.
pub fn print_of(commands: &Value) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(commands.to_string().as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut print, byte| {
        let _ = write!(print, "{byte:02x}");
        print
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fingerprint_tells_sets_of_commands_apart() {
        let print = print_of(&json!([{"name": "mentor"}]));
        assert_eq!(print.len(), 64);
        assert_eq!(print, print_of(&json!([{"name": "mentor"}])));
        assert_ne!(print, print_of(&json!([{"name": "mentors"}])));
    }

    #[test]
    fn an_application_is_named_by_a_number_that_is_not_zero() {
        assert!(id(" 42 ").is_some());
        assert!(id("0").is_none() && id("").is_none() && id("x").is_none());
    }
}

//! The bot's token, which comes from the environment alone. Invariant: what is surely no bot token is refused with the
//! name of the place it belongs to, and never repeated.

use super::Discord;
use super::read::{is_id, is_public_key};
use crate::config::fault::ConfigFault;
use crate::config::secret::{Environment, Secret};

/// The variable that holds the token; with `_FILE` it names a file that holds it.
pub(in crate::config) const TOKEN: &str = "ROUNDTABLE_DISCORD_TOKEN";

const ORIGIN: &str = "You get the bot token on the page of your app at discord.com/developers, under \"Bot\", with the \
                      button \"Reset Token\".";

/// Takes the token from the environment, when Discord is on; notes when it is missing or of the wrong kind.
pub(in crate::config) fn take_secrets(
    discord: &mut Discord,
    env: &Environment<'_>,
    faults: &mut Vec<ConfigFault>,
) {
    if !discord.is_on() {
        return;
    }
    let fault = |what: String| ConfigFault { file: None, line: 0, key: TOKEN.to_owned(), what };
    match Secret::from_environment(TOKEN, env) {
        Ok(Some(token)) => {
            match kind_of(token.expose()) {
                Ok(()) => {}
                Err(what) => faults.push(fault(format!("{what} {ORIGIN}"))),
            }
            discord.token = token;
        }
        Ok(None) => {
            faults.push(fault(format!("this is not set. Please set it, or {TOKEN}_FILE. {ORIGIN}")));
        }
        Err(found) => faults.push(found),
    }
}

/// Whether this can be a bot token: three parts with points between them.
fn kind_of(value: &str) -> Result<(), &'static str> {
    if value.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("bot ")) {
        return Err("this begins with the word \"Bot\". Please set the token alone.");
    }
    if is_public_key(value) {
        return Err("this is a public key. It belongs in public_key under [discord].");
    }
    if is_id(value) {
        return Err("this is an application id. It belongs in application_id under [discord].");
    }
    if ["xoxb-", "xapp-", "xoxe", "xoxp-"].iter().any(|begin| value.starts_with(begin)) {
        return Err("this is a token of Slack's.");
    }
    if value.starts_with("mfa.") {
        return Err("this is the token of a person's account, which a bot must never use.");
    }
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let good = |part: &str| !part.is_empty() && part.chars().all(letter);
    match value.split('.').collect::<Vec<_>>().as_slice() {
        [user, time, rest] if [user, time, rest].into_iter().all(|part| good(part)) => Ok(()),
        [one] if good(one) && one.len() == 32 => {
            Err("this looks like the client secret, which is not needed, and not like a bot token.")
        }
        _ => Err("this is not a bot token, which has three parts with points between them."),
    }
}

//! The keys of `[discord]`. Invariant: the token can only travel encrypted or within this machine, because no other
//! address is accepted.

use super::{Discord, DiscordMode, DiscordRooms};
use crate::config::read::{Reader, nearest};
use crate::config::{settle, take, values};

/// An id of Discord's has up to twenty digits; the first that was ever given out had fifteen. A stand-in's may be short.
const LONGEST_ID: usize = 20;
/// An Ed25519 key in hexadecimal digits.
const KEY_DIGITS: usize = 64;
/// More people than this no bot should begin to write to on one day.
const MOST_NEW_DIRECTS: u32 = 1_000;

/// Reads `[discord]`.
pub(in crate::config) fn read(reader: &mut Reader<'_>, discord: &mut Discord) {
    let mode_line = take(reader, "discord", "mode", mode, &mut discord.mode).unwrap_or(0);
    if discord.is_on() && !cfg!(feature = "discord") {
        let what = "this program was built without Discord. Please write \"off\", or build it with --features discord.";
        reader.fault(mode_line, "discord.mode", what);
    }
    take(
        reader,
        "discord",
        "application_id",
        |text| application(text).map(Some),
        &mut discord.application_id,
    );
    let mut key_is_good = true;
    if let Some(placed) = reader.text("discord", "public_key") {
        match public_key(&placed.value) {
            Ok(key) => discord.public_key = Some(key),
            Err(what) => {
                key_is_good = false;
                reader.fault(placed.line, "discord.public_key", what);
            }
        }
    }
    take(reader, "discord", "api", api, &mut discord.api);
    take(reader, "discord", "gateway", |text| gateway(text).map(Some), &mut discord.gateway);
    take(reader, "discord", "listen", values::address, &mut discord.listen);
    take(reader, "discord", "admins", admins, &mut discord.admins);
    take(reader, "discord", "rooms", rooms, &mut discord.rooms);
    let placed = reader.flag("discord", "member_intent");
    settle(reader, ("discord", "member_intent"), placed, Ok, &mut discord.member_intent);
    let placed = reader.number("discord", "new_direct_per_day");
    let key = ("discord", "new_direct_per_day");
    settle(reader, key, placed, |digits| new_directs(&digits), &mut discord.new_direct_per_day);
    if discord.listens() && discord.public_key.is_none() && key_is_good {
        let what = "requests of Discord are signed, and this key is needed to check them. Please copy it from the \
                    page of your app at discord.com/developers, under \"General Information\", into public_key \
                    under [discord].";
        reader.fault(mode_line, "discord.public_key", what);
    }
}

fn mode(text: &str) -> Result<DiscordMode, String> {
    let words = || DiscordMode::ALL.iter().map(|mode| mode.as_str());
    DiscordMode::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or_else(|| {
        match nearest(text, words()) {
            Some(near) => format!("this is not a way to reach Discord. Did you mean \"{near}\"?"),
            None => "this is not a way to reach Discord. Please write \"off\", \"gateway\" or \"http\"."
                .to_owned(),
        }
    })
}

fn rooms(text: &str) -> Result<DiscordRooms, String> {
    let words = || DiscordRooms::ALL.iter().map(|rooms| rooms.as_str());
    DiscordRooms::ALL.into_iter().find(|rooms| rooms.as_str() == text).ok_or_else(|| {
        match nearest(text, words()) {
            Some(near) => format!("this is not a kind of room. Did you mean \"{near}\"?"),
            None => {
                "this is not a kind of room. Please write \"threads\" for private threads of one channel, or \
                     \"channels\" for private channels."
                    .to_owned()
            }
        }
    })
}

/// Whether a text can be an id of Discord's.
pub(super) fn is_id(text: &str) -> bool {
    text.len() <= LONGEST_ID && text.parse::<u64>().is_ok_and(|id| id > 0)
}

/// Whether a text can be the public key of an app.
pub(super) fn is_public_key(text: &str) -> bool {
    text.len() == KEY_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn application(text: &str) -> Result<String, String> {
    if is_id(text) {
        return Ok(text.to_owned());
    }
    let begin = if is_public_key(text) {
        "this is the public key. It belongs in public_key."
    } else {
        "this is not an application id, which is a number."
    };
    Err(format!(
        "{begin} The application id is on the page of your app at discord.com/developers, under \"General \
         Information\"."
    ))
}

fn public_key(text: &str) -> Result<String, String> {
    if is_public_key(text) {
        return Ok(text.to_ascii_lowercase());
    }
    let begin = if is_id(text) {
        "this is an application id. It belongs in application_id."
    } else {
        "this is not a public key, which has 64 of the characters 0 to 9 and a to f."
    };
    Err(format!(
        "{begin} The public key is on the page of your app at discord.com/developers, under \"General Information\"."
    ))
}

/// The token travels to this address, so it is an encrypted one, or on this machine.
fn api(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    if values::is_web_address(text) && !text.contains(['?', '#']) {
        return Ok(text.trim_end_matches("/api").to_owned());
    }
    Err("this is not the address of Discord's API. Please write https://discord.com; http:// is accepted for this \
         machine only."
        .to_owned())
}

/// The token travels there too.
fn gateway(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let as_web = text.strip_prefix("ws").map(|rest| format!("http{rest}"));
    if as_web.is_some_and(|web| values::is_web_address(&web)) {
        return Ok(text.to_owned());
    }
    Err("this is not the address of a gateway. Please remove the line, so that Discord says where to connect, or \
         write one that begins with wss://; ws:// is accepted for this machine only."
        .to_owned())
}

/// Ids, and the unique names without capitals that Discord gives people.
fn admins(text: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> = text
        .split(',')
        .map(|name| name.trim().trim_start_matches('@').to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
    let is_name = |name: &str| (2..=32).contains(&name.len()) && name.chars().all(letter);
    if names.iter().all(|name| is_name(name)) {
        return Ok(names);
    }
    Err("these are not all user names or user ids. Please write, for example, \"ada.stone, 80351110224678912\"; a \
         user name has small letters, and stands below the display name in a person's profile."
        .to_owned())
}

fn new_directs(digits: &str) -> Result<u32, String> {
    digits.parse().ok().filter(|count| *count <= MOST_NEW_DIRECTS).ok_or_else(|| {
        format!(
            "Discord blocks bots that begin to write to many people at once. Please write a number from 0 to \
             {MOST_NEW_DIRECTS}; 50 is a good one."
        )
    })
}

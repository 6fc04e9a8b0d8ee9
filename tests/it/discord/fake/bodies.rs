//! Bodies of messages: what may stand in them, by whichever way they come, and the house's own rule that whom a
//! message calls is always said.

use serde_json::Value;

use super::components::{self, V2};
use super::refuse::{Check, Refused, join};

/// Suppresses previews of links.
const NO_EMBEDS: u64 = 1 << 2;
/// Only one person sees it.
pub const EPHEMERAL: u64 = 1 << 6;
/// Rings nowhere.
const SILENT: u64 = 1 << 12;

/// By which way a message comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Said in a channel.
    Channel,
    /// A message of the bot is changed.
    Change,
    /// The first answer to an interaction.
    Answer,
    /// A further answer.
    Further,
}

/// Looks at a whole message; `files` are those that came beside it, by their number.
pub fn of_message(body: &Value, way: Way, files: &[usize]) -> Result<(), Refused> {
    let mut check = Check::default();
    look(&mut check, "", body, way, files);
    check.end()?;
    let nothing = |key: &str| body[key].as_array().is_none_or(Vec::is_empty);
    let empty = body["content"].as_str().is_none_or(str::is_empty);
    let bare = nothing("embeds") && nothing("components") && nothing("sticker_ids");
    if way != Way::Change && empty && bare && files.is_empty() && body["poll"].is_null() {
        return Err(Refused::Breach(50_006, "a message without anything in it".into()));
    }
    Ok(())
}

/// The same within a larger body.
pub fn look(check: &mut Check, place: &str, body: &Value, way: Way, files: &[usize]) {
    let known = match way {
        Way::Channel => {
            "content nonce enforce_nonce tts embeds allowed_mentions message_reference components sticker_ids \
             attachments flags poll"
        }
        Way::Change => "content embeds flags allowed_mentions components attachments",
        Way::Answer | Way::Further => "content tts embeds allowed_mentions flags components attachments poll",
    };
    check.keys(place, body, known);
    let flags = body["flags"].as_u64().unwrap_or(0);
    let may = match way {
        Way::Channel => NO_EMBEDS | SILENT | V2,
        Way::Change => NO_EMBEDS | V2,
        Way::Answer | Way::Further => NO_EMBEDS | SILENT | EPHEMERAL | V2,
    };
    if flags & !may != 0 || (!body["flags"].is_null() && !body["flags"].is_u64()) {
        check.add(&join(place, "flags"), "BITFIELD_TYPE", "A flag that cannot be set here");
    }
    check.text(&join(place, "content"), &body["content"], 0, 2_000);
    check.truth(&join(place, "tts"), &body["tts"]);
    embeds(check, &join(place, "embeds"), &body["embeds"]);
    components::of_message(check, &join(place, "components"), &body["components"], flags);
    let beside = ["content", "embeds", "poll"].iter().any(|key| {
        let value = &body[*key];
        !value.is_null() && value != "" && value.as_array().is_none_or(|list| !list.is_empty())
    });
    if flags & V2 != 0 && beside {
        check.add(
            &join(place, "flags"),
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "Content and embeds cannot be used here",
        );
    }
    mentions(check, &join(place, "allowed_mentions"), &body["allowed_mentions"]);
    attachments(check, &join(place, "attachments"), &body["attachments"], files, way);
    if way == Way::Channel {
        nonce(check, place, body);
    }
}

fn nonce(check: &mut Check, place: &str, body: &Value) {
    check.text(&join(place, "nonce"), &body["nonce"], 1, 25);
    check.truth(&join(place, "enforce_nonce"), &body["enforce_nonce"]);
    if body["nonce"].is_null() || body["enforce_nonce"] != true {
        check.add(&join(place, "nonce"), "HOUSE_RULE", "A message that is sent again must not be said twice");
    }
}

fn mentions(check: &mut Check, place: &str, value: &Value) {
    if value.is_null() {
        return check.add(place, "HOUSE_RULE", "Whom a message calls is always said");
    }
    check.keys(place, value, "parse roles users replied_user");
    for (n, kind) in check.list(&join(place, "parse"), &value["parse"], 0, 3).iter().enumerate() {
        let place = join(&join(place, "parse"), n);
        if !["users", "roles", "everyone"].iter().any(|known| kind == known) {
            check.add(&place, "BASE_TYPE_CHOICES", "Value must be one of ('roles', 'users', 'everyone').");
        } else if kind != "users" {
            check.add(&place, "HOUSE_RULE", "Nobody calls everybody or a role");
        }
    }
    for key in ["users", "roles"] {
        let place = join(place, key);
        for (n, id) in check.list(&place, &value[key], 0, 100).iter().enumerate() {
            check.snowflake(&join(&place, n), id);
        }
    }
    let parses = value["parse"].as_array().is_some_and(|parse| parse.iter().any(|kind| kind == "users"));
    let names = value["users"].as_array().is_some_and(|users| !users.is_empty());
    if parses && names {
        check.add(
            place,
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
            "parse:[\"users\"] and users: [ids...] are mutually exclusive.",
        );
    }
}

fn attachments(check: &mut Check, place: &str, value: &Value, files: &[usize], way: Way) {
    if files.len() > 10 {
        check.add(place, "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
    }
    let mut named = Vec::new();
    for (n, one) in check.list(place, value, 0, 10).iter().enumerate() {
        let place = join(place, n);
        check.keys(&place, one, "id filename description title duration_secs waveform is_remix");
        check.text(&join(&place, "filename"), &one["filename"], 1, 1_024);
        check.text(&join(&place, "description"), &one["description"], 0, 1_024);
        let id = one["id"].as_u64().or_else(|| one["id"].as_str().and_then(|id| id.parse().ok()));
        match id {
            None => check.required(&join(&place, "id")),
            Some(id) => named.extend(usize::try_from(id).ok()),
        }
    }
    // What was there before keeps its long id; what comes now is named by its number.
    let stray = named.iter().find(|id| **id < 1_000 && !files.contains(id));
    if stray.is_some() || (!value.is_null() && files.iter().any(|file| !named.contains(file))) {
        check.add(place, "ATTACHMENT_NOT_FOUND", "The described files are not those that came");
    }
    let _ = way;
}

fn embeds(check: &mut Check, place: &str, value: &Value) {
    let mut total = 0;
    let mut count = |value: &Value| total += value.as_str().map_or(0, |text| text.chars().count());
    for (n, embed) in check.list(place, value, 0, 10).iter().enumerate() {
        let place = join(place, n);
        check.keys(
            &place,
            embed,
            "title type description url timestamp color footer image thumbnail video provider author fields",
        );
        check.text(&join(&place, "title"), &embed["title"], 0, 256);
        check.text(&join(&place, "description"), &embed["description"], 0, 4_096);
        check.number(&join(&place, "color"), &embed["color"], 0, 0xFF_FF_FF);
        check.text(&join(&place, "footer.text"), &embed["footer"]["text"], 1, 2_048);
        check.text(&join(&place, "author.name"), &embed["author"]["name"], 1, 256);
        for value in
            [&embed["title"], &embed["description"], &embed["footer"]["text"], &embed["author"]["name"]]
        {
            count(value);
        }
        for (key, url) in [
            ("url", &embed["url"]),
            ("image.url", &embed["image"]["url"]),
            ("footer.icon_url", &embed["footer"]["icon_url"]),
        ] {
            let known =
                |url: &str| ["http://", "https://", "attachment://"].iter().any(|s| url.starts_with(s));
            if url.as_str().is_some_and(|url| !known(url)) {
                check.add(
                    &join(&place, key),
                    "URL_TYPE_INVALID_SCHEME",
                    "Scheme must be one of ('http', 'https').",
                );
            }
        }
        for (n, field) in check.list(&join(&place, "fields"), &embed["fields"], 0, 25).iter().enumerate() {
            let place = join(&join(&place, "fields"), n);
            check.keys(&place, field, "name value inline");
            check.needs_text(&join(&place, "name"), &field["name"], 256);
            check.needs_text(&join(&place, "value"), &field["value"], 1_024);
            check.truth(&join(&place, "inline"), &field["inline"]);
            count(&field["name"]);
            count(&field["value"]);
        }
    }
    if total > 6_000 {
        check.add(place, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
    }
}

//! Events: what happens in a workspace without anybody asking the bot. Invariant: what a bot wrote, ours included,
//! and what was only edited or deleted is nobody's command.

use serde_json::Value;

use super::{Delivery, Errand, Loss, What, Who, id, key, plain, some, string, unknown};
use crate::adapters::slack::inbound::profile::Profile;

impl Delivery {
    /// Reads the body of an event.
    pub fn from_event(body: &Value) -> Self {
        let what = match string(body, "/type") {
            "event_callback" => read(body),
            "url_verification" => What::Challenge(string(body, "/challenge").chars().take(500).collect()),
            "app_rate_limited" => What::Throttled,
            other => unknown(other),
        };
        Self { workspace: workspace(body), key: key("e", &[&id(body, "/event_id")]), what }
    }
}

/// The installed workspace: in a shared channel the event may have happened in another one.
fn workspace(body: &Value) -> String {
    ["/authorizations/0/team_id", "/context_team_id", "/team_id"]
        .iter()
        .map(|pointer| id(body, pointer))
        .find(|team| !team.is_empty())
        .unwrap_or_default()
}

fn read(body: &Value) -> What {
    let nothing = Value::Null;
    let event = body.get("event").unwrap_or(&nothing);
    let at = body.get("event_time").and_then(Value::as_i64).unwrap_or(i64::MAX);
    let errand = match string(event, "/type") {
        "message" => typed(event),
        "app_home_opened" => home(event),
        "user_change" | "user_profile_changed" | "team_join" => event
            .get("user")
            .and_then(Profile::read)
            .map(|profile| Errand::Person { profile: Box::new(profile) }),
        "app_uninstalled" => Some(Errand::Uninstalled { at }),
        "tokens_revoked" => Some(Errand::Revoked { at, bots: revoked(event) }),
        "team_rename" => {
            some(string(event, "/name").chars().take(200).collect()).map(|name| Errand::Renamed { name })
        }
        "member_left_channel" => left(event),
        "channel_archive" | "group_archive" => lost(event, Loss::Archived),
        "channel_left" | "group_left" => lost(event, Loss::Removed),
        "channel_deleted" | "group_deleted" => lost(event, Loss::Deleted),
        "app_mention"
        | "member_joined_channel"
        | "channel_rename"
        | "group_rename"
        | "channel_unarchive"
        | "group_unarchive"
        | "team_domain_change"
        | "channel_created" => None,
        other => return unknown(other),
    };
    errand.map_or(What::Nothing, |errand| What::Errand(Box::new(errand)))
}

fn typed(event: &Value) -> Option<Errand> {
    let is_words = matches!(string(event, "/subtype"), "" | "file_share" | "thread_broadcast");
    let is_bot = event.get("bot_id").is_some_and(|bot| !bot.is_null()) || event.get("bot_profile").is_some();
    if string(event, "/channel_type") != "im" || !is_words || is_bot || event.get("hidden").is_some() {
        return None;
    }
    let team = ["/user_team", "/source_team"].iter().map(|at| id(event, at)).find(|team| !team.is_empty());
    let who = Who { account: some(id(event, "/user"))?, handle: String::new(), team };
    let text = plain(string(event, "/text"));
    if text.trim().is_empty() {
        return None;
    }
    Some(Errand::Typed { who, text, room: some(id(event, "/channel"))? })
}

fn home(event: &Value) -> Option<Errand> {
    if string(event, "/tab") != "home" {
        return None;
    }
    let shown = event.get("view").is_some_and(Value::is_object);
    Some(Errand::HomeOpened { account: some(id(event, "/user"))?, shown })
}

fn revoked(event: &Value) -> Vec<String> {
    let bots = event.pointer("/tokens/bot").and_then(Value::as_array);
    bots.into_iter().flatten().take(20).map(|bot| id(bot, "")).filter(|bot| !bot.is_empty()).collect()
}

fn left(event: &Value) -> Option<Errand> {
    Some(Errand::Left { room: some(id(event, "/channel"))?, account: some(id(event, "/user"))? })
}

fn lost(event: &Value, loss: Loss) -> Option<Errand> {
    Some(Errand::RoomLost { room: some(id(event, "/channel"))?, loss })
}

//! The manifest from which somebody makes the Slack app, and what each of its permissions is for. Invariant: the app
//! asks for exactly the scopes that its calls and events need; a call in the code that is not listed here fails a
//! test.

use serde_json::{Value, json};

use crate::core::command::ROOT;

/// Where events, commands and interactions arrive in HTTP mode, below the public address.
pub const EVENTS_PATH: &str = "/slack/events";
/// Where Slack sends a browser back to after an installation.
pub const CALLBACK_PATH: &str = "/slack/oauth/callback";
/// The page to install from.
pub const INSTALL_PATH: &str = "/slack/install";

/// What the app may do, each with its reason.
pub const SCOPES: [(&str, &str); 14] = [
    ("chat:write", "post messages and cards, and bring them up to date"),
    ("commands", "the slash command, buttons and forms"),
    ("files:write", "share calendar files"),
    (
        "groups:history",
        "look for a message that may have been sent to a private channel, before sending it again",
    ),
    ("groups:read", "see who is in the private channels of mentoring groups"),
    ("groups:write", "open private channels for mentoring groups and invite their members"),
    ("im:history", "read what somebody types to the bot"),
    ("im:write", "write to a person directly"),
    (
        "mpim:history",
        "look for a message that may have been sent to a group message, before sending it again",
    ),
    ("mpim:read", "tell group messages from channels"),
    ("mpim:write", "open group messages for small mentoring groups"),
    ("pins:write", "pin the card with a group's next meetup"),
    ("users:read", "take names and time zones from profiles, and hear of changes"),
    ("users:read.email", "tell that accounts of two workspaces are one person"),
];

/// The events that the app hears of, each with the scope that Slack asks for; empty when it asks for none.
pub const EVENTS: [(&str, &str); 10] = [
    ("app_home_opened", ""),
    ("app_uninstalled", ""),
    ("group_archive", "groups:read"),
    ("group_deleted", "groups:read"),
    ("group_left", "groups:read"),
    ("member_left_channel", "groups:read"),
    ("message.im", "im:history"),
    ("team_join", "users:read"),
    ("tokens_revoked", ""),
    ("user_change", "users:read"),
];

/// The Web API methods that the adapter calls, each with its scopes.
pub const METHODS: [(&str, &[&str]); 24] = [
    ("apps.connections.open", &[]),
    ("auth.revoke", &[]),
    ("auth.test", &[]),
    ("bots.info", &["users:read"]),
    ("chat.postEphemeral", &["chat:write"]),
    ("chat.postMessage", &["chat:write"]),
    ("chat.update", &["chat:write"]),
    ("conversations.create", &["groups:write"]),
    ("conversations.history", &["groups:history", "im:history", "mpim:history"]),
    ("conversations.info", &["groups:read", "mpim:read"]),
    ("conversations.invite", &["groups:write"]),
    ("conversations.kick", &["groups:write"]),
    ("conversations.members", &["groups:read"]),
    ("conversations.open", &["im:write", "mpim:write"]),
    ("conversations.setTopic", &["groups:write"]),
    ("files.completeUploadExternal", &["files:write"]),
    ("files.getUploadURLExternal", &["files:write"]),
    ("oauth.v2.access", &[]),
    ("pins.add", &["pins:write"]),
    ("users.conversations", &["groups:read"]),
    ("users.info", &["users:read", "users:read.email"]),
    ("views.open", &[]),
    ("views.publish", &[]),
    ("views.update", &[]),
];

/// The names of all scopes.
pub fn scopes() -> Vec<&'static str> {
    SCOPES.iter().map(|(scope, _)| *scope).collect()
}

/// Where the app is to be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses<'a> {
    /// Public address for HTTP mode; without it the manifest is for Socket Mode.
    pub http: Option<&'a str>,
    /// Public address of the page to install from, when it differs or Socket Mode is used.
    pub install: Option<&'a str>,
}

/// The manifest as Slack's page takes it.
pub fn manifest(addresses: &Addresses<'_>) -> Value {
    let events: Vec<&str> = EVENTS.iter().map(|(event, _)| *event).collect();
    let mut command = json!({
        "command": ROOT,
        "description": "Your mentoring groups: meetups, starters, check-ins",
        "usage_hint": "help",
        "should_escape": true,
    });
    let mut oauth = json!({ "scopes": { "bot": scopes() } });
    let mut subscriptions = json!({ "bot_events": events });
    let mut interactivity = json!({ "is_enabled": true });
    if let Some(base) = addresses.http {
        let events_url = join(base, EVENTS_PATH);
        command["url"] = json!(events_url);
        subscriptions["request_url"] = json!(events_url);
        interactivity["request_url"] = json!(events_url);
        interactivity["message_menu_options_url"] = json!(events_url);
    }
    if let Some(base) = addresses.install.or(addresses.http) {
        oauth["redirect_urls"] = json!([join(base, CALLBACK_PATH)]);
    }
    json!({
        "_metadata": { "major_version": 1, "minor_version": 1 },
        "display_information": {
            "name": "Roundtable",
            "description": "Group mentoring where you already talk",
            "background_color": "#1f3a4d",
            "long_description": LONG_DESCRIPTION,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": true,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": false,
            },
            "bot_user": { "display_name": "roundtable", "always_online": true },
            "slash_commands": [command],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "org_deploy_enabled": false,
            "socket_mode_enabled": addresses.http.is_none(),
            "token_rotation_enabled": false,
        },
    })
}

const LONG_DESCRIPTION: &str = "Roundtable forms mentoring groups, books their meetups around holidays and working \
    hours, gives mentors something to open the talk with, and asks at least twice a year how it is going. It writes \
    a few messages a week at most, in your working hours, and you can snooze or stop each kind. Answers to check-ins \
    are confidential.";

/// An address with a path below it.
pub fn join(base: &str, path: &str) -> String {
    format!("{}{path}", base.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_scopes_are_those_that_calls_and_events_need_and_no_others() {
        let asked: BTreeSet<&str> = scopes().into_iter().collect();
        let calls = METHODS.iter().flat_map(|(_, scopes)| scopes.iter().copied());
        let events = EVENTS.iter().map(|(_, scope)| *scope).filter(|scope| !scope.is_empty());
        // A slash command is no call: Slack asks for this scope when the app has one.
        let needed: BTreeSet<&str> = calls.chain(events).chain(["commands"]).collect();
        assert_eq!(asked, needed);
        assert_eq!(asked.len(), SCOPES.len(), "none twice");
        assert!(SCOPES.is_sorted() && EVENTS.is_sorted() && METHODS.is_sorted());
    }

    /// Every `"family.method"` literal of the adapter.
    fn called(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                called(&path, found);
                continue;
            }
            let is_table = ["manifest.rs", "methods.rs", "tests.rs"].iter().any(|name| path.ends_with(name));
            let text = std::fs::read_to_string(&path).expect("text");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            for literal in code.split('"').filter(|_| !is_table) {
                let family = literal.split('.').next().unwrap_or_default();
                let families = [
                    "apps",
                    "auth",
                    "bots",
                    "chat",
                    "conversations",
                    "files",
                    "oauth",
                    "pins",
                    "reactions",
                    "team",
                    "users",
                    "views",
                ];
                let is_name =
                    literal.contains('.') && literal.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
                if families.contains(&family) && is_name {
                    found.insert(literal.to_owned());
                }
            }
        }
    }

    #[test]
    fn every_method_that_the_code_calls_is_in_the_table() {
        let mut found = BTreeSet::new();
        called(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/adapters/slack"), &mut found);
        assert!(found.contains("chat.postMessage"), "the search itself works: {found:?}");
        let known: BTreeSet<String> = METHODS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(
            found.difference(&known).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "add these to METHODS"
        );
        assert_eq!(known.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new(), "nobody calls these");
    }

    #[test]
    fn the_manifest_for_a_connection_has_no_address() {
        let manifest = manifest(&Addresses::default());
        assert_eq!(manifest["settings"]["socket_mode_enabled"], true);
        assert!(!manifest.to_string().contains("url"), "{manifest}");
        assert_eq!(manifest["features"]["slash_commands"][0]["command"], "/mentor");
        assert_eq!(manifest["settings"]["event_subscriptions"]["bot_events"].as_array().unwrap().len(), 10);
    }

    #[test]
    fn the_manifest_for_requests_has_the_same_address_everywhere() {
        let manifest = manifest(&Addresses { http: Some("https://mentoring.example.org/"), install: None });
        let events = "https://mentoring.example.org/slack/events";
        assert_eq!(manifest["settings"]["socket_mode_enabled"], false);
        assert_eq!(manifest["settings"]["event_subscriptions"]["request_url"], events);
        assert_eq!(manifest["settings"]["interactivity"]["request_url"], events);
        assert_eq!(manifest["settings"]["interactivity"]["message_menu_options_url"], events);
        assert_eq!(manifest["features"]["slash_commands"][0]["url"], events);
        let back = "https://mentoring.example.org/slack/oauth/callback";
        assert_eq!(manifest["oauth_config"]["redirect_urls"], json!([back]));
    }

    #[test]
    fn a_connection_can_be_installed_from_a_page_too() {
        let manifest = manifest(&Addresses { http: None, install: Some("https://mentoring.example.org") });
        let back = "https://mentoring.example.org/slack/oauth/callback";
        assert_eq!(manifest["oauth_config"]["redirect_urls"], json!([back]));
        assert_eq!(manifest["settings"]["socket_mode_enabled"], true);
    }

    #[test]
    fn the_page_for_newcomers_lists_the_scopes_with_their_reasons() {
        let page = include_str!("../../../docs/slack.md");
        let (_, rest) = page.split_once("<!-- scopes").expect("the list begins with a mark");
        let (listed, _) = rest.split_once("<!-- /scopes -->").expect("the list ends with a mark");
        let listed: Vec<&str> = listed.lines().skip(3).collect();
        let expected: Vec<String> =
            SCOPES.iter().map(|(scope, why)| format!("| `{scope}` | {why} |")).collect();
        assert_eq!(listed, expected);
    }

    #[test]
    fn texts_keep_within_what_slack_shows() {
        let manifest = manifest(&Addresses::default());
        let length = |pointer: &str| manifest.pointer(pointer).unwrap().as_str().unwrap().chars().count();
        assert!(length("/display_information/name") <= 35);
        assert!(length("/display_information/description") <= 140);
        assert!((174..=4_000).contains(&length("/display_information/long_description")));
        assert!(length("/features/bot_user/display_name") <= 80);
        assert!(length("/features/slash_commands/0/description") <= 2_000);
        assert!(length("/features/slash_commands/0/usage_hint") <= 1_000);
    }
}

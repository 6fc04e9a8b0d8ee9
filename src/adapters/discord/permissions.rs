//! What the bot has to be allowed in a server, and what it is allowed. Invariant: the invite link asks for exactly what
//! this table names, and the check looks for exactly the same.

use serde_json::Value;

use crate::config::DiscordRooms;

/// For whom something is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// In every server.
    Always,
    /// Where rooms are private threads.
    Threads,
    /// Where rooms are private channels.
    Channels,
}

/// One permission.
#[derive(Debug, PartialEq, Eq)]
pub struct Permission {
    /// Discord's bit.
    pub bit: u64,
    /// As Discord's settings call it.
    pub name: &'static str,
    /// What for.
    pub why: &'static str,
    /// Where it is needed.
    pub need: Need,
}

const fn row(bit: u32, name: &'static str, need: Need, why: &'static str) -> Permission {
    Permission { bit: 1 << bit, name, why, need }
}

/// Whoever has this may do everything.
const ADMINISTRATOR: u64 = 1 << 3;
/// Nothing else counts where this is missing.
pub const VIEW: u64 = 1 << 10;
/// To write in a channel.
pub const SEND: u64 = 1 << 11;

/// Everything that is needed, each with its reason.
pub const NEEDED: [Permission; 12] = [
    row(10, "View Channels", Need::Always, "see the mentoring channel and the rooms of groups"),
    row(11, "Send Messages", Need::Always, "write there"),
    row(14, "Embed Links", Need::Always, "show cards; what the bot writes to a room is always one"),
    row(15, "Attach Files", Need::Always, "share calendar files and pictures"),
    row(
        16,
        "Read Message History",
        Need::Always,
        "look for a message that may have been sent, before sending it again",
    ),
    row(51, "Pin Messages", Need::Always, "pin the card with a group's next meetup"),
    row(44, "Create Events", Need::Always, "show a group's next meetup among the server's events"),
    row(36, "Create Private Threads", Need::Threads, "open a room for each group"),
    row(38, "Send Messages in Threads", Need::Threads, "write there"),
    row(34, "Manage Threads", Need::Threads, "wake a room that was closed, and let out who left the group"),
    row(4, "Manage Channels", Need::Channels, "open a private channel for each group"),
    row(28, "Manage Roles", Need::Channels, "let the group's members into it, and nobody else"),
];

impl Permission {
    /// Whether it is needed where rooms are like this.
    pub const fn is_needed(&self, rooms: DiscordRooms) -> bool {
        match self.need {
            Need::Always => true,
            Need::Threads => matches!(rooms, DiscordRooms::Threads),
            Need::Channels => matches!(rooms, DiscordRooms::Channels),
        }
    }
}

/// All bits that are needed.
pub fn bits(rooms: DiscordRooms) -> u64 {
    NEEDED.iter().filter(|one| one.is_needed(rooms)).fold(0, |all, one| all | one.bit)
}

/// What is needed and not among these bits.
pub fn missing(has: u64, rooms: DiscordRooms) -> Vec<&'static Permission> {
    if has & ADMINISTRATOR != 0 {
        return Vec::new();
    }
    NEEDED.iter().filter(|one| one.is_needed(rooms) && has & one.bit == 0).collect()
}

/// Names in a row, each with its reason.
pub fn listed(missing: &[&Permission]) -> String {
    let one = |one: &&Permission| format!("\"{}\" ({})", one.name, one.why);
    missing.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The link with which somebody adds the bot to a server.
pub fn invite(application: &str, rooms: DiscordRooms) -> String {
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={}",
        bits(rooms)
    )
}

/// What a member may do in a server, or in one of its channels: Discord's own rules, from its own objects. Without a
/// member's roles it is what everybody may do.
pub fn effective(guild: &Value, member: &Value, channel: Option<&Value>) -> u64 {
    let account = &member["user"]["id"];
    if account.is_string() && guild["owner_id"] == *account {
        return u64::MAX;
    }
    let everybody = &guild["id"];
    let has = |role: &Value| {
        role == everybody || member["roles"].as_array().is_some_and(|roles| roles.contains(role))
    };
    let roles = guild["roles"].as_array().into_iter().flatten();
    let base = roles.filter(|role| has(&role["id"])).fold(0, |all, role| all | number(&role["permissions"]));
    if base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let Some(channel) = channel else { return base };
    let overwrites: Vec<&Value> = channel["permission_overwrites"].as_array().into_iter().flatten().collect();
    let apply = |base: u64, of: &dyn Fn(&Value) -> bool| {
        let (deny, allow) = overwrites
            .iter()
            .filter(|one| of(one))
            .fold((0, 0), |(deny, allow), one| (deny | number(&one["deny"]), allow | number(&one["allow"])));
        base & !deny | allow
    };
    let is_role = |one: &Value| one["type"] == 0 && one["id"] != *everybody && has(&one["id"]);
    let all = apply(base, &|one| one["type"] == 0 && one["id"] == *everybody);
    let all = apply(all, &is_role);
    let all = apply(all, &|one| one["type"] == 1 && one["id"] == *account);
    if all & VIEW == 0 { 0 } else { all }
}

/// Discord writes bits as the digits of a number in a text.
fn number(bits: &Value) -> u64 {
    bits.as_str().and_then(|digits| digits.parse().ok()).or_else(|| bits.as_u64()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use serde_json::json;

    use super::*;

    const THREADS: DiscordRooms = DiscordRooms::Threads;

    fn guild(everybody: u64, bot: u64) -> Value {
        json!({"id": "5", "owner_id": "1", "roles": [
            {"id": "5", "permissions": everybody.to_string()},
            {"id": "8", "permissions": bot.to_string()},
            {"id": "9", "permissions": u64::MAX.to_string()},
        ]})
    }

    fn bot() -> Value {
        json!({"user": {"id": "7"}, "roles": ["8"]})
    }

    #[test]
    fn the_link_asks_for_what_the_table_names_and_for_nothing_that_rules_a_server() {
        let link = invite("42", THREADS);
        let asked: u64 = link.rsplit_once("permissions=").unwrap().1.parse().unwrap();
        assert_eq!(asked, bits(THREADS));
        assert!(link.contains("client_id=42&") && link.contains("scope=bot+applications.commands"));
        for bit in [1, 2, 3, 4, 5, 13, 17, 28, 29] {
            assert_eq!(asked & 1 << bit, 0, "kick, ban, administrator, manage …: {bit}");
        }
        let channels = bits(DiscordRooms::Channels);
        assert_eq!(channels & (1 << 4 | 1 << 28), 1 << 4 | 1 << 28);
        assert_eq!(channels & 1 << 36, 0, "no threads are made there");
        let once: std::collections::BTreeSet<u64> = NEEDED.iter().map(|one| one.bit).collect();
        assert_eq!(once.len(), NEEDED.len());
    }

    #[test]
    fn the_page_lists_the_table() {
        let page = include_str!("../../../docs/discord.md");
        let (_, rest) = page.split_once("<!-- permissions").unwrap();
        let (listed, _) = rest.split_once("-->\n").unwrap().1.split_once("<!-- /permissions -->").unwrap();
        let mut expected = String::from("| Permission | For |\n| --- | --- |\n");
        for one in &NEEDED {
            let place = match one.need {
                Need::Always => "",
                Need::Threads => " (rooms are threads)",
                Need::Channels => " (rooms are channels)",
            };
            let _ = writeln!(expected, "| {}{place} | {} |", one.name, one.why);
        }
        assert_eq!(listed, expected);
    }

    #[test]
    fn whoever_was_added_by_the_link_lacks_nothing() {
        for rooms in DiscordRooms::ALL {
            assert!(missing(effective(&guild(0, bits(rooms)), &bot(), None), rooms).is_empty());
        }
        let lacking = missing(bits(THREADS) & !(1 << 36), THREADS);
        assert_eq!(listed(&lacking), "\"Create Private Threads\" (open a room for each group)");
        assert!(missing(ADMINISTRATOR, THREADS).is_empty());
    }

    #[test]
    fn a_channel_takes_and_gives_in_discords_order() {
        let overwrite = |id: &str, kind: u8, allow: u64, deny: u64| json!({"id": id, "type": kind, "allow": allow.to_string(), "deny": deny.to_string()});
        let with = |overwrites: Value| {
            effective(&guild(VIEW, SEND), &bot(), Some(&json!({"permission_overwrites": overwrites})))
        };
        assert_eq!(with(json!([])), VIEW | SEND);
        assert_eq!(with(json!([overwrite("5", 0, 0, SEND)])), VIEW);
        assert_eq!(with(json!([overwrite("5", 0, 0, SEND), overwrite("8", 0, SEND, 0)])), VIEW | SEND);
        assert_eq!(with(json!([overwrite("8", 0, SEND, 0), overwrite("7", 1, 0, SEND)])), VIEW);
        assert_eq!(with(json!([overwrite("9", 0, 0, u64::MAX)])), VIEW | SEND, "a role of others");
        assert_eq!(with(json!([overwrite("5", 0, 0, VIEW)])), 0, "who sees nothing may nothing");
    }

    #[test]
    fn owners_and_administrators_may_everything_everywhere() {
        let channel =
            json!({"permission_overwrites": [{"id": "5", "type": 0, "allow": "0", "deny": "1024"}]});
        let owner = json!({"user": {"id": "1"}, "roles": []});
        assert_eq!(effective(&guild(0, 0), &owner, Some(&channel)), u64::MAX);
        assert_eq!(effective(&guild(0, ADMINISTRATOR), &bot(), Some(&channel)), u64::MAX);
        assert_eq!(effective(&json!({}), &json!({}), None), 0);
    }
}

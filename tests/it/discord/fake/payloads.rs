//! What Discord shows of what it holds: users, members, channels, messages and servers, with every field that
//! libraries insist on.

use roundtable::domain::civil::Instant;
use serde_json::{Value, json};

use super::rights::{self, Overwrite};
use super::world::{APP, Channel, Guild, Kind, Message, Role, User, World};

/// A moment as Discord writes it.
pub fn stamp(at: Instant) -> String {
    let secs = at.as_micros().div_euclid(1_000_000);
    let (days, rest) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
    // Days since 1970 to a date, by the usual reckoning in eras of four hundred years.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = years + era * 400 + i64::from(month <= 2);
    let micros = at.as_micros().rem_euclid(1_000_000);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{micros:06}+00:00",
        rest / 3_600,
        rest / 60 % 60,
        rest % 60
    )
}

/// A user.
pub fn user(user: &User) -> Value {
    json!({
        "id": user.id, "username": user.name, "discriminator": "0", "global_name": user.shown, "avatar": null,
        "bot": user.bot, "system": false, "public_flags": 0, "banner": null, "accent_color": null, "clan": null,
        "primary_guild": null, "avatar_decoration_data": null, "collectibles": null,
    })
}

/// A user by id, known or not.
pub fn user_by(world: &World, id: &str) -> Value {
    let stranger = User { id: id.into(), name: "deleted_user".into(), ..User::default() };
    user(world.users.get(id).unwrap_or(&stranger))
}

/// The bot's own account, as it sees itself.
pub fn own(world: &World) -> Value {
    let mut own = user_by(world, APP);
    for (key, value) in [
        ("mfa_enabled", json!(true)),
        ("verified", json!(true)),
        ("email", Value::Null),
        ("flags", json!(0)),
        ("locale", json!("en-US")),
    ] {
        own[key] = value;
    }
    own
}

/// A member of a server.
pub fn member(world: &World, guild: &Guild, id: &str) -> Value {
    let known = guild.members.get(id);
    json!({
        "user": user_by(world, id), "nick": known.and_then(|m| m.nick.clone()), "avatar": null, "banner": null,
        "roles": known.map(|m| m.roles.iter().cloned().collect::<Vec<_>>()).unwrap_or_default(),
        "joined_at": "2026-01-05T09:00:00.000000+00:00", "premium_since": null, "deaf": false, "mute": false,
        "flags": 0, "pending": false, "communication_disabled_until": null, "unusual_dm_activity_until": null,
    })
}

/// A role.
pub fn role(role: &Role) -> Value {
    json!({
        "id": role.id, "name": role.name, "permissions": role.permissions.to_string(), "position": role.position,
        "color": 0, "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
        "hoist": false, "icon": null, "unicode_emoji": null, "managed": role.id == APP, "mentionable": false,
        "flags": 0,
    })
}

/// An exception of a channel.
pub fn overwrite(o: &Overwrite) -> Value {
    json!({ "id": o.id, "type": u8::from(o.member), "allow": o.allow.to_string(), "deny": o.deny.to_string() })
}

/// A channel, a thread or a direct conversation.
pub fn channel(world: &World, channel: &Channel) -> Value {
    let last = channel.messages.iter().rev().find(|m| m.only.is_none()).map(|m| m.id.clone());
    let mut shown = json!({
        "id": channel.id, "type": channel.kind as u8, "flags": 0, "last_message_id": last, "last_pin_timestamp": null,
    });
    let mut put = |more: Value| {
        for (key, value) in more.as_object().into_iter().flatten() {
            shown[key] = value.clone();
        }
    };
    if channel.kind == Kind::Direct {
        put(json!({ "recipients": [user_by(world, &channel.owner)] }));
        return shown;
    }
    put(
        json!({ "guild_id": channel.guild, "name": channel.name, "parent_id": channel.parent, "rate_limit_per_user": 0 }),
    );
    if let Some(thread) = &channel.thread {
        put(json!({
            "owner_id": channel.owner, "message_count": channel.messages.len(), "total_message_sent": channel.messages.len(),
            "member_count": thread.members.len(),
            "thread_metadata": {
                "archived": thread.archived, "auto_archive_duration": thread.minutes, "locked": thread.locked,
                "archive_timestamp": stamp(channel.active), "invitable": thread.invitable,
                "create_timestamp": stamp(channel.active),
            },
        }));
        if thread.members.contains(APP) {
            put(json!({ "member": thread_member(channel, APP) }));
        }
        return shown;
    }
    let all: Vec<Value> = channel.overwrites.iter().map(overwrite).collect();
    put(json!({ "position": 0, "topic": channel.topic, "nsfw": false, "permission_overwrites": all }));
    if channel.kind == Kind::Voice {
        put(json!({ "bitrate": 64_000, "user_limit": 0, "rtc_region": null }));
    }
    shown
}

/// Somebody in a thread.
pub fn thread_member(thread: &Channel, user: &str) -> Value {
    json!({ "id": thread.id, "user_id": user, "join_timestamp": "2026-01-05T09:00:00.000000+00:00", "flags": 0 })
}

/// A message as it stands in its channel.
pub fn message(world: &World, channel: &Channel, message: &Message) -> Value {
    let mentions: Vec<Value> = message.mentions.iter().map(|id| user_by(world, id)).collect();
    let files: Vec<Value> = message
        .files
        .iter()
        .map(|file| {
            let url = format!("https://cdn.discordapp.com/attachments/{}/{}/{}", channel.id, file.id, file.name);
            json!({
                "id": file.id, "filename": file.name, "size": file.bytes.len(), "url": url, "proxy_url": url,
                "content_type": file.media, "description": file.description, "flags": 0, "ephemeral": message.only.is_some(),
            })
        })
        .collect();
    let mut shown = json!({
        "id": message.id, "channel_id": channel.id, "author": user_by(world, &message.author), "type": message.kind,
        "content": message.content, "timestamp": stamp(message.at), "tts": false, "mention_everyone": false,
        "edited_timestamp": if message.edited > 0 { json!(stamp(message.at)) } else { Value::Null },
        "mentions": mentions, "mention_roles": [], "mention_channels": [], "attachments": files,
        "embeds": message.embeds.iter().map(embed).collect::<Vec<_>>(), "pinned": message.pinned,
        "flags": message.flags, "components": numbered(&message.components),
    });
    if let Some(interaction) = &message.answers {
        let known = world.interactions.values().find(|i| i.id == *interaction);
        let user = known.map(|i| user_by(world, &i.user)).unwrap_or_default();
        shown["webhook_id"] = json!(APP);
        shown["application_id"] = json!(APP);
        shown["interaction_metadata"] =
            json!({ "id": interaction, "type": 2, "user": user, "authorizing_integration_owners": {} });
    }
    shown
}

/// An embed as it comes back: Discord says what kind it is.
fn embed(embed: &Value) -> Value {
    let mut shown = embed.clone();
    shown["type"] = json!("rich");
    shown
}

/// Components come back with numbers of their own.
fn numbered(components: &[Value]) -> Vec<Value> {
    fn number(value: &mut Value, next: &mut u32) {
        value["id"] = json!(*next);
        *next += 1;
        for part in value["components"].as_array_mut().into_iter().flatten() {
            number(part, next);
        }
    }
    let mut all = components.to_vec();
    let mut next = 1;
    for part in &mut all {
        number(part, &mut next);
    }
    all
}

/// A server, without what only the gateway tells.
pub fn guild(guild: &Guild) -> Value {
    json!({
        "id": guild.id, "name": guild.name, "icon": null, "icon_hash": null, "splash": null, "discovery_splash": null,
        "owner_id": guild.owner, "afk_channel_id": null, "afk_timeout": 300, "verification_level": 0,
        "default_message_notifications": 0, "explicit_content_filter": 0,
        "roles": guild.roles.values().map(role).collect::<Vec<_>>(), "emojis": [], "features": [], "mfa_level": 0,
        "application_id": null, "system_channel_id": null, "system_channel_flags": 0, "rules_channel_id": null,
        "max_presences": null, "max_members": 500_000, "vanity_url_code": null, "description": null, "banner": null,
        "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": guild.locale,
        "public_updates_channel_id": null, "max_video_channel_users": 25, "max_stage_video_channel_users": 50,
        "nsfw_level": 0, "stickers": [], "premium_progress_bar_enabled": false, "safety_alerts_channel_id": null,
        "widget_enabled": false, "widget_channel_id": null,
    })
}

/// A server as the gateway tells it. The incomplete one lacks what libraries trip over.
pub fn guild_create(world: &World, id: &str, incomplete: bool) -> Value {
    let known = world.guild(id);
    let mut shown = guild(known);
    let of = |threads: bool| -> Vec<Value> {
        let own = world.channels.values().filter(|c| c.guild.as_deref() == Some(id));
        let own = own.filter(|c| c.thread.is_some() == threads);
        let seen = own.filter(|c| rights::in_channel(world, &c.id, APP) & rights::VIEW != 0);
        seen.filter(|c| c.thread.as_ref().is_none_or(|t| !t.archived)).map(|c| channel(world, c)).collect()
    };
    // Without the intent for members, only the bot itself is among them.
    let more = json!({
        "joined_at": "2026-01-05T09:00:00.000000+00:00", "large": false, "unavailable": false,
        "member_count": known.members.len(), "voice_states": [], "members": [member(world, known, APP)],
        "channels": of(false), "threads": of(true), "presences": [], "stage_instances": [],
        "guild_scheduled_events": known.events.values().cloned().collect::<Vec<_>>(), "soundboard_sounds": [],
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        shown[key] = value.clone();
    }
    if incomplete {
        let map = shown.as_object_mut().expect("it is an object");
        map.remove("nsfw_level");
        map.remove("premium_progress_bar_enabled");
        for role in shown["roles"].as_array_mut().into_iter().flatten() {
            role.as_object_mut().expect("it is an object").remove("colors");
        }
    }
    shown
}

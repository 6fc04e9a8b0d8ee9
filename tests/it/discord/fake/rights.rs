//! Permissions as Discord reckons them: roles together, then what a channel takes away and gives, in its documented
//! order.

use super::world::{APP, Kind, World};

/// Everything.
pub const ADMINISTRATOR: u64 = 1 << 3;
/// Make and change channels.
pub const MANAGE_CHANNELS: u64 = 1 << 4;
/// Change the server.
pub const MANAGE_GUILD: u64 = 1 << 5;
/// See a channel.
pub const VIEW: u64 = 1 << 10;
/// Say something in it.
pub const SEND: u64 = 1 << 11;
/// Take away what others said, and pin.
pub const MANAGE_MESSAGES: u64 = 1 << 13;
/// Send cards.
pub const EMBED: u64 = 1 << 14;
/// Send files.
pub const ATTACH: u64 = 1 << 15;
/// Read what was said before.
pub const HISTORY: u64 = 1 << 16;
/// Change roles and exceptions.
pub const MANAGE_ROLES: u64 = 1 << 28;
/// Use commands.
pub const COMMANDS: u64 = 1 << 31;
/// Change everybody's scheduled events.
pub const MANAGE_EVENTS: u64 = 1 << 33;
/// Open and close threads of others.
pub const MANAGE_THREADS: u64 = 1 << 34;
/// Make threads that everybody sees.
pub const PUBLIC_THREADS: u64 = 1 << 35;
/// Make threads that their members see.
pub const PRIVATE_THREADS: u64 = 1 << 36;
/// Say something in threads.
pub const SEND_IN_THREADS: u64 = 1 << 38;
/// Make scheduled events.
pub const CREATE_EVENTS: u64 = 1 << 44;
/// Pin messages.
pub const PIN: u64 = 1 << 51;

/// What everybody may do in a new server.
pub const EVERYBODY: u64 =
    VIEW | SEND | EMBED | ATTACH | HISTORY | COMMANDS | PUBLIC_THREADS | PRIVATE_THREADS | SEND_IN_THREADS;

/// An exception of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overwrite {
    /// Role or member.
    pub id: String,
    /// Whether it is a member.
    pub member: bool,
    /// Bits that are given.
    pub allow: u64,
    /// Bits that are taken away.
    pub deny: u64,
}

/// What somebody may do in a server, whatever its channels say.
pub fn in_guild(world: &World, guild: &str, user: &str) -> u64 {
    let Some(guild) = world.guilds.get(guild) else { return 0 };
    let Some(member) = guild.members.get(user) else { return 0 };
    if guild.owner == user {
        return u64::MAX;
    }
    let of = |id: &String| guild.roles.get(id).map_or(0, |role| role.permissions);
    let all = member.roles.iter().map(of).fold(of(&guild.id), |all, more| all | more);
    if all & ADMINISTRATOR == 0 { all } else { u64::MAX }
}

/// What somebody may do in a channel, a thread or a direct conversation.
pub fn in_channel(world: &World, channel: &str, user: &str) -> u64 {
    let Some(channel) = world.channels.get(channel) else { return 0 };
    let Some(guild) = channel.guild.as_deref() else {
        return if channel.owner == user || user == APP { EVERYBODY | PIN } else { 0 };
    };
    if let Some(thread) = &channel.thread {
        let parent = channel.parent.as_deref().unwrap_or_default();
        let may = in_channel(world, parent, user);
        let sees = may & MANAGE_THREADS != 0 || thread.members.contains(user) || channel.kind == Kind::Public;
        return if sees && may & VIEW != 0 { may } else { 0 };
    }
    let base = in_guild(world, guild, user);
    if base == u64::MAX || base == 0 {
        return base;
    }
    let Some(member) = world.guilds[guild].members.get(user) else { return 0 };
    let mut may = base;
    let mut apply = |allow: u64, deny: u64| may = (may & !deny) | allow;
    for everyone in channel.overwrites.iter().filter(|o| !o.member && o.id == guild) {
        apply(everyone.allow, everyone.deny);
    }
    let roles =
        channel.overwrites.iter().filter(|o| !o.member && o.id != guild && member.roles.contains(&o.id));
    let (allow, deny) = roles.fold((0, 0), |(allow, deny), o| (allow | o.allow, deny | o.deny));
    apply(allow, deny);
    for own in channel.overwrites.iter().filter(|o| o.member && o.id == user) {
        apply(own.allow, own.deny);
    }
    if may & VIEW == 0 { 0 } else { may }
}

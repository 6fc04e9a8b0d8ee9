//! Stories on Discord: people act in a strict Discord of our own, and the adapter answers through its real client. What
//! they read is taken from the messages that were sent.

mod adapter;
mod client;
mod stage;

use roundtable::domain::civil::Instant;
use roundtable::store::Store;

use super::start;
use crate::discord::fake::world::{Member, Role};
use crate::discord::fake::{Kind, User, World, rights};

pub use adapter::{Adapter, Setup, config_for, hasty, until};
pub use client::options;
pub use stage::DiscordRoom;

/// The server of all stories.
pub const GUILD: &str = "290000000000000000";
/// Who owns it, and takes no part.
pub const OWNER: &str = "299000000000000000";
/// The role of those who run it.
const ORGANISERS: &str = "291000000000000000";
/// What an invitation of the bot asks for.
pub const BOT_MAY: u64 = rights::VIEW
    | rights::SEND
    | rights::SEND_IN_THREADS
    | rights::PRIVATE_THREADS
    | rights::MANAGE_THREADS
    | rights::MANAGE_CHANNELS
    | rights::MANAGE_ROLES
    | rights::EMBED
    | rights::ATTACH
    | rights::HISTORY
    | rights::CREATE_EVENTS
    | rights::PIN;
/// Letters that stand for the digits of an account's id, in order.
const LETTERS: &str = "_0123456789abcdefghijklmnopqrstuvwxyz";
/// The longest short name that an id can be made of.
const LONGEST: usize = 11;

/// A server with the bot in it and a lobby that everybody is in.
pub fn world() -> World {
    let mut world = World::new();
    world.add_guild(GUILD, "The council", OWNER, BOT_MAY);
    world.enter(GUILD, User { id: OWNER.into(), name: "house".into(), ..User::default() });
    let role = Role {
        id: ORGANISERS.into(),
        name: "Organisers".into(),
        permissions: rights::MANAGE_GUILD,
        position: 2,
    };
    world.guild_mut(GUILD).roles.insert(ORGANISERS.into(), role);
    for name in ["lobby", "mentoring"] {
        world.add_channel(Some(GUILD), Kind::Text, name, start());
    }
    world
}

/// The id of somebody's account: a number that sorts as the short names do.
pub fn id_of(handle: &str) -> String {
    assert!(handle.len() <= LONGEST, "{handle} is too long");
    let digit =
        |c: char| LETTERS.find(c).unwrap_or_else(|| panic!("{handle}: {c:?} cannot be in a short name"));
    let padded = handle.chars().chain(std::iter::repeat('_')).take(LONGEST);
    let number = padded.fold(0_u64, |all, c| all * 37 + digit(c) as u64);
    (300_000_000_000_000_000 + number).to_string()
}

/// Brings somebody into the server; who comes first runs it.
pub fn enter(world: &mut World, name: &str, zone: &str) -> String {
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    let taken = |handle: &str| world.users.contains_key(&id_of(handle));
    let numbered = (2..100).map(|n| format!("{first}{n}"));
    let handle =
        std::iter::once(first.clone()).chain(numbered).find(|handle| !taken(handle)).expect("a free name");
    // The bot and the owner are there before anybody.
    let is_admin = world.guild(GUILD).members.len() == 2;
    let user = User {
        id: id_of(&handle),
        name: handle.clone(),
        shown: Some(name.into()),
        zone: zone.into(),
        locale: "en-GB".into(),
        ..User::default()
    };
    world.enter(GUILD, user);
    if is_admin {
        let member = Member { nick: None, roles: [ORGANISERS.to_owned()].into() };
        world.guild_mut(GUILD).members.insert(id_of(&handle), member);
    }
    handle
}

/// The council with its groups published, as a story finds it: folder, database, Discord and the time.
pub async fn copy_of_the_published_council() -> (tempfile::TempDir, Store, World, Instant) {
    let (file, kept) = super::discord_copy(super::Chapter::Published).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roundtable.db");
    std::fs::write(&path, file).expect("a copy");
    let store = Store::open(&path.display().to_string()).await.expect("it opens");
    (folder, store, kept.discord.clone().expect("Discord was kept"), start().plus_secs(1))
}

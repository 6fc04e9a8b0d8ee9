//! What the fake Discord holds: plain data that can be copied, so that a story can begin from the middle of another.
//! Everything a person can see carries a number that only grows, so that "since then" has one meaning everywhere.

use std::collections::{BTreeMap, BTreeSet};

use roundtable::domain::civil::Instant;
use serde_json::Value;

use super::rights::{self, Overwrite};

/// The application, and the account of its bot.
pub const APP: &str = "210000000000000001";
/// The bot's token.
pub const TOKEN: &str = "MjEwMDAwMDAwMDAwMDAwMDAx.Gr0und.table-of-the-council-in-tests-only";
/// Milliseconds before Discord counts.
const EPOCH: i64 = 1_420_070_400_000;

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Servers by id.
    pub guilds: BTreeMap<String, Guild>,
    /// People by id, the bot included.
    pub users: BTreeMap<String, User>,
    /// Channels, threads and direct conversations by id.
    pub channels: BTreeMap<String, Channel>,
    /// Registered commands: by server, those for everywhere under the empty name.
    pub commands: BTreeMap<String, Vec<Value>>,
    /// How many commands were created, by server; Discord allows 200 a day.
    pub creates: BTreeMap<String, usize>,
    /// Interactions by token.
    pub interactions: BTreeMap<String, Interaction>,
    /// The form that is open before a person.
    pub screens: BTreeMap<String, Screen>,
    /// Every call that was answered, oldest first.
    pub calls: Vec<Call>,
    /// What the bot did that Discord would not have liked.
    pub findings: Vec<String>,
    /// Whether the token was taken back.
    pub revoked: bool,
    /// How many new direct conversations are allowed; `None` for any number.
    pub direct_quota: Option<usize>,
    /// Direct conversations that the bot opened.
    pub opened: usize,
    /// Intents that need Discord's leave and have it.
    pub privileged: u64,
    serial: u64,
    last_id: i64,
}

/// A server.
#[derive(Debug, Clone)]
pub struct Guild {
    /// Id; the same as that of its role for everybody.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who owns it.
    pub owner: String,
    /// Roles by id.
    pub roles: BTreeMap<String, Role>,
    /// People by id; the bot is among them while it is in the server.
    pub members: BTreeMap<String, Member>,
    /// Scheduled events by id.
    pub events: BTreeMap<String, Value>,
    /// Active threads that it may have.
    pub most_threads: usize,
    /// Language.
    pub locale: String,
}

/// A role.
#[derive(Debug, Clone)]
pub struct Role {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Permission bits.
    pub permissions: u64,
    /// Place in the list; a higher one stands above.
    pub position: u32,
}

/// Somebody in a server.
#[derive(Debug, Clone, Default)]
pub struct Member {
    /// Name in this server.
    pub nick: Option<String>,
    /// Roles beside everybody's.
    pub roles: BTreeSet<String>,
}

/// Somebody.
#[derive(Debug, Clone, Default)]
pub struct User {
    /// Id.
    pub id: String,
    /// Unique short name.
    pub name: String,
    /// Name that is shown.
    pub shown: Option<String>,
    /// A bot.
    pub bot: bool,
    /// Language of the client.
    pub locale: String,
    /// Takes no direct messages from the bot.
    pub no_messages: bool,
    /// The zone of the person's device: it never reaches the bot.
    pub zone: String,
}

/// What a channel is, by Discord's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A text channel.
    Text = 0,
    /// A direct conversation with the bot.
    Direct = 1,
    /// A voice channel.
    Voice = 2,
    /// A folder of channels.
    Category = 4,
    /// A thread that everybody sees.
    Public = 11,
    /// A thread that its members see.
    Private = 12,
}

/// A channel, a thread or a direct conversation.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Id.
    pub id: String,
    /// The server; none for a direct conversation.
    pub guild: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Name.
    pub name: String,
    /// Topic.
    pub topic: Option<String>,
    /// The category, or the channel of a thread.
    pub parent: Option<String>,
    /// Who made it, or whom the direct conversation is with.
    pub owner: String,
    /// Exceptions to roles.
    pub overwrites: Vec<Overwrite>,
    /// Its state as a thread.
    pub thread: Option<Thread>,
    /// What was said, oldest first; what only one person sees too.
    pub messages: Vec<Message>,
    /// When something was last said.
    pub active: Instant,
}

/// What only threads have.
#[derive(Debug, Clone, Default)]
pub struct Thread {
    /// Who is in it.
    pub members: BTreeSet<String>,
    /// Put away.
    pub archived: bool,
    /// Only those who manage threads may open it again.
    pub locked: bool,
    /// Whether members may bring in others.
    pub invitable: bool,
    /// Minutes of silence after which it is put away.
    pub minutes: i64,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Id.
    pub id: String,
    /// Its place among all that could be seen; a changed message gets a new one.
    pub seen: u64,
    /// Who said it.
    pub author: String,
    /// Text.
    pub content: String,
    /// Cards.
    pub embeds: Vec<Value>,
    /// Buttons and lists.
    pub components: Vec<Value>,
    /// Files.
    pub files: Vec<File>,
    /// Flags.
    pub flags: u64,
    /// The bot's own mark.
    pub nonce: Option<String>,
    /// When.
    pub at: Instant,
    /// How often it was changed.
    pub edited: u32,
    /// Taken away.
    pub deleted: bool,
    /// Pinned.
    pub pinned: bool,
    /// Who alone sees it.
    pub only: Option<String>,
    /// Users who are called by it.
    pub mentions: Vec<String>,
    /// The interaction that it answers, by id.
    pub answers: Option<String>,
    /// Discord's number of what kind of message it is.
    pub kind: u8,
}

/// A file of a message.
#[derive(Debug, Clone)]
pub struct File {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Media type.
    pub media: String,
    /// What it shows.
    pub description: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Something that a person did and the bot answers.
#[derive(Debug, Clone)]
pub struct Interaction {
    /// Id.
    pub id: String,
    /// What the answers carry.
    pub token: String,
    /// 2 command, 3 component, 4 autocomplete, 5 modal.
    pub kind: u8,
    /// Who did it.
    pub user: String,
    /// Where.
    pub channel: String,
    /// The message with the control.
    pub message: Option<String>,
    /// When, on the clock of the fake.
    pub at: Instant,
    /// When, for the three seconds.
    pub began: std::time::Instant,
    /// Whether the bot was kept from hearing what became of its answer.
    pub doubted: bool,
    /// The kind of its first answer.
    pub answered: Option<u64>,
    /// The message that is its answer.
    pub original: Option<String>,
    /// Whether that message still says "thinking".
    pub loading: bool,
}

/// A form before somebody's eyes.
#[derive(Debug, Clone)]
pub struct Screen {
    /// As the bot sent it.
    pub modal: Value,
    /// Where it was opened.
    pub channel: String,
    /// The message of the button that opened it.
    pub message: Option<String>,
    /// Its place among all that could be seen.
    pub seen: u64,
}

/// A call that was answered.
#[derive(Debug, Clone)]
pub struct Call {
    /// Method and template of the path.
    pub route: String,
    /// The body.
    pub body: Value,
    /// Status.
    pub status: u16,
    /// Discord's code; nought where all went well.
    pub code: u64,
}

impl World {
    /// A world with the bot's account and nothing else.
    pub fn new() -> Self {
        let mut world = Self::default();
        let bot = User { id: APP.into(), name: "roundtable".into(), bot: true, ..User::default() };
        world.users.insert(APP.into(), bot);
        world
    }

    /// The next number, for the order of things.
    pub fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// The number that the next thing will exceed.
    pub const fn mark(&self) -> u64 {
        self.serial
    }

    /// A new id that says when it was made.
    pub fn id(&mut self, now: Instant) -> String {
        let millis = (now.as_micros() / 1_000 - EPOCH).max(1);
        self.last_id = (self.last_id + 1).max(millis << 22);
        self.last_id.to_string()
    }

    /// Notes something that the bot should not have done.
    pub fn find_fault(&mut self, what: impl Into<String>) {
        self.findings.push(what.into());
    }

    /// Founds a server with the bot in it; everybody may do what Discord's defaults allow.
    pub fn add_guild(&mut self, id: &str, name: &str, owner: &str, bot_may: u64) {
        let everyone =
            Role { id: id.into(), name: "@everyone".into(), permissions: rights::EVERYBODY, position: 0 };
        let own = Role { id: APP.into(), name: "Roundtable".into(), permissions: bot_may, position: 1 };
        let bot = Member { nick: None, roles: BTreeSet::from([APP.to_owned()]) };
        let guild = Guild {
            id: id.into(),
            name: name.into(),
            owner: owner.into(),
            roles: BTreeMap::from([(id.to_owned(), everyone), (APP.to_owned(), own)]),
            members: BTreeMap::from([(APP.to_owned(), bot)]),
            events: BTreeMap::new(),
            most_threads: 1_000,
            locale: "en-GB".into(),
        };
        self.guilds.insert(id.into(), guild);
    }

    /// A server that is known to be there.
    pub fn guild(&self, id: &str) -> &Guild {
        self.guilds.get(id).expect("the server was founded")
    }

    /// A server that is known to be there, to change it.
    pub fn guild_mut(&mut self, id: &str) -> &mut Guild {
        self.guilds.get_mut(id).expect("the server was founded")
    }

    /// A channel that is known to be there.
    pub fn channel(&self, id: &str) -> &Channel {
        self.channels.get(id).expect("a channel that is there")
    }

    /// A channel that is known to be there, to change it.
    pub fn channel_mut(&mut self, id: &str) -> &mut Channel {
        self.channels.get_mut(id).expect("a channel that is there")
    }

    /// Brings somebody into a server; their account is made when it is new.
    pub fn enter(&mut self, guild: &str, user: User) {
        self.guild_mut(guild).members.insert(user.id.clone(), Member::default());
        self.users.entry(user.id.clone()).or_insert(user);
    }

    /// Makes a channel.
    pub fn add_channel(&mut self, guild: Option<&str>, kind: Kind, name: &str, now: Instant) -> String {
        let id = self.id(now);
        let channel = Channel {
            id: id.clone(),
            guild: guild.map(str::to_owned),
            kind,
            name: name.into(),
            topic: None,
            parent: None,
            owner: APP.into(),
            overwrites: Vec::new(),
            thread: None,
            messages: Vec::new(),
            active: now,
        };
        self.channels.insert(id.clone(), channel);
        id
    }

    /// The direct conversation of somebody with the bot, if there is one.
    pub fn direct_of(&self, user: &str) -> Option<&Channel> {
        self.channels.values().find(|c| c.kind == Kind::Direct && c.owner == user)
    }

    /// The same; made when it is not there.
    pub fn direct(&mut self, user: &str, now: Instant) -> String {
        if let Some(known) = self.direct_of(user) {
            return known.id.clone();
        }
        let id = self.add_channel(None, Kind::Direct, "", now);
        user.clone_into(&mut self.channel_mut(&id).owner);
        id
    }

    /// Whether the bot shares a server with somebody.
    pub fn shares_guild(&self, user: &str) -> bool {
        self.guilds.values().any(|g| g.members.contains_key(user) && g.members.contains_key(APP))
    }
}

impl Channel {
    /// A message that can be seen by the bot's token.
    pub fn message(&self, id: &str) -> Option<&Message> {
        self.messages.iter().find(|m| m.id == id && !m.deleted)
    }

    /// The same, to change it.
    pub fn message_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|m| m.id == id && !m.deleted)
    }
}

impl Message {
    /// An empty message.
    pub fn by(author: &str, id: String, seen: u64, at: Instant) -> Self {
        Self {
            id,
            seen,
            author: author.to_owned(),
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            files: Vec::new(),
            flags: 0,
            nonce: None,
            at,
            edited: 0,
            deleted: false,
            pinned: false,
            only: None,
            mentions: Vec::new(),
            answers: None,
            kind: 0,
        }
    }
}

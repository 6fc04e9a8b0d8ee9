//! What the fake Slack holds: plain data that can be copied, so that a story can begin from the middle of another.
//! Everything a person can see carries a number that only grows, so that "since then" has one meaning everywhere.

use std::collections::{BTreeMap, BTreeSet};

use roundtable::domain::civil::Instant;
use serde_json::Value;

/// The one app that all workspaces install.
pub const APP: &str = "A01ROUNDTABLE";
/// Its app-level token.
pub const APP_TOKEN: &str = "xapp-1-A01ROUNDTABLE-1-roundtable";
/// What signs its HTTP deliveries.
pub const SIGNING_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
/// Its OAuth client.
pub const CLIENT_ID: &str = "111111111111.222222222222";
/// The secret of its OAuth client.
pub const CLIENT_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Workspaces by id.
    pub teams: BTreeMap<String, Team>,
    /// Every call that was answered, oldest first.
    pub calls: Vec<Call>,
    /// What the bot did that Slack would not have liked.
    pub findings: Vec<String>,
    /// Triggers of views.
    pub triggers: BTreeMap<String, Trigger>,
    /// `response_url`s by their last part.
    pub replies: BTreeMap<String, ReplyUrl>,
    /// OAuth codes that were not exchanged yet: code, workspace and the address it was made for.
    pub codes: BTreeMap<String, (String, String)>,
    serial: u64,
    last_ts: i64,
}

/// A workspace.
#[derive(Debug, Clone)]
pub struct Team {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// The bot's account.
    pub bot_user: String,
    /// The bot as an integration.
    pub bot_id: String,
    /// The bot's token.
    pub token: String,
    /// What the token may do.
    pub scopes: BTreeSet<String>,
    /// The error that every call gets once the bot is gone: `account_inactive`, `token_revoked`, `invalid_auth`.
    pub gone: Option<&'static str>,
    /// Whether admins let the bot create private channels.
    pub may_create: bool,
    /// People by id.
    pub users: BTreeMap<String, User>,
    /// Conversations by id.
    pub channels: BTreeMap<String, Channel>,
    /// Modals by id.
    pub views: BTreeMap<String, View>,
    /// Modals that are open, by person, the top one last.
    pub stacks: BTreeMap<String, Vec<String>>,
    /// Home tabs by person.
    pub homes: BTreeMap<String, View>,
    /// Files by id.
    pub files: BTreeMap<String, File>,
}

/// Somebody.
#[derive(Debug, Clone, Default)]
#[allow(clippy::struct_excessive_bools)] // As many as Slack has.
pub struct User {
    /// Id.
    pub id: String,
    /// Workspace of the account; another than the one it is seen in for a stranger of a shared channel.
    pub team: String,
    /// Short name.
    pub name: String,
    /// Full name.
    pub real_name: String,
    /// E-mail address.
    pub email: String,
    /// IANA zone.
    pub tz: String,
    /// Deactivated.
    pub deleted: bool,
    /// A bot.
    pub is_bot: bool,
    /// An administrator.
    pub is_admin: bool,
    /// A guest.
    pub is_restricted: bool,
    /// Lets the bot write to them.
    pub no_messages: bool,
}

/// What a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A public channel.
    Public,
    /// A private channel.
    Private,
    /// A direct conversation with the bot.
    Im,
    /// A group conversation.
    Mpim,
}

impl Kind {
    /// The word in scopes such as `groups:read`.
    pub const fn family(self) -> &'static str {
        match self {
            Self::Public => "channels",
            Self::Private => "groups",
            Self::Im => "im",
            Self::Mpim => "mpim",
        }
    }
}

/// A conversation.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Id.
    pub id: String,
    /// Name; empty for direct ones.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Who is in it, the bot included.
    pub members: BTreeSet<String>,
    /// The topic.
    pub topic: String,
    /// The purpose.
    pub purpose: String,
    /// Whether it was archived.
    pub archived: bool,
    /// Shared with another workspace.
    pub shared: bool,
    /// When it was made.
    pub created: i64,
    /// What was said, oldest first; what only one person sees too.
    pub posts: Vec<Post>,
    /// Pinned messages.
    pub pins: Vec<String>,
}

/// A message.
#[derive(Debug, Clone, Default)]
pub struct Post {
    /// Time and name at once.
    pub ts: String,
    /// Its place among all that could be seen; a changed message gets a new one.
    pub seen: u64,
    /// Who said it.
    pub user: String,
    /// The text for notifications.
    pub text: String,
    /// What is shown.
    pub blocks: Vec<Value>,
    /// What only the app sees.
    pub metadata: Option<Value>,
    /// The thread.
    pub thread: Option<String>,
    /// How often it was changed.
    pub edited: u32,
    /// Taken away.
    pub deleted: bool,
    /// Who alone sees it.
    pub only: Option<String>,
    /// Files shared with it.
    pub files: Vec<String>,
    /// Who brought it about, for answers through a `response_url`.
    pub through: Option<String>,
}

/// A modal or a home tab.
#[derive(Debug, Clone)]
pub struct View {
    /// Id.
    pub id: String,
    /// Whose.
    pub user: String,
    /// As the bot sent it.
    pub value: Value,
    /// Changes with every change.
    pub hash: String,
    /// The first view of its stack.
    pub root: String,
    /// The view under it.
    pub previous: Option<String>,
    /// What has been typed: block → action → value.
    pub state: Value,
    /// Errors that the bot gave back, by block.
    pub errors: BTreeMap<String, String>,
    /// Its place among all that could be seen.
    pub seen: u64,
    /// Whether it is gone from the screen.
    pub closed: bool,
}

/// An uploaded file.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// Name.
    pub name: String,
    /// What it shows.
    pub alt: String,
    /// The promised number of bytes.
    pub length: usize,
    /// Its bytes, once they have come.
    pub bytes: Option<Vec<u8>>,
    /// Whether the upload was completed.
    pub complete: bool,
}

/// Lets the bot open one modal.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// The workspace.
    pub team: String,
    /// For whom.
    pub user: String,
    /// Since when.
    pub at: Instant,
    /// Used up.
    pub used: bool,
}

/// Lets the bot answer where something was done.
#[derive(Debug, Clone)]
pub struct ReplyUrl {
    /// The workspace.
    pub team: String,
    /// Where.
    pub channel: String,
    /// Who did it.
    pub user: String,
    /// The message with the button, if there was one.
    pub message: Option<String>,
    /// Since when.
    pub at: Instant,
    /// How often it was used.
    pub uses: u32,
}

/// A call that was answered.
#[derive(Debug, Clone)]
pub struct Call {
    /// Workspace.
    pub team: String,
    /// Method, or `response_url`.
    pub method: String,
    /// Arguments in the types that Slack documents.
    pub args: Value,
    /// `ok`, Slack's error, or the fault that was played.
    pub result: String,
}

impl World {
    /// The next number, for names and for the order of things.
    pub fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// The number that the next thing will exceed.
    pub const fn mark(&self) -> u64 {
        self.serial
    }

    /// A new id such as `C0000002F`.
    pub fn id(&mut self, letter: char) -> String {
        let n = self.next();
        format!("{letter}{n:08X}")
    }

    /// The name of a message said at this time; no two are the same.
    pub fn ts(&mut self, now: Instant) -> String {
        self.last_ts = (self.last_ts + 1).max(now.as_micros());
        format!("{}.{:06}", self.last_ts / 1_000_000, self.last_ts % 1_000_000)
    }

    /// Notes something that the bot should not have done.
    pub fn find_fault(&mut self, what: impl Into<String>) {
        self.findings.push(what.into());
    }

    /// Founds a workspace with the bot in it.
    pub fn add_team(&mut self, id: &str, name: &str, scopes: &[&str]) {
        let (bot_user, bot_id) = (format!("U0BOT{id}"), format!("B0BOT{id}"));
        let bot = User {
            id: bot_user.clone(),
            team: id.to_owned(),
            name: "roundtable".into(),
            real_name: "Roundtable".into(),
            tz: "Etc/UTC".into(),
            is_bot: true,
            ..User::default()
        };
        let team = Team {
            id: id.to_owned(),
            name: name.to_owned(),
            bot_id,
            token: format!("xoxb-{}-roundtable", id.to_lowercase()),
            scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
            gone: None,
            may_create: true,
            users: BTreeMap::from([(bot_user.clone(), bot)]),
            bot_user,
            channels: BTreeMap::new(),
            views: BTreeMap::new(),
            stacks: BTreeMap::new(),
            homes: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        self.teams.insert(id.to_owned(), team);
    }

    /// A workspace that is known to be there.
    pub fn team(&self, id: &str) -> &Team {
        self.teams.get(id).expect("the workspace was founded")
    }

    /// A workspace that is known to be there, to change it.
    pub fn team_mut(&mut self, id: &str) -> &mut Team {
        self.teams.get_mut(id).expect("the workspace was founded")
    }

    /// Makes a channel.
    pub fn add_channel(
        &mut self,
        team: &str,
        name: &str,
        kind: Kind,
        members: &[&str],
        now: Instant,
    ) -> String {
        let id = self.id(if kind == Kind::Im { 'D' } else { 'C' });
        let channel = Channel {
            id: id.clone(),
            name: name.to_owned(),
            kind,
            members: members.iter().map(|m| (*m).to_owned()).collect(),
            topic: String::new(),
            purpose: String::new(),
            archived: false,
            shared: false,
            created: now.as_micros() / 1_000_000,
            posts: Vec::new(),
            pins: Vec::new(),
        };
        self.team_mut(team).channels.insert(id.clone(), channel);
        id
    }

    /// The direct or group conversation of exactly these people and the bot; made when it is not there.
    pub fn direct(&mut self, team: &str, users: &[String], now: Instant) -> String {
        let kind = if users.len() == 1 { Kind::Im } else { Kind::Mpim };
        let mut members: BTreeSet<String> = users.iter().cloned().collect();
        members.insert(self.team(team).bot_user.clone());
        let known = self.team(team).channels.values().find(|c| c.kind == kind && c.members == members);
        if let Some(known) = known {
            return known.id.clone();
        }
        let names: Vec<&str> = members.iter().map(String::as_str).collect();
        let name = match kind {
            Kind::Mpim => {
                let n = self.mark();
                format!("mpdm-{}-{n}", users.len())
            }
            _ => String::new(),
        };
        self.add_channel(team, &name, kind, &names, now)
    }
}

impl Team {
    /// Somebody who is known to be there, to change them.
    pub fn user_mut(&mut self, id: &str) -> &mut User {
        self.users.get_mut(id).expect("somebody who is there")
    }

    /// A conversation that is known to be there, to change it.
    pub fn channel_mut(&mut self, id: &str) -> &mut Channel {
        self.channels.get_mut(id).expect("a conversation that is there")
    }

    /// The direct conversation of somebody with the bot.
    pub fn direct_of(&self, user: &str) -> Option<&Channel> {
        self.channels.values().find(|c| c.kind == Kind::Im && c.members.contains(user))
    }

    /// The modal on top of somebody's screen.
    pub fn top(&self, user: &str) -> Option<&View> {
        let id = self.stacks.get(user)?.last()?;
        self.views.get(id)
    }
}

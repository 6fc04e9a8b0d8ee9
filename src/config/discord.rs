//! `[discord]`: how Discord is reached, and which token goes with it. Invariant: when Discord is switched on, everything
//! the chosen way needs is there; when it is off, no token is even looked at.

use std::net::{Ipv4Addr, SocketAddr};

use super::secret::Secret;

mod read;
#[cfg(test)]
mod tests;
mod token;

pub(super) use read::read;
pub(super) use token::{TOKEN, take_secrets};

/// How Discord delivers what people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DiscordMode {
    /// Not at all.
    #[default]
    Off,
    /// Over connections that we open; needs no public address.
    Gateway,
    /// By requests to a public address.
    Http,
}

impl DiscordMode {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Off, Self::Gateway, Self::Http];

    /// As it is written in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Gateway => "gateway",
            Self::Http => "http",
        }
    }
}

/// What a group's room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DiscordRooms {
    /// A private thread of the mentoring channel.
    #[default]
    Threads,
    /// A private channel of its own.
    Channels,
}

impl DiscordRooms {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Threads, Self::Channels];

    /// As it is written in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            Self::Channels => "channels",
        }
    }
}

/// `[discord]` and the secret that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discord {
    /// How Discord delivers.
    pub mode: DiscordMode,
    /// The bot's token.
    pub token: Secret,
    /// The application's id; asked for where it is not said.
    pub application_id: Option<String>,
    /// What requests are signed with where Discord delivers by request.
    pub public_key: Option<String>,
    /// Discord's API, without a slash at the end.
    pub api: String,
    /// Where to connect to, instead of the address that Discord gives.
    pub gateway: Option<String>,
    /// Where requests of Discord are answered.
    pub listen: SocketAddr,
    /// Who counts as an administrator besides those who run their guild: account ids and unique names.
    pub admins: Vec<String>,
    /// What a group's room is.
    pub rooms: DiscordRooms,
    /// Whether Discord is asked to tell who comes and goes; it has to be allowed on the page of the app.
    pub member_intent: bool,
    /// How many people the bot may write to for the first time on one day.
    pub new_direct_per_day: u32,
}

impl Default for Discord {
    fn default() -> Self {
        Self {
            mode: DiscordMode::Off,
            token: Secret::new(""),
            application_id: None,
            public_key: None,
            api: "https://discord.com".to_owned(),
            gateway: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7431)),
            admins: Vec::new(),
            rooms: DiscordRooms::default(),
            member_intent: false,
            new_direct_per_day: 50,
        }
    }
}

impl Discord {
    /// Whether Discord is switched on.
    pub fn is_on(&self) -> bool {
        self.mode != DiscordMode::Off
    }

    /// Whether requests of Discord are answered at `listen`.
    pub fn listens(&self) -> bool {
        self.mode == DiscordMode::Http
    }
}

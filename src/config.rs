//! The configuration: one typed TOML file, every key of which may be left out, and secrets from the environment.
//! Invariant: a configuration that loads is fit for use; one that does not names all its faults at once.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

mod discord;
mod fault;
mod read;
mod secret;
mod slack;
#[cfg(test)]
mod tests;
mod values;

pub use discord::{Discord, DiscordMode, DiscordRooms};
pub use fault::{ConfigFault, ConfigFaults};
pub use secret::{Environment, Secret, process_environment};
pub use slack::{Slack, SlackMode, SlackOAuth, SlackWorkspace};

use read::{Placed, Reader};

/// What the program does when it is started without a subcommand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// A workspace in the browser of this machine.
    #[default]
    Playground,
    /// The bot on its chat platforms.
    Run,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Playground, Self::Run];

    /// As it is written in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Playground => "playground",
            Self::Run => "run",
        }
    }
}

/// Where everything is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// `sqlite://file`, `postgres://…` or a bare file name; it may hold a password.
    pub url: Secret,
}

impl Database {
    /// Engine and place without user, password and options, fit for a log.
    pub fn describe(&self) -> String {
        values::without_secrets(self.url.expose())
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: Secret::new("sqlite://roundtable.db") }
    }
}

/// The workspace in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playground {
    /// Where it listens; always an address of this machine.
    pub listen: SocketAddr,
}

impl Default for Playground {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7420)) }
    }
}

/// The endpoints for whoever operates the program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Operations {
    /// Where `/healthz`, `/readyz` and `/metrics` are answered; `None` switches them off.
    pub listen: Option<SocketAddr>,
}

/// The texts that the bot says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// A folder with texts of one's own; `None` means those that come with the program.
    pub folder: Option<PathBuf>,
}

/// What goes to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// A level, or levels by module: `info,roundtable::scheduler=debug`.
    pub filter: String,
}

impl Default for Logging {
    fn default() -> Self {
        Self { filter: "info".to_owned() }
    }
}

/// The whole configuration. Its default is what the program uses without a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// What to do without a subcommand.
    pub mode: Mode,
    /// `[database]`
    pub database: Database,
    /// `[playground]`
    pub playground: Playground,
    /// `[operations]`
    pub operations: Operations,
    /// `[content]`
    pub content: Content,
    /// `[logging]`
    pub logging: Logging,
    /// `[discord]`
    pub discord: Discord,
    /// `[slack]`
    pub slack: Slack,
}

impl Config {
    /// Reads a file, if one is named, and then the environment, which wins: `DATABASE_URL` and the secrets of the
    /// platforms, each as it is or in a file that `NAME_FILE` names. Errors name every fault of both.
    pub fn load(path: Option<&Path>, env: &Environment<'_>) -> Result<Self, ConfigFaults> {
        let Some(path) = path else { return Self::parse("", Path::new(""), env) };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path, env),
            Err(error) => {
                let what = format!(
                    "this file could not be read ({error}). Please check its name and who may read it."
                );
                let fault = ConfigFault { file: Some(path.to_owned()), line: 0, key: String::new(), what };
                Err(ConfigFaults(vec![fault]))
            }
        }
    }

    /// Reads the text of a file; `file` is what the faults call it.
    pub fn parse(text: &str, file: &Path, env: &Environment<'_>) -> Result<Self, ConfigFaults> {
        // Editors of some systems begin a file with a byte order mark.
        let mut reader = Reader::new(file, text.strip_prefix('\u{feff}').unwrap_or(text));
        let mut config = Self::default();
        take(&mut reader, "", "mode", values::mode, &mut config.mode);
        let as_secret = |text: &str| values::database_in_file(text).map(Secret::new);
        take(&mut reader, "database", "url", as_secret, &mut config.database.url);
        take(&mut reader, "playground", "listen", values::loopback, &mut config.playground.listen);
        let address = |text: &str| values::address(text).map(Some);
        let line = take(&mut reader, "operations", "listen", address, &mut config.operations.listen);
        if config.operations.listen == Some(config.playground.listen) && config.playground.listen.port() != 0
        {
            let what =
                "the playground listens on the same address. Please choose another port, such as 9420.";
            reader.fault(line.unwrap_or(0), "operations.listen", what);
        }
        let folder = |text: &str| values::folder(text).map(Some);
        take(&mut reader, "content", "folder", folder, &mut config.content.folder);
        take(&mut reader, "logging", "filter", values::filter, &mut config.logging.filter);
        discord::read(&mut reader, &mut config.discord);
        let workspaces = slack::read(&mut reader, &mut config.slack);

        let mut faults = reader.into_faults();
        slack::take_secrets(&mut config.slack, &workspaces, env, &mut faults);
        discord::take_secrets(&mut config.discord, env, &mut faults);
        faults.extend(shared_addresses(&config, file));
        match database_from(env) {
            Ok(Some(url)) => config.database.url = url,
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
        faults.sort();
        if faults.is_empty() { Ok(config) } else { Err(ConfigFaults(faults)) }
    }
}

/// Puts the value of a key into its place, when it is there and good; tells the line it stands on.
fn take<T>(
    reader: &mut Reader<'_>,
    section: &str,
    key: &str,
    check: impl Fn(&str) -> Result<T, String>,
    into: &mut T,
) -> Option<usize> {
    let placed = reader.text(section, key);
    settle(reader, (section, key), placed, |text| check(&text), into)
}

/// Puts a value that was read into its place, when it is good; tells the line it stands on.
fn settle<V, T>(
    reader: &mut Reader<'_>,
    (section, key): (&str, &str),
    placed: Option<Placed<V>>,
    check: impl Fn(V) -> Result<T, String>,
    into: &mut T,
) -> Option<usize> {
    let Placed { line, value } = placed?;
    match check(value) {
        Ok(value) => *into = value,
        Err(what) if section.is_empty() => reader.fault(line, key, what),
        Err(what) => reader.fault(line, &format!("{section}.{key}"), what),
    }
    Some(line)
}

/// Whoever answers requests needs an address of their own.
fn shared_addresses(config: &Config, file: &Path) -> Vec<ConfigFault> {
    let discord = config.discord.listens().then_some(config.discord.listen);
    let slack = config.slack.listens().then_some(config.slack.listen);
    let takers = [
        ("slack.listen", slack, "the health pages listen", config.operations.listen, 7430),
        ("discord.listen", discord, "the health pages listen", config.operations.listen, 7431),
        ("discord.listen", discord, "Slack's requests arrive", slack, 7431),
    ];
    let shared = takers.into_iter().filter(|(_, own, _, other, _)| own.is_some() && own == other);
    shared
        .map(|(key, _, who, _, port)| ConfigFault {
            file: Some(file.to_owned()),
            line: 0,
            key: key.to_owned(),
            what: format!("{who} on the same address. Please choose another port, such as {port}."),
        })
        .collect()
}

fn database_from(env: &Environment<'_>) -> Result<Option<Secret>, ConfigFault> {
    let Some(url) = Secret::from_environment("DATABASE_URL", env)? else { return Ok(None) };
    let key = "DATABASE_URL".to_owned();
    values::database(url.expose()).map_err(|what| ConfigFault { file: None, line: 0, key, what })?;
    Ok(Some(url))
}

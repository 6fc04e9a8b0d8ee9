//! The command line. Without a subcommand the config decides; without a config the playground starts, and the
//! program says which.
#![allow(clippy::print_stdout, clippy::print_stderr)] // The terminal is this file's business.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::adapters::common::finding::Verdict;
use crate::adapters::playground::console::Console;
use crate::app::{self, AppError};
use crate::clock::Ids;
use crate::config::{Config, Mode, Secret, process_environment};
use crate::domain::civil::Instant;

mod form;
#[cfg(feature = "discord")]
mod invite;

/// When the work is done, threads that hang are not waited for any longer than this.
const THREADS_END_WITHIN: std::time::Duration = std::time::Duration::from_secs(3);

/// Group mentoring where people already talk.
#[derive(Debug, Parser)]
#[command(name = "roundtable", version, about)]
struct Arguments {
    /// Config file; `roundtable.toml` in this folder is used if it is there.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Connect to the configured platforms and send what is due.
    Run,
    /// Open the local workspace in which you can play everybody.
    Playground {
        /// Address of the page; loopback only.
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// Database file.
        #[arg(long)]
        database: Option<PathBuf>,
        /// Use this terminal instead of a page.
        #[arg(long, conflicts_with = "script")]
        console: bool,
        /// Run the lines of a file and print the transcript. Uses a database of its own unless one is given.
        #[arg(long)]
        script: Option<PathBuf>,
    },
    /// Check config, texts and database, and say what is wrong.
    Check,
    /// Bring the database's tables up to date.
    Migrate,
    /// Print people, programmes and groups as JSON. Pulse answers are not part of it.
    Export,
    /// Set up Discord.
    #[cfg(feature = "discord")]
    Discord {
        #[command(subcommand)]
        command: invite::DiscordCommand,
    },
    /// Form groups from a list of people and a file of rules, without any chat.
    Form(form::Form),
    /// Set up Slack.
    #[cfg(feature = "slack")]
    Slack {
        #[command(subcommand)]
        command: SlackCommand,
    },
}

#[cfg(feature = "slack")]
#[derive(Debug, Subcommand)]
enum SlackCommand {
    /// Print the manifest to make the Slack app from, at api.slack.com/apps; docs/slack.md leads you through it.
    Manifest {
        /// Public address (https://…) to which Slack sends requests. Without it the app uses Socket Mode, which
        /// needs none.
        #[arg(long, value_name = "URL")]
        http: Option<String>,
        /// Public address (https://…) of the page to install the app from, for several workspaces.
        #[arg(long, value_name = "URL")]
        install: Option<String>,
    },
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The manifest comes before everything else: without an app there are no tokens, and so no config that loads.
    #[cfg(feature = "slack")]
    if let Some(Command::Slack { command: SlackCommand::Manifest { http, install } }) = &arguments.command {
        return print_manifest(http.as_deref(), install.as_deref());
    }
    #[cfg(feature = "discord")]
    if let Some(Command::Discord { command }) = &arguments.command
        && let Some(code) = command.at_once()
    {
        return code;
    }
    if let Some(Command::Form(order)) = &arguments.command {
        return form::run(order);
    }
    let mut config = match load(arguments.config.as_deref()) {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("{faults}");
            return ExitCode::from(2);
        }
    };
    if let Err(fault) = crate::logging::init(&config.logging.filter) {
        eprintln!("{fault}");
        return ExitCode::from(2);
    }
    let said = arguments.command.is_none();
    let command = arguments.command.unwrap_or(match config.mode {
        Mode::Run => Command::Run,
        Mode::Playground => {
            Command::Playground { listen: None, database: None, console: false, script: None }
        }
    });
    if said {
        eprintln!("Starting: {}", config.mode.as_str());
    }
    if let Command::Playground { listen, database, .. } = &command {
        if let Some(address) = listen {
            if !address.ip().is_loopback() {
                eprintln!(
                    "The playground has no passwords, so it listens on this machine only. Use an address such as 127.0.0.1:7420."
                );
                return ExitCode::from(2);
            }
            config.playground.listen = *address;
        }
        if let Some(path) = database {
            config.database.url = Secret::new(path.to_string_lossy());
        }
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("The program cannot start its threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(carry_out(command, &config));
    if let Err(error) = &outcome {
        eprintln!("{error}");
    }
    runtime.shutdown_timeout(THREADS_END_WITHIN);
    outcome.unwrap_or(ExitCode::FAILURE)
}

fn load(path: Option<&Path>) -> Result<Config, crate::config::ConfigFaults> {
    let usual = Path::new("roundtable.toml");
    let path = path.or_else(|| usual.is_file().then_some(usual));
    Config::load(path, &process_environment)
}

#[cfg(feature = "slack")]
fn print_manifest(http: Option<&str>, install: Option<&str>) -> ExitCode {
    use crate::adapters::slack::manifest::{Addresses, manifest};
    let is_public = |url: &&str| url.starts_with("https://") && url.len() > "https://".len();
    if let Some(bad) = [http, install].into_iter().flatten().find(|url| !is_public(url)) {
        eprintln!("{bad} is not an address that Slack can reach. Please write it with https://.");
        return ExitCode::from(2);
    }
    show(&format!("{:#}\n", manifest(&Addresses { http, install })));
    ExitCode::SUCCESS
}

async fn carry_out(command: Command, config: &Config) -> Result<ExitCode, AppError> {
    match command {
        Command::Run => {
            app::run(config, || {
                let platforms = platforms(config);
                eprintln!("Running on {}. {platforms}", config.database.describe());
            })
            .await?;
        }
        Command::Playground { script: Some(script), database, .. } => run_script(&script, database).await?,
        Command::Playground { console: true, .. } => console(config).await?,
        Command::Playground { .. } => {
            app::run_playground(config, |address| {
                println!("The playground is open: http://{address}");
                println!(
                    "It keeps everything in {}. Stop it with Ctrl-C and go on whenever you like.",
                    config.database.describe()
                );
                let _ = std::io::stdout().flush();
            })
            .await?;
        }
        Command::Check => return check(config).await,
        Command::Migrate => {
            let steps = app::migrate(config).await?;
            println!(
                "The tables of {} are up to date; {steps} steps were applied.",
                config.database.describe()
            );
        }
        Command::Form(order) => return Ok(form::run(&order)),
        Command::Export => show(&format!("{}\n", app::export(config).await?)),
        #[cfg(feature = "discord")]
        Command::Discord { command } => return Ok(command.carry_out(config).await),
        #[cfg(feature = "slack")]
        Command::Slack { command: SlackCommand::Manifest { http, install } } => {
            return Ok(print_manifest(http.as_deref(), install.as_deref()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails when anything has to be put right.
async fn check(config: &Config) -> Result<ExitCode, AppError> {
    let content = app::content(config)?;
    println!(
        "Texts: {} starters, {} meetup themes, {} tips, {} words of the glossary. No faults.",
        content.library.starters.len(),
        content.library.meetups.len(),
        content.tips.len(),
        content.glossary.terms.len()
    );
    let store = app::store(config).await?;
    println!("Database: {} answers, and its tables are up to date.", config.database.describe());
    let (version, source) = crate::domain::civil::tzdb_version();
    println!("Time zones: {version} ({source:?}).");
    let findings = app::check_platforms(config, &store).await;
    store.close().await;
    for finding in &findings {
        match finding.verdict {
            Verdict::Good => println!("{}", finding.text),
            Verdict::Fault => println!("Fault. {}", finding.text),
            Verdict::Note => println!("Note. {}", finding.text),
        }
    }
    let is_good = findings.iter().all(|finding| finding.verdict != Verdict::Fault);
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How the platforms are reached, for the first line.
fn platforms(config: &Config) -> String {
    let slack = config.slack.is_on().then(|| format!("Slack is reached by {}.", config.slack.mode.as_str()));
    let discord =
        config.discord.is_on().then(|| format!("Discord is reached by {}.", config.discord.mode.as_str()));
    let on: Vec<String> = slack.into_iter().chain(discord).collect();
    if on.is_empty() {
        return "No chat platform is switched on; docs/slack.md and docs/discord.md lead you through it."
            .to_owned();
    }
    on.join(" ")
}

async fn run_script(script: &Path, database: Option<PathBuf>) -> Result<(), AppError> {
    let read =
        |error| AppError::Io { what: format!("the script {} cannot be read", script.display()), error };
    let lines = std::fs::read_to_string(script).map_err(read)?;
    let own = std::env::temp_dir().join(format!("roundtable-script-{}.db", std::process::id()));
    let path = database.clone().unwrap_or_else(|| own.clone());
    let transcript = app::script(&lines, &path, script_start(), 1).await;
    if database.is_none() {
        for suffix in ["", "-wal", "-shm"] {
            let mut file = own.clone().into_os_string();
            file.push(suffix);
            let _ = std::fs::remove_file(file);
        }
    }
    show(&transcript?);
    Ok(())
}

/// Scripts begin at one fixed moment, so that their transcripts never change: Monday 4 January 2027, 09:00 UTC.
pub const fn script_start() -> Instant {
    Instant::from_secs(1_799_053_200)
}

async fn console(config: &Config) -> Result<(), AppError> {
    let playground = app::open_playground(config, Ids::from_entropy()).await?;
    let mut console = Console::new(&playground);
    println!("The playground in this terminal. Type ? for help, quit to stop.");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        print!("> ");
        let _ = std::io::stdout().flush();
        let read = |error| AppError::Io { what: "the terminal cannot be read".to_owned(), error };
        let Some(line) = lines.next_line().await.map_err(read)? else { break };
        match console.line(&line).await {
            Ok(Some(shown)) if shown.is_empty() => {}
            Ok(Some(shown)) => println!("{shown}"),
            Ok(None) => break,
            Err(wrong) => println!("! {wrong}"),
        }
    }
    playground.core().store().close().await;
    Ok(())
}

/// Prints something long. Whoever reads it may stop in the middle, as `head` does; that is no fault.
fn show(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

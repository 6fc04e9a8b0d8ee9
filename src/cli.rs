//! The command line. Without a subcommand the config decides; without a config the playground starts, and the
//! program says which.
#![allow(clippy::print_stdout, clippy::print_stderr)] // The terminal is this file's business.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::adapters::playground::console::Console;
use crate::app::{self, AppError};
use crate::clock::Ids;
use crate::config::{Config, Mode, Secret, SlackMode, process_environment};
use crate::domain::civil::Instant;

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
    /// Check config, texts, database and platforms, and say what is wrong.
    Check,
    /// What it takes to set Slack up.
    #[cfg(feature = "slack")]
    Slack {
        #[command(subcommand)]
        what: SlackCommand,
    },
    /// Bring the database's tables up to date.
    Migrate,
    /// Print people, programmes and groups as JSON. Pulse answers are not part of it.
    Export,
}

#[cfg(feature = "slack")]
#[derive(Debug, Subcommand)]
enum SlackCommand {
    /// Print the manifest from which Slack makes the app.
    Manifest {
        /// Let Slack deliver by HTTP to this public address, such as https://bot.example.org.
        #[arg(long)]
        http: Option<String>,
    },
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
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
    match runtime.block_on(carry_out(command, &config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn load(path: Option<&Path>) -> Result<Config, crate::config::ConfigFaults> {
    let usual = Path::new("roundtable.toml");
    let path = path.or_else(|| usual.is_file().then_some(usual));
    Config::load(path, &process_environment)
}

async fn carry_out(command: Command, config: &Config) -> Result<(), AppError> {
    match command {
        Command::Run => {
            app::run(config, || {
                let platforms = match config.slack.mode {
                    SlackMode::Off => {
                        "No chat platform is switched on; set slack.mode in the config (docs/slack.md)."
                    }
                    SlackMode::Socket => "Slack is connected over Socket Mode.",
                    SlackMode::Http => "Slack delivers by HTTP.",
                };
                eprintln!("Running on {}. {platforms}", config.database.describe());
            })
            .await
        }
        Command::Playground { script: Some(script), database, .. } => run_script(&script, database).await,
        Command::Playground { console: true, .. } => console(config).await,
        Command::Playground { .. } => {
            app::run_playground(config, |address| {
                println!("The playground is open: http://{address}");
                println!(
                    "It keeps everything in {}. Stop it with Ctrl-C and go on whenever you like.",
                    config.database.describe()
                );
                let _ = std::io::stdout().flush();
            })
            .await
        }
        Command::Check => check(config).await,
        #[cfg(feature = "slack")]
        Command::Slack { what: SlackCommand::Manifest { http } } => {
            print_manifest(config, http.as_deref());
            Ok(())
        }
        Command::Migrate => {
            let steps = app::migrate(config).await?;
            println!(
                "The tables of {} are up to date; {steps} steps were applied.",
                config.database.describe()
            );
            Ok(())
        }
        Command::Export => {
            println!("{}", app::export(config).await?);
            Ok(())
        }
    }
}

async fn check(config: &Config) -> Result<(), AppError> {
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
    let (findings, good) = app::check_slack(config, &store).await;
    store.close().await;
    for finding in findings {
        println!("{finding}");
    }
    let (version, source) = crate::domain::civil::tzdb_version();
    println!("Time zones: {version} ({source:?}).");
    if good {
        Ok(())
    } else {
        Err(AppError::Platform("Something about Slack has to be put right; see above.".into()))
    }
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
    print!("{}", transcript?);
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

#[cfg(feature = "slack")]
fn print_manifest(config: &Config, http: Option<&str>) {
    use crate::adapters::slack::manifest::{Addresses, manifest};
    let install = config.slack.oauth.as_ref().map(|oauth| oauth.public_url.as_str());
    let manifest = manifest(&Addresses { http, install });
    println!("{}", serde_json::to_string_pretty(&manifest).unwrap_or_default());
}

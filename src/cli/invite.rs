//! `roundtable discord invite`.

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use crate::adapters::discord::check::application_id;
use crate::adapters::discord::permissions::{NEEDED, invite};
use crate::config::{Config, DiscordRooms};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Rooms {
    /// Private threads of one channel.
    Threads,
    /// Private channels.
    Channels,
}

#[derive(Debug, Subcommand)]
pub(super) enum DiscordCommand {
    /// Print the link that adds the bot to a server, with exactly the permissions that it needs.
    Invite {
        /// Id of your app. Without it, the configuration says it, or Discord is asked.
        #[arg(long, value_name = "ID")]
        application: Option<String>,
        /// What the rooms of groups are to be; the configuration says it otherwise.
        #[arg(long)]
        rooms: Option<Rooms>,
    },
}

impl DiscordCommand {
    /// Prints the link when nothing else is needed for it: an app is made before there is a token, and so a config that
    /// loads.
    pub(super) fn at_once(&self) -> Option<ExitCode> {
        let Self::Invite { application: Some(application), rooms } = self else { return None };
        if application.parse::<u64>().is_ok_and(|id| id > 0) {
            print(application, kind(*rooms, DiscordRooms::default()));
            return Some(ExitCode::SUCCESS);
        }
        eprintln!(
            "{application} is not an application id, which is a number. It is on the page of your app at \
             discord.com/developers, under \"General Information\"."
        );
        Some(ExitCode::from(2))
    }

    /// Prints the link for the configured app.
    pub(super) async fn carry_out(&self, config: &Config) -> ExitCode {
        let Self::Invite { rooms, .. } = self;
        match application_id(&config.discord).await {
            Ok(application) => {
                print(&application, kind(*rooms, config.discord.rooms));
                ExitCode::SUCCESS
            }
            Err(words) => {
                eprintln!("{words}");
                ExitCode::FAILURE
            }
        }
    }
}

fn kind(asked: Option<Rooms>, usual: DiscordRooms) -> DiscordRooms {
    match asked {
        Some(Rooms::Threads) => DiscordRooms::Threads,
        Some(Rooms::Channels) => DiscordRooms::Channels,
        None => usual,
    }
}

/// The link alone goes to standard output, so that it can be handed on.
fn print(application: &str, rooms: DiscordRooms) {
    eprintln!("Open this link in a browser and choose your server. The bot asks for:");
    for one in NEEDED.iter().filter(|one| one.is_needed(rooms)) {
        eprintln!("  {} – {}", one.name, one.why);
    }
    println!("{}", invite(application, rooms));
}

//! Looks at how Discord is set up, for `roundtable check`. Invariant: it changes nothing in Discord, repeats no token,
//! and says of what cannot be seen from outside that it was not seen.

use std::sync::Arc;

use serde_json::Value;
use serenity::model::id::GuildId;

use super::arrange::{Arrange as _, Arrangement, Arranger};
use super::inbound::http::PATH;
use super::inbound::plan::Plan;
use super::permissions::{invite, listed};
use super::register::{id, registered};
use super::transport::{Call, CallError, Reach, Rest, Route};
use super::{commands, setup};
use crate::adapters::common::finding::Finding;
use crate::config::{Discord, DiscordMode};
use crate::core::command::ROOT;
use crate::store::Store;

#[cfg(test)]
mod tests;

/// More servers than this are not looked at one by one.
const MOST_GUILDS: usize = 50;
/// Flags of an app that may ask for members: large apps, and those that are in few servers.
const MEMBERS: u64 = 1 << 14 | 1 << 15;

/// Looks at token, app, intents, commands and servers. Nothing when Discord is off.
pub async fn check(discord: &Discord, store: &Store) -> Vec<Finding> {
    if !discord.is_on() {
        return Vec::new();
    }
    let reach = Reach { base: Some(discord.api.clone()), ..Reach::default() };
    let rest = match Rest::new(reach, discord.token.clone()) {
        Ok(rest) => Arc::new(rest),
        Err(error) => {
            return vec![Finding::fault(format!(
                "Discord: {error}. Please install the package ca-certificates."
            ))];
        }
    };
    let mut look = Look { discord, rest, findings: Vec::new() };
    if look.token().await {
        let application = look.application().await;
        look.sessions().await;
        let guilds = look.guilds(application.as_deref()).await;
        if let Some(application) = &application {
            look.commands(application).await;
        }
        look.servers(&guilds, store).await;
    }
    look.findings
}

/// The app's id: the configured one, otherwise Discord is asked. Errors are words for the terminal.
pub async fn application_id(discord: &Discord) -> Result<String, String> {
    if let Some(application) = &discord.application_id {
        return Ok(application.clone());
    }
    if discord.token.expose().is_empty() {
        return Err("The id of your app is not known. Please name it with --application, or set application_id under \
                    [discord]; it is on the page of your app at discord.com/developers, under \"General \
                    Information\"."
            .to_owned());
    }
    let reach = Reach { base: Some(discord.api.clone()), ..Reach::default() };
    let asked = async {
        let rest = Rest::new(reach, discord.token.clone())?;
        let answer = rest.call(Call::get(Route::Oauth2ApplicationCurrent)).await?;
        answer["id"].as_str().map(str::to_owned).ok_or_else(|| CallError::unread("application"))
    };
    asked.await.map_err(|error| {
        format!("The id of your app could not be asked for ({error}). Please name it with --application.")
    })
}

struct Look<'a> {
    discord: &'a Discord,
    rest: Arc<Rest>,
    findings: Vec<Finding>,
}

impl Look<'_> {
    fn good(&mut self, text: impl Into<String>) {
        self.findings.push(Finding::good(format!("Discord: {}", text.into())));
    }

    fn fault(&mut self, text: impl Into<String>) {
        self.findings.push(Finding::fault(format!("Discord: {}", text.into())));
    }

    fn note(&mut self, text: impl Into<String>) {
        self.findings.push(Finding::note(format!("Discord: {}", text.into())));
    }

    async fn ask(&self, route: Route<'_>) -> Result<Value, CallError> {
        self.rest.call(Call::get(route)).await
    }

    /// Whether the token works; without one nothing else can be seen.
    async fn token(&mut self) -> bool {
        match self.ask(Route::UserMe).await {
            Ok(me) => {
                let (name, account) = (text(&me, "username"), text(&me, "id"));
                self.good(format!("the token works; the bot is {name} ({account})."));
                return true;
            }
            Err(CallError::Locked | CallError::Refused { status: 401, .. }) => self.fault(
                "Discord does not know this token. Please make a new one with \"Reset Token\" on the page of your app \
                 at discord.com/developers, under \"Bot\", and set it.",
            ),
            Err(error) => self.fault(unreachable_words(&error)),
        }
        false
    }

    /// The app behind the token: its id, its key, where it delivers, and what it may hear of.
    async fn application(&mut self) -> Option<String> {
        let app = match self.ask(Route::Oauth2ApplicationCurrent).await {
            Ok(app) => app,
            Err(error) => {
                self.fault(unreachable_words(&error));
                return None;
            }
        };
        let application = text(&app, "id").to_owned();
        if let Some(configured) = self.discord.application_id.as_ref().filter(|id| **id != application) {
            self.fault(format!(
                "the token belongs to the app {application}, and application_id under [discord] names {configured}. \
                 Please take both from one app, or remove application_id."
            ));
        }
        self.deliveries(&app);
        self.members_by_flags(&app);
        Some(application).filter(|id| !id.is_empty())
    }

    fn deliveries(&mut self, app: &Value) {
        let address = app["interactions_endpoint_url"].as_str().unwrap_or_default();
        match self.discord.mode {
            DiscordMode::Gateway if !address.is_empty() => self.fault(
                "an Interactions Endpoint URL is set, so commands go there and never arrive over the connection. \
                 Please empty that field on the page of your app under \"General Information\", or set mode = \
                 \"http\".",
            ),
            DiscordMode::Http if address.is_empty() => self.fault(format!(
                "no Interactions Endpoint URL is set, so nothing arrives. While the bot runs, please enter \
                 https://YOUR-ADDRESS{PATH} on the page of your app under \"General Information\"."
            )),
            DiscordMode::Http => {
                if !address.ends_with(PATH) {
                    self.note(format!(
                        "the Interactions Endpoint URL does not end in {PATH}; that is right only if your proxy \
                         changes the path."
                    ));
                }
                self.note("whether requests reach this program cannot be seen from here. Discord tries the address \
                           when you save it.");
            }
            DiscordMode::Gateway | DiscordMode::Off => {}
        }
        let theirs = text(app, "verify_key").to_ascii_lowercase();
        let ours = self.discord.public_key.as_ref().filter(|key| !theirs.is_empty() && **key != theirs);
        if ours.is_some() {
            self.fault(
                "public_key under [discord] is of another app, so every request would be refused. Please copy it from \
                 \"General Information\" on the page of your app.",
            );
        }
    }

    /// Discord may leave the flags out; then members are asked for in the first server.
    fn members_by_flags(&mut self, app: &Value) {
        if !self.discord.member_intent {
            return;
        }
        match app["flags"].as_u64() {
            Some(flags) if flags & MEMBERS != 0 => self.good("the Server Members Intent is on."),
            Some(_) => self.fault(NO_MEMBERS),
            None => {}
        }
    }

    /// How often the bot may connect today.
    async fn sessions(&mut self) {
        if self.discord.mode != DiscordMode::Gateway {
            return;
        }
        let answer = match self.ask(Route::GatewayBot).await {
            Ok(answer) => answer,
            Err(error) => return self.fault(unreachable_words(&error)),
        };
        let plan = Plan::read(&answer);
        let left = answer.pointer("/session_start_limit/remaining").and_then(Value::as_u64).unwrap_or(0);
        if let Some(wait) = plan.wait {
            self.fault(format!(
                "only {left} connections may be begun today, because the bot was started very often. Please leave it \
                 off for {} minutes; with more tries Discord would take the token away.",
                wait.as_secs().div_ceil(60)
            ));
        } else if let Err(error) = plan.clone().at(self.discord.gateway.as_deref()) {
            self.fault(format!("{error}."));
        } else {
            let connections = if plan.shards == 1 { "connection" } else { "connections" };
            self.good(format!(
                "the gateway wants {} {connections}; {left} may be begun today. None was opened for this check.",
                plan.shards
            ));
        }
    }

    /// The servers that the bot is in.
    async fn guilds(&mut self, application: Option<&str>) -> Vec<(String, String)> {
        let answer = match self.ask(Route::UserMeGuilds).await {
            Ok(answer) => answer,
            Err(error) => {
                self.fault(unreachable_words(&error));
                return Vec::new();
            }
        };
        let guilds = answer.as_array().into_iter().flatten();
        let guilds: Vec<(String, String)> =
            guilds.map(|one| (text(one, "id").to_owned(), text(one, "name").to_owned())).collect();
        if guilds.is_empty() {
            let link =
                application.map(|id| format!(": {}", invite(id, self.discord.rooms))).unwrap_or_default();
            self.fault(format!(
                "the bot is in no server yet. Please open the link of `roundtable discord invite`{link}"
            ));
        }
        guilds
    }

    async fn commands(&mut self, application: &str) {
        let Some(application) = id(application) else { return };
        match registered(&self.rest, application).await {
            Ok(theirs) if theirs.as_array().is_some_and(Vec::is_empty) => {
                self.note("no command is registered yet; the bot does that when it starts.");
            }
            Ok(theirs) if commands::differs(&setup::tree(ROOT), &theirs) => {
                self.note("the registered commands are those of another version; the bot renews them when it starts.");
            }
            Ok(_) => self.good(format!("{ROOT} and all that is below it is registered.")),
            Err(error) => self.fault(format!("the registered commands cannot be seen ({error}).")),
        }
    }

    async fn servers(&mut self, guilds: &[(String, String)], store: &Store) {
        let arranger = Arranger::new(self.rest.clone(), store.clone(), self.discord.rooms);
        for (guild, name) in guilds.iter().take(MOST_GUILDS) {
            match arranger.look(guild).await {
                Ok(found) => self.server(&found),
                Err(error) => self.fault(format!("the server {name} cannot be looked at ({error}).")),
            }
        }
        if guilds.len() > MOST_GUILDS {
            self.note(format!("{} more servers were not looked at.", guilds.len() - MOST_GUILDS));
        }
        let told = self.findings.iter().any(|finding| finding.text.contains("Members Intent"));
        if self.discord.member_intent && !told {
            self.members(guilds).await;
        }
    }

    fn server(&mut self, found: &Arrangement) {
        let name = &found.name;
        if found.home_is_lost {
            self.fault(format!(
                "server {name}: the mentoring channel is gone, or the bot does not see it. Please run /mentor setup \
                 there, or give the bot \"View Channels\" in it."
            ));
        } else if found.home.is_none() {
            self.note(format!(
                "server {name}: no mentoring channel is chosen. Please run /mentor setup there."
            ));
        }
        let place = match &found.home {
            Some(home) => format!("server {name}, channel #{}", home.name),
            None => format!("server {name}"),
        };
        if found.missing.is_empty() {
            self.good(format!("{place}: the bot has all permissions that it needs."));
        } else {
            self.fault(format!(
                "{place}: permissions are missing: {}. Please give them to the bot's role under \"Server Settings\", \
                 \"Roles\", or in the settings of the channel.",
                listed(&found.missing)
            ));
        }
    }

    /// Members can be listed only by those who may hear of them.
    async fn members(&mut self, guilds: &[(String, String)]) {
        let guild = guilds.first().and_then(|(guild, _)| guild.parse().ok()).map(GuildId::new);
        let Some(guild_id) = guild else {
            return self.note(
                "whether the Server Members Intent is on cannot be seen before the bot is in a server.",
            );
        };
        let call = Call::get(Route::GuildMembers { guild_id }).params(vec![("limit", "1".to_owned())]);
        match self.rest.call(call).await {
            Ok(_) => self.good("the Server Members Intent is on."),
            Err(CallError::Refused { .. }) => self.fault(NO_MEMBERS),
            Err(error) => {
                self.note(format!("whether the Server Members Intent is on could not be seen ({error})."));
            }
        }
    }
}

const NO_MEMBERS: &str = "the Server Members Intent is off, so Discord would close every connection. Please switch it \
                          on on the page of your app under \"Bot\", or set member_intent = false under [discord].";

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn unreachable_words(error: &CallError) -> String {
    format!("it cannot be asked now ({error}). Please check the network, and `api` under [discord].")
}

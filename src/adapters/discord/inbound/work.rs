//! Carrying errands out: who is it, which guild, what is meant, ask the core, answer. Invariant: the interaction's id is
//! the request's key, so an errand that comes again after a crash has its effect once.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::act::Act;
use super::answers::Answers;
use super::desk::Desk;
use super::envelope::{Asked, Errand, Who};
use super::homes::{Home, Homes, Meets};
use super::lifecycle::News;
use super::profile::Profiles;
use super::shelf::Shelf;
use super::wanted::{Wanted, wanted};
use super::{words, zones};
use crate::adapters::common::inbox::{Carry, End};
use crate::adapters::discord::PLATFORM;
use crate::adapters::discord::arrange::Arrange;
use crate::adapters::discord::draw::Artist;
use crate::adapters::discord::render::picker;
use crate::chat::Messenger;
use crate::clock::{Clock, IdSource};
use crate::core::{Core, Input, Reply, Request, Told};
use crate::domain::civil::Instant;
use crate::store::StoreError;
use crate::store::inbox::Parcel;

/// Requests that are with the core at once: more would only stand in line for the database, and what arrives has to
/// get in between.
const MOST_TURNS: usize = 8;
/// The database is asked again after this long.
const AGAIN_SECS: i64 = 5;

/// Everything that it takes to carry an errand out.
pub struct Office {
    pub(super) core: Arc<Core>,
    pub(super) messenger: Arc<dyn Messenger>,
    pub(super) answers: Arc<dyn Answers>,
    pub(super) desk: Arc<Desk>,
    pub(super) looks: Artist,
    pub(super) profiles: Profiles,
    pub(super) homes: Homes,
    pub(super) shelf: Shelf,
    pub(super) meets: Arc<dyn Meets>,
    pub(super) arrange: Arc<dyn Arrange>,
    pub(super) news: News,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn IdSource>,
    pub(super) turns: Semaphore,
}

impl std::fmt::Debug for Office {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Office").field("core", &self.core).finish_non_exhaustive()
    }
}

impl Office {
    /// The turns of an office.
    pub(super) fn turns() -> Semaphore {
        Semaphore::new(MOST_TURNS)
    }

    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Asks the core for somebody whose guild is settled.
    pub(super) async fn ask(&self, act: &Act, delivery: &str, input: Input) -> Reply {
        self.hand_in(act, delivery, input).await.reply
    }

    /// The same for whoever has to know whether the core carried it out.
    pub(super) async fn hand_in(&self, act: &Act, delivery: &str, input: Input) -> Told {
        self.ask_as(&act.guild, &act.asked.who, act.asked.guild.is_some(), act.room(), delivery, input).await
    }

    /// `here` says whether it was done in the guild itself, where Discord knows names and rights.
    pub(super) async fn ask_as(
        &self,
        guild: &str,
        who: &Who,
        here: bool,
        room: Option<&str>,
        delivery: &str,
        input: Input,
    ) -> Told {
        let _turn = self.turns.acquire().await;
        let organisers = self.organisers(guild, who).await;
        let who = &Profiles::counted(who, organisers.as_deref());
        let actor = self.profiles.actor(who);
        if here && let Err(error) = self.take_over(guild, who).await {
            tracing::warn!(error.reason = %error, "discord.profile_not_taken_over");
        }
        let request = Request {
            platform: PLATFORM.to_owned(),
            workspace: guild.to_owned(),
            actor,
            room: room.map(str::to_owned),
            delivery: delivery.to_owned(),
            input,
        };
        self.core.carry_out(request).await
    }

    /// Takes over how somebody counts in a guild, if that is news.
    async fn take_over(&self, guild: &str, who: &Who) -> Result<(), StoreError> {
        if !self.profiles.note(guild, who) {
            return Ok(());
        }
        let told = self.core.account_changed(PLATFORM, guild, &self.profiles.actor(who), true).await;
        if told.is_err() {
            self.profiles.unsee(guild, &who.account);
        }
        told
    }

    /// Takes over what Discord says of somebody without an act of theirs: `admin` says whether the guild's roles let
    /// them run it.
    pub(super) async fn recognise(&self, guild: &str, who: &Who) -> Result<(), StoreError> {
        let organisers = self.organisers(guild, who).await;
        self.take_over(guild, &Profiles::counted(who, organisers.as_deref())).await
    }

    /// The role of those who run programmes in a guild. Who has no role, or may manage the guild, needs none.
    async fn organisers(&self, guild: &str, who: &Who) -> Option<String> {
        if who.admin || who.roles.is_empty() {
            return None;
        }
        match self.arrange.organisers(guild).await {
            Ok(role) => role,
            Err(error) => {
                tracing::warn!(error.reason = %error, "discord.organisers_not_found");
                None
            }
        }
    }

    async fn carry_act(&self, parcel: &Parcel, asked: Asked) -> End {
        let (wanted, said) = wanted(&asked.how);
        if let Wanted::Guild(guild, _) = &wanted {
            self.homes.note(&asked.who.account, guild);
        }
        let mut act = Act {
            guild: asked.guild.clone().unwrap_or_default(),
            asked,
            received_at: parcel.received_at,
            kept: true,
            over: false,
        };
        // Who says which guild is meant says it louder than the message that the list stands on.
        let said = match &wanted {
            Wanted::Guild(guild, _) => Some(guild.clone()),
            _ => said,
        };
        let asked_for = match &wanted {
            Wanted::Command(text) | Wanted::Guild(_, text) => text.as_str(),
            _ => "",
        };
        match self.settle(&mut act, said.as_deref(), asked_for).await {
            Ok(None) => {}
            Ok(Some(end)) => return end,
            Err(error) => {
                tracing::warn!(error.reason = %error, "discord.guild_not_found");
                return End::Again(AGAIN_SECS);
            }
        }
        match wanted {
            Wanted::Guild(_, text) if text.is_empty() => self.tell(&act, &words::chosen()).await,
            Wanted::Command(text) | Wanted::Guild(_, text) => self.run(&act, &text).await,
            Wanted::Pick { label, command } => self.let_pick(&act, &label, &command).await,
            Wanted::SetUp(wish) => self.set_up(act, wish).await,
            Wanted::Outdated => self.tell(&act, &words::outdated()).await,
        }
    }

    /// Settles which guild is meant; the end when there is none to go on with.
    pub(super) async fn settle(
        &self,
        act: &mut Act,
        said: Option<&str>,
        asked: &str,
    ) -> Result<Option<End>, StoreError> {
        let account = act.asked.who.account.clone();
        if !act.asked.at_home {
            return Ok(Some(self.tell(act, &words::not_here()).await));
        }
        if let Some(guild) = &act.asked.guild {
            self.meets.agreed(&account).await;
            self.homes.note(&account, guild);
            return Ok(None);
        }
        self.meets.met(&account, &act.asked.room).await;
        match self.homes.find(&account, said).await? {
            Home::Guild(guild) => {
                act.guild = guild;
                Ok(None)
            }
            Home::OneOf(guilds) => Ok(Some(self.tell(act, &words::which(&guilds, asked)).await)),
            Home::None => Ok(Some(self.tell(act, &words::known_nowhere()).await)),
        }
    }

    async fn run(&self, act: &Act, text: &str) -> End {
        let is_new = self.is_new(act).await;
        let reply = self.ask(act, &act.delivery(), Input::Text(text.to_owned())).await;
        let opens_window = matches!(reply, Reply::Form(_));
        let end = self.answer(act, text, reply).await;
        if is_new && end == End::Done && !opens_window && !text.starts_with("zone") {
            self.ask_zone(act).await;
        }
        end
    }

    /// Whether the core does not know the person yet. Who was seen since the start is known.
    async fn is_new(&self, act: &Act) -> bool {
        let Some(guild) = &act.asked.guild else { return false };
        if self.profiles.has(guild, &act.asked.who.account) {
            return false;
        }
        let known = self.core.belongs_to(PLATFORM, &act.asked.who.account).await;
        known.is_ok_and(|known| known.iter().all(|home| home.workspace != *guild))
    }

    /// Nobody but the person knows their zone, so it is asked for, once.
    async fn ask_zone(&self, act: &Act) {
        let question = zones::question(&act.asked.locale, self.now());
        for part in self.looks.reply(&act.guild, act.home(), &question).await {
            let body = super::answers::guarded(part.private(), &[]);
            if let Err(error) = self.answers.more(&act.asked, &body, Vec::new()).await {
                tracing::info!(error.reason = %error, "discord.zone_not_asked_for");
            }
        }
    }

    /// Opens a window for date and time, in the zone that the core reads them in.
    async fn let_pick(&self, act: &Act, label: &str, command: &str) -> End {
        let listed = self.core.directory(PLATFORM, &act.guild).await.unwrap_or_default();
        let zone = listed.into_iter().find(|person| person.account == act.asked.who.account);
        let zone = zone.map(|person| person.zone);
        match picker(label, command, zone.as_deref(), act.home()) {
            Some(modal) => self.open(act, modal, "").await,
            None => self.tell(act, &words::outdated()).await,
        }
    }
}

#[async_trait]
impl Carry for Office {
    type Errand = Errand;

    fn lane(&self, parcel: &Parcel, errand: &Errand) -> String {
        format!("{}/{}", parcel.workspace, errand.about())
    }

    async fn carry(&self, parcel: &Parcel, errand: Errand) -> End {
        match errand {
            Errand::Act { asked } => {
                let id = asked.id.clone();
                let end = self.carry_act(parcel, *asked).await;
                if !matches!(end, End::Again(_)) {
                    self.desk.leave(&id);
                }
                end
            }
            Errand::Typed { who, text, room, .. } => self.carry_typed(parcel, who, &text, &room).await,
            news => self.note(parcel, news).await,
        }
    }
}

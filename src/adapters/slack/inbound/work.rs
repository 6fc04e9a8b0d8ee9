//! Carrying errands out: who is it, what is meant, ask the core, answer. Invariant: the delivery's key is the
//! request's key, so an errand that comes again after a crash has its effect once; its answer may come twice.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::act::{Act, act_of};
use super::envelope::{Errand, Who};
use super::homes::Homes;
use super::looks::Looks;
use super::profile::{Known, Profiles};
use super::{lifecycle, words};
use crate::adapters::common::inbox::{Carry, End};
use crate::adapters::slack::PLATFORM;
use crate::adapters::slack::render::Press;
use crate::adapters::slack::tokens::TokenSource;
use crate::adapters::slack::transport::{Courier, Replies};
use crate::chat::{Message, Messenger};
use crate::clock::IdSource;
use crate::core::{Actor, Core, Input, Reply, Request};
use crate::domain::civil::Instant;
use crate::store::inbox::Parcel;

/// Requests that are with the core at once: more would only stand in line for the database, and what arrives has to
/// get in between.
const MOST_TURNS: usize = 8;
/// A workspace whose token cannot be had is asked for again so often.
const MOST_HOMELESS: i64 = 3;
const HOMELESS_SECS: i64 = 5;

/// Everything that it takes to carry an errand out.
pub struct Office {
    pub(super) core: Arc<Core>,
    pub(super) courier: Arc<Courier>,
    pub(super) messenger: Arc<dyn Messenger>,
    pub(super) replies: Replies,
    pub(super) looks: Arc<Looks>,
    pub(super) profiles: Arc<Profiles>,
    pub(super) homes: Arc<Homes>,
    pub(super) tokens: Arc<TokenSource>,
    pub(super) ids: Arc<dyn IdSource>,
    turns: Semaphore,
}

impl std::fmt::Debug for Office {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Office").field("core", &self.core).finish_non_exhaustive()
    }
}

impl Office {
    /// Puts the parts together.
    #[allow(clippy::too_many_arguments)] // Each is a part of its own, and there is one caller.
    pub(super) fn new(
        core: Arc<Core>,
        courier: Arc<Courier>,
        messenger: Arc<dyn Messenger>,
        looks: Arc<Looks>,
        homes: Arc<Homes>,
        profiles: Arc<Profiles>,
        tokens: Arc<TokenSource>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        let replies = Replies::new(courier.clone());
        let turns = Semaphore::new(MOST_TURNS);
        Self { core, courier, messenger, replies, looks, profiles, homes, tokens, ids, turns }
    }

    pub(super) fn now(&self) -> Instant {
        self.courier.now()
    }

    /// A mark for a message of ours.
    pub(super) fn marker(&self) -> String {
        self.ids.next(self.now())
    }

    /// Who it is for the core. The error is what to tell them, if anything.
    pub(super) async fn recognise(&self, workspace: &str, who: &Who) -> Result<Actor, Option<Message>> {
        match self.profiles.find(workspace, who, self.now()).await {
            Known::Person { actor, fresh } => {
                if fresh
                    && let Err(error) = self.core.account_changed(PLATFORM, workspace, &actor, true).await
                {
                    tracing::warn!(error.reason = %error, "slack.profile_not_taken_over");
                }
                Ok(*actor)
            }
            Known::Unseen(actor) => Ok(*actor),
            Known::Stranger => {
                tracing::info!(slack.workspace = %workspace, "slack.stranger_refused");
                Err(Some(words::stranger()))
            }
            Known::Nobody => Err(None),
        }
    }

    /// Asks the core.
    pub(super) async fn ask(
        &self,
        workspace: &str,
        actor: Actor,
        room: Option<&str>,
        delivery: &str,
        input: Input,
    ) -> Reply {
        let _turn = self.turns.acquire().await;
        let request = Request {
            platform: PLATFORM.to_owned(),
            workspace: workspace.to_owned(),
            actor,
            room: room.map(str::to_owned),
            delivery: delivery.to_owned(),
            input,
        };
        self.core.handle(request).await
    }

    async fn carry_act(&self, parcel: &Parcel, act: &Act) -> End {
        if self.courier.api.token(&act.workspace).await.is_err() {
            return self.homeless(parcel, act).await;
        }
        if act.typed
            && let Some(room) = act.room()
        {
            self.courier.learn_direct(&act.workspace, &act.who.account, room).await;
        }
        let actor = match self.recognise(&act.workspace, &act.who).await {
            Ok(actor) => actor,
            Err(Some(words)) => return self.tell(act, &words).await,
            Err(None) => return End::Done,
        };
        let end = match &act.asked {
            Press::Command(text) => {
                let input = Input::Text(text.clone());
                let reply = self.ask(&act.workspace, actor, act.room(), &act.delivery, input).await;
                self.answer(act, text, reply).await
            }
            Press::Pick { label, command } => self.let_pick(act, &actor, label, command).await,
        };
        self.homes.touch(&act.workspace, &act.who.account);
        end
    }

    /// There is no token: the app was taken away, or the database cannot be read just now.
    async fn homeless(&self, parcel: &Parcel, act: &Act) -> End {
        if parcel.tries < MOST_HOMELESS {
            return End::Again(HOMELESS_SECS);
        }
        if let Some(address) = &act.response_url {
            let words = self.courier.render(&act.workspace, &words::not_here()).await;
            let body = serde_json::json!({
                "response_type": "ephemeral", "replace_original": false, "text": words.text, "blocks": words.blocks,
            });
            if let Err(error) = self.courier.api.respond(address, &body).await {
                tracing::info!(error.reason = %error, "slack.nobody_to_answer");
            }
        }
        End::Dead("the app is not installed in this workspace")
    }

    /// Opens a window for date and time, in the zone that the core reads them in.
    async fn let_pick(&self, act: &Act, actor: &Actor, label: &str, command: &str) -> End {
        let listed = self.core.directory(PLATFORM, &act.workspace).await.unwrap_or_default();
        let zone =
            listed.into_iter().find(|person| person.account == actor.external_id).map(|person| person.zone);
        let zone = zone.or_else(|| actor.zone.clone());
        let view = self.looks.picker(&act.workspace, label, command, zone.as_deref(), act.room()).await;
        // A picker is asked for by pressing again; the bare command would not say what for.
        self.open(act, view, "").await
    }
}

#[async_trait]
impl Carry for Office {
    type Errand = Errand;

    /// What one person does, or what happens to one room or workspace.
    fn lane(&self, parcel: &Parcel, errand: &Errand) -> String {
        let about = match errand {
            Errand::Command { who, .. } | Errand::Press { who, .. } | Errand::Typed { who, .. } => {
                &who.account
            }
            Errand::HomeOpened { account, .. } | Errand::Left { account, .. } => account,
            Errand::Person { profile } => &profile.account,
            Errand::RoomLost { room, .. } => room,
            Errand::Uninstalled { .. } | Errand::Revoked { .. } | Errand::Renamed { .. } => "",
        };
        format!("{}/{about}", parcel.workspace)
    }

    async fn carry(&self, parcel: &Parcel, errand: Errand) -> End {
        match errand {
            Errand::Command { .. } | Errand::Press { .. } | Errand::Typed { .. } => {
                match act_of(parcel, errand) {
                    Some(act) => self.carry_act(parcel, &act).await,
                    None => End::Done,
                }
            }
            Errand::HomeOpened { account, shown } => self.show_home(parcel, &account, shown).await,
            other => lifecycle::note(self, parcel, other).await,
        }
    }
}

impl Office {
    /// Somebody looks at the bot's home.
    async fn show_home(&self, parcel: &Parcel, account: &str, shown: bool) -> End {
        let who = Who { account: account.to_owned(), ..Who::default() };
        // A stranger's home stays as Slack shows it to everybody.
        if let Ok(actor) = self.recognise(&parcel.workspace, &who).await {
            self.homes.opened(&parcel.workspace, actor, &parcel.delivery, shown).await;
        }
        End::Done
    }
}

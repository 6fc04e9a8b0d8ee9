//! Who somebody is, as their Slack profile says: name, zone and address are taken from there and never asked for.
//! Invariant: a profile that cannot be had never stops a command; a stranger, a bot or a deactivated account that is
//! known to be one never gets an effect.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::envelope::Who;
use crate::adapters::slack::transport::{SlackApi, Urgency};
use crate::core::Actor;
use crate::domain::civil::Instant;

/// What is kept of a profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools)] // As Slack tells them.
pub struct Profile {
    /// The account.
    pub account: String,
    /// The short name.
    pub handle: String,
    /// The full name.
    pub name: String,
    /// IANA name of the time zone.
    pub zone: Option<String>,
    /// E-mail address, when the app may see it.
    pub email: Option<String>,
    /// Whether the account runs the workspace.
    pub admin: bool,
    /// Whether the account is there no more.
    pub deleted: bool,
    /// Whether it is no person.
    pub bot: bool,
    /// Whether it belongs to somebody else's workspace.
    pub stranger: bool,
    /// The workspaces it belongs to, as far as the profile says.
    pub teams: Vec<String>,
}

fn text(value: &Value, pointer: &str) -> String {
    let text = value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    text.trim().chars().take(200).collect()
}

fn first(value: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().map(|pointer| text(value, pointer)).find(|text| !text.is_empty())
}

fn is(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

impl Profile {
    /// Reads a `user` object; `None` without an id.
    pub fn read(user: &Value) -> Option<Self> {
        let account = text(user, "/id");
        let plain = account.bytes().all(|b| b.is_ascii_alphanumeric());
        if account.is_empty() || !plain {
            return None;
        }
        let handle = first(user, &["/name", "/profile/display_name"]).unwrap_or_else(|| account.clone());
        let name = first(user, &["/profile/real_name", "/real_name", "/profile/display_name", "/name"]);
        let more = user.pointer("/enterprise_user/teams").and_then(Value::as_array).into_iter().flatten();
        let mut teams: Vec<String> = more.take(100).map(|team| text(team, "")).collect();
        teams.push(text(user, "/team_id"));
        teams.retain(|team| team.starts_with('T'));
        Some(Self {
            name: name.unwrap_or_else(|| handle.clone()),
            handle,
            zone: first(user, &["/tz"]),
            email: first(user, &["/profile/email"]).filter(|email| email.contains('@')),
            admin: ["is_admin", "is_owner", "is_primary_owner"].iter().any(|key| is(user, key)),
            deleted: is(user, "deleted"),
            bot: is(user, "is_bot") || is(user, "is_workflow_bot") || account == "USLACKBOT",
            stranger: is(user, "is_stranger"),
            teams,
            account,
        })
    }

    /// Whether the account is somebody else's: a person of another workspace, met in a shared channel.
    pub fn is_foreign(&self, workspace: &str) -> bool {
        self.stranger || !(self.teams.is_empty() || self.teams.iter().any(|team| team == workspace))
    }

    /// As the core wants it.
    fn actor(&self) -> Actor {
        Actor {
            external_id: self.account.clone(),
            handle: self.handle.clone(),
            name: self.name.clone(),
            zone: self.zone.clone(),
            email: self.email.clone(),
            organisation: None,
            admin: self.admin,
        }
    }
}

/// What is known of whoever did something.
#[derive(Debug, Clone)]
pub enum Known {
    /// Somebody of this workspace.
    Person {
        /// As the core wants it.
        actor: Box<Actor>,
        /// Whether nobody was told of this profile yet.
        fresh: bool,
    },
    /// The profile could not be had: all there is, is what came with the delivery.
    Unseen(Box<Actor>),
    /// Somebody of another workspace.
    Stranger,
    /// No person, or nobody any more.
    Nobody,
}

/// A profile is believed this long.
const FRESH_HOURS: i64 = 24;
/// After a failure it is not asked for again for this long.
const SULK_SECS: i64 = 60;
/// A command waits no longer than this for a profile, for a form must open within three seconds.
const PATIENCE: Duration = Duration::from_millis(900);
/// More profiles than this are never kept.
const MOST: usize = 20_000;

#[derive(Debug, Clone)]
struct Kept {
    profile: Option<Profile>,
    until: Instant,
    told: bool,
}

/// Profiles by workspace and account.
pub struct Profiles {
    api: Arc<SlackApi>,
    admins: BTreeSet<String>,
    kept: Mutex<HashMap<(String, String), Kept>>,
}

impl std::fmt::Debug for Profiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profiles").field("kept", &self.kept().len()).finish_non_exhaustive()
    }
}

impl Profiles {
    /// Knows nobody yet. `admins` are e-mail addresses and member ids that count as administrators of their
    /// workspace besides those whom Slack calls so.
    pub fn new(api: Arc<SlackApi>, admins: &[String]) -> Self {
        let admins = admins.iter().map(|admin| admin.to_lowercase()).collect();
        Self { api, admins, kept: Mutex::new(HashMap::new()) }
    }

    /// A profile as the core wants it.
    pub fn actor(&self, profile: &Profile) -> Actor {
        let mut actor = profile.actor();
        let named = |word: &str| self.admins.contains(&word.to_lowercase());
        actor.admin |= named(&profile.account) || profile.email.as_deref().is_some_and(named);
        actor
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<(String, String), Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a profile that Slack sent by itself.
    pub fn note(&self, workspace: &str, profile: Profile, now: Instant) {
        let account = profile.account.clone();
        let kept = Kept { profile: Some(profile), until: now.plus_hours(FRESH_HOURS), told: true };
        self.keep(workspace, &account, kept, now);
    }

    fn keep(&self, workspace: &str, account: &str, fresh: Kept, now: Instant) {
        let mut kept = self.kept();
        if kept.len() >= MOST {
            kept.retain(|_, kept| kept.until > now);
        }
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert((workspace.to_owned(), account.to_owned()), fresh);
    }

    /// Forgets a workspace.
    pub fn forget(&self, workspace: &str) {
        self.kept().retain(|(kept, _), _| kept != workspace);
    }

    /// Who this is. Asks Slack at most once a day.
    pub async fn find(self: &Arc<Self>, workspace: &str, who: &Who, now: Instant) -> Known {
        if who.account == "USLACKBOT" {
            return Known::Nobody;
        }
        let profile = self.profile(workspace, &who.account, now).await;
        let foreign = |team: &String| team.starts_with('T') && team != workspace;
        match profile {
            Some(profile) if profile.bot || profile.deleted => Known::Nobody,
            Some(profile) if profile.is_foreign(workspace) => Known::Stranger,
            Some(profile) => {
                let fresh = self.is_news(workspace, &who.account);
                Known::Person { actor: Box::new(self.actor(&profile)), fresh }
            }
            None if who.team.as_ref().is_some_and(foreign) => Known::Stranger,
            None => Known::Unseen(Box::new(unseen(who))),
        }
    }

    /// True once for each profile that was asked for.
    fn is_news(&self, workspace: &str, account: &str) -> bool {
        let mut kept = self.kept();
        let kept = kept.get_mut(&(workspace.to_owned(), account.to_owned()));
        kept.is_some_and(|kept| !std::mem::replace(&mut kept.told, true))
    }

    async fn profile(self: &Arc<Self>, workspace: &str, account: &str, now: Instant) -> Option<Profile> {
        let known = self.kept().get(&(workspace.to_owned(), account.to_owned())).cloned();
        if let Some(known) = known.filter(|known| known.until > now) {
            return known.profile;
        }
        // A task of its own: what comes too late for this command is there for the next.
        let (this, workspace, account) = (Arc::clone(self), workspace.to_owned(), account.to_owned());
        let asked = tokio::spawn(async move { this.ask(&workspace, &account, now).await });
        tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?
    }

    async fn ask(&self, workspace: &str, account: &str, now: Instant) -> Option<Profile> {
        let answer = match self.api.token(workspace).await {
            Ok(token) => self.api.call(&token, "users.info", json!({"user": account}), Urgency::Reply).await,
            Err(error) => Err(error),
        };
        // A user object that cannot be read is as good as none.
        let profile = answer.ok().and_then(|answer| Profile::read(answer.get("user")?));
        let until = if profile.is_some() { now.plus_hours(FRESH_HOURS) } else { now.plus_secs(SULK_SECS) };
        self.keep(workspace, account, Kept { profile: profile.clone(), until, told: false }, now);
        profile
    }
}

/// All that a delivery says.
fn unseen(who: &Who) -> Actor {
    let handle = if who.handle.is_empty() { who.account.clone() } else { who.handle.clone() };
    Actor { external_id: who.account.clone(), name: handle.clone(), handle, ..Actor::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> Value {
        json!({
            "id": "U012AB3CD", "team_id": "T1", "name": "ada", "deleted": false, "tz": "Europe/Berlin",
            "real_name": "Ada Example", "is_admin": true, "is_bot": false,
            "profile": {"real_name": "Ada Example", "display_name": "", "email": "ada@example.org"},
        })
    }

    #[test]
    fn a_profile_gives_name_zone_and_address_to_the_core() {
        let profile = Profile::read(&user()).expect("it has an id");
        let actor = profile.actor();
        assert_eq!((actor.external_id.as_str(), actor.handle.as_str()), ("U012AB3CD", "ada"));
        assert_eq!((actor.name.as_str(), actor.zone.as_deref()), ("Ada Example", Some("Europe/Berlin")));
        assert_eq!(actor.email.as_deref(), Some("ada@example.org"));
        assert!(actor.admin && !profile.is_foreign("T1"));
    }

    #[test]
    fn somebody_of_another_workspace_is_foreign_unless_the_organisation_shares_the_account() {
        let profile = Profile::read(&user()).expect("it has an id");
        assert!(profile.is_foreign("T2"));
        let mut shared = user();
        shared["enterprise_user"] = json!({"teams": ["T2", "T3"]});
        assert!(!Profile::read(&shared).expect("it has an id").is_foreign("T2"));
        let mut stranger = user();
        stranger["is_stranger"] = json!(true);
        assert!(Profile::read(&stranger).expect("it has an id").is_foreign("T1"));
    }

    #[test]
    fn a_profile_with_keys_missing_or_of_other_types_is_read_as_far_as_it_goes() {
        let odd = json!({"id": "U1", "name": 7, "tz": null, "profile": [], "is_admin": "yes", "deleted": 1});
        let profile = Profile::read(&odd).expect("it has an id");
        assert_eq!((profile.name.as_str(), profile.handle.as_str()), ("U1", "U1"));
        assert!(profile.zone.is_none() && !profile.admin && !profile.deleted);
        assert_eq!(Profile::read(&json!({"name": "x"})), None);
        assert_eq!(Profile::read(&json!({"id": "U1/../x"})), None);
    }

    #[test]
    fn without_a_profile_the_short_name_has_to_do() {
        let who = Who { account: "U1".into(), handle: "ada".into(), team: None };
        let actor = unseen(&who);
        assert_eq!((actor.name.as_str(), actor.zone), ("ada", None));
        assert_eq!(unseen(&Who { account: "U1".into(), ..Who::default() }).name, "U1");
    }
}

//! Who somebody is: Discord says it with everything they do in a guild, so nobody has to be asked for. Invariant: what
//! the core holds of an account follows what Discord said last in that guild; a direct conversation, where Discord
//! knows neither the guild's name for somebody nor their rights, changes nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::envelope::Who;
use crate::core::Actor;

/// More people than this are never kept in mind.
const MOST: usize = 50_000;

/// People by guild and account, as they were last seen.
#[derive(Debug)]
pub struct Profiles {
    admins: BTreeSet<String>,
    seen: Mutex<HashMap<(String, String), Who>>,
}

impl Profiles {
    /// Knows nobody yet. `admins` are account ids and unique names that count as administrators besides those who run
    /// their guild.
    pub fn new(admins: &[String]) -> Self {
        let admins = admins.iter().map(|admin| admin.trim().trim_start_matches('@').to_lowercase()).collect();
        Self { admins, seen: Mutex::default() }
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<(String, String), Who>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As the core wants it. Discord knows neither time zone nor address of anybody.
    pub fn actor(&self, who: &Who) -> Actor {
        let named = self.admins.contains(&who.account) || self.admins.contains(&who.handle.to_lowercase());
        Actor {
            external_id: who.account.clone(),
            handle: who.handle.clone(),
            name: who.name.clone(),
            admin: who.admin || named,
            ..Actor::default()
        }
    }

    /// Somebody as they count in a guild: whoever has the role of its organisers runs it.
    pub fn counted(who: &Who, organisers: Option<&str>) -> Who {
        let has_role = organisers.is_some_and(|role| who.roles.iter().any(|own| own == role));
        Who { admin: who.admin || has_role, roles: Vec::new(), ..who.clone() }
    }

    /// Takes note of somebody in a guild, and says whether anything about them is news.
    pub fn note(&self, guild: &str, who: &Who) -> bool {
        let mut seen = self.seen();
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert((guild.to_owned(), who.account.clone()), who.clone()).as_ref() != Some(who)
    }

    /// Whether somebody was seen in a guild since the start.
    pub fn has(&self, guild: &str, account: &str) -> bool {
        self.seen().contains_key(&(guild.to_owned(), account.to_owned()))
    }

    /// Takes back a note that could not be handed on.
    pub fn unsee(&self, guild: &str, account: &str) {
        self.seen().remove(&(guild.to_owned(), account.to_owned()));
    }

    /// Somebody is called otherwise now: how they were last seen, with the new names. `None` when they were not seen
    /// since the start, for then nobody can say whether they run the guild.
    pub fn renamed(&self, guild: &str, who: &Who) -> Option<Who> {
        let mut seen = self.seen();
        let last = seen.get_mut(&(guild.to_owned(), who.account.clone()))?;
        let fresh = Who { admin: last.admin, roles: Vec::new(), ..who.clone() };
        if *last == fresh {
            return None;
        }
        *last = fresh.clone();
        Some(fresh)
    }

    /// Forgets a guild.
    pub fn forget(&self, guild: &str) {
        self.seen().retain(|(seen, _), _| seen != guild);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Who {
        Who { account: "700".into(), handle: "ada".into(), name: "Ada Example".into(), ..Who::default() }
    }

    #[test]
    fn administrators_are_those_who_run_the_guild_and_those_whom_the_config_names() {
        let profiles = Profiles::new(&["@Ada".to_owned(), "701".to_owned()]);
        assert!(profiles.actor(&ada()).admin);
        let bo = Who { account: "701".into(), handle: "bo".into(), ..ada() };
        assert!(profiles.actor(&bo).admin);
        let cy = Who { account: "702".into(), handle: "cy".into(), ..ada() };
        assert!(!profiles.actor(&cy).admin);
        assert!(profiles.actor(&Who { admin: true, ..cy }).admin);
    }

    #[test]
    fn who_has_the_role_of_the_organisers_counts_as_running_the_guild() {
        let organiser = Who { roles: vec!["7".into(), "8".into()], ..ada() };
        assert!(Profiles::counted(&organiser, Some("8")).admin);
        assert!(!Profiles::counted(&organiser, Some("9")).admin);
        assert!(!Profiles::counted(&organiser, None).admin);
        assert!(Profiles::counted(&Who { admin: true, ..ada() }, None).admin);
        let profiles = Profiles::new(&[]);
        assert!(profiles.note("500", &Profiles::counted(&organiser, None)));
        assert!(
            profiles.note("500", &Profiles::counted(&organiser, Some("8"))),
            "a role that was chosen is news"
        );
        assert!(
            !profiles.note("500", &Profiles::counted(&Who { roles: vec!["8".into()], ..ada() }, Some("8")))
        );
    }

    #[test]
    fn an_actor_has_the_guilds_name_and_neither_zone_nor_address() {
        let actor = Profiles::new(&[]).actor(&ada());
        assert_eq!((actor.external_id.as_str(), actor.name.as_str()), ("700", "Ada Example"));
        assert_eq!((actor.zone, actor.email), (None, None));
    }

    #[test]
    fn only_what_changed_is_news_and_each_guild_for_itself() {
        let profiles = Profiles::new(&[]);
        assert!(profiles.note("500", &ada()));
        assert!(!profiles.note("500", &ada()));
        assert!(profiles.note("501", &ada()));
        assert!(profiles.note("500", &Who { admin: true, ..ada() }));
        profiles.unsee("500", "700");
        assert!(profiles.note("500", &ada()));
    }

    #[test]
    fn a_new_name_keeps_the_rights_that_were_last_seen() {
        let profiles = Profiles::new(&[]);
        let new = Who { name: "Ada New".into(), ..ada() };
        assert_eq!(profiles.renamed("500", &new), None);
        profiles.note("500", &Who { admin: true, ..ada() });
        assert_eq!(profiles.renamed("500", &new), Some(Who { admin: true, ..new.clone() }));
        assert_eq!(profiles.renamed("500", &new), None);
    }
}

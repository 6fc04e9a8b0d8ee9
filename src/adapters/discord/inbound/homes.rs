//! Which guild is meant by what somebody does in their direct conversation with the bot, of which there is one for all
//! guilds. Invariant: nobody acts in a guild in which the core does not know them, whatever an id says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::adapters::discord::PLATFORM;
use crate::adapters::discord::transport::Directs;
use crate::core::Core;
use crate::core::directory::Belongs;
use crate::store::StoreError;

/// More people than this are never kept in mind.
const MOST: usize = 50_000;

/// Hears of everybody who does something: the bot may write only to those.
#[async_trait]
pub trait Meets: Send + Sync {
    /// Somebody did something in their direct conversation with the bot, which is this one.
    async fn met(&self, account: &str, room: &str);
    /// Somebody did something in a guild.
    async fn agreed(&self, account: &str);
}

#[async_trait]
impl Meets for Directs {
    async fn met(&self, account: &str, room: &str) {
        Self::met(self, account, room).await;
    }

    async fn agreed(&self, account: &str) {
        Self::agreed(self, account).await;
    }
}

/// The guild that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// This one.
    Guild(String),
    /// One of these; the person has to say which.
    OneOf(Vec<Belongs>),
    /// None: the person is known nowhere.
    None,
}

/// Where people were last.
pub struct Homes {
    core: Arc<Core>,
    last: Mutex<HashMap<String, String>>,
}

impl std::fmt::Debug for Homes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Homes").finish_non_exhaustive()
    }
}

impl Homes {
    /// Has seen nobody yet.
    pub fn new(core: Arc<Core>) -> Self {
        Self { core, last: Mutex::default() }
    }

    /// Somebody did something in a guild, or said that they mean it from now on.
    pub fn note(&self, account: &str, guild: &str) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() >= MOST {
            last.clear();
        }
        last.insert(account.to_owned(), guild.to_owned());
    }

    /// The guild that is meant; `said` is the one that the pressed component belongs to.
    pub async fn find(&self, account: &str, said: Option<&str>) -> Result<Home, StoreError> {
        let known = self.core.belongs_to(PLATFORM, account).await?;
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).get(account).cloned();
        Ok(choose(known, said, last.as_deref()))
    }
}

fn choose(known: Vec<Belongs>, said: Option<&str>, last: Option<&str>) -> Home {
    let is_known = |guild: &str| known.iter().any(|home| home.workspace == guild);
    if let Some(guild) = [said, last].into_iter().flatten().find(|guild| is_known(guild)) {
        return Home::Guild(guild.to_owned());
    }
    match known.as_slice() {
        [] => Home::None,
        [only] => Home::Guild(only.workspace.clone()),
        _ => Home::OneOf(known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(guilds: &[&str]) -> Vec<Belongs> {
        guilds.iter().map(|id| Belongs { workspace: (*id).to_owned(), name: format!("Guild {id}") }).collect()
    }

    #[test]
    fn what_the_component_says_goes_before_where_somebody_was_last() {
        let guild = |id: &str| Home::Guild(id.to_owned());
        assert_eq!(choose(known(&["1", "2"]), Some("2"), Some("1")), guild("2"));
        assert_eq!(choose(known(&["1", "2"]), None, Some("1")), guild("1"));
        assert_eq!(choose(known(&["1"]), None, None), guild("1"));
    }

    #[test]
    fn a_guild_in_which_somebody_is_not_known_is_never_theirs() {
        assert_eq!(choose(known(&["1"]), Some("9"), Some("8")), Home::Guild("1".to_owned()));
        assert_eq!(choose(known(&[]), Some("9"), Some("9")), Home::None);
        assert_eq!(choose(known(&["1", "2"]), Some("9"), None), Home::OneOf(known(&["1", "2"])));
    }
}

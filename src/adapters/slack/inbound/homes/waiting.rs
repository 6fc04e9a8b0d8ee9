//! Which homes are to be looked at, and when. Pure: the time is passed in. Invariant: what waits is not put off by what
//! comes later, so a busy person's home is still brought up to date.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tokio::time::Instant as Moment;

/// Homes that wait at once; more than this are left to the next change.
const MOST: usize = 20_000;

/// Workspace and account.
pub type Key = (String, String);

#[derive(Debug, Clone, Copy)]
struct Due {
    at: Moment,
    tries: u32,
}

/// Homes and whole workspaces that wait.
#[derive(Debug, Default)]
pub struct Waiting {
    homes: HashMap<Key, Due>,
    sweeps: HashMap<String, Moment>,
}

impl Waiting {
    /// A home is to be looked at, for the `tries`th time after a failure.
    pub fn touch(&mut self, key: Key, at: Moment, tries: u32) {
        if self.homes.len() >= MOST {
            return;
        }
        if let Entry::Vacant(free) = self.homes.entry(key) {
            free.insert(Due { at, tries });
        }
    }

    /// All homes of a workspace are to be looked at.
    pub fn touch_all(&mut self, workspace: &str, at: Moment) {
        self.sweeps.entry(workspace.to_owned()).or_insert(at);
    }

    /// Nothing of this workspace waits any more.
    pub fn forget(&mut self, workspace: &str) {
        self.homes.retain(|(of, _), _| of != workspace);
        self.sweeps.remove(workspace);
    }

    /// Takes what is due: homes with their tries, and workspaces.
    pub fn take_due(&mut self, now: Moment) -> (Vec<(Key, u32)>, Vec<String>) {
        let homes =
            self.homes.extract_if(|_, due| due.at <= now).map(|(key, due)| (key, due.tries)).collect();
        let sweeps = self.sweeps.extract_if(|_, at| *at <= now).map(|(workspace, _)| workspace).collect();
        (homes, sweeps)
    }

    /// When something is due next.
    pub fn next(&self) -> Option<Moment> {
        self.homes.values().map(|due| due.at).chain(self.sweeps.values().copied()).min()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const STEP: Duration = Duration::from_secs(3);

    fn key(account: &str) -> Key {
        ("T1".to_owned(), account.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn many_touches_are_one_publication_and_do_not_put_it_off() {
        let begun = Moment::now();
        let mut waiting = Waiting::default();
        waiting.touch(key("U1"), begun + STEP, 0);
        waiting.touch(key("U1"), begun + STEP * 2, 0);
        waiting.touch(key("U2"), begun + STEP * 2, 0);
        waiting.touch_all("T1", begun + STEP * 2);
        waiting.touch_all("T1", begun + STEP * 9);
        assert_eq!(waiting.next(), Some(begun + STEP));
        assert_eq!(waiting.take_due(begun + STEP), (vec![(key("U1"), 0)], vec![]));
        assert_eq!(waiting.take_due(begun + STEP), (vec![], vec![]));
        assert_eq!(waiting.take_due(begun + STEP * 2), (vec![(key("U2"), 0)], vec!["T1".to_owned()]));
        assert_eq!(waiting.next(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_workspace_that_is_gone_waits_for_nothing() {
        let begun = Moment::now();
        let mut waiting = Waiting::default();
        waiting.touch(key("U1"), begun, 0);
        waiting.touch(("T2".to_owned(), "U1".to_owned()), begun, 0);
        waiting.touch_all("T1", begun);
        waiting.forget("T1");
        assert_eq!(waiting.take_due(begun), (vec![(("T2".to_owned(), "U1".to_owned()), 0)], vec![]));
    }
}

//! Where a command stands below the root. Discord knows commands and groups of commands, and a group cannot itself be
//! run: a command that shares its name with a group is called `show` within it.

use crate::core::command::{Spec, TABLE};

/// What the command is called that has the name of its group.
const BARE: &str = "show";

/// Group and name of a command.
pub fn of(spec: &'static Spec) -> (Option<&'static str>, &'static str) {
    match spec.path.split_once(' ') {
        Some((group, name)) => (Some(group), name),
        None if is_group(spec.path) => (Some(spec.path), BARE),
        None => (None, spec.path),
    }
}

/// The command at a place below the root.
pub fn at(group: Option<&str>, name: &str) -> Option<&'static Spec> {
    TABLE.iter().find(|spec| of(spec) == (group, name))
}

/// What is typed for a command after the root.
pub fn words(spec: &'static Spec) -> String {
    match of(spec) {
        (Some(group), name) => format!("{group} {name}"),
        (None, name) => name.to_owned(),
    }
}

/// Whether commands of more than one word begin with this one.
fn is_group(word: &str) -> bool {
    TABLE.iter().any(|spec| spec.path.split_once(' ').is_some_and(|(group, _)| group == word))
}

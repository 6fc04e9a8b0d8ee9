//! How a command of the core is typed in Discord, for sentences that name one: `meetup rsvp yes` is
//! `/mentor meetup rsvp answer:yes` there.

use std::fmt::Write as _;

use super::path;
use crate::core::command::{Spec, TABLE};
use crate::core::parse::{Unread, parse};

/// The command as it is typed; `text` is what the core says, without the root. What cannot be read as a command is left
/// as it is.
pub fn typed(root: &str, text: &str) -> String {
    if let Some(spec) = TABLE.iter().find(|spec| spec.usage() == text) {
        return format!("{root} {}{}", path::words(spec), usage(spec));
    }
    match parse(text) {
        Ok(found) if !text.trim().is_empty() => {
            let mut line = format!("{root} {}", path::words(found.spec));
            for arg in found.spec.args {
                if let Some(value) = found.args.get(arg.name) {
                    let _ = write!(line, " {}:{value}", arg.name);
                }
            }
            line
        }
        Err(Unread::Missing { spec, .. }) if spec.spec().path == text => {
            format!("{root} {}", path::words(spec.spec()))
        }
        _ => format!("{root} {text}").trim_end().to_owned(),
    }
}

/// The arguments of a command, those that may be left out in brackets.
fn usage(spec: &Spec) -> String {
    let shown = spec
        .args
        .iter()
        .map(|arg| if arg.required { format!(" {}:…", arg.name) } else { format!(" [{}:…]", arg.name) });
    shown.collect()
}

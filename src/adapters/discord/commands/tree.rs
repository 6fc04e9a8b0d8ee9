//! The command tree for registration.

use serde_json::{Value, json};

use super::path;
use crate::core::command::{Arg, Kind, Spec, TABLE};

const ABOUT: &str = "Group mentoring: your groups, meetups and everything else.";
/// The most entries that Discord shows without asking for them.
const CHOICES: usize = 25;
/// The longest description.
const DESCRIPTION: usize = 100;
/// Discord takes 8,000 characters of names, descriptions and values in one command; a few are left for the adapter's
/// own command.
const ROOM: usize = 7_800;
/// Help for an argument is cut to this length at the shortest; the form and the help say all of it.
const SHORTEST: usize = 16;
/// No command has as many arguments.
const MANY: usize = 25;

/// How much of the help is said.
#[derive(Clone, Copy)]
struct Say {
    /// Help for an argument is cut to this length.
    most: usize,
    /// For commands with so many arguments and more, which have a form that says all of it, the name of an argument
    /// stands for its help: it says more than half a word.
    names_from: usize,
}
/// Whole numbers beyond this lose digits on their way through JSON; Discord refuses them as bounds.
const WHOLE: i64 = (1 << 53) - 1;
const SUB_COMMAND: u8 = 1;
const GROUP: u8 = 2;
const STRING: u8 = 3;
const INTEGER: u8 = 4;

/// All commands, as the body of the bulk registration. `root` is the root command, such as `/mentor`. Help for
/// arguments is as long as Discord's limit for the whole allows.
pub fn tree(root: &str) -> Value {
    let lengths = (SHORTEST..=DESCRIPTION).rev().step_by(4).map(|most| Say { most, names_from: MANY });
    let names = (0..MANY).rev().step_by(3).map(|names_from| Say { most: SHORTEST, names_from });
    let fits = lengths.chain(names).map(|say| tree_with(root, say)).find(|tree| size(&tree[0]) <= ROOM);
    fits.unwrap_or_else(|| tree_with(root, Say { most: SHORTEST, names_from: 0 }))
}

/// Characters of names, descriptions and values, as Discord counts them.
pub fn size(value: &Value) -> usize {
    let own = ["name", "description", "value"].iter().filter_map(|key| value[*key].as_str());
    let below = ["options", "choices"].iter().filter_map(|key| value[*key].as_array()).flatten();
    own.map(|text| text.chars().count()).sum::<usize>() + below.map(size).sum::<usize>()
}

fn tree_with(root: &str, say: Say) -> Value {
    let mut options: Vec<Value> = Vec::new();
    for spec in TABLE {
        let (group, name) = path::of(spec);
        let command = command(spec, name, say);
        let Some(group) = group else {
            options.push(command);
            continue;
        };
        let same = |option: &&mut Value| option["type"] == GROUP && option["name"] == group;
        match options.iter_mut().find(same).and_then(|found| found["options"].as_array_mut()) {
            Some(inner) => inner.push(command),
            None => options.push(json!({
                "type": GROUP, "name": group, "description": about(group, say.most), "options": [command],
            })),
        }
    }
    json!([{
        "name": name_of(root), "type": 1, "description": ABOUT, "options": options,
        "contexts": [0, 1], "integration_types": [0],
    }])
}

/// The root's name, without the slash.
pub fn name_of(root: &str) -> String {
    root.trim().trim_start_matches('/').to_lowercase()
}

/// What a group holds, which says more than a sentence would.
fn about(group: &str, most: usize) -> String {
    let names = TABLE.iter().map(path::of).filter(|(of, _)| *of == Some(group)).map(|(_, name)| name);
    sentence(&names.collect::<Vec<_>>().join(", "), most)
}

fn command(spec: &'static Spec, name: &str, say: Say) -> Value {
    let mut command =
        json!({"type": SUB_COMMAND, "name": name, "description": sentence(spec.summary, DESCRIPTION)});
    // Discord wants what is needed before what may be left out.
    let (needed, free): (Vec<&Arg>, Vec<&Arg>) = spec.args.iter().partition(|arg| arg.required);
    let options: Vec<Value> =
        needed.into_iter().chain(free).map(|arg| option(arg, &help(spec, arg, say))).collect();
    if !options.is_empty() {
        command["options"] = json!(options);
    }
    command
}

/// What an argument is for, as far as there is room.
fn help(spec: &Spec, arg: &Arg, say: Say) -> String {
    if spec.args.len() >= say.names_from {
        return sentence(&arg.name.replace('_', " "), DESCRIPTION);
    }
    sentence(arg.help, say.most)
}

fn option(arg: &Arg, help: &str) -> Value {
    let mut option = json!({"type": STRING, "name": arg.name, "description": help});
    if arg.required {
        option["required"] = json!(true);
    }
    match arg.kind {
        Kind::Choice(all) if all.len() <= CHOICES => {
            option["choices"] = all.iter().map(|one| json!({"name": one, "value": one})).collect();
        }
        Kind::Number(min, max) if min >= -WHOLE && max <= WHOLE => {
            option["type"] = json!(INTEGER);
            option["min_value"] = json!(min);
            option["max_value"] = json!(max);
        }
        Kind::Choice(_)
        | Kind::Program
        | Kind::Group
        | Kind::Person
        | Kind::Meetup
        | Kind::Command
        | Kind::Term
        | Kind::Theme
        | Kind::Zone
        | Kind::Tags => option["autocomplete"] = json!(true),
        Kind::Number(..) | Kind::Word | Kind::Text | Kind::Until | Kind::When | Kind::Date => {}
    }
    option
}

/// Words within a description of at most so many characters, beginning with a capital.
fn sentence(words: &str, most: usize) -> String {
    let mut chars = words.trim().chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let words = format!("{first}{}", chars.as_str());
    crate::adapters::common::clip::cut(&words, most, char::len_utf16)
}

//! From typed words to a command with arguments. Everything that arrives here is hostile until it is parsed; what
//! cannot be read is refused with the nearest thing that can.

use std::collections::BTreeMap;

use super::command::{Arg, Cmd, Kind, Spec, TABLE};
use crate::domain::text::{one_line, shortened, tidy};

/// The longest text that is read, in characters.
pub const MAX_TEXT: usize = 4_000;

/// Whoever says only this is shown where they stand.
const GREETINGS: &[&str] = &["hello", "hi", "hey", "start"];

/// A command with its arguments, as typed.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The row of the table.
    pub spec: &'static Spec,
    /// Argument values by name; nothing is empty.
    pub args: Args,
}

/// Argument values by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Args(BTreeMap<&'static str, String>);

impl Args {
    /// The value of an argument, if it was given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any but `name` was given.
    pub fn has_other_than(&self, name: &str) -> bool {
        self.0.keys().any(|key| *key != name)
    }
}

/// Why words cannot be read as a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// More than [`MAX_TEXT`] characters.
    TooLong,
    /// No such command; the nearest ones.
    UnknownCommand {
        /// What was typed.
        given: String,
        /// Paths that are near, nearest first.
        near: Vec<&'static str>,
    },
    /// A needed argument is missing.
    Missing {
        /// The command.
        spec: Cmd,
        /// The argument.
        arg: &'static str,
    },
    /// The name of an argument without its value.
    NoValue {
        /// The command.
        spec: Cmd,
        /// The argument.
        arg: &'static str,
    },
    /// A `name=value` whose name the command does not have.
    UnknownName {
        /// The command.
        spec: Cmd,
        /// What was typed before the equals sign.
        given: String,
    },
    /// More words than the command takes.
    TooMany {
        /// The command.
        spec: Cmd,
        /// The first word too many.
        given: String,
    },
    /// A value that its argument cannot have.
    Bad {
        /// The command.
        spec: Cmd,
        /// The argument.
        arg: &'static str,
        /// What was typed.
        given: String,
        /// What would be right, or near.
        hint: String,
    },
}

/// Reads a line without the root.
pub fn parse(typed: &str) -> Result<Invocation, Unread> {
    if typed.chars().count() > MAX_TEXT {
        return Err(Unread::TooLong);
    }
    let text = one_line(typed);
    let words = tokens(&text);
    let Some(first) = words.first() else {
        return Ok(Invocation { spec: Cmd::Help.spec(), args: Args::default() });
    };
    let lower: Vec<String> = words.iter().take(2).map(|word| word.text.to_lowercase()).collect();
    if words.len() == 1 && GREETINGS.contains(&lower[0].as_str()) {
        return Ok(Invocation { spec: Cmd::Home.spec(), args: Args::default() });
    }
    let two = lower.join(" ");
    let found = TABLE
        .iter()
        .find(|spec| spec.path == two)
        .map(|spec| (spec, lower.len()))
        .or_else(|| TABLE.iter().find(|spec| spec.path == lower[0]).map(|spec| (spec, 1)));
    let Some((spec, used)) = found else {
        let given = words.iter().take(2).map(raw).collect::<Vec<_>>().join(" ");
        return Err(unknown(&lower, &first.text, &given));
    };
    if let Some(arg) = unseen(spec, typed) {
        let hint = "Nothing of it can be seen. Please write it in letters.".to_owned();
        return Err(Unread::Bad { spec: spec.cmd, arg: arg.name, given: String::new(), hint });
    }
    let rest = words.get(used).map_or("", |word| &text[word.start..]);
    arguments(spec, &words[used..], rest, &text)
}

/// Reads the values of a form; empty ones count as left out.
pub fn from_form(command: &str, values: &BTreeMap<String, String>) -> Result<Invocation, Unread> {
    let Invocation { spec, mut args } = parse_loosely(command)?;
    for (name, value) in values {
        let value = tidy(value);
        if value.chars().count() > MAX_TEXT {
            return Err(Unread::TooLong);
        }
        let Some(arg) = spec.arg(name).filter(|_| !value.trim().is_empty()) else { continue };
        // Numbers and texts are for the handler, which can show the fault beside the field.
        let value = value.trim().to_owned();
        if matches!(arg.kind, Kind::Choice(_)) {
            keep(&mut args, arg, value, spec)?;
        } else {
            args.0.insert(arg.name, value);
        }
    }
    Ok(Invocation { spec, args })
}

/// A form's command may lack arguments that the form supplies.
fn parse_loosely(command: &str) -> Result<Invocation, Unread> {
    match parse(command) {
        Err(Unread::Missing { spec, .. }) => Ok(Invocation { spec: spec.spec(), args: Args::default() }),
        other => other,
    }
}

#[derive(Debug)]
struct Token {
    text: String,
    /// Byte offset in the line.
    start: usize,
    /// `Some(name)` when written as `name=value`.
    name: Option<String>,
    /// Whether it began with a quotation mark.
    quoted: bool,
}

const QUOTES: &[(char, char)] = &[('"', '"'), ('“', '”'), ('„', '“'), ('«', '»')];

fn tokens(line: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some(&(start, c)) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
            continue;
        }
        let mut text = String::new();
        let mut name = None;
        let mut close = None;
        let quoted = QUOTES.iter().any(|(open, _)| *open == c);
        while let Some(&(_, c)) = chars.peek() {
            if let Some(end) = close {
                chars.next();
                if c == end {
                    close = None;
                } else {
                    text.push(c);
                }
                continue;
            }
            if c.is_whitespace() {
                break;
            }
            chars.next();
            if let Some((_, end)) = QUOTES.iter().find(|(open, _)| *open == c)
                && text.is_empty()
            {
                close = Some(*end);
            } else if c == '=' && name.is_none() && is_name(&text) {
                name = Some(std::mem::take(&mut text).to_lowercase());
            } else {
                text.push(c);
            }
        }
        out.push(Token { text, start, name, quoted });
    }
    out
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

/// What is near to the first words; `one` and `both` are the first and the first two as they were typed.
fn unknown(lower: &[String], one: &str, both: &str) -> Unread {
    let typed = lower.join(" ");
    let is_family = TABLE.iter().any(|spec| spec.path.split(' ').next() == Some(lower[0].as_str()));
    let mut near: Vec<(usize, &'static str)> = TABLE
        .iter()
        .map(|spec| {
            let one = strsim::damerau_levenshtein(&lower[0], spec.path);
            let both = strsim::damerau_levenshtein(&typed, spec.path);
            // A bare family name such as `pulse` is near all of its commands.
            let family = if spec.path.split(' ').next() == Some(lower[0].as_str()) { 2 } else { usize::MAX };
            (one.min(both).min(family), spec.path)
        })
        .filter(|(distance, path)| *distance <= 2.max(path.len() / 4))
        .collect();
    near.sort_unstable();
    // Of a family with a word that is nearly one of its commands, that command is meant.
    if is_family && lower.len() > 1 {
        let meant: Vec<&'static str> = near
            .iter()
            .map(|(_, path)| *path)
            .filter(|path| strsim::damerau_levenshtein(&typed, path) <= 2)
            .collect();
        if !meant.is_empty() {
            return Unread::UnknownCommand { given: shortened(both), near: meant };
        }
    }
    let near = near.into_iter().map(|(_, path)| path).take(6).collect();
    let given = shortened(if is_family { both } else { one });
    Unread::UnknownCommand { given, near }
}

/// The argument whose value was typed and still shows nothing. Leaving it out in silence would look like keeping it.
fn unseen(spec: &'static Spec, line: &str) -> Option<&'static Arg> {
    let blank = |word: &&Token| !word.text.trim().is_empty() && one_line(&word.text).is_empty();
    tokens(line).iter().filter(blank).find_map(|word| named(spec, word))
}

fn arguments(spec: &'static Spec, words: &[Token], rest: &str, line: &str) -> Result<Invocation, Unread> {
    let mut args = Args::default();
    let mut free = spec.args.iter();
    let mut index = 0;
    while let Some(word) = words.get(index) {
        index += 1;
        if let Some(arg) = word.name.as_deref().and_then(|name| spec.arg(name)) {
            if arg.kind == Kind::Text && !line[word.start..].contains(['"', '“', '„', '«']) {
                // An unquoted text runs until the next `name=`.
                let mut parts = vec![word.text.clone()];
                while let Some(next) = words.get(index).filter(|next| named(spec, next).is_none()) {
                    parts.push(raw(next));
                    index += 1;
                }
                keep(&mut args, arg, parts.join(" "), spec)?;
            } else {
                keep(&mut args, arg, word.text.clone(), spec)?;
            }
            continue;
        }
        let Some(arg) = free
            .find(|arg| args.get(arg.name).is_none() && may_stand_for(spec, arg, word, index == words.len()))
        else {
            return Err(Unread::TooMany { spec: spec.cmd, given: shortened(&raw(word)) });
        };
        let last = spec.args.last().is_some_and(|last| last.name == arg.name);
        if let Some(name) = word.name.as_deref().filter(|_| !(last && runs_on(arg.kind))) {
            return Err(Unread::UnknownName { spec: spec.cmd, given: shortened(name) });
        }
        if words.len() == 1
            && !word.quoted
            && arg.kind == Kind::Text
            && let Some(field) = spec.arg(&word.text.to_lowercase())
        {
            return Err(Unread::NoValue { spec: spec.cmd, arg: field.name });
        }
        if word.quoted && !last {
            // What stands in quotes is a whole value, however many words it has.
            keep(&mut args, arg, raw(word), spec)?;
        } else if runs_on(arg.kind) {
            let mut parts = vec![raw(word)];
            while let Some(next) = words.get(index).filter(|next| named(spec, next).is_none()) {
                parts.push(raw(next));
                index += 1;
            }
            keep(&mut args, arg, parts.join(" "), spec)?;
        } else if arg.kind == Kind::Person && spec.args.len() == 1 {
            // One word, in quotes or not, is the name; of several none needs quotes.
            let alone = words.len() == index;
            keep(&mut args, arg, if alone { raw(word) } else { rest.trim().to_owned() }, spec)?;
            break;
        } else {
            keep(&mut args, arg, raw(word), spec)?;
        }
    }
    for arg in spec.args {
        if arg.required && args.get(arg.name).is_none() {
            return Err(Unread::Missing { spec: spec.cmd, arg: arg.name });
        }
    }
    Ok(Invocation { spec, args })
}

/// Whether a value without a name may hold several words: it runs to the end of the line, or to the next `name=`.
const fn runs_on(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Until | Kind::When | Kind::Tags | Kind::Command | Kind::Term)
}

/// Whether a word without a name can be this argument. A programme that may be left out is left out when the last word
/// is a choice of a later argument: `groups publish yes`. A meetup that may be left out is left out when other words
/// are wanted after it and the word is no id: `meetup cancel I am travelling` gives a reason.
fn may_stand_for(spec: &Spec, arg: &Arg, word: &Token, ends: bool) -> bool {
    let last = spec.args.last().is_some_and(|last| last.name == arg.name);
    if arg.kind == Kind::Program && !arg.required && ends && is_later_choice(spec, arg, &word.text) {
        return false;
    }
    arg.required || last || arg.kind != Kind::Meetup || is_id(&word.text)
}

fn is_later_choice(spec: &Spec, arg: &Arg, word: &str) -> bool {
    let later = spec.args.iter().skip_while(|other| other.name != arg.name).skip(1);
    let word = word.to_lowercase();
    later
        .into_iter()
        .any(|other| matches!(other.kind, Kind::Choice(options) if options.contains(&word.as_str())))
}

/// Ids are lower-case letters and digits, and as time-sorted names they hold digits.
fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() >= 5 && text.chars().all(plain) && text.contains(|c: char| c.is_ascii_digit())
}

fn named(spec: &'static Spec, word: &Token) -> Option<&'static Arg> {
    word.name.as_deref().and_then(|name| spec.arg(name))
}

/// A word with its unknown `name=` put back.
fn raw(word: &Token) -> String {
    word.name.as_ref().map_or_else(|| word.text.clone(), |name| format!("{name}={}", word.text))
}

fn keep(args: &mut Args, arg: &'static Arg, value: String, spec: &'static Spec) -> Result<(), Unread> {
    if value.is_empty() {
        return Ok(());
    }
    let value = checked(arg, value).map_err(|(given, hint)| Unread::Bad {
        spec: spec.cmd,
        arg: arg.name,
        given: shortened(&given),
        hint,
    })?;
    args.0.insert(arg.name, value);
    Ok(())
}

/// Whether a value can stand for an argument at all; what it means is for the handler.
fn checked(arg: &Arg, value: String) -> Result<String, (String, String)> {
    match arg.kind {
        Kind::Choice(options) => {
            let lower = value.to_lowercase();
            if options.contains(&lower.as_str()) {
                return Ok(lower);
            }
            let near = options
                .iter()
                .min_by_key(|option| strsim::damerau_levenshtein(&lower, option))
                .filter(|option| strsim::damerau_levenshtein(&lower, option) <= 2);
            let hint = match near {
                Some(near) => format!("Did you mean {near}? It can be {}.", options.join(", ")),
                None => format!("It can be {}.", options.join(", ")),
            };
            Err((value, hint))
        }
        Kind::Number(min, max) => match value.parse::<i64>() {
            Ok(number) if (min..=max).contains(&number) => Ok(value),
            // No digit is wrong: it is too large.
            _ if max == i64::MAX && !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                Err((value, format!("The largest number I can use is {max}.")))
            }
            _ if max == i64::MAX => Err((value, format!("Write a whole number, {min} or more."))),
            _ => Err((value, format!("Write a whole number from {min} to {max}."))),
        },
        _ => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Invocation {
        parse(text).expect("reads")
    }

    #[test]
    fn words_fill_arguments_in_order_and_names_take_them_out_of_order() {
        let given = read("meetup rsvp yes 01abc");
        assert_eq!((given.args.get("answer"), given.args.get("meetup")), (Some("yes"), Some("01abc")));
        let given = read("role grant person=\"Ada Example\" role=mentor pathways");
        assert_eq!(given.args.get("person"), Some("Ada Example"));
        assert_eq!(given.args.get("program"), Some("pathways"));
    }

    #[test]
    fn a_text_takes_the_rest_of_the_line_up_to_the_next_name() {
        let given = read("profile name=Ada Example organisation=North Bank zone=Europe/Berlin");
        assert_eq!(given.args.get("name"), Some("Ada Example"));
        assert_eq!(given.args.get("organisation"), Some("North Bank"));
        let given = read("snooze 3 days");
        assert_eq!(given.args.get("until"), Some("3 days"));
    }

    #[test]
    fn a_value_of_which_nothing_can_be_seen_is_refused_and_an_empty_one_is_left_out() {
        for value in ["\u{200b}", "\u{3164}", "\u{2066}\u{200f}"] {
            let told = parse(&format!("profile unit=Payments name=\"{value}\"")).unwrap_err();
            assert!(matches!(told, Unread::Bad { arg: "name", .. }), "{told:?}");
        }
        assert_eq!(read("profile unit=Payments name=\"\"").args.get("name"), None);
        assert_eq!(read("profile name=\"\u{200b}Ada\u{202e}\"").args.get("name"), Some("Ada"));
    }

    #[test]
    fn what_stands_in_quotes_fills_arguments_in_order() {
        let given = read("role apply pathways \"10 years\" \"culture, cloud\" \"love it\" 5");
        let value = |name: &str| given.args.get(name);
        assert_eq!((value("program"), value("experience")), (Some("pathways"), Some("10 years")));
        assert_eq!((value("strengths"), value("why")), (Some("culture, cloud"), Some("love it")));
        assert_eq!(value("hours"), Some("5"));
        let given = read("groups name 1 \"The Bridge\" \"Board talks\" by summer");
        assert_eq!(
            (given.args.get("name"), given.args.get("purpose")),
            (Some("The Bridge"), Some("Board talks by summer"))
        );
        assert_eq!(read("starter own \"Why\" do you ask?").args.get("question"), Some("Why do you ask?"));
    }

    #[test]
    fn a_field_without_its_value_is_no_value() {
        assert_eq!(parse("profile level").unwrap_err(), Unread::NoValue { spec: Cmd::Profile, arg: "level" });
        assert_eq!(parse("profile Name").unwrap_err(), Unread::NoValue { spec: Cmd::Profile, arg: "name" });
        assert_eq!(read("profile \"Level\"").args.get("name"), Some("Level"));
        assert_eq!(read("profile name=level").args.get("name"), Some("level"));
    }

    #[test]
    fn a_name_that_the_command_does_not_have_is_no_value() {
        for line in
            ["program settings nonsense=3", "program settings pathways nonsense=3", "profile nonsense=3"]
        {
            assert!(
                matches!(parse(line), Err(Unread::UnknownName { given, .. }) if given == "nonsense"),
                "{line}"
            );
        }
        let given = read("starter own what is x=y to you?");
        assert_eq!(given.args.get("question"), Some("what is x=y to you?"));
    }

    #[test]
    fn a_number_that_is_too_large_is_told_the_largest() {
        let Err(Unread::Bad { hint, .. }) = parse("groups preview seed=99999999999999999999") else {
            panic!("it is too large")
        };
        assert_eq!(hint, "The largest number I can use is 9223372036854775807.");
    }

    #[test]
    fn a_name_that_is_all_there_is_stands_with_and_without_quotes() {
        for line in ["role approve \"Ada Example\"", "role approve Ada Example"] {
            assert_eq!(read(line).args.get("entry"), Some("Ada Example"), "{line}");
        }
    }

    #[test]
    fn a_meetup_left_out_leaves_the_words_to_the_next_argument() {
        let given = read("meetup cancel I am travelling");
        assert_eq!((given.args.get("meetup"), given.args.get("reason")), (None, Some("I am travelling")));
        let given = read("meetup cancel 01abc I am travelling");
        assert_eq!(
            (given.args.get("meetup"), given.args.get("reason")),
            (Some("01abc"), Some("I am travelling"))
        );
        let given = read("starter own What did you learn?");
        assert_eq!(given.args.get("question"), Some("What did you learn?"));
        let given = read("meetup move 2027-03-14 15:00");
        assert_eq!((given.args.get("meetup"), given.args.get("when")), (None, Some("2027-03-14 15:00")));
    }

    #[test]
    fn an_unknown_command_names_the_nearest_ones() {
        assert_eq!(
            parse("metup next").unwrap_err(),
            Unread::UnknownCommand { given: "metup".into(), near: vec!["meetup next"] }
        );
        assert_eq!(
            parse("groups previw").unwrap_err(),
            Unread::UnknownCommand { given: "groups previw".into(), near: vec!["groups preview"] }
        );
        let Err(Unread::UnknownCommand { near, .. }) = parse("pulse") else {
            panic!("pulse alone is no command")
        };
        assert!(near.contains(&"pulse answer"), "{near:?}");
    }

    #[test]
    fn a_wrong_choice_or_number_says_what_would_be_right() {
        let Err(Unread::Bad { hint, .. }) = parse("meetup rsvp yess") else { panic!("not an answer") };
        assert_eq!(hint, "Did you mean yes? It can be yes, maybe, no.");
        assert!(matches!(parse("profile level=9"), Err(Unread::Bad { arg: "level", .. })));
        assert!(matches!(parse("meetup rsvp"), Err(Unread::Missing { arg: "answer", .. })));
        assert!(
            matches!(parse("mute"), Err(Unread::Missing { arg: "topic", .. })),
            "nobody stops everything by a slip"
        );
    }

    #[test]
    fn a_command_to_explain_and_a_word_of_the_glossary_may_have_several_words() {
        assert_eq!(parse("help groups lock").unwrap().args.get("command"), Some("groups lock"));
        assert_eq!(parse("glossary hot seat").unwrap().args.get("term"), Some("hot seat"));
    }

    #[test]
    fn a_yes_needs_no_programme_and_a_greeting_no_command() {
        let publish = parse("groups publish yes").unwrap();
        assert_eq!((publish.args.get("program"), publish.args.get("confirm")), (None, Some("yes")));
        let named = parse("groups publish yes yes").unwrap();
        assert_eq!((named.args.get("program"), named.args.get("confirm")), (Some("yes"), Some("yes")));
        let plain = parse("groups publish pathways").unwrap();
        assert_eq!((plain.args.get("program"), plain.args.get("confirm")), (Some("pathways"), None));
        assert_eq!(parse("Hello").unwrap().spec.cmd, Cmd::Home);
        assert!(matches!(parse("hello there"), Err(Unread::UnknownCommand { .. })));
    }

    #[test]
    fn every_command_can_be_typed_bare() {
        for spec in TABLE {
            match parse(spec.path) {
                Ok(found) => assert_eq!(found.spec.cmd, spec.cmd),
                Err(Unread::Missing { spec: cmd, .. }) => assert_eq!(cmd, spec.cmd),
                Err(other) => panic!("{}: {other:?}", spec.path),
            }
        }
    }

    #[test]
    fn a_very_long_line_is_refused_and_an_empty_one_asks_for_help() {
        assert_eq!(parse(&"x".repeat(100_000)).unwrap_err(), Unread::TooLong);
        assert_eq!(read("   ").spec.cmd, Cmd::Help);
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_the_parser_panic(line in "\\PC{0,200}") {
            let _ = parse(&line);
        }
    }
}

//! What components carry. A command travels whole or not at all: as itself where that is enough, otherwise behind a
//! short mark. Ids are read back with the same care as anything else that comes from outside.
//!
//! ```text
//! command                     a button or a list, in most cases
//! ~[n][p|f][g HOME]:command   n-th of the same, a picker, a form, pressed on behalf of a guild
//! !FORM:LETTER STEP[.FIELD.PART]   a control of a form that is asked in steps
//! ```

use super::limits;

/// What a component is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It runs its command.
    Run,
    /// It asks for date and time first.
    Pick,
    /// It is a form whose fields carry their names.
    Form,
}

/// What an id says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// What it is for.
    pub kind: Kind,
    /// The guild it belongs to, when the place does not tell.
    pub home: Option<String>,
    /// The command.
    pub command: String,
}

/// The id for the `nth` component with this command, from 1; nothing when it does not fit. `home` is left out where
/// there is no room for it.
pub fn write(kind: Kind, command: &str, nth: usize, home: Option<&str>) -> Option<String> {
    let command = command.trim();
    let count = if nth > 1 { nth.to_string() } else { String::new() };
    let mark = match kind {
        Kind::Run => "",
        Kind::Pick => "p",
        Kind::Form => "f",
    };
    let bare = mark.is_empty() && count.is_empty() && !command.is_empty() && !command.starts_with(['~', '!']);
    let short = if bare { command.to_owned() } else { format!("~{count}{mark}:{command}") };
    let full = home.and_then(base36).map(|home| format!("~{count}{mark}g{home}:{command}"));
    [full, Some(short)].into_iter().flatten().find(|id| id.len() <= limits::ID)
}

/// What an id of [`write`] says; nothing for other ids.
pub fn read(id: &str) -> Option<Carried> {
    let Some(marked) = id.strip_prefix('~') else {
        let ours = !id.is_empty() && !id.starts_with('!');
        return ours.then(|| Carried { kind: Kind::Run, home: None, command: id.to_owned() });
    };
    let (marks, command) = marked.split_once(':')?;
    let marks = marks.trim_start_matches(|c: char| c.is_ascii_digit());
    let (kind, marks) = match marks.chars().next() {
        Some('p') => (Kind::Pick, &marks[1..]),
        Some('f') => (Kind::Form, &marks[1..]),
        _ => (Kind::Run, marks),
    };
    let home = match marks.strip_prefix('g') {
        Some(home) => Some(u64::from_str_radix(home, 36).ok()?.to_string()),
        None if marks.is_empty() => None,
        None => return None,
    };
    Some(Carried { kind, home, command: command.to_owned() })
}

/// A guild's id in fewer characters; nothing when it is none.
fn base36(id: &str) -> Option<String> {
    let mut left: u64 = id.parse().ok()?;
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit(u32::try_from(left % 36).ok()?, 36)?);
        left /= 36;
        if left == 0 {
            return Some(digits.iter().rev().collect());
        }
    }
}

/// What a control of a form does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Chooses entries of a field, given by their positions in one part of its list.
    Choose {
        /// Position of the field in the form.
        field: usize,
        /// Which run of 25 entries this list shows.
        part: usize,
        /// Positions within the whole list.
        picked: Vec<usize>,
    },
    /// Opens the text inputs of the step.
    Open,
    /// Goes to the next step, or files the form after the last.
    Next,
    /// Goes to the step before.
    Back,
    /// Throws the form away.
    Discard,
    /// Shows the form where it stands.
    Show,
}

/// A press on a form, with the step it was shown for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// The step, from 0.
    pub step: usize,
    /// What was pressed.
    pub act: Act,
}

/// The id of a control. `form` is at most twenty characters, so that it always fits.
pub fn control(form: &str, step: usize, act: &Act) -> String {
    let letter = match act {
        Act::Choose { field, part, .. } => return format!("!{form}:c{step}.{field}.{part}"),
        Act::Open => 'o',
        Act::Next => 'n',
        Act::Back => 'b',
        Act::Discard => 'x',
        Act::Show => 's',
    };
    format!("!{form}:{letter}{step}")
}

/// The id of a step's modal.
pub fn step(form: &str, step: usize) -> String {
    format!("!{form}:m{step}")
}

/// Form and control of an id of [`control`]; `picked` are the values of a list.
pub fn read_control(id: &str, picked: &[usize]) -> Option<(String, Control)> {
    let (form, letter, numbers) = form_of(id)?;
    let act = match (letter, numbers.as_slice()) {
        ('c', [_, field, part]) => Act::Choose { field: *field, part: *part, picked: picked.to_vec() },
        ('o', [_]) => Act::Open,
        ('n', [_]) => Act::Next,
        ('b', [_]) => Act::Back,
        ('x', [_]) => Act::Discard,
        ('s', [_]) => Act::Show,
        _ => return None,
    };
    Some((form, Control { step: numbers[0], act }))
}

/// Form and step of an id of [`step`].
pub fn read_step(id: &str) -> Option<(String, usize)> {
    match form_of(id)? {
        (form, 'm', numbers) if numbers.len() == 1 => Some((form, numbers[0])),
        _ => None,
    }
}

fn form_of(id: &str) -> Option<(String, char, Vec<usize>)> {
    let (form, rest) = id.strip_prefix('!')?.split_once(':')?;
    let letter = rest.chars().next().filter(char::is_ascii_lowercase)?;
    let numbers = rest[1..].split('.').map(|number| number.parse().ok()).collect::<Option<Vec<usize>>>()?;
    Some((form.to_owned(), letter, numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_command_is_its_own_id() {
        assert_eq!(write(Kind::Run, "meetup rsvp yes m1", 1, None).as_deref(), Some("meetup rsvp yes m1"));
        assert_eq!(write(Kind::Pick, "meetup move m1", 2, None).as_deref(), Some("~2p:meetup move m1"));
        assert_eq!(write(Kind::Run, "", 1, None).as_deref(), Some("~:"));
    }

    #[test]
    fn a_guild_goes_along_only_while_the_command_keeps_its_room() {
        let home = Some("1234567890123456789");
        let id = write(Kind::Run, "home", 1, home).expect("fits");
        let home = home.map(str::to_owned);
        assert_eq!(read(&id), Some(Carried { kind: Kind::Run, home, command: "home".into() }));
        let long = "x".repeat(100);
        assert_eq!(write(Kind::Run, &long, 1, Some("1234567890123456789")), Some(long.clone()));
        assert_eq!(write(Kind::Pick, &long, 1, None), None);
    }

    #[test]
    fn ids_that_are_not_ours_say_nothing() {
        for id in ["", "~", "~q:leave", "~gx y:leave", "!f:c0", "!f"] {
            assert_eq!(read(id), None, "{id}");
        }
        for id in ["!f:c0", "!f:n", "!f:nx", "!f:é1", "!f", "f:n1", "!f:m0"] {
            assert_eq!(read_control(id, &[]), None, "{id}");
        }
        assert_eq!(read_step("!f:n0"), None);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_read_back(
            command in "[ -~é]{0,110}", nth in 1usize..60, home in proptest::option::of(0u64..), which in 0usize..3,
        ) {
            let kind = [Kind::Run, Kind::Pick, Kind::Form][which];
            let home = home.map(|home| home.to_string());
            let Some(id) = write(kind, &command, nth, home.as_deref()) else {
                proptest::prop_assert!(command.trim().len() + 5 > limits::ID);
                return Ok(());
            };
            proptest::prop_assert!((1..=100).contains(&id.len()));
            let back = read(&id).expect("ours");
            proptest::prop_assert_eq!((back.kind, back.command.as_str()), (kind, command.trim()));
            proptest::prop_assert!(back.home.is_none() || back.home == home);
        }
    }
}

//! What Discord's own client does between a person and the bot: a typed line becomes a registered command with typed
//! options, or cannot be sent; a form is looked through, list by list and window by window.

use std::collections::BTreeMap;

use roundtable::chat::{Field, FieldKind, Form};
use roundtable::core::parse::parse;
use serde_json::{Value, json};

use crate::discord::fake::controls::{self, Control, elements};

/// The options with which a registered command says the same as a line, without the root; nothing when the client lets
/// nobody say it.
pub fn options(command: &Value, line: &str) -> Option<Value> {
    let read = parse(line).ok().filter(|_| !line.trim().is_empty())?;
    let mut words = read.spec.path.split(' ');
    let first = named(command, words.next()?)?;
    if first["type"] == 1 {
        return Some(json!([chosen(first, &given(first, &read.args)?)]));
    }
    // A command that has the name of its group is called otherwise.
    let inner = named(first, words.next().unwrap_or("show"))?;
    let inner = chosen(inner, &given(inner, &read.args)?);
    Some(json!([{ "type": 2, "name": first["name"], "options": [inner] }]))
}

fn named<'a>(of: &'a Value, name: &str) -> Option<&'a Value> {
    of["options"].as_array()?.iter().find(|option| option["name"] == name)
}

fn chosen(option: &Value, given: &[Value]) -> Value {
    json!({ "type": 1, "name": option["name"], "options": given })
}

fn given(command: &Value, args: &roundtable::core::parse::Args) -> Option<Vec<Value>> {
    let mut given = Vec::new();
    for option in command["options"].as_array().into_iter().flatten() {
        let name = option["name"].as_str()?;
        let Some(text) = args.get(name) else {
            if option["required"] == true {
                return None;
            }
            continue;
        };
        given.push(json!({ "type": option["type"], "name": name, "value": value(option, text)? }));
    }
    Some(given)
}

/// A value that the option takes.
fn value(option: &Value, text: &str) -> Option<Value> {
    if option["type"] == 4 {
        let number: i64 = text.parse().ok()?;
        let least = option["min_value"].as_i64().is_none_or(|least| number >= least);
        let most = option["max_value"].as_i64().is_none_or(|most| number <= most);
        return (least && most).then(|| json!(number));
    }
    let choices = option["choices"].as_array();
    let among = choices.is_none_or(|all| all.iter().any(|choice| choice["value"] == text));
    among.then(|| json!(text))
}

/// A command as a control sends it, where it carries it openly.
pub fn command_of(id: &str) -> Option<(&str, bool)> {
    if id.starts_with('!') {
        return None;
    }
    match id.strip_prefix('~') {
        None => Some((id, false)),
        Some(marked) => {
            let (marks, command) = marked.split_once(':')?;
            let picks = marks.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('p');
            Some((command, picks))
        }
    }
}

/// The command that a control sends when it is used as the label says, and whether it asks for a time first.
pub fn sends(control: &Control, label: &str) -> Option<String> {
    let (command, picks) = command_of(control.element["custom_id"].as_str()?)?;
    // A button away from its words may say itself what it is about.
    let own = |wanted: &str| {
        let shown = control.label.trim_end_matches('…').trim_end();
        shown == wanted
            || shown.starts_with(&format!("{wanted}: "))
            || shown.starts_with(&format!("{wanted} · "))
    };
    let (name, entry) = label.split_once(": ").unwrap_or((label, ""));
    if control.element["type"] == 2 {
        if picks {
            return own(name).then(|| format!("{command} {entry}"));
        }
        return own(label).then(|| command.to_owned());
    }
    let option = controls::option(&control.element, entry).filter(|_| own(name))?;
    Some(format!("{command} {option}"))
}

/// What is chosen in a control when it is used for this command; nothing when it cannot send it.
pub fn used(control: &Control, command: &str) -> Option<Vec<String>> {
    let (own, picks) = command_of(control.element["custom_id"].as_str()?)?;
    if control.element["type"] == 2 {
        let fits = if picks { command.starts_with(&format!("{own} ")) } else { own == command };
        return fits.then(Vec::new);
    }
    let entry = command.strip_prefix(own)?.strip_prefix(' ')?;
    controls::option(&control.element, entry).map(|value| vec![value])
}

/// A button as it was before the message changed: somebody's screen had not caught up.
pub fn stale(channel: &str, message: &str, command: &str) -> Control {
    let element = json!({ "type": 2, "style": 2, "label": "Gone", "custom_id": command });
    Control { channel: channel.into(), message: message.into(), seen: 0, element, label: "Gone".into() }
}

/// The step of a form that is before somebody's eyes: its controls by what they do.
pub struct Panel {
    /// Its message.
    pub message: String,
    /// Its channel.
    pub channel: String,
    /// The step, from 0.
    pub step: usize,
    controls: Vec<Value>,
}

impl Panel {
    /// A panel among the components of a message, if it is one.
    pub fn of(channel: &str, message: &str, components: &[Value]) -> Option<Self> {
        let controls: Vec<Value> = elements(components);
        let step = controls.iter().find_map(|control| {
            let (letter, numbers) = parts(control)?;
            (letter == 'n').then(|| numbers[0])
        })?;
        Some(Self { message: message.to_owned(), channel: channel.to_owned(), step, controls })
    }

    fn control(&self, element: &Value) -> Control {
        let label = controls::label_of(element);
        let (channel, message) = (self.channel.clone(), self.message.clone());
        Control { channel, message, seen: 0, element: element.clone(), label }
    }

    /// The button that does this: `o` opens the window, `n` goes on.
    pub fn button(&self, letter: char) -> Option<Control> {
        let found = self.controls.iter().find(|c| parts(c).is_some_and(|(own, _)| own == letter))?;
        Some(self.control(found))
    }

    /// The lists of a field, by its position in the form.
    pub fn lists(&self, field: usize) -> Vec<Control> {
        let of = |c: &&Value| parts(c).is_some_and(|(letter, n)| letter == 'c' && n.get(1) == Some(&field));
        self.controls.iter().filter(of).map(|c| self.control(c)).collect()
    }
}

/// Letter and numbers of a form's control.
fn parts(control: &Value) -> Option<(char, Vec<usize>)> {
    let (_, rest) = control["custom_id"].as_str()?.strip_prefix('!')?.split_once(':')?;
    let letter = rest.chars().next()?;
    Some((letter, rest[1..].split('.').map_while(|n| n.parse().ok()).collect()))
}

/// What is chosen in one of a field's lists for these entries, named by value or by words; each list holds a part.
pub fn picks(field: &Field, list: &Control, wanted: &str) -> Vec<String> {
    let several = matches!(field.kind, FieldKind::Multi { .. });
    let entries: Vec<&str> =
        if several { wanted.split(',').map(str::trim).collect() } else { vec![wanted.trim()] };
    let options: &[roundtable::chat::Choice] = match &field.kind {
        FieldKind::Select { options } | FieldKind::Scale { options } | FieldKind::Multi { options } => {
            options
        }
        _ => &[],
    };
    let label = |entry: &str| {
        let known = options.iter().find(|o| o.value == entry).map(|o| o.label.clone());
        known.filter(|label| !label.trim().is_empty()).unwrap_or_else(|| entry.to_owned())
    };
    let shown = list.element["options"].as_array().cloned().unwrap_or_default();
    let is = |option: &Value, label: &str| {
        let own = option["label"].as_str().unwrap_or_default();
        own.eq_ignore_ascii_case(label)
            || (own.ends_with('…') && label.starts_with(own.trim_end_matches('…')))
            || (!own.is_empty() && option["description"].is_string() && label.starts_with(own))
    };
    entries
        .iter()
        .filter_map(|entry| shown.iter().find(|option| is(option, &label(entry))))
        .filter_map(|option| option["value"].as_str().map(str::to_owned))
        .collect()
}

/// A form as far as a window shows it: the ids of its fields are their names.
pub fn form_of(modal: &Value) -> Option<Form> {
    let (command, _) = command_of(modal["custom_id"].as_str()?)?;
    let text = FieldKind::Text { max: 4_000, multiline: true };
    let names =
        controls::inputs(modal).into_iter().filter_map(|i| i["custom_id"].as_str().map(str::to_owned));
    Some(Form {
        title: modal["title"].as_str()?.to_owned(),
        command: command.to_owned(),
        intro: Vec::new(),
        submit: String::new(),
        fields: names.map(|name| Field::new(name.clone(), name, text.clone())).collect(),
    })
}

/// What is typed into a window, by the ids of its inputs, which are names or positions.
pub fn typed(modal: &Value, form: &Form, todo: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let name = |id: &str| match id.parse::<usize>() {
        Ok(position) => form.fields.get(position).map_or_else(String::new, |field| field.name.clone()),
        Err(_) => id.to_owned(),
    };
    let ids = controls::inputs(modal).into_iter().filter_map(|i| i["custom_id"].as_str().map(str::to_owned));
    ids.filter_map(|id| todo.get(&name(&id)).map(|text| (id, text.clone()))).collect()
}

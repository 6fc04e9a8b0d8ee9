//! The tree against Discord's limits, written down a second time, and the way there and back for every row of the
//! core's table.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::chat::Choice;
use crate::core::command::{Kind, ROOT, Spec, TABLE};
use crate::core::parse::{Unread, parse};

/// Every command below the root, with the data that Discord sends when it is run.
fn leaves(tree: &Value) -> Vec<(Value, Value)> {
    let mut found = Vec::new();
    for option in tree[0]["options"].as_array().unwrap() {
        let called = |inner: &[Value]| json!({"name": tree[0]["name"], "type": 1, "options": inner});
        if option["type"] == 1 {
            let run = json!({"type": 1, "name": option["name"], "options": []});
            found.push((option.clone(), called(&[run])));
            continue;
        }
        for sub in option["options"].as_array().unwrap() {
            let run = json!({"type": 1, "name": sub["name"], "options": []});
            let group = json!({"type": 2, "name": option["name"], "options": [run]});
            found.push((sub.clone(), called(&[group])));
        }
    }
    found
}

/// The place for options in what [`leaves`] gives.
fn options_of(data: &mut Value) -> &mut Value {
    let first = &mut data["options"][0];
    if first["type"] == 2 { &mut first["options"][0]["options"] } else { &mut first["options"] }
}

/// A value that a kind of argument can have.
fn example(kind: Kind) -> Value {
    match kind {
        Kind::Choice(all) => json!(all[0]),
        Kind::Number(min, max) if max <= 1 << 53 => json!(min),
        Kind::Number(..) => json!("7"),
        _ => json!("Ada's “own” words=here"),
    }
}

fn checked(option: &Value, faults: &mut Vec<String>, size: &mut usize) {
    let mut expect = |good: bool, what: &str| {
        if !good {
            faults.push(format!("{what}: {option}"));
        }
    };
    let name = option["name"].as_str().unwrap_or_default();
    let allowed = |c: char| c.is_alphanumeric() && !c.is_uppercase() || c == '-' || c == '_' || c == '\'';
    expect((1..=32).contains(&name.chars().count()) && name.chars().all(allowed), "name");
    let about = option["description"].as_str().unwrap_or_default();
    expect((1..=100).contains(&about.encode_utf16().count()), "description");
    *size += name.len() + about.len();
    let kind = option["type"].as_u64().unwrap_or(0);
    expect([1, 2, 3, 4].contains(&kind), "type");
    let known: &[&str] = match kind {
        1 | 2 => &["type", "name", "description", "options"],
        3 => &["type", "name", "description", "required", "choices", "autocomplete"],
        _ => &["type", "name", "description", "required", "min_value", "max_value"],
    };
    expect(option.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "keys");
    expect(option["autocomplete"] != true || option["choices"].is_null(), "autocomplete beside choices");
    for key in ["min_value", "max_value"] {
        expect(option[key].is_null() || option[key].as_i64().is_some_and(|n| n.abs() < 1 << 53), key);
    }
    let choices = option["choices"].as_array().map_or(&[][..], Vec::as_slice);
    expect(choices.len() <= 25, "choices");
    for choice in choices {
        *size += choice["name"].as_str().unwrap().len() + choice["value"].as_str().unwrap().len();
    }
    let inner = option["options"].as_array().map_or(&[][..], Vec::as_slice);
    expect(inner.len() <= 25 && (kind != 2 || !inner.is_empty()), "options");
    let needed: Vec<bool> = inner.iter().map(|inner| inner["required"] == true).collect();
    expect(needed.windows(2).all(|two| two[0] || !two[1]), "what is needed comes first");
    let names: std::collections::HashSet<&str> =
        inner.iter().filter_map(|inner| inner["name"].as_str()).collect();
    expect(names.len() == inner.len(), "names once");
    let below: &[u64] = match kind {
        2 => &[1],
        1 => &[3, 4],
        _ => &[],
    };
    expect(inner.iter().all(|inner| below.contains(&inner["type"].as_u64().unwrap_or(0))), "nesting");
    for inner in inner {
        checked(inner, faults, size);
    }
}

#[test]
fn the_tree_is_within_discords_limits() {
    let tree = tree(ROOT);
    assert_eq!(tree.as_array().map(Vec::len), Some(1));
    let root = &tree[0];
    assert_eq!(
        (&root["name"], &root["type"], &root["contexts"]),
        (&json!("mentor"), &json!(1), &json!([0, 1]))
    );
    let known = ["name", "type", "description", "options", "contexts", "integration_types"];
    assert!(root.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())));
    let options = root["options"].as_array().unwrap();
    assert!(options.len() <= 25, "{}", options.len());
    let names: std::collections::HashSet<&str> = options.iter().filter_map(|o| o["name"].as_str()).collect();
    assert_eq!(names.len(), options.len());
    let (mut faults, mut size) = (Vec::new(), root["description"].as_str().unwrap().len() + "mentor".len());
    for option in options {
        checked(option, &mut faults, &mut size);
    }
    assert_eq!(faults, Vec::<String>::new());
    assert!(size <= 8_000, "{size} characters of 8,000");
}

#[test]
fn every_command_is_in_the_tree_once_and_is_read_back_as_itself() {
    let leaves = leaves(&tree(ROOT));
    let mut found: Vec<String> = leaves.iter().map(|(_, data)| read(data).expect("ours")).collect();
    let mut wanted: Vec<String> = TABLE.iter().map(|spec| spec.path.to_owned()).collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

#[test]
fn every_argument_is_an_option_and_arrives_as_it_was_given() {
    for (leaf, data) in leaves(&tree(ROOT)) {
        let path = read(&data).expect("ours");
        let spec: &Spec = TABLE.iter().find(|spec| spec.path == path).expect("of the table");
        let offered: Vec<&str> =
            leaf["options"].as_array().into_iter().flatten().filter_map(|o| o["name"].as_str()).collect();
        assert_eq!(offered.len(), spec.args.len(), "{path}");
        let mut data = data.clone();
        let given: Vec<Value> =
            spec.args.iter().map(|arg| json!({"name": arg.name, "value": example(arg.kind)})).collect();
        *options_of(&mut data) = json!(given);
        let line = read(&data).expect("ours");
        let found = parse(&line).unwrap_or_else(|unread| panic!("{line}: {unread:?}"));
        assert_eq!(found.spec.cmd, spec.cmd);
        for arg in spec.args {
            let wanted = example(arg.kind);
            let wanted = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
            assert_eq!(found.args.get(arg.name), Some(wanted.as_str()), "{line}");
        }
    }
}

#[test]
fn what_the_core_completes_is_asked_for_while_it_is_typed() {
    for (leaf, data) in leaves(&tree(ROOT)) {
        for option in leaf["options"].as_array().into_iter().flatten().filter(|o| o["autocomplete"] == true) {
            let mut data = data.clone();
            *options_of(&mut data) = json!([{"name": "confirm", "value": "yes"}, {"name": option["name"], "value": "pa", "focused": true}]);
            let found = focused(&data).expect("an argument");
            assert_eq!((Some(found.arg), found.typed.as_str()), (option["name"].as_str(), "pa"));
            assert!(TABLE.iter().any(|spec| spec.path == found.command && spec.arg(found.arg).is_some()));
        }
    }
}

#[test]
fn strange_data_is_no_command() {
    let sub =
        |name: &str, options: Value| json!({"options": [{"type": 1, "name": name, "options": options}]});
    assert_eq!(
        read(&sub("profile", json!([{"name": "name", "value": "Ada"}]))).as_deref(),
        Some("profile name=Ada")
    );
    for data in [
        json!({}),
        json!({"options": []}),
        sub("nothing", json!([])),
        sub("profile", json!([{"name": "colour", "value": "blue"}])),
        json!({"options": [{"type": 2, "name": "meetup", "options": []}]}),
        json!({"options": [{"type": 3, "name": "home", "value": "x"}]}),
    ] {
        assert_eq!(read(&data), None, "{data}");
        assert_eq!(focused(&data), None, "{data}");
    }
}

#[test]
fn what_is_offered_can_be_sent_back_whole() {
    let mut all: Vec<Choice> = (0..30).map(|i| Choice::new(format!("v{i}"), "l".repeat(150))).collect();
    all.insert(0, Choice::new("x".repeat(101), "too long"));
    all.insert(1, Choice::new("blank", " "));
    let offered = choices(&all);
    let entries = offered["choices"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]), (25, &json!({"name": "blank", "value": "blank"})));
    assert!(entries.iter().all(|entry| entry["name"].as_str().unwrap().encode_utf16().count() <= 100));
}

#[test]
fn nothing_differs_from_what_discord_makes_of_it() {
    let ours = tree(ROOT);
    let mut theirs = ours.clone();
    let root = &mut theirs[0];
    for (key, value) in [
        ("id", json!("1")),
        ("application_id", json!("2")),
        ("version", json!("3")),
        ("nsfw", json!(false)),
        ("default_member_permissions", json!(null)),
        ("name_localizations", json!(null)),
        ("dm_permission", json!(true)),
        ("contexts", json!([1, 0])),
        ("default_permission", json!(true)),
        ("description_localizations", json!({})),
    ] {
        root[key] = value;
    }
    root["options"][0]["name_localizations"] = json!(null);
    root["options"][0]["options"][0]["required"] = json!(false);
    assert!(!differs(&ours, &theirs));
    let changes: [fn(&mut Value); 6] = [
        |t| t[0]["description"] = json!("Another"),
        |t| t[0]["options"][0]["options"][0]["required"] = json!(true),
        |t| t[0]["options"].as_array_mut().unwrap().swap(0, 1),
        |t| t[0]["contexts"] = json!([0]),
        |t| t.as_array_mut().unwrap().push(json!({"name": "old", "type": 1, "description": "x"})),
        |t| *t = json!([]),
    ];
    for change in changes {
        let mut theirs = theirs.clone();
        change(&mut theirs);
        assert!(differs(&ours, &theirs), "{theirs}");
    }
    assert!(differs(&ours, &json!({"message": "401"})));
}

#[test]
fn a_sentence_names_a_command_as_it_is_typed() {
    for (said, wanted) in [
        ("meetup rsvp yes", "/mentor meetup rsvp answer:yes"),
        ("snooze off", "/mentor snooze until:off"),
        ("charter", "/mentor charter show"),
        ("charter [program]", "/mentor charter show [program:…]"),
        ("meetup rsvp <answer> [meetup]", "/mentor meetup rsvp answer:… [meetup:…]"),
        ("groups move", "/mentor groups move"),
        ("no such thing", "/mentor no such thing"),
        ("", "/mentor"),
    ] {
        assert_eq!(typed(ROOT, said), wanted);
    }
}

proptest! {
    #[test]
    fn any_text_arrives_letter_by_letter_or_nearly(words in "[ -~“”„«»é\n]{0,60}", more in "[a-z =\"]{0,20}") {
        let data = json!({"options": [{"type": 1, "name": "profile", "options": [
            {"name": "name", "value": words}, {"name": "unit", "value": more}, {"name": "level", "value": 3},
        ]}]});
        let line = read(&data).expect("ours");
        let found = parse(&line).expect("the core reads it");
        let wanted = words.replace('\n', " ");
        let all_marks = ['"', '”', '“', '»'].iter().all(|mark| wanted.trim().contains(*mark));
        let wanted = if all_marks { wanted.replace('"', "'") } else { wanted };
        prop_assert_eq!(found.args.get("name").unwrap_or_default(), wanted.trim());
        prop_assert_eq!(found.args.get("unit").unwrap_or_default(), more.trim());
        prop_assert_eq!(found.args.get("level"), Some("3"));
    }

    #[test]
    fn no_data_makes_the_reader_panic(name in "\\PC{0,20}", value in "\\PC{0,50}", kind in 0u8..5) {
        let data = json!({"options": [{"type": kind, "name": name, "options": [{"name": name, "value": value}]}]});
        let _ = (read(&data), focused(&data));
        let _ = typed(ROOT, &value);
    }
}

/// Nothing is judged here: the core does that.
#[test]
fn a_command_that_lacks_something_is_for_the_core_to_refuse() {
    let data = json!({"options": [{"type": 2, "name": "meetup", "options": [{"type": 1, "name": "rsvp"}]}]});
    let line = read(&data).expect("ours");
    assert!(matches!(parse(&line), Err(Unread::Missing { arg: "answer", .. })));
}

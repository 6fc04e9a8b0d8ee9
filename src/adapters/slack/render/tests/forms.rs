//! Windows, what is filed in them, and what is pressed in messages.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::{
    Press, checks, modal, modal_errors, picker, read_action, read_state, submission, suggest,
};
use super::{blocks_of, filed, look};
use crate::chat::{Action, Choice, Field, FieldKind, Form, Message};
use crate::core::Input;

#[test]
fn a_press_gives_the_command_back() {
    let options = vec![Choice::new("skills", "Skills of a CIO"), Choice::new("", "None")];
    let shown = blocks_of(&Message::new().actions([
        Action::danger("Call it off", "meetup cancel m1"),
        Action::Select { label: "Pick".into(), command: "meetup need meetup=m1".into(), options },
        Action::DateTime { label: "Move & go".into(), command: "meetup move m1".into() },
    ]));
    let mut elements = shown[0]["elements"].clone();
    assert_eq!(read_action(&elements[0]), Some(Press::Command("meetup cancel m1".into())));
    elements[1]["selected_option"] = elements[1]["options"][0].clone();
    assert_eq!(read_action(&elements[1]), Some(Press::Command("meetup need meetup=m1 skills".into())));
    let pick = Press::Pick { label: "Move & go".into(), command: "meetup move m1".into() };
    assert_eq!(read_action(&elements[2]), Some(pick));
    assert_eq!(read_action(&json!({"action_id": "other", "value": "leave"})), None);
    assert_eq!(read_action(&json!({"action_id": "0-0.later", "value": "leave"})), None);
}

#[test]
fn a_picked_time_becomes_a_command() {
    let mut view = picker("Move it", "meetup move m1", Some("Europe/Berlin"), "", &look());
    assert_eq!(checks::of_view(&view), Vec::<String>::new());
    let mut values = filed(&view);
    for (_, actions) in values.as_object_mut().unwrap() {
        for (_, given) in actions.as_object_mut().unwrap() {
            *given = json!({"type": given["type"], "selected_date": "2027-02-03", "selected_time": "09:30"});
        }
    }
    view["state"] = json!({"values": values});
    assert!(
        matches!(submission(&view), Some(Input::Text(text)) if text == "meetup move m1 2027-02-03 09:30")
    );
}

#[test]
fn a_filed_form_becomes_its_command_and_a_strange_window_nothing() {
    let form = Form {
        title: "Your profile".into(),
        command: "profile".into(),
        intro: Vec::new(),
        submit: "Save".into(),
        fields: vec![
            Field::new("unit", "Unit", FieldKind::Text { max: 80, multiline: false }).value("R&D <x>"),
        ],
    };
    let mut view = modal(&form, "", &look());
    view["state"] = json!({"values": filed(&view)});
    let Some(Input::Form { command, values }) = submission(&view) else { panic!("a form") };
    assert_eq!(
        (command.as_str(), &values),
        ("profile", &BTreeMap::from([("unit".into(), "R&D <x>".into())]))
    );
    assert!(submission(&json!({"callback_id": "word", "state": {"values": {}}})).is_none());
    assert!(read_state(&json!([])).is_empty());
}

#[test]
fn errors_go_to_their_fields_in_the_window_that_was_filed() {
    let text = || FieldKind::Text { max: 80, multiline: false };
    let mut form = Form {
        title: "T".into(),
        command: "c".into(),
        intro: Vec::new(),
        submit: "Save".into(),
        fields: vec![
            Field::new("a", "A", text()),
            Field::new("b", "B", text()),
            Field::new("gone", "Gone", text()),
        ],
    };
    let filed = filed(&modal(&Form { fields: form.fields[..2].to_vec(), ..form.clone() }, "", &look()));
    form.fields[1].error = Some("Use letters.".into());
    form.fields[2].error = Some("Say something.".into());
    let errors = modal_errors(&form, &filed);
    let of = |name: &str| errors.iter().find(|(id, _)| id.ends_with(name)).map(|(_, error)| error.as_str());
    assert_eq!((of(".b"), of(".a")), (Some("Use letters."), Some("Gone: Say something.")));
    assert!(errors.keys().all(|id| filed[id].is_object()));
    assert!(modal_errors(&form, &json!({})).is_empty());
}

#[test]
fn a_form_with_errors_shows_them_and_begins_at_the_first() {
    let number = FieldKind::Number { min: 0, max: 5 };
    let mut form = Form {
        title: "A title that is longer than the bar above".into(),
        command: "c".into(),
        intro: vec!["Hello".into()],
        submit: "Save".into(),
        fields: vec![Field::new("a", "Seats", number.clone()).value("many"), Field::new("b", "Age", number)],
    };
    form.fields[0].error = Some("Use a number.".into());
    let view = modal(&form, "", &look());
    let blocks = view["blocks"].as_array().unwrap();
    let kinds: Vec<&str> = blocks.iter().map(|block| block["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["header", "rich_text", "rich_text", "input", "rich_text", "input"]);
    assert_eq!(blocks[3]["element"]["initial_value"], "many");
    assert_eq!(blocks[3]["element"]["focus_on_load"], true);
    assert!(blocks[4].to_string().contains("Use a number."));
    assert_eq!(blocks[5]["hint"]["text"], "From 0 to 5.");
}

#[test]
fn a_list_of_hundreds_is_grouped_and_what_is_chosen_stays_chosen() {
    let options: Vec<Choice> = (0..230).map(|i| Choice::new(format!("v{i}"), format!("Entry {i}"))).collect();
    for kind in [FieldKind::Select { options: options.clone() }, FieldKind::Multi { options }] {
        let form = Form {
            title: "T".into(),
            command: "c".into(),
            intro: Vec::new(),
            submit: "Save".into(),
            fields: vec![Field::new("a", "A", kind).value("v150")],
        };
        let view = modal(&form, "", &look());
        assert_eq!(checks::of_view(&view), Vec::<String>::new());
        assert_eq!(view["blocks"][0]["element"]["option_groups"].as_array().map(Vec::len), Some(3));
        assert_eq!(read_state(&filed(&view))["a"], "v150");
    }
}

#[test]
fn zones_are_found_by_city_and_by_part() {
    let asked = |typed: &str| suggest(&json!({"action_id": "zone", "value": typed}));
    assert_eq!(asked("berl")["options"][0]["value"], "Europe/Berlin");
    assert_eq!(asked("new york")["options"][0]["value"], "America/New_York");
    assert_eq!(asked("")["options"].as_array().map(Vec::len), Some(100));
    assert_eq!(asked("nowhere at all"), json!({"options": []}));
    assert_eq!(suggest(&json!({"action_id": "other", "value": "b"})), json!({"options": []}));
}

//! Steps of forms: nothing is lost on the way, nothing can be put in by an id.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::super::{Act, Control, Filed, FormSteps, Press, Turn, checks, read_component, read_modal, reply};
use super::shapes::any_form;
use super::{controls, filed, look, pressed};
use crate::chat::{Choice, Field, FieldKind, Form, Message};

const ID: &str = "abcdefghij_-klmnopqr";

fn text(name: &str, label: &str) -> Field {
    Field::new(name, label, FieldKind::Text { max: 80, multiline: false })
}

fn pair() -> FieldKind {
    FieldKind::Select { options: vec![Choice::new("a", "First"), Choice::new("b", "Second")] }
}

fn form(fields: Vec<Field>) -> Form {
    Form {
        title: "Your profile".into(),
        command: "profile".into(),
        intro: vec!["Change it whenever you like.".into()],
        submit: "Save".into(),
        fields,
    }
}

/// Presses the button with this label, or the list at this place.
fn press(steps: &mut FormSteps, label: &str, values: &[&str]) -> Turn {
    let body = steps.panel(ID, &look()).body();
    let found = controls(&body).into_iter().find(|c| c["label"] == label || c["placeholder"] == label);
    let found = found.unwrap_or_else(|| panic!("no {label} in {body}"));
    match read_component(&pressed(&body, &found, values)).expect("ours").press {
        Press::Form { form, control } => {
            assert_eq!(form, ID);
            steps.press(&control)
        }
        other => panic!("{other:?}"),
    }
}

fn type_in(steps: &mut FormSteps, step: usize, typed: &[(&str, &str)]) -> Turn {
    let modal = steps.modal(ID, step).expect("it is typed");
    match read_modal(&filed(&modal, typed)).expect("ours").filed {
        Filed::Step { form, step, typed } => {
            assert_eq!(form, ID);
            steps.filed(step, &typed)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_come_first_then_text_and_the_end_is_the_whole_form() {
    let mut fields = vec![text("name", "Your name").required()];
    fields.extend((0..5).map(|i| text(&format!("t{i}"), "Text").value(format!("old {i}"))));
    fields.push(Field::new("need", "What would help?", pair()).required());
    let mut steps = FormSteps::new(&form(fields));
    assert!(steps.panel(ID, &look()).body().to_string().contains("Step 1 of 3"));
    assert_eq!(press(&mut steps, "Continue", &[]), Turn::Show);
    assert!(steps.panel(ID, &look()).body().to_string().contains("Please choose one."));
    assert_eq!(press(&mut steps, "Choose one", &["1"]), Turn::Show);
    assert_eq!(press(&mut steps, "Continue", &[]), Turn::Show);
    assert_eq!(press(&mut steps, "Change…", &[]), Turn::Open(1));
    assert_eq!(type_in(&mut steps, 1, &[("0", "Ada"), ("1", "new")]), Turn::Show);
    let saved = serde_json::to_string(&steps).expect("can be kept");
    let mut steps: FormSteps = serde_json::from_str(&saved).expect("and taken up again");
    let Turn::File { command, values } = type_in(&mut steps, 2, &[("5", "last")]) else { panic!("the end") };
    let wanted = [
        ("name", "Ada"),
        ("need", "b"),
        ("t0", "new"),
        ("t1", "old 1"),
        ("t2", "old 2"),
        ("t3", "old 3"),
        ("t4", "last"),
    ];
    let wanted: BTreeMap<String, String> = wanted.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    assert_eq!((command.as_str(), values), ("profile", wanted));
}

#[test]
fn a_form_that_comes_back_begins_where_something_is_wrong_and_keeps_what_was_typed() {
    let mut wrong = text("name", "Your name").value("x");
    wrong.error = Some("That is *too* short.".into());
    let steps = FormSteps::new(&form(vec![Field::new("need", "What would help?", pair()).value("a"), wrong]));
    let body = steps.panel(ID, &look()).body().to_string();
    assert!(body.contains("Step 2 of 2") && body.contains("That is \\\\*too\\\\* short."), "{body}");
    assert_eq!(steps.values()["need"], "a");
    let modal = steps.modal(ID, 1).expect("it is typed");
    assert_eq!(modal["components"][0]["components"][0]["value"], "x");
}

#[test]
fn a_press_on_a_step_that_is_over_moves_nothing() {
    let fields = vec![Field::new("need", "What would help?", pair()), text("name", "Your name")];
    let mut steps = FormSteps::new(&form(fields));
    let body = steps.panel(ID, &look()).body();
    let on = controls(&body).into_iter().find(|c| c["label"] == "Continue").expect("it is there");
    let Press::Form { control, .. } = read_component(&pressed(&body, &on, &[])).expect("ours").press else {
        panic!("a control")
    };
    assert_eq!(steps.press(&control), Turn::Show);
    let there = steps.clone();
    assert_eq!(steps.press(&control), Turn::Show, "pressed twice");
    assert_eq!(steps, there);
    assert_eq!(press(&mut steps, "Back", &[]), Turn::Show);
    assert_eq!(press(&mut steps, "Discard", &[]), Turn::Discard);
}

#[test]
fn an_answer_can_lead_back_to_a_form_as_it_stands() {
    let fields = vec![Field::new("need", "What would help?", pair()), text("name", "Your name")];
    let mut steps = FormSteps::new(&form(fields));
    assert_eq!(press(&mut steps, "Continue", &[]), Turn::Show);
    let there = steps.clone();
    let answer = reply(&Message::say("Not now."), &look()).remove(0).leading_back_to(ID);
    assert_eq!(checks::of_body(&answer.private()), Vec::<String>::new());
    let back = controls(&answer.body()).remove(0);
    let Press::Form { form, control } =
        read_component(&pressed(&answer.body(), &back, &[])).expect("ours").press
    else {
        panic!("a control")
    };
    assert_eq!((form.as_str(), steps.press(&control)), (ID, Turn::Show));
    assert_eq!(steps, there);
}

#[test]
fn a_short_form_of_text_is_one_modal_that_needs_no_keeping() {
    let mut asked = form(vec![text("question", "Your question").required()]);
    asked.command = "starter own m1".into();
    let modal = FormSteps::new(&asked).at_once(Some("77")).expect("it fits");
    assert_eq!(checks::of_modal(&modal), Vec::<String>::new());
    let input = &modal["components"][0]["components"][0];
    assert_eq!(input["placeholder"], "Change it whenever you like.", "no word of it is lost");
    let found = read_modal(&filed(&modal, &[("question", "What helped?")])).expect("ours");
    let values = BTreeMap::from([("question".to_owned(), "What helped?".to_owned())]);
    assert_eq!(found.filed, Filed::Form { command: "starter own m1".into(), values });
    assert_eq!(found.home.as_deref(), Some("77"));
    asked.fields[0].label = "A question that is longer than a label may be here".into();
    assert_eq!(FormSteps::new(&asked).at_once(None), None, "the whole label is shown in a step instead");
    asked.fields[0] = Field::new("need", "What would help?", pair());
    assert_eq!(FormSteps::new(&asked).at_once(None), None, "a list cannot be in a modal");
}

#[test]
fn a_form_without_fields_only_asks_to_be_sent() {
    let mut steps = FormSteps::new(&form(Vec::new()));
    assert_eq!(checks::of_body(&steps.panel(ID, &look()).body()), Vec::<String>::new());
    let sent = Turn::File { command: "profile".into(), values: BTreeMap::new() };
    assert_eq!(press(&mut steps, "Save", &[]), sent);
}

#[test]
fn lists_of_one_field_choose_together_and_several_keep_what_the_other_holds() {
    let many: Vec<Choice> = (0..40).map(|i| Choice::new(format!("v{i}"), format!("Entry {i}"))).collect();
    let one = Field::new("one", "One of many", FieldKind::Select { options: many.clone() });
    let any = Field::new("any", "Any of many", FieldKind::Multi { options: many }).value("of old,v1");
    let mut steps = FormSteps::new(&form(vec![one, any]));
    let choose = |steps: &mut FormSteps, at: usize, values: &[&str]| {
        let body = steps.panel(ID, &look()).body();
        let lists: Vec<Value> = controls(&body).into_iter().filter(|c| c["type"] == 3).collect();
        let Press::Form { control, .. } =
            read_component(&pressed(&body, &lists[at], values)).expect("ours").press
        else {
            panic!("a control")
        };
        steps.press(&control);
    };
    choose(&mut steps, 0, &["3"]);
    choose(&mut steps, 1, &["30"]);
    choose(&mut steps, 3, &["25", "39", "2", "999"]);
    let values = steps.values();
    assert_eq!((values["one"].as_str(), values["any"].as_str()), ("v30", "of old,v1,v25,v39"));
}

#[test]
fn only_pulses_are_not_to_be_kept_readable() {
    let of =
        |command: &str| FormSteps::new(&Form { command: command.into(), ..form(Vec::new()) }).sensitive();
    assert!(of("pulse answer w1") && !of("profile"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn any_form_is_within_all_limits_in_each_step_and_ends_with_every_value(form in any_form(24)) {
        let mut steps = FormSteps::new(&form);
        if let Some(modal) = steps.at_once(Some("1234567890123456789")) {
            prop_assert_eq!(checks::of_modal(&modal), Vec::<String>::new());
        }
        let before = steps.values();
        // Back to the first step, then through all of them as they are.
        while controls(&steps.panel(ID, &look()).body()).iter().any(|c| c["label"] == "Back") {
            prop_assert_eq!(press(&mut steps, "Back", &[]), Turn::Show);
        }
        // What is needed and empty is chosen, or filled in on its step, so that the way goes on.
        for (field, asked) in form.fields.iter().enumerate() {
            if asked.required && asked.value.trim().is_empty() {
                steps.press(&Control { step: 0, act: Act::Choose { field, part: 0, picked: vec![0] } });
            }
        }
        let mut filed_values = None;
        for step in 0..100 {
            let body = steps.panel(ID, &look()).body();
            prop_assert_eq!(checks::of_body(&body), Vec::<String>::new(), "{}", body);
            if let Some(modal) = steps.modal(ID, step) {
                prop_assert_eq!(checks::of_modal(&modal), Vec::<String>::new(), "{}", modal);
            }
            let typed: Vec<(String, &str)> = form.fields.iter().enumerate()
                .filter(|(_, field)| field.required && field.value.trim().is_empty())
                .map(|(i, _)| (i.to_string(), "filled"))
                .collect();
            let typed: Vec<(&str, &str)> = typed.iter().map(|(i, value)| (i.as_str(), *value)).collect();
            let turn = if steps.modal(ID, step).is_some() {
                type_in(&mut steps, step, &typed)
            } else {
                let buttons: Vec<Value> = controls(&body).into_iter().filter(|c| c["type"] == 2).collect();
                let pressed = read_component(&pressed(&body, &buttons[0], &[])).unwrap().press;
                let Press::Form { control, .. } = pressed else { panic!("a control") };
                steps.press(&control)
            };
            match turn {
                Turn::Show => {}
                Turn::File { command, values } => {
                    prop_assert_eq!(&command, &form.command);
                    filed_values = Some(values);
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        let values = filed_values.expect("it comes to an end");
        prop_assert_eq!(values.len(), form.fields.len());
        for (name, value) in values {
            let was = &before[&name];
            prop_assert!(&value == was || was.trim().is_empty(), "{name}: {was:?} became {value:?}");
        }
    }
}

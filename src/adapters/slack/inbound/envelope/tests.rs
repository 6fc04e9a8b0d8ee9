//! Reading what Slack delivers. Invariant: whatever arrives, reading it does not panic.
#![allow(clippy::needless_pass_by_value)] // Samples read better as they are made.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn frame(kind: &str, payload: Value) -> Frame {
    let frame = json!({
        "type": kind, "envelope_id": "e-1", "accepts_response_payload": true, "retry_attempt": 2, "payload": payload,
    });
    Frame::read(&frame)
}

fn delivered(kind: &str, payload: Value) -> Delivery {
    match frame(kind, payload) {
        Frame::Envelope { id, accepts: true, retries: 2, delivery } if id == "e-1" => delivery,
        other => panic!("not an envelope: {other:?}"),
    }
}

fn errand(kind: &str, payload: Value) -> Errand {
    match delivered(kind, payload).what {
        What::Errand(errand) => *errand,
        other => panic!("nothing to carry out: {other:?}"),
    }
}

fn event(event: Value) -> Value {
    json!({
        "type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": event, "event_time": 1_700_000_000,
        "authorizations": [{"team_id": "T1", "user_id": "UBOT"}],
    })
}

fn command() -> Value {
    json!({
        "team_id": "T1", "channel_id": "C1", "user_id": "U1", "user_name": "ada", "command": "/mentor",
        "text": "meetup rsvp yes", "trigger_id": "11.22.ab", "response_url": "https://hooks.slack.com/commands/x",
    })
}

fn press() -> Value {
    json!({
        "type": "block_actions", "trigger_id": "33.44.cd", "team": {"id": "T1"},
        "user": {"id": "U1", "username": "ada", "team_id": "T1"},
        "channel": {"id": "C1"}, "container": {"type": "message", "channel_id": "C1", "message_ts": "1.2"},
        "message": {"text": "canary of the screen"}, "state": {"values": {"b": {"a": {"value": "canary"}}}},
        "response_url": "https://hooks.slack.com/actions/x",
        "actions": [{"type": "button", "action_id": "0-0.run", "value": "inbox", "action_ts": "5.6",
                     "style": "primary", "text": {"type": "plain_text", "text": "Inbox"}}],
    })
}

fn filed() -> Value {
    json!({
        "type": "view_submission", "trigger_id": "55.66.ef", "team": {"id": "T1"},
        "user": {"id": "U1", "username": "ada", "team_id": "T1"},
        "view": {
            "id": "V1", "type": "modal", "hash": "7.abc", "callback_id": "form:profile", "private_metadata": "C1",
            "title": {"type": "plain_text", "text": "Your profile"},
            "state": {"values": {"f0.p.name": {"text": {"type": "plain_text_input", "value": "Ada"}}}},
        },
    })
}

#[test]
fn a_slash_command_is_kept_with_who_where_and_how_to_answer() {
    let delivery = delivered("slash_commands", command());
    assert_eq!((delivery.workspace.as_str(), delivery.key.as_str()), ("T1", "c:11.22.ab"));
    let Errand::Command { who, text, room, response_url, trigger } = errand("slash_commands", command())
    else {
        panic!("not a command")
    };
    assert_eq!((who.account.as_str(), who.handle.as_str(), text.as_str()), ("U1", "ada", "meetup rsvp yes"));
    assert_eq!((room.as_str(), trigger.as_deref()), ("C1", Some("11.22.ab")));
    assert!(response_url.is_some() && !format!("{response_url:?}").contains("hooks"));
}

#[test]
fn a_press_is_kept_without_what_else_was_on_the_screen() {
    let Errand::Press { who, action, surface, .. } = errand("interactive", press()) else {
        panic!("not a press")
    };
    assert_eq!(who.account, "U1");
    assert_eq!(surface, Surface::Message { room: "C1".into() });
    assert_eq!(action["value"], "inbox");
    let kept = serde_json::to_string(&errand("interactive", press())).unwrap();
    assert!(!kept.contains("canary"), "{kept}");
    assert_eq!(delivered("interactive", press()).key, "t:33.44.cd");
}

#[test]
fn a_press_without_a_trigger_is_told_apart_by_its_moment() {
    let mut payload = press();
    payload["trigger_id"] = Value::Null;
    assert_eq!(delivered("interactive", payload).key, "p:U1:5.6");
}

#[test]
fn nothing_is_taken_from_a_form_that_is_being_filled_in() {
    let mut payload = press();
    payload["view"] = filed()["view"].clone();
    assert!(matches!(delivered("interactive", payload.clone()).what, What::Nothing));
    payload["view"]["callback_id"] = json!("word");
    let Errand::Press { surface, .. } = errand("interactive", payload.clone()) else { panic!("not a press") };
    assert_eq!(surface, Surface::Modal { view: "V1".into(), room: Some("C1".into()) });
    payload["actions"][0]["type"] = json!("plain_text_input");
    assert!(matches!(delivered("interactive", payload).what, What::Nothing));
}

#[test]
fn a_filed_form_is_known_by_its_window_and_the_state_of_it() {
    let delivery = delivered("interactive", filed());
    assert_eq!(delivery.key, "v:V1:7.abc");
    let What::Submit(submit) = delivery.what else { panic!("not a form") };
    let Input::Form { command, values } = &submit.input else { panic!("not a form") };
    assert_eq!((command.as_str(), values["name"].as_str()), ("profile", "Ada"));
    assert_eq!((submit.room.as_deref(), submit.title.as_str()), (Some("C1"), "Your profile"));
    assert!(!format!("{submit:?}").contains("Ada"));
    let mut without = filed();
    without["view"]["hash"] = Value::Null;
    assert_eq!(delivered("interactive", without).key, "v:V1:55.66.ef");
    let mut stateless = filed();
    stateless["view"]["state"] = json!([]);
    assert!(matches!(delivered("interactive", stateless).what, What::Submit(_)));
}

#[test]
fn words_in_the_direct_conversation_are_read_and_bots_edits_and_rooms_are_not() {
    let words = json!({"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "help &amp; go"});
    let Errand::Typed { who, text, room } = errand("events_api", event(words.clone())) else {
        panic!("not words")
    };
    assert_eq!((who.account.as_str(), text.as_str(), room.as_str()), ("U1", "help & go", "D1"));
    for (key, value) in [
        ("bot_id", json!("B1")),
        ("subtype", json!("message_changed")),
        ("subtype", json!("message_deleted")),
        ("channel_type", json!("channel")),
        ("text", json!("  ")),
        ("user", Value::Null),
        ("hidden", json!(true)),
    ] {
        let mut other = words.clone();
        other[key] = value;
        let what = delivered("events_api", event(other)).what;
        assert!(matches!(what, What::Nothing), "{key}: {what:?}");
    }
}

#[test]
fn an_event_belongs_to_the_installation_that_it_was_sent_to() {
    let mut shared = event(json!({"type": "app_home_opened", "tab": "home", "user": "U1"}));
    shared["team_id"] = json!("T9");
    assert_eq!(delivered("events_api", shared.clone()).workspace, "T1");
    shared["authorizations"] = json!([]);
    assert_eq!(delivered("events_api", shared).workspace, "T9");
}

#[test]
fn what_happens_to_people_rooms_and_the_installation_is_read() {
    let told = |event_: Value| errand("events_api", event(event_));
    let home = told(json!({"type": "app_home_opened", "tab": "home", "user": "U1", "view": {"id": "V1"}}));
    assert_eq!(home, Errand::HomeOpened { account: "U1".into(), shown: true });
    assert_eq!(told(json!({"type": "app_uninstalled"})), Errand::Uninstalled { at: 1_700_000_000 });
    let revoked = told(json!({"type": "tokens_revoked", "tokens": {"oauth": ["U7"], "bot": ["UBOT"]}}));
    assert_eq!(revoked, Errand::Revoked { at: 1_700_000_000, bots: vec!["UBOT".into()] });
    let left = told(json!({"type": "member_left_channel", "channel": "C1", "user": "U1"}));
    assert_eq!(left, Errand::Left { room: "C1".into(), account: "U1".into() });
    for (kind, loss) in [
        ("channel_archive", Loss::Archived),
        ("group_archive", Loss::Archived),
        ("group_left", Loss::Removed),
        ("group_deleted", Loss::Deleted),
    ] {
        let lost = told(json!({"type": kind, "channel": "G1"}));
        assert_eq!(lost, Errand::RoomLost { room: "G1".into(), loss });
    }
    let changed = told(json!({"type": "user_change", "user": {"id": "U1", "name": "ada", "deleted": true}}));
    let Errand::Person { profile } = changed else { panic!("not a person") };
    assert!(profile.deleted && profile.handle == "ada");
}

#[test]
fn what_is_kept_can_be_read_again() {
    let all = [
        errand("slash_commands", command()),
        errand("interactive", press()),
        errand("events_api", event(json!({"type": "team_rename", "name": "New name"}))),
    ];
    for kept in all {
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Errand>(&text).unwrap(), kept);
    }
}

#[test]
fn connections_come_and_go_and_strangers_are_counted_by_name() {
    assert!(matches!(Frame::read(&json!({"type": "hello", "num_connections": 1})), Frame::Hello));
    let gone = Frame::read(&json!({"type": "disconnect", "reason": "refresh_requested"}));
    assert!(matches!(gone, Frame::Disconnect { reason } if reason == "refresh_requested"));
    assert!(matches!(Frame::read(&json!({"type": "events_api"})), Frame::Stray));
    let strange = frame("new_thing", json!({}));
    let Frame::Envelope { delivery, .. } = strange else { panic!("it can be acknowledged") };
    assert!(matches!(delivery.what, What::Unknown(name) if name == "new_thing"));
    let check = Delivery::from_event(&json!({"type": "url_verification", "challenge": "abc"}));
    assert!(matches!(check.what, What::Challenge(word) if word == "abc"));
}

#[test]
fn an_id_that_is_no_id_is_left_out() {
    let mut odd = command();
    odd["team_id"] = json!("T1'; DROP");
    assert_eq!(delivered("slash_commands", odd).workspace, "");
    let mut long = command();
    long["trigger_id"] = json!("x".repeat(10_000));
    assert!(matches!(delivered("slash_commands", long).what, What::Unknown(_)));
}

/// JSON of any shape, with the keys that matter more often than chance would have it.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("type".to_owned()),
        Just("event".to_owned()),
        Just("user".to_owned()),
        Just("view".to_owned()),
        Just("actions".to_owned()),
        Just("id".to_owned()),
        Just("message".to_owned()),
        Just("block_actions".to_owned()),
        Just("view_submission".to_owned()),
        Just("event_callback".to_owned()),
        Just("tokens_revoked".to_owned()),
        Just("tokens".to_owned()),
        "[a-z<>&|@#!:. ]{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        let object = proptest::collection::vec((word.clone(), inner.clone()), 0..6);
        prop_oneof![
            proptest::collection::vec(inner, 0..5).prop_map(Value::from),
            object.prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// A sample with one of its parts replaced by something else.
fn damaged(sample: &Value, path: usize, with: Value) -> Value {
    fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_owned());
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, inner)| pointers(inner, &format!("{at}/{key}"), all));
            }
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(i, inner)| pointers(inner, &format!("{at}/{i}"), all));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    pointers(sample, "", &mut all);
    let mut out = sample.clone();
    *out.pointer_mut(&all[path % all.len()]).expect("it was just found") = with;
    out
}

proptest! {
    #[test]
    fn no_json_whatever_makes_the_reader_fail(frame in any_json()) {
        let _ = Frame::read(&frame);
        let read = [Delivery::from_event(&frame), Delivery::from_command(&frame), Delivery::from_interaction(&frame)];
        for delivery in read {
            prop_assert!(delivery.key.len() < 700 && delivery.workspace.len() <= MOST_ID);
        }
    }

    #[test]
    fn a_real_delivery_with_any_part_broken_is_still_read(which in 0..4_usize, path in 0..200_usize, with in any_json()) {
        let words = event(json!({"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "x"}));
        let (kind, sample) = [
            ("slash_commands", command()), ("interactive", press()), ("interactive", filed()), ("events_api", words),
        ][which].clone();
        let read = frame(kind, damaged(&sample, path, with));
        prop_assert!(matches!(read, Frame::Envelope { .. }), "an envelope can always be acknowledged: {read:?}");
    }
}

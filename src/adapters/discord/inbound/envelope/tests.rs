//! What deliveries are read as, and that nothing unreadable does harm.

use proptest::prelude::*;
use serde_json::{Value, json};
use serenity::model::event::Event;

use super::super::unpack::{Unpacked, unpack};
use super::*;

fn user() -> Value {
    json!({"id": "700", "username": "ada", "global_name": "Ada E", "discriminator": "0", "avatar": null})
}

fn member() -> Value {
    json!({
        "user": user(), "nick": "Ada Example", "roles": [], "joined_at": "2026-01-01T00:00:00Z", "deaf": false,
        "mute": false, "flags": 0, "permissions": "32", "pending": false, "avatar": null, "premium_since": null,
        "communication_disabled_until": null,
    })
}

fn interaction(kind: u64, data: &Value) -> Value {
    json!({
        "id": "1181000000000000001", "application_id": "42", "type": kind, "data": data, "guild_id": "500",
        "channel_id": "600", "channel": {"id": "600", "type": 0, "name": "general", "permissions": "0"},
        "member": member(), "token": "secret-token", "version": 1, "app_permissions": "2048", "locale": "de",
        "guild_locale": "en-US", "entitlements": [], "attachment_size_limit": 10_485_760, "context": 0,
        "authorizing_integration_owners": {"0": "500"},
    })
}

fn slash() -> Value {
    interaction(
        2,
        &json!({
            "id": "9", "name": "mentor", "type": 1,
            "options": [{"name": "snooze", "type": 1, "options": [{"name": "until", "type": 3, "value": "3 days"}]}],
        }),
    )
}

fn button() -> Value {
    let mut value = interaction(3, &json!({"custom_id": "inbox", "component_type": 2}));
    value["message"] = json!({
        "id": "800", "channel_id": "600", "author": {"id": "1", "username": "bot", "discriminator": "0", "bot": true},
        "content": "", "timestamp": "2026-01-01T00:00:00Z", "edited_timestamp": null, "tts": false,
        "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
        "pinned": false, "type": 0, "flags": 64, "components": [],
    });
    value
}

fn select() -> Value {
    let mut value = button();
    value["data"] = json!({"custom_id": "starter pick", "component_type": 3, "values": ["a", "b"]});
    value
}

fn modal() -> Value {
    interaction(
        5,
        &json!({"custom_id": "f", "components": [
            {"type": 1, "components": [{"type": 4, "custom_id": "name", "value": "Ada"}]},
        ]}),
    )
}

fn typing() -> Value {
    let options = json!([{"name": "zone", "type": 1, "options": [
        {"name": "name", "type": 3, "value": "ber", "focused": true},
    ]}]);
    interaction(4, &json!({"id": "9", "name": "mentor", "type": 1, "options": options}))
}

fn asked(value: &Value) -> Asked {
    match Delivery::from_interaction(value).what {
        What::Asked(asked) => *asked,
        other => panic!("not asked: {other:?}"),
    }
}

fn errand(kind: &str, value: &Value) -> Errand {
    match Delivery::from_event(kind, value).what {
        What::Errand(errand) => *errand,
        other => panic!("no errand: {other:?}"),
    }
}

#[test]
fn an_interaction_says_who_where_and_with_which_rights() {
    let delivery = Delivery::from_interaction(&slash());
    assert_eq!((delivery.workspace.as_str(), delivery.key.as_str()), ("500", "i:1181000000000000001"));
    let asked = asked(&slash());
    assert_eq!((asked.room.as_str(), asked.locale.as_str(), asked.at_home), ("600", "de", true));
    assert_eq!((asked.who.account.as_str(), asked.who.handle.as_str()), ("700", "ada"));
    assert_eq!((asked.who.name.as_str(), asked.who.admin), ("Ada Example", true));
    let mut other = slash();
    other["member"]["permissions"] = json!("2048");
    other["member"]["nick"] = Value::Null;
    let asked = super::tests::asked(&other);
    assert_eq!((asked.who.name.as_str(), asked.who.admin), ("Ada E", false));
}

#[test]
fn rights_in_a_direct_conversation_are_never_those_of_a_guild() {
    let mut value = slash();
    let fields = value.as_object_mut().expect("an object");
    fields.remove("guild_id");
    fields.insert("context".into(), json!(1));
    let delivery = Delivery::from_interaction(&value);
    assert_eq!(delivery.workspace, DIRECT);
    let asked = asked(&value);
    assert!(!asked.who.admin && asked.guild.is_none() && asked.at_home);
}

#[test]
fn a_guild_that_never_added_the_bot_is_not_its_home() {
    let mut value = slash();
    value["authorizing_integration_owners"] = json!({"1": "700"});
    assert!(!asked(&value).at_home);
    let mut elsewhere = value.clone();
    elsewhere.as_object_mut().expect("an object").remove("guild_id");
    elsewhere["context"] = json!(2);
    assert!(!asked(&elsewhere).at_home);
}

#[test]
fn presses_windows_and_suggestions_keep_what_is_needed_and_nothing_else() {
    let How::Press { data, message, private } = asked(&select()).how else { panic!("a press") };
    let pressed = json!({"custom_id": "starter pick", "component_type": 3, "values": ["a", "b"]});
    assert_eq!(data["data"], pressed);
    assert_eq!((message.as_str(), private), ("800", true));
    let How::Filed { data, over } = asked(&modal()).how else { panic!("a window") };
    assert_eq!(
        (data["data"]["components"][0]["components"][0]["value"].as_str(), over),
        (Some("Ada"), false)
    );
    let How::Suggest { data } = asked(&typing()).how else { panic!("typing") };
    assert_eq!(data["options"][0]["options"][0]["focused"], true);
}

#[test]
fn the_words_on_a_button_are_found_however_deep_it_stands() {
    let mut value = button();
    let row = json!({"type": 1, "components": [
        {"type": 2, "custom_id": "other", "label": "Other"}, {"type": 2, "custom_id": "inbox", "label": "My inbox"},
    ]});
    value["message"]["components"] = json!([{"type": 17, "components": [{"type": 10, "content": "x"}, row]}]);
    let How::Press { data, .. } = asked(&value).how else { panic!("a press") };
    assert_eq!(data["message"]["components"][0]["components"][0]["label"], "My inbox");
}

#[test]
fn tokens_and_words_are_never_shown() {
    for value in [slash(), button(), select(), modal(), typing()] {
        let shown = format!("{:?}", Delivery::from_interaction(&value));
        for secret in ["secret-token", "3 days", "Ada", "starter", "ber"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
    let message = json!({"id": "1", "channel_id": "2", "author": user(), "content": "my secret", "type": 0});
    assert!(!format!("{:?}", Delivery::from_event("MESSAGE_CREATE", &message)).contains("secret"));
}

#[test]
fn forged_and_broken_interactions_are_unknown() {
    let break_it = |pointer: &str, with: Value| {
        let mut value = slash();
        *value.pointer_mut(pointer).expect("it is there") = with;
        Delivery::from_interaction(&value).what
    };
    let is_unknown = |what: What| matches!(what, What::Unknown(_));
    assert!(is_unknown(break_it("/id", json!("../../x"))));
    assert!(is_unknown(break_it("/type", json!(99))));
    assert!(is_unknown(break_it("/type", json!("2"))));
    assert!(is_unknown(break_it("/token", json!(""))));
    assert!(is_unknown(break_it("/token", json!("x".repeat(5_000)))));
    assert!(is_unknown(break_it("/member/user/id", json!(null))));
    assert!(is_unknown(break_it("/member/user", json!({"id": "1", "bot": true}))));
    assert!(is_unknown(break_it("/data", json!("text"))));
    assert!(is_unknown(break_it("/data/name", json!(5))));
    assert_eq!(Delivery::from_interaction(&json!({"type": 1})).what, What::Ping);
    assert!(is_unknown(Delivery::from_interaction(&json!({"type": 3, "data": {"custom_id": ""}})).what));
}

#[test]
fn what_happens_in_a_guild_becomes_news() {
    let joined = errand("GUILD_CREATE", &json!({"id": "500", "name": " Mentoring "}));
    assert_eq!(joined, Errand::Joined { name: "Mentoring".into() });
    assert_eq!(errand("GUILD_DELETE", &json!({"id": "500"})), Errand::Removed);
    let away = Delivery::from_event("GUILD_DELETE", &json!({"id": "500", "unavailable": true}));
    assert_eq!(away.what, What::Nothing);
    let away = Delivery::from_event("GUILD_CREATE", &json!({"id": "500", "unavailable": true}));
    assert_eq!(away.what, What::Nothing);
    let left = errand("GUILD_MEMBER_REMOVE", &json!({"guild_id": "500", "user": user()}));
    assert_eq!(left, Errand::Left { account: "700".into() });
    let deleted = errand("THREAD_DELETE", &json!({"guild_id": "500", "id": "601", "parent_id": "600"}));
    assert_eq!(deleted, Errand::RoomDeleted { room: "601".into(), parent: false });
    let gone = json!({"guild_id": "500", "id": "601", "removed_member_ids": ["700", "x", 701]});
    let left = errand("THREAD_MEMBERS_UPDATE", &gone);
    assert_eq!(left, Errand::LeftRoom { room: "601".into(), accounts: vec!["700".into(), "701".into()] });
    let mut archived = json!({"guild_id": "500", "id": "601", "thread_metadata": {"archived": true}});
    assert_eq!(Delivery::from_event("THREAD_UPDATE", &archived).what, What::Nothing);
    archived["guild_id"] = Value::Null;
    assert_eq!(Delivery::from_event("CHANNEL_DELETE", &archived).what, What::Nothing);
}

#[test]
fn words_count_only_when_a_person_writes_them_to_the_bot_itself() {
    let message = |change: &[(&str, Value)]| {
        let mut value =
            json!({"id": "1", "channel_id": "2", "author": user(), "content": "snooze 3 days", "type": 0});
        for (name, with) in change {
            value[*name] = with.clone();
        }
        Delivery::from_event("MESSAGE_CREATE", &value)
    };
    let delivery = message(&[]);
    assert_eq!((delivery.workspace.as_str(), delivery.key.as_str()), (DIRECT, "m:1"));
    assert!(matches!(delivery.what, What::Errand(_)));
    assert_eq!(message(&[("guild_id", json!("500"))]).what, What::Nothing);
    assert_eq!(message(&[("author", json!({"id": "9", "bot": true}))]).what, What::Nothing);
    assert_eq!(message(&[("type", json!(7))]).what, What::Nothing);
    assert_eq!(message(&[("content", json!(" "))]).what, What::Nothing);
    assert_eq!(message(&[("webhook_id", json!("3"))]).what, What::Nothing);
    assert_eq!(message(&[("author", Value::Null)]).what, What::Nothing);
}

#[test]
fn four_thousand_characters_and_more_are_kept_just_long_enough_to_be_refused() {
    let long =
        json!({"id": "1", "channel_id": "2", "author": user(), "content": "ü".repeat(40_000), "type": 0});
    let Errand::Typed { text, .. } = errand("MESSAGE_CREATE", &long) else { panic!("typed") };
    assert_eq!(text.chars().count(), MOST_TEXT);
}

#[test]
fn the_client_hands_on_what_it_decoded_without_losing_what_is_needed() {
    for value in [slash(), button(), select(), modal(), typing()] {
        let frame = json!({"t": "INTERACTION_CREATE", "d": value});
        let event: Event = serde_json::from_value(frame).expect("an event");
        assert!(!matches!(event, Event::Unknown(_)), "the client knows it");
        let Unpacked::Event(kind, again) = unpack(&event) else { panic!("it is waited for") };
        let (raw, decoded) = (Delivery::from_interaction(&value), Delivery::from_event(&kind, &again));
        assert_eq!(raw, decoded);
    }
}

#[test]
fn an_event_that_the_client_cannot_decode_is_read_all_the_same() {
    let mut value = slash();
    value.as_object_mut().expect("an object").remove("entitlements");
    let event: Event =
        serde_json::from_value(json!({"t": "INTERACTION_CREATE", "d": value})).expect("an event");
    let Unpacked::Undecoded(kind, again) = unpack(&event) else { panic!("the client cannot decode it") };
    assert_eq!(Delivery::from_event(&kind, &again), Delivery::from_interaction(&slash()));
    let guild = json!({"t": "GUILD_CREATE", "d": {"id": "500", "name": "Mentoring"}});
    let event: Event = serde_json::from_value(guild).expect("an event");
    assert!(matches!(unpack(&event), Unpacked::Undecoded(..)));
    let event: Event = serde_json::from_value(json!({"t": "SOMETHING_NEW", "d": {}})).expect("an event");
    assert_eq!(unpack(&event), Unpacked::Other);
}

#[test]
fn news_that_the_client_decoded_is_read_as_it_was_sent() {
    let removed = json!({"guild_id": "500", "user": user()});
    let deleted = json!({"id": "601", "guild_id": "500", "parent_id": "600", "type": 12});
    let gone = json!({"id": "500"});
    let left = json!({"id": "601", "guild_id": "500", "member_count": 2, "removed_member_ids": ["700"]});
    for (kind, value) in [
        ("GUILD_MEMBER_REMOVE", removed),
        ("THREAD_DELETE", deleted),
        ("GUILD_DELETE", gone),
        ("THREAD_MEMBERS_UPDATE", left),
    ] {
        let event: Event = serde_json::from_value(json!({"t": kind, "d": value})).expect("an event");
        let Unpacked::Event(name, again) = unpack(&event) else { panic!("{kind} is decoded: {event:?}") };
        assert_eq!(Delivery::from_event(&name, &again), Delivery::from_event(kind, &value), "{kind}");
        assert!(matches!(Delivery::from_event(kind, &value).what, What::Errand(_)), "{kind}");
    }
}

#[test]
fn an_errand_that_was_kept_is_read_back_as_it_was() {
    for value in [slash(), button(), select()] {
        let errand = Errand::Act { asked: Box::new(asked(&value)) };
        let kept = serde_json::to_string(&errand).expect("JSON");
        assert_eq!(serde_json::from_str::<Errand>(&kept).expect("an errand"), errand);
        assert_eq!(errand.about(), "700");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9]{1,22}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        3 => prop::sample::select(vec![
            "id", "type", "data", "guild_id", "member", "user", "options", "custom_id", "components", "values",
            "author", "content", "guilds", "unavailable", "removed_member_ids", "permissions", "nick", "message",
            "flags", "authorizing_integration_owners", "context", "token", "name", "channel_id",
        ])
        .prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(key.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_makes_reading_panic(value in any_json(), kind in 0..=KINDS.len()) {
        let kind = KINDS.get(kind).copied().unwrap_or("SOMETHING_NEW");
        let _ = Delivery::from_event(kind, &value);
        let _ = Delivery::from_interaction(&value);
    }

    #[test]
    fn no_change_of_a_real_interaction_makes_reading_panic(
        which in 0..5_usize,
        at in 0..40_usize,
        with in any_json(),
    ) {
        let mut value = [slash(), button(), select(), modal(), typing()][which].clone();
        let pointers = pointers(&value);
        let pointer = &pointers[at % pointers.len()];
        if let Some(place) = value.pointer_mut(pointer) {
            *place = with;
        }
        let _ = Delivery::from_interaction(&value);
    }
}

fn pointers(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    if let Value::Object(map) = value {
        for (key, inner) in map {
            found.extend(pointers(inner).into_iter().map(|rest| format!("/{key}{rest}")));
        }
    }
    if let Value::Array(list) = value {
        for (index, inner) in list.iter().enumerate() {
            found.extend(pointers(inner).into_iter().map(|rest| format!("/{index}{rest}")));
        }
    }
    found
}

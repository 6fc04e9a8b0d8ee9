//! What nobody should send: forged and unsigned requests, interactions that are stale, odd or of another server, forms
//! that are filed twice, words that would be markup.

use serde_json::{Value, json};

use super::desk::Desk;
use super::fake::{APP, Delivered, User, signed};
use crate::harness::discord::{GUILD, id_of};
use crate::harness::{Bot, Stage, has, lacks, numbers};
use crate::slack::fake::post;

async fn known(desk: &Desk) -> i64 {
    numbers(desk.adapter.core.store(), "SELECT count(*) FROM accounts", &[]).await[0]
}

fn help(desk: &Desk) -> Value {
    let data = json!({ "id": "1", "name": "mentor", "type": 1, "options": [{ "type": 1, "name": "help", "options": [] }] });
    desk.fake.interaction(2, &id_of("ada"), &desk.lobby(), None, data).2
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_fresh_and_rightly_signed_requests_have_an_effect() {
    let (desk, url) = Desk::by_request(|_| {}).await;
    let now = desk.now().as_micros() / 1_000_000;
    let payload = help(&desk);
    let body = payload.to_string();
    let status = async |headers: &[(&'static str, String)], body: &str| {
        post(&url, headers, body.as_bytes()).await.map(|answer| answer.0)
    };
    let right = signed(now, body.as_bytes());
    assert_eq!(status(&right[..1], &body).await, Some(401), "not signed");
    let mut other = body.clone();
    other.push(' ');
    assert_eq!(status(&right, &other).await, Some(401), "another body");
    for odd in ["", "zz", "00", &"00".repeat(64), "€"] {
        let mut strange = right.clone();
        strange[2].1 = odd.into();
        assert_eq!(status(&strange, &body).await, Some(401), "{odd}");
    }
    let mut moved = right.clone();
    moved[1].1 = (now + 1).to_string();
    assert_eq!(status(&moved, &body).await, Some(401), "another time");
    for age in [-3_600, 3_600] {
        assert_eq!(status(&signed(now + age, body.as_bytes()), &body).await, Some(401), "{age}");
    }
    desk.adapter.idle().await;
    assert_eq!(known(&desk).await, 0, "nobody was even noticed");
    let id = payload["id"].as_str().expect("an id");
    assert!(desk.fake.deliver(id, Some(GUILD), &payload).await.ack.is_some(), "what Discord itself signed");
    desk.adapter.idle().await;
    assert_eq!(known(&desk).await, 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discord_checks_the_address_and_people_are_served_by_request_as_by_gateway() {
    let (desk, url) = Desk::by_request(|_| {}).await;
    let now = desk.now().as_micros() / 1_000_000;
    let ping = br#"{"type":1,"id":"1","application_id":"210000000000000001","token":"x","version":1}"#;
    let (status, said) = post(&url, &signed(now, ping), ping).await.expect("an answer");
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((status, &said), (200, &json!({ "type": 1 })));
    let mark = desk.fake.world().mark();
    assert!(desk.command("ada", "help").await.ack.is_some());
    desk.adapter.idle().await;
    has(&desk.seen("ada", mark).join("\n"), "/mentor join");
    let huge = "x".repeat(2 * 1024 * 1024);
    let answer = post(&url, &signed(now, huge.as_bytes()), huge.as_bytes()).await;
    assert!(answer.is_none_or(|(status, _)| status == 413), "refused, or hung up on");
    for body in ["{", "[]", "null", "{\"type\":2}", "{\"type\":99,\"id\":\"5\",\"token\":\"x\"}"] {
        let status = post(&url, &signed(now, body.as_bytes()), body.as_bytes()).await.expect("an answer").0;
        assert!(status < 500, "{body}: {status}");
    }
    assert!(desk.command("ben", "help").await.ack.is_some(), "it goes on as if nothing had been");
    desk.end().await;
}

/// Sends an interaction of ada's in the lobby.
async fn sends(desk: &Desk, kind: u8, data: Value) -> Delivered {
    let delivered = desk.fake.interact(kind, &id_of("ada"), &desk.lobby(), None, data).await;
    desk.adapter.idle().await;
    delivered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interactions_of_odd_shapes_are_answered_in_kind_words_and_do_nothing() {
    let desk = Desk::new().await;
    let option = |value: Value| {
        json!({ "id": "1", "name": "mentor", "type": 1, "options": [
            { "type": 1, "name": "join", "options": [{ "type": 3, "name": "program", "value": value }] }] })
    };
    let component = |id: &str| json!({ "custom_id": id, "component_type": 2, "id": 2 });
    let odd = [
        (2, json!({ "id": "1", "name": "other", "type": 1 })),
        (2, json!({ "id": "1", "name": "mentor", "type": 1 })),
        (
            2,
            json!({ "id": "1", "name": "mentor", "type": 1, "options": [{ "type": 1, "name": "fly", "options": [] }] }),
        ),
        (2, option(json!("x".repeat(4_000)))),
        (2, option(json!("@everyone **bold** <@&1> [x](https://example.org)"))),
        (3, component("~?:nonsense")),
        (3, component("!form-that-never-was:n0")),
        (3, component("leave everything at once")),
        (3, component(&"x".repeat(100))),
        (5, json!({ "custom_id": "~f:program create", "components": [] })),
        (5, json!({ "custom_id": "!gone:m0", "components": [] })),
        (5, json!({ "custom_id": "nothing", "components": [] })),
    ];
    // Whoever presses something does so on a message.
    assert!(desk.command("ada", "help").await.ack.is_some());
    desk.adapter.idle().await;
    let shown = desk.fake.controls(&id_of("ada")).into_iter().next().expect("something to press");
    for (kind, data) in odd {
        let mark = desk.fake.world().mark();
        let on = (kind == 3).then_some(&*shown.message);
        let delivered = desk.fake.interact(kind, &id_of("ada"), &desk.lobby(), on, data.clone()).await;
        desk.adapter.idle().await;
        assert!(delivered.ack.is_some(), "{kind} {data}: somebody waits for an answer");
        let said = desk.seen("ada", mark).join("\n");
        assert!(!said.is_empty(), "{kind} {data}: and gets one");
    }
    let programs = numbers(desk.adapter.core.store(), "SELECT count(*) FROM programs", &[]).await[0];
    assert_eq!(programs, 0);
    // What people typed comes back letter by letter, and calls nobody.
    let calls = desk.fake.world().calls.clone();
    let said = calls.iter().filter(|call| !call.route.contains("/commands"));
    for call in said.filter(|call| call.body.to_string().contains("everyone")) {
        let message = if call.body["data"].is_object() { &call.body["data"] } else { &call.body };
        assert_eq!(message["allowed_mentions"]["parse"], json!([]), "{}", call.body);
        lacks(&call.body.to_string(), "@everyone");
    }
    assert!(
        sends(&desk, 4, json!({ "id": "1", "name": "mentor", "type": 1, "options": [] })).await.ack.is_some()
    );
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_the_wrong_type_do_no_harm() {
    let desk = Desk::new().await;
    for value in [json!(7), json!(true), json!(1.5), json!("yes")] {
        let data = json!({ "id": "1", "name": "mentor", "type": 1, "options": [
            { "type": 1, "name": "join", "options": [{ "type": 3, "name": "program", "value": value }] }] });
        assert!(sends(&desk, 2, data).await.ack.is_some(), "{value}");
    }
    assert!(desk.command("ben", "help").await.ack.is_some(), "and it goes on");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interaction_of_a_server_without_the_bot_is_not_carried_out() {
    let elsewhere = "290000000099999999";
    let desk = Desk::with(
        |world| {
            world.add_guild(elsewhere, "Another", &id_of("ada"), 0);
            world.guild_mut(elsewhere).members.remove(APP);
            world.enter(elsewhere, User { id: id_of("ada"), ..User::default() });
        },
        |options| options,
        |config| config,
    )
    .await;
    let mut payload = help(&desk);
    payload["guild_id"] = json!(elsewhere);
    payload["guild"]["id"] = json!(elsewhere);
    payload["authorizing_integration_owners"] = json!({ "1": id_of("ada") });
    let id = payload["id"].as_str().expect("an id").to_owned();
    let delivered = desk.fake.deliver(&id, None, &payload).await;
    desk.adapter.idle().await;
    assert!(delivered.ack.is_some(), "somebody waits for an answer");
    assert_eq!(known(&desk).await, 0, "and nobody is known there");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_interaction_told_twice_has_one_effect_and_one_answer() {
    let desk = Desk::new().await;
    let payload = help(&desk);
    let id = payload["id"].as_str().expect("an id").to_owned();
    for _ in 0..3 {
        desk.fake.deliver(&id, Some(GUILD), &payload).await;
    }
    desk.adapter.idle().await;
    let seen = desk.seen("ada", 0);
    assert_eq!(seen.iter().filter(|text| text.contains("/mentor join")).count(), 1, "{seen:#?}");
    let kept =
        numbers(desk.adapter.core.store(), "SELECT count(*) FROM inbox WHERE kind = 'command'", &[]).await[0];
    assert_eq!(kept, 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_filed_twice_has_one_effect() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    let ben = id_of("ben");
    bot.says("ben", "/mentor profile").await;
    let form = bot.form("ben").expect("a form");
    assert!(form.field("industry").is_some());
    let mut shown = bot.discord().fake().controls(&ben);
    shown.retain(|control| control.element["custom_id"].as_str().is_some_and(|id| id.starts_with('!')));
    let step = shown.into_iter().next().expect("the form is asked in steps");
    bot.fill("ben", &[("industry", "rail")]).await;
    let rail = "SELECT count(*) FROM persons WHERE industry = 'rail'";
    assert_eq!(bot.number(rail, &[]).await, 1);
    // It is pressed once more, on a screen that had not caught up.
    let mark = bot.discord().fake().world().mark();
    assert!(bot.discord().fake().press(&ben, &step, &[]).await.ack.is_some());
    let said: Vec<String> = bot.discord().fake().sights(&ben, mark).into_iter().map(|s| s.text).collect();
    assert!(!said.is_empty(), "the person is told that it is over");
    assert_eq!(bot.number(rail, &[]).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_with_mentions_and_markup_are_shown_letter_by_letter() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    let name = "@everyone **Ben** <@&1> ||x||";
    bot.says("ben", &format!("/mentor profile name=\"{name}\"")).await;
    let shown = bot.says("cleo", "/mentor groups show").await;
    let held = bot
        .texts(
            "SELECT p.name FROM persons p JOIN accounts a ON a.person_id = p.id WHERE a.handle = 'ben'",
            &[],
        )
        .await;
    has(&held.join(""), "**Ben**");
    // People are linked by their account where they have one; whatever is written out is written letter by letter.
    assert!(shown.contains(name) || shown.contains("@Ben Brook"), "{shown}");
    let world = bot.discord().fake().world();
    let parsed =
        world.calls.iter().filter(|call| call.body["allowed_mentions"]["parse"] == json!(["everyone"]));
    assert_eq!(parsed.count(), 0);
    for call in &world.calls {
        let text = call.body.to_string();
        assert!(!text.contains("@everyone") || call.route.contains("/commands"), "{}: {text}", call.route);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_press_by_somebody_who_left_or_never_came_changes_nothing() {
    let desk = Desk::new().await;
    let data = json!({ "custom_id": "leave yes", "component_type": 2, "id": 2 });
    assert!(sends(&desk, 3, data).await.ack.is_some());
    let left = numbers(desk.adapter.core.store(), "SELECT count(*) FROM members", &[]).await;
    assert_eq!(left, [0]);
    desk.end().await;
}

//! Answers to interactions and forms: once, in time, within their limits.

use serde_json::{Value, json};

use super::{ADA, BEN, Desk, row};
use crate::discord::fake::APP;
use crate::harness::start;

#[tokio::test]
async fn an_interaction_is_answered_once_and_in_time() {
    let desk = Desk::new().await;
    let words = json!({ "type": 4, "data": { "content": "x", "allowed_mentions": { "parse": [] } } });
    let act = desk.act(2, None);
    let further = format!("/webhooks/{APP}/{}", act.1);
    let more = json!({ "content": "more", "allowed_mentions": { "parse": [] } });
    assert_eq!(desk.noted("POST", &further, &more).await, (10_015, 1), "a further answer before the first");
    assert_eq!(desk.answer(&act, &words).await, 0);
    assert_eq!(desk.answer(&act, &words).await, 40_060);
    assert_eq!(desk.answer(&("1".into(), "nobody".into()), &words).await, 10_062);
    let late = desk.act(2, None);
    let interaction = |desk: &Desk| desk.fake.world().interactions[&late.1].clone();
    let mut then = interaction(&desk);
    then.began -= std::time::Duration::from_secs(4);
    desk.fake.world().interactions.insert(late.1.clone(), then);
    assert_eq!(desk.answer(&late, &words).await, 10_062);
    assert_eq!(desk.fake.take_findings().len(), 2, "being late can happen to anybody");
    for (kind, wrong) in [
        (2, json!({ "type": 6 })),
        (2, json!({ "type": 7, "data": words["data"] })),
        (2, json!({ "type": 5, "data": { "flags": 4 } })),
        (2, json!({ "type": 5, "data": { "content": "x" } })),
        (2, json!({ "type": 4, "data": { "content": "x" } })),
        (3, json!({ "type": 8, "data": { "choices": [] } })),
        (4, words.clone()),
        (4, json!({ "type": 8, "data": { "choices": vec![json!({ "name": "x", "value": "x" }); 26] } })),
        (5, json!({ "type": 9, "data": { "custom_id": "x", "title": "x", "components": [] } })),
    ] {
        assert_eq!(desk.answer(&desk.act(kind, None), &wrong).await, 50_035, "{kind} {wrong}");
        assert_eq!(desk.fake.take_findings().len(), 1, "{kind} {wrong}");
    }
    desk.clock.turn_to(start().plus_secs(901));
    assert_eq!(desk.code("POST", &further, &more).await, 50_027);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn a_deferred_answer_becomes_the_first_one_and_what_one_person_sees_is_no_part_of_the_channel() {
    let desk = Desk::new().await;
    let act = desk.act(2, None);
    assert_eq!(desk.answer(&act, &json!({ "type": 5, "data": { "flags": 64 } })).await, 0);
    let hook = format!("/webhooks/{APP}/{}", act.1);
    assert!(desk.fake.sights(BEN, 0).is_empty(), "nobody reads \"thinking\"");
    let body = json!({ "content": "done", "allowed_mentions": { "parse": [] } });
    let (_, edited) = desk.call("PATCH", &format!("{hook}/messages/@original"), &body).await;
    let (_, more) = desk
        .call("POST", &hook, &json!({ "content": "more", "flags": 64, "allowed_mentions": { "parse": [] } }))
        .await;
    assert_ne!(edited["id"], more["id"]);
    let sights = |who: &str| desk.fake.sights(who, 0).into_iter().map(|s| s.text).collect::<Vec<_>>();
    assert_eq!(sights(BEN), ["done", "more"]);
    assert_eq!(sights(ADA), Vec::<String>::new());
    let one = format!("{}/{}", desk.messages(), edited["id"].as_str().expect("an id"));
    assert_eq!(desk.code("GET", &one, &Value::Null).await, 10_008);
    assert_eq!(desk.call("GET", &desk.messages(), &Value::Null).await.1, json!([]));
    assert_eq!(desk.code("DELETE", &format!("{hook}/messages/@original"), &Value::Null).await, 0);
    assert_eq!(desk.code("PATCH", &format!("{hook}/messages/@original"), &body).await, 10_008);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn forms_are_classic_ones_within_their_limits() {
    let desk = Desk::new().await;
    let input = |more: Value| {
        let mut input = json!({ "type": 4, "custom_id": "a", "label": "Name", "style": 1 });
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        row(vec![input])
    };
    let form = |rows: Vec<Value>| json!({ "type": 9, "data": { "custom_id": "f", "title": "Form", "components": rows } });
    for wrong in [
        form(vec![]),
        form((0..6).map(|n| input(json!({ "custom_id": n.to_string() }))).collect()),
        form(vec![input(json!({})), input(json!({}))]),
        form(vec![input(json!({ "label": "x".repeat(46) }))]),
        form(vec![input(json!({ "max_length": 3, "value": "four" }))]),
        form(vec![input(json!({ "placeholder": "x".repeat(101) }))]),
        form(vec![
            json!({ "type": 18, "label": "x", "component": { "type": 4, "custom_id": "a", "style": 1 } }),
        ]),
        json!({ "type": 9, "data": { "custom_id": "f", "title": "x".repeat(46), "components": [input(json!({}))] } }),
    ] {
        assert_eq!(desk.answer(&desk.act(2, None), &wrong).await, 50_035, "{wrong}");
        assert_eq!(desk.fake.take_findings().len(), 1, "{wrong}");
    }
    assert_eq!(desk.answer(&desk.act(2, None), &form(vec![input(json!({ "max_length": 5 }))])).await, 0);
    let typed = |text: &str| [("a".to_owned(), text.to_owned())].into();
    assert!(desk.fake.submit(BEN, &typed("longer")).await.is_err(), "the client itself refuses it");
    assert!(desk.fake.submit(BEN, &typed("")).await.is_err());
    assert!(desk.fake.submit(ADA, &typed("x")).await.is_err(), "it is before nobody else");
    desk.fake.must_be_clean();
}

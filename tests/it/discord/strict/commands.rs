//! Commands and scheduled events within their limits.

use serde_json::{Value, json};

use super::{Desk, GUILD, event};
use crate::discord::fake::APP;

#[tokio::test]
async fn commands_are_registered_within_their_limits() {
    let desk = Desk::new().await;
    let path = format!("/applications/{APP}/commands");
    let one = |more: Value| {
        let mut one = json!({ "name": "mentor", "description": "Mentoring", "type": 1 });
        for (key, value) in more.as_object().into_iter().flatten() {
            one[key] = value.clone();
        }
        json!([one])
    };
    let option = |more: Value| {
        let mut option = json!({ "type": 3, "name": "a", "description": "x" });
        for (key, value) in more.as_object().into_iter().flatten() {
            option[key] = value.clone();
        }
        json!({ "options": [option] })
    };
    for wrong in [
        json!({ "name": "Mentor" }),
        json!({ "name": "men tor" }),
        json!({ "description": "x".repeat(101) }),
        json!({ "description_localizations": { "xx": "x" } }),
        option(json!({ "name": "x".repeat(33) })),
        option(
            json!({ "choices": (0..26).map(|n| json!({ "name": format!("{n}"), "value": format!("{n}") })).collect::<Vec<_>>() }),
        ),
        option(json!({ "choices": [{ "name": "x", "value": 1 }] })),
        option(json!({ "autocomplete": true, "choices": [{ "name": "x", "value": "x" }] })),
        option(json!({ "type": 2, "options": [{ "type": 2, "name": "b", "description": "x" }] })),
        json!({ "options": [{ "type": 3, "name": "a", "description": "x" }, { "type": 3, "name": "b", "description": "x", "required": true }] }),
        json!({ "options": [{ "type": 1, "name": "a", "description": "x" }, { "type": 3, "name": "b", "description": "x" }] }),
        json!({ "options": (0..26).map(|n| json!({ "type": 3, "name": format!("o{n}"), "description": "x" })).collect::<Vec<_>>() }),
    ] {
        assert_eq!(desk.noted("PUT", &path, &one(wrong.clone())).await, (50_035, 1), "{wrong}");
    }
    let fair = one(option(json!({ "autocomplete": true })));
    let first = desk.call("PUT", &path, &fair).await.1;
    let second = desk.call("PUT", &path, &fair).await.1;
    assert_eq!((&first[0]["id"], &first[0]["version"]), (&second[0]["id"], &second[0]["version"]));
    let third = desk.call("PUT", &path, &one(json!({ "description": "Other" }))).await.1;
    assert_eq!(first[0]["id"], third[0]["id"]);
    assert_ne!(first[0]["version"], third[0]["version"]);
    assert_eq!(desk.fake.world().creates[""], 1);
    desk.fake.world().creates.insert(GUILD.into(), 200);
    assert_eq!(
        desk.code("PUT", &format!("/applications/{APP}/guilds/{GUILD}/commands"), &fair).await,
        30_034
    );
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn scheduled_events_have_a_place_an_end_and_a_future() {
    let desk = Desk::new().await;
    let path = format!("/guilds/{GUILD}/scheduled-events");
    for wrong in [
        json!({ "scheduled_start_time": "2026-02-01T15:00:00Z" }),
        json!({ "scheduled_end_time": null }),
        json!({ "scheduled_end_time": "2027-02-01T15:00:00Z" }),
        json!({ "entity_metadata": null }),
        json!({ "entity_metadata": { "location": "x".repeat(101) } }),
        json!({ "name": "x".repeat(101) }),
        json!({ "description": "x".repeat(1_001) }),
        json!({ "channel_id": "7" }),
        json!({ "image": "https://example.org/x.png" }),
        json!({ "privacy_level": 1 }),
    ] {
        assert_eq!(desk.noted("POST", &path, &event(&wrong)).await, (50_035, 1), "{wrong}");
    }
    let (status, made) = desk.call("POST", &path, &event(&json!({}))).await;
    assert_eq!((status, &made["status"]), (200, &json!(1)));
    let own = format!("{path}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(desk.code("PATCH", &own, &json!({ "status": 4 })).await, 0);
    assert_eq!(desk.code("PATCH", &own, &json!({ "name": "Late" })).await, 180_000);
    assert_eq!(desk.code("DELETE", &own, &Value::Null).await, 0);
    assert_eq!(desk.code("GET", &own, &Value::Null).await, 10_070);
    desk.fake.must_be_clean();
}

//! Threads, rights and direct messages: where the bot may write, and to whom.

use serde_json::{Value, json};

use super::{ADA, BEN, Desk, GUILD, ZOE, event, said};
use crate::discord::fake::{APP, rights};
use crate::harness::start;

#[tokio::test]
async fn threads_are_put_away_after_silence_and_opened_again() {
    let desk = Desk::new().await;
    let threads = format!("/channels/{}/threads", desk.room);
    let make = json!({ "name": "Group 1", "type": 12, "auto_archive_duration": 60, "invitable": false });
    let wrong = json!({ "name": "Group 1", "type": 12, "auto_archive_duration": 61 });
    assert_eq!(desk.noted("POST", &threads, &wrong).await, (50_035, 1));
    let (status, thread) = desk.call("POST", &threads, &make).await;
    let id = thread["id"].as_str().expect("an id").to_owned();
    assert_eq!((status, thread["type"].as_u64()), (201, Some(12)));
    let member = |who: &str| format!("/channels/{id}/thread-members/{who}");
    assert_eq!(desk.code("PUT", &member(BEN), &Value::Null).await, 0);
    assert_eq!(desk.code("PUT", &member(ZOE), &Value::Null).await, 10_007, "who is not in the server");
    assert_eq!(desk.code("PUT", &member("1"), &Value::Null).await, 10_013);
    let say = said(json!({}));
    let messages = format!("/channels/{id}/messages");
    assert_eq!(desk.code("POST", &messages, &say).await, 0);
    assert_eq!(desk.fake.sights(BEN, 0).len(), 1);
    let seen_by_ada = desk.fake.sights(ADA, 0).len();
    assert_eq!(seen_by_ada, 1, "the owner of the server sees all");
    desk.clock.turn_to(start().plus_secs(3_601));
    let later = said(json!({ "nonce": "n2" }));
    assert_eq!(desk.code("POST", &messages, &later).await, 50_083);
    assert_eq!(desk.code("PUT", &member(BEN), &Value::Null).await, 50_083);
    assert_eq!(desk.code("PATCH", &format!("/channels/{id}"), &json!({ "archived": false })).await, 0);
    assert_eq!(desk.code("POST", &messages, &later).await, 0);
    desk.fake.world().guild_mut(GUILD).most_threads = 1;
    assert_eq!(desk.code("POST", &threads, &make).await, 160_006);
    assert_eq!(
        desk.code("POST", &format!("/channels/{id}/threads"), &make).await,
        50_024,
        "no thread in a thread"
    );
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn what_the_bot_may_not_is_refused() {
    let desk = Desk::new().await;
    let take = |right: u64| {
        let mut world = desk.fake.world();
        let before = world.guild(GUILD).roles.clone();
        world.guild_mut(GUILD).roles.values_mut().for_each(|role| role.permissions &= !right);
        before
    };
    assert_eq!(desk.code("POST", "/channels/1/messages", &said(json!({}))).await, 10_003);
    let cases = [
        (
            rights::CREATE_EVENTS,
            "POST",
            format!("/guilds/{GUILD}/scheduled-events"),
            event(&json!({})),
            50_013,
        ),
        (
            rights::PRIVATE_THREADS,
            "POST",
            format!("/channels/{}/threads", desk.room),
            json!({ "name": "x" }),
            50_013,
        ),
        (rights::EMBED, "POST", desk.messages(), said(json!({ "embeds": [{ "title": "x" }] })), 50_013),
        (rights::SEND, "POST", desk.messages(), said(json!({ "nonce": "n2" })), 50_013),
        (
            rights::MANAGE_CHANNELS,
            "POST",
            format!("/guilds/{GUILD}/channels"),
            json!({ "name": "x" }),
            50_013,
        ),
        (rights::VIEW, "POST", desk.messages(), said(json!({ "nonce": "n3" })), 50_001),
    ];
    for (right, method, path, body, code) in cases {
        assert_eq!(desk.code(method, &path, &body).await, 0, "{path}");
        let before = take(right);
        let again = body.as_object().is_some_and(|b| b.contains_key("nonce"));
        let mut body = body;
        if again {
            body["nonce"] = json!(format!("again-{right:x}"));
        }
        assert_eq!(desk.code(method, &path, &body).await, code, "{path}");
        desk.fake.world().guild_mut(GUILD).roles = before;
    }
    assert_eq!(desk.code("GET", &format!("/guilds/{GUILD}/members?limit=10"), &Value::Null).await, 50_001);
    desk.fake.world().guild_mut(GUILD).members.remove(APP);
    assert_eq!(desk.code("GET", &format!("/guilds/{GUILD}"), &Value::Null).await, 10_004);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn direct_messages_reach_only_those_who_let_them() {
    let desk = Desk::new().await;
    let open = |who: &str| json!({ "recipient_id": who });
    for (who, code) in [("1", 50_033), (APP, 50_033), (BEN, 0), (ZOE, 0)] {
        assert_eq!(desk.code("POST", "/users/@me/channels", &open(who)).await, code, "{who}");
    }
    let to = |who: &str| {
        let world = desk.fake.world();
        format!("/channels/{}/messages", world.direct_of(who).expect("it is open").id)
    };
    assert_eq!(desk.code("POST", &to(ZOE), &said(json!({}))).await, 50_278);
    assert_eq!(desk.code("POST", &to(BEN), &said(json!({}))).await, 0);
    desk.fake.world().users.get_mut(BEN).expect("ben").no_messages = true;
    assert_eq!(desk.code("POST", &to(BEN), &said(json!({ "nonce": "n2" }))).await, 50_007);
    desk.fake.world().direct_quota = Some(2);
    assert_eq!(desk.code("POST", "/users/@me/channels", &open(BEN)).await, 0, "it was there before");
    assert_eq!(desk.code("POST", "/users/@me/channels", &open(ADA)).await, 40_003);
    desk.fake.must_be_clean();
}

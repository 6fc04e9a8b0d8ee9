//! Whom and what the strict Discord lets in: paths, methods, tokens, agents, bodies.

use serde_json::{Value, json};

use super::{Desk, said};
use crate::discord::fake::{APP, CallFault, Options, TOKEN};
use crate::harness::start;

#[tokio::test]
async fn paths_methods_tokens_agents_and_bodies_must_be_known() {
    let desk = Desk::new().await;
    let none = Value::Null;
    assert_eq!(desk.noted("POST", "/channels/shout", &none).await, (0, 1));
    assert_eq!(desk.call("PUT", "/users/@me", &none).await.0, 405);
    assert_eq!(desk.fake.take_findings().len(), 1);
    let url = |path: &str| format!("{}{path}", desk.fake.api_url());
    let status = |request: reqwest::RequestBuilder| async move {
        request.send().await.expect("an answer").status().as_u16()
    };
    let me = || desk.client.get(url("/api/v10/users/@me"));
    for wrong in [me(), me().header("authorization", "Bot stolen"), me().header("authorization", TOKEN)] {
        assert_eq!(status(wrong).await, 401);
        assert_eq!(desk.fake.take_findings().len(), 1);
    }
    assert_eq!(status(desk.client.get(url("/api/v9/users/@me"))).await, 404);
    assert_eq!(desk.fake.take_findings().len(), 1);
    let plain =
        reqwest::Client::new().get(url("/api/v10/users/@me")).header("authorization", format!("Bot {TOKEN}"));
    assert_eq!(status(plain).await, 200);
    assert_eq!(desk.fake.take_findings().len(), 1, "an agent that does not say who it is");
    let messages = url(&format!("/api/v10{}", desk.messages()));
    let broken = desk.client.post(&messages).header("authorization", format!("Bot {TOKEN}")).body("{");
    assert_eq!(status(broken.header("content-type", "application/json")).await, 400);
    assert_eq!(desk.fake.take_findings().len(), 1);
    assert_eq!(desk.call("GET", "/users/@me", &none).await.1["id"], APP);
    desk.fake.world().revoked = true;
    assert_eq!(desk.call("GET", "/users/@me", &none).await.0, 401);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn rates_are_told_in_headers_and_enforced_on_the_fakes_own_clock() {
    let desk = Desk::with(|options| Options { limited: true, ..options }).await;
    let send = |n: usize| said(json!({ "nonce": format!("n{n}") }));
    for n in 0..5_usize {
        let answer = desk.sent("POST", &desk.messages(), &send(n)).await.expect("an answer");
        assert_eq!(answer.headers()["x-ratelimit-remaining"], (4 - n).to_string().as_str());
    }
    let answer = desk.sent("POST", &desk.messages(), &send(5)).await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"5".parse().expect("a value"))
    );
    assert_eq!(answer.headers()["x-ratelimit-scope"], "user");
    assert_eq!(desk.code("GET", &desk.messages(), &Value::Null).await, 0, "another bucket");
    desk.clock.turn_to(start().plus_secs(5));
    assert_eq!(desk.code("POST", &desk.messages(), &send(6)).await, 0);
    desk.clock.turn_to(start().plus_secs(10));
    // The whole bot: fifty a second over many buckets; answers to interactions go on.
    let mut refused = 0;
    for n in 0..60 {
        let (status, body) = desk.call("GET", &format!("/channels/{n}"), &Value::Null).await;
        refused += usize::from(status == 429 && body["global"] == true);
    }
    assert_eq!(refused, 10);
    let act = desk.act(2, None);
    assert_eq!(desk.answer(&act, &json!({ "type": 5 })).await, 0);
    assert_eq!(desk.fake.pace().1, 11);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn faults_are_played_as_they_are_planned() {
    let desk = Desk::new().await;
    let count = || desk.fake.world().channel(&desk.room).messages.len();
    for (n, (fault, status, stored)) in [
        (CallFault::TooMany, Some(429), 0),
        (CallFault::TooManyGlobal, Some(429), 0),
        (CallFault::TooManyShared, Some(429), 0),
        (CallFault::Banned, Some(429), 0),
        (CallFault::FailedBefore, Some(503), 0),
        (CallFault::FailedAfter, Some(502), 1),
        (CallFault::InternalError, Some(500), 0),
        (CallFault::Html, Some(200), 1),
        (CallFault::DoneDropped, None, 1),
        (CallFault::Reset, None, 0),
    ]
    .into_iter()
    .enumerate()
    {
        let before = count();
        desk.fake.faults().next_call("POST /channels/{channel_id}/messages", fault);
        let answer = desk.sent("POST", &desk.messages(), &said(json!({ "nonce": format!("f{n}") }))).await;
        assert_eq!(answer.ok().map(|answer| answer.status().as_u16()), status, "{fault:?}");
        assert_eq!(count() - before, stored, "{fault:?}");
    }
    assert_eq!(desk.code("POST", &desk.messages(), &said(json!({}))).await, 0);
    desk.fake.must_be_clean();
}

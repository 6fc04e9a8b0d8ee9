//! The client against a server on this machine that is told what to answer and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::super::call::Upload;
use super::super::limiter::Urgency;
use super::*;

/// A request as it arrived.
#[derive(Debug, Clone)]
struct Asked {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
    at: Instant,
}

type Asks = Arc<Mutex<Vec<Asked>>>;

/// Status, headers and body to answer with; a status of 0 answers nothing.
type Answer = (u16, Vec<(&'static str, String)>, String);

fn json_answer(status: u16, body: &Value) -> Answer {
    (status, vec![("content-type", "application/json".to_owned())], body.to_string())
}

fn bucket(mut answer: Answer, limit: u32, remaining: u32, reset_after: &str) -> Answer {
    answer.1.extend([
        ("x-ratelimit-bucket", "b1".to_owned()),
        ("x-ratelimit-limit", limit.to_string()),
        ("x-ratelimit-remaining", remaining.to_string()),
        ("x-ratelimit-reset-after", reset_after.to_owned()),
    ]);
    answer
}

fn refusal(scope: &str, retry_after: f64) -> Answer {
    let body = json!({ "message": "slow down", "retry_after": retry_after, "global": scope == "global" });
    let mut answer = json_answer(429, &body);
    answer.1.push(("x-ratelimit-scope", scope.to_owned()));
    answer
}

struct Server {
    base: String,
    asks: Asks,
}

impl Server {
    async fn new(script: impl Fn(usize, &Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asks = Asks::default();
        let (log, script) = (Arc::clone(&asks), Arc::new(script));
        let app = Router::new().fallback(move |method, uri: Uri, headers, body: Bytes| {
            let path = uri.path_and_query().unwrap().to_string();
            let asked = Asked { method, path, headers, body: body.to_vec(), at: Instant::now() };
            let number = {
                let mut log = log.lock().unwrap();
                log.push(asked.clone());
                log.len()
            };
            let (status, headers, body) = script(number, &asked);
            async move {
                if status == 0 {
                    std::future::pending::<()>().await;
                }
                let mut response: Response = body.into_response();
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                for (name, value) in headers {
                    response.headers_mut().insert(name, value.parse().unwrap());
                }
                response
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, asks }
    }

    fn rest(&self) -> Rest {
        rest(&self.base, Duration::from_secs(5))
    }

    fn asked(&self) -> Vec<Asked> {
        self.asks.lock().unwrap().clone()
    }
}

fn rest(base: &str, timeout: Duration) -> Rest {
    let reach = Reach { base: Some(base.to_owned()), timeout, ..Reach::default() };
    Rest::new(reach, Secret::new("the-token")).unwrap()
}

fn channel(id: u64) -> Route<'static> {
    Route::ChannelMessages { channel_id: id.into() }
}

fn post(id: u64, words: &str) -> Call<'static> {
    Call::post(channel(id), json!({ "content": words }))
}

#[tokio::test]
async fn a_call_is_signed_addressed_and_carries_its_body() {
    let server = Server::new(|_, _| json_answer(200, &json!({ "id": "5" }))).await;
    let rest = server.rest();
    let answer = rest.call(post(11, "Hello, Zürich")).await.unwrap();
    assert_eq!(answer["id"], "5");
    rest.call(Call::get(channel(11)).params(vec![("after", "7".into()), ("limit", "100".into())]))
        .await
        .unwrap();
    rest.call(Call::pin(11.into(), 7.into())).await.unwrap();
    let asked = server.asked();
    assert_eq!((asked[0].method.as_str(), asked[0].path.as_str()), ("POST", "/api/v10/channels/11/messages"));
    assert_eq!(asked[0].headers["authorization"], "Bot the-token");
    assert!(asked[0].headers["user-agent"].to_str().unwrap().starts_with("DiscordBot ("));
    let body: Value = serde_json::from_slice(&asked[0].body).unwrap();
    assert_eq!(body, json!({ "content": "Hello, Zürich" }));
    assert_eq!(asked[0].headers.get_all("content-length").iter().count(), 1);
    assert_eq!(asked[1].path.replace("?&", "?"), "/api/v10/channels/11/messages?after=7&limit=100");
    assert_eq!((asked[2].method.as_str(), asked[2].body.len()), ("PUT", 0));
    assert_eq!(asked[2].path, "/api/v10/channels/11/messages/pins/7");
}

#[tokio::test]
async fn files_go_as_parts_of_a_form_that_the_body_announces() {
    let server = Server::new(|_, _| json_answer(200, &json!({}))).await;
    let file = Upload {
        name: "meetup.ics".into(),
        media_type: "text/calendar".into(),
        alt: Some("A calendar entry".into()),
        bytes: b"BEGIN:VCALENDAR".to_vec(),
    };
    server.rest().call(post(11, "Here").files(vec![file.clone()])).await.unwrap();
    let in_answer = json!({ "type": 4, "data": { "content": "Here" } });
    let route = Route::InteractionResponse { interaction_id: 9.into(), token: "tok" };
    server.rest().call(Call::post(route, in_answer).files(vec![file])).await.unwrap();
    for (asked, at) in server.asked().iter().zip(["/attachments", "/data/attachments"]) {
        assert!(
            asked.headers["content-type"].to_str().unwrap().starts_with("multipart/form-data; boundary=")
        );
        let text = String::from_utf8(asked.body.clone()).unwrap();
        assert!(text.contains("name=\"files[0]\"; filename=\"meetup.ics\""), "{text}");
        assert!(text.contains("Content-Type: text/calendar") && text.contains("BEGIN:VCALENDAR"), "{text}");
        let json = text.split("\r\n\r\n").nth(1).unwrap().split("\r\n").next().unwrap();
        let body: Value = serde_json::from_str(json).unwrap();
        let announced = json!([{ "id": "0", "filename": "meetup.ics", "description": "A calendar entry" }]);
        assert_eq!(body.pointer(at), Some(&announced));
    }
}

#[tokio::test]
async fn a_short_refusal_of_a_bucket_is_waited_out_and_a_long_one_is_told() {
    let server = Server::new(|number, _| match number {
        1 => bucket(refusal("user", 0.3), 5, 0, "0.3"),
        2 => bucket(json_answer(200, &json!({})), 5, 0, "60"),
        _ => json_answer(200, &json!({})),
    })
    .await;
    let rest = server.rest();
    rest.call(post(11, "one")).await.unwrap();
    let asked = server.asked();
    assert!(asked[1].at - asked[0].at >= Duration::from_millis(300), "it came back too soon");
    let error = rest.call(post(11, "two")).await.unwrap_err();
    let CallError::Rate { retry_after } = error else { panic!("{error:?}") };
    assert!((55..=61).contains(&retry_after.as_secs()), "{retry_after:?}");
    assert_eq!(server.asked().len(), 2, "the used-up window is not asked");
    rest.call(post(12, "elsewhere")).await.unwrap();
}

#[tokio::test]
async fn a_global_refusal_stops_all_routes_but_answers_to_interactions() {
    let server = Server::new(|number, _| match number {
        1 => refusal("global", 30.0),
        _ => json_answer(200, &json!({})),
    })
    .await;
    let rest = server.rest();
    for call in [post(11, "one"), post(12, "two"), Call::get(Route::UserMe).urgency(Urgency::Reply)] {
        assert!(matches!(rest.call(call).await, Err(CallError::Rate { .. })));
    }
    assert_eq!(server.asked().len(), 1);
    let route = Route::WebhookOriginalInteractionResponse { application_id: 1.into(), token: "tok" };
    rest.call(Call::patch(route, json!({ "content": "done" }))).await.unwrap();
}

#[tokio::test]
async fn a_burst_waits_for_the_first_answer_and_then_keeps_to_what_it_says() {
    let server = Server::new(|number, _| {
        let left = 3_usize.saturating_sub(number);
        bucket(json_answer(200, &json!({})), 3, u32::try_from(left).unwrap(), "60")
    })
    .await;
    let rest = server.rest();
    let calls = (0..8).map(|n| rest.call(post(11, &format!("message {n}"))));
    let answers = futures_util::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
    assert_eq!(server.asked().len(), 3, "none of the others was sent");
    assert_eq!(rest.invalid_count(), 0);
}

#[tokio::test]
async fn what_may_have_happened_is_repeated_only_where_that_does_no_harm() {
    let broken = |_: usize, _: &Asked| (502, Vec::new(), "<html>bad gateway</html>".to_owned());
    let server = Server::new(broken).await;
    let error = server.rest().call(post(11, "once")).await.unwrap_err();
    assert!(matches!(error, CallError::InDoubt { .. }), "{error:?}");
    assert_eq!(server.asked().len(), 1);
    let server = Server::new(broken).await;
    let error = server.rest().call(post(11, "thrice").repeatable()).await.unwrap_err();
    assert!(matches!(error, CallError::InDoubt { .. }), "{error:?}");
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn that_a_repeated_call_surely_did_nothing_takes_no_doubt_away_from_the_first() {
    let script = |number: usize, _: &Asked| match number {
        1 => (502, Vec::new(), "<html>bad gateway</html>".to_owned()),
        _ => refusal("shared", 60.0),
    };
    let server = Server::new(script).await;
    let error = server.rest().call(post(11, "who knows").repeatable()).await.unwrap_err();
    assert!(matches!(error, CallError::InDoubt { .. }), "{error:?}");
    assert_eq!(server.asked().len(), 2);
    // What is put in place may be put there again; the caller learns how long to wait.
    let server = Server::new(script).await;
    let error = server.rest().call(Call::patch(channel(11), json!({}))).await.unwrap_err();
    assert!(matches!(error, CallError::Rate { .. }), "{error:?}");
}

#[tokio::test]
async fn a_repeated_post_carries_the_same_nonce_so_that_one_message_stands() {
    // As Discord does it: the same nonce gives the first message again.
    let stored: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&stored);
    let server = Server::new(move |number, asked| {
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        assert_eq!(body["enforce_nonce"], true);
        let nonce = body["nonce"].as_str().unwrap().to_owned();
        let mut seen = seen.lock().unwrap();
        if !seen.contains(&nonce) {
            seen.push(nonce.clone());
        }
        let place = seen.iter().position(|known| *known == nonce).unwrap();
        if number < 3 {
            (500, Vec::new(), String::new())
        } else {
            json_answer(200, &json!({ "id": format!("m{place}") }))
        }
    })
    .await;
    let body = json!({ "content": "Hello", "nonce": "01jd5k7m9p2q4r6t8v", "enforce_nonce": true });
    let answer = server.rest().call(Call::post(channel(11), body).repeatable()).await.unwrap();
    assert_eq!(answer["id"], "m0");
    assert_eq!((server.asked().len(), stored.lock().unwrap().len()), (3, 1));
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_the_next_call_goes() {
    let server = Server::new(|number, _| match number {
        1 => (0, Vec::new(), String::new()),
        _ => json_answer(200, &json!({})),
    })
    .await;
    let rest = rest(&server.base, Duration::from_millis(200));
    let error = rest.call(post(11, "lost")).await.unwrap_err();
    assert_eq!(error, CallError::late());
    rest.call(post(11, "next")).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_breaks_is_in_doubt_and_one_that_never_was_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let breaking = tokio::spawn(async move {
        for reply in ["", "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"id\":"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0_u8; 4_096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(reply.as_bytes()).await;
        }
    });
    let rest = rest(&base, Duration::from_secs(5));
    for words in ["dropped before", "dropped within"] {
        let error = rest.call(post(11, words)).await.unwrap_err();
        assert!(matches!(error, CallError::InDoubt { .. }), "{error:?}");
    }
    breaking.await.unwrap();
    let error = rest.call(post(11, "nobody there")).await.unwrap_err();
    assert!(matches!(error, CallError::NotSent { .. }), "{error:?}");
}

#[tokio::test]
async fn a_page_that_is_not_discords_and_a_redirect_are_no_answer() {
    let server = Server::new(|number, _| match number {
        1 => (200, vec![("content-type", "text/html".to_owned())], "<html>Welcome</html>".to_owned()),
        _ => (302, vec![("location", "http://127.0.0.1:1/elsewhere".to_owned())], String::new()),
    })
    .await;
    let rest = server.rest();
    assert!(matches!(rest.call(post(11, "one")).await, Err(CallError::InDoubt { .. })));
    let error = rest.call(post(11, "two")).await.unwrap_err();
    assert!(matches!(error, CallError::NotSent { .. }), "{error:?}");
}

#[tokio::test]
async fn a_refused_token_locks_everything_and_that_of_a_webhook_nothing() {
    let server = Server::new(|_, asked| {
        let of_webhook = asked.path.contains("/webhooks/");
        let code = if of_webhook { code::BAD_WEBHOOK_TOKEN } else { 0 };
        json_answer(401, &json!({ "code": code, "message": "401: Unauthorized" }))
    })
    .await;
    let rest = server.rest();
    let route = Route::WebhookOriginalInteractionResponse { application_id: 1.into(), token: "bad" };
    let error = rest.call(Call::patch(route, json!({}))).await.unwrap_err();
    assert_eq!(error.code(), Some(code::BAD_WEBHOOK_TOKEN));
    assert!(!rest.is_locked());
    assert_eq!(rest.call(Call::get(Route::UserMe)).await, Err(CallError::Locked));
    assert!(rest.is_locked());
    assert_eq!(rest.call(post(11, "more")).await, Err(CallError::Locked));
    assert_eq!(server.asked().len(), 2);
    assert_eq!(rest.invalid_count(), 2);
}

#[tokio::test]
async fn shut_out_before_discord_nothing_is_called_for_a_while() {
    let server =
        Server::new(|_, _| (429, vec![("retry-after", "40".to_owned())], "error code: 1015".to_owned()));
    let server = server.await;
    let rest = server.rest();
    let error = rest.call(post(11, "one")).await.unwrap_err();
    assert!(
        matches!(error, CallError::Rate { retry_after } if retry_after >= Duration::from_secs(40)),
        "{error:?}"
    );
    let route = Route::InteractionResponse { interaction_id: 9.into(), token: "tok" };
    assert!(matches!(rest.call(Call::post(route, json!({}))).await, Err(CallError::Rate { .. })));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn neither_words_nor_tokens_get_into_the_log() {
    let (subscriber, log) = crate::logging::captured("trace").unwrap();
    let server = Server::new(|number, _| match number {
        1 => json_answer(400, &json!({ "code": 50_035, "message": "canary-words" })),
        _ => (500, Vec::new(), "canary-words".to_owned()),
    })
    .await;
    let rest = server.rest();
    let guard = tracing::subscriber::set_default(subscriber);
    let file = Upload {
        name: "canary".into(),
        media_type: "text/plain".into(),
        alt: None,
        bytes: b"canary".to_vec(),
    };
    rest.call(post(11, "canary-words").files(vec![file])).await.unwrap_err();
    let route = Route::WebhookFollowupMessages { application_id: 1.into(), token: "canary-token" };
    rest.call(Call::post(route, json!({ "content": "canary-words" }))).await.unwrap_err();
    drop(guard);
    let text = log.text();
    assert!(text.contains("discord.call_failed") && text.contains("50035"), "{text}");
    assert!(!text.contains("canary") && !text.contains("the-token"), "{text}");
}

//! The client against a server on this machine that answers as it is told.

use std::sync::Mutex;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::*;
use crate::logging;

const CANARY: &str = "xoxb-canary-token";

struct OneToken;

#[async_trait]
impl Tokens for OneToken {
    async fn bot_token(&self, workspace: &str) -> Option<Secret> {
        (workspace == "T1").then(|| Secret::new(CANARY))
    }
}

/// One answer after another; the last one is repeated.
async fn serve(answers: Vec<fn() -> Response>) -> (String, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    let app = Router::new().fallback(move |headers: HeaderMap, request: axum::extract::Request| {
        let said = headers.get("authorization").map_or("none", |value| value.to_str().unwrap_or("bad"));
        let line = format!("{} {} {said}", request.method(), request.uri());
        let mut heard = log.lock().unwrap();
        let answer = answers[heard.len().min(answers.len() - 1)];
        heard.push(line);
        async move { answer() }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (base, heard)
}

fn client(base: &str) -> SlackApi {
    let reach =
        Reach { base: Some(base.to_owned()), timeout: Duration::from_millis(300), ..Reach::default() };
    SlackApi::new(reach, Arc::new(OneToken)).unwrap()
}

fn answer(status: u16, media_type: &'static str, body: &'static str) -> Response {
    (StatusCode::from_u16(status).unwrap(), [("content-type", media_type)], body).into_response()
}

fn fine() -> Response {
    answer(200, "application/json", r#"{"ok":true,"channel":"C1","ts":"1.2"}"#)
}

fn broken() -> Response {
    answer(500, "text/html", "<html>canary words</html>")
}

async fn post(api: &SlackApi) -> Result<Value, CallError> {
    let token = api.token("T1").await?;
    let args = json!({ "channel": "C1", "text": "canary words" });
    api.call(&token, "chat.postMessage", args, Urgency::Ordinary).await
}

#[tokio::test]
async fn a_post_that_may_have_been_carried_out_is_in_doubt_and_not_made_again() {
    let doubtful: [fn() -> Response; 4] = [
        broken,
        || answer(200, "text/html", "<html>a proxy's page</html>"),
        || answer(200, "application/json", r#"{"ok":tr"#),
        || answer(200, "application/json", r#"{"ok":false,"error":"internal_error"}"#),
    ];
    for answer in doubtful {
        let (base, heard) = serve(vec![answer]).await;
        let error = post(&client(&base)).await.unwrap_err();
        assert!(matches!(error, CallError::InDoubt { .. }), "{error:?}");
        assert_eq!(heard.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_never_answers_leaves_a_post_in_doubt() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    let error = post(&client(&base)).await.unwrap_err();
    assert_eq!(error, CallError::InDoubt { reason: "no answer from Slack in time".to_owned() });
    drop(listener);
}

#[tokio::test]
async fn a_refused_connection_was_surely_not_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    drop(listener);
    let error = post(&client(&base)).await.unwrap_err();
    assert!(matches!(error, CallError::NotSent { .. }), "{error:?}");
}

#[tokio::test]
async fn a_harmless_call_is_made_again_after_a_server_error() {
    let (base, heard) = serve(vec![broken, broken, fine]).await;
    let api = client(&base);
    let token = api.token("T1").await.unwrap();
    let args = json!({ "channel": "C1", "ts": "1.2", "text": "x" });
    let done = api.call(&token, "chat.update", args, Urgency::Ordinary).await;
    assert!(done.is_ok(), "{done:?}");
    assert_eq!(heard.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn after_a_rate_limit_nothing_of_that_kind_is_called_until_it_is_over() {
    let slow: fn() -> Response = || {
        let body = r#"{"ok":false,"error":"ratelimited"}"#;
        (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "30"), ("content-type", "application/json")], body)
            .into_response()
    };
    let (base, heard) = serve(vec![slow, fine]).await;
    let api = client(&base);
    for _ in 0..3 {
        let error = post(&api).await.unwrap_err();
        let CallError::Rate { retry_after } = error else { panic!("{error:?}") };
        assert!(retry_after >= Duration::from_secs(29), "{retry_after:?}");
    }
    assert_eq!(heard.lock().unwrap().len(), 1, "two were held back");
    let token = api.token("T1").await.unwrap();
    let open = api.call(&token, "conversations.open", json!({ "users": "U1" }), Urgency::Ordinary).await;
    assert!(open.is_ok(), "another method is not held back: {open:?}");
}

#[tokio::test]
async fn reading_methods_get_their_arguments_in_the_address() {
    let (base, heard) = serve(vec![fine]).await;
    let api = client(&base);
    let token = api.token("T1").await.unwrap();
    let args = json!({ "channel": "C1", "limit": 100, "include_all_metadata": true });
    api.call(&token, "conversations.history", args, Urgency::Ordinary).await.unwrap();
    let line = heard.lock().unwrap()[0].clone();
    assert!(line.starts_with("GET /api/conversations.history?"), "{line}");
    assert!(line.contains("limit=100") && line.contains("include_all_metadata=true"), "{line}");
}

#[tokio::test]
async fn no_token_and_no_word_gets_into_an_error_or_the_log() {
    let (subscriber, log) = logging::captured("trace,hyper=off,hyper_util=off,mio=off").unwrap();
    let _guard = tracing::subscriber::set_default(subscriber);
    let faults: [fn() -> Response; 5] = [
        broken,
        || answer(200, "text/html", "<html>xoxb-canary-token</html>"),
        || answer(200, "application/json", "{\"ok\":false,\"error\":\"xoxb-canary-token\"}"),
        || answer(200, "application/json", "{\"canary words"),
        || answer(401, "application/json", r#"{"ok":false,"error":"invalid_auth","needed":"canary words"}"#),
    ];
    for fault in faults {
        let (base, _) = serve(vec![fault]).await;
        let api = client(&base);
        let error = post(&api).await.unwrap_err();
        let shown = format!("{error} {error:?} {:?}", api.token("T1").await);
        assert!(!shown.contains("canary"), "{shown}");
    }
    let lines = log.text();
    assert!(lines.contains("slack.call_failed"), "{lines}");
    assert!(!lines.contains("canary"), "{lines}");
}

#[tokio::test]
async fn an_answer_goes_to_slacks_addresses_only_and_without_a_token() {
    let (base, heard) = serve(vec![fine]).await;
    let api = client(&base);
    let body = json!({ "text": "x" });
    for address in [
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/hooks.slack.com",
        "https://user@hooks.slack.com@evil.example/x",
        "https://evil.example\\.slack.com/x",
        "https://127.0.0.1.evil.example/x",
        "http://127.0.0.1.evil.example/x",
        "http://hooks.slack.com/x",
        "ftp://127.0.0.1/x",
        "nonsense",
    ] {
        let error = api.respond(address, &body).await.unwrap_err();
        assert_eq!(error.code(), Some("not_an_address_of_slack"), "{address}");
    }
    assert!(api.checked("https://hooks.slack.com/commands/1").is_ok());
    api.respond(&base.replace("/api", "/respond"), &body).await.unwrap();
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].starts_with("POST /respond none"), "{}", heard[0]);
}

#[tokio::test]
async fn any_success_of_an_answer_counts_even_without_a_body() {
    let (base, _) = serve(vec![|| StatusCode::OK.into_response()]).await;
    let done = client(&base).respond(&base.replace("/api", "/respond"), &json!({ "text": "x" })).await;
    assert_eq!(done, Ok(()));
}

#[tokio::test]
async fn a_workspace_without_a_token_is_not_called() {
    let (base, heard) = serve(vec![fine]).await;
    let error = client(&base).token("T2").await.unwrap_err();
    assert!(matches!(error, CallError::NotSent { .. }), "{error:?}");
    assert!(heard.lock().unwrap().is_empty());
}

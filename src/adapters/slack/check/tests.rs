//! Every fault that can be told from outside, against a Slack of a few lines. Invariant: no token is repeated.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::routing::post;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use super::*;
use crate::config::SlackWorkspace;

/// What the small Slack answers, by token.
#[derive(Clone)]
struct World {
    scopes: Option<String>,
    bot: Value,
    app: Value,
    app_of_bot: &'static str,
}

fn all() -> String {
    scopes().join(",")
}

fn whole() -> World {
    World {
        scopes: Some(all()),
        bot: json!({
            "ok": true, "team": "Acme", "team_id": "T1", "user": "roundtable", "user_id": "UBOT", "bot_id": "B1",
        }),
        app: json!({ "ok": true }),
        app_of_bot: "A1",
    }
}

/// Says hello to every connection and waits until it is closed.
async fn socket() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { continue };
            let hello =
                json!({ "type": "hello", "num_connections": 3, "connection_info": { "app_id": "A1" } });
            let _ = socket.send(Message::text(hello.to_string())).await;
            while let Some(Ok(_)) = socket.next().await {}
        }
    });
    address
}

async fn api(world: World) -> String {
    let socket = socket().await;
    let answer = async move |Path(method): Path<String>, headers: HeaderMap, _body: Bytes| {
        let token = headers["authorization"].to_str().unwrap().to_owned();
        let mut body = match method.as_str() {
            "auth.test" => world.bot.clone(),
            "bots.info" => json!({ "ok": true, "bot": { "app_id": world.app_of_bot } }),
            "apps.connections.open" => world.app.clone(),
            "users.info" => json!({ "ok": false, "error": "missing_scope", "needed": "users:read" }),
            _ => json!({ "ok": true }),
        };
        if method == "apps.connections.open" {
            assert!(token.starts_with("Bearer xapp-"), "the kinds of tokens are not mixed up");
            body["url"] = json!(format!("ws://{socket}/"));
        }
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        if let Some(scopes) = &world.scopes {
            headers.insert("x-oauth-scopes", scopes.parse().unwrap());
        }
        (headers, body.to_string())
    };
    let app = Router::new().route("/api/{method}", post(answer));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/api")
}

fn set_up(api: String, mode: SlackMode) -> Slack {
    let app_token = (mode == SlackMode::Socket).then(|| Secret::new("xapp-canary"));
    let workspace = SlackWorkspace {
        name: String::new(),
        bot_token: Secret::new("xoxb-canary"),
        app_token: app_token.clone(),
        signing_secret: None,
    };
    Slack { mode, workspaces: vec![workspace], app_token, api, ..Slack::default() }
}

async fn found(slack: &Slack) -> Vec<(Verdict, String)> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("t.db").to_string_lossy()).await.unwrap();
    store.migrate(None).await.unwrap();
    let findings = check(slack, &store).await;
    store.close().await;
    assert!(findings.iter().all(|finding| !finding.text.contains("canary")), "{findings:?}");
    findings.into_iter().map(|finding| (finding.verdict, finding.text)).collect()
}

fn faults(found: &[(Verdict, String)]) -> Vec<&str> {
    found.iter().filter(|(verdict, _)| *verdict == Verdict::Fault).map(|(_, text)| text.as_str()).collect()
}

#[tokio::test]
async fn nothing_is_looked_at_when_slack_is_off() {
    assert!(found(&Slack::default()).await.is_empty());
}

#[tokio::test]
async fn a_whole_set_up_has_no_faults_and_says_what_was_not_seen() {
    let found = found(&set_up(api(whole()).await, SlackMode::Socket)).await;
    assert_eq!(faults(&found), [""; 0], "{found:?}");
    let has = |words: &str| found.iter().any(|(_, text)| text.contains(words));
    assert!(has("the bot is roundtable in Acme (T1)"), "{found:?}");
    assert!(has("all 14 scopes") && has("the connection works"), "{found:?}");
    assert!(has("2 more connections are open") && has("cannot be seen from outside"), "{found:?}");
}

#[tokio::test]
async fn missing_scopes_are_named_with_their_reasons_and_events() {
    let scopes = all().replace("pins:write,", "").replace("groups:read,", "") + ",admin";
    let found = found(&set_up(api(World { scopes: Some(scopes), ..whole() }).await, SlackMode::Http)).await;
    let [fault] = faults(&found)[..] else { panic!("{found:?}") };
    assert!(fault.contains("pins:write (pin the card"), "{fault}");
    assert!(fault.contains("groups:read (see who") && fault.contains("member_left_channel"), "{fault}");
    assert!(fault.contains("install the app again"), "{fault}");
    assert!(
        found
            .iter()
            .any(|(verdict, text)| *verdict == Verdict::Note && text.contains("more than it needs: admin"))
    );
    assert!(found.iter().any(|(_, text)| text.contains("https://YOUR-ADDRESS/slack/events")), "{found:?}");
}

#[tokio::test]
async fn scopes_that_slack_does_not_list_are_tried() {
    let found = found(&set_up(api(World { scopes: None, ..whole() }).await, SlackMode::Http)).await;
    let [fault] = faults(&found)[..] else { panic!("{found:?}") };
    assert!(fault.contains("the scope users:read is missing"), "{fault}");
    assert!(found.iter().any(|(_, text)| text.contains("did not say which scopes")));
}

#[tokio::test]
async fn a_refused_bot_token_is_told_with_what_to_do() {
    for (answer, words) in [
        (json!({ "ok": false, "error": "invalid_auth" }), "does not know this bot token"),
        (json!({ "ok": false, "error": "account_inactive" }), "install the app again"),
        (json!({ "ok": false, "error": "not_allowed_token_type" }), "begins with xoxb-"),
        (json!({ "ok": false, "error": "something_new" }), "refused the bot token with \"something_new\""),
        (json!({ "ok": true, "team_id": null, "is_enterprise_install": true }), "single workspace"),
    ] {
        let found = found(&set_up(api(World { bot: answer, ..whole() }).await, SlackMode::Http)).await;
        let [fault] = faults(&found)[..] else { panic!("{found:?}") };
        assert!(fault.contains(words), "{fault}");
    }
}

#[tokio::test]
async fn a_refused_app_token_is_told_with_what_to_do() {
    for (error, words) in [
        ("invalid_auth", "does not know this app-level token"),
        ("not_allowed_token_type", "begins with xapp-"),
        ("missing_scope", "lacks the scope connections:write"),
        ("something_new", "Socket Mode is switched on"),
    ] {
        let world = World { app: json!({ "ok": false, "error": error }), ..whole() };
        let found = found(&set_up(api(world).await, SlackMode::Socket)).await;
        let [fault] = faults(&found)[..] else { panic!("{found:?}") };
        assert!(fault.contains(words), "{fault}");
    }
}

#[tokio::test]
async fn tokens_of_two_apps_are_noticed() {
    let found = found(&set_up(api(World { app_of_bot: "A2", ..whole() }).await, SlackMode::Socket)).await;
    let [fault] = faults(&found)[..] else { panic!("{found:?}") };
    assert!(fault.contains("the Slack app A2 and the app token to A1"), "{fault}");
}

#[tokio::test]
async fn a_slack_that_cannot_be_reached_is_told_once_for_each_token() {
    let found = found(&set_up("http://127.0.0.1:1/api".to_owned(), SlackMode::Socket)).await;
    assert_eq!(faults(&found).len(), 2, "{found:?}");
    assert!(faults(&found).iter().all(|fault| fault.contains("no connection to Slack")), "{found:?}");
}

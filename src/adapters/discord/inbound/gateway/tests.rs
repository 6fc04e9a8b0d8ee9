//! Connections to a small gateway of our own.

use axum::routing::any;
use axum::{Json, Router};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::super::tests::{Scene, slash};
use super::*;
use crate::adapters::discord::transport::Reach;

type Socket = WebSocketStream<TcpStream>;

/// A gateway on this machine, with the call that says where it is.
struct Local {
    listener: TcpListener,
    api: String,
}

impl Local {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("ws://{}", listener.local_addr().expect("an address"));
        let answer = json!({"url": url, "shards": 1, "session_start_limit": {
            "total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1,
        }});
        let calls = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let api = format!("http://{}", calls.local_addr().expect("an address"));
        let router = Router::new().route("/{*path}", any(async move || Json(answer)));
        tokio::spawn(async move { axum::serve(calls, router).await });
        Self { listener, api }
    }

    /// The next connection, after it said who it is.
    async fn identified(&self) -> (Socket, Value) {
        let (stream, _) = self.listener.accept().await.expect("a connection");
        let mut socket = tokio_tungstenite::accept_async(stream).await.expect("a handshake");
        send(&mut socket, json!({"op": 10, "d": {"heartbeat_interval": 41_250}})).await;
        loop {
            let frame = socket.next().await.expect("a frame").expect("a good one");
            let Ok(text) = frame.to_text() else { continue };
            let value: Value = serde_json::from_str(text).expect("JSON");
            if value["op"] == 2 {
                return (socket, value["d"].clone());
            }
        }
    }

    fn gateway(&self, scene: &Scene) -> Gateway {
        let reach = Reach { base: Some(self.api.clone()), ..Reach::default() };
        let token = Secret::new("token");
        let rest = Arc::new(Rest::new(reach, token.clone()).expect("a client"));
        scene.inbound.gateway(rest, token, self.api.clone(), None, false)
    }
}

async fn send(socket: &mut Socket, value: Value) {
    socket.send(Frame::text(value.to_string())).await.expect("it is taken");
}

async fn close(socket: &mut Socket, code: u16) {
    let frame = CloseFrame { code: code.into(), reason: "".into() };
    socket.close(Some(frame)).await.expect("it is taken");
}

fn ready() -> Value {
    let user = json!({
        "id": "42", "username": "roundtable", "discriminator": "0", "avatar": null, "bot": true, "verified": true,
        "mfa_enabled": false, "email": null, "flags": 0,
    });
    json!({"op": 0, "s": 1, "t": "READY", "d": {
        "v": 10, "user": user, "guilds": [{"id": "500", "unavailable": true}], "session_id": "s1",
        "resume_gateway_url": "ws://nowhere.invalid", "shard": [0, 1], "application": {"id": "42", "flags": 0},
    }})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_and_a_missing_intent_end_the_connections_with_what_to_do() {
    let ends = [(4004, GatewayFault::Token), (4013, GatewayFault::Intents), (4014, GatewayFault::Intents)];
    for (code, fault) in ends {
        let (scene, local) = (Scene::new().await, Local::new().await);
        let (_stop, stopped) = watch::channel(false);
        let running = tokio::spawn(local.gateway(&scene).run(stopped));
        let (mut socket, said) = local.identified().await;
        assert_eq!(said["intents"], json!(intents(false).bits()));
        close(&mut socket, code).await;
        let ended = tokio::time::timeout(Duration::from_secs(30), running).await.expect("in time");
        assert_eq!(ended.expect("no panic"), Err(fault));
        scene.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_over_a_connection_is_answered_and_a_stop_ends_it() {
    let (mut scene, local) = (Scene::new().await, Local::new().await);
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(local.gateway(&scene).run(stopped));
    let (mut socket, _) = local.identified().await;
    send(&mut socket, ready()).await;
    send(
        &mut socket,
        json!({"op": 0, "s": 2, "t": "INTERACTION_CREATE", "d": slash(1, Some("500"), "home")}),
    )
    .await;
    let said = scene.next("first").await;
    assert_eq!(said["type"].as_u64(), Some(4), "{said}");
    let standing = scene.inbound.standing();
    assert!(standing.lines.len() == 1 && standing.lines[0].connected);
    assert_eq!(standing.counts["undecoded"], 1, "the test's interaction lacks what the client insists on");
    stop.send_replace(true);
    let closing = tokio::spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
    let ended = tokio::time::timeout(Duration::from_secs(30), running).await.expect("in time");
    assert_eq!(ended.expect("no panic"), Ok(()));
    closing.abort();
    scene.end().await;
}

/// The next thing that a connection says.
async fn said(socket: &mut Socket) -> Value {
    loop {
        let frame = socket.next().await.expect("a frame").expect("a good one");
        if let Ok(text) = frame.to_text()
            && let Ok(value) = serde_json::from_str(text)
        {
            return value;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_is_resumed_and_one_that_is_never_made_is_not_waited_for() {
    let (scene, local) = (Scene::new().await, Local::new().await);
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(local.gateway(&scene).run(stopped));
    let (mut socket, _) = local.identified().await;
    send(&mut socket, ready()).await;
    while !scene.inbound.standing().lines.first().is_some_and(|line| line.connected) {
        tokio::time::sleep(LOOK / 100).await;
    }
    drop(socket);
    // The address that the session named is at another site, so the token comes here again.
    let (stream, _) = local.listener.accept().await.expect("a connection");
    let mut again = tokio_tungstenite::accept_async(stream).await.expect("a handshake");
    send(&mut again, json!({"op": 10, "d": {"heartbeat_interval": 41_250}})).await;
    let asked = said(&mut again).await;
    assert_eq!(
        (&asked["op"], &asked["d"]["session_id"], &asked["d"]["seq"]),
        (&json!(6), &json!("s1"), &json!(1))
    );
    drop(again);
    // The client would wait for this one for ever.
    let (_held, _) = local.listener.accept().await.expect("a connection");
    let anew = tokio::time::timeout(Duration::from_mins(1), local.identified()).await;
    let (mut socket, _) = anew.expect("a session is begun anew");
    send(&mut socket, ready()).await;
    while scene.inbound.standing().lines[0].lost != 1 || !scene.inbound.standing().lines[0].connected {
        tokio::time::sleep(LOOK / 100).await;
    }
    stop.send_replace(true);
    let closing = tokio::spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
    assert_eq!(running.await.expect("no panic"), Ok(()));
    closing.abort();
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fails_never_sends_the_token_to_another_address() {
    let scene = Scene::new().await;
    let nowhere = Local {
        listener: TcpListener::bind("127.0.0.1:0").await.expect("a port"),
        api: "http://127.0.0.1:9".into(),
    };
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(nowhere.gateway(&scene).run(stopped));
    tokio::task::yield_now().await;
    assert!(scene.inbound.standing().lines.is_empty(), "nothing is begun before Discord said where");
    stop.send_replace(true);
    assert_eq!(running.await.expect("no panic"), Ok(()));
    scene.end().await;
}

#[test]
fn the_bot_asks_for_members_only_when_it_is_told_to_and_never_for_what_people_write() {
    assert!(!intents(false).is_privileged());
    assert!(intents(true).guild_members() && !intents(true).message_content());
    assert!(intents(false).direct_messages() && intents(false).guilds());
}

#[test]
fn what_the_client_gives_up_for_is_told_with_what_to_do_where_that_is_known() {
    let words = |error| fault_of(&error).to_string();
    assert!(words(GatewayError::InvalidAuthentication).contains("Copy it again"));
    assert!(words(GatewayError::DisallowedGatewayIntents).contains("Server Members Intent"));
    assert!(words(GatewayError::ReconnectFailure).contains("Reconnect"));
}

//! Every fault that can be told from outside, against a Discord of a few lines. Invariant: no token is repeated.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::adapters::common::finding::Verdict;
use crate::adapters::discord::permissions::bits;
use crate::config::{DiscordRooms, Secret};

const KEY: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

/// What the small Discord answers, by path.
type World = Vec<(&'static str, Value)>;

fn whole() -> World {
    vec![
        ("users/@me", json!({"id": "7", "username": "roundtable"})),
        (
            "oauth2/applications/@me",
            json!({"id": "42", "verify_key": KEY, "interactions_endpoint_url": null}),
        ),
        (
            "gateway/bot",
            json!({"url": "wss://gateway.example", "shards": 1, "session_start_limit": {
                "total": 1000, "remaining": 990, "reset_after": 0, "max_concurrency": 1,
            }}),
        ),
        ("users/@me/guilds", json!([{"id": "5", "name": "Acme"}])),
        ("applications/42/commands", setup::tree(ROOT)),
        (
            "guilds/5",
            json!({"id": "5", "name": "Acme", "owner_id": "1", "roles": [
                {"id": "5", "permissions": bits(DiscordRooms::Threads).to_string()},
            ]}),
        ),
        ("guilds/5/members/7", json!({"user": {"id": "7"}, "roles": []})),
        ("guilds/5/channels", json!([{"id": "10", "type": 0, "name": "mentoring", "position": 0}])),
        ("guilds/5/members", json!([])),
    ]
}

fn with(path: &str, answer: Value) -> World {
    let mut world = whole();
    world.iter_mut().find(|(known, _)| *known == path).expect("a path").1 = answer;
    world
}

async fn answer(
    State(world): State<Arc<World>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> (StatusCode, String) {
    if headers["authorization"] != "Bot canary.canary.canary" {
        return (StatusCode::UNAUTHORIZED, json!({"code": 0, "message": "401: Unauthorized"}).to_string());
    }
    match world.iter().find(|(known, _)| *known == path) {
        Some((_, refused)) if refused["refused"].is_u64() => {
            (StatusCode::FORBIDDEN, json!({"code": refused["refused"], "message": "no"}).to_string())
        }
        Some((_, body)) => (StatusCode::OK, body.to_string()),
        None => (StatusCode::NOT_FOUND, json!({"code": 10_003, "message": "unknown"}).to_string()),
    }
}

async fn found(world: World, change: impl FnOnce(&mut Discord), home: Option<&str>) -> Vec<Finding> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/api/v10/{*path}", get(answer)).with_state(Arc::new(world));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("check.db").to_string_lossy()).await.unwrap();
    store.migrate(None).await.unwrap();
    if let Some(home) = home {
        let mut tx = store.begin().await.unwrap();
        tx.mark_home_channel("5", home).await.unwrap();
        tx.commit().await.unwrap();
    }
    let token = Secret::new("canary.canary.canary");
    let mut discord = Discord { mode: DiscordMode::Gateway, token, api, ..Discord::default() };
    change(&mut discord);
    let findings = check(&discord, &store).await;
    assert!(findings.iter().all(|finding| !finding.text.contains("canary")), "{findings:?}");
    findings
}

fn faults(findings: &[Finding]) -> Vec<&str> {
    findings.iter().filter(|finding| finding.is_fault()).map(|finding| finding.text.as_str()).collect()
}

#[track_caller]
fn only_fault(findings: &[Finding], words: &str) {
    let faults = faults(findings);
    assert!(faults.len() == 1 && faults[0].contains(words), "{faults:?}");
}

fn as_it_is(_: &mut Discord) {}

#[tokio::test]
async fn a_bot_that_is_set_up_well_has_only_good_findings() {
    let findings = found(whole(), as_it_is, None).await;
    assert!(findings.iter().all(|finding| finding.verdict == Verdict::Good), "{findings:?}");
    let all: String = findings.iter().map(|finding| finding.text.clone() + "\n").collect();
    for words in ["the bot is roundtable (7)", "990 may be begun", "is registered", "channel #mentoring"] {
        assert!(all.contains(words), "{all}");
    }
    let off = |discord: &mut Discord| discord.mode = DiscordMode::Off;
    assert!(found(whole(), off, None).await.is_empty());
}

#[tokio::test]
async fn a_token_that_discord_does_not_know_is_told_alone() {
    let other = |discord: &mut Discord| discord.token = Secret::new("canary.canary.other");
    let findings = found(whole(), other, None).await;
    assert_eq!(findings.len(), 1);
    only_fault(&findings, "Reset Token");
}

#[tokio::test]
async fn ids_and_keys_of_another_app_are_told() {
    let findings = found(whole(), |discord| discord.application_id = Some("43".into()), None).await;
    only_fault(&findings, "belongs to the app 42");
    let findings = found(whole(), |discord| discord.public_key = Some("00".repeat(32)), None).await;
    only_fault(&findings, "of another app");
}

#[tokio::test]
async fn deliveries_that_would_go_elsewhere_are_told() {
    let app = json!({"id": "42", "interactions_endpoint_url": "https://a.example/discord/interactions"});
    let findings = found(with("oauth2/applications/@me", app.clone()), as_it_is, None).await;
    only_fault(&findings, "never arrive over the connection");
    let by_request = |discord: &mut Discord| discord.mode = DiscordMode::Http;
    assert!(faults(&found(with("oauth2/applications/@me", app), by_request, None).await).is_empty());
    only_fault(&found(whole(), by_request, None).await, "/discord/interactions");
}

#[tokio::test]
async fn an_intent_that_is_off_is_told_by_flags_or_by_trying() {
    let members = |discord: &mut Discord| discord.member_intent = true;
    let app = |flags: u64| with("oauth2/applications/@me", json!({"id": "42", "flags": flags}));
    only_fault(&found(app(0), members, None).await, "Server Members Intent is off");
    assert!(faults(&found(app(1 << 15), members, None).await).is_empty());
    assert!(faults(&found(whole(), members, None).await).is_empty());
    let shut = with("guilds/5/members", json!({"refused": 50_001}));
    only_fault(&found(shut, members, None).await, "Server Members Intent is off");
}

#[tokio::test]
async fn sessions_that_run_out_and_a_bot_in_no_server_are_told() {
    let limit = json!({"url": "wss://x", "shards": 1, "session_start_limit": {
        "total": 1000, "remaining": 2, "reset_after": 600_000, "max_concurrency": 1,
    }});
    only_fault(&found(with("gateway/bot", limit), as_it_is, None).await, "leave it off for 10 minutes");
    let findings = found(with("users/@me/guilds", json!([])), as_it_is, None).await;
    only_fault(&findings, "client_id=42");
}

#[tokio::test]
async fn permissions_are_told_by_name_and_place() {
    let shut = json!([{"id": "5", "type": 0, "allow": "0", "deny": (1_u64 << 36 | 1 << 51).to_string()}]);
    let channel =
        json!([{"id": "10", "type": 0, "name": "mentoring", "position": 0, "permission_overwrites": shut}]);
    let findings = found(with("guilds/5/channels", channel), as_it_is, None).await;
    only_fault(&findings, "channel #mentoring: permissions are missing");
    let told = faults(&findings)[0];
    assert!(told.contains("\"Create Private Threads\"") && told.contains("\"Pin Messages\""), "{told}");
    assert!(!told.contains("\"Embed Links\""), "{told}");
    only_fault(&found(whole(), as_it_is, Some("99")).await, "the mentoring channel is gone");
}

#[tokio::test]
async fn commands_that_are_not_there_or_old_are_no_fault_because_the_bot_renews_them() {
    for there in [json!([]), commands::tree(ROOT)] {
        let findings = found(with("applications/42/commands", there), as_it_is, None).await;
        assert!(faults(&findings).is_empty(), "{findings:?}");
        assert!(findings.iter().any(|finding| finding.text.contains("when it starts")), "{findings:?}");
    }
}

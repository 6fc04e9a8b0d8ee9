//! What nobody should send: unsigned, old, huge and broken requests, unknown envelopes, forms with holes, buttons of
//! things that are gone, strangers, and tokens where they could leak.

use std::time::Duration;

use roundtable::chat::messenger::Place as At;
use roundtable::config::SlackMode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::desk::{Desk, direct};
use super::fake::read::Place;
use super::fake::wire::form;
use super::fake::{APP_TOKEN, CallFault, Kind, Mode, SIGNING_SECRET, User, post, put_view, signature};
use crate::harness::slack::{TEAM, id_of};
use crate::harness::{Bot, Stage, days, has, lacks, numbers};

/// How long the door may take to open.
const OPENS_WITHIN: Duration = Duration::from_secs(20);

/// A desk in HTTP mode, with the address that Slack delivers to.
async fn door() -> (Desk, String) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = port.local_addr().expect("it has an address");
    drop(port);
    let desk = Desk::with(
        |_| {},
        |config| roundtable::config::Slack { mode: SlackMode::Http, listen: address, ..config },
    )
    .await;
    let url = format!("http://{address}/slack/events");
    let mode = Mode::Http { events: url.clone(), commands: url.clone(), interactions: url.clone() };
    desk.fake.set_mode(mode);
    let opened = async {
        while post(&url, &[], b"").await.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(OPENS_WITHIN, opened).await.expect("it listens");
    (desk, url)
}

fn lobby(desk: &Desk) -> String {
    let world = desk.fake.world();
    let lobby = world.team(TEAM).channels.values().find(|c| c.name == "lobby");
    lobby.expect("the lobby").id.clone()
}

fn command(desk: &Desk, trigger: &str) -> String {
    form(&[
        ("team_id", TEAM),
        ("user_id", &id_of("ada")),
        ("user_name", "ada"),
        ("channel_id", &lobby(desk)),
        ("command", "/mentor"),
        ("text", "zone Europe/Paris"),
        ("trigger_id", trigger),
        ("api_app_id", "A1"),
    ])
}

fn signed(body: &str, at: i64, secret: &str) -> [(&'static str, String); 3] {
    [
        ("content-type", "application/x-www-form-urlencoded".into()),
        ("x-slack-request-timestamp", at.to_string()),
        ("x-slack-signature", signature(secret, at, body.as_bytes())),
    ]
}

async fn known(desk: &Desk) -> i64 {
    numbers(desk.adapter.core.store(), "SELECT count(*) FROM accounts", &[]).await[0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_fresh_and_rightly_signed_requests_have_an_effect() {
    let (desk, url) = door().await;
    let now = desk.now().as_micros() / 1_000_000;
    let body = command(&desk, "t1");
    let right = signed(&body, now, SIGNING_SECRET);
    let unsigned = [right[0].clone()];
    assert_eq!(post(&url, &unsigned, body.as_bytes()).await.map(|a| a.0), Some(401));
    let mut wrong = right.clone();
    wrong[2].1 = signature("another secret", now, body.as_bytes());
    assert_eq!(post(&url, &wrong, body.as_bytes()).await.map(|a| a.0), Some(401));
    let mut other_body = body.clone();
    other_body.push_str("&text=leave");
    assert_eq!(post(&url, &right, other_body.as_bytes()).await.map(|a| a.0), Some(401));
    for odd in ["v0=", "v0=zz", "v1=abc", "", "v0=€"] {
        let mut strange = right.clone();
        strange[2].1 = odd.into();
        assert_eq!(post(&url, &strange, body.as_bytes()).await.map(|a| a.0), Some(401), "{odd}");
    }
    for age in [-360, 360] {
        let old = signed(&body, now + age, SIGNING_SECRET);
        assert_eq!(post(&url, &old, body.as_bytes()).await.map(|a| a.0), Some(401), "{age}");
    }
    desk.adapter.idle().await;
    assert_eq!(known(&desk).await, 0, "nobody was even noticed");
    assert_eq!(post(&url, &right, body.as_bytes()).await.map(|a| a.0), Some(200));
    desk.adapter.idle().await;
    assert_eq!(known(&desk).await, 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_sent_again_has_no_second_effect() {
    let (desk, url) = door().await;
    let now = desk.now().as_micros() / 1_000_000;
    let body = command(&desk, "t1");
    for _ in 0..3 {
        let answer = post(&url, &signed(&body, now, SIGNING_SECRET), body.as_bytes()).await;
        assert!(answer.is_some_and(|(status, _)| status == 200 || status == 401));
    }
    desk.adapter.idle().await;
    let taken = numbers(desk.adapter.core.store(), "SELECT count(*) FROM inbox", &[]).await[0];
    assert_eq!(taken, 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_huge_body_is_refused_before_it_is_read_and_a_broken_one_harms_nobody() {
    let (desk, url) = door().await;
    let now = desk.now().as_micros() / 1_000_000;
    let huge = "x".repeat(20 * 1024 * 1024);
    let answer = post(&url, &signed(&huge, now, SIGNING_SECRET), huge.as_bytes()).await;
    assert!(answer.is_none_or(|(status, _)| status == 413), "refused, or hung up on");
    // A body that breaks off in the middle.
    let host = url.trim_start_matches("http://").split('/').next().unwrap_or_default().to_owned();
    let mut stream = TcpStream::connect(&host).await.expect("it listens");
    let head =
        format!("POST /slack/events HTTP/1.1\r\nhost: {host}\r\ncontent-length: 500\r\n\r\ncommand=%2Fmen");
    stream.write_all(head.as_bytes()).await.expect("it reads");
    stream.shutdown().await.expect("it ends");
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(7), stream.read_to_end(&mut rest)).await;
    // Bodies that are signed and make no sense.
    for (media, body) in [
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", "{\"type\":\"event_callback\"}"),
        ("application/x-www-form-urlencoded", "payload=%7B"),
        ("application/x-www-form-urlencoded", "payload=null&x"),
        ("text/plain", "hello"),
    ] {
        let mut headers = signed(body, now, SIGNING_SECRET);
        headers[0].1 = media.into();
        let status = post(&url, &headers, body.as_bytes()).await.expect("an answer").0;
        assert!(status < 500, "{media} {body}: {status}");
    }
    let body = command(&desk, "t9");
    assert_eq!(
        post(&url, &signed(&body, now, SIGNING_SECRET), body.as_bytes()).await.map(|a| a.0),
        Some(200)
    );
    desk.adapter.idle().await;
    assert_eq!(known(&desk).await, 1, "it goes on as if nothing had been");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slack_checks_the_address_and_people_are_served_over_http_as_over_the_socket() {
    let (desk, url) = door().await;
    let now = desk.now().as_micros() / 1_000_000;
    let body = json!({ "type": "url_verification", "challenge": "word", "token": "x" }).to_string();
    let mut headers = signed(&body, now, SIGNING_SECRET);
    headers[0].1 = "application/json".into();
    let (status, said) = post(&url, &headers, body.as_bytes()).await.expect("an answer");
    assert_eq!(status, 200);
    has(&said, "word");
    let (ada, room) = (id_of("ada"), lobby(&desk));
    let mark = desk.fake.world().mark();
    assert!(desk.fake.command(TEAM, &ada, &room, "/mentor", "help").await.ack.is_some());
    desk.adapter.idle().await;
    let sights = desk.fake.sights(TEAM, &ada, mark);
    assert!(
        sights.iter().any(|s| matches!(s.place, Place::Private { .. }) && s.text.contains("/mentor join"))
    );
    assert!(desk.fake.write(TEAM, &ada, "profile organisation=Rail").await.ack.is_some());
    assert!(desk.fake.command(TEAM, &ada, &room, "/mentor", "profile").await.ack.is_some());
    desk.adapter.idle().await;
    let block = {
        let world = desk.fake.world();
        let view = world.team(TEAM).top(&ada).expect("a form").value.clone();
        let ids = view["blocks"].as_array().expect("blocks").iter().filter_map(|b| b["block_id"].as_str());
        ids.filter(|id| id.ends_with(".industry")).map(str::to_owned).next().expect("the field")
    };
    let filed = desk.fake.submit(TEAM, &ada, &[(block, "rail".to_owned())].into()).await;
    assert!(filed.expect("the client sends it").ack.is_some());
    let rail = "SELECT count(*) FROM persons WHERE industry = 'rail'";
    assert_eq!(numbers(desk.adapter.core.store(), rail, &[]).await[0], 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn envelopes_of_unknown_and_odd_shapes_are_acknowledged_and_do_nothing() {
    let desk = Desk::new().await;
    for (kind, payload) in [
        ("tomorrow", json!({ "team_id": TEAM })),
        (
            "events_api",
            json!({ "type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": { "type": "moon_rises" } }),
        ),
        ("events_api", json!({ "type": "event_callback", "team_id": TEAM, "event_id": "Ev2" })),
        ("events_api", json!({ "type": "event_callback", "team_id": 7, "event_id": ["x"], "event": [] })),
        ("slash_commands", json!({ "team_id": TEAM })),
        ("slash_commands", json!({ "text": 7, "user_id": null })),
        ("interactive", json!({ "type": "shortcut", "team": { "id": TEAM }, "user": { "id": "U0ADA" } })),
        ("interactive", json!({ "type": "block_actions", "team": null, "user": {}, "actions": "none" })),
        (
            "interactive",
            json!({ "type": "block_actions", "team": { "id": TEAM }, "user": { "id": "U0ADA" }, "trigger_id": "1.2.3",
            "actions": [{ "type": "button", "action_id": "somebody-elses", "value": "leave pathways yes" }] }),
        ),
        ("interactive", Value::Null),
    ] {
        let delivered = desk.fake.deliver(TEAM, kind, payload.clone(), false).await;
        assert!(delivered.ack.is_some(), "{kind} {payload}");
    }
    desk.adapter.idle().await;
    assert_eq!(known(&desk).await, 0);
    let ada = id_of("ada");
    let mark = desk.fake.world().mark();
    desk.fake.command(TEAM, &ada, &lobby(&desk), "/mentor", "help").await;
    desk.adapter.idle().await;
    assert_eq!(desk.fake.sights(TEAM, &ada, mark).len(), 1, "and the next command is answered");
    desk.fake.take_findings();
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_whose_state_has_holes_is_answered_and_changes_nothing_it_does_not_say() {
    let desk = Desk::new().await;
    let ada = id_of("ada");
    desk.fake.command(TEAM, &ada, &lobby(&desk), "/mentor", "profile industry=rail").await;
    desk.adapter.idle().await;
    for state in [
        json!({}),
        json!({ "f0.0.industry": {} }),
        json!({ "f0.0.industry": { "text": { "type": "x" } } }),
        json!([]),
        Value::Null,
    ] {
        let view = json!({
            "type": "modal", "callback_id": "form:profile", "title": { "type": "plain_text", "text": "Form" },
            "submit": { "type": "plain_text", "text": "Send" },
            "blocks": [{ "type": "divider" }],
        });
        let id = {
            let mut world = desk.fake.world();
            let id = put_view(&mut world, TEAM, &ada, view);
            world.team_mut(TEAM).views.get_mut(&id).expect("it was just put there").state = state.clone();
            id
        };
        let delivered = desk.fake.file(TEAM, &ada, &id).await;
        assert!(delivered.ack.is_some(), "{state}");
        desk.fake.close(TEAM, &ada).await;
    }
    desk.fake.take_findings();
    desk.adapter.idle().await;
    assert_eq!(known(&desk).await, 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_button_of_a_program_that_is_gone_says_so() {
    let mut bot = Bot::small_group(Stage::Slack).await;
    bot.advance(days(1)).await;
    let (room, post, command) = bot.button("ben", "I will come").await.expect("a button");
    bot.says("ada", "/mentor program close pathways yes").await;
    let reply = bot.press_at("ben", &room, &post, &command).await;
    lacks(&reply, "You will come");
    lacks(&reply, "Something broke");
    assert!(!reply.is_empty());
    assert_eq!(bot.number("SELECT count(*) FROM rsvps", &[]).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_thousand_characters_are_answered_kindly_by_every_way_in() {
    let mut bot = Bot::small(Stage::Slack).await;
    let long = "x".repeat(40_000);
    has(&bot.says("ben", &format!("/mentor {long}")).await, "shorten it");
    has(&bot.says("ben", &format!("/mentor profile name={long}")).await, "shorten it");
    has(&bot.says_in("ben", "dm-ben", &long).await, "shorten it");
    has(&bot.submit("ben", "profile", &[("name", &long)]).await, "shorten it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_in_a_shared_channel_is_refused_kindly_and_leaves_no_trace() {
    let desk = Desk::with(
        |world| {
            let stranger = User {
                id: "U0STRANGER".into(),
                team: "T0OTHER".into(),
                name: "stranger".into(),
                real_name: "Sam Stranger".into(),
                tz: "Europe/Berlin".into(),
                ..User::default()
            };
            let team = world.team_mut(TEAM);
            team.users.insert(stranger.id.clone(), stranger);
            let lobby = team.channels.values_mut().find(|c| c.kind == Kind::Public).expect("the lobby");
            lobby.shared = true;
            lobby.members.insert("U0STRANGER".into());
        },
        |config| config,
    )
    .await;
    let room = lobby(&desk);
    let mark = desk.fake.world().mark();
    // Named by the workspace that the bot is in, as presses in shared channels are.
    let payload = json!({
        "team_id": TEAM, "user_id": "U0STRANGER", "user_name": "stranger", "channel_id": room, "command": "/mentor",
        "text": "zone Europe/Paris", "api_app_id": "A1", "trigger_id": "7.t0other",
    });
    assert!(desk.fake.deliver(TEAM, "slash_commands", payload, true).await.ack.is_some());
    desk.adapter.idle().await;
    let sights = desk.fake.sights(TEAM, "U0STRANGER", mark);
    assert_eq!(sights.len(), 1, "{sights:?}");
    has(&sights[0].text, "nothing was changed");
    // Named by the stranger's own workspace, where the bot is not.
    assert!(desk.fake.command(TEAM, "U0STRANGER", &room, "/mentor", "zone Europe/Paris").await.ack.is_some());
    desk.idle_as_time_passes().await;
    for sight in desk.fake.sights(TEAM, "U0STRANGER", mark) {
        lacks(&sight.text, "Europe/Paris");
    }
    assert_eq!(known(&desk).await, 0, "and nobody was taken note of");
    desk.end().await;
}

// One thread, so that the log of this test holds everything that its tasks say.
#[tokio::test]
async fn no_token_secret_or_word_of_anybody_gets_into_the_log() {
    let (subscriber, log) = roundtable::logging::captured("trace").expect("a filter that can be read");
    let _guard = tracing::subscriber::set_default(subscriber);
    let desk = Desk::new().await;
    let ada = id_of("ada");
    desk.fake.command(TEAM, &ada, &lobby(&desk), "/mentor", "profile industry=canaryword").await;
    desk.adapter.idle().await;
    let message = roundtable::chat::Message::say("canarymessage");
    let room = desk.room("small", 4).await;
    for fault in [CallFault::Html, CallFault::FailedBefore, CallFault::Reset] {
        desk.fake.faults().next_call("chat.postMessage", fault);
        desk.port().send(TEAM, &direct("ada"), "m1", &message).await;
    }
    desk.fake.world().team_mut(TEAM).channel_mut(&room).archived = true;
    desk.port().send(TEAM, &At::Room(room), "m2", &message).await;
    desk.fake.world().team_mut(TEAM).gone = Some("token_revoked");
    desk.port().send(TEAM, &direct("ada"), "m3", &message).await;
    let url = {
        let world = desk.fake.world();
        world.replies.keys().next().cloned().expect("an address for replies")
    };
    let token = desk.fake.world().team(TEAM).token.clone();
    desk.end().await;
    let text = log.text();
    assert!(text.contains("slack."), "something was logged: {text}");
    for secret in
        [token.as_str(), APP_TOKEN, SIGNING_SECRET, "canaryword", "canarymessage", &format!("/reply/{url}")]
    {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}

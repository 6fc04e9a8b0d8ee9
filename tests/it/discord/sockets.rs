//! Connections come and go: what resumes, what begins anew, what ends the program with a clear sentence, and that slow
//! work holds nobody up.

use std::time::Duration;

use futures_util::future::join_all;
use roundtable::adapters::discord::DiscordFault;

use super::desk::{Desk, PEOPLE};
use super::fake::{Fake, Options, World};
use crate::harness::discord::{GUILD, until};
use crate::harness::has;

/// What ninety-nine of a hundred are answered within, ten at a time on a busy machine: Discord's own limit.
const IN_TIME: Duration = Duration::from_secs(3);

async fn is_served(desk: &Desk, who: &str) {
    let mark = desk.fake.world().mark();
    assert!(desk.command(who, "help").await.ack.is_some(), "{who} is answered");
    desk.adapter.idle().await;
    assert!(!desk.seen(who, mark).is_empty());
}

/// What breaks a connection, by name.
type Break = (&'static str, fn(&Fake));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_each_kind_of_break_the_session_is_resumed_and_the_next_command_answered() {
    let desk = Desk::new().await;
    is_served(&desk, "ada").await;
    let breaks: [Break; 3] = [
        ("asked to reconnect", Fake::ask_to_reconnect),
        ("reset", Fake::reset_gateway),
        ("closed with 4000", |fake| fake.close_gateway(4000)),
    ];
    for (n, (how, breaks)) in breaks.into_iter().enumerate() {
        breaks(&desk.fake);
        assert_eq!(desk.fake.sessions(), 0, "{how}");
        is_served(&desk, "ada").await;
        assert_eq!(desk.fake.beginnings(), (1, n + 1), "{how}: resumed and not begun anew");
    }
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_while_nobody_listened_is_answered_after_the_resume() {
    let desk = Desk::new().await;
    desk.fake.ask_to_reconnect();
    let before = desk.adapter.heard();
    desk.fake.write(&crate::harness::discord::id_of("ada"), "help");
    desk.fake.connected(1).await;
    desk.adapter.hears(before).await;
    desk.adapter.idle().await;
    let room = desk.direct("ada").expect("a direct conversation");
    assert_eq!(desk.posts(&room).len(), 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_session_and_a_refused_resume_begin_anew() {
    let desk = Desk::new().await;
    desk.fake.invalidate();
    is_served(&desk, "ada").await;
    assert_eq!(desk.fake.beginnings(), (2, 0));
    desk.fake.faults().next.refused_resumes = 1;
    desk.fake.reset_gateway();
    is_served(&desk, "ben").await;
    assert_eq!(desk.fake.beginnings(), (3, 0));
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_went_silent_is_given_up_and_made_anew() {
    let behave = |options| Options { heartbeat: Duration::from_millis(500), ..options };
    let desk = Desk::with(|_| {}, behave, |config| config).await;
    desk.fake.go_silent();
    is_served(&desk, "ada").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_shards_each_serve_their_own_server() {
    let other = |n: u64| (GUILD.parse::<u64>().expect("a number") + (n << 22)).to_string();
    let more = |world: &mut World| {
        for n in 1..3 {
            let id = other(n);
            world.add_guild(&id, "Another", "299000000000000000", crate::harness::discord::BOT_MAY);
            for handle in PEOPLE {
                let id_of = crate::harness::discord::id_of(handle);
                let user = world.users[&id_of].clone();
                world.enter(&id, user);
            }
            world.add_channel(Some(&id), super::fake::Kind::Text, "hall", crate::harness::start());
        }
    };
    let desk = Desk::with(more, |options| Options { shards: 3, ..options }, |config| config).await;
    desk.fake.connected(3).await;
    is_served(&desk, "ada").await;
    for n in 1..3 {
        let hall = desk.fake.channel_named(&other(n), "hall").expect("the hall");
        let options = serde_json::json!([{ "type": 1, "name": "help", "options": [] }]);
        let who = crate::harness::discord::id_of("ben");
        let delivered = desk.fake.command(&who, &hall, "mentor", options).await.expect("it is registered");
        assert!(delivered.ack.is_some(), "the server of shard {n}");
    }
    desk.adapter.idle().await;
    assert_eq!(desk.adapter.inbound.standing().lines.len(), 3);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_spin_on_every_thread_are_stopped_and_others_serve() {
    let desk = Desk::with(|_| {}, |options| Options { shards: 3, ..options }, |config| config).await;
    desk.fake.all_connected().await;
    // On this code the client runs round without ever letting go of its thread, and there are fewer threads than
    // connections.
    desk.fake.close_gateway(4011);
    is_served(&desk, "ada").await;
    assert_eq!(desk.fake.beginnings(), (6, 0));
    let standing = desk.adapter.inbound.standing();
    assert!(standing.lines.iter().all(|line| line.lost == 1), "{standing:?}");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_connections_are_made_when_discord_wants_more() {
    let desk = Desk::new().await;
    desk.fake.wants_shards(2);
    // Sessions of one connection are closed with 4011 from now on.
    desk.fake.invalidate();
    is_served(&desk, "ada").await;
    assert_eq!(desk.adapter.inbound.standing().lines.len(), 2);
    assert_eq!(desk.fake.beginnings(), (3, 0));
    desk.end().await;
}

/// What the adapter ends with when every session is closed with a code.
async fn ended_by(code: u16) -> DiscordFault {
    let desk = Desk::new().await;
    desk.fake.faults().next.identify = vec![code; 200];
    desk.fake.invalidate();
    desk.fake.close_gateway(code);
    let Desk { adapter, .. } = desk;
    adapter.ended().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_token_ends_with_a_sentence_that_says_what_to_do() {
    has(&ended_by(4004).await.to_string(), "token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_intents_end_with_a_sentence_that_says_what_to_do() {
    has(&ended_by(4014).await.to_string(), "Server Members Intent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_few_connections_that_discord_does_not_want_more_of_end_it_with_what_is_known() {
    let said = ended_by(4011).await.to_string();
    has(&said, "connection 1 to Discord has not come up");
    has(&said, "4011 (too few connections)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_number_of_a_connection_ends_it_with_what_is_known() {
    let said = ended_by(4010).await.to_string();
    has(&said, "connection 1 to Discord has not come up");
    has(&said, "4010 (wrong number of a connection)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_discord_does_not_serve_ends_it_with_what_is_known() {
    let said = ended_by(4012).await.to_string();
    has(&said, "connection 1 to Discord has not come up");
    has(&said, "closed or refused it before it stood");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_work_delays_nobodys_answer() {
    let desk = Desk::new().await;
    // Every tenth further answer hangs until the client gives it up.
    for _ in 0..20 {
        desk.fake.faults().next_call(
            "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original",
            super::fake::CallFault::Hang,
        );
    }
    let before = desk.adapter.inbound.standing().counts["kept"];
    let mut waits: Vec<Duration> = Vec::new();
    for wave in 0..20 {
        let acts = (0..10).map(|n| {
            let (desk, who) = (&desk, PEOPLE[(wave + n) % PEOPLE.len()]);
            async move { desk.command(who, "help").await }
        });
        for delivered in join_all(acts).await {
            assert!(delivered.ack.is_some(), "everybody is answered");
            waits.push(delivered.after);
        }
    }
    waits.sort_unstable();
    assert!(waits[197] <= IN_TIME, "p99 {:?}, slowest {:?}", waits[197], waits[199]);
    desk.adapter.idle().await;
    let standing = desk.adapter.inbound.standing();
    assert_eq!(standing.counts["kept"] - before, 200, "{standing:?}");
    let answered = || async { desk.fake.world().interactions.values().all(|i| i.answered.is_some()) };
    until("some were not answered", answered).await;
    desk.end().await;
}

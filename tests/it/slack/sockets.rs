//! Sockets come and go, and slow work holds nobody up.

use std::time::Duration;

use futures_util::future::join_all;
use roundtable::adapters::slack::inbound::socket::CONNECTIONS;

use super::desk::{Desk, PEOPLE};
use super::fake::CallFault;
use crate::harness::slack::{TEAM, id_of};

/// What Slack waits for; an answer that hangs takes far longer. How fast it really is: load.rs.
const IN_TIME: Duration = Duration::from_secs(3);

fn lobby(desk: &Desk) -> String {
    let world = desk.fake.world();
    let lobby = world.team(TEAM).channels.values().find(|c| c.name == "lobby");
    lobby.expect("the lobby").id.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_refresh_and_after_a_reset_the_next_command_is_answered() {
    let desk = Desk::new().await;
    let (ada, room) = (id_of("ada"), lobby(&desk));
    for round in 0..4 {
        desk.fake.connected(CONNECTIONS as usize).await;
        match round % 2 {
            0 => desk.fake.refresh_sockets("refresh_requested"),
            _ => desk.fake.reset_sockets(),
        }
        let mark = desk.fake.world().mark();
        let delivered = desk.fake.command(TEAM, &ada, &room, "/mentor", "help").await;
        assert!(delivered.ack.is_some(), "round {round}");
        desk.adapter.idle().await;
        assert_eq!(desk.fake.sights(TEAM, &ada, mark).len(), 1, "round {round}");
    }
    let standing = desk.adapter.inbound.standing();
    assert_eq!((standing.counts["kept"], standing.counts["repeated"]), (4, 0), "{standing:?}");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_work_delays_nobodys_acknowledgement() {
    let desk = Desk::new().await;
    let room = lobby(&desk);
    // Every tenth answer hangs until the client gives it up.
    for _ in 0..20 {
        desk.fake.faults().next_call("response_url", CallFault::Hang);
    }
    let mut waits: Vec<Duration> = Vec::new();
    for wave in 0..20 {
        let acts = (0..10).map(|n| {
            let (desk, room, who) = (&desk, &room, PEOPLE[(wave + n) % PEOPLE.len()]);
            async move { desk.fake.command(TEAM, &id_of(who), room, "/mentor", "help").await }
        });
        for delivered in join_all(acts).await {
            assert!(delivered.ack.is_some(), "everybody is acknowledged");
            waits.push(delivered.after);
        }
    }
    let slowest = waits.iter().max().expect("some were sent");
    assert!(*slowest <= IN_TIME, "the slowest took {slowest:?}");
    desk.adapter.idle().await;
    let standing = desk.adapter.inbound.standing();
    assert_eq!(standing.counts["kept"], 200, "{standing:?}");
    desk.end().await;
}

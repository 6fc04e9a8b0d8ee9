//! One event of the server for a group's next meetup.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::fault::code;
use super::*;
use crate::chat::messenger::{Meeting, Messenger as _, Outcome};

const MAKE: &str = "POST guilds/400/scheduled-events";

fn meeting(desk: &Desk, days: i64) -> Meeting {
    let starts_at = desk.now().plus_days(days);
    Meeting { title: "Owls of Spring".to_owned(), starts_at, ends_at: starts_at.plus_minutes(75) }
}

async fn set(desk: &Desk, meeting: Option<&Meeting>) {
    let outcome = desk.messenger.set_meeting(GUILD, "11", meeting).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
}

fn changes(desk: &Desk) -> Vec<String> {
    let event =
        desk.world.lock().unwrap().events.first().map(|event| event["id"].as_str().unwrap().to_owned());
    let short = |asked: String| asked.replace(event.as_deref().unwrap_or("none"), "EVENT");
    desk.asked().into_iter().filter(|asked| !asked.starts_with("GET")).map(short).collect()
}

#[tokio::test]
async fn an_event_is_made_left_alone_moved_and_taken_away_with_its_meetup() {
    let desk = Desk::new().await;
    let first = meeting(&desk, 3);
    set(&desk, None).await;
    set(&desk, Some(&first)).await;
    set(&desk, Some(&first)).await;
    assert_eq!(changes(&desk), [MAKE]);
    let body = &desk.bodies(MAKE)[0];
    assert_eq!(
        (&body["name"], &body["entity_type"], &body["privacy_level"]),
        (&json!("Owls of Spring"), &json!(3), &json!(2))
    );
    assert_eq!(body["scheduled_start_time"], "2023-11-17T22:13:20Z");
    assert_eq!(body["scheduled_end_time"], "2023-11-17T23:28:20Z");
    set(&desk, Some(&meeting(&desk, 4))).await;
    set(&desk, None).await;
    set(&desk, None).await;
    let changed = "PATCH guilds/400/scheduled-events/EVENT";
    assert_eq!(changes(&desk), [MAKE, changed, "DELETE guilds/400/scheduled-events/EVENT"]);
}

#[tokio::test]
async fn when_a_meetup_is_over_the_next_one_gets_an_event_of_its_own() {
    let desk = Desk::new().await;
    set(&desk, Some(&meeting(&desk, 1))).await;
    desk.clock.turn_to(desk.now().plus_days(2));
    set(&desk, Some(&meeting(&desk, 28))).await;
    assert_eq!(changes(&desk), [MAKE, MAKE]);
    // One that has begun is neither changed nor taken away.
    desk.clock.turn_to(desk.now().plus_days(29));
    set(&desk, None).await;
    assert_eq!(changes(&desk).len(), 2);
}

#[tokio::test]
async fn an_event_whose_answer_got_lost_is_found_again() {
    let tries = AtomicUsize::new(0);
    let desk = Desk::with(move |asked, _| {
        (asked == MAKE && tries.fetch_add(1, Ordering::Relaxed) == 0).then(|| (500, Value::Null))
    })
    .await;
    let next = meeting(&desk, 3);
    let outcome = desk.messenger.set_meeting(GUILD, "11", Some(&next)).await;
    assert!(matches!(outcome, Outcome::NotYet { .. }), "{outcome:?}");
    // Another group's event of the same name and time is not taken for it.
    set_of(&desk, "12", &next).await;
    let moved = meeting(&desk, 5);
    let outcome = desk.restarted().set_meeting(GUILD, "11", Some(&moved)).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    assert_eq!(desk.count(MAKE), 2);
    assert_eq!(changes(&desk).last().unwrap(), "PATCH guilds/400/scheduled-events/EVENT");
}

#[tokio::test]
async fn an_event_whose_answer_got_lost_goes_with_its_meetup() {
    let tries = AtomicUsize::new(0);
    let desk = Desk::with(move |asked, _| {
        (asked == MAKE && tries.fetch_add(1, Ordering::Relaxed) == 0).then(|| (500, Value::Null))
    })
    .await;
    let outcome = desk.messenger.set_meeting(GUILD, "11", Some(&meeting(&desk, 3))).await;
    assert!(matches!(outcome, Outcome::NotYet { .. }), "{outcome:?}");
    set(&desk, None).await;
    set(&desk, None).await;
    assert_eq!(changes(&desk), [MAKE, "DELETE guilds/400/scheduled-events/EVENT"]);
}

async fn set_of(desk: &Desk, room: &str, meeting: &Meeting) {
    let outcome = desk.messenger.set_meeting(GUILD, room, Some(meeting)).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
}

#[tokio::test]
async fn an_event_that_somebody_took_away_comes_anew_when_the_meetup_moves() {
    let desk = Desk::with(|asked, _| {
        asked.starts_with("PATCH guilds").then(|| refusal(code::UNKNOWN_EVENT)).flatten()
    });
    let desk = desk.await;
    set(&desk, Some(&meeting(&desk, 3))).await;
    set(&desk, Some(&meeting(&desk, 4))).await;
    assert_eq!(desk.count(MAKE), 2);
}

#[tokio::test]
async fn without_the_permission_there_is_no_event_and_the_reason_says_which() {
    let desk = Desk::with(|asked, _| (asked == MAKE).then(|| refusal(code::NO_PERMISSION)).flatten()).await;
    let outcome = desk.messenger.set_meeting(GUILD, "11", Some(&meeting(&desk, 3))).await;
    assert!(
        matches!(&outcome, Outcome::Refused { reason } if reason.contains("Create Events")),
        "{outcome:?}"
    );
}

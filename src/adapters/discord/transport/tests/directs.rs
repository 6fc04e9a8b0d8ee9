//! Direct messages: only to whom that is right, slowly, and with a way out when it is not possible.

use super::super::fault::code;
use super::*;
use crate::chat::messenger::{Gone, Messenger as _, Outcome};
use crate::domain::nudges::DIRECT_CLOSED;

const OPEN: &str = "POST users/@me/channels";

async fn send(desk: &Desk, account: &str, marker: &str) -> Outcome {
    desk.messenger.send(GUILD, &Place::Direct(account.to_owned()), marker, &words()).await
}

fn is_kept(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NotYet { retry_at: Some(_), reason } if reason == DIRECT_CLOSED)
}

#[tokio::test]
async fn who_never_did_anything_with_the_bot_gets_no_direct_message_and_nothing_is_lost() {
    let desk = Desk::new().await;
    let outcome = send(&desk, "7", "m1").await;
    assert!(is_kept(&outcome), "{outcome:?}");
    assert!(desk.asked().is_empty(), "{:?}", desk.asked());
}

#[tokio::test]
async fn who_did_something_gets_one_that_is_opened_once_and_known_after_a_restart() {
    let mut desk = Desk::new().await;
    desk.directs.agreed("7").await;
    desk.directs.agreed("7").await;
    assert_eq!(desk.notices.try_recv(), Ok(Notice::DirectsOpen));
    assert!(desk.notices.try_recv().is_err(), "agreeing twice is no news");
    for marker in ["m1", "m2"] {
        let outcome = send(&desk, "7", marker).await;
        assert!(
            matches!(&outcome, Outcome::Sent { remote_id } if remote_id.starts_with("97/")),
            "{outcome:?}"
        );
    }
    let place = Place::Direct("7".to_owned());
    let outcome = desk.restarted().send(GUILD, &place, "m3", &words()).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    assert_eq!((desk.count(OPEN), desk.count("POST channels/97/messages")), (1, 3));
}

#[tokio::test]
async fn who_wrote_to_the_bot_is_answered_there_without_opening_anything() {
    let mut desk = Desk::new().await;
    desk.directs.met("7", "970").await;
    assert_eq!(desk.notices.try_recv(), Ok(Notice::DirectsOpen));
    assert!(matches!(send(&desk, "7", "m1").await, Outcome::Sent { .. }));
    assert_eq!((desk.count(OPEN), desk.count("POST channels/970/messages")), (0, 1));
}

#[tokio::test]
async fn new_ones_are_opened_a_few_on_the_first_day_and_apart() {
    let desk = Desk::new().await;
    let mut opened = 0;
    for account in 100..120 {
        desk.directs.agreed(&account.to_string()).await;
        desk.clock.turn_to(desk.now().plus_secs(20));
        match send(&desk, &account.to_string(), &format!("m{account}")).await {
            Outcome::Sent { .. } => opened += 1,
            outcome => assert!(is_kept(&outcome), "{outcome:?}"),
        }
    }
    assert_eq!((opened, desk.count(OPEN)), (5, 5));
    desk.clock.turn_to(desk.now().plus_days(1));
    assert!(matches!(send(&desk, "110", "m110").await, Outcome::Sent { .. }));
    let outcome = send(&desk, "111", "m111").await;
    let Outcome::NotYet { retry_at: Some(again), .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(desk.now().secs_until(again), 20, "the next one goes a little later");
}

#[tokio::test]
async fn when_discord_says_too_fast_no_new_one_is_opened_for_six_hours_and_the_known_ones_go_on() {
    let mut desk = Desk::with(|asked, body| {
        (asked == OPEN && body["recipient_id"] == "8")
            .then_some((400, json!({ "code": code::DIRECTS_TOO_FAST })))
    })
    .await;
    desk.directs.met("7", "970").await;
    for account in ["8", "9"] {
        desk.directs.agreed(account).await;
    }
    while desk.notices.try_recv().is_ok() {}
    assert!(is_kept(&send(&desk, "8", "m1").await));
    let until = desk.now().plus_hours(6);
    let notice = Notice::DirectsStopped { guild: GUILD.to_owned(), until };
    assert_eq!(desk.notices.try_recv(), Ok(notice));
    desk.clock.turn_to(desk.now().plus_hours(5));
    assert!(is_kept(&send(&desk, "9", "m2").await));
    assert_eq!(desk.count(OPEN), 1);
    assert!(matches!(send(&desk, "7", "m3").await, Outcome::Sent { .. }));
    desk.clock.turn_to(until);
    assert!(matches!(send(&desk, "9", "m2").await, Outcome::Sent { .. }));
}

#[tokio::test]
async fn too_fast_said_of_the_message_stops_new_ones_too_and_its_channel_is_opened_in_its_turn() {
    let tries = AtomicU64::new(0);
    let mut desk = Desk::with(move |asked, _| {
        let is_first = asked == "POST channels/98/messages" && tries.fetch_add(1, Ordering::Relaxed) == 0;
        is_first.then(|| (400, json!({ "code": code::DIRECTS_TOO_FAST })))
    })
    .await;
    for account in ["8", "9"] {
        desk.directs.agreed(account).await;
    }
    while desk.notices.try_recv().is_ok() {}
    assert!(is_kept(&send(&desk, "8", "m1").await));
    let until = desk.now().plus_hours(6);
    let notice = Notice::DirectsStopped { guild: GUILD.to_owned(), until };
    assert_eq!(desk.notices.try_recv(), Ok(notice));
    desk.clock.turn_to(desk.now().plus_hours(5));
    for account in ["8", "9"] {
        assert!(is_kept(&send(&desk, account, "m1").await));
    }
    assert_eq!((desk.count(OPEN), desk.count("POST channels/98/messages")), (1, 1));
    desk.clock.turn_to(until);
    assert!(matches!(send(&desk, "8", "m1").await, Outcome::Sent { .. }));
}

#[tokio::test]
async fn a_channel_that_never_works_is_opened_once_and_not_a_whole_days_worth() {
    let desk = Desk::with(|asked, _| match asked {
        "POST channels/97/messages" => refusal(code::NO_ACCESS),
        _ => None,
    })
    .await;
    desk.directs.agreed("7").await;
    for _ in 0..8 {
        desk.clock.turn_to(desk.now().plus_secs(60));
        assert!(is_kept(&send(&desk, "7", "m1").await));
    }
    assert_eq!(desk.count(OPEN), 1);
}

#[tokio::test]
async fn a_closed_door_is_not_knocked_at_and_opens_when_the_person_does_something() {
    let desk = Desk::with(|asked, _| match asked {
        "POST channels/970/messages" => refusal(code::CANNOT_WRITE),
        _ => None,
    })
    .await;
    desk.directs.met("7", "970").await;
    for marker in ["m1", "m2", "m3"] {
        assert!(is_kept(&send(&desk, "7", marker).await));
    }
    assert_eq!(desk.count("POST channels/970/messages"), 1);
    desk.directs.agreed("7").await;
    assert!(is_kept(&send(&desk, "7", "m4").await));
    assert_eq!(desk.count("POST channels/970/messages"), 2);
}

#[tokio::test]
async fn who_left_the_server_is_told_as_gone_and_not_as_somebody_with_a_closed_door() {
    let desk = Desk::with(|asked, _| match asked {
        "POST channels/970/messages" => refusal(code::CANNOT_WRITE),
        "GET guilds/400/members/7" => refusal(code::UNKNOWN_MEMBER),
        "POST channels/980/messages" => refusal(code::NO_MUTUAL_GUILD),
        _ => None,
    })
    .await;
    for (account, channel) in [("7", "970"), ("8", "980")] {
        desk.directs.met(account, channel).await;
        let outcome = send(&desk, account, "m1").await;
        assert!(matches!(outcome, Outcome::Gone { what: Gone::Person, .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_channel_that_is_not_there_any_more_is_opened_anew() {
    let desk = Desk::with(|asked, _| match asked {
        "POST channels/970/messages" => refusal(code::UNKNOWN_CHANNEL),
        _ => None,
    })
    .await;
    desk.directs.met("7", "970").await;
    let outcome = send(&desk, "7", "m1").await;
    assert!(matches!(outcome, Outcome::NotYet { .. }), "{outcome:?}");
    let outcome = send(&desk, "7", "m1").await;
    assert!(matches!(&outcome, Outcome::Sent { remote_id } if remote_id.starts_with("97/")), "{outcome:?}");
}

#[tokio::test]
async fn an_opening_that_surely_failed_is_not_counted() {
    let tries = AtomicU64::new(0);
    let desk = Desk::with(move |asked, _| {
        let refused = asked == OPEN && tries.fetch_add(1, Ordering::Relaxed) < 8;
        refused.then(|| refusal(code::UNKNOWN_USER)).flatten()
    })
    .await;
    let mut sent = 0;
    for account in 100..113 {
        desk.directs.agreed(&account.to_string()).await;
        desk.clock.turn_to(desk.now().plus_secs(20));
        let outcome = send(&desk, &account.to_string(), "m").await;
        sent += usize::from(matches!(outcome, Outcome::Sent { .. }));
    }
    assert_eq!(sent, 5);
}

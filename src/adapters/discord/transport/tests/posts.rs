//! Posts, changes, cards, and finding again what may have been sent.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::fault::code;
use super::*;
use crate::chat::messenger::{Found, Gone, Messenger as _, Outcome};

const MARKER: &str = "01jd5k7m9p2q4r6t8v";

fn room() -> Place {
    Place::Room("11".to_owned())
}

fn sent(outcome: Outcome) -> String {
    match outcome {
        Outcome::Sent { remote_id } => remote_id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_post_carries_its_nonce_its_mark_and_mentions_nobody() {
    let desk = Desk::new().await;
    let remote_id = sent(desk.messenger.send(GUILD, &room(), MARKER, &words()).await);
    assert!(remote_id.starts_with("11/"), "{remote_id}");
    let body = &desk.bodies("POST channels/11/messages")[0];
    assert_eq!((&body["nonce"], &body["enforce_nonce"]), (&json!(MARKER), &json!(true)));
    assert_eq!(body["allowed_mentions"], json!({ "parse": [], "users": [] }));
    assert_eq!(body["embeds"][0]["description"], "Hello");
    assert!(mark::is_stamped(body, MARKER));
}

#[tokio::test]
async fn an_answer_that_got_lost_leaves_one_message() {
    let tries = AtomicUsize::new(0);
    let desk = Desk::with(move |asked, _| {
        let is_post = asked.starts_with("POST channels");
        (is_post && tries.fetch_add(1, Ordering::Relaxed) < 2).then(|| (502, Value::Null))
    })
    .await;
    sent(desk.messenger.send(GUILD, &room(), MARKER, &words()).await);
    assert_eq!((desk.count("POST channels/11/messages"), desk.messages()), (3, 1));
}

#[tokio::test]
async fn killed_between_sending_and_noting_it_the_same_nonce_leaves_one_message() {
    let desk = Desk::new().await;
    let first = sent(desk.messenger.send(GUILD, &room(), MARKER, &words()).await);
    let again = sent(desk.restarted().send(GUILD, &room(), MARKER, &words()).await);
    assert_eq!((first, desk.messages()), (again, 1));
}

#[tokio::test]
async fn what_was_sent_is_found_hours_later_behind_many_other_messages() {
    let desk = Desk::new().await;
    let since = desk.now().minus_secs(60);
    let first = sent(desk.messenger.send(GUILD, &room(), MARKER, &words()).await);
    for n in 0..230 {
        sent(desk.messenger.send(GUILD, &room(), &format!("other{n}"), &words()).await);
    }
    desk.clock.turn_to(desk.now().plus_hours(5));
    let messenger = desk.restarted();
    assert_eq!(messenger.find(GUILD, &room(), MARKER, since).await, Found::Yes { remote_id: first });
    let last = messenger.find(GUILD, &room(), "other229", since).await;
    assert!(matches!(last, Found::Yes { .. }), "{last:?}");
    assert_eq!(messenger.find(GUILD, &room(), "never", since).await, Found::No);
    // What was said before is not looked at.
    let later = desk.now();
    assert_eq!(messenger.find(GUILD, &room(), MARKER, later).await, Found::No);
}

#[tokio::test]
async fn without_a_history_nobody_says_that_it_was_not_sent() {
    let desk =
        Desk::with(|asked, _| asked.starts_with("GET channels").then(|| refusal(code::NO_ACCESS)).flatten());
    let desk = desk.await;
    // A moment ago, while Discord surely knows the nonce, or long ago.
    let since = desk.now().minus_secs(30);
    assert_eq!(desk.messenger.find(GUILD, &room(), MARKER, since).await, Found::Unreadable);
    desk.clock.turn_to(desk.now().plus_hours(5));
    assert_eq!(desk.messenger.find(GUILD, &room(), MARKER, since).await, Found::Unreadable);
    let stranger = Place::Direct("77".to_owned());
    assert_eq!(desk.messenger.find(GUILD, &stranger, MARKER, since).await, Found::No);
}

#[tokio::test]
async fn a_sleeping_thread_is_woken_for_a_post_and_for_a_change() {
    let awake = AtomicUsize::new(0);
    let desk = Desk::with(move |asked, body| {
        if asked == "PATCH channels/11" && body["archived"] == false {
            awake.store(1, Ordering::Relaxed);
            return None;
        }
        let is_message = asked.contains("channels/11/messages");
        (is_message && awake.load(Ordering::Relaxed) == 0).then(|| refusal(code::ARCHIVED)).flatten()
    })
    .await;
    let remote_id = sent(desk.messenger.send(GUILD, &room(), MARKER, &words()).await);
    assert_eq!(desk.count("PATCH channels/11"), 1);
    sent(desk.messenger.update(GUILD, &room(), &remote_id, &words()).await);
    assert_eq!(desk.messages(), 1);
}

#[tokio::test]
async fn a_room_that_is_gone_is_told_as_gone_and_a_message_that_is_gone_is_not() {
    let desk = Desk::with(|asked, _| match asked {
        "POST channels/11/messages" => refusal(code::UNKNOWN_CHANNEL),
        "PATCH channels/11/messages/5" => refusal(code::UNKNOWN_MESSAGE),
        _ => None,
    })
    .await;
    let outcome = desk.messenger.send(GUILD, &room(), MARKER, &words()).await;
    assert!(matches!(outcome, Outcome::Gone { what: Gone::Room, .. }), "{outcome:?}");
    let outcome = desk.messenger.update(GUILD, &room(), "11/5", &words()).await;
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    let outcome = desk.messenger.update(GUILD, &room(), "nonsense", &words()).await;
    assert!(!matches!(outcome, Outcome::Sent { .. } | Outcome::InDoubt { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_card_is_changed_in_place_and_made_anew_only_when_it_is_gone() {
    let desk = Desk::with(|asked, _| match asked {
        "PATCH channels/11/messages/404" => refusal(code::UNKNOWN_MESSAGE),
        _ => None,
    })
    .await;
    let card = sent(desk.messenger.set_card(GUILD, "11", None, MARKER, "Next: Tuesday", &words()).await);
    let message = card.strip_prefix("11/").unwrap();
    assert_eq!(desk.count(&format!("PUT channels/11/messages/pins/{message}")), 1);
    assert_eq!(desk.count("PATCH channels/11"), 0, "a thread has no topic");
    let same = desk.messenger.set_card(GUILD, "11", Some(&card), "m2", "Next: Friday", &words()).await;
    assert_eq!((sent(same), desk.messages()), (card, 1));
    let anew = sent(desk.messenger.set_card(GUILD, "11", Some("11/404"), "m3", "", &words()).await);
    assert_eq!(desk.count(&format!("PUT channels/{}", anew.replace('/', "/messages/pins/"))), 1);
    // A card of a room that was lost is not in the new one.
    sent(desk.messenger.set_card(GUILD, "12", Some("11/404"), "m4", "", &words()).await);
    assert_eq!(desk.count("POST channels/12/messages"), 1);
}

#[tokio::test]
async fn a_change_calls_nobody_and_says_what_is_empty() {
    let desk = Desk::new().await;
    sent(desk.messenger.update(GUILD, &room(), "11/5", &words()).await);
    let body = &desk.bodies("PATCH channels/11/messages/5")[0];
    assert_eq!(body["allowed_mentions"], json!({ "parse": [], "users": [] }));
    assert_eq!(body["embeds"], json!([]));
    assert_eq!(body.get("nonce"), None);
}

//! Whom the bot writes to: only who did something with it, slowly, never after Discord said that it was too fast, and
//! with a word in the group's room where somebody cannot be reached.

use roundtable::chat::Message;
use roundtable::chat::messenger::Outcome;
use roundtable::domain::civil::Instant;

use super::desk::{Desk, PEOPLE, direct, sent};
use super::fake::Delivered;
use crate::harness::discord::{GUILD, id_of};
use crate::harness::{Bot, Stage, days, has, hours, lacks};

const OPEN: &str = "POST /users/@me/channels";

async fn try_to_write(desk: &Desk, handle: &str, marker: &str) -> Outcome {
    desk.port().send(GUILD, &direct(handle), marker, &Message::say("Hello")).await
}

async fn acts(desk: &Desk, handle: &str) -> Delivered {
    let delivered = desk.command(handle, "help").await;
    desk.adapter.idle().await;
    delivered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_written_to_who_never_did_anything_with_the_bot() {
    let desk = Desk::new().await;
    let outcome = try_to_write(&desk, "ada", "m1").await;
    assert!(matches!(outcome, Outcome::NotYet { retry_at: Some(_), .. }), "{outcome:?}");
    assert_eq!(desk.fake.count(OPEN), 0);
    assert!(acts(&desk, "ada").await.ack.is_some());
    sent(try_to_write(&desk, "ada", "m1").await);
    sent(try_to_write(&desk, "ada", "m2").await);
    assert_eq!(desk.fake.count(OPEN), 1, "a conversation is opened once");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wrote_first_costs_no_opening() {
    let desk = Desk::new().await;
    desk.meet(&["ada", "ben"]).await;
    for handle in ["ada", "ben"] {
        sent(try_to_write(&desk, handle, handle).await);
    }
    assert_eq!(desk.fake.count(OPEN), 0);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_conversations_begin_slowly_and_no_faster_than_their_cap() {
    let desk = Desk::new().await;
    for handle in PEOPLE {
        acts(&desk, handle).await;
    }
    // The governor counts by days of UTC.
    let midnight = (desk.now().as_secs() / days(1) + 1) * days(1);
    desk.clock.turn_to(Instant::from_secs(midnight));
    let mut per_day = Vec::new();
    for _ in 0..3 {
        let opened = desk.fake.count(OPEN);
        for _ in 0..24 {
            for handle in PEOPLE {
                let known = desk.direct(handle).is_some();
                if !known {
                    try_to_write(&desk, handle, &format!("m-{handle}")).await;
                }
            }
            desk.clock.turn_to(desk.now().plus_secs(hours(1)));
        }
        per_day.push(desk.fake.count(OPEN) - opened);
    }
    assert_eq!(per_day, [5, 7, 0], "slowly at first, and in the end everybody is reached");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_too_fast_nothing_new_is_opened_for_hours_and_what_is_open_goes_on() {
    let desk = Desk::new().await;
    for handle in ["ada", "ben"] {
        acts(&desk, handle).await;
    }
    desk.meet(&["cleo"]).await;
    desk.fake.world().direct_quota = Some(0);
    assert!(matches!(try_to_write(&desk, "ada", "m1").await, Outcome::NotYet { retry_at: Some(_), .. }));
    for n in 0..5 {
        desk.clock.turn_to(desk.now().plus_secs(hours(1)));
        assert!(matches!(try_to_write(&desk, "ben", &format!("n{n}")).await, Outcome::NotYet { .. }));
    }
    assert_eq!(desk.fake.count(OPEN), 1, "Discord was asked once and then left alone");
    sent(try_to_write(&desk, "cleo", "m2").await);
    desk.fake.world().direct_quota = None;
    desk.clock.turn_to(desk.now().plus_secs(hours(2)));
    sent(try_to_write(&desk, "ada", "m1").await);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lets_nobody_write_is_told_in_the_groups_room_and_finds_it_in_the_inbox() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    let ben = id_of("ben");
    bot.discord().fake().world().users.get_mut(&ben).expect("ben").no_messages = true;
    bot.inbox("ben").await;
    let room = bot.group_room("ben").await;
    bot.room("ben", &room).await;
    bot.advance(days(14)).await;
    assert!(bot.inbox("ben").await.is_empty(), "nothing arrives");
    let told = bot.room("ben", &room).await.join("\n");
    has(&told, "@Ben Brook, something is waiting for you");
    has(&bot.press("ben", "Show what waits").await, "wait");
    lacks(&told, "starter pick");
    let asked = bot.discord().fake().world().calls.iter().filter(|call| call.code == 50_007).count();
    assert!(asked <= 3, "a closed door is not knocked at all the time: {asked}");
    bot.discord().fake().world().users.get_mut(&ben).expect("ben").no_messages = false;
    bot.says("ben", "/mentor help").await;
    bot.advance(days(30)).await;
    assert!(!bot.inbox("ben").await.is_empty(), "after that it arrives again");
}

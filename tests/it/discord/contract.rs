//! The contract of the `Messenger` port, through the real client: what each call does in Discord, and what each fault
//! is told to the core as.

use base64::Engine as _;
use roundtable::chat::messenger::{Found, Gone, Outcome, Place};
use roundtable::chat::{Action, Block, Message};
use roundtable::config::{Discord, DiscordRooms};

use super::desk::{Desk, PEOPLE, direct, sent};
use super::fake::read::Eyes;
use super::fake::{APP, CallFault, Kind, rights};
use crate::harness::discord::{GUILD, id_of};
use crate::harness::{has, start};

const SEND: &str = "POST /channels/{channel_id}/messages";

fn words(text: &str) -> Message {
    Message::say(text).actions([Action::primary("Answer", "pulse answer")])
}

fn shown(desk: &Desk, message: &super::fake::world::Message) -> String {
    Eyes::of(&desk.fake.world(), &id_of("ada"), start()).message(message)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_message_arrives_with_its_mark_and_is_changed_in_place() {
    let desk = Desk::new().await;
    desk.meet(&["ada"]).await;
    let room = desk.direct("ada").expect("a direct conversation");
    let before = desk.posts(&room).len();
    let id = sent(desk.port().send(GUILD, &direct("ada"), "m1", &words("Hello @everyone & *all*")).await);
    let posts = desk.posts(&room).split_off(before);
    assert_eq!(posts.len(), 1);
    assert_eq!(shown(&desk, &posts[0]), "Hello @everyone & *all*\n[Answer]");
    assert_eq!(posts[0].nonce.as_deref(), Some("m1"));
    let raw = format!("{}{:?}", posts[0].content, posts[0].embeds);
    assert!(!raw.contains("@everyone"), "outside words call nobody: {raw}");
    sent(desk.port().update(GUILD, &direct("ada"), &id, &words("Changed")).await);
    let posts = desk.posts(&room).split_off(before);
    assert_eq!((posts.len(), posts[0].edited), (1, 1));
    assert_eq!(shown(&desk, &posts[0]), "Changed\n[Answer]");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_meets_in_a_private_thread_that_the_same_marker_finds_again() {
    let desk = Desk::new().await;
    for people in [2, 10] {
        let marker = format!("room-{people}");
        let room = desk.room(&marker, people).await;
        let channel = desk.channel(&room);
        let thread = channel.thread.clone().expect("a thread");
        assert_eq!((channel.kind, desk.members(&room).len()), (Kind::Private, people));
        assert_eq!((thread.invitable, thread.minutes), (false, 10_080));
        assert_eq!(channel.parent, desk.fake.channel_named(GUILD, "mentoring"));
        assert_eq!(desk.room(&marker, people).await, room, "asked again, the first one is found");
    }
    assert_eq!(desk.fake.count("POST /channels/{channel_id}/threads"), 2);
    assert_eq!(desk.fake.count("POST /guilds/{guild_id}/channels"), 0);
    let room = desk.room("room-2", 2).await;
    sent(desk.port().send(GUILD, &Place::Room(room.clone()), "m1", &words("Hello")).await);
    assert_eq!(desk.posts(&room).len(), 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_groups_of_one_name_never_share_a_room_even_when_an_answer_was_lost() {
    let desk = Desk::new().await;
    let one = desk.room("one", 4).await;
    desk.fake.faults().next_call("POST /channels/{channel_id}/threads", CallFault::DoneDropped);
    let Outcome::InDoubt { .. } = desk.open("two", 4).await else { panic!("nobody can know") };
    let two = desk.room("two", 4).await;
    assert_ne!(one, two);
    assert_eq!(desk.fake.count("POST /channels/{channel_id}/threads"), 2, "the one that was made is found");
    desk.end().await;
}

fn in_channels(config: Discord) -> Discord {
    Discord { rooms: DiscordRooms::Channels, ..config }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_it_is_set_a_group_has_a_private_channel_with_its_topic() {
    let desk = Desk::with(|_| {}, |options| options, in_channels).await;
    let room = desk.room("big", 9).await;
    let channel = desk.channel(&room);
    assert_eq!(channel.kind, Kind::Text);
    assert_eq!(channel.topic.as_deref(), Some("What is said here stays here."));
    let sees = |handle: &str| {
        let world = desk.fake.world();
        rights::in_channel(&world, &room, &id_of(handle)) & (rights::VIEW | rights::SEND) != 0
    };
    assert!(PEOPLE[..9].iter().all(|handle| sees(handle)) && PEOPLE[9..].iter().all(|handle| !sees(handle)));
    let wanted: Vec<String> = PEOPLE[1..11].iter().map(|handle| id_of(handle)).collect();
    for _ in 0..2 {
        sent(desk.port().set_members(GUILD, &room, &wanted).await);
        assert!(!sees("ada") && PEOPLE[1..11].iter().all(|handle| sees(handle)) && !sees("lars"));
    }
    assert_eq!(desk.room("big", 9).await, room);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_bot_may_not_the_reason_says_what_to_do() {
    let forbid = |world: &mut super::fake::World| {
        let guild = world.guild_mut(GUILD);
        for role in guild.roles.values_mut() {
            role.permissions &= !rights::PRIVATE_THREADS;
        }
    };
    let desk = Desk::with(forbid, |options| options, |config| config).await;
    let Outcome::Refused { reason } = desk.open("big", 9).await else { panic!("it cannot be opened") };
    has(&reason, "Create Private Threads");
    let forbid = |world: &mut super::fake::World| world.guild_mut(GUILD).most_threads = 0;
    let full = Desk::with(forbid, |options| options, |config| config).await;
    let Outcome::Refused { reason } = full.open("big", 9).await else { panic!("it cannot be opened") };
    has(&reason, "160006");
    desk.end().await;
    full.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_left_the_server_does_not_keep_the_others_from_their_room() {
    let leave = |world: &mut super::fake::World| {
        world.guild_mut(GUILD).members.remove(&id_of("ben"));
    };
    let desk = Desk::with(leave, |options| options, |config| config).await;
    let room = desk.room("small", 5).await;
    let members = desk.members(&room);
    assert_eq!(members.len(), 4, "everybody but ben");
    assert!(!members.contains(&id_of("ben")));
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_a_thread_are_made_exactly_these_also_after_it_was_put_away() {
    let desk = Desk::new().await;
    let room = desk.room("big", 9).await;
    let wanted: Vec<String> = PEOPLE[1..12].iter().map(|handle| id_of(handle)).collect();
    for _ in 0..2 {
        desk.fake.world().channel_mut(&room).thread.as_mut().expect("a thread").archived = true;
        assert_eq!(sent(desk.port().set_members(GUILD, &room, &wanted).await), room);
        assert_eq!(desk.members(&room), wanted);
    }
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_that_was_put_away_is_opened_again_before_anything_is_said() {
    let desk = Desk::new().await;
    let room = desk.room("small", 4).await;
    let card = sent(desk.port().set_card(GUILD, &room, None, "c1", "Next", &words("Card")).await);
    desk.clock.turn_to(start().plus_days(8));
    sent(desk.port().send(GUILD, &Place::Room(room.clone()), "m1", &words("Hello")).await);
    assert_eq!(desk.posts(&room).len(), 2);
    desk.clock.turn_to(start().plus_days(16));
    sent(desk.port().set_card(GUILD, &room, Some(&card), "c1", "Next", &words("Card 2")).await);
    assert_eq!(desk.posts(&room).len(), 2);
    assert_eq!(desk.fake.count("PATCH /channels/{channel_id}"), 2);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_standing_card_is_pinned_once_and_changed_in_place() {
    for channels in [false, true] {
        let desk = Desk::with(
            |_| {},
            |options| options,
            |config| if channels { in_channels(config) } else { config },
        )
        .await;
        let room = desk.room("small", 5).await;
        let set = async |card: Option<&str>, topic: &str, text: &str| {
            sent(desk.port().set_card(GUILD, &room, card, "c1", topic, &words(text)).await)
        };
        let card = set(None, "Next: Thursday", "Card").await;
        // Only a channel shows a topic.
        let topic = |words: &'static str| channels.then_some(words);
        assert_eq!(desk.channel(&room).topic.as_deref(), topic("Next: Thursday"));
        assert_eq!(set(Some(&card), "Next: Friday", "Card 2").await, card);
        assert_eq!(desk.channel(&room).topic.as_deref(), topic("Next: Friday"));
        let posts = desk.posts(&room);
        assert_eq!((posts.len(), posts[0].pinned), (1, true));
        has(&shown(&desk, &posts[0]), "Card 2");
        // Somebody took it away: there is a new one.
        desk.fake.world().channel_mut(&room).message_mut(&posts[0].id).expect("the card").deleted = true;
        assert_ne!(set(Some(&card), "Next: Friday", "Card 3").await, card);
        desk.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_comes_with_its_message() {
    let desk = Desk::new().await;
    desk.meet(&["ada"]).await;
    let bytes = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
    let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
    let mut message = words("Your meetups");
    message.blocks.push(Block::File {
        name: "meetups.ics".into(),
        media_type: "text/calendar".into(),
        alt: "A calendar file".into(),
        base64,
    });
    sent(desk.port().send(GUILD, &direct("ada"), "m1", &message).await);
    let posts = desk.posts(&desk.direct("ada").expect("a direct conversation"));
    let files: Vec<_> = posts.iter().flat_map(|post| &post.files).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(
        (files[0].name.as_str(), files[0].description.as_deref()),
        ("meetups.ics", Some("A calendar file"))
    );
    assert_eq!(files[0].bytes, bytes);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_found_by_its_mark_and_only_since_then() {
    let desk = Desk::new().await;
    desk.meet(&["ada"]).await;
    let room = Place::Room(desk.room("small", 4).await);
    let start = desk.now();
    for place in [&room, &direct("ada")] {
        let before = desk.now();
        let id = sent(desk.port().send(GUILD, place, "here", &words("Hello")).await);
        for n in 0..120 {
            sent(desk.port().send(GUILD, place, &format!("other-{n}"), &words("More")).await);
        }
        desk.clock.turn_to(desk.now().plus_secs(1_000));
        assert_eq!(desk.port().find(GUILD, place, "here", before).await, Found::Yes { remote_id: id });
        assert_eq!(desk.port().find(GUILD, place, "nowhere", before).await, Found::No);
        assert_eq!(desk.port().find(GUILD, place, "here", before.plus_secs(900)).await, Found::No);
        for _ in 0..3 {
            desk.fake.faults().next_call("GET /channels/{channel_id}/messages", CallFault::FailedBefore);
        }
        assert_eq!(desk.port().find(GUILD, place, "here", before).await, Found::Unreadable);
        desk.fake.faults().stop();
    }
    assert_eq!(desk.port().find(GUILD, &direct("lars"), "here", start).await, Found::No, "never written to");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_any_more_is_told_as_gone() {
    let desk = Desk::new().await;
    desk.meet(&["ada"]).await;
    let (deleted, left) = (desk.room("a", 9).await, desk.room("b", 10).await);
    desk.fake.world().channels.remove(&deleted);
    desk.fake.world().channel_mut(&left).thread.as_mut().expect("a thread").members.remove(APP);
    for role in desk.fake.world().guild_mut(GUILD).roles.values_mut() {
        role.permissions &= !rights::MANAGE_THREADS;
    }
    for room in [deleted, left, "7".to_owned()] {
        let outcome = desk.port().send(GUILD, &Place::Room(room.clone()), "m1", &words("Hello")).await;
        assert!(matches!(outcome, Outcome::Gone { what: Gone::Room, .. }), "{room}: {outcome:?}");
        let card = desk.port().set_card(GUILD, &room, None, "c1", "Topic", &words("Card")).await;
        assert!(matches!(card, Outcome::Gone { what: Gone::Room, .. }), "{room}: {card:?}");
    }
    desk.fake.world().guild_mut(GUILD).members.remove(&id_of("ada"));
    let outcome = desk.port().send(GUILD, &direct("ada"), "m3", &words("Hello")).await;
    assert!(matches!(outcome, Outcome::Gone { what: Gone::Person, .. }), "{outcome:?}");
    desk.end().await;
}

/// The outcome of a send under a fault, and how many messages of that mark Discord holds then.
async fn under(desk: &Desk, fault: CallFault, marker: &str, times: usize) -> (Outcome, usize) {
    for _ in 0..times {
        desk.fake.faults().next_call(SEND, fault);
    }
    let outcome = desk.port().send(GUILD, &direct("ada"), marker, &words("Hello")).await;
    desk.fake.faults().stop();
    (outcome, desk.marked(marker))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_is_told_to_the_core_as_what_it_is_and_never_doubles_a_message() {
    let desk = Desk::new().await;
    desk.meet(&["ada"]).await;
    for fault in [
        CallFault::FailedBefore,
        CallFault::FailedAfter,
        CallFault::InternalError,
        CallFault::Html,
        CallFault::DoneDropped,
        CallFault::Reset,
        CallFault::DoneHang,
        CallFault::Hang,
    ] {
        // Once: it may be tried again, because the mark makes that harmless. Always: nobody can know.
        for times in [1, 20] {
            let marker = format!("{fault:?}-{times}");
            let (outcome, held) = under(&desk, fault, &marker, times).await;
            assert!(held <= 1, "{marker}: said {held} times");
            match outcome {
                Outcome::Sent { .. } => assert_eq!((times, held), (1, 1), "{marker}"),
                Outcome::InDoubt { .. } | Outcome::NotYet { .. } => {
                    let again = desk.port().send(GUILD, &direct("ada"), &marker, &words("Hello")).await;
                    sent(again);
                    assert_eq!(desk.marked(&marker), 1, "{marker}: the core sends again");
                }
                other => panic!("{marker}: {other:?}"),
            }
        }
    }
    for fault in [CallFault::TooMany, CallFault::TooManyGlobal, CallFault::TooManyShared, CallFault::Banned] {
        let marker = format!("{fault:?}");
        let (outcome, held) = under(&desk, fault, &marker, 20).await;
        assert!(matches!(outcome, Outcome::NotYet { .. }), "{marker}: {outcome:?}");
        assert_eq!(held, 0, "{marker}");
    }
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_to_a_person_of_40_000_characters_is_cut_and_says_so() {
    let desk = Desk::new().await;
    desk.meet(&["ada"]).await;
    let long = "words ".repeat(7_000);
    sent(desk.port().send(GUILD, &direct("ada"), "m1", &words(&long)).await);
    let post = desk.posts(&desk.direct("ada").expect("a direct conversation")).pop().expect("it was sent");
    has(&shown(&desk, &post), "[Answer]");
    let text = shown(&desk, &post);
    assert!(
        text.contains("left out") || text.contains("does not fit") || text.contains("longer than"),
        "{text}"
    );
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_taken_back_stops_everything_and_loses_nothing() {
    let desk = Desk::new().await;
    let room = desk.room("small", 4).await;
    desk.fake.world().revoked = true;
    for n in 0..5 {
        let outcome =
            desk.port().send(GUILD, &Place::Room(room.clone()), &format!("m{n}"), &words("Hello")).await;
        assert!(matches!(outcome, Outcome::NotYet { retry_at: Some(_), .. }), "{outcome:?}");
    }
    let refused = desk.fake.world().calls.iter().filter(|call| call.status == 401).count();
    assert_eq!(refused, 1, "after the first refusal nothing is called");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permission_that_was_taken_away_is_waited_for() {
    let desk = Desk::new().await;
    let room = desk.room("small", 4).await;
    let before = desk.fake.world().guild(GUILD).roles.clone();
    for role in desk.fake.world().guild_mut(GUILD).roles.values_mut() {
        role.permissions &= !rights::SEND_IN_THREADS;
    }
    let outcome = desk.port().send(GUILD, &Place::Room(room.clone()), "m1", &words("Hello")).await;
    let Outcome::NotYet { retry_at: Some(_), reason } = outcome else { panic!("{outcome:?}") };
    has(&reason, "permission");
    desk.fake.world().guild_mut(GUILD).roles = before;
    sent(desk.port().send(GUILD, &Place::Room(room), "m1", &words("Hello")).await);
    desk.end().await;
}

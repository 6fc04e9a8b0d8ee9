//! The contract of the `Messenger` port, through the real client: what each call does in Slack, and what each fault
//! is told to the core as.

use base64::Engine as _;
use roundtable::chat::messenger::{Found, Gone, Outcome, Place};
use roundtable::chat::{Action, Block, Message};

use super::desk::{Desk, PEOPLE, direct, request, sent};
use super::fake::read::Eyes;
use super::fake::{CallFault, Kind};
use crate::harness::slack::{TEAM, enter, id_of};
use crate::harness::{has, start};

fn words(text: &str) -> Message {
    Message::say(text).actions([Action::primary("Answer", "pulse answer")])
}

fn shown(desk: &Desk, blocks: &[serde_json::Value]) -> String {
    Eyes::of(&desk.fake.world(), TEAM, &id_of("ada"), start()).blocks(blocks)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_message_arrives_with_its_mark_and_is_changed_in_place() {
    let desk = Desk::new().await;
    let id = sent(desk.port().send(TEAM, &direct("ada"), "m1", &words("Hello <!channel> & all")).await);
    let room = desk.direct("ada").expect("a direct conversation");
    let posts = desk.posts(&room);
    assert_eq!(posts.len(), 1);
    assert_eq!(shown(&desk, &posts[0].blocks), "Hello <!channel> & all\n[Answer]");
    assert_eq!(posts[0].metadata.as_ref().expect("a mark")["event_payload"]["id"], "m1");
    assert!(!posts[0].text.contains("<!channel>"), "outside words call nobody: {}", posts[0].text);
    sent(desk.port().update(TEAM, &direct("ada"), &id, &words("Changed")).await);
    let posts = desk.posts(&room);
    assert_eq!((posts.len(), posts[0].edited), (1, 1));
    assert_eq!(shown(&desk, &posts[0].blocks), "Changed\n[Answer]");
    assert_eq!(posts[0].metadata.as_ref().expect("the mark stays")["event_payload"]["id"], "m1");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_to_eight_people_share_a_group_message_and_the_same_marker_finds_it_again() {
    let desk = Desk::new().await;
    for people in [2, 8] {
        let marker = format!("room-{people}");
        let room = desk.room(&marker, people).await;
        let channel = desk.channel(&room);
        assert_eq!((channel.kind, channel.members.len()), (Kind::Mpim, people + 1));
        assert_eq!(desk.room(&marker, people).await, room, "asked again, the first one is found");
    }
    assert_eq!(desk.fake.count("conversations.create"), 0);
    let room = desk.room("room-2", 2).await;
    let id = sent(desk.port().send(TEAM, &Place::Room(room.clone()), "m1", &words("Hello")).await);
    has(&id, &room);
    assert_eq!(desk.posts(&room).len(), 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_eight_people_get_a_private_channel_with_its_topic() {
    let desk = Desk::new().await;
    let room = desk.room("big", 9).await;
    let channel = desk.channel(&room);
    assert_eq!((channel.kind, channel.members.len()), (Kind::Private, 10));
    assert_eq!(channel.topic, "What is said here stays here.");
    has(&channel.name, "pathways-group-1");
    assert_eq!(desk.room("big", 9).await, room);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_is_taken_is_made_different_and_two_groups_never_share_a_room() {
    let desk = Desk::with(
        |world| {
            world.add_channel(TEAM, "pathways-group-1", Kind::Private, &[], start());
        },
        |config| config,
    )
    .await;
    let (one, two) = (desk.room("one", 9).await, desk.room("two", 10).await);
    assert_ne!(one, two);
    assert_ne!(desk.channel(&one).name, desk.channel(&two).name);
    // Two groups of the same few people cannot both have the one group message that Slack has for them.
    let (three, four) = (desk.room("three", 4).await, desk.room("four", 4).await);
    assert_ne!(three, four);
    assert_eq!((desk.channel(&three).kind, desk.channel(&four).kind), (Kind::Mpim, Kind::Private));
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_admins_forbid_channels_the_reason_says_what_to_do() {
    let desk = Desk::with(|world| world.team_mut(TEAM).may_create = false, |config| config).await;
    let Outcome::Refused { reason } = desk.open("big", 9).await else { panic!("it cannot be opened") };
    has(&reason, "restricted_action");
    has(&reason, "workspace admin");
    assert!(
        matches!(desk.open("small", 8).await, Outcome::Sent { .. }),
        "a group message needs nobody's leave"
    );
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_left_slack_does_not_keep_the_others_from_their_room() {
    let desk =
        Desk::with(|world| world.team_mut(TEAM).user_mut(&id_of("ben")).deleted = true, |config| config)
            .await;
    for (marker, people) in [("small", 5), ("big", 10)] {
        let room = desk.room(marker, people).await;
        let members = desk.channel(&room).members;
        assert_eq!(members.len(), people, "everybody but ben, and the bot");
        assert!(!members.contains(&id_of("ben")));
    }
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_a_channel_are_made_exactly_these() {
    let desk = Desk::new().await;
    let room = desk.room("big", 9).await;
    let wanted: Vec<String> = PEOPLE[1..12].iter().map(|handle| id_of(handle)).collect();
    for _ in 0..2 {
        assert_eq!(sent(desk.port().set_members(TEAM, &room, &wanted).await), room);
        let mut members = desk.channel(&room).members;
        members.remove(&desk.fake.world().team(TEAM).bot_user);
        assert_eq!(members.into_iter().collect::<Vec<_>>(), wanted);
    }
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_message_cannot_change_its_members_so_the_group_moves_to_another() {
    let desk = Desk::new().await;
    let room = desk.room("small", 5).await;
    let wanted: Vec<String> = PEOPLE[1..5].iter().map(|handle| id_of(handle)).collect();
    let moved = sent(desk.port().set_members(TEAM, &room, &wanted).await);
    assert_ne!(moved, room);
    let mut members = desk.channel(&moved).members;
    members.remove(&desk.fake.world().team(TEAM).bot_user);
    assert_eq!(members.into_iter().collect::<Vec<_>>(), wanted);
    assert_eq!(
        sent(desk.port().set_members(TEAM, &moved, &wanted).await),
        moved,
        "repeating it changes nothing"
    );
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_standing_card_is_pinned_once_and_changed_in_place() {
    let desk = Desk::new().await;
    for (marker, people) in [("small", 5), ("big", 9)] {
        let room = desk.room(marker, people).await;
        let card =
            sent(desk.port().set_card(TEAM, &room, None, "c1", "Next: Thursday", &words("Card")).await);
        // A group message is named by its people; only a channel shows a topic worth setting.
        let topic = |words: &'static str| if people > 8 { words } else { "" };
        let channel = desk.channel(&room);
        assert_eq!((channel.topic.as_str(), channel.pins.len()), (topic("Next: Thursday"), 1));
        let again =
            desk.port().set_card(TEAM, &room, Some(&card), "c1", "Next: Friday", &words("Card 2")).await;
        assert_eq!(sent(again), card);
        let channel = desk.channel(&room);
        assert_eq!((channel.topic.as_str(), channel.pins.len()), (topic("Next: Friday"), 1));
        let posts = desk.posts(&room);
        assert_eq!(posts.len(), 1);
        has(&shown(&desk, &posts[0].blocks), "Card 2");
    }
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_shared_beside_its_message() {
    let desk = Desk::new().await;
    let bytes = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
    let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
    let mut message = words("Your meetups");
    message.blocks.push(Block::File {
        name: "meetups.ics".into(),
        media_type: "text/calendar".into(),
        alt: "A calendar file".into(),
        base64,
    });
    sent(desk.port().send(TEAM, &direct("ada"), "m1", &message).await);
    let files: Vec<_> = desk.fake.world().team(TEAM).files.values().cloned().collect();
    assert_eq!(files.len(), 1);
    assert_eq!((files[0].name.as_str(), files[0].complete), ("meetups.ics", true));
    assert_eq!(files[0].bytes.as_deref(), Some(&bytes[..]));
    let shared = desk.posts(&desk.direct("ada").expect("a direct conversation"));
    assert_eq!(shared.iter().filter(|post| post.files.len() == 1).count(), 1);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_found_by_its_mark_and_only_since_then() {
    let desk = Desk::new().await;
    let room = Place::Room(desk.room("small", 4).await);
    let before = desk.now();
    for place in [&room, &direct("ada")] {
        let id = sent(desk.port().send(TEAM, place, "here", &words("Hello")).await);
        for n in 0..120 {
            sent(desk.port().send(TEAM, place, &format!("other-{n}"), &words("More")).await);
        }
        assert_eq!(desk.port().find(TEAM, place, "here", before).await, Found::Yes { remote_id: id });
        assert_eq!(desk.port().find(TEAM, place, "nowhere", before).await, Found::No);
        assert_eq!(desk.port().find(TEAM, place, "here", before.plus_secs(60)).await, Found::No);
        desk.fake.faults().next_call("conversations.history", CallFault::FailedBefore);
        desk.fake.faults().next_call("conversations.history", CallFault::FailedBefore);
        desk.fake.faults().next_call("conversations.history", CallFault::FailedBefore);
        assert_eq!(desk.port().find(TEAM, place, "here", before).await, Found::Unreadable);
    }
    assert_eq!(desk.port().find(TEAM, &direct("lars"), "here", before).await, Found::No, "never written to");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_any_more_is_told_as_gone() {
    let desk = Desk::new().await;
    let (archived, left, nowhere) =
        (desk.room("a", 9).await, desk.room("b", 10).await, "C0NOWHERE".to_owned());
    let bot = desk.fake.world().team(TEAM).bot_user.clone();
    desk.fake.world().team_mut(TEAM).channel_mut(&archived).archived = true;
    desk.fake.world().team_mut(TEAM).channel_mut(&left).members.remove(&bot);
    for room in [archived, left, nowhere] {
        let outcome = desk.port().send(TEAM, &Place::Room(room.clone()), "m1", &words("Hello")).await;
        assert!(matches!(outcome, Outcome::Gone { what: Gone::Room, .. }), "{room}: {outcome:?}");
        let card = desk.port().set_card(TEAM, &room, None, "c1", "Topic", &words("Card")).await;
        assert!(matches!(card, Outcome::Gone { what: Gone::Room, .. }), "{room}: {card:?}");
    }
    // Somebody who was written to before, and somebody who never was.
    sent(desk.port().send(TEAM, &direct("ada"), "m2", &words("Hello")).await);
    for handle in ["ada", "ben"] {
        desk.fake.world().team_mut(TEAM).user_mut(&id_of(handle)).deleted = true;
        let outcome = desk.port().send(TEAM, &direct(handle), "m3", &words("Hello")).await;
        assert!(matches!(outcome, Outcome::Gone { what: Gone::Person, .. }), "{handle}: {outcome:?}");
    }
    for error in ["account_inactive", "token_revoked", "invalid_auth"] {
        desk.fake.world().team_mut(TEAM).gone = Some(error);
        let outcome = desk.port().send(TEAM, &direct("cleo"), "m4", &words("Hello")).await;
        assert!(matches!(outcome, Outcome::Gone { what: Gone::Workspace, .. }), "{error}: {outcome:?}");
    }
    desk.end().await;
}

/// The outcome of a send under a fault, and how many messages of that mark Slack holds then.
async fn under(desk: &Desk, fault: CallFault, marker: &str) -> (Outcome, usize) {
    desk.fake.faults().next_call("chat.postMessage", fault);
    let outcome = desk.port().send(TEAM, &direct("ada"), marker, &words("Hello")).await;
    let world = desk.fake.world();
    let all = world.team(TEAM).channels.values().flat_map(|channel| &channel.posts);
    let held =
        all.filter(|p| p.metadata.as_ref().is_some_and(|m| m["event_payload"]["id"] == marker)).count();
    (outcome, held)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_is_told_to_the_core_as_what_it_is() {
    let desk = Desk::new().await;
    sent(desk.port().send(TEAM, &direct("ada"), "first", &words("Hello")).await);
    let (outcome, stored) = under(&desk, CallFault::TooMany, "too-many").await;
    assert!(matches!(outcome, Outcome::NotYet { retry_at: Some(_), .. }), "{outcome:?}");
    assert_eq!(stored, 0);
    for (fault, stored) in [
        (CallFault::FailedBefore, 0),
        (CallFault::FailedAfter, 1),
        (CallFault::InternalError, 0),
        (CallFault::Html, 1),
        (CallFault::DoneDropped, 1),
        (CallFault::Reset, 0),
        (CallFault::DoneHang, 1),
        (CallFault::Hang, 0),
    ] {
        let marker = format!("{fault:?}");
        // A pause after 429 may still hold; the core would come again.
        let (outcome, held) = under(&desk, fault, &marker).await;
        assert!(matches!(outcome, Outcome::InDoubt { .. }), "{fault:?}: {outcome:?}");
        assert_eq!(held, stored, "{fault:?}: never posted twice");
        let found = desk.port().find(TEAM, &direct("ada"), &marker, start()).await;
        assert_eq!(matches!(found, Found::Yes { .. }), stored == 1, "{fault:?}: {found:?}");
    }
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_scope_is_named_in_the_reason() {
    let desk = Desk::new().await;
    let room = desk.room("small", 4).await;
    desk.fake.world().team_mut(TEAM).scopes.remove("chat:write");
    let outcome = desk.port().send(TEAM, &Place::Room(room), "m1", &words("Hello")).await;
    let Outcome::Refused { reason } = outcome else { panic!("{outcome:?}") };
    has(&reason, "chat:write");
    assert_eq!(desk.fake.take_findings().len(), 1, "and the fake noticed");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_to_a_person_of_40_000_characters_is_cut_and_says_so() {
    let desk = Desk::new().await;
    let long = "words ".repeat(7_000);
    sent(desk.port().send(TEAM, &direct("ada"), "m1", &words(&long)).await);
    let post = desk.posts(&desk.direct("ada").expect("a direct conversation")).remove(0);
    has(&shown(&desk, &post.blocks), "left out");
    has(&shown(&desk, &post.blocks), "[Answer]");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_people_are_invited_in_portions() {
    let desk = Desk::with(
        |world| {
            for n in 0..200 {
                enter(world, &format!("p{n}"), "Europe/Berlin");
            }
        },
        |config| config,
    )
    .await;
    let mut wanted = request("crowd", 0);
    wanted.members = (0..200).map(|n| id_of(&format!("p{n}"))).collect();
    let room = sent(desk.port().open_room(TEAM, &wanted).await);
    assert_eq!(desk.channel(&room).members.len(), 201);
    desk.end().await;
}

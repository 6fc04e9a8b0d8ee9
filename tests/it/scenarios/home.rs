//! The dashboard, the inbox, the standing card of a room, and the files for one's own calendar.

use std::collections::BTreeMap;

use base64::Engine as _;
use roundtable::adapters::playground::LOBBY;
use roundtable::chat::{Block, Message};

use crate::harness::{Bot, Spoken, accept, days, has, hours, lacks, scenarios};

/// Where a part begins; fails with the whole text when it is missing.
#[track_caller]
fn at(text: &str, part: &str) -> usize {
    has(text, part);
    text.find(part).unwrap_or(usize::MAX)
}

async fn cards(bot: &Bot) -> Vec<Spoken> {
    bot.said().await.into_iter().filter(|s| s.kind.as_deref() == Some("room.card")).collect()
}

/// The only standing card, as it reads now.
async fn card(bot: &Bot) -> String {
    let cards = cards(bot).await;
    assert_eq!(cards.len(), 1, "a room has one standing card, which is changed in place");
    cards[0].plain()
}

async fn topic(bot: &Bot, who: &str) -> String {
    let rooms = bot.playground().rooms(who).await.expect("rooms");
    rooms.into_iter().find(|room| room.name.contains("-group-")).expect("a group's room").topic
}

/// The events in a message's calendar files, as lines, by their names.
fn events(message: &Message) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for block in &message.blocks {
        let Block::File { name, media_type, base64, alt } = block else { continue };
        assert_eq!(media_type, "text/calendar");
        assert_eq!(name, "group-1.ics");
        assert!(!alt.is_empty());
        let bytes = base64::engine::general_purpose::STANDARD.decode(base64).expect("base64");
        let text = String::from_utf8(bytes).expect("UTF-8").replace("\r\n ", "");
        for event in text.split("BEGIN:VEVENT\r\n").skip(1) {
            let lines: Vec<String> = event.lines().map(str::to_owned).collect();
            let uid = lines.iter().find_map(|l| l.strip_prefix("UID:")).expect("a name").to_owned();
            found.insert(uid, lines);
        }
    }
    found
}

/// The latest direct message of a kind, by its marker's nudge.
async fn latest(bot: &Bot, kind: &str) -> Message {
    bot.said()
        .await
        .into_iter()
        .rev()
        .find(|s| s.kind.as_deref() == Some(kind))
        .expect("such a message")
        .message
}

scenarios! {
    async fn a_newcomer_reads_what_this_is_and_joins_with_a_button(engine) {
        let mut bot = Bot::small(engine).await;
        bot.add("Olga Outside", "Elsewhere", "Europe/Berlin").await;
        let home = bot.says("olga", "/mentor home").await;
        for part in ["# Welcome", "I run group mentoring", "[Join Pathways]", "[What I store]", "# Your settings", "Time zone: Europe/Berlin"] {
            has(&home, part);
        }
        for part in ["# Your group", "This waits for you", "how it stands", "Found a programme"] {
            lacks(&home, part);
        }
        bot.press("olga", "Join Pathways").await;
        has(&bot.press("olga", &accept()).await, "Welcome to Pathways");
        let home = bot.says("olga", "/mentor home").await;
        lacks(&home, "# Welcome");
        has(&home, "You have no group yet");
        has(&home, "Your profile is empty");
    }

    async fn an_empty_workspace_lets_its_administrator_found_a_programme(engine) {
        let mut bot = Bot::empty(engine).await;
        bot.add("Ada Stone", "Council", "Europe/Berlin").await;
        bot.add("Ben Brook", "South Rail", "Europe/Berlin").await;
        has(&bot.says("ada", "/mentor home").await, "[Found a programme]");
        let home = bot.says("ben", "/mentor home").await;
        has(&home, "No programme is open here at the moment");
        lacks(&home, "Found a programme");
    }

    async fn a_member_sees_group_next_meetup_and_settings_and_answers_there(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let home = bot.says("dev", "/mentor home").await;
        for part in [
            "# Your group", "Group 1 of Pathways", "Mentor: Grace Hill", "With you: ", "Ben Brook", "18:30 (Asia/Kolkata)",
            "Your answer: not given yet", "[I will come]", "Snooze: off", "Quiet hours: none", "[Profile and time zone]",
        ] {
            has(&home, part);
        }
        lacks(&home, "how it stands");
        lacks(&home, "Dev Rao");
        bot.press("dev", "I will come").await;
        bot.press("dev", "Quiet hours: 20:00 to 08:00").await;
        bot.press("dev", "Snooze: for a week").await;
        let home = bot.says("dev", "/mentor home").await;
        has(&home, "Your answer: you will come");
        has(&home, "Quiet hours: 20:00 to 08:00");
        has(&home, "Snooze: until ");
        let home = bot.says("grace", "/mentor home").await;
        has(&home, "Mentor: you");
        has(&home, "14:00 (Europe/Berlin)");
    }

    async fn staff_see_how_the_programme_stands_with_its_pulse_and_its_lost_rooms(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let home = bot.says("ada", "/mentor home").await;
        for part in ["# Pathways: how it stands", "State: open", "People: 4 participants, 1 mentor", "Groups: 1", "0 given up", "[Messages and log]"] {
            has(&home, part);
        }
        lacks(&home, "Latest pulse");
        lacks(&home, "Lost rooms");
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.says("ben", "/mentor pulse answer").await;
        let answers = ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"].map(|item| (item, "4"));
        let asked: Vec<_> = answers.into_iter().filter(|(item, _)| bot.form("ben").is_some_and(|f| f.field(item).is_some())).collect();
        bot.fill("ben", &asked).await;
        let room = bot.texts("SELECT external_id FROM rooms", &[]).await.remove(0);
        let (platform, workspace) = bot.names();
        let lost = bot.core().room_lost(platform, workspace, &room, roundtable::core::RoomLoss::Removed).await;
        lost.expect("noted");
        let home = bot.says("ada", "/mentor home").await;
        has(&home, "Latest pulse: number 1, open: 1 of 5 people answered (20 %)");
        has(&home, "Lost rooms: Group 1");
        has(&bot.press("ada", "New room for Group 1").await, "I am opening a new room");
        lacks(&bot.says("ada", "/mentor home").await, "Lost rooms");
        lacks(&bot.says("ben", "/mentor home").await, "how it stands");
        // A sponsor takes no part in a group, so none is promised.
        bot.add("Olga Outside", "Elsewhere", "Europe/Berlin").await;
        bot.says("ada", "/mentor role grant sponsor olga pathways").await;
        let home = bot.says("olga", "/mentor home").await;
        for part in ["# Welcome", "You have no group yet", "how it stands"] {
            lacks(&home, part);
        }
    }

    async fn the_inbox_shows_what_waits_newest_first_each_with_its_buttons(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        // The meetup waits since the groups were made, the pulse since today.
        bot.says("ada", "/mentor pulse open pathways").await;
        let inbox = bot.says("ben", "/mentor inbox").await;
        assert!(at(&inbox, "Pulse 1 of Pathways") < at(&inbox, "Meetup 1 of Group 1"), "{inbox}");
        for part in ["[Answer]", "[Not this time]", "[I will come]", "[Maybe]", "[I cannot come]"] {
            has(&inbox, part);
        }
        bot.press("ben", "Not this time").await;
        bot.says("ben", "/mentor inbox").await;
        bot.press("ben", "I will come").await;
        has(&bot.says("ben", "/mentor inbox").await, "Nothing waits for you");
        // Four days ahead everybody is asked what they need.
        bot.advance(days(6)).await;
        let need = bot.says("ben", "/mentor inbox").await;
        has(&need, "What do you need this time?");
        has(&bot.says("ben", "/mentor home").await, "What do you need this time?");
        bot.press("ben", "Nothing special").await;
        has(&bot.says("ben", "/mentor inbox").await, "Nothing waits for you");
        // When the meetup is over, its mentor is asked whether it took place.
        bot.advance(days(2)).await;
        has(&bot.says("grace", "/mentor inbox").await, "Did meetup 1 of Group 1 take place?");
        lacks(&bot.says("ben", "/mentor inbox").await, "take place?");
    }

    async fn a_mentor_finds_the_starters_in_the_inbox_until_one_is_picked(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(7)).await;
        bot.says("grace", "/mentor meetup rsvp yes").await;
        let inbox = bot.says("grace", "/mentor inbox").await;
        has(&inbox, "Starters for your next meetup");
        has(&bot.says("grace", "/mentor home").await, "Starters for your next meetup");
        lacks(&bot.says("ben", "/mentor inbox").await, "Starters for");
        bot.press("grace", "Pick 2").await;
        has(&bot.says("grace", "/mentor inbox").await, "Nothing waits for you");
    }

    async fn a_room_has_one_standing_card_that_follows_the_next_meetup(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(60).await;
        let first = card(&bot).await;
        for part in ["# Group 1 of Pathways", "Mentor: Grace Hill", "Next meetup: ", "Answers: 5 yet to answer", "/mentor charter pathways"] {
            has(&first, part);
        }
        let room = bot.group_room("ben").await;
        let said = bot.room("ben", &room).await;
        has(&said[0], "Welcome to Group 1");
        has(&said[1], "# Group 1 of Pathways");
        let before = topic(&bot, "ben").await;
        has(&before, "What is said here stays here. Next meetup: ");
        has(&before, "14:00 (Europe/Berlin)");
        bot.says("ben", "/mentor meetup rsvp yes").await;
        bot.says("cleo", "/mentor meetup rsvp no").await;
        has(&card(&bot).await, "Answers: 1 will come, 1 cannot come, 3 yet to answer");
        assert_eq!(topic(&bot, "ben").await, before, "an answer is no new topic");
        bot.says("grace", "/mentor meetup move when=\"2027-01-14 15:00\"").await;
        has(&card(&bot).await, "Thu 14 Jan 2027, 14:00 (UTC)");
        has(&topic(&bot, "ben").await, "Thu 14 Jan 2027, 15:00 (Europe/Berlin)");
        has(&card(&bot).await, "Answers: 5 yet to answer");
        bot.says("grace", "/mentor meetup cancel reason=Illness").await;
        lacks(&card(&bot).await, "14 Jan");
        has(&card(&bot).await, "Next meetup: ");
        // When that one is over the card shows the one after it, though nobody said whether it took place.
        let next = card(&bot).await;
        bot.advance(days(33)).await;
        assert_ne!(card(&bot).await, next);
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE kind = 'room.card' AND state <> 'done'", &[]).await, 0);
    }

    async fn many_changes_at_once_are_one_change_of_the_card(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(60).await;
        bot.says("ada", "/mentor program pause pathways").await;
        let before = bot.number("SELECT count(*) FROM nudges WHERE kind = 'room.card'", &[]).await;
        for who in ["ben", "cleo", "dev", "eva", "ben"] {
            bot.says(who, "/mentor meetup rsvp maybe").await;
        }
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE kind = 'room.card'", &[]).await, before + 1);
        bot.says("ada", "/mentor program resume pathways").await;
        bot.advance(60).await;
        has(&card(&bot).await, "Answers: 4 may come, 1 yet to answer");
    }

    async fn the_calendar_files_follow_a_meetup_by_its_name(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let year = events(&latest(&bot, "group.match").await);
        let planned = bot.number("SELECT count(*) FROM meetups WHERE state = 'planned'", &[]).await;
        assert_eq!(i64::try_from(year.len()).expect("few"), planned);
        let id = bot.texts("SELECT id FROM meetups ORDER BY starts_at LIMIT 1", &[]).await.remove(0);
        let name = format!("{id}@roundtable");
        let first = &year[&name];
        for line in ["SEQUENCE:1", "STATUS:CONFIRMED", "SUMMARY:Group 1\\, meetup 1"] {
            assert!(first.iter().any(|l| l == line), "{line} in {first:?}");
        }
        bot.says("grace", "/mentor meetup move when=\"2027-01-14 15:00\"").await;
        let moved = events(&latest(&bot, "meetup.moved").await);
        assert_eq!(moved.keys().collect::<Vec<_>>(), [&name]);
        for line in ["SEQUENCE:2", "DTSTART:20270114T140000Z", "DTEND:20270114T151500Z"] {
            assert!(moved[&name].iter().any(|l| l == line), "{line} in {moved:?}");
        }
        bot.says("grace", "/mentor meetup cancel reason=Illness").await;
        let off = events(&latest(&bot, "meetup.cancelled").await);
        for line in ["SEQUENCE:3", "STATUS:CANCELLED"] {
            assert!(off[&name].iter().any(|l| l == line), "{line} in {off:?}");
        }
        // A new rhythm corrects the whole calendar: the old meetups go, the new ones come.
        bot.says("grace", "/mentor meetup schedule cadence=\"fortnightly on wednesday at 14:00\"").await;
        let whole = events(&latest(&bot, "meetup.moved").await);
        let with = |line: &str| whole.values().filter(|lines| lines.iter().any(|l| l == line)).count();
        assert!(with("STATUS:CANCELLED") >= 10, "{}", with("STATUS:CANCELLED"));
        let planned = bot.number("SELECT count(*) FROM meetups WHERE state = 'planned'", &[]).await;
        assert_eq!(i64::try_from(with("STATUS:CONFIRMED")).expect("few"), planned);
        // The card in the room is redrawn after every answer, so it carries no file.
        bot.advance(days(8) + hours(1)).await;
        for spoken in bot.said().await {
            let kind = spoken.kind.as_deref().unwrap_or_default();
            let may = ["group.match", "meetup.moved", "meetup.cancelled"].contains(&kind);
            assert!(may || events(&spoken.message).is_empty(), "{kind} carries a file");
        }
    }

    async fn the_new_commands_only_read(engine) {
        let mut bot = Bot::small_group(engine).await;
        let before = bot.number("SELECT count(*) FROM inbound", &[]).await;
        for who in ["ada", "grace", "ben"] {
            bot.says_in(who, LOBBY, "/mentor home").await;
            bot.says_in(who, LOBBY, "/mentor inbox").await;
        }
        assert_eq!(bot.number("SELECT count(*) FROM inbound", &[]).await, before);
    }
}

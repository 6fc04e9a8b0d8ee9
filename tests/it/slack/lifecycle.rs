//! What Slack tells without anybody asking: new names, accounts that go, rooms that are lost, the app taken out and
//! put back; and the home tab, which follows what happens.

use std::time::Duration;

use serde_json::{Value, json};

use super::fake::Spot;
use super::fake::read::{Place, Sight};
use crate::harness::slack::{TEAM, id_of};
use crate::harness::{Bot, PLAYGROUND_ONLY, Stage, days, has, lacks};

/// Homes follow within seconds; on a busy machine it may take longer.
const FOLLOWS_WITHIN: Duration = Duration::from_secs(30);

async fn happens(bot: &Bot, event: Value) {
    let slack = bot.slack();
    assert!(slack.fake().event(TEAM, event).await.ack.is_some(), "an event is acknowledged");
    slack.adapter().idle().await;
    slack.adapter().settle().await;
}

/// A change of an account, as Slack tells it.
async fn changes(bot: &Bot, handle: &str, change: impl FnOnce(&mut super::fake::User)) {
    let user = {
        let mut world = bot.slack().fake().world();
        change(world.team_mut(TEAM).user_mut(&id_of(handle)));
        let user = &world.team(TEAM).users[&id_of(handle)];
        super::fake::profile(user, TEAM, true, bot.now())
    };
    happens(bot, json!({ "type": "user_change", "user": user, "event_ts": "1.0" })).await;
}

fn direct_messages(bot: &Bot) -> usize {
    let world = bot.slack().fake().world();
    let team = world.team(TEAM);
    team.channels.values().flat_map(|c| &c.posts).filter(|p| p.user == team.bot_user).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn name_and_zone_follow_the_profile_without_anybody_asking() {
    let mut bot = Bot::small_group(Stage::Slack).await;
    bot.advance(days(1)).await;
    changes(&bot, "dev", |user| {
        user.real_name = "Devan Rao".into();
        user.tz = "Asia/Tokyo".into();
    })
    .await;
    has(&bot.says("ben", "/mentor groups show").await, "Devan Rao");
    has(&bot.says("dev", "/mentor meetup next").await, "Asia/Tokyo");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deactivated_account_is_not_written_to_and_staff_hear_of_it() {
    let mut bot = Bot::small_group(Stage::Slack).await;
    bot.advance(days(1)).await;
    bot.inbox("ada").await;
    bot.inbox("ben").await;
    changes(&bot, "ben", |user| user.deleted = true).await;
    bot.advance(days(15)).await;
    assert_eq!(bot.inbox("ben").await, Vec::<String>::new());
    has(&bot.inbox("ada").await.join("\n"), "Ben Brook");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_is_archived_or_without_the_bot_is_told_to_staff() {
    for event in ["group_archive", "group_left"] {
        let mut bot = Bot::small_group(Stage::Slack).await;
        bot.advance(days(1)).await;
        bot.inbox("ada").await;
        let room = bot.group_room("ben").await;
        let id = bot.room_id("ben", &room).await;
        happens(&bot, json!({ "type": event, "channel": id, "event_ts": "1.0" })).await;
        bot.advance(days(4)).await;
        has(&bot.inbox("ada").await.join("\n"), "Group 1");
        has(&bot.says("ada", "/mentor home").await, "Lost rooms: Group 1");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_a_room_is_told_to_staff() {
    let mut bot = Bot::small_group(Stage::Slack).await;
    bot.advance(days(1)).await;
    bot.inbox("ada").await;
    let room = bot.group_room("ben").await;
    let id = bot.room_id("ben", &room).await;
    let event = json!({
        "type": "member_left_channel", "user": id_of("ben"), "channel": id, "channel_type": "G", "team": TEAM,
    });
    happens(&bot, event).await;
    bot.advance(days(4)).await;
    has(&bot.inbox("ada").await.join("\n"), "Ben Brook");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_uninstall_nothing_is_sent_and_after_a_reinstall_life_goes_on() {
    for order in [["app_uninstalled", "tokens_revoked"], ["tokens_revoked", "app_uninstalled"]] {
        let mut bot = Bot::small_group(Stage::Slack).await;
        bot.advance(days(1)).await;
        let bot_user = bot.slack().fake().world().team(TEAM).bot_user.clone();
        for kind in order {
            let mut event = json!({ "type": kind });
            if kind == "tokens_revoked" {
                event["tokens"] = json!({ "oauth": [], "bot": [bot_user] });
            }
            // Slack has taken the token back by then.
            bot.slack().fake().world().team_mut(TEAM).gone = Some("account_inactive");
            assert!(bot.slack().fake().event(TEAM, event).await.ack.is_some());
            bot.slack().adapter().idle().await;
        }
        let (before, people) = (direct_messages(&bot), bot.number("SELECT count(*) FROM persons", &[]).await);
        bot.advance(days(10)).await;
        assert_eq!(direct_messages(&bot), before, "nothing is sent to the gone");
        assert_eq!(bot.number("SELECT count(*) FROM persons", &[]).await, people, "everything is kept");
        bot.slack().fake().world().team_mut(TEAM).gone = None;
        bot.restart().await;
        bot.advance(days(30)).await;
        assert!(direct_messages(&bot) > before, "and it goes on when the app is back");
    }
}

/// What somebody's home tab says, as soon as a part of it does.
async fn home_with(bot: &Bot, handle: &str, part: &str) -> String {
    let look = || {
        let sights = bot.slack().fake().sights(TEAM, &id_of(handle), 0);
        sights.into_iter().find(|s| s.place == Place::Home).map(|sight: Sight| sight.text).unwrap_or_default()
    };
    let shown = async {
        while !look().contains(part) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(FOLLOWS_WITHIN, shown).await;
    assert!(in_time.is_ok(), "{part:?} does not come into the home of {handle}:\n{}", look());
    look()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_home_tab_shows_the_dashboard_and_follows_what_is_done_there() {
    let mut bot = Bot::small_group(Stage::Slack).await;
    bot.advance(days(1)).await;
    let ben = id_of("ben");
    assert!(bot.slack().fake().open_home(TEAM, &ben).await.ack.is_some());
    let home = home_with(&bot, "ben", "Your answer: not given yet").await;
    for part in ["# Your group", "Mentor: Grace Hill", "[I will come]", "Quiet hours: none"] {
        has(&home, part);
    }
    lacks(&home, "how it stands");
    let come = bot.slack().fake().controls(TEAM, &ben);
    let come =
        come.into_iter().find(|c| c.spot == Spot::Home && c.label == "I will come").expect("the button");
    let typed = json!({ "value": come.element["value"] });
    assert!(bot.slack().fake().press(TEAM, &ben, &come, &typed).await.ack.is_some());
    bot.slack().adapter().idle().await;
    home_with(&bot, "ben", "Your answer: you will come").await;
    assert_eq!(bot.number("SELECT count(*) FROM rsvps", &[]).await, 1);
    // Whoever never opened it has none, and staff see more.
    assert!(!bot.slack().fake().world().team(TEAM).homes.contains_key(&id_of("cleo")));
    assert!(bot.slack().fake().open_home(TEAM, &id_of("ada")).await.ack.is_some());
    home_with(&bot, "ada", "Pathways: how it stands").await;
}

#[test]
fn every_story_that_is_told_in_the_playground_only_exists_and_says_why() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/scenarios");
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).expect("the stories") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        all = format!("{all}\nmod {name};\n{}", std::fs::read_to_string(&path).expect("a story"));
    }
    for (name, why) in PLAYGROUND_ONLY {
        let known = all.contains(&format!("async fn {name}(")) || all.contains(&format!("mod {name};"));
        assert!(known, "{name} is no story any more");
        assert!(why.len() > 20, "{name} says why");
    }
}

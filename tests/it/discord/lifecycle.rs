//! What Discord tells without anybody asking: new names, people and rooms that go, the bot thrown out and brought back;
//! and what it does not tell, found out after the next connection.

use roundtable::config::Discord;
use serde_json::{Value, json};

use super::desk::{Desk, by_request, free_port};
use super::fake::world::Member;
use super::fake::{APP, Kind, World, rights};
use crate::harness::discord::{Adapter, BOT_MAY, GUILD, OWNER, Setup, config_for, hasty, id_of, until};
use crate::harness::{Bot, NOT_ON_DISCORD, Stage, days, has, lacks, numbers, texts};

fn messages(bot: &Bot) -> usize {
    let world = bot.discord().fake().world();
    world
        .channels
        .values()
        .filter(|c| c.kind == Kind::Direct)
        .flat_map(|c| &c.messages)
        .filter(|m| m.author == APP)
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_name_is_taken_over_with_the_next_act() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    bot.discord()
        .fake()
        .world()
        .guild_mut(GUILD)
        .members
        .insert(id_of("dev"), Member { nick: Some("Devan Rao".into()), ..Member::default() });
    bot.says("dev", "/mentor meetup next").await;
    let name = "SELECT p.name FROM persons p JOIN accounts a ON a.person_id = p.id WHERE a.handle = 'dev'";
    assert_eq!(bot.texts(name, &[]).await, ["Devan Rao"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_the_server_is_not_written_to_and_staff_hear_of_it() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    bot.advance(days(1)).await;
    bot.inbox("ada").await;
    bot.inbox("ben").await;
    let before = messages_to(&bot, "ben");
    // Without the intent for members nobody tells; the bot finds out when it connects or cannot write.
    bot.discord().fake().world().guild_mut(GUILD).members.remove(&id_of("ben"));
    bot.restart().await;
    bot.advance(days(15)).await;
    assert_eq!(messages_to(&bot, "ben"), before, "nothing is sent to who left");
    has(&bot.inbox("ada").await.join("\n"), "Ben Brook");
}

fn messages_to(bot: &Bot, handle: &str) -> usize {
    let world = bot.discord().fake().world();
    world.direct_of(&id_of(handle)).map_or(0, |c| c.messages.iter().filter(|m| m.author == APP).count())
}

/// A bot that Discord tells of members.
async fn told_of_members() -> Desk {
    let allow = |world: &mut World| world.privileged = 1 << 1;
    Desk::with(allow, |options| options, |config| Discord { member_intent: true, ..config }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_intent_for_members_a_leaver_is_noticed_at_once() {
    let desk = told_of_members().await;
    assert!(desk.command("ben", "help").await.ack.is_some());
    desk.adapter.idle().await;
    let state = "SELECT state FROM accounts WHERE handle = 'ben'";
    let state = async || texts(desk.adapter.core.store(), state, &[]).await;
    assert_eq!(state().await, ["active"]);
    desk.fake.world().guild_mut(GUILD).members.remove(&id_of("ben"));
    let user = json!({ "id": id_of("ben"), "username": "ben", "discriminator": "0", "avatar": null });
    let left = json!({ "guild_id": GUILD, "user": user });
    desk.fake.tell(Some(GUILD), "GUILD_MEMBER_REMOVE", &left);
    until("nobody notices", || async { state().await == ["gone"] }).await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_the_role_founds_no_programme_in_their_own_conversation_either() {
    let desk = told_of_members().await;
    assert!(desk.command("ada", "help").await.ack.is_some());
    desk.adapter.idle().await;
    let admin = "SELECT admin FROM accounts WHERE handle = 'ada'";
    let admin = async || numbers(desk.adapter.core.store(), admin, &[]).await;
    assert_eq!(admin().await, [1]);
    desk.fake.world().guild_mut(GUILD).members.insert(id_of("ada"), Member::default());
    let user = json!({ "id": id_of("ada"), "username": "ada", "discriminator": "0", "avatar": null });
    let changed = json!({
        "guild_id": GUILD, "user": user, "nick": null, "roles": [], "joined_at": "2026-01-05T09:00:00.000000+00:00",
        "deaf": false, "mute": false, "flags": 0, "pending": false, "premium_since": null, "avatar": null,
    });
    desk.fake.tell(Some(GUILD), "GUILD_MEMBER_UPDATE", &changed);
    until("nobody looks what is left", || async { admin().await == [0] }).await;
    let (mark, heard) = (desk.fake.world().mark(), desk.adapter.heard());
    let create =
        "program create name=P slug=pp goal=G starts=2027-01-04 ends=2028-01-03 zone=Europe/Berlin waves=2";
    desk.fake.write(&id_of("ada"), create);
    desk.adapter.hears(heard).await;
    desk.adapter.idle().await;
    has(&desk.seen("ada", mark).join("\n"), "Only administrators");
    desk.end().await;
}

async fn room_of(bot: &Bot, handle: &str) -> String {
    let room = bot.group_room(handle).await;
    bot.room_id(handle, &room).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_thread_is_noticed_and_the_group_gets_another() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    bot.advance(days(1)).await;
    bot.inbox("ada").await;
    let room = room_of(&bot, "ben").await;
    let parent = bot.discord().fake().world().channel(&room).parent.clone();
    bot.discord().fake().world().channels.remove(&room);
    let gone = json!({ "id": room, "guild_id": GUILD, "parent_id": parent, "type": 12 });
    bot.discord().happens("THREAD_DELETE", &gone).await;
    bot.advance(days(2)).await;
    let state = bot.texts("SELECT state FROM rooms WHERE external_id = $1", &[&room]).await;
    assert_ne!(state, ["active"], "the core knows");
    has(&bot.inbox("ada").await.join("\n"), "room");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_the_groups_thread_is_told_of_to_staff() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    bot.advance(days(1)).await;
    bot.inbox("ada").await;
    let room = room_of(&bot, "ben").await;
    bot.discord().fake().world().privileged = 1 << 1;
    let left =
        json!({ "id": room, "guild_id": GUILD, "member_count": 4, "removed_member_ids": [id_of("ben")] });
    bot.discord().happens("THREAD_MEMBERS_UPDATE", &left).await;
    bot.advance(days(4)).await;
    has(&bot.inbox("ada").await.join("\n"), "Ben Brook");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_hear_once_a_week_which_permissions_are_missing() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    bot.advance(days(1)).await;
    bot.inbox("ada").await;
    let notices = "SELECT count(*) FROM nudges WHERE kind = 'staff.notice'";
    let before = bot.number(notices, &[]).await;
    for role in bot.discord().fake().world().guild_mut(GUILD).roles.values_mut() {
        role.permissions &= !rights::PIN;
    }
    let role = json!({
        "id": APP, "name": "Roundtable", "permissions": "0", "position": 1, "color": 0, "hoist": false,
        "managed": true, "mentionable": false, "flags": 0,
        "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
    });
    let changed = json!({ "guild_id": GUILD, "role": role });
    bot.discord().happens("GUILD_ROLE_UPDATE", &changed).await;
    let told = async || bot.number(notices, &[]).await > before;
    until("nobody looks what is missing", told).await;
    bot.advance(days(1)).await;
    has(&bot.inbox("ada").await.join("\n"), "\"Pin Messages\"");
    let before = bot.number(notices, &[]).await;
    bot.discord().happens("GUILD_ROLE_UPDATE", &changed).await;
    bot.advance(days(1)).await;
    assert_eq!(bot.number(notices, &[]).await, before, "once is enough");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thrown_out_it_says_nothing_more_and_brought_back_life_goes_on() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    bot.advance(days(1)).await;
    let mine = bot.discord().fake().world().guild(GUILD).members[APP].clone();
    bot.discord().fake().world().guild_mut(GUILD).members.remove(APP);
    bot.discord().happens("GUILD_DELETE", &json!({ "id": GUILD })).await;
    let (before, people) = (messages(&bot), bot.number("SELECT count(*) FROM persons", &[]).await);
    bot.advance(days(10)).await;
    assert_eq!(messages(&bot), before, "nothing is sent to the gone");
    assert_eq!(bot.number("SELECT count(*) FROM persons", &[]).await, people, "everything is kept");
    bot.discord().fake().world().guild_mut(GUILD).members.insert(APP.into(), mine);
    bot.restart().await;
    bot.advance(days(30)).await;
    assert!(messages(&bot) > before, "and it goes on when the bot is back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_only_unreachable_is_not_lost() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    let before = messages(&bot);
    let heard = bot.discord().adapter().heard();
    bot.discord().fake().tell(Some(GUILD), "GUILD_DELETE", &json!({ "id": GUILD, "unavailable": true }));
    bot.discord().adapter().hears(heard).await;
    bot.discord().adapter().idle().await;
    bot.advance(days(10)).await;
    assert!(messages(&bot) > before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_request_the_bot_finds_out_which_servers_it_is_in_and_which_it_was_taken_out_of() {
    // One more than Discord names at once.
    let other = |n: u64| (GUILD.parse::<u64>().expect("a number") + n).to_string();
    let more = |world: &mut World| {
        for n in 1..=200 {
            world.add_guild(&other(n), &format!("Server {n}"), OWNER, BOT_MAY);
        }
    };
    let (desk, _) = Desk::by_request(more).await;
    let store = desk.adapter.core.store().clone();
    let active = "SELECT w.name FROM workspaces w JOIN installs i ON i.workspace = w.external_id \
                  WHERE w.state = 'active' AND i.state = 'active' ORDER BY w.external_id";
    let names = async || texts(&store, active, &[]).await;
    until("they are not found out", || async { names().await.len() == 201 }).await;
    assert_eq!(names().await[..2], ["The council", "Server 1"], "nobody has done anything yet");
    desk.fake.world().guild_mut(&other(1)).members.remove(APP);
    // Looking again is for every sixth hour and for each start.
    let config = by_request(config_for(&desk.fake), free_port().await);
    let (store, clock) = (store.clone(), desk.clock.clone());
    let again = Adapter::open(Setup { store, clock, session: 2, reach: hasty(), config });
    until("it is not noticed", || async { names().await.len() == 200 }).await;
    assert_eq!(names().await[..2], ["The council", "Server 2"]);
    drop(again);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_told_without_the_fields_that_libraries_want_is_served_all_the_same() {
    let desk =
        Desk::with(|_| {}, |options| super::fake::Options { incomplete: true, ..options }, |config| config)
            .await;
    let mark = desk.fake.world().mark();
    assert!(desk.command("ada", "help").await.ack.is_some());
    desk.adapter.idle().await;
    has(&desk.seen("ada", mark).join("\n"), "/mentor join");
    let standing = desk.adapter.inbound.standing();
    assert!(standing.counts["undecoded"] >= 1, "and it is counted: {standing:?}");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_is_asked_for_their_zone_once() {
    let desk = Desk::new().await;
    let mut all = Vec::new();
    for _ in 0..2 {
        let mark = desk.fake.world().mark();
        assert!(desk.command("ada", "help").await.ack.is_some());
        desk.adapter.idle().await;
        all.push(desk.seen("ada", mark).join("\n"));
    }
    has(&all[0], "Which time zone are you in?");
    lacks(&all[1], "Which time zone are you in?");
    let zone = desk.fake.controls(&id_of("ada")).into_iter().find(|c| c.label.starts_with("Dublin"));
    let mark = desk.fake.world().mark();
    assert!(desk.fake.press(&id_of("ada"), &zone.expect("a likely zone"), &[]).await.ack.is_some());
    desk.adapter.idle().await;
    has(&desk.seen("ada", mark).join("\n"), "Europe/Dublin");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_is_completed_from_what_there_is() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    let lobby = bot.discord().fake().channel_named(GUILD, "lobby").expect("the lobby");
    let typed = |command: &str, option: &str, text: &str| {
        json!([{ "type": 1, "name": command, "options": [
            { "type": 3, "name": option, "value": text, "focused": true }] }])
    };
    let complete = async |options: Value| {
        let delivered = bot.discord().fake().complete(&id_of("ben"), &lobby, "mentor", options).await;
        let ack = delivered.expect("it is registered").ack.expect("an answer");
        assert_eq!(ack["type"], 8);
        ack["data"]["choices"].as_array().cloned().unwrap_or_default()
    };
    let programs = complete(typed("join", "program", "path")).await;
    assert_eq!(programs[0]["value"], "pathways");
    let zones = complete(typed("zone", "zone", "berl")).await;
    assert!(zones.iter().any(|choice| choice["value"] == "Europe/Berlin"), "{zones:?}");
    assert!(!complete(typed("zone", "zone", "")).await.is_empty(), "likely ones before anything is typed");
    assert!(complete(typed("join", "program", "zzzz")).await.is_empty());
    bot.says("ben", "/mentor help").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_are_registered_once_and_only_written_when_they_differ() {
    let mut bot = Bot::empty(Stage::Discord).await;
    let written = |bot: &Bot| bot.discord().fake().count("PUT /applications/{application_id}/commands");
    // They stand there a moment before the call is answered, and counted.
    until("they are not written", || async { written(&bot) == 1 }).await;
    bot.restart().await;
    bot.add("Ada Stone", "Council", "Europe/Berlin").await;
    assert_eq!(written(&bot), 1, "they stand there already");
    let creates = bot.discord().fake().world().creates.clone();
    assert_eq!(creates.values().sum::<usize>(), 1, "one root with everything below it");
}

#[test]
fn every_story_that_is_not_told_on_discord_exists_and_says_why() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/scenarios");
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).expect("the stories") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        all = format!("{all}\nmod {name};\n{}", std::fs::read_to_string(&path).expect("a story"));
    }
    for (name, why) in NOT_ON_DISCORD {
        let known = all.contains(&format!("async fn {name}(")) || all.contains(&format!("mod {name};"));
        assert!(known, "{name} is no story any more");
        assert!(why.len() > 20, "{name} says why");
    }
}

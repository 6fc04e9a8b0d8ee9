//! From an invitation to the first programme: what the link asks for, and the wizard that somebody who runs a server
//! goes through.

use std::process::{Command, Output};

use serde_json::json;

use super::desk::Desk;
use super::fake::world::Role;
use super::fake::{Control, rights};
use crate::harness::discord::{BOT_MAY, GUILD, id_of};
use crate::harness::{has, lacks, numbers, texts};

/// A role without any rights of its own.
const HELPERS: &str = "292000000000000000";

fn invite(words: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_roundtable"))
        .args(["discord", "invite", "--application"])
        .args(words)
        .current_dir(folder.path())
        .output()
        .expect("it runs")
}

/// The permissions that a link asks for.
fn asked_for(rooms: &str) -> u64 {
    let output = invite(&["210000000000000001", "--rooms", rooms]);
    assert!(output.status.success());
    let link = String::from_utf8(output.stdout).expect("text");
    has(&link, "https://discord.com/oauth2/authorize?");
    has(&link, "client_id=210000000000000001");
    has(&link, "bot");
    has(&link, "applications.commands");
    let (_, rest) = link.split_once("permissions=").expect("it asks for permissions");
    rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().parse().expect("a number")
}

#[test]
fn the_link_asks_for_exactly_what_the_stories_are_told_with() {
    let (threads, channels) = (asked_for("threads"), asked_for("channels"));
    assert_eq!(threads | channels, BOT_MAY);
    assert_eq!(threads & rights::MANAGE_ROLES, 0, "threads need no roles");
    assert_eq!((threads | channels) & (1 << 3), 0, "never an administrator");
}

#[test]
fn what_is_no_application_is_refused_with_where_to_find_it() {
    for odd in ["", "roundtable", "-1", "0", "12x"] {
        let output = invite(&[odd, "--rooms", "threads"]);
        assert!(!output.status.success(), "{odd:?}");
        assert!(output.stdout.is_empty(), "{odd:?}: nothing that looks like a link");
    }
    let said = String::from_utf8(invite(&["roundtable"]).stderr).expect("text");
    has(&said, "General Information");
}

/// A control of the wizard before somebody.
fn of_wizard(desk: &Desk, handle: &str, what: &str) -> Control {
    let found = desk.fake.controls(&id_of(handle)).into_iter();
    let mut found =
        found.filter(|control| control.element["custom_id"].as_str().is_some_and(|id| id.contains(what)));
    found.next().unwrap_or_else(|| panic!("there is no {what}"))
}

async fn chooses(desk: &Desk, handle: &str, what: &str, value: Option<&str>) -> String {
    let (control, mark) = (of_wizard(desk, handle, what), desk.fake.world().mark());
    let values: Vec<String> = value.into_iter().map(str::to_owned).collect();
    assert!(desk.fake.press(&id_of(handle), &control, &values).await.ack.is_some());
    desk.adapter.idle().await;
    desk.seen(handle, mark).join("\n")
}

async fn runs(desk: &Desk, handle: &str, line: &str) -> String {
    let mark = desk.fake.world().mark();
    let delivered = if line == "setup" {
        // Discord's own, which the core does not know.
        let options = json!([{ "type": 1, "name": "setup", "options": [] }]);
        desk.fake.command(&id_of(handle), &desk.lobby(), "mentor", options).await.expect("it is registered")
    } else {
        desk.command(handle, line).await
    };
    assert!(delivered.ack.is_some());
    desk.adapter.idle().await;
    desk.seen(handle, mark).join("\n")
}

const FOUND: &str = "program create name=\"Pathways\" slug=pathways goal=\"Fill two posts\" starts=2027-01-04 \
                     ends=2028-01-03 zone=Europe/Berlin";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wizard_goes_from_the_channel_to_a_first_programme_and_only_for_those_who_run_the_server() {
    let desk = Desk::with(
        |world| {
            let role = Role { id: HELPERS.into(), name: "Helpers".into(), permissions: 0, position: 1 };
            world.guild_mut(GUILD).roles.insert(HELPERS.into(), role);
            let ben = world.guild_mut(GUILD).members.get_mut(&id_of("ben")).expect("ben");
            ben.roles.insert(HELPERS.into());
        },
        |options| options,
        |config| config,
    )
    .await;
    has(&runs(&desk, "ben", "setup").await, "for those who may manage this server");
    runs(&desk, "ben", FOUND).await;
    let programs = async || numbers(desk.adapter.core.store(), "SELECT count(*) FROM programs", &[]).await[0];
    assert_eq!(programs().await, 0);

    let panel = runs(&desk, "ada", "setup").await;
    has(&panel, "Set up Roundtable in The council");
    has(&panel, "Helpers");
    let channel = desk.fake.channel_named(GUILD, "mentoring").expect("it is there");
    has(&chooses(&desk, "ada", "@setup channel", Some(&channel)).await, "The mentoring channel is chosen");
    has(&chooses(&desk, "ada", "@setup organisers", Some(HELPERS)).await, "runs programmes from now on");
    has(&chooses(&desk, "ada", "@setup test", None).await, "The test message is in #mentoring");
    assert_eq!(desk.posts(&channel).len(), 1);
    has(&chooses(&desk, "ada", "@setup zone", None).await, "Your time zone is noted");

    has(&runs(&desk, "ben", FOUND).await, "Pathways");
    assert_eq!(programs().await, 1);
    // The role gives the right, and nothing else does.
    desk.fake.world().guild_mut(GUILD).members.get_mut(&id_of("ben")).expect("ben").roles.clear();
    lacks(&runs(&desk, "ben", &FOUND.replace("athways", "eers")).await, "Peers is");
    assert_eq!(programs().await, 1);
    // Neither everybody's role nor a bot's can be chosen, whatever is sent.
    let role = of_wizard(&desk, "ada", "@setup organisers");
    let mark = desk.fake.world().mark();
    assert!(desk.fake.press(&id_of("ada"), &role, &[GUILD.to_owned()]).await.ack.is_some());
    desk.adapter.idle().await;
    has(&desk.seen("ada", mark).join("\n"), "That role cannot be taken");
    let chosen = "SELECT organisers FROM discord_guilds";
    assert_eq!(texts(desk.adapter.core.store(), chosen, &[]).await, [HELPERS]);
    desk.end().await;
}

//! Every message the bot can say, as plain text in one file, so that a change of words is seen by whoever reviews it;
//! and the rules of the house, checked on each of them. Written anew with `ROUNDTABLE_BLESS=1`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use roundtable::adapters::playground::{PLATFORM, WORKSPACE};
use roundtable::chat::message::{Block, MAX_COMMAND_BYTES};
use roundtable::chat::{Action, FieldKind, Form, Message};
use roundtable::core::{Actor, RoomLoss};
use roundtable::store::Engine;

use crate::harness::{Bot, accept, days, hours};

/// Slack's limit for words on a button, Discord's being 80.
const MOST_IN_LABEL: usize = 75;
const MOST_OPTIONS: usize = 25;
const MOST_ACTIONS: usize = 5;
const MOST_IN_TITLE: usize = 45;

/// Writes down what is said.
struct Scribe {
    bot: Bot,
    out: String,
    faults: BTreeSet<String>,
}

impl Scribe {
    async fn small() -> Self {
        Self { bot: Bot::small_group(Engine::Sqlite).await, out: String::new(), faults: BTreeSet::new() }
    }

    fn keep(&mut self, title: &str, text: &str) {
        let _ = write!(self.out, "=== {title}\n{text}\n\n");
    }

    async fn says(&mut self, who: &str, line: &str) -> String {
        let reply = self.bot.says(who, &format!("/mentor {line}")).await;
        self.keep(&format!("{who}: /mentor {line}"), &reply);
        if let Some(form) = self.bot.form(who) {
            self.faults.extend(form_faults(&form));
        }
        reply
    }

    /// A command that is refused, with a last sentence that says what to do.
    async fn refused(&mut self, who: &str, line: &str) {
        let reply = self.says(who, line).await;
        if !says_what_to_do(&reply) {
            self.faults.insert(format!("no next step after \"{line}\": {reply}"));
        }
    }

    async fn press(&mut self, who: &str, label: &str) {
        let reply = self.bot.press(who, label).await;
        self.keep(&format!("{who} presses {label}"), &reply);
        if let Some(form) = self.bot.form(who) {
            self.faults.extend(form_faults(&form));
        }
    }

    async fn fill(&mut self, who: &str, values: &[(&str, &str)]) {
        let reply = self.bot.fill(who, values).await;
        let shown: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.keep(&format!("{who} files {}", shown.join(", ")), &reply);
    }

    /// One message of each kind of nudge and each set of buttons.
    async fn nudges(&mut self) {
        let mut known = BTreeSet::new();
        let mut found = Vec::new();
        for spoken in self.bot.said().await {
            self.faults.extend(faults(&spoken.message));
            let Some(kind) = spoken.kind.clone() else { continue };
            let labels: Vec<String> = spoken.message.all_actions().map(label).collect();
            let shape = format!("{} {}", spoken.message.blocks.len(), labels.join("/"));
            if kind != "starter.share" && known.insert((kind.clone(), shape))
                || known.insert((kind.clone(), String::new()))
            {
                found.push((kind, spoken.plain()));
            }
        }
        found.sort();
        for (kind, text) in found {
            self.keep(&format!("nudge {kind}"), &text);
        }
    }
}

/// What staff are told of people, rooms and workspaces that go, and what they can do about it.
async fn gone(s: &mut Scribe) {
    let mut bot = Bot::small_group(Engine::Sqlite).await;
    std::mem::swap(&mut s.bot, &mut bot);
    s.bot.advance(60).await;
    let who = |account: &str, name: &str| Actor {
        external_id: account.into(),
        handle: account.into(),
        name: name.into(),
        ..Actor::default()
    };
    for line in ["groups reopen 1 pathways", "groups reopen 9 pathways", "groups invite ada 1 pathways"] {
        s.refused("ada", line).await;
    }
    for loss in
        [RoomLoss::Archived, RoomLoss::Removed, RoomLoss::Deleted, RoomLoss::Unreachable, RoomLoss::Refused]
    {
        let sql = "SELECT external_id FROM rooms WHERE external_id IS NOT NULL";
        let room = s.bot.texts(sql, &[]).await.remove(0);
        let core = s.bot.playground().core();
        core.room_lost(PLATFORM, WORKSPACE, &room, loss).await.expect("it is noted");
        s.bot.advance(days(2)).await;
        s.refused("ada", "groups invite ben 1 pathways").await;
        s.says("ada", "groups reopen 1 pathways").await;
        s.bot.advance(days(5)).await;
    }
    let sql = "SELECT external_id FROM rooms WHERE external_id IS NOT NULL";
    let room = s.bot.texts(sql, &[]).await.remove(0);
    let core = s.bot.playground().core();
    core.member_left(PLATFORM, WORKSPACE, &room, "cleo").await.expect("it is noted");
    core.account_changed(PLATFORM, WORKSPACE, &who("ben", "Ben Brook"), false).await.expect("it is noted");
    core.account_changed(PLATFORM, WORKSPACE, &who("grace", "Grace Hill"), false).await.expect("it is noted");
    s.says("ada", "groups invite cleo 1 pathways").await;
    s.refused("ada", "groups invite ben 1 pathways").await;
    s.bot.advance(days(14)).await;
    s.says("ada", "home").await;
    let mut told = BTreeSet::new();
    for spoken in s.bot.said().await {
        s.faults.extend(faults(&spoken.message));
        if spoken.kind.as_deref() == Some("staff.notice") && told.insert(spoken.plain()) {
            s.keep("ada is told", &spoken.plain());
        }
    }
    std::mem::swap(&mut s.bot, &mut bot);
}

/// How mentors and coaches are chosen, and what people look for and find.
async fn care(s: &mut Scribe) {
    let mut bot = Bot::small_group(Engine::Sqlite).await;
    std::mem::swap(&mut s.bot, &mut bot);
    s.bot.advance(60).await;
    for line in
        ["wish for", "wish for guidance", "wish for next-step", "wish for performance", "wish for peers"]
    {
        s.says("ben", line).await;
    }
    s.says("ben", "groups peers").await;
    s.says("cleo", "profile found=yes new_to=\"health care\" years=3 office=no").await;
    s.says("ben", "groups peers").await;
    for line in [
        "groups name",
        "groups name 1 name=7",
        "groups name 1 name=\"The bridge\" purpose=\"A board talk each\"",
    ] {
        s.says("grace", line).await;
    }
    s.says("grace", "role record").await;
    let credential = |hours: i64, ends: &str| {
        format!(
            "role credential pathways issuer=ICF level=PCC hours={hours} awarded=2025-03-01 expires={ends}"
        )
    };
    s.says("grace", "role credential pathways").await;
    for line in [credential(200, "2024-01-01"), credential(60, "2028-01-01"), credential(200, "2027-03-31")] {
        s.says("grace", &line).await;
    }
    s.says("ada", "inbox").await;
    s.says("ada", "program settings pathways new_mentors=apply").await;
    s.refused("ben", "role apply second").await;
    s.refused("grace", "role apply pathways").await;
    s.bot.add("Finn Oak", "Hill Works", "Europe/Berlin").await;
    for line in ["program show pathways", "role apply pathways", "join pathways both", "join pathways mentor"]
    {
        s.says("finn", line).await;
    }
    s.press("finn", &accept()).await;
    s.press("finn", "Apply as a mentor").await;
    s.fill("finn", &[("experience", ""), ("strengths", ""), ("why", ""), ("hours", "0")]).await;
    let answers =
        [("experience", "IT of a mill"), ("strengths", "workload"), ("why", "To give back"), ("hours", "1")];
    s.fill("finn", &answers).await;
    s.says("ada", "role waiting pathways").await;
    s.refused("ada", "role approve ben").await;
    s.says("ada", "role decline finn").await;
    s.fill("ada", &[("reason", "")]).await;
    s.fill("ada", &[("reason", "We need two hours a month")]).await;
    s.says("ada", "role approve grace").await;
    s.press("ada", "Make them a coach").await;
    s.says("grace", "role record").await;
    s.bot.advance(days(1)).await;
    s.says("finn", "role apply pathways experience=Mills strengths=workload why=Joy hours=3").await;
    s.says("finn", &credential(60, "2028-01-01")).await;
    s.refused("ada", "role approve finn").await;
    s.says("ada", "role waiting pathways").await;
    s.press("ada", "Approve").await;
    s.says("ada", "role approve finn").await;
    s.says("finn", &credential(150, "2028-01-01")).await;
    s.says("ada", "role decline finn \"The number cannot be read\"").await;
    s.says("ada", "role record pathways finn").await;
    s.says("ada", "role waiting pathways").await;
    s.says("ada", &credential(150, "2028-01-01")).await;
    s.refused("ada", "role approve ada").await;
    s.says("ada", "role revoke participant cleo pathways").await;
    s.press("ada", "Take the role").await;
    s.says("ada", "role grant staff dev pathways").await;
    s.says("ada", "role grant sponsor eva pathways").await;
    s.bot.advance(days(120)).await;
    let mut told = BTreeSet::new();
    for spoken in s.bot.said().await {
        s.faults.extend(faults(&spoken.message));
        let kind = spoken.kind.as_deref();
        if matches!(kind, Some("staff.notice" | "person.notice")) && told.insert(spoken.plain()) {
            s.keep("somebody is told", &spoken.plain());
        }
    }
    std::mem::swap(&mut s.bot, &mut bot);
}

fn label(action: &Action) -> String {
    match action {
        Action::Button { label, .. } | Action::Select { label, .. } | Action::DateTime { label, .. } => {
            label.clone()
        }
    }
}

/// What is wrong with a message.
fn faults(message: &Message) -> Vec<String> {
    let mut found = Vec::new();
    let text = serde_json::to_string(message).expect("a message");
    let mut fault =
        |what: &str| found.push(format!("{what}: {}", text.chars().take(300).collect::<String>()));
    if text.contains('!') {
        fault("an exclamation mark");
    }
    if text.contains("  ") || text.contains(" .\"") || text.contains("..\"") {
        fault("loose blanks or stops");
    }
    for block in &message.blocks {
        let Block::Actions { actions } = block else { continue };
        if actions.len() > MOST_ACTIONS {
            fault("too many actions in a row");
        }
        for action in actions {
            let longest = match action {
                Action::Button { command, .. } => command.len(),
                Action::DateTime { command, .. } => command.len() + " 2027-01-31 15:00".len(),
                Action::Select { command, options, .. } => {
                    if options.is_empty() || options.len() > MOST_OPTIONS {
                        fault("too many entries, or none");
                    }
                    if options.iter().any(|o| o.label.chars().count() > MOST_IN_LABEL) {
                        fault("an entry too long");
                    }
                    command.len() + 1 + options.iter().map(|o| o.value.len()).max().unwrap_or(0)
                }
            };
            if longest > MAX_COMMAND_BYTES {
                fault("a command too long");
            }
            let words = label(action);
            if words.is_empty() || words.chars().count() > MOST_IN_LABEL {
                fault("a label too long, or none");
            }
        }
    }
    found
}

/// What is wrong with a form.
fn form_faults(form: &Form) -> Vec<String> {
    let mut found = Vec::new();
    let mut fault = |what: String| found.push(format!("form {}: {what}", form.title));
    if form.title.chars().count() > MOST_IN_TITLE || form.command.len() > MAX_COMMAND_BYTES {
        fault("title or command too long".into());
    }
    for field in &form.fields {
        let error = field.error.clone().unwrap_or_default();
        if [&field.label, &field.hint, &error].iter().any(|words| words.contains('!')) {
            fault(format!("an exclamation mark at {}", field.name));
        }
        let options = match &field.kind {
            FieldKind::Select { options } | FieldKind::Multi { options } | FieldKind::Scale { options } => {
                options.len()
            }
            _ => 0,
        };
        if options > MOST_OPTIONS {
            fault(format!("too many entries at {}", field.name));
        }
        if !error.is_empty() && !error.ends_with(['.', '?', ')']) {
            fault(format!("an error without an end at {}: {error}", field.name));
        }
    }
    found
}

/// Words with which a next step begins.
const STEPS: [&str; 45] = [
    "add",
    "answer",
    "ask",
    "change",
    "choose",
    "consider",
    "extend",
    "fill",
    "found",
    "grant",
    "if you",
    "it can be",
    "its staff can",
    "it closes by itself",
    "join",
    "leave",
    "look",
    "make",
    "move",
    "name",
    "open",
    "or",
    "pick",
    "please",
    "repeat",
    "say",
    "see",
    "send",
    "set",
    "somebody i have never",
    "tell",
    "the next",
    "there is no",
    "to ",
    "try",
    "type",
    "use",
    "with",
    "write",
    "you can",
    "your mentor",
    "did you mean",
    "in quotes",
    "people join",
    "enrol",
];

/// Whether the last sentence names a command or tells what to do.
fn says_what_to_do(text: &str) -> bool {
    let Some(last) = text.lines().rev().find(|line| !line.trim().is_empty()) else { return false };
    let last = last.trim_start_matches("- ");
    let ended = last.trim_end_matches(['.', '?', ')']);
    let mut clauses = ended.rsplit(['.', '?', ';']).take(2).map(|clause| clause.trim().to_lowercase());
    last.contains("/mentor ") || clauses.any(|clause| STEPS.iter().any(|step| clause.starts_with(step)))
}

#[test]
fn the_check_for_a_next_step_can_fail() {
    assert!(says_what_to_do("That is over. See your next ones with /mentor meetup next."));
    assert!(says_what_to_do("There is no group 9. Choose another one."));
    assert!(!says_what_to_do("Ben is not mentor in Pathways, so nothing was changed."));
    assert!(!says_what_to_do("No."));
}

#[test]
fn the_check_of_messages_can_fail() {
    assert!(faults(&Message::say("Fine.")).is_empty());
    assert_eq!(faults(&Message::say("Hurray!")).len(), 1);
    let six = (0..6).map(|_| Action::button("x", "help"));
    assert_eq!(faults(&Message::new().actions(six)).len(), 1);
    assert_eq!(faults(&Message::new().actions([Action::button("x".repeat(76), "help")])).len(), 1);
}

async fn people(s: &mut Scribe) {
    for who in ["ada", "grace", "ben"] {
        s.says(who, "help").await;
    }
    for line in ["help join", "help meetup rsvp", "about", "glossary", "glossary mentor", "glossary coach"] {
        s.says("ben", line).await;
    }
    s.bot.add("Finn Oak", "Hill Works", "Europe/Berlin").await;
    for line in [
        "home",
        "program show",
        "inbox",
        "charter",
        "join pathways",
        "join pathways mentor",
        "join pathways both",
    ] {
        s.says("finn", line).await;
    }
    s.press("finn", &accept()).await;
    for line in [
        "charter",
        "profile",
        "profile name=\"Finn Oak\" need=coach",
        "profile need=mentor",
        "profile need=peers",
        "inbox",
        "home",
    ] {
        s.says("finn", line).await;
    }
    for line in [
        "snooze",
        "snooze 3 days",
        "snooze",
        "snooze off",
        "quiet",
        "quiet 18:00-08:00",
        "quiet off",
        "zone",
        "zone Europe/Paris",
        "mute pulses",
        "mute all",
        "unmute all",
    ] {
        s.says("finn", line).await;
    }
    for line in ["leave", "leave pathways yes"] {
        s.says("finn", line).await;
    }
    for line in [
        "xyzzy",
        "metup next",
        "pulse",
        "meetup rsvp",
        "meetup rsvp perhaps",
        "about it",
        "glossary mentr",
        "glossary qqqqqqq",
        "help qqqqqqq",
        "snooze someday",
        "snooze 2026-01-01",
        "snooze 3000-01-01",
        "quiet always",
        "zone Mars/Olympus",
        "zone Europe/Berln",
        "leave pathways yes",
        "groups show",
        "groups preview",
        "program create",
        "admin health",
        "meetup next",
        "starter show",
        "pulse answer",
        "pulse skip",
        "join nowhere",
        "pulse results",
        "meetup held yes",
        "mute everything",
    ] {
        s.refused("finn", line).await;
    }
    for line in [
        "profile availability=\"25:00\"",
        "profile zone=Mars/Olympus",
        "profile languages=klingonian",
        "profile manager=Nobody",
        "profile manager=\"Finn Oak\"",
        "profile level=9",
    ] {
        s.says("finn", line).await;
    }
}

async fn staff(s: &mut Scribe) {
    for line in [
        "program show pathways",
        "program settings pathways",
        "program settings pathways minutes=90",
        "program settings pathways minutes=3",
        "program rules pathways",
        "program rules pathways zones=12 weights=\"needs 50\"",
        "program rules pathways zones=99 weights=\"shoes 3\"",
        "program rules pathways weights=\"needs much\"",
        "program rules pathways slot=0",
        "groups ties pathways",
        "groups tie conflict \"North Bank\" \"South Rail\" pathways why=\"They audit each other\"",
        "groups tie apart ben eva pathways",
        "groups ties pathways",
        "groups tie none eva ben pathways",
        "groups repair pathways",
        "groups replay pathways",
        "groups circles 2 3 pathways",
    ] {
        s.says("ada", line).await;
    }
    s.says("ada", "program create").await;
    s.fill("ada", &[("name", "Second"), ("slug", "second"), ("goal", "Learn"), ("waves", "1")]).await;
    s.fill("ada", &[("waves", "2"), ("ends", "2027-02-01")]).await;
    s.fill("ada", &[("ends", "2026-02-01")]).await;
    s.fill("ada", &[("ends", "2028-02-01"), ("cadence", "every blue moon")]).await;
    s.fill("ada", &[("cadence", "quarterly")]).await;
    s.refused("ada", "groups preview second").await;
    s.says("ada", "program open second").await;
    s.refused("ada", "program open second").await;
    s.refused("ada", "groups preview second").await;
    s.refused("ada", "groups move ben 1 second").await;
    s.refused("ada", "groups publish second").await;
    s.refused("ada", "groups preview").await;
    for line in ["role grant sponsor ben pathways", "role revoke sponsor ben pathways"] {
        s.says("ada", line).await;
    }
    for line in [
        "role grant mentor ada pathways",
        "role grant coach grace pathways",
        "role grant participant ben pathways",
        "role revoke sponsor ben pathways",
        "role revoke staff ada pathways",
        "role grant staff nobody pathways",
        "role grant king ben pathways",
        "program resume pathways",
        "pulse close pathways",
        "pulse results pathways",
        "groups preview nowhere",
        "groups lock ben 1 pathways",
        "groups swap ben eva pathways",
        "groups tie none eva ben pathways",
        "groups tie apart ben ben pathways",
        "groups tie conflict \"North Bank\" \"north bank\" pathways",
        "groups tie conflict ben nowhere pathways",
        "groups tie together ben \"North Bank\" pathways",
        "groups repair second",
        "groups circles 4 6 second",
        "groups replay second",
    ] {
        s.refused("ada", line).await;
    }
    s.says("ada", "pulse preview").await;
    s.fill("ada", &[("p1", "3")]).await;
}

async fn formation(s: &mut Scribe) {
    let mut bot = Bot::demo(Engine::Sqlite).await;
    std::mem::swap(&mut s.bot, &mut bot);
    s.says("marta", "groups preview pathways").await;
    s.says("marta", "groups lock \"Silas Wake\" program=pathways").await;
    for line in [
        "groups lock \"Silas Wake\" 99 pathways",
        "groups move \"Silas Wake\" 1 pathways",
        "groups move \"Jutta Rook\" 2 pathways",
        "groups move \"Marta Keel\" 1 pathways",
        "groups move \"Anselm Brook\" 2 pathways",
        "groups swap \"Silas Wake\" \"Silas Wake\" pathways",
        "groups swap \"Silas Wake\" \"Anselm Brook\" pathways",
        "groups swap \"Silas Wake\" \"Marta Keel\" pathways",
    ] {
        s.refused("marta", line).await;
    }
    s.says("marta", "groups publish pathways").await;
    s.press("marta", "Publish").await;
    s.press("marta", "Publish now").await;
    s.refused("marta", "groups publish pathways").await;
    s.says("marta", "groups preview pathways").await;
    s.says("marta", "groups show").await;
    s.says("marta", "groups replay pathways").await;
    s.says("marta", "groups repair pathways").await;
    s.says("anselm", "leave pathways yes").await;
    s.says("marta", "groups repair pathways").await;
    s.press("marta", "Publish").await;
    s.press("marta", "Publish now").await;
    s.bot.advance(days(1)).await;
    for who in ["nadia", "yannick"] {
        s.says(who, "leave pathways yes").await;
    }
    s.says("marta", "groups repair pathways").await;
    s.press("marta", "Publish").await;
    s.press("marta", "Publish now").await;
    s.says("marta", "groups show").await;
    s.says("marta", "program show").await;
    s.bot.advance(days(1)).await;
    let mut told = BTreeSet::new();
    for spoken in s.bot.said().await {
        s.faults.extend(faults(&spoken.message));
        let (kind, text) = (spoken.kind.as_deref(), spoken.plain());
        let moved =
            text.contains("moved here") || text.contains("no longer in") || text.contains("your mentor");
        if (kind == Some("person.notice") || kind.is_some() && moved) && told.insert(text.clone()) {
            s.keep("somebody is told", &text);
        }
    }
    std::mem::swap(&mut s.bot, &mut bot);
}

async fn year(s: &mut Scribe) {
    s.bot.advance(days(1)).await;
    s.says("ben", "groups show").await;
    s.says("ben", "meetup next").await;
    s.says("grace", "meetup next").await;
    for (who, label) in [("ben", "I will come"), ("cleo", "Maybe"), ("dev", "I cannot come")] {
        s.press(who, label).await;
    }
    for line in [
        "starter show",
        "starter pick 2",
        "starter show",
        "starter own",
        "starter skip",
        "starter show",
        "starter never 1",
        "starter own What did you learn?",
        "starter show",
    ] {
        s.says("grace", line).await;
    }
    for line in [
        "starter pick 9",
        "meetup held yes",
        "meetup move when=\"2026-01-01 10:00\"",
        "meetup move when=tomorrow",
        "meetup move when=\"2028-01-20 10:00\"",
        "meetup rsvp yes nosuchmeetup",
        "meetup schedule group=99",
    ] {
        s.refused("grace", line).await;
    }
    for line in ["starter pick 1", "meetup cancel", "meetup need cheese"] {
        s.refused("ben", line).await;
    }
    for line in ["meetup need", "meetup need workload", "meetup need none"] {
        s.says("ben", line).await;
    }
    s.says("grace", "meetup schedule").await;
    for line in [
        "meetup schedule cadence=\"on the 31st of february at 10:00\"",
        "meetup schedule cadence=monthly",
        "meetup schedule zone=Mars/Olympus",
    ] {
        s.says("grace", line).await;
    }
    s.bot.advance(days(9) - hours(2)).await;
    s.bot.advance(hours(5)).await;
    s.refused("ben", "meetup held yes").await;
    s.press("grace", "Yes, it did").await;
    for who in ["cleo", "dev", "eva"] {
        s.says(who, "meetup rsvp no").await;
    }
    s.bot.advance(days(25)).await;
    for line in [
        "meetup held no",
        "meetup move",
        "meetup move when=\"2027-03-04 14:00\"",
        "meetup cancel reason=\"I am travelling\"",
        "meetup schedule cadence=\"fortnightly on tuesday at 14:00\" lead=rotating place=\"Room 4\"",
    ] {
        s.says("grace", line).await;
    }
    s.says("ben", "profile manager=\"Grace Hill\"").await;
    s.bot.advance(days(3)).await;
    s.says("ada", "program pause pathways").await;
    s.refused("ada", "program pause pathways").await;
    s.refused("ben", "join pathways both").await;
    s.says("ada", "program resume pathways").await;
    pulse(s).await;
    s.says("ada", "admin health").await;
    s.says("cleo", "leave pathways yes").await;
    s.bot.advance(days(290)).await;
    s.says("ada", "program close pathways").await;
    s.says("ada", "program close pathways yes").await;
    for line in ["program close pathways yes", "program settings pathways minutes=30", "pulse open pathways"]
    {
        s.refused("ada", line).await;
    }
    for line in ["join pathways", "meetup next", "meetup rsvp yes"] {
        s.refused("ben", line).await;
    }
}

async fn pulse(s: &mut Scribe) {
    s.says("ada", "pulse open pathways").await;
    s.refused("ada", "pulse open pathways").await;
    s.bot.advance(days(2)).await;
    s.says("ben", "pulse answer").await;
    s.fill("ben", &[("p1", "9")]).await;
    s.fill("ben", &[("p1", "")]).await;
    s.says("ben", "pulse answer").await;
    s.fill("ben", &[("p1", "4"), ("o1", "Longer meetups")]).await;
    s.refused("ben", "pulse answer").await;
    s.says("eva", "pulse skip").await;
    s.says("dev", "inbox").await;
    s.says("dev", "home").await;
    s.says("ada", "home").await;
    s.refused("ada", "pulse results pathways").await;
    s.bot.advance(days(12)).await;
    s.says("ada", "pulse close pathways").await;
    s.says("ada", "pulse results pathways").await;
    s.refused("ada", "pulse open pathways").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_reads_as_it_did_and_keeps_the_rules_of_the_house() {
    let mut s = Scribe::small().await;
    people(&mut s).await;
    staff(&mut s).await;
    formation(&mut s).await;
    year(&mut s).await;
    gone(&mut s).await;
    care(&mut s).await;
    s.nudges().await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/messages.snap");
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    if std::env::var_os("ROUNDTABLE_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&file, &s.out).expect("the file can be written");
    } else if known != s.out {
        let changed = known
            .lines()
            .zip(s.out.lines())
            .position(|(a, b)| a != b)
            .unwrap_or(known.lines().count().min(s.out.lines().count()));
        let around =
            |text: &str| text.lines().skip(changed.saturating_sub(2)).take(6).collect::<Vec<_>>().join("\n");
        panic!(
            "words changed at line {}; look at them, then bless with ROUNDTABLE_BLESS=1\nwas:\n{}\nis:\n{}",
            changed + 1,
            around(&known),
            around(&s.out)
        );
    }
    assert!(
        s.faults.is_empty(),
        "{} faults:\n{}",
        s.faults.len(),
        s.faults.into_iter().collect::<Vec<_>>().join("\n")
    );
}

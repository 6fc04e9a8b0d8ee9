//! A scripted mentoring year that can be lived again and again: the same people, the same groups, the same commands
//! at the same moments. Invariant: everything that can differ between two lives comes from the platform's faults and
//! from crashes, so that what the platform stored can be compared word by word.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use roundtable::clock::{Clock as _, Ids, VirtualClock};
use roundtable::content::Content;
use roundtable::core::{Actor, Core, Input, Reply, Request};
use roundtable::domain::civil::Instant;
use roundtable::store::meetups::Meetup;
use roundtable::store::{Store, Tx};
use serde::{Deserialize, Serialize};

use super::platform::State;

/// The platform on which the year is lived; the core knows it by this name.
pub const PLATFORM: &str = "playground";
const WORKSPACE: &str = "w1";
const POSITION: &str = "story.clock";
/// A tick that turns in circles would otherwise never end.
const MOST_TURNS_AT_ONE_MOMENT: usize = 2_000;

/// Account, name, employer, zone, role.
const PEOPLE: [(&str, &str, &str, &str, &str); 9] = [
    ("gerda", "Gerda Holm", "Summit Machines", "Europe/Berlin", ""),
    ("anselm", "Anselm Brook", "Harbour Bank", "Europe/Berlin", "mentor"),
    ("beatrix", "Beatrix Lund", "Northlight Energy", "Europe/London", "mentor"),
    ("carl", "Carl Rook", "Juniper Health", "Europe/Berlin", "participant"),
    ("dina", "Dina Wren", "Copperline Rail", "Europe/London", "participant"),
    ("emil", "Emil Dell", "Meadow Foods", "Europe/Helsinki", "participant"),
    ("fina", "Fina Ash", "Atlas Insurance", "Europe/Berlin", "participant"),
    ("goran", "Goran Finch", "Quill Media", "Europe/Berlin", "participant"),
    ("hilde", "Hilde Marsh", "Riverstone City", "Europe/London", "participant"),
];

/// A person does something at a moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    /// When, in microseconds.
    pub at: i64,
    /// The delivery's id; a repeated one has no second effect.
    pub delivery: String,
    /// Who.
    pub account: String,
    /// The command.
    pub command: String,
    /// The values of a form, if one is filed.
    pub form: Option<BTreeMap<String, String>>,
}

/// What is to happen by itself in a year, and until when it lasts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Story {
    /// What people do, in order.
    pub steps: Vec<Step>,
    /// The end, in microseconds.
    pub end: i64,
}

/// The first moment of the year.
pub fn start() -> Instant {
    Instant::from("2027-01-04T09:00:00Z".parse::<jiff::Timestamp>().expect("a moment"))
}

/// Opens a database with all its tables.
pub async fn open(address: &str) -> Store {
    let store = Store::open(address).await.expect("the database opens");
    store.migrate(None).await.expect("the tables are made");
    store
}

fn request(account: &str, delivery: &str, input: Input) -> Request {
    let row = PEOPLE.iter().find(|row| row.0 == account).expect("somebody of the story");
    let actor = Actor {
        external_id: row.0.to_owned(),
        handle: row.0.to_owned(),
        name: row.1.to_owned(),
        zone: Some(row.3.to_owned()),
        email: None,
        organisation: Some(row.2.to_owned()),
        admin: row.0 == "gerda",
    };
    Request {
        platform: PLATFORM.to_owned(),
        workspace: WORKSPACE.to_owned(),
        actor,
        room: None,
        delivery: delivery.to_owned(),
        input,
    }
}

/// Founds the program and publishes its groups, always with the same ids, and writes the year's script.
pub async fn found(store: &Store, content: &Arc<Content>) -> Story {
    let clock = Arc::new(VirtualClock::at(start()));
    let core = Core::new(store.clone(), content.clone(), clock, Arc::new(Ids::from_seed(2027)));
    let charter = content.texts.charter.version.to_string();
    let mut deeds: Vec<(&str, String)> = vec![
        (
            "gerda",
            "program create name=\"Pathways\" slug=pathways goal=\"Fill the posts from within\" starts=2027-01-04 \
             ends=2027-12-31 zone=Europe/Berlin cadence=\"monthly on the second wednesday at 15:00\" waves=2"
                .into(),
        ),
        ("gerda", "program settings pathways smallest=3 largest=3 mentors=1 place=https://meet.example/p".into()),
        ("gerda", "program open pathways".into()),
    ];
    for (account, name, organisation, _, role) in PEOPLE.iter().skip(1) {
        let topics =
            if *role == "mentor" { "offers=\"stakeholders\" capacity=1" } else { "needs=\"stakeholders\"" };
        let profile = format!(
            "profile name=\"{name}\" organisation=\"{organisation}\" level=4 {topics} availability=\"mon-fri 8:00-18:00\""
        );
        deeds.push((account, profile));
        deeds.push((account, format!("charter accept pathways {role} {charter}")));
    }
    deeds.push(("gerda", "groups preview pathways 1".into()));
    deeds.push(("gerda", "groups publish pathways yes".into()));
    for (number, (account, command)) in deeds.into_iter().enumerate() {
        let reply =
            core.handle(request(account, &format!("found-{number}"), Input::Text(command.clone()))).await;
        assert!(!matches!(reply, Reply::Form(_)), "{command} asks back: {reply:?}");
    }
    let mut tx = store.begin().await.expect("the database answers");
    tx.mark_setting(POSITION, &start().as_micros().to_string()).await.expect("the clock is kept");
    tx.commit().await.expect("the clock is kept");
    script(store).await
}

/// What people do in the year, at moments at which nothing is sent by itself.
async fn script(store: &Store) -> Story {
    let mut tx = store.read().await.expect("the database answers");
    let program =
        tx.find_program("pathways").await.expect("programs are read").expect("the program was founded");
    let mut steps = Vec::new();
    let mut step = |at: Instant, account: &str, command: String, form: Option<BTreeMap<String, String>>| {
        let delivery = format!("year-{:04}", steps.len());
        steps.push(Step { at: at.as_micros(), delivery, account: account.to_owned(), command, form });
    };
    let groups = tx.list_groups_of(&program.id).await.expect("groups are read");
    assert_eq!(groups.len(), 2, "the story has two groups");
    for (at, group) in groups.iter().enumerate() {
        let mut members = Vec::new();
        let mut mentor = String::new();
        for (member, person) in tx.list_members_with_persons(&group.id).await.expect("members are read") {
            let account = PEOPLE.iter().find(|row| row.1 == person.name).expect("somebody of the story").0;
            if member.role == roundtable::domain::words::Role::Mentor {
                account.clone_into(&mut mentor);
            } else {
                members.push(account);
            }
        }
        let meetups = tx.list_meetups_of(&group.id).await.expect("meetups are read");
        for (number, meetup) in meetups.iter().enumerate() {
            for (command, account, at) in around(meetup, number + at * 4, &mentor, &members) {
                step(at, &account, command, None);
            }
        }
    }
    for wave in tx.list_waves_of(&program.id).await.expect("waves are read") {
        for (index, account) in ["carl", "dina", "emil", "fina", "goran"].into_iter().enumerate() {
            let values = ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"]
                .map(|item| (item.to_owned(), "4".to_owned()));
            let at = wave
                .opens_at
                .plus_hours(19 + 24 * i64::try_from(index).expect("few people"))
                .plus_minutes(21);
            step(at, account, format!("pulse answer {}", wave.id), Some(values.into_iter().collect()));
        }
        step(wave.opens_at.plus_hours(43).plus_minutes(22), "hilde", format!("pulse skip {}", wave.id), None);
    }
    step(start().plus_days(70).plus_hours(12).plus_minutes(3), "hilde", "snooze 10 days".into(), None);
    step(start().plus_days(120).plus_hours(12).plus_minutes(3), "dina", "quiet 11:00-13:00".into(), None);
    step(start().plus_days(200).plus_hours(12).plus_minutes(3), "emil", "mute reminders".into(), None);
    steps.sort_by_key(|step| step.at);
    Story { steps, end: start().plus_days(375).as_micros() }
}

/// What happens around one meetup: answers, a need, the starter, and now and then a move or a cancellation.
fn around(meetup: &Meetup, number: usize, mentor: &str, members: &[&str]) -> Vec<(String, String, Instant)> {
    let (id, starts) = (&meetup.id, meetup.starts_at);
    // Half past three in the morning or so: nobody's sending hours.
    let night = |days: i64, minutes: i64| starts.minus_days(days).minus_hours(11).plus_minutes(minutes);
    let mut out = Vec::new();
    let answers = ["yes", "maybe", "no"];
    // Around every fifth meetup people say nothing more after the card has come.
    let quiet = number % 5 == 3;
    for (index, member) in members.iter().enumerate().filter(|_| !quiet) {
        let answer = answers[(index + number) % 3];
        out.push((
            format!("meetup rsvp {answer} {id}"),
            (*member).to_owned(),
            night(5, 7 * i64::try_from(index).unwrap_or(0)),
        ));
    }
    // Right after the card came, perhaps before the bot knows that it did.
    let at_once = starts.minus_days(8).plus_secs(20);
    out.push((format!("meetup rsvp maybe {id}"), members[0].to_owned(), at_once));
    out.push((
        format!("meetup need stakeholders {id}"),
        members[number % members.len()].to_owned(),
        night(3, 40),
    ));
    match number % 4 {
        0 => out.push((format!("starter pick 2 {id}"), mentor.to_owned(), night(0, 50))),
        1 => out.push((format!("starter skip {id}"), mentor.to_owned(), night(1, 50))),
        2 => out.push((
            format!("starter own {id} What did you learn last month?"),
            mentor.to_owned(),
            night(1, 50),
        )),
        _ => {}
    }
    match number % 5 {
        2 => {
            let to = meetup.zone.civil(starts.plus_days(1)).strftime("%Y-%m-%d %H:%M").to_string();
            out.push((format!("meetup move {id} {to}"), mentor.to_owned(), night(2, 90)));
        }
        4 => out.push((format!("meetup cancel {id} Illness"), mentor.to_owned(), night(1, 100))),
        3 => {}
        _ => out.push((
            format!("meetup held yes {id}"),
            mentor.to_owned(),
            starts.plus_hours(10).plus_minutes(11),
        )),
    }
    out
}

/// A life: the part of the year that one process sees.
pub struct Life {
    /// The core under test.
    pub core: Arc<Core>,
    /// Its clock.
    pub clock: Arc<VirtualClock>,
    /// How many commands were carried out or repeated.
    pub commands: usize,
}

impl Life {
    /// Where the clock stood when the database was last used.
    pub async fn position(store: &Store) -> Instant {
        let mut tx = store.read().await.expect("the database answers");
        let stood =
            tx.find_setting(POSITION).await.expect("settings are read").expect("the year was founded");
        Instant::from_micros(stood.parse().expect("a number"))
    }

    /// Whether a call of somebody who is gone, or of this life, still waits for its outcome.
    pub async fn anything_open(&self) -> bool {
        use roundtable::domain::words::NudgeState::{InDoubt, Sending};
        let mut tx = self.core.store().read().await.expect("the database answers");
        let counts = tx.list_nudge_counts().await.expect("nudges are counted");
        counts.iter().any(|(state, count)| matches!(state, InDoubt | Sending) && *count > 0)
    }

    /// Lives from where the clock stands to the end. `settle` is awaited before doubt is looked into.
    pub async fn live<F: Future<Output = ()>>(&mut self, story: &Story, settle: impl Fn() -> F) {
        let end = Instant::from_micros(story.end);
        let mut turns = 0;
        loop {
            let now = self.clock.now();
            for step in story.steps.iter().filter(|step| step.at == now.as_micros()) {
                self.core.handle(step.request()).await;
                self.commands += 1;
            }
            while self.core.tick().await.expect("the tick works").unfinished {}
            let due = self.core.next_due().await.expect("the database answers").unwrap_or(end);
            let step = story.steps.iter().map(|step| step.at).find(|at| *at > now.as_micros());
            let next = step.map_or(due, |at| due.min(Instant::from_micros(at))).min(end).max(now);
            turns = if next == now { turns + 1 } else { 0 };
            assert!(turns < MOST_TURNS_AT_ONE_MOMENT, "the dispatcher turns in circles at {now:?}");
            let mut tx = self.core.store().read().await.expect("the database answers");
            let doubt = tx.has_doubtful(next).await.expect("nudges are counted");
            drop(tx);
            if doubt {
                settle().await;
            }
            if now >= end {
                return;
            }
            self.turn_to(next).await;
        }
    }

    /// The clock is written down before it is turned: no life begins earlier than another one sent something.
    async fn turn_to(&self, next: Instant) {
        let mut tx = self.core.store().begin().await.expect("the database answers");
        tx.mark_setting(POSITION, &next.as_micros().to_string()).await.expect("the clock is kept");
        tx.commit().await.expect("the clock is kept");
        self.clock.turn_to(next);
    }
}

impl Step {
    /// The step as the platform would deliver it.
    pub fn request(&self) -> Request {
        let input = match &self.form {
            Some(values) => Input::Form { command: self.command.clone(), values: values.clone() },
            None => Input::Text(self.command.clone()),
        };
        request(&self.account, &self.delivery, input)
    }
}

/// A nudge as a judge reads it.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    /// Id, which marks its message on the platform.
    pub id: String,
    /// Kind in words of the database.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// Why it waits or was skipped.
    pub reason: Option<String>,
    /// The platform's id of its message.
    pub remote_id: Option<String>,
}

/// Every nudge of a database.
pub async fn nudges(store: &Store) -> Vec<Row> {
    const SQL: &str = "SELECT id, kind, state, reason, remote_id FROM nudges ORDER BY id";
    match store.read().await.expect("the database answers") {
        Tx::Sqlite(mut tx) => sqlx::query_as(SQL).fetch_all(&mut *tx).await.expect("nudges are read"),
        Tx::Postgres(mut tx) => sqlx::query_as(SQL).fetch_all(&mut *tx).await.expect("nudges are read"),
    }
}

/// A year in which half of what the bot does never happens would prove little.
pub async fn must_be_full(store: &Store) {
    let done: BTreeSet<String> =
        nudges(store).await.into_iter().filter(|row| row.state == "done").map(|row| row.kind).collect();
    for kind in [
        "room.open",
        "room.card",
        "group.welcome",
        "group.match",
        "meetup.card",
        "meetup.update",
        "meetup.need",
        "meetup.reminder",
        "meetup.soon",
        "meetup.after",
        "meetup.moved",
        "meetup.cancelled",
        "starter.offer",
        "starter.share",
        "pulse.warning",
        "pulse.open",
        "pulse.invite",
        "pulse.reminder",
        "pulse.close",
        "pulse.results",
    ] {
        assert!(done.contains(kind), "the year has no {kind}, only {done:?}");
    }
}

/// What people saw on a platform, in a form in which two years can be compared.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How often each place got each text; a card counts by its meetup, for its first words depend on who answered
    /// before it came.
    pub posts: BTreeMap<(String, String), usize>,
    /// The last words of each card.
    pub cards: BTreeMap<(String, String), String>,
    /// The rooms, each with its last members.
    pub rooms: BTreeMap<String, String>,
}

/// What a checker finds in a platform's log, and in nothing else.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Markers stored twice.
    pub doubled: Vec<String>,
    /// What the undisturbed year has and this one has not.
    pub lost: Vec<String>,
    /// What this year has and the undisturbed one has not.
    pub extra: Vec<String>,
    /// Messages stored.
    pub posts: usize,
}

/// The identity of a card in a room: of a meetup's, the meetup and its time; a room has one standing card, which is
/// written with the room's topic before it.
fn card_of(place: &str, text: &str) -> Option<String> {
    if !text.starts_with('{') {
        return Some("standing card".to_owned());
    }
    let after = |mark: &str| text.split_once(mark).map(|(_, rest)| rest);
    let meetup = after("meetup rsvp yes ").filter(|_| place.starts_with("room:"))?.get(..18)?;
    let at: String = after("\"at\":")?.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("card of {meetup} at {at}"))
}

/// Reads a log.
pub fn seen(state: &State) -> Seen {
    let mut seen = Seen::default();
    let mut first: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for entry in &state.log {
        let place = entry.call.place.clone();
        match entry.call.verb.as_str() {
            "send" => {
                let card = card_of(&place, &entry.call.text);
                let key = (place, card.clone().unwrap_or_else(|| entry.call.text.clone()));
                if card.is_some() {
                    seen.cards.insert(key.clone(), entry.call.text.clone());
                }
                first.insert(&entry.remote_id, key.clone());
                *seen.posts.entry(key).or_default() += 1;
            }
            "update" => {
                seen.cards.insert(first[entry.remote_id.as_str()].clone(), entry.call.text.clone());
            }
            "open" | "members" => {
                seen.rooms.insert(entry.remote_id.clone(), entry.call.members.clone());
            }
            other => panic!("the log holds a {other}"),
        }
    }
    seen
}

/// Judges a platform's log against an undisturbed year.
pub fn judge(state: &State, undisturbed: &Seen) -> Verdict {
    let mut verdict = Verdict::default();
    let mut markers = BTreeSet::new();
    for entry in state.log.iter().filter(|entry| entry.call.verb == "send") {
        verdict.posts += 1;
        if !markers.insert(&entry.call.marker) {
            verdict.doubled.push(format!("{} to {}", entry.call.marker, entry.call.place));
        }
    }
    let here = seen(state);
    let short =
        |(place, text): &(String, String)| format!("{place}: {}", text.chars().take(600).collect::<String>());
    for (key, count) in &undisturbed.posts {
        let got = here.posts.get(key).copied().unwrap_or(0);
        verdict.lost.extend((got..*count).map(|_| short(key)));
    }
    for (key, count) in &here.posts {
        let due = undisturbed.posts.get(key).copied().unwrap_or(0);
        verdict.extra.extend((due..*count).map(|_| short(key)));
    }
    for (key, text) in &undisturbed.cards {
        if here.cards.get(key) != Some(text) {
            let now = here.cards.get(key).map_or("never changed", String::as_str);
            verdict.lost.push(format!("last words of {}: should be {text}, is {now}", short(key)));
        }
    }
    if here.rooms != undisturbed.rooms {
        verdict.lost.push(format!("rooms {:?} instead of {:?}", here.rooms, undisturbed.rooms));
    }
    verdict
}

impl Verdict {
    /// Nothing lost, nothing doubled, nothing that should not be.
    pub fn must_be_clean(&self, what: &str) {
        let mut words = String::new();
        for (kind, found) in [("doubled", &self.doubled), ("lost", &self.lost), ("extra", &self.extra)] {
            for one in found {
                let _ = writeln!(words, "{kind}: {one}");
            }
        }
        assert!(words.is_empty(), "{what}\n{words}");
    }
}

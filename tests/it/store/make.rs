//! Rows for the store's suite. Invariant: every function gives a whole row that the tables accept as it is, provided
//! that the rows it names are there.

use std::fmt::Debug;

use roundtable::domain::civil::{Instant, Zone};
use roundtable::domain::ids::{
    AccountId, GroupId, MeetupId, NudgeId, PersonId, PlanId, ProgramId, RoomId, WaveId, WorkspaceId,
};
use roundtable::domain::words::{
    GroupState, Lead, MeetupState, Need, NudgeKind, NudgeState, PlanPurpose, PlanState, Presence,
    ProgramState, Role, TieKind, WaveState,
};
use roundtable::store::groups::{Group, Member};
use roundtable::store::meetups::Meetup;
use roundtable::store::nudges::Nudge;
use roundtable::store::people::{Account, Person};
use roundtable::store::plans::{PlanInput, PlanRow, Tie};
use roundtable::store::programs::Program;
use roundtable::store::pulses::WaveRow;
use roundtable::store::workspaces::{Room, Workspace};
use roundtable::store::{Store, StoreError, Tx};

/// Right-to-left text, composed and decomposed letters, pictures of several code points, quotes, a backslash and a
/// line break.
pub const UNUSUAL: &str =
    "שלום · سلام · Ünïcödé · e\u{301} · 👩🏽‍🚀🇺🇳 · 'quoted' \"twice\" \\%_ \u{202e}abc\nnext\tline";

/// Seconds after a fixed moment of 2027.
pub fn at(secs: i64) -> Instant {
    Instant::from_secs(1_800_000_000 + secs)
}

/// What two rows show must be the same in every field.
#[track_caller]
pub fn same(left: &impl Debug, right: &impl Debug) {
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
}

/// The error must be the named table rule.
#[track_caller]
pub fn breaks<T: Debug>(rule: &str, result: Result<T, StoreError>) {
    match result {
        Err(StoreError::Constraint(name)) => assert_eq!(name, rule),
        other => panic!("{rule} should refuse this, but: {other:?}"),
    }
}

/// The error must be a reference to something that is not there.
#[track_caller]
#[allow(clippy::needless_pass_by_value)] // It is handed a call's result, as `breaks` is.
pub fn dangles<T: Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Constraint(_))), "{result:?}");
}

/// A transaction that may write.
pub async fn begin(store: &Store) -> Tx {
    store.begin().await.expect("a transaction opens")
}

pub fn workspace(id: &str) -> Workspace {
    Workspace {
        id: WorkspaceId::new(id),
        platform: "playground".into(),
        external_id: format!("x{id}"),
        name: format!("Workspace {id}"),
        state: Presence::Active,
        created_at: at(0),
    }
}

pub fn person(id: &str, name: &str) -> Person {
    Person {
        id: PersonId::new(id),
        name: name.into(),
        organisation: "Harbour".into(),
        unit: "Docks".into(),
        industry: "transport".into(),
        level: 3,
        need: Need::Peers,
        interests: "ships,tea".into(),
        needs: "budgets".into(),
        offers: "maps".into(),
        languages: "en,de".into(),
        zone: Zone::parse("Europe/Berlin").expect("a zone"),
        zone_chosen: 0,
        availability: "mon-fri 9:00-17:00".into(),
        capacity: 1,
        answer_hours: 48,
        manager_id: None,
        send_from: "09:00".into(),
        send_to: "17:00".into(),
        workdays: "1111100".into(),
        quiet_from: None,
        quiet_to: None,
        snooze_until: None,
        muted: String::new(),
        profile_at: None,
        created_at: at(0),
        updated_at: at(0),
        office_years: 7,
        in_office: 1,
        new_to: "health".into(),
        findable: 1,
    }
}

pub fn account(id: &str, person: &str, workspace: &str) -> Account {
    Account {
        id: AccountId::new(id),
        person_id: PersonId::new(person),
        workspace_id: WorkspaceId::new(workspace),
        external_id: format!("U{id}"),
        handle: format!("h{person}"),
        admin: 0,
        state: Presence::Active,
        dm_room: None,
        created_at: at(0),
        email: None,
        name: None,
    }
}

pub fn program(id: &str, owner: &str) -> Program {
    Program {
        id: ProgramId::new(id),
        slug: format!("slug-{id}"),
        name: format!("Program {id}"),
        owner_id: PersonId::new(owner),
        state: ProgramState::Draft,
        goal: "More people who stay".into(),
        starts_on: "2027-01-04".into(),
        ends_on: "2027-12-17".into(),
        zone: Zone::utc(),
        settings: "{}".into(),
        version: 1,
        created_at: at(0),
        opened_at: None,
    }
}

pub fn plan(id: &str, program: &str, by: &str) -> PlanRow {
    PlanRow {
        id: PlanId::new(id),
        program_id: ProgramId::new(program),
        seed: 7,
        state: PlanState::Draft,
        locks: "[]".into(),
        ledger: String::new(),
        body: "{}".into(),
        purpose: PlanPurpose::Form,
        edits: "[]".into(),
        version: 1,
        created_by: PersonId::new(by),
        created_at: at(0),
    }
}

pub fn plan_input(plan: &str) -> PlanInput {
    PlanInput { plan_id: PlanId::new(plan), problem: UNUSUAL.into(), iterations: i64::MAX }
}

pub fn tie(id: &str, first: &str, second: &str) -> Tie {
    Tie {
        id: id.into(),
        program_id: ProgramId::new("pr1"),
        kind: TieKind::Apart,
        first_side: first.into(),
        second_side: second.into(),
        reason: UNUSUAL.into(),
        created_by: PersonId::new("p1"),
        created_at: at(0),
    }
}

pub fn group(id: &str, program: &str, number: i64) -> Group {
    Group {
        id: GroupId::new(id),
        program_id: ProgramId::new(program),
        number,
        name: format!("Group {number}"),
        state: GroupState::Open,
        lead: Lead::Mentor,
        mode: "mentor".into(),
        cadence: String::new(),
        created_at: at(0),
        closed_at: None,
        purpose: String::new(),
    }
}

pub fn member(group: &str, person: &str, role: Role) -> Member {
    Member {
        group_id: GroupId::new(group),
        person_id: PersonId::new(person),
        role,
        joined_at: at(0),
        left_at: None,
    }
}

pub fn room(id: &str, workspace: &str, group: Option<&str>, program: Option<&str>) -> Room {
    Room {
        id: RoomId::new(id),
        workspace_id: WorkspaceId::new(workspace),
        group_id: group.map(GroupId::new),
        program_id: program.map(ProgramId::new),
        name: format!("room-{id}"),
        external_id: None,
        state: Presence::Active,
        created_at: at(0),
        card_id: None,
    }
}

/// A meetup of an hour that begins `starts` seconds after the fixed moment.
pub fn meetup(id: &str, group: &str, number: i64, starts: i64) -> Meetup {
    Meetup {
        id: MeetupId::new(id),
        group_id: GroupId::new(group),
        program_id: ProgramId::new("pr1"),
        number,
        closing: 0,
        slot: "2027-03-14T15:00".parse().expect("a slot"),
        zone: Zone::parse("America/New_York").expect("a zone"),
        starts_at: at(starts),
        minutes: 60,
        theme: "start".into(),
        lead: Lead::Rotating,
        host_id: None,
        place: "Room 4".into(),
        state: MeetupState::Planned,
        sequence: 1,
        planned_sequence: 0,
        plan_at: at(starts - 1_000),
        created_at: at(0),
    }
}

pub fn wave(id: &str, program: &str, number: i64) -> WaveRow {
    WaveRow {
        id: WaveId::new(id),
        program_id: ProgramId::new(program),
        number,
        opens_on: "2027-03-01".into(),
        closes_on: "2027-03-14".into(),
        opens_at: at(0),
        closes_at: at(1_000),
        state: WaveState::Planned,
        results: None,
    }
}

/// A nudge about `s1`, owed to the person (when there is one), due `due` seconds after the fixed moment.
pub fn nudge(id: &str, kind: NudgeKind, person: Option<&str>, due: i64) -> Nudge {
    Nudge {
        id: NudgeId::new(id),
        key: format!("{kind}|s1|{}|{id}", person.unwrap_or("room")),
        kind,
        program_id: Some(ProgramId::new("pr1")),
        subject: "s1".into(),
        person_id: person.map(PersonId::new),
        room_id: person.is_none().then(|| RoomId::new("r1")),
        slot: id.into(),
        note: String::new(),
        due_at: at(due),
        not_after: at(due + 3_600),
        state: NudgeState::Ready,
        attempt: 0,
        tries: 0,
        lease_until: None,
        intent_at: None,
        place: None,
        remote_id: None,
        reason: None,
        open_until: None,
        done_at: None,
        created_at: at(0),
    }
}

/// A workspace `w1`, the persons `p1` to `p4` with an account each, a program `pr1` of `p1` in `w1`, and its groups
/// `g1` and `g2`, still empty.
pub async fn council(store: &Store) {
    let mut tx = begin(store).await;
    tx.insert_workspace(&workspace("w1")).await.expect("a workspace");
    for (id, name) in [("p1", "Ada North"), ("p2", "Bo South"), ("p3", "Cy East"), ("p4", "Di West")] {
        tx.insert_person(&person(id, name)).await.expect("a person");
        tx.insert_account(&account(&format!("a{id}"), id, "w1")).await.expect("an account");
    }
    tx.insert_program(&program("pr1", "p1")).await.expect("a program");
    tx.insert_program_workspace(&ProgramId::new("pr1"), &WorkspaceId::new("w1")).await.expect("it spans w1");
    for (id, number) in [("g1", 1), ("g2", 2)] {
        tx.insert_group(&group(id, "pr1", number)).await.expect("a group");
    }
    tx.commit().await.expect("the council is kept");
}

pub fn p(id: &str) -> PersonId {
    PersonId::new(id)
}

pub fn g(id: &str) -> GroupId {
    GroupId::new(id)
}

pub fn pr1() -> ProgramId {
    ProgramId::new("pr1")
}

pub fn w1() -> WorkspaceId {
    WorkspaceId::new("w1")
}

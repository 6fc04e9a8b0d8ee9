//! The demo council on Slack: the same people as in the playground, each enrolling by the own act.

use roundtable::adapters::playground::{MANAGER, PROGRAM};
use sqlx::Row as _;

use super::front::Front;
use super::{Chapter, accept_version, sqlite_copy};

/// What the playground's council says about itself.
const PEOPLE: &str = "SELECT a.external_id, p.name, p.organisation, p.zone, p.industry, p.level, p.interests, p.needs, \
                      p.offers, p.capacity, p.answer_hours, COALESCE(m.name, ''), \
                      COALESCE((SELECT group_concat(r.role) FROM roles r WHERE r.person_id = p.id), '') \
                      FROM persons p JOIN accounts a ON a.person_id = p.id LEFT JOIN persons m ON m.id = p.manager_id \
                      ORDER BY p.created_at, p.id";

/// Founds it.
pub async fn found(front: &mut dyn Front) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("council.db");
    std::fs::write(&path, sqlite_copy(Chapter::Demo).await).expect("a copy");
    let pool = sqlx::SqlitePool::connect(&path.display().to_string()).await.expect("it opens");
    let people = sqlx::query(PEOPLE).fetch_all(&pool).await.expect("people");
    pool.close().await;
    let text = |row: &sqlx::sqlite::SqliteRow, at: usize| row.get::<String, _>(at);
    let number = |row: &sqlx::sqlite::SqliteRow, at: usize| row.get::<i64, _>(at);
    let (first, others): (Vec<_>, Vec<_>) = people.iter().partition(|row| text(row, 0) == MANAGER);
    for row in first.iter().chain(&others) {
        let handle = front.add(&text(row, 1), &text(row, 2), &text(row, 3)).await;
        assert_eq!(handle, text(row, 0), "the same short names");
        if handle == MANAGER {
            programme(front).await;
        }
    }
    for row in others {
        let who = text(row, 0);
        let mut profile = format!(
            "/mentor profile name=\"{}\" industry=\"{}\" level={} interests=\"{}\" needs=\"{}\" offers=\"{}\" \
             availability=\"mon-fri 8:00-18:00\" capacity={}",
            text(row, 1),
            text(row, 4),
            number(row, 5),
            text(row, 6),
            text(row, 7),
            text(row, 8),
            number(row, 9),
        );
        if number(row, 10) > 0 {
            profile = format!("{profile} answer={}", number(row, 10));
        }
        if !text(row, 11).is_empty() {
            profile = format!("{profile} manager=\"{}\"", text(row, 11));
        }
        front.says_in(&who, "lobby", &profile).await;
        let roles = text(row, 12);
        let role = match (roles.contains("mentor"), roles.contains("participant")) {
            (true, true) => "both",
            (true, false) => "mentor",
            _ => "participant",
        };
        let accept = format!("/mentor charter accept {PROGRAM} {role} {}", accept_version());
        front.says_in(&who, "lobby", &accept).await;
    }
}

async fn programme(front: &mut dyn Front) {
    for command in [
        format!(
            "/mentor program create name=\"Pathways for future CIOs\" slug={PROGRAM} goal=\"Fill two of three CIO \
             posts from within\" starts=2027-01-04 ends=2028-01-04 zone=Europe/Berlin cadence=monthly waves=2"
        ),
        format!(
            "/mentor program settings {PROGRAM} smallest=3 largest=5 mentors=1 place=https://meet.example/pathways \
             holidays=international"
        ),
        format!("/mentor program open {PROGRAM}"),
    ] {
        front.says_in(MANAGER, "lobby", &command).await;
    }
}

//! A council to start from: 32 people of nine organisations in six time zones, eight of them mentors, three with
//! their managers in the programme. They join by the same commands that everybody uses, each in their own room with the
//! bot, so that the lobby starts clean.

use super::room::direct_room;
use super::{Playground, Wrong};

/// Account of the programme manager.
pub const MANAGER: &str = "marta";
/// Short name of the programme.
pub const PROGRAM: &str = "pathways";

/// Name, organisation, zone, role, level, needs or offers, interests, manager.
type Row = (&'static str, usize, usize, Role, u8, &'static str, &'static str, &'static str);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Mentor,
    Participant,
    Both,
}
use Role::{Both, Mentor, Participant};

const ORGANISATIONS: [(&str, &str); 9] = [
    ("Harbour Bank", "finance"),
    ("Northlight Energy", "energy"),
    ("Juniper Health", "health care"),
    ("Copperline Rail", "transport"),
    ("Meadow Foods", "food"),
    ("Atlas Insurance", "insurance"),
    ("Riverstone City", "public service"),
    ("Quill Media", "media"),
    ("Summit Machines", "manufacturing"),
];

const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "Europe/London",
    "Europe/Helsinki",
    "Africa/Johannesburg",
    "America/New_York",
    "Asia/Kolkata",
];

const PEOPLE: [Row; 32] = [
    ("Anselm Brook", 0, 0, Mentor, 6, "stakeholders, culture-politics, divided-committee", "isolation", ""),
    ("Beatrix Lund", 1, 1, Mentor, 6, "change-communication, it-strategy", "team-growth", ""),
    ("Caspar Venn", 2, 2, Mentor, 6, "industry-change, value-credibility", "workload", ""),
    ("Dalia Moor", 3, 3, Mentor, 5, "cio-skills, team-growth", "stakeholders", ""),
    ("Edmund Frost", 4, 0, Mentor, 6, "workload, it-strategy, stakeholders", "culture-politics", ""),
    ("Fenja Hale", 5, 4, Mentor, 6, "value-credibility, divided-committee", "it-strategy", ""),
    ("Gideon Marsh", 6, 1, Both, 5, "culture-politics, isolation", "cio-skills", ""),
    ("Helene Stroud", 7, 5, Mentor, 6, "technology-fluency, change-communication", "industry-change", ""),
    ("Ivo Tarn", 0, 0, Participant, 4, "stakeholders, cio-skills", "team-growth", "Anselm Brook"),
    ("Jutta Rook", 1, 0, Participant, 4, "change-communication", "workload", "Beatrix Lund"),
    ("Kamil Sedge", 2, 1, Participant, 3, "isolation, workload", "cio-skills", "Caspar Venn"),
    ("Lotte Wren", 3, 1, Participant, 4, "divided-committee", "stakeholders", ""),
    ("Mirko Dell", 4, 2, Participant, 5, "it-strategy, value-credibility", "industry-change", ""),
    ("Nadia Firth", 5, 0, Participant, 4, "culture-politics", "isolation", ""),
    ("Orla Finch", 6, 1, Participant, 4, "stakeholders, change-communication", "it-strategy", ""),
    ("Piet Garrow", 7, 0, Participant, 3, "cio-skills", "technology-fluency", ""),
    ("Quentin Ash", 8, 0, Participant, 5, "industry-change", "team-growth", ""),
    ("Rosa Thorne", 8, 4, Participant, 4, "workload, team-growth", "stakeholders", ""),
    ("Silas Wake", 0, 4, Participant, 5, "it-strategy", "value-credibility", ""),
    ("Tilda Crane", 1, 3, Participant, 4, "isolation", "culture-politics", ""),
    ("Ulrik Bay", 2, 2, Participant, 4, "value-credibility", "it-strategy", ""),
    ("Vera Pell", 3, 5, Participant, 4, "technology-fluency", "cio-skills", ""),
    ("Willem Oak", 4, 0, Participant, 3, "change-communication", "isolation", ""),
    ("Xenia Lark", 5, 2, Participant, 4, "divided-committee, stakeholders", "workload", ""),
    ("Yannick Reed", 6, 3, Participant, 5, "culture-politics", "change-communication", ""),
    ("Zora Flint", 7, 4, Participant, 4, "team-growth", "divided-committee", ""),
    ("Aino Birch", 8, 2, Participant, 4, "cio-skills, it-strategy", "stakeholders", ""),
    ("Bram Holt", 0, 1, Participant, 4, "workload", "technology-fluency", ""),
    ("Clara Moss", 2, 0, Participant, 5, "stakeholders", "value-credibility", ""),
    ("Dario Lane", 5, 1, Participant, 3, "isolation, cio-skills", "team-growth", ""),
    ("Elin Shore", 6, 5, Participant, 4, "industry-change", "culture-politics", ""),
    ("Marta Keel", 8, 0, Participant, 5, "", "", ""),
];

impl Playground {
    /// Fills an empty workspace with the council. The last one of the list founds and runs the programme.
    pub async fn start_demo(&self) -> Result<(), Wrong> {
        let people = self.core().directory(super::PLATFORM, super::WORKSPACE).await?;
        if !people.is_empty() {
            return Err(Wrong::Refused(
                "People are here already. Start the playground with another database file for a fresh council.".into(),
            ));
        }
        let (manager, others) = PEOPLE.split_last().expect("the council has people");
        let account = self.add_person(manager.0, ORGANISATIONS[manager.1].0, ZONES[manager.2]).await?;
        self.found(&account).await?;
        let mut accounts = Vec::new();
        for row in others {
            accounts.push(self.add_person(row.0, ORGANISATIONS[row.1].0, ZONES[row.2]).await?);
        }
        for (row, account) in others.iter().zip(&accounts) {
            self.enrol(account, row).await?;
        }
        Ok(())
    }

    async fn found(&self, account: &str) -> Result<(), Wrong> {
        let room = direct_room(account);
        let starts = crate::domain::civil::Zone::utc().date(self.now());
        let ends = starts.checked_add(jiff::Span::new().years(1)).unwrap_or(starts);
        let create = format!(
            "/mentor program create name=\"Pathways for future CIOs\" slug={PROGRAM} \
             goal=\"Fill two of three CIO posts from within\" starts={starts} ends={ends} zone=Europe/Berlin \
             cadence=monthly waves=2"
        );
        self.say(account, &room, &create).await?;
        let settings = format!(
            "/mentor program settings {PROGRAM} smallest=3 largest=5 mentors=1 \
             place=https://meet.example/pathways holidays=international"
        );
        self.say(account, &room, &settings).await?;
        self.say(account, &room, &format!("/mentor program open {PROGRAM}")).await?;
        Ok(())
    }

    async fn enrol(&self, account: &str, row: &Row) -> Result<(), Wrong> {
        let room = direct_room(account);
        let (name, organisation, _, role, level, topics, interests, manager) = *row;
        let (industry, offers) = (ORGANISATIONS[organisation].1, role != Participant);
        let field = if offers { "offers" } else { "needs" };
        let mut profile = format!(
            "/mentor profile name=\"{name}\" industry=\"{industry}\" level={level} {field}=\"{topics}\" \
             interests=\"{interests}\" availability=\"mon-fri 8:00-18:00\" capacity={}",
            u8::from(offers)
        );
        if role == Both {
            profile.push_str(" needs=\"cio-skills\"");
        }
        if offers {
            profile.push_str(" answer=48");
        }
        if !manager.is_empty() {
            profile = format!("{profile} manager=\"{manager}\"");
        }
        self.say(account, &room, &profile).await?;
        let role = match role {
            Mentor => "mentor",
            Participant => "participant",
            Both => "both",
        };
        let version = self.core().content().texts.charter.version;
        let accept = format!("/mentor charter accept {PROGRAM} {role} {version}");
        self.say(account, &room, &accept).await?;
        Ok(())
    }
}

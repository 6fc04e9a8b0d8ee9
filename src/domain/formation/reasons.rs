//! Why a group looks the way it does: typed, with plain words.
//!
//! Invariant: a reason carries the facts, never a name; names come from the caller when the words
//! are made.

use serde::{Deserialize, Serialize};

/// What a group is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Participants' needs that a mentor can serve.
    Needs,
    /// Pairs of members with shared interests.
    Interests,
    /// Hours of the week in common.
    Hours,
    /// Mentors' industries compared with the participants'.
    MentorIndustry,
    /// Industries among the participants.
    Industry,
    /// Different units.
    Units,
    /// Steps between mentors and participants.
    Levels,
    /// Nearness to the middle of the allowed sizes.
    Size,
    /// Members new to each other.
    NewFaces,
    /// Participants who share goals.
    Goals,
    /// Wishes met, less vetoes.
    Wishes,
    /// Mentors' offices and training.
    Credentials,
    /// Participants one or two levels apart.
    Spread,
    /// Different departments among participants.
    Departments,
    /// Different regions among participants.
    Regions,
    /// Mentors with few other groups.
    Load,
    /// Good hours for those who had a bad one.
    Fairness,
}

impl Criterion {
    /// All criteria in the order of a plan.
    pub const ALL: [Self; 17] = [
        Self::Needs,
        Self::Interests,
        Self::Hours,
        Self::MentorIndustry,
        Self::Industry,
        Self::Units,
        Self::Levels,
        Self::Size,
        Self::NewFaces,
        Self::Goals,
        Self::Wishes,
        Self::Credentials,
        Self::Spread,
        Self::Departments,
        Self::Regions,
        Self::Load,
        Self::Fairness,
    ];

    /// A short name for tables.
    pub fn words(self) -> &'static str {
        match self {
            Self::Needs => "Needs the mentors can help with",
            Self::Interests => "Shared interests",
            Self::Hours => "Common hours",
            Self::MentorIndustry => "Mentor's industry",
            Self::Industry => "Industries",
            Self::Units => "Different organisations or units",
            Self::Levels => "Steps between mentor and participants",
            Self::Size => "Group size",
            Self::NewFaces => "New faces",
            Self::Goals => "Shared goals",
            Self::Wishes => "Wishes of the members",
            Self::Credentials => "Mentors' credentials",
            Self::Spread => "Levels among participants",
            Self::Departments => "Different departments",
            Self::Regions => "Different regions",
            Self::Load => "Mentors with time",
            Self::Fairness => "Good hours after bad ones",
        }
    }
}

/// A fact that speaks for a group or for a person's place in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A mentor offers what a participant needs.
    NeedsCovered {
        /// Id of the mentor.
        mentor: String,
        /// Id of the participant.
        person: String,
        /// Topics, at least one.
        needs: Vec<String>,
    },
    /// A mentor serves needs of several participants.
    MentorServes {
        /// Id of the mentor.
        mentor: String,
        /// How many participants have a need the mentor serves.
        people: usize,
        /// Topics, at least one.
        needs: Vec<String>,
    },
    /// Interests a person shares with others of the group.
    SharedInterests {
        /// Id of the person.
        person: String,
        /// Ids of those who share at least one of the interests.
        with: Vec<String>,
        /// The interests, at least one.
        interests: Vec<String>,
    },
    /// A coach for somebody who asked for one.
    CoachForYou {
        /// Id of the coach.
        coach: String,
        /// Id of the participant.
        person: String,
    },
    /// A mentor from the industry that somebody is new to.
    KnowsIndustry {
        /// Id of the mentor.
        mentor: String,
        /// Id of the participant.
        person: String,
        /// The industry.
        industry: String,
    },
    /// People whom a person wished for and who are here.
    WishKept {
        /// Id of the person.
        person: String,
        /// Ids of those wished for, at least one.
        with: Vec<String>,
    },
    /// Interests that several members of a group have.
    CommonInterests {
        /// The interests, at least one, most shared first.
        interests: Vec<String>,
    },
    /// Hours of the week that the whole group has.
    CommonHours {
        /// Number of hours.
        hours: u32,
    },
    /// How many different units meet.
    DistinctUnits {
        /// Units, an unknown one counting as its own.
        units: usize,
        /// Members, mentors counted.
        people: usize,
    },
    /// Participants' industries differ.
    MixedIndustries {
        /// Number of different known industries, at least 2.
        industries: usize,
    },
    /// Several participants share an industry, as wished.
    SameIndustry {
        /// The industry.
        industry: String,
        /// Participants who work in it, at least 2.
        people: usize,
    },
    /// Nobody has been in a group with anybody here.
    NewFaces,
    /// Some pairs know each other from an earlier group.
    MetBefore {
        /// Number of pairs.
        pairs: usize,
    },
}

/// "a", "a and b", "a, b and c".
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// "1 hour", "2 hours".
pub(super) fn counted(number: usize, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {more}") }
}

/// Who a reason is told to, and how ids become words.
#[derive(Clone, Copy)]
pub struct Telling<'a> {
    /// Id of the member who reads; `None` when the words are for staff.
    pub reader: Option<&'a str>,
    /// Turns a person's id into a name.
    pub name_of: &'a dyn Fn(&str) -> String,
    /// Turns a topic into the words for it in the middle of a sentence.
    pub title_of: &'a dyn Fn(&str) -> String,
    /// In what the people of a group differ, in the singular, such as `organisation`.
    pub unit: &'a str,
}

impl Telling<'_> {
    fn is_reader(&self, id: &str) -> bool {
        self.reader == Some(id)
    }

    /// A name as the subject of a sentence.
    fn subject(&self, id: &str) -> String {
        if self.is_reader(id) { "You".to_owned() } else { (self.name_of)(id) }
    }

    /// A name in the middle of a sentence.
    fn object(&self, id: &str) -> String {
        if self.is_reader(id) { "you".to_owned() } else { (self.name_of)(id) }
    }

    /// Topics at the end of a sentence. Titles that hold a comma or an "and" themselves are kept apart.
    fn topics(&self, topics: &[String]) -> String {
        let titles: Vec<String> = topics.iter().map(|topic| (self.title_of)(topic)).collect();
        let is_compound = |title: &String| title.contains(',') || title.contains(" and ");
        if titles.iter().any(is_compound) { titles.join("; ") } else { listed(&titles) }
    }

    /// One of two wordings: for a member of the group, or for staff.
    fn either<'w>(&self, member: &'w str, staff: &'w str) -> &'w str {
        if self.reader.is_some() { member } else { staff }
    }
}

impl Reason {
    /// The reason as a sentence. A member is spoken to as "you".
    pub fn words(&self, to: &Telling<'_>) -> String {
        match self {
            Self::NeedsCovered { mentor, person, needs } => {
                format!("{} can help {} with {}.", to.subject(mentor), to.object(person), to.topics(needs))
            }
            Self::MentorServes { mentor, people, needs } => format!(
                "{} can help {} with {}.",
                to.subject(mentor),
                counted(*people, "participant", "participants"),
                to.topics(needs)
            ),
            Self::SharedInterests { person, with, interests } => format!(
                "{} {} interests with {}: {}.",
                to.subject(person),
                if to.is_reader(person) { "share" } else { "shares" },
                listed(&with.iter().map(|id| to.object(id)).collect::<Vec<_>>()),
                to.topics(interests)
            ),
            Self::CoachForYou { coach, person } => {
                format!("{} asked for a coach, and {} is one.", to.subject(person), (to.name_of)(coach))
            }
            Self::KnowsIndustry { mentor, person, industry } => format!(
                "{} {} new to {industry}, and {} works there.",
                to.subject(person),
                if to.is_reader(person) { "are" } else { "is" },
                to.object(mentor)
            ),
            Self::WishKept { person, with } => {
                let names: Vec<String> = with.iter().map(|id| to.object(id)).collect();
                format!("{} wished to be with {}.", to.subject(person), listed(&names))
            }
            Self::CommonInterests { interests } => {
                format!(
                    "{} care about {}.",
                    to.either("Several of you", "Several members"),
                    to.topics(interests)
                )
            }
            Self::CommonHours { hours } => {
                let hours = usize::try_from(*hours).unwrap_or(usize::MAX);
                let hours = counted(hours, "hour", "hours");
                format!("{} free together for {hours} a week.", to.either("You are all", "All are"))
            }
            Self::DistinctUnits { units, people } => units_in_words(*units, *people, to),
            Self::MixedIndustries { industries } => {
                format!("Participants bring views from {industries} industries.")
            }
            Self::SameIndustry { industry, people } => {
                format!("{people} participants work in {industry}.")
            }
            Self::NewFaces => {
                let who = to.either("None of you has", "Nobody here has");
                format!("{who} been in a group together before.")
            }
            Self::MetBefore { pairs } => format!(
                "{} from an earlier group.",
                counted(*pairs, "pair knows each other", "pairs know each other")
            ),
        }
    }
}

fn units_in_words(units: usize, people: usize, to: &Telling<'_>) -> String {
    let who = to.either("of you", "people");
    match (units, to.unit) {
        (1, unit) => format!("{people} {who} come from one {unit}."),
        (_, unit) if units == people => format!("All {people} {who} come from different {unit}s."),
        (_, unit) => format!("{people} {who} come from {units} different {unit}s."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(reason: &Reason, reader: Option<&str>) -> String {
        let name_of = |id: &str| id.to_uppercase();
        let title_of = |topic: &str| topic.replace('-', " ");
        reason.words(&Telling { reader, name_of: &name_of, title_of: &title_of, unit: "organisation" })
    }

    fn can_help() -> Reason {
        let needs = vec!["budgets".to_owned(), "hiring-people".to_owned(), "talks".to_owned()];
        Reason::NeedsCovered { mentor: "a".into(), person: "b".into(), needs }
    }

    #[test]
    fn staff_read_names_titles_of_topics_and_the_unit_of_their_programme() {
        assert_eq!(said(&can_help(), None), "A can help B with budgets, hiring people and talks.");
        let hours = Reason::CommonHours { hours: 1 };
        assert_eq!(said(&hours, None), "All are free together for 1 hour a week.");
        let units = Reason::DistinctUnits { units: 5, people: 5 };
        assert_eq!(said(&units, None), "All 5 people come from different organisations.");
        let fewer = Reason::DistinctUnits { units: 1, people: 2 };
        assert_eq!(said(&fewer, None), "2 people come from one organisation.");
        let interests = vec!["culture and politics".to_owned(), "talks".to_owned()];
        let common = Reason::CommonInterests { interests };
        assert_eq!(said(&common, None), "Several members care about culture and politics; talks.");
        let met = Reason::MetBefore { pairs: 2 };
        assert_eq!(said(&met, None), "2 pairs know each other from an earlier group.");
    }

    #[test]
    fn a_member_is_spoken_to_as_you_wherever_they_stand_in_the_sentence() {
        assert_eq!(said(&can_help(), Some("b")), "A can help you with budgets, hiring people and talks.");
        assert_eq!(said(&can_help(), Some("a")), "You can help B with budgets, hiring people and talks.");
        let shares = Reason::SharedInterests {
            person: "a".into(),
            with: vec!["b".into(), "c".into()],
            interests: vec!["talks".into()],
        };
        assert_eq!(said(&shares, Some("a")), "You share interests with B and C: talks.");
        assert_eq!(said(&shares, Some("c")), "A shares interests with B and you: talks.");
        let kept = Reason::WishKept { person: "a".into(), with: vec!["b".into(), "c".into()] };
        assert_eq!(said(&kept, Some("a")), "You wished to be with B and C.");
        let [mentor, person, industry] = ["a", "b", "health care"].map(str::to_owned);
        let knows = Reason::KnowsIndustry { mentor, person, industry };
        assert_eq!(said(&knows, Some("b")), "You are new to health care, and A works there.");
        let hours = Reason::CommonHours { hours: 40 };
        assert_eq!(said(&hours, Some("a")), "You are all free together for 40 hours a week.");
        assert_eq!(said(&Reason::NewFaces, Some("a")), "None of you has been in a group together before.");
    }
}

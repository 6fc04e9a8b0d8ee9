//! The shelf: starters, tags, formats, meetup themes and the year calendar, already checked.
//! Invariant: ids are unique and references resolve; `content` refuses a shelf that breaks this.

use super::kinds::{AnsweredBy, Depth, Mode, Need, Phase, Stance};

/// One open question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starter {
    /// Stable id, such as `acq-01`; never used for another question.
    pub id: String,
    /// Where in the life of a group it belongs.
    pub phase: Phase,
    /// How personal it is.
    pub depth: Depth,
    /// Kinds of session it suits; the first is the main one. Never empty.
    pub modes: Vec<Mode>,
    /// Tags, one to three.
    pub themes: Vec<String>,
    /// Key of the way the group answers.
    pub format: String,
    /// Minutes to plan for a group of six to eight.
    pub minutes: u32,
    /// Who speaks.
    pub answered_by: AnsweredBy,
    /// Ask or tell.
    pub stance: Stance,
    /// The question.
    pub text: String,
    /// The question after the first answer.
    pub follow_up: String,
    /// What must exist first, if anything.
    pub needs: Option<Need>,
}

impl Starter {
    /// The main mode: the first in the list.
    pub fn main_mode(&self) -> Mode {
        self.modes.first().copied().unwrap_or(Mode::Peer)
    }

    /// True when the starter carries this tag.
    pub fn has_theme(&self, key: &str) -> bool {
        self.themes.iter().any(|theme| theme == key)
    }
}

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Key, such as `stakeholders`.
    pub key: String,
    /// Words people see.
    pub title: String,
    /// True for a tag that each group should meet by three quarters of its programme.
    pub core: bool,
}

/// One way of answering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// Key, such as `hotseat`.
    pub key: String,
    /// Words people see.
    pub title: String,
}

/// A theme for a whole meetup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetupTheme {
    /// Stable id, such as `meetup-06`.
    pub id: String,
    /// Words people see.
    pub title: String,
    /// Phase it belongs to.
    pub phase: Phase,
    /// Tag whose starters fit.
    pub theme: String,
    /// Key of the suggested format.
    pub format: String,
    /// Hand-picked starters, three or more.
    pub starters: Vec<String>,
}

/// Which meetup themes suit one month of a twelve-month programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarMonth {
    /// 1 to 12.
    pub month: u32,
    /// Ids of meetup themes, best first; empty when the group's own topics decide.
    pub themes: Vec<String>,
    /// True when a member's own problem should be on the agenda as well.
    pub hot_seat: bool,
}

/// Everything on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Library {
    /// The questions, in file order.
    pub starters: Vec<Starter>,
    /// The tags.
    pub themes: Vec<Theme>,
    /// The ways of answering.
    pub formats: Vec<Format>,
    /// The themes for whole meetups.
    pub meetups: Vec<MeetupTheme>,
    /// The year calendar, months 1 to 12.
    pub calendar: Vec<CalendarMonth>,
    /// Titles of phases, where the files rename them.
    pub phase_titles: Vec<(Phase, String)>,
    /// Titles of modes, where the files rename them.
    pub mode_titles: Vec<(Mode, String)>,
}

impl Library {
    /// The starter with this id.
    pub fn starter(&self, id: &str) -> Option<&Starter> {
        self.starters.iter().find(|starter| starter.id == id)
    }

    /// The meetup theme with this id.
    pub fn meetup(&self, id: &str) -> Option<&MeetupTheme> {
        self.meetups.iter().find(|meetup| meetup.id == id)
    }

    /// The calendar entry of a month, 1 to 12.
    pub fn month(&self, month: u32) -> Option<&CalendarMonth> {
        self.calendar.iter().find(|entry| entry.month == month)
    }

    /// Keys of the core tags.
    pub fn core_themes(&self) -> impl Iterator<Item = &str> {
        self.themes.iter().filter(|theme| theme.core).map(|theme| theme.key.as_str())
    }

    /// Title of a tag; the key itself when the tag is unknown.
    pub fn theme_title<'a>(&'a self, key: &'a str) -> &'a str {
        self.themes.iter().find(|theme| theme.key == key).map_or(key, |theme| &theme.title)
    }

    /// Title of a format; the key itself when the format is unknown.
    pub fn format_title<'a>(&'a self, key: &'a str) -> &'a str {
        self.formats.iter().find(|format| format.key == key).map_or(key, |format| &format.title)
    }

    /// Title of a phase.
    pub fn phase_title(&self, phase: Phase) -> &str {
        self.phase_titles.iter().find(|(p, _)| *p == phase).map_or(phase.title(), |(_, title)| title)
    }

    /// Title of a mode.
    pub fn mode_title(&self, mode: Mode) -> &str {
        self.mode_titles.iter().find(|(m, _)| *m == mode).map_or(mode.title(), |(_, title)| title)
    }
}

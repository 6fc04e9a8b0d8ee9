//! What a program manager can set. Every field has a default, every value is checked, and an impossible
//! combination is refused with a sentence that says what to change.

use serde::{Deserialize, Serialize};

use super::formation::Rules;
use super::words::{Difference, Lead};

/// The fewest pulse waves in twelve months (row B39).
pub const MIN_WAVES_PER_YEAR: u32 = 2;
/// The latest day of the first meetup, counted from publishing the groups (row B34).
pub const FIRST_MEETUP_WITHIN_DAYS: i64 = 14;

/// Settings of one program, stored as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// In what the people of a group must differ.
    pub difference: Difference,
    /// Sizes, quotas and weights of formation.
    pub formation: Rules,
    /// The groups' rhythm in words, such as `monthly on the first tuesday at 15:00`.
    pub cadence: String,
    /// Length of a meetup in minutes.
    pub minutes: u32,
    /// Who leads the meetups.
    pub lead: Lead,
    /// Where meetups take place unless a group says otherwise.
    pub place: String,
    /// Keys of the holiday calendars on which no meetup falls.
    pub holidays: Vec<String>,
    /// Pulse waves in twelve months.
    pub waves_per_year: u32,
    /// Days without pulses, as `YYYY-MM-DD..YYYY-MM-DD`.
    pub freeze: Vec<String>,
    /// How much may be sent to one person.
    pub load: Load,
    /// Whether platforms that have public events show the groups' next meetups there.
    pub events: bool,
    /// Whether mentors apply and staff choose them; otherwise whoever joins as a mentor is one.
    pub mentors_apply: bool,
}

/// Unasked direct messages to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Load {
    /// In 24 hours.
    pub per_day: u32,
    /// In 7 days.
    pub per_week: u32,
    /// In 30 days.
    pub per_month: u32,
}

impl Default for Load {
    fn default() -> Self {
        Self { per_day: 1, per_week: 2, per_month: 6 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            difference: Difference::Organisation,
            formation: Rules::default(),
            cadence: "monthly on the first tuesday at 15:00".to_owned(),
            minutes: 75,
            lead: Lead::Mentor,
            place: String::new(),
            holidays: vec!["international".to_owned()],
            waves_per_year: MIN_WAVES_PER_YEAR,
            freeze: Vec::new(),
            load: Load::default(),
            events: false,
            mentors_apply: false,
        }
    }
}

/// A setting that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingFault(pub String);

impl Settings {
    /// Reads the stored form.
    pub fn parse(json: &str) -> Result<Self, SettingFault> {
        serde_json::from_str(json).map_err(|error| SettingFault(error.to_string()))
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("settings hold nothing that JSON cannot say")
    }

    /// Whether the settings can hold together.
    pub fn check(&self) -> Result<(), SettingFault> {
        let fault = |text: &str| Err(SettingFault(text.to_owned()));
        if self.waves_per_year < MIN_WAVES_PER_YEAR {
            return fault("A programme asks for feedback at least twice a year. Set waves to 2 or more.");
        }
        if self.waves_per_year > 3 {
            return fault("More than three pulses a year tire people out. Set waves to 2 or 3.");
        }
        if !(15..=480).contains(&self.minutes) {
            return fault("A meetup lasts between 15 and 480 minutes. Set minutes to a number in between.");
        }
        if self.load.per_day == 0 || self.load.per_week == 0 || self.load.per_month == 0 {
            return fault(
                "A limit of 0 messages would silence the programme. Use pause for that, or set 1 or more.",
            );
        }
        self.formation.check().map_err(|fault| SettingFault(fault.to_string()))
    }
}

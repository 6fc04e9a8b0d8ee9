//! What the chooser knows about a group on the day of an offer. Invariant: plain facts only; nothing
//! in here was read from a clock, a database or a survey answer of fewer than five people.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::{Mode, Phase};

/// A challenge that a member raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentChallenge {
    /// Tag of the challenge.
    pub theme: String,
    /// Whole days since it was raised.
    pub age_days: u32,
}

/// What the group already has, for starters that need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)] // four independent facts, one per `Need`
pub struct Ready {
    /// A member has a goal.
    pub goals: bool,
    /// An action was agreed.
    pub actions: bool,
    /// A member brought a challenge.
    pub challenge: bool,
    /// The group has met before.
    pub history: bool,
}

/// Soft hints from the pulse, at most two points, never named in a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hints {
    /// People do not feel safe to raise hard problems.
    pub low_safety: bool,
    /// Ideas of other members help little.
    pub low_peer_help: bool,
    /// Few new ways of working, or little progress.
    pub low_progress: bool,
}

/// How other groups liked a starter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Liking {
    /// Groups that rated it; counts from five on.
    pub groups: u32,
    /// Mean from -1 (no) to 1 (yes).
    pub mean: f64,
}

/// Everything that decides an offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// Group.
    pub group_id: String,
    /// Meetup.
    pub meetup_id: String,
    /// 1 for the first meetup.
    pub meetup_number: u32,
    /// Meetups in the whole programme.
    pub meetups_total: u32,
    /// Share of the programme that has passed, 0 to 1; see `progress_at`.
    pub progress: f64,
    /// How this session is led.
    pub mode: Mode,
    /// Phase that the first choice comes from; see `lead_phase`.
    pub lead_phase: Phase,
    /// Id of the booked meetup theme, if one is booked.
    pub meetup_theme: Option<String>,
    /// Tags of the group's goals.
    pub goal_themes: Vec<String>,
    /// Challenges of the last months.
    pub recent_challenges: Vec<RecentChallenge>,
    /// Starters this group has used, ever.
    pub heard_by_group: BTreeSet<String>,
    /// Starter to number of present members who met it elsewhere within 24 months.
    pub heard_by_members: BTreeMap<String, u32>,
    /// Members of the group.
    pub members: u32,
    /// Starters the group or staff never want.
    pub banned: BTreeSet<String>,
    /// Starter to days since it was skipped.
    pub skipped: BTreeMap<String, u32>,
    /// Main modes of the last two starters used.
    pub last_modes: Vec<Mode>,
    /// Tags of the last three starters used, one each.
    pub last_themes: Vec<String>,
    /// Core tags that were offered before, in any slot.
    pub offered_themes: BTreeSet<String>,
    /// A member joined since the last meetup.
    pub new_member_joined: bool,
    /// A member is new to an industry.
    pub new_to_industry: bool,
    /// Soft hints from the pulse.
    pub hints: Hints,
    /// What exists already.
    pub ready: Ready,
    /// Minutes left on the agenda; none when there is no limit.
    pub minutes_left: Option<u32>,
    /// Liking in other groups.
    pub liking: BTreeMap<String, Liking>,
}

impl Situation {
    /// The first meetup of a group with no past: a base to build on.
    pub fn first_meetup(
        group_id: &str,
        meetup_id: &str,
        meetups_total: u32,
        mode: Mode,
        members: u32,
    ) -> Self {
        Self {
            group_id: group_id.to_owned(),
            meetup_id: meetup_id.to_owned(),
            meetup_number: 1,
            meetups_total,
            progress: 0.0,
            mode,
            lead_phase: Phase::Acquaint,
            meetup_theme: None,
            goal_themes: Vec::new(),
            recent_challenges: Vec::new(),
            heard_by_group: BTreeSet::new(),
            heard_by_members: BTreeMap::new(),
            members,
            banned: BTreeSet::new(),
            skipped: BTreeMap::new(),
            last_modes: Vec::new(),
            last_themes: Vec::new(),
            offered_themes: BTreeSet::new(),
            new_member_joined: false,
            new_to_industry: false,
            hints: Hints::default(),
            ready: Ready::default(),
            minutes_left: None,
            liking: BTreeMap::new(),
        }
    }
}

//! How each kind of nudge behaves: what a person can stop, what counts against the load limits, what may go out at
//! once, how long to wait after a failure. The identity of a nudge never holds an instant.

use super::civil::Instant;
use super::words::{NudgeKind, Topic};

/// A claim holds this long; far longer than any request may take.
pub const LEASE_SECS: i64 = 120;
/// A doubtful call is looked into after this long: longer than the request's time-out and the platform's lag.
pub const SETTLE_SECS: i64 = 30;
/// A platform call is given up after this long.
pub const REQUEST_SECS: u64 = 10;
/// Failed calls before a nudge is given up: with [`backoff`] about six hours, longer than most outages.
pub const MAX_TRIES: i64 = 9;
/// Nudges of a meetup are planned this long before it begins.
pub const MEETUP_HORIZON_DAYS: i64 = 8;

/// Why something waits for a workspace that is disconnected.
pub const WORKSPACE_GONE: &str = "the workspace is disconnected";
/// Why something waits for a room that is lost.
pub const ROOM_GONE: &str = "the room is lost until staff open a new one";

/// Why something waits for a person whom a platform does not let the bot write to.
pub const DIRECT_CLOSED: &str = "the person cannot be written to yet";

impl NudgeKind {
    /// What a person says to stop this kind; `None` when it cannot be stopped.
    pub const fn topic(self) -> Option<Topic> {
        match self {
            Self::MeetupReminder => Some(Topic::Reminders),
            Self::MeetupNeed => Some(Topic::CheckIns),
            Self::StarterOffer => Some(Topic::Starters),
            Self::PulseInvite | Self::PulseReminder => Some(Topic::Pulses),
            _ => None,
        }
    }

    /// Whether it may go out at once, outside sending hours and above the limits; a person's own quiet hours hold
    /// even these.
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::MeetupMoved | Self::MeetupCancelled)
    }

    /// Whether the limits on how much one person gets hold it back. What staff have to act on and which group somebody
    /// is in now do not wait for a quieter week, nor does the answer to what somebody asked for.
    pub const fn is_limited(self) -> bool {
        !self.is_urgent() && !matches!(self, Self::StaffNotice | Self::PersonNotice | Self::GroupMatch)
    }

    /// Whether it asks the person for something, so that it waits while another request is open.
    pub const fn is_request(self) -> bool {
        matches!(self, Self::MeetupNeed | Self::PulseInvite)
    }

    /// What happens, in a few words for the people who run things.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::RoomOpen => "A group's room is opened",
            Self::RoomMembers => "A room's members are brought up to date",
            Self::RoomCard => "A room's standing card is brought up to date",
            Self::GroupWelcome => "A group is welcomed",
            Self::GroupMatch => "People are told their group",
            Self::MeetupCard => "A meetup is announced",
            Self::MeetupUpdate => "A meetup's card is brought up to date",
            Self::MeetupNeed => "Members are asked what they need",
            Self::MeetupReminder => "Members are reminded of a meetup",
            Self::MeetupSoon => "A meetup begins",
            Self::MeetupAfter => "A group is asked how it went",
            Self::MeetupQuorum => "Somebody checks who can come",
            Self::MeetupMoved => "Members hear that a meetup moved",
            Self::MeetupCancelled => "Members hear that a meetup is off",
            Self::StarterOffer => "A mentor is offered starters",
            Self::StarterShare => "A group gets its starter",
            Self::PulseWarning => "Staff are warned of a pulse",
            Self::PulseOpen => "A pulse opens",
            Self::PulseInvite => "People are invited to a pulse",
            Self::PulseReminder => "People are reminded of a pulse",
            Self::PulseClose => "A pulse closes",
            Self::PulseResults => "Staff get the tables of a pulse",
            Self::StaffNotice => "Staff are told something",
            Self::PersonNotice => "People hear what became of their request",
        }
    }

    /// Whether the core does it itself, without a platform.
    pub const fn is_internal(self) -> bool {
        matches!(self, Self::PulseOpen | Self::PulseClose)
    }

    /// Whether repeating the platform call does no harm, so that doubt needs no look into the history.
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::RoomOpen | Self::RoomMembers | Self::MeetupUpdate)
    }
}

/// Whether a list of stopped topics holds back a kind.
pub fn is_muted(muted: &str, kind: NudgeKind) -> bool {
    muted.split(',').filter(|word| !word.is_empty()).any(|word| {
        word == Topic::All.as_str() && !kind.is_urgent()
            || kind.topic().is_some_and(|topic| topic.as_str() == word)
    })
}

/// The key of a nudge: kind, subject, recipient and a civil slot or other stable tag.
pub fn key(kind: NudgeKind, subject: &str, recipient: &str, slot: &str) -> String {
    format!("{kind}|{subject}|{recipient}|{slot}")
}

/// When to try again after `tries` failed calls: 30 s, then doubling, at most two hours.
pub fn backoff(now: Instant, tries: i64) -> Instant {
    let doublings = tries.clamp(0, 8);
    now.plus_secs((30_i64 << doublings).min(7_200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopping_everything_still_lets_a_moved_meetup_through() {
        assert!(is_muted("all", NudgeKind::MeetupReminder));
        assert!(!is_muted("all", NudgeKind::MeetupMoved));
        assert!(is_muted("check-ins,pulses", NudgeKind::PulseReminder));
        assert!(!is_muted("check-ins,pulses", NudgeKind::MeetupReminder));
        assert!(!is_muted("", NudgeKind::PulseInvite));
    }

    #[test]
    fn waiting_after_failures_doubles_and_is_bounded() {
        let now = Instant::from_secs(0);
        assert_eq!(backoff(now, 0), now.plus_secs(30));
        assert_eq!(backoff(now, 3), now.plus_secs(240));
        assert_eq!(backoff(now, 60), now.plus_secs(7_200));
        let waited: i64 = (1..=MAX_TRIES).map(|tries| now.secs_until(backoff(now, tries))).sum();
        assert!((5 * 3_600..8 * 3_600).contains(&waited), "{waited} seconds until a nudge is given up");
    }
}

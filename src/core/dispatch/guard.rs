//! Peace of mind: sending hours, quiet hours, snoozes, one open request at a time, and how much may be sent to one
//! person. What is held back carries its reason.

use super::view::{Received, View};
use crate::core::Core;
use crate::core::ctx::settings_of;
use crate::core::rhythm::sending_rules;
use crate::domain::civil::Instant;
use crate::domain::hours::{Allowed, Urgency, Why};
use crate::domain::settings::Load;
use crate::domain::words::NudgeKind;
use crate::store::nudges::Nudge;
use crate::store::people::Person;
use crate::store::programs::Program;

/// Whether something may go to a person now.
pub(super) enum Guarded {
    Free,
    Hold { until: Instant, why: String },
    Drop(String),
}

impl Core {
    /// Whether a nudge may go to its person now.
    pub(super) fn guard(
        view: &View,
        nudge: &Nudge,
        program: Option<&Program>,
        person: &Person,
        now: Instant,
    ) -> Guarded {
        let urgency = if nudge.kind.is_urgent() { Urgency::Urgent } else { Urgency::Ordinary };
        let rules = sending_rules(person);
        if let Allowed::Later(until, why) = rules.next_allowed(now, &person.zone, urgency) {
            return Guarded::Hold { until, why: why_words(why).to_owned() };
        }
        if nudge.kind.is_urgent() {
            return Guarded::Free;
        }
        let sent = view.received(&person.id, &nudge.subject);
        if nudge.kind.is_request()
            && let Some(open) = sent.open_until
        {
            // The request may be answered long before it ends, so look again the next day.
            let again = open.min(next_morning(person, now));
            return Guarded::Hold { until: again, why: "another request is open".to_owned() };
        }
        if !nudge.kind.is_limited() {
            return Guarded::Free;
        }
        let load = program.map(|program| settings_of(program).load).unwrap_or_default();
        let Some(why) = over_limit(sent, load) else { return Guarded::Free };
        if nudge.kind == NudgeKind::MeetupNeed && why != DAY_FULL {
            // A check-in is the first to give way; meetings and pulses keep their place.
            return Guarded::Drop(why.to_owned());
        }
        Guarded::Hold { until: next_morning(person, now), why: why.to_owned() }
    }
}

const DAY_FULL: &str = "the person got enough messages today";

fn over_limit(sent: Received, load: Load) -> Option<&'static str> {
    if sent.day >= i64::from(load.per_day) {
        Some(DAY_FULL)
    } else if sent.week >= i64::from(load.per_week) {
        Some("the person got enough messages this week")
    } else if sent.month >= i64::from(load.per_month) {
        Some("the person got enough messages this month")
    } else {
        None
    }
}

/// The start of the person's sending hours on a later day.
fn next_morning(person: &Person, now: Instant) -> Instant {
    let tomorrow = now.plus_hours(18);
    sending_rules(person).next_allowed(tomorrow, &person.zone, Urgency::Ordinary).instant(tomorrow)
}

const fn why_words(why: Why) -> &'static str {
    match why {
        Why::Snoozed => "the person snoozed",
        Why::QuietHours => "the person's quiet hours",
        Why::DayOff => "the person's day off",
        Why::OutsideHours => "outside the person's sending hours",
        Why::NoOpening => "the person's hours leave no opening",
    }
}

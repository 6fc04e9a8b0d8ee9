//! When things happen: a person's sending hours, a group's own slot in the week, and its row of meetups from the
//! first (within 14 days) to the closing one.

use jiff::civil::{Date, Time, Weekday};

use crate::content::Content;
use crate::domain::cadence::Cadence;
use crate::domain::civil::{Instant, Slot, Zone};
use crate::domain::hours::{SendingRules, Urgency};
use crate::domain::settings::FIRST_MEETUP_WITHIN_DAYS;
use crate::domain::week::WeekMask;
use crate::store::people::Person;

/// Nothing is booked nearer than this: people need notice.
pub(super) const NOTICE_DAYS: i64 = 3;
/// More meetups than this are never booked ahead.
const MOST_MEETUPS: usize = 60;

/// A person's rules for being written to.
pub(super) fn sending_rules(person: &Person) -> SendingRules {
    let defaults = SendingRules::default();
    let clock = |text: &str| text.parse::<Time>().ok();
    let mut workdays = defaults.workdays;
    for (day, mark) in workdays.iter_mut().zip(person.workdays.chars()) {
        *day = mark == '1';
    }
    SendingRules {
        from: clock(&person.send_from).unwrap_or(defaults.from),
        to: clock(&person.send_to).unwrap_or(defaults.to),
        workdays,
        quiet: person.quiet_from.as_deref().and_then(clock).zip(person.quiet_to.as_deref().and_then(clock)),
        snooze_until: person.snooze_until,
    }
}

/// The first moment from `at` on in the person's own sending hours, as they are today.
pub(super) fn allowed_from(person: &Person, at: Instant) -> Instant {
    let rules = SendingRules { snooze_until: None, ..sending_rules(person) };
    rules.next_allowed(at, &person.zone, Urgency::Ordinary).instant(at)
}

/// When to remind a person of something at `starts`: a day ahead in the person's own sending hours, earlier if
/// those hours would come too late.
pub(super) fn reminder_at(person: &Person, starts: Instant) -> Instant {
    let latest = starts.minus_hours(2);
    [24, 48, 72, 96, 120]
        .into_iter()
        .map(|hours| allowed_from(person, starts.minus_hours(hours)))
        .find(|at| *at <= latest)
        .unwrap_or_else(|| starts.minus_hours(24))
}

/// Whether a date is a holiday in one of the calendars.
pub(super) fn is_holiday(content: &Content, calendars: &[String], date: Date) -> bool {
    content.holidays.holiday(calendars, date).is_some()
}

const DAY_NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A rhythm without a day, such as `monthly`, gets the group's best common hour; anything else is taken as it is.
pub(super) fn cadence_for_group(
    words: &str,
    common: &WeekMask,
    zone: &Zone,
    today: Date,
) -> Result<Cadence, crate::domain::cadence::CadenceError> {
    let bare = words.trim().to_lowercase();
    let frame = match bare.as_str() {
        "weekly" => "weekly on",
        "fortnightly" => "fortnightly on",
        "monthly" => "first",
        "quarterly" => "quarterly on the first",
        _ => return Cadence::parse(words, zone.clone(), today),
    };
    let (day, time) =
        best_hour(common, zone, today).unwrap_or((Weekday::Tuesday, Time::constant(15, 0, 0, 0)));
    let day = DAY_NAMES[usize::try_from(day.to_monday_zero_offset()).unwrap_or(0) % 7];
    Cadence::parse(&format!("{frame} {day} at {:02}:{:02}", time.hour(), time.minute()), zone.clone(), today)
}

/// The common hour that suits best in the zone: near the middle of a working day, midweek first.
fn best_hour(common: &WeekMask, zone: &Zone, today: Date) -> Option<(Weekday, Time)> {
    let back = i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.checked_sub(jiff::Span::new().days(back)).ok()?;
    let week = Instant::from(monday.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    common
        .iter()
        .map(|hour| zone.civil(week.plus_hours(i64::try_from(hour).unwrap_or(0))))
        .min_by_key(|civil| {
            let day = i32::from(civil.weekday().to_monday_zero_offset());
            let weekend = i32::from(day >= 5) * 100;
            (weekend + (i32::from(civil.hour()) - 14).abs() * 2 + (day - 1).abs(), day, civil.hour())
        })
        .map(|civil| (civil.weekday(), civil.time()))
}

/// The meetups from `now` to the end of the program. When the rhythm's first slot is later than two weeks away, a group
/// that has never met gets an earlier first meetup on the same weekday and time.
pub(super) fn meetup_slots(
    cadence: &Cadence,
    now: Instant,
    until: Instant,
    has_met: bool,
    skip: &dyn Fn(Date) -> bool,
) -> Vec<(Slot, Instant)> {
    let mut slots = cadence.slots(now.plus_days(NOTICE_DAYS), until, skip);
    if !has_met && let Some(first) = early_first(cadence, &slots, now, until, skip) {
        slots.insert(0, first);
    }
    slots.truncate(MOST_MEETUPS);
    slots
}

fn early_first(
    cadence: &Cadence,
    slots: &[(Slot, Instant)],
    now: Instant,
    until: Instant,
    skip: &dyn Fn(Date) -> bool,
) -> Option<(Slot, Instant)> {
    let limit = now.plus_days(FIRST_MEETUP_WITHIN_DAYS);
    let regular = slots.first().map(|(slot, _)| *slot);
    if slots.first().is_some_and(|(_, at)| *at <= limit) {
        return None;
    }
    let zone = cadence.zone();
    let today = zone.date(now);
    let weekday = regular.map(|slot| slot.date().weekday());
    let candidates: Vec<(Slot, Instant)> = (NOTICE_DAYS..=FIRST_MEETUP_WITHIN_DAYS)
        .filter_map(|days| today.checked_add(jiff::Span::new().days(days)).ok())
        .filter(|date| !skip(*date))
        .filter_map(|date| {
            let slot = Slot::new(date.to_datetime(cadence.at()));
            slot.instant(zone).map(|at| (slot, at))
        })
        .filter(|(_, at)| *at >= now.plus_days(NOTICE_DAYS) && *at <= limit && *at <= until)
        .collect();
    let working = |slot: &Slot| slot.date().weekday().to_monday_zero_offset() < 5;
    candidates
        .iter()
        .find(|(slot, _)| Some(slot.date().weekday()) == weekday)
        .or_else(|| candidates.iter().find(|(slot, _)| working(slot)))
        .or_else(|| candidates.first())
        .copied()
}

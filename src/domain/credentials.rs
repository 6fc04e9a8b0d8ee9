//! What makes a coach: a credential that staff checked, of enough hours, that has not run out (row D2).
//!
//! Invariant: the label needs all of it on the day itself; a day later it may be gone.

use jiff::civil::Date;

use super::words::ReviewState;

/// Hours of formal training that the label asks for.
pub const COACH_HOURS: i64 = 125;
/// More hours than anybody trains.
pub const MOST_HOURS: i64 = 20_000;
/// So many days before its end a credential's owner hears of it.
pub const WARN_DAYS: i64 = 30;

/// Whether a credential carries the label on a day; `expires_on` is its last day, as stored.
pub fn carries_label(state: ReviewState, hours: i64, expires_on: &str, today: Date) -> bool {
    state == ReviewState::Approved && hours >= COACH_HOURS && !has_ended(expires_on, today)
}

/// Whether its last day is over. What is no date has ended.
pub fn has_ended(expires_on: &str, today: Date) -> bool {
    expires_on.parse::<Date>().map_or(true, |last| last < today)
}

/// Whether it ends within [`WARN_DAYS`].
pub fn ends_soon(expires_on: &str, today: Date) -> bool {
    let soon = expires_on.parse::<Date>().ok().and_then(|last| today.until(last).ok());
    soon.is_some_and(|span| (0..=WARN_DAYS).contains(&i64::from(span.get_days())))
}

/// What is wrong with the dates, if anything: the field and the words.
pub fn check_dates(awarded: Date, expires: Date, today: Date) -> Result<(), (&'static str, &'static str)> {
    if awarded > today {
        return Err(("awarded", "That day is still to come. Write the day on which it was awarded."));
    }
    if expires <= awarded {
        return Err(("expires", "It would end before it was awarded. Choose a later day."));
    }
    if expires < today {
        return Err(("expires", "It has run out already. Hand in the renewed one."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_label_needs_a_check_enough_hours_and_time_left() {
        let today = date(2027, 6, 1);
        let carries = |state, hours, ends| carries_label(state, hours, ends, today);
        assert!(carries(ReviewState::Approved, 125, "2027-06-01"), "the last day counts");
        assert!(!carries(ReviewState::Approved, 124, "2028-01-01"));
        assert!(!carries(ReviewState::Approved, 500, "2027-05-31"));
        assert!(!carries(ReviewState::Waiting, 500, "2028-01-01"));
        assert!(!carries(ReviewState::Declined, 500, "2028-01-01"));
        assert!(!carries(ReviewState::Approved, 500, "some day"));
    }

    #[test]
    fn a_month_before_its_end_is_soon_and_afterwards_is_over() {
        let today = date(2027, 6, 1);
        assert!(ends_soon("2027-06-01", today) && ends_soon("2027-07-01", today));
        assert!(!ends_soon("2027-07-02", today) && !ends_soon("2027-05-31", today));
        assert!(has_ended("2027-05-31", today) && !has_ended("2027-06-01", today));
    }

    #[test]
    fn dates_are_in_order_and_not_over() {
        let check =
            |awarded, expires| check_dates(awarded, expires, date(2027, 6, 1)).map_err(|(field, _)| field);
        assert_eq!(check(date(2026, 1, 1), date(2029, 1, 1)), Ok(()));
        assert_eq!(check(date(2027, 6, 2), date(2029, 1, 1)), Err("awarded"));
        assert_eq!(check(date(2026, 1, 1), date(2025, 1, 1)), Err("expires"));
        assert_eq!(check(date(2020, 1, 1), date(2023, 1, 1)), Err("expires"));
    }
}

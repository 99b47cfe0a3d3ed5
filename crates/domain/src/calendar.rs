//! Days of the register are days of Kazakhstan, times in the database are UTC: here they meet.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

/// Hours by which the clocks of Kazakhstan are ahead of UTC.
///
/// One zone for the whole country since 1 March 2024: Government decree No. 1749 of 23 November 2000 «О порядке
/// исчисления времени на территории Республики Казахстан», as amended on 19 January 2024. The register keeps nothing
/// that was recorded earlier, so one number is enough.
pub const UTC_OFFSET_HOURS: i64 = 5;

/// The date in Kazakhstan at a moment.
#[must_use]
pub fn local_date(moment: DateTime<Utc>) -> NaiveDate {
    (moment.naive_utc() + TimeDelta::hours(UTC_OFFSET_HOURS)).date()
}

/// The moment at which a day of Kazakhstan is over: the first one that does not belong to it.
#[must_use]
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    (next.and_time(NaiveTime::MIN) - TimeDelta::hours(UTC_OFFSET_HOURS)).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_seven_in_the_evening_utc() {
        let day: NaiveDate = "2026-03-31".parse().unwrap();
        let end = end_of_day(day);
        assert_eq!(end.to_rfc3339(), "2026-03-31T19:00:00+00:00");
        assert_eq!(local_date(end - TimeDelta::microseconds(1)), day);
        assert_eq!(local_date(end), "2026-04-01".parse().unwrap());
    }

    #[test]
    fn the_last_day_of_the_calendar_does_not_panic() {
        assert!(end_of_day(NaiveDate::MAX) > end_of_day("9999-12-31".parse().unwrap()));
    }
}

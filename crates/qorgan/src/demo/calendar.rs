//! When things happen: on working days, in working hours of Kazakhstan.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

use super::random::Random;

/// Nine in the morning in Kazakhstan (UTC+5), as minutes of the UTC day.
const OPENING: i64 = 4 * 60;
/// Working minutes of a day.
const MINUTES: u32 = 9 * 60;

/// A day of the calendar.
pub(super) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("written as a day of the calendar")
}

/// The same day, or Monday after a weekend.
pub(super) fn working_day(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => later(day, 2),
        Weekday::Sun => later(day, 1),
        _ => day,
    }
}

/// So many days later.
pub(super) fn later(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(u64::from(days))).unwrap_or(day)
}

/// So many days earlier.
pub(super) fn earlier(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(days))).unwrap_or(day)
}

/// Days from one day to another; 0 where the second is not later.
pub(super) fn days_between(from: NaiveDate, to: NaiveDate) -> u32 {
    u32::try_from((to - from).num_days()).unwrap_or(0)
}

/// Some minute of a day's working hours.
pub(super) fn moment(day: NaiveDate, random: &mut Random) -> DateTime<Utc> {
    let minute = OPENING + i64::from(random.below(MINUTES));
    (day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute)).and_utc()
}

/// The first minute of a day's working hours.
pub(super) fn opening(day: NaiveDate) -> DateTime<Utc> {
    (day.and_time(NaiveTime::MIN) + TimeDelta::minutes(OPENING)).and_utc()
}

/// Some day from `from` to `to`, both included.
pub(super) fn day_between(from: NaiveDate, to: NaiveDate, random: &mut Random) -> NaiveDate {
    later(from, random.between(0, days_between(from, to)))
}

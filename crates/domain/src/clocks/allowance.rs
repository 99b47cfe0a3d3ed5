//! How long something may take.

use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::WorkingCalendar;
use crate::calendar::{end_of_day, local_date};
use crate::words::words;

words! {
    /// In what a time limit is counted.
    pub enum TimeUnit {
        /// Hours: they run always, at night and on holidays too.
        Hours = "hours",
        /// Working days by the calendar of Kazakhstan. The day on which the clock starts does not count.
        WorkingDays = "working_days",
        /// Days of the calendar, whatever day it is.
        CalendarDays = "calendar_days",
        /// Months of the calendar.
        Months = "months",
    }
}

/// A time limit: an amount of a unit. `0 hours` means at once («незамедлительно»).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// How many.
    pub amount: u16,
    /// Of what.
    pub unit: TimeUnit,
}

impl Allowance {
    /// A limit of some units.
    #[must_use]
    pub const fn new(amount: u16, unit: TimeUnit) -> Self {
        Self { amount, unit }
    }

    /// The first moment at which it is too late: `amount` hours after the start, or the end of the last day.
    #[must_use]
    pub fn due_at(self, start: DateTime<Utc>, calendar: &WorkingCalendar) -> DateTime<Utc> {
        if self.unit == TimeUnit::Hours {
            return start + TimeDelta::hours(i64::from(self.amount));
        }
        end_of_day(self.last_day(local_date(start), calendar))
    }

    /// The last day on which it is still in time, for a clock that starts on a day. A limit in hours counts
    /// every 24 begun as a day.
    #[must_use]
    pub fn last_day(self, start: NaiveDate, calendar: &WorkingCalendar) -> NaiveDate {
        let later = match self.unit {
            TimeUnit::Hours => start.checked_add_days(Days::new(u64::from(self.amount.div_ceil(24)))),
            TimeUnit::CalendarDays => start.checked_add_days(Days::new(u64::from(self.amount))),
            TimeUnit::Months => start.checked_add_months(Months::new(u32::from(self.amount))),
            TimeUnit::WorkingDays => Some(calendar.working_day_after(start, self.amount)),
        };
        later.unwrap_or(NaiveDate::MAX)
    }

    /// So long after a due time. Days are counted from the day that ends with it.
    #[must_use]
    pub fn later_than(self, due_at: DateTime<Utc>, calendar: &WorkingCalendar) -> DateTime<Utc> {
        if self.unit == TimeUnit::Hours {
            return due_at + TimeDelta::hours(i64::from(self.amount));
        }
        end_of_day(self.last_day(local_date(due_at - TimeDelta::microseconds(1)), calendar)).max(due_at)
    }

    /// So long before a due time: hours, or the end of a day that lies so many days earlier.
    #[must_use]
    pub fn before(self, due_at: DateTime<Utc>, calendar: &WorkingCalendar) -> DateTime<Utc> {
        let last = local_date(due_at - TimeDelta::microseconds(1));
        let earlier = match self.unit {
            TimeUnit::Hours => return due_at - TimeDelta::hours(i64::from(self.amount)),
            TimeUnit::CalendarDays => last.checked_sub_days(Days::new(u64::from(self.amount))),
            TimeUnit::Months => last.checked_sub_months(Months::new(u32::from(self.amount))),
            TimeUnit::WorkingDays => Some(calendar.working_day_before(last, self.amount)),
        };
        earlier.map_or(due_at, |day| end_of_day(day).min(due_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn hours_run_over_a_weekend_and_working_days_do_not() {
        let calendar = WorkingCalendar::default();
        // A Friday, 15:00 in Karaganda.
        let start = moment("2026-11-20T10:00:00Z");
        let due = |amount, unit| Allowance::new(amount, unit).due_at(start, &calendar);
        assert_eq!(due(3, TimeUnit::Hours), moment("2026-11-20T13:00:00Z"));
        assert_eq!(due(24, TimeUnit::Hours), moment("2026-11-21T10:00:00Z"));
        assert_eq!(due(1, TimeUnit::WorkingDays), end_of_day(day("2026-11-23")));
        assert_eq!(due(7, TimeUnit::WorkingDays), end_of_day(day("2026-12-01")));
        assert_eq!(due(7, TimeUnit::CalendarDays), end_of_day(day("2026-11-27")));
        assert_eq!(due(3, TimeUnit::Months), end_of_day(day("2027-02-20")));
        assert_eq!(due(0, TimeUnit::Hours), start);
    }

    #[test]
    fn a_late_evening_in_utc_is_the_next_day_of_the_region() {
        let calendar = WorkingCalendar::default();
        let start = moment("2026-11-19T20:00:00Z");
        assert_eq!(Allowance::new(1, TimeUnit::CalendarDays).due_at(start, &calendar), end_of_day(day("2026-11-21")));
    }

    proptest! {
        #[test]
        fn more_time_is_never_due_earlier(amount in 0_u16..400, unit in prop::sample::select(TimeUnit::ALL), hours in 0_i64..20_000) {
            let calendar = WorkingCalendar::default();
            let start = moment("2026-01-01T00:00:00Z") + TimeDelta::hours(hours);
            let due = |amount| Allowance::new(amount, unit).due_at(start, &calendar);
            prop_assert!(due(amount) >= start);
            prop_assert!(due(amount + 1) >= due(amount));
        }
    }
}

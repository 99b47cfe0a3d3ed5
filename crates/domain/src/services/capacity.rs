//! How many a service can take.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};

use crate::calendar::{end_of_day, local_date};
use crate::words::words;

words! {
    /// For how long a capacity is counted, by the calendar of Kazakhstan.
    pub enum CapacityPeriod {
        /// A day.
        Day = "day",
        /// A week from Monday to Sunday.
        Week = "week",
        /// A month.
        Month = "month",
    }
}

/// So many appointments in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// How many.
    pub places: i32,
    /// In what.
    pub period: CapacityPeriod,
}

impl CapacityPeriod {
    /// The period that a moment lies in: its first moment, and the first moment after it.
    #[must_use]
    pub fn around(self, moment: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let (first, next) = self.days_around(local_date(moment));
        let begins = |day: NaiveDate| day.pred_opt().map_or(DateTime::<Utc>::MIN_UTC, end_of_day);
        (begins(first), begins(next))
    }

    fn days_around(self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        let back = |days: u32| day.checked_sub_days(Days::new(days.into())).unwrap_or(day);
        let (first, next) = match self {
            Self::Day => (day, day.checked_add_days(Days::new(1))),
            Self::Week => {
                let monday = back(day.weekday().num_days_from_monday());
                (monday, monday.checked_add_days(Days::new(7)))
            }
            Self::Month => {
                let first = back(day.day0());
                (first, first.checked_add_months(Months::new(1)))
            }
        };
        (first, next.unwrap_or(NaiveDate::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn periods_begin_at_midnight_in_kazakhstan() {
        let table = [
            (CapacityPeriod::Day, "2026-11-22T18:59:59Z", "2026-11-21T19:00:00Z", "2026-11-22T19:00:00Z"),
            (CapacityPeriod::Day, "2026-11-22T19:00:00Z", "2026-11-22T19:00:00Z", "2026-11-23T19:00:00Z"),
            // 22 November 2026 is a Sunday.
            (CapacityPeriod::Week, "2026-11-22T18:59:59Z", "2026-11-15T19:00:00Z", "2026-11-22T19:00:00Z"),
            (CapacityPeriod::Week, "2026-11-22T19:00:00Z", "2026-11-22T19:00:00Z", "2026-11-29T19:00:00Z"),
            (CapacityPeriod::Month, "2028-02-10T00:00:00Z", "2028-01-31T19:00:00Z", "2028-02-29T19:00:00Z"),
            (CapacityPeriod::Month, "2026-12-31T19:00:00Z", "2026-12-31T19:00:00Z", "2027-01-31T19:00:00Z"),
        ];
        for (period, at, from, until) in table {
            let time = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
            assert_eq!(period.around(time(at)), (time(from), time(until)), "{period} of {at}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_lies_in_its_period_and_periods_tile(seconds in 0i64..4_000_000_000, period in prop::sample::select(CapacityPeriod::ALL)) {
            let moment = DateTime::from_timestamp(seconds, 0).unwrap();
            let (from, until) = period.around(moment);
            prop_assert!(from <= moment && moment < until);
            prop_assert_eq!(period.around(until).0, until);
            prop_assert_eq!(period.around(until - chrono::TimeDelta::seconds(1)), (from, until));
        }

        #[test]
        fn the_ends_of_the_calendar_do_not_panic(period in prop::sample::select(CapacityPeriod::ALL)) {
            for text in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
                let (from, until) = period.around(text.parse().unwrap());
                prop_assert!(from < until);
            }
        }
    }
}

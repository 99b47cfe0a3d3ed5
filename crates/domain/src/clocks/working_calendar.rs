//! Which days are working days.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The working calendar: Saturdays and Sundays are free, and so are the days that reference data says are; a moved
/// day is a Saturday or Sunday that reference data makes a working day.
///
/// Source: the Labour Code of Kazakhstan and the law on holidays; the days themselves are dated reference data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    exceptions: BTreeMap<NaiveDate, bool>,
}

impl WorkingCalendar {
    /// A calendar with exceptions from the rule of the week: a day, and whether people work on it.
    #[must_use]
    pub fn new(exceptions: impl IntoIterator<Item = (NaiveDate, bool)>) -> Self {
        Self { exceptions: exceptions.into_iter().collect() }
    }

    /// Whether people work on a day.
    #[must_use]
    pub fn is_working(&self, day: NaiveDate) -> bool {
        self.exceptions.get(&day).copied().unwrap_or(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
    }

    /// The `count`-th working day after a day; the day itself where `count` is 0. The end of the calendar where no
    /// such day comes.
    #[must_use]
    pub fn working_day_after(&self, day: NaiveDate, count: u16) -> NaiveDate {
        let (mut at, mut left) = (day, count);
        while left > 0 {
            let Some(next) = at.checked_add_days(Days::new(1)) else { return NaiveDate::MAX };
            at = next;
            if self.is_working(at) {
                left -= 1;
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_and_moved_days_change_the_week() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let calendar = WorkingCalendar::new([(day("2026-03-23"), false), (day("2026-03-28"), true)]);
        assert!(!calendar.is_working(day("2026-03-21")) && !calendar.is_working(day("2026-03-23")));
        assert!(calendar.is_working(day("2026-03-28")));
        assert_eq!(calendar.working_day_after(day("2026-03-20"), 1), day("2026-03-24"));
        assert_eq!(calendar.working_day_after(day("2026-03-27"), 1), day("2026-03-28"));
        assert_eq!(calendar.working_day_after(day("2026-03-21"), 0), day("2026-03-21"));
    }
}

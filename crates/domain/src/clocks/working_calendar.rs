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

    /// The `count`-th working day before a day; the day itself where `count` is 0.
    #[must_use]
    pub fn working_day_before(&self, day: NaiveDate, count: u16) -> NaiveDate {
        let (mut at, mut left) = (day, count);
        while left > 0 {
            let Some(earlier) = at.checked_sub_days(Days::new(1)) else { return NaiveDate::MIN };
            at = earlier;
            if self.is_working(at) {
                left -= 1;
            }
        }
        at
    }
}

/// The days off that follow from holidays which fall on a Saturday or Sunday: for each the next working day.
///
/// Source: the Labour Code of Kazakhstan, article 85. Orthodox Christmas and Kurban Ait are days off by article 84 and
/// no holidays, so they do not move; they stand among `other_days_off`.
#[must_use]
pub fn days_off_in_lieu(holidays: &[NaiveDate], other_days_off: &[NaiveDate]) -> Vec<NaiveDate> {
    let free = holidays.iter().chain(other_days_off).map(|day| (*day, false));
    let mut calendar = WorkingCalendar::new(free);
    let mut holidays = holidays.to_vec();
    holidays.sort_unstable();
    let on_weekend = holidays.into_iter().filter(|day| matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
    on_weekend
        .map(|day| {
            let off = calendar.working_day_after(day, 1);
            calendar.exceptions.insert(off, false);
            off
        })
        .collect()
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

    #[test]
    fn a_holiday_on_a_weekend_moves_to_the_next_working_day() {
        let days = |texts: &[&str]| -> Vec<NaiveDate> { texts.iter().map(|text| text.parse().unwrap()).collect() };
        // Nauryz of 2026 begins on a Saturday; of 2024 ends on one; of 2025 begins on a Friday.
        for (holidays, off) in [
            (["2026-03-21", "2026-03-22", "2026-03-23"], &["2026-03-24", "2026-03-25"][..]),
            (["2024-03-21", "2024-03-22", "2024-03-23"], &["2024-03-25"]),
            (["2025-03-21", "2025-03-22", "2025-03-23"], &["2025-03-24", "2025-03-25"]),
        ] {
            assert_eq!(days_off_in_lieu(&days(&holidays), &[]), days(off));
        }
        // 1 and 2 January 2028 are a weekend; 7 January stands by itself and does not move.
        assert_eq!(
            days_off_in_lieu(&days(&["2028-01-01", "2028-01-02"]), &days(&["2028-01-04", "2028-01-08"])),
            days(&["2028-01-03", "2028-01-05"])
        );
    }

    #[test]
    fn there_and_back_again() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let calendar = WorkingCalendar::new([(day("2026-03-23"), false), (day("2026-03-28"), true)]);
        for count in 1..30 {
            let later = calendar.working_day_after(day("2026-03-19"), count);
            assert_eq!(calendar.working_day_before(later, count), day("2026-03-19"));
        }
    }
}

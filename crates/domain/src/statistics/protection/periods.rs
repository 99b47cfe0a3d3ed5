//! The moments and periods of which protected statistics are given, of the register and of the operation alike.

use chrono::{Datelike, NaiveDate};

use crate::statistics::PeriodUnit;

/// The last day of a month that is over before `today`, not after `day`: things at rest inside those that change every
/// day could be averaged out, so protected statistics change once a month.
#[must_use]
pub fn end_of_month_before(day: NaiveDate, today: NaiveDate) -> NaiveDate {
    let latest = today.pred_opt().map_or(day, |yesterday| day.min(yesterday));
    // The first of the month after the latest day is the first day that is too late, or the next one that is.
    let next = latest.succ_opt().unwrap_or(latest);
    next.with_day(1).and_then(|first| first.pred_opt()).unwrap_or(latest)
}

/// The units (calendar month, quarter, year, school year) that a period is, or of which it is the part that has passed by
/// `as_of`. Nothing that was known on `as_of` can have taken place later: a period that goes beyond it is as good as one that
/// ends with its unit.
pub(in crate::statistics) fn units(from: NaiveDate, to: NaiveDate, as_of: NaiveDate) -> Vec<PeriodUnit> {
    let months_and_more = PeriodUnit::ALL.iter().copied().filter(|unit| unit.months().is_some());
    months_and_more
        .filter(|unit| {
            let end = unit.last_day(from);
            unit.first_day(from) == from && (to == end || (as_of <= to && to < end))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_counts_once_it_is_over() {
        for (asked, today, read) in [
            ("2026-11-22", "2026-11-22", "2026-10-31"),
            ("2026-10-31", "2026-11-22", "2026-10-31"),
            ("2026-10-30", "2026-11-22", "2026-09-30"),
            ("2026-11-30", "2026-11-30", "2026-10-31"),
            ("2026-11-30", "2026-12-01", "2026-11-30"),
            ("2024-03-01", "2026-12-01", "2024-02-29"),
        ] {
            assert_eq!(end_of_month_before(day(asked), day(today)), day(read), "{asked} {today}");
        }
        let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
        assert_eq!(end_of_month_before(first, first), first, "there is no month before");
        assert!(end_of_month_before(last, last) < last);
    }

    #[test]
    fn whole_periods_and_what_has_passed_of_one() {
        use PeriodUnit::{Month, Quarter, SchoolYear, Year};
        let as_of = day("2026-10-31");
        for (from, to, whole) in [
            ("2026-02-01", "2026-02-28", [Month].as_slice()),
            ("2026-04-01", "2026-06-30", &[Quarter]),
            ("2026-01-01", "2026-12-31", &[Year]),
            ("2026-01-01", "2026-11-22", &[Year]),
            ("2025-09-01", "2026-08-31", &[SchoolYear]),
            ("2026-09-01", "2026-11-22", &[SchoolYear]),
            ("2026-10-01", "2026-11-22", &[Quarter]),
            ("2026-02-01", "2026-04-30", &[]),
            ("2026-02-02", "2026-02-28", &[]),
            ("2026-01-01", "2026-10-30", &[]),
            ("2025-01-01", "2026-12-31", &[]),
        ] {
            assert_eq!(units(day(from), day(to), as_of), whole, "{from} {to}");
        }
    }
}

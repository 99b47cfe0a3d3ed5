//! The moments and periods of which protected statistics are given, as of the register.

use chrono::{Datelike, Months, NaiveDate};

/// The last day of a month that is over before `today`, not after `day`: things at rest inside those that change every
/// day could be averaged out, so protected statistics change once a month.
#[must_use]
pub fn end_of_month_before(day: NaiveDate, today: NaiveDate) -> NaiveDate {
    let latest = today.pred_opt().map_or(day, |yesterday| day.min(yesterday));
    let next = latest.succ_opt().unwrap_or(latest);
    next.with_day(1).and_then(|first| first.pred_opt()).unwrap_or(latest)
}

/// Whether a period is one calendar month, quarter, year or school year, or the part of one that has passed by `as_of`.
pub(super) fn is_whole(from: NaiveDate, to: NaiveDate, as_of: NaiveDate) -> bool {
    let month = from.month();
    let units = [(1, true), (3, month % 3 == 1), (12, month == 1 || month == 9)];
    from.day() == 1
        && units.into_iter().filter(|(_, begins)| *begins).any(|(months, _)| {
            let end = from.checked_add_months(Months::new(months)).and_then(|day| day.pred_opt());
            end.is_some_and(|end| to == end || (as_of <= to && to < end))
        })
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
    }

    #[test]
    fn whole_periods_and_what_has_passed_of_one() {
        let as_of = day("2026-10-31");
        for (from, to, whole) in [
            ("2026-02-01", "2026-02-28", true),
            ("2026-04-01", "2026-06-30", true),
            ("2026-01-01", "2026-12-31", true),
            ("2026-01-01", "2026-11-22", true),
            ("2025-09-01", "2026-08-31", true),
            ("2026-09-01", "2026-11-22", true),
            ("2026-02-01", "2026-04-30", false),
            ("2026-02-02", "2026-02-28", false),
            ("2026-01-01", "2026-10-30", false),
            ("2025-01-01", "2026-12-31", false),
        ] {
            assert_eq!(is_whole(day(from), day(to), as_of), whole, "{from} {to}");
        }
    }
}

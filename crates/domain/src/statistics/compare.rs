//! The same count of an earlier period.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{Dimension, PeriodUnit, StatisticsQuery};
use crate::Invalid;
use crate::words::words;

words! {
    /// With which earlier period a count is compared. The register is read as of the same day for both.
    pub enum Comparison {
        /// The period of the same length right before.
        Previous = "previous",
        /// The same period a year before.
        YearBefore = "year_before",
    }
}

/// By how much an earlier period lies before the present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shift {
    Months(u32),
    Days(u64),
}

/// A count of an earlier period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Which period it is.
    pub comparison: Comparison,
    /// The count to ask for.
    pub query: StatisticsQuery,
    shift: Shift,
}

impl Earlier {
    /// The code in the present period that a value of the earlier one is compared with: a later month for a month, the same
    /// code for what is no time. None where there is no such day.
    #[must_use]
    pub fn present(&self, dimension: Dimension, code: &str) -> Option<String> {
        let Some(unit) = dimension.unit() else { return Some(code.to_owned()) };
        let first = unit.of_code(code)?;
        let later = match self.shift {
            Shift::Months(months) => first.checked_add_months(Months::new(months))?,
            Shift::Days(days) => first.checked_add_days(Days::new(days))?,
        };
        Some(unit.code(later))
    }
}

impl StatisticsQuery {
    /// The same count of an earlier period. Of a period that has not passed by `as_of`, the part that has is compared: all of
    /// last year would be more than this year up to now.
    ///
    /// # Errors
    /// `compare_by_time` where the periods do not lie a whole number of a time dimension's units apart (half-years have no
    /// years to compare), `compare_no_period` where nothing of the period has passed or the earlier one is before the calendar.
    pub fn earlier(&self, comparison: Comparison) -> Result<Earlier, Invalid> {
        let none = || Invalid::new("compare_no_period");
        let (from, to) = (self.from(), self.to().min(self.as_of_day()));
        if to < from {
            return Err(none());
        }
        let shift = match comparison {
            Comparison::YearBefore => Shift::Months(12),
            Comparison::Previous => before(from, to),
        };
        let fits = |dimension: &Dimension| match (dimension.unit(), shift) {
            (None, _) | (Some(PeriodUnit::Day), Shift::Days(_)) => true,
            (Some(unit), Shift::Months(months)) => unit.months().is_some_and(|whole| months % whole == 0),
            (Some(_), Shift::Days(_)) => false,
        };
        if !self.group_by().iter().all(fits) {
            return Err(Invalid::new("compare_by_time"));
        }
        let query = self.with_period(back(from, shift).ok_or_else(none)?, back_end(to, shift).ok_or_else(none)?);
        Ok(Earlier { comparison, query, shift })
    }
}

/// How long a period is: in months where it is made of whole ones.
fn before(from: NaiveDate, to: NaiveDate) -> Shift {
    let month = |day: NaiveDate| day.year() * 12 + day.month0().cast_signed();
    let whole = PeriodUnit::Month.first_day(from) == from && PeriodUnit::Month.last_day(to) == to;
    if whole {
        Shift::Months((month(to) - month(from) + 1).unsigned_abs())
    } else {
        Shift::Days((to - from).num_days().unsigned_abs() + 1)
    }
}

fn back(day: NaiveDate, shift: Shift) -> Option<NaiveDate> {
    match shift {
        Shift::Months(months) => day.checked_sub_months(Months::new(months)),
        Shift::Days(days) => day.checked_sub_days(Days::new(days)),
    }
}

/// The end of a month stays one, however long the months are.
fn back_end(to: NaiveDate, shift: Shift) -> Option<NaiveDate> {
    let earlier = back(to, shift)?;
    let stays = matches!(shift, Shift::Months(_)) && PeriodUnit::Month.last_day(to) == to;
    Some(if stays { PeriodUnit::Month.last_day(earlier) } else { earlier })
}

/// By how many per cent a count differs from an earlier one; none where that was 0.
#[must_use]
pub fn percent(count: i64, before: i64) -> Option<f64> {
    // Counts are far below 2⁵³.
    (before != 0).then(|| (count - before) as f64 * 100.0 / before as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{Filters, StatisticsParameters};
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn query(group_by: &[Dimension], from: NaiveDate, to: NaiveDate, as_of: &str) -> StatisticsQuery {
        let parameters = StatisticsParameters {
            group_by: group_by.to_vec(),
            from,
            to,
            as_of: Some(as_of.parse().unwrap()),
            filters: Filters::default(),
        };
        StatisticsQuery::new(parameters, day("2030-01-01")).unwrap()
    }

    #[test]
    fn earlier_periods_are_as_long() {
        use Comparison::{Previous, YearBefore};
        for (comparison, period, expected) in [
            (Previous, ["2026-03-01", "2026-03-31"], ["2026-02-01", "2026-02-28"]),
            (Previous, ["2026-01-01", "2026-12-31"], ["2025-01-01", "2025-12-31"]),
            (Previous, ["2026-01-01", "2026-06-30"], ["2025-07-01", "2025-12-31"]),
            (Previous, ["2025-09-01", "2026-08-31"], ["2024-09-01", "2025-08-31"]),
            (Previous, ["2026-03-10", "2026-03-16"], ["2026-03-03", "2026-03-09"]),
            (YearBefore, ["2024-02-01", "2024-02-29"], ["2023-02-01", "2023-02-28"]),
            (YearBefore, ["2025-02-01", "2025-02-28"], ["2024-02-01", "2024-02-29"]),
            (YearBefore, ["2026-03-10", "2026-03-16"], ["2025-03-10", "2025-03-16"]),
            // Of this year only so much has passed.
            (YearBefore, ["2029-01-01", "2029-12-31"], ["2028-01-01", "2028-05-10"]),
            (Previous, ["2029-05-01", "2029-05-31"], ["2029-04-21", "2029-04-30"]),
        ] {
            let query = query(&[], day(period[0]), day(period[1]), "2029-05-10").earlier(comparison).unwrap().query;
            assert_eq!([query.from(), query.to()], expected.map(day), "{comparison} {period:?}");
            assert_eq!(query.as_of_day(), day("2029-05-10"));
        }
    }

    #[test]
    fn a_month_is_compared_with_its_month_a_year_later() {
        let year = query(&[Dimension::Month], day("2026-01-01"), day("2026-12-31"), "2027-01-31");
        let earlier = year.earlier(Comparison::YearBefore).unwrap();
        for (dimension, before, now) in [
            (Dimension::Month, "2025-03", Some("2026-03")),
            (Dimension::Quarter, "2025-Q4", Some("2026-Q4")),
            (Dimension::Year, "2025", Some("2026")),
            (Dimension::SchoolYear, "2024-2025", Some("2025-2026")),
            (Dimension::Sex, "male", Some("male")),
            (Dimension::Month, "?", None),
        ] {
            assert_eq!(earlier.present(dimension, before).as_deref(), now, "{dimension} {before}");
        }
    }

    #[test]
    fn what_has_no_counterpart_is_refused() {
        use Comparison::{Previous, YearBefore};
        let code = |by, from, to, comparison| {
            let query = query(&[by], day(from), day(to), "2029-01-01");
            query.earlier(comparison).map(|_| ()).map_err(|invalid| invalid.code())
        };
        assert_eq!(code(Dimension::Year, "2026-01-01", "2026-06-30", Previous), Err("compare_by_time"));
        assert_eq!(code(Dimension::Quarter, "2026-01-01", "2026-06-30", Previous), Ok(()));
        assert_eq!(code(Dimension::Day, "2026-03-10", "2026-03-16", Previous), Ok(()));
        assert_eq!(code(Dimension::Day, "2026-03-10", "2026-03-16", YearBefore), Err("compare_by_time"));
        assert_eq!(code(Dimension::Month, "2026-03-10", "2026-03-16", Previous), Err("compare_by_time"));
        assert_eq!(code(Dimension::Sex, "2029-02-01", "2029-02-28", Previous), Err("compare_no_period"));
    }

    #[test]
    fn per_cent_of_nothing_is_nothing() {
        assert_eq!(percent(15, 10), Some(50.0));
        assert_eq!(percent(0, 10), Some(-100.0));
        assert_eq!(percent(3, 0), None);
    }

    proptest! {
        #[test]
        fn a_period_and_the_one_before_it_touch(start in 0_u64..9000, length in 0_u64..1000) {
            let from = day("2002-01-01") + Days::new(start);
            let to = from + Days::new(length);
            let earlier = query(&[], from, to, "2029-12-31").earlier(Comparison::Previous).unwrap().query;
            prop_assert_eq!(earlier.to().succ_opt(), Some(from));
            prop_assert!(earlier.from() <= earlier.to());
        }
    }
}

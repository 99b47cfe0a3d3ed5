//! Periods of days, and the periods before them that they are compared with.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::statistics::PeriodUnit;

/// Days from `from` to `to`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// How a period repeats: what may be compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// A calendar month.
    Month,
    /// Several whole months, less than a year: a quarter, a half-year.
    Months(u32),
    /// Twelve months: a calendar year, a school year.
    Year,
    /// Any other days.
    Other,
}

impl Span {
    /// A period, if it has a day.
    #[must_use]
    pub fn new(from: NaiveDate, to: NaiveDate) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// The calendar year of a day.
    #[must_use]
    pub fn year_of(day: NaiveDate) -> Option<Self> {
        Self::new(NaiveDate::from_ymd_opt(day.year(), 1, 1)?, NaiveDate::from_ymd_opt(day.year(), 12, 31)?)
    }

    /// So many whole months from the first of one.
    fn of_months(from: NaiveDate, months: u32) -> Option<Self> {
        Self::new(from, from.checked_add_months(Months::new(months))?.pred_opt()?)
    }

    /// Of how many whole months it is made, if it is.
    fn whole_months(self) -> Option<u32> {
        if self.from.day() != 1 {
            return None;
        }
        let next = self.to.succ_opt()?;
        let months =
            (next.year() - self.from.year()) * 12 + next.month().cast_signed() - self.from.month().cast_signed();
        (next.day() == 1).then_some(months)?.try_into().ok()
    }

    /// How it repeats.
    #[must_use]
    pub fn rhythm(self) -> Rhythm {
        match self.whole_months() {
            Some(1) => Rhythm::Month,
            Some(12) => Rhythm::Year,
            Some(months @ 2..12) => Rhythm::Months(months),
            _ => Rhythm::Other,
        }
    }

    /// The same days so many years before; the end of February is the end of February.
    #[must_use]
    pub fn years_before(self, years: u32) -> Option<Self> {
        let months = Months::new(years.checked_mul(12)?);
        let from = self.from.checked_sub_months(months)?;
        match self.whole_months() {
            Some(length) => Self::of_months(from, length),
            None => Self::new(from, self.to.checked_sub_months(months)?),
        }
    }

    /// The period of the same length that ends the day before this one begins, `steps` times over.
    #[must_use]
    pub fn preceding(self, steps: u32) -> Option<Self> {
        if let Some(length) = self.whole_months() {
            return Self::of_months(self.from.checked_sub_months(Months::new(steps.checked_mul(length)?))?, length);
        }
        let back = Days::new(self.days().checked_mul(u64::from(steps))?);
        Self::new(self.from.checked_sub_days(back)?, self.to.checked_sub_days(back)?)
    }

    /// The whole months that follow this one, `steps` times over; none for other periods.
    #[must_use]
    pub fn following(self, steps: u32) -> Option<Self> {
        let length = self.whole_months()?;
        Self::of_months(self.from.checked_add_months(Months::new(steps.checked_mul(length)?))?, length)
    }

    /// The whole month, quarter, year or school year of which this is the part that had passed when the register was read at
    /// the end of `as_of`: the parts that protected counts are given for. Itself where it is none, or over. Nothing that
    /// was known then can have taken place later, so the counts are the same.
    #[must_use]
    pub fn completed(self, as_of: NaiveDate) -> Self {
        if as_of > self.to {
            return self;
        }
        let begun =
            PeriodUnit::ALL.iter().filter(|unit| unit.months().is_some() && unit.first_day(self.from) == self.from);
        let wholes = begun.map(|unit| Self { from: self.from, to: unit.last_day(self.from) });
        // The shortest that holds it: ALL has the shortest first.
        wholes.filter(|whole| whole.to >= self.to).min_by_key(|whole| whole.to).unwrap_or(self)
    }

    /// Its days.
    #[must_use]
    pub fn days(self) -> u64 {
        (self.to - self.from).num_days().unsigned_abs() + 1
    }

    /// Those of its days that were over at the end of `as_of`.
    #[must_use]
    pub fn days_known(self, as_of: NaiveDate) -> u64 {
        Self::new(self.from, self.to.min(as_of)).map_or(0, Self::days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(from: &str, to: &str) -> Span {
        Span::new(day(from), day(to)).unwrap()
    }

    #[test]
    fn periods_repeat_by_their_length() {
        for (from, to, expected) in [
            ("2026-02-01", "2026-02-28", Rhythm::Month),
            ("2024-02-01", "2024-02-28", Rhythm::Other),
            ("2026-04-01", "2026-06-30", Rhythm::Months(3)),
            ("2026-01-01", "2026-06-30", Rhythm::Months(6)),
            ("2026-01-01", "2026-12-31", Rhythm::Year),
            ("2025-09-01", "2026-08-31", Rhythm::Year),
            ("2025-01-01", "2026-12-31", Rhythm::Other),
            ("2026-01-02", "2026-02-01", Rhythm::Other),
        ] {
            assert_eq!(span(from, to).rhythm(), expected, "{from} {to}");
        }
    }

    #[test]
    fn what_stands_before_a_period() {
        let february = span("2024-02-01", "2024-02-29");
        assert_eq!(february.years_before(1), Some(span("2023-02-01", "2023-02-28")));
        assert_eq!(february.preceding(1), Some(span("2024-01-01", "2024-01-31")));
        assert_eq!(february.preceding(2), Some(span("2023-12-01", "2023-12-31")));
        let school_year = span("2025-09-01", "2026-08-31");
        assert_eq!(school_year.preceding(1), Some(span("2024-09-01", "2025-08-31")));
        assert_eq!(school_year.preceding(1), school_year.years_before(1));
        assert_eq!(span("2026-03-03", "2026-03-05").preceding(2), Some(span("2026-02-25", "2026-02-27")));
        assert_eq!(span("2024-02-29", "2024-02-29").years_before(1), Some(span("2023-02-28", "2023-02-28")));
        assert_eq!(Span::new(NaiveDate::MIN, NaiveDate::MIN).unwrap().preceding(1), None);
    }

    #[test]
    fn the_part_that_has_passed_stands_for_the_whole() {
        for (from, to, as_of, whole) in [
            ("2026-01-01", "2026-11-22", "2026-10-31", "2026-12-31"),
            ("2026-01-01", "2026-02-22", "2026-01-31", "2026-03-31"),
            ("2026-11-01", "2026-11-22", "2026-10-31", "2026-11-30"),
            ("2026-11-01", "2026-11-01", "2026-10-31", "2026-11-30"),
            ("2025-09-01", "2026-07-03", "2026-06-30", "2026-08-31"),
            // Whole months are a part too.
            ("2026-01-01", "2026-10-31", "2026-10-31", "2026-12-31"),
            ("2026-01-01", "2026-06-30", "2026-06-30", "2026-12-31"),
            // Over, whole already, or no unit at all.
            ("2026-01-01", "2026-06-30", "2026-10-31", "2026-06-30"),
            ("2026-01-01", "2026-10-22", "2026-10-31", "2026-10-22"),
            ("2026-01-01", "2026-12-31", "2026-10-31", "2026-12-31"),
            ("2026-01-02", "2026-11-22", "2026-10-31", "2026-11-22"),
        ] {
            assert_eq!(span(from, to).completed(day(as_of)), span(from, whole), "{from} {to} {as_of}");
        }
        assert_eq!(span("2026-01-01", "2026-12-31").days_known(day("2026-01-31")), 31);
        assert_eq!(span("2026-01-01", "2026-12-31").days_known(day("2025-12-31")), 0);
        assert_eq!(span("2026-01-01", "2026-12-31").days_known(day("2027-05-05")), 365);
    }

    proptest! {
        #[test]
        fn preceding_periods_touch_and_do_not_overlap(start in 0i64..20_000, length in 0i64..800, steps in 1u32..6) {
            let from = day("1980-01-01") + chrono::TimeDelta::days(start);
            let span = Span::new(from, from + chrono::TimeDelta::days(length)).unwrap();
            let nearer = if steps == 1 { span } else { span.preceding(steps - 1).unwrap() };
            let before = span.preceding(steps).unwrap();
            prop_assert_eq!(before.to.succ_opt().unwrap(), nearer.from);
            // Whole months stay whole; other days may become a month by chance, as 1 to 28 March do.
            if span.rhythm() != Rhythm::Other {
                prop_assert_eq!(before.rhythm(), span.rhythm());
                prop_assert_eq!(span.years_before(1).unwrap().rhythm(), span.rhythm());
            }
        }
    }
}

//! Units of time by which facts are counted. Days are those of Kazakhstan.

use chrono::{Datelike, Months, NaiveDate};

/// Month with which a school year begins: 1 September (Law of the Republic of Kazakhstan "On education", article 28; the
/// order on the beginning of the school year names the same day every year). It ends with 31 August.
const SCHOOL_YEAR_BEGINS: u32 = 9;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodUnit {
    /// `2026-03-05`.
    Day,
    /// `2026-03`.
    Month,
    /// `2026-Q1`: January to March, and so on.
    Quarter,
    /// `2026`: a calendar year.
    Year,
    /// `2025-2026`: 1 September to 31 August.
    SchoolYear,
}

impl PeriodUnit {
    /// Every unit, the shortest first.
    pub const ALL: &'static [Self] = &[Self::Day, Self::Month, Self::Quarter, Self::Year, Self::SchoolYear];

    /// How many months it has; none for a day.
    #[must_use]
    pub const fn months(self) -> Option<u32> {
        match self {
            Self::Day => None,
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::Year | Self::SchoolYear => Some(12),
        }
    }

    /// The first day of the unit that a day lies in.
    #[must_use]
    pub fn first_day(self, day: NaiveDate) -> NaiveDate {
        let (year, month) = match self {
            Self::Day => return day,
            Self::Month => (day.year(), day.month()),
            Self::Quarter => (day.year(), day.month0() / 3 * 3 + 1),
            Self::Year => (day.year(), 1),
            Self::SchoolYear if day.month() < SCHOOL_YEAR_BEGINS => (day.year() - 1, SCHOOL_YEAR_BEGINS),
            Self::SchoolYear => (day.year(), SCHOOL_YEAR_BEGINS),
        };
        // Only before the calendar's first day there is none.
        NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(day)
    }

    /// The last day of the unit that a day lies in.
    #[must_use]
    pub fn last_day(self, day: NaiveDate) -> NaiveDate {
        let Some(months) = self.months() else { return day };
        let next = self.first_day(day).checked_add_months(Months::new(months));
        next.and_then(|next| next.pred_opt()).unwrap_or(NaiveDate::MAX)
    }

    /// The code of the unit that a day lies in.
    #[must_use]
    pub fn code(self, day: NaiveDate) -> String {
        let first = self.first_day(day);
        let year = first.year();
        match self {
            Self::Day => first.to_string(),
            Self::Month => first.format("%Y-%m").to_string(),
            Self::Quarter => format!("{year:04}-Q{}", first.month0() / 3 + 1),
            Self::Year => format!("{year:04}"),
            Self::SchoolYear => format!("{year:04}-{:04}", year + 1),
        }
    }

    /// The first day of the unit of a code; none where it is no code of this unit.
    #[must_use]
    pub fn of_code(self, code: &str) -> Option<NaiveDate> {
        let first = match self {
            Self::Day => code.parse().ok()?,
            Self::Month => format!("{code}-01").parse().ok()?,
            Self::Quarter => {
                let (year, quarter) = code.split_once("-Q")?;
                NaiveDate::from_ymd_opt(year.parse().ok()?, quarter.parse::<u32>().ok()?.checked_sub(1)? * 3 + 1, 1)?
            }
            Self::Year => NaiveDate::from_ymd_opt(code.parse().ok()?, 1, 1)?,
            Self::SchoolYear => {
                let (year, _) = code.split_once('-')?;
                NaiveDate::from_ymd_opt(year.parse().ok()?, SCHOOL_YEAR_BEGINS, 1)?
            }
        };
        // Only what would be written so is a code.
        (self.code(first) == code).then_some(first)
    }

    /// The unit that is exactly from one day to another; the longest, if several were.
    #[must_use]
    pub fn spanning(from: NaiveDate, to: NaiveDate) -> Option<Self> {
        Self::ALL.iter().rev().copied().find(|unit| unit.first_day(from) == from && unit.last_day(from) == to)
    }

    /// Whether whole units of this kind make up another: months make up all that is longer, quarters a calendar year.
    #[must_use]
    pub fn divides(self, whole: Self) -> bool {
        match (self, whole) {
            (Self::Day | Self::Month, _) => self <= whole,
            (Self::Quarter, _) => matches!(whole, Self::Quarter | Self::Year),
            _ => self == whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn units_have_their_days_and_codes() {
        use PeriodUnit::{Day, Month, Quarter, SchoolYear, Year};
        for (unit, inside, code, first, last) in [
            (Day, "2026-03-05", "2026-03-05", "2026-03-05", "2026-03-05"),
            (Month, "2024-02-10", "2024-02", "2024-02-01", "2024-02-29"),
            (Quarter, "2026-12-31", "2026-Q4", "2026-10-01", "2026-12-31"),
            (Year, "2026-06-01", "2026", "2026-01-01", "2026-12-31"),
            (SchoolYear, "2026-08-31", "2025-2026", "2025-09-01", "2026-08-31"),
            (SchoolYear, "2026-09-01", "2026-2027", "2026-09-01", "2027-08-31"),
        ] {
            assert_eq!((unit.first_day(day(inside)), unit.last_day(day(inside))), (day(first), day(last)), "{inside}");
            assert_eq!(unit.code(day(inside)), code);
            assert_eq!(unit.of_code(code), Some(day(first)));
            assert_eq!(PeriodUnit::spanning(day(first), day(last)), Some(unit));
        }
        for (unit, wrong) in [
            (Month, "2026-3"),
            (Month, "2026-13"),
            (Quarter, "2026-Q5"),
            (Quarter, "2026-Q0"),
            (Year, "26"),
            (SchoolYear, "2025-2027"),
            (SchoolYear, "2025"),
            (Day, "2026-02-30"),
        ] {
            assert_eq!(unit.of_code(wrong), None, "{wrong}");
        }
        assert_eq!(PeriodUnit::spanning(day("2026-01-01"), day("2026-06-30")), None);
    }

    proptest! {
        #[test]
        fn every_day_lies_in_one_unit_of_each_kind(days in 0_u64..40_000) {
            let day = day("1990-01-01") + chrono::Days::new(days);
            for unit in PeriodUnit::ALL {
                let (first, last) = (unit.first_day(day), unit.last_day(day));
                prop_assert!(first <= day && day <= last);
                prop_assert_eq!(unit.first_day(last), first);
                prop_assert_eq!(unit.of_code(&unit.code(day)), Some(first));
                for part in PeriodUnit::ALL.iter().filter(|part| part.divides(*unit)) {
                    prop_assert!(part.first_day(first) == first && part.last_day(last) == last);
                }
            }
        }
    }
}

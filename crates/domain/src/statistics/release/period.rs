//! The periods that are closed, and the days as of which they may be.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::Invalid;
use crate::words::words;

words! {
    /// The length of a period that is closed and published.
    pub enum ReleasePeriodKind {
        /// A calendar month.
        Month = "month",
        /// A calendar quarter.
        Quarter = "quarter",
        /// January to June, July to December.
        HalfYear = "half_year",
        /// A calendar year.
        Year = "year",
        /// 1 September to 31 August.
        SchoolYear = "school_year",
    }
}

impl ReleasePeriodKind {
    const fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year | Self::SchoolYear => 12,
        }
    }

    /// Whether a period of this kind begins with a month, counted from 1.
    const fn begins_with(self, month: u32) -> bool {
        match self {
            Self::SchoolYear => month == 9,
            _ => (month - 1).is_multiple_of(self.months()),
        }
    }
}

/// A whole period of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleasePeriod {
    kind: ReleasePeriodKind,
    from: NaiveDate,
    to: NaiveDate,
}

impl ReleasePeriod {
    /// The period of a kind that begins with a day.
    ///
    /// # Errors
    /// `period_start`: no such period begins with this day.
    pub fn new(kind: ReleasePeriodKind, from: NaiveDate) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("period_start");
        if from.day() != 1 || !kind.begins_with(from.month()) {
            return Err(wrong());
        }
        let next = from.checked_add_months(Months::new(kind.months())).ok_or_else(wrong)?;
        Ok(Self { kind, from, to: next.checked_sub_days(Days::new(1)).ok_or_else(wrong)? })
    }

    /// Its length.
    #[must_use]
    pub const fn kind(&self) -> ReleasePeriodKind {
        self.kind
    }

    /// Its first day.
    #[must_use]
    pub const fn from(&self) -> NaiveDate {
        self.from
    }

    /// Its last day, itself included.
    #[must_use]
    pub const fn to(&self) -> NaiveDate {
        self.to
    }
}

/// Whether a period may be closed as of a day: the last one of a month that is over before `today`, so that everybody may
/// ask for the protected counts of that day anyway, and not before the period ends.
///
/// # Errors
/// `as_of_not_month_end`, `as_of_not_over`, `as_of_before_period_end`.
pub fn as_of_ok(period: &ReleasePeriod, as_of: NaiveDate, today: NaiveDate) -> Result<(), Invalid> {
    if as_of >= today {
        Err(Invalid::new("as_of_not_over"))
    } else if as_of.succ_opt().is_none_or(|next| next.day() != 1) {
        Err(Invalid::new("as_of_not_month_end"))
    } else if as_of < period.to {
        Err(Invalid::new("as_of_before_period_end"))
    } else {
        Ok(())
    }
}

/// The last day of a month that is over before `today`, not after `day`.
#[must_use]
pub fn last_month_end(day: NaiveDate, today: NaiveDate) -> NaiveDate {
    let latest = today.pred_opt().map_or(day, |yesterday| day.min(yesterday));
    // The first of the month of the day after: the day before it is the latest end of a month.
    let next = latest.succ_opt().unwrap_or(latest);
    next.with_day(1).and_then(|first| first.pred_opt()).unwrap_or(latest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn periods_are_whole() {
        use ReleasePeriodKind::{HalfYear, Month, Quarter, SchoolYear, Year};
        for (kind, from, to) in [
            (Month, "2024-02-01", Some("2024-02-29")),
            (Month, "2026-02-02", None),
            (Quarter, "2026-04-01", Some("2026-06-30")),
            (Quarter, "2026-05-01", None),
            (HalfYear, "2026-01-01", Some("2026-06-30")),
            (HalfYear, "2026-07-01", Some("2026-12-31")),
            (HalfYear, "2026-04-01", None),
            (Year, "2026-01-01", Some("2026-12-31")),
            (Year, "2026-09-01", None),
            (SchoolYear, "2025-09-01", Some("2026-08-31")),
            (SchoolYear, "2026-01-01", None),
        ] {
            let period = ReleasePeriod::new(kind, day(from));
            assert_eq!(period.as_ref().ok().map(ReleasePeriod::to), to.map(day), "{kind} {from}");
            assert!(period.is_ok() || period.is_err_and(|invalid| invalid.code() == "period_start"));
        }
    }

    #[test]
    fn the_register_is_read_at_the_end_of_a_month_that_is_over() {
        let period = ReleasePeriod::new(ReleasePeriodKind::Month, day("2026-10-01")).unwrap();
        for (as_of, refused) in [
            ("2026-10-31", None),
            ("2026-11-30", None),
            ("2026-09-30", Some("as_of_before_period_end")),
            ("2026-11-29", Some("as_of_not_month_end")),
            ("2026-12-05", Some("as_of_not_over")),
            ("2026-12-31", Some("as_of_not_over")),
        ] {
            let found = as_of_ok(&period, day(as_of), day("2026-12-05")).err();
            assert_eq!(found.as_ref().map(Invalid::code), refused, "{as_of}");
        }
    }

    proptest! {
        #[test]
        fn the_last_end_of_a_month_is_one_and_lies_before_today(days in 0_u64..20_000, ahead in 0_u64..400) {
            let today = day("2000-01-01") + Days::new(days);
            let asked = day("2000-01-01") + Days::new(days + 200) - Days::new(ahead);
            let end = last_month_end(asked, today);
            prop_assert!(end < today && end <= asked);
            prop_assert_eq!(end.succ_opt().unwrap().day(), 1);
            // There is none between it and the day.
            let latest = asked.min(today.pred_opt().unwrap());
            let next = ReleasePeriod::new(ReleasePeriodKind::Month, end.succ_opt().unwrap()).unwrap().to();
            prop_assert!(next > latest);
        }
    }
}

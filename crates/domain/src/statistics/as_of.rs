//! As of when the register is read.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, TimeDelta, Utc};
use serde::{Serialize, Serializer};

use crate::Invalid;
use crate::calendar::{end_of_day, local_date};

/// The state of the register that is counted: what was known of it then, however it was corrected later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// At the end of a day of Kazakhstan.
    Day(NaiveDate),
    /// At a moment, what was recorded in its microsecond included.
    Moment(DateTime<Utc>),
}

impl AsOf {
    /// The day in Kazakhstan, whether it was over or not.
    #[must_use]
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Moment(moment) => local_date(moment),
        }
    }

    /// The last day that was over: the day itself, or the one before a moment within a day.
    #[must_use]
    pub fn last_whole_day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Moment(moment) => local_date(moment).pred_opt().unwrap_or(NaiveDate::MIN),
        }
    }

    /// The first moment whose records are not counted any more.
    #[must_use]
    pub fn end(self) -> DateTime<Utc> {
        match self {
            Self::Day(day) => end_of_day(day),
            // Records have microseconds.
            Self::Moment(moment) => {
                moment.trunc_subsecs(6).checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(moment)
            }
        }
    }
}

impl From<NaiveDate> for AsOf {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl FromStr for AsOf {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // Other spellings that a lenient reader takes are refused.
        let is_day = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let read = if is_day {
            NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self::Day)
        } else {
            DateTime::parse_from_rfc3339(text).map(|moment| Self::Moment(moment.with_timezone(&Utc)))
        };
        read.map_err(|_| Invalid::new("as_of_format"))
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Moment(moment) => f.write_str(&moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}

impl Serialize for AsOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "utoipa")]
crate::words::string_schema!(
    AsOf,
    "A day, at whose end the register is read, or a moment (RFC 3339), what was recorded at it included",
    |string| string.examples(["2026-03-31", "2026-03-31T09:30:00Z"])
);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> AsOf {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_ends_in_kazakhstan_and_a_moment_is_its_own_end() {
        let day: NaiveDate = "2026-03-31".parse().unwrap();
        for (text, last_whole, end, shown) in [
            ("2026-03-31", "2026-03-31", "2026-03-31T19:00:00Z", "2026-03-31"),
            ("2026-03-31T09:30:00Z", "2026-03-30", "2026-03-31T09:30:00.000001Z", "2026-03-31T09:30:00Z"),
            ("2026-03-31T14:30:00+05:00", "2026-03-30", "2026-03-31T09:30:00.000001Z", "2026-03-31T09:30:00Z"),
            // Already the 31st in Kazakhstan, and what is finer than a microsecond counts as the whole of it.
            (
                "2026-03-30T19:00:00.0000009Z",
                "2026-03-30",
                "2026-03-30T19:00:00.000001Z",
                "2026-03-30T19:00:00.000000900Z",
            ),
        ] {
            let as_of = read(text);
            assert_eq!(as_of.day(), day, "{text}");
            assert_eq!(as_of.last_whole_day().to_string(), last_whole, "{text}");
            assert_eq!(as_of.end(), end.parse::<DateTime<Utc>>().unwrap(), "{text}");
            assert_eq!(as_of.to_string(), shown, "{text}");
        }
        assert_eq!(AsOf::from(day), read("2026-03-31"));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-02-30",
            "2026-03-31T09:30",
            "26-03-31",
            "+2026-03-1",
            "2026-03-31T25:00:00Z",
            "09:30",
        ] {
            assert_eq!(text.parse::<AsOf>().map_err(|invalid| invalid.code()), Err("as_of_format"), "{text}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        for as_of in [AsOf::Day(NaiveDate::MAX), AsOf::Moment(DateTime::<Utc>::MAX_UTC)] {
            assert!(as_of.end() > end_of_day("9999-12-31".parse().unwrap()));
        }
        assert!(
            AsOf::Moment("-0001-01-01T00:00:00Z".parse().unwrap()).last_whole_day() < "0001-01-01".parse().unwrap()
        );
    }
}

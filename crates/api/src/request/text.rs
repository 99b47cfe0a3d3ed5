//! Values written as text: in a JSON string, a query parameter or a path.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::problem::Issue;

/// A value that is written as text.
///
/// Types of the domain get it, and [`FromJson`](super::FromJson) from a JSON string, by `leaf_str!`.
pub trait FromText: Sized {
    /// Reads the text.
    ///
    /// # Errors
    /// What is wrong with it, never with the text itself inside.
    fn from_text(text: &str) -> Result<Self, Issue>;
}

/// Gives [`FromText`] and [`FromJson`](super::FromJson) to types with `FromStr<Err = Invalid>`.
#[macro_export]
macro_rules! leaf_str {
    ($($type:ty),+ $(,)?) => { $(
        impl $crate::request::FromText for $type {
            fn from_text(text: &str) -> Result<Self, $crate::problem::Issue> {
                text.parse::<Self>().map_err($crate::problem::Issue::from)
            }
        }
        $crate::json_from_text!($type);
    )+ };
}

/// Gives [`FromJson`](super::FromJson) from a JSON string to a type with [`FromText`].
#[macro_export]
macro_rules! json_from_text {
    ($($type:ty),+ $(,)?) => { $(
        impl $crate::request::FromJson for $type {
            fn from_json(
                value: $crate::request::json::Value,
                at: &$crate::problem::Pointer<'_>,
                errors: &mut $crate::problem::FieldErrors,
            ) -> Option<Self> {
                $crate::request::json::leaf(value, at, errors)
            }
        }
    )+ };
}

impl FromText for String {
    fn from_text(text: &str) -> Result<Self, Issue> {
        Ok(text.to_owned())
    }
}

impl FromText for bool {
    fn from_text(text: &str) -> Result<Self, Issue> {
        text.parse().map_err(|_| Issue::wrong_type("boolean"))
    }
}

impl FromText for i32 {
    fn from_text(text: &str) -> Result<Self, Issue> {
        text.parse().map_err(|_| Issue::wrong_type("integer"))
    }
}

impl FromText for i64 {
    fn from_text(text: &str) -> Result<Self, Issue> {
        text.parse().map_err(|_| Issue::wrong_type("integer"))
    }
}

impl FromText for Uuid {
    /// The hyphenated form only: one id has one spelling.
    fn from_text(text: &str) -> Result<Self, Issue> {
        const HYPHENATED_LENGTH: usize = 36;
        let parsed = if text.len() == HYPHENATED_LENGTH { Self::try_parse(text).ok() } else { None };
        parsed.ok_or_else(|| Issue::new("id_format"))
    }
}

impl FromText for NaiveDate {
    /// `YYYY-MM-DD`, with all its digits: other spellings that a lenient reader takes are refused.
    fn from_text(text: &str) -> Result<Self, Issue> {
        let well_formed = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date = if well_formed { Self::parse_from_str(text, "%Y-%m-%d").ok() } else { None };
        date.ok_or_else(|| Issue::new("date_format"))
    }
}

impl FromText for DateTime<Utc> {
    fn from_text(text: &str) -> Result<Self, Issue> {
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| Issue::new("time_format"))?;
        Ok(time.with_timezone(&Utc))
    }
}

crate::json_from_text!(String, Uuid, NaiveDate, DateTime<Utc>);

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T: FromText>(text: &str) -> Option<&'static str> {
        T::from_text(text).err().map(|issue| issue.code())
    }

    #[test]
    fn dates_and_times_have_one_spelling() {
        assert_eq!(code::<NaiveDate>("2026-03-31"), None);
        for text in ["2026-3-31", "31.03.2026", "2026-02-30", "+2026-03-1", "", "2026-03-31T00:00:00Z"] {
            assert_eq!(code::<NaiveDate>(text), Some("date_format"), "{text}");
        }
        assert_eq!(code::<DateTime<Utc>>("2026-03-31T09:00:00+05:00"), None);
        assert_eq!(code::<DateTime<Utc>>("2026-03-31 09:00"), Some("time_format"));
    }

    #[test]
    fn numbers_and_ids_are_strict() {
        assert_eq!(code::<i64>("12"), None);
        assert_eq!(code::<i64>("99999999999999999999"), Some("wrong_type"));
        assert_eq!(code::<bool>("1"), Some("wrong_type"));
        assert_eq!(code::<Uuid>("0190a6f8-5b1c-7c3e-9f00-1234567890ab"), None);
        assert_eq!(code::<Uuid>("0190a6f85b1c7c3e9f001234567890ab"), Some("id_format"));
    }
}

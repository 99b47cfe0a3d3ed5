//! Codes of instruments and of what is in them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;

/// Longest code, in characters.
const MAX: usize = 50;

/// The stable code of an instrument, a question, an option, a subscale or a flag: 2 to 50 characters of a–z, 0–9 and
/// underscore, a letter first. Answers are kept and compared by it, so a later version keeps the codes of questions
/// that mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssessmentCode(String);

impl AssessmentCode {
    /// Checks a code.
    ///
    /// # Errors
    /// `code_format` (`max`).
    pub fn new(code: &str) -> Result<Self, Invalid> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = code.chars().next().is_some_and(|first| first.is_ascii_lowercase());
        if begins && (2..=MAX).contains(&code.len()) && code.chars().all(good) {
            Ok(Self(code.to_owned()))
        } else {
            Err(Invalid::new("code_format").with("max", MAX))
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AssessmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for AssessmentCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl Serialize for AssessmentCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AssessmentCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::words::deserialize_checked(deserializer)
    }
}

#[cfg(feature = "utoipa")]
crate::words::string_schema!(
    AssessmentCode,
    "Code of an instrument, a question, an option, a subscale or a flag: a–z, 0–9 and underscore, a letter first",
    |string| string.min_length(Some(2)).max_length(Some(MAX)).pattern(Some("^[a-z][a-z0-9_]+$"))
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_one_form() {
        for good in ["wish_to_be_dead", "q1", "ab"] {
            assert_eq!(AssessmentCode::new(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(MAX + 1);
        for bad in ["", "a", "1a", "_a", "Ab", "a-b", "әб", "a b", "0190a6f8-5b1c-7c3e-9f00-1234567890ab", &long] {
            assert_eq!(AssessmentCode::new(bad).unwrap_err().code(), "code_format", "{bad}");
        }
    }
}

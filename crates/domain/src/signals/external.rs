//! The name that a signal has in the system it comes from: what makes a repeat known.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;
use crate::text::Text;

/// The id of a signal in the system it comes from: a call's id, a row's number. 1 to 100 characters.
pub type ExternalId = Text<1, 100>;

/// The source of signals that are filed one by one: within it the ids of a hotline's calls are unique.
pub const SINGLE_SOURCE: &str = "single";

/// A code for the source of an import, such as `raid-2026-03`: within it, and within the organisation that files,
/// external ids are unique. It stands in addresses and logs and must name no person: 1 to 64 of a–z, 0–9, dot,
/// underscore and hyphen, beginning with a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportSource(String);

impl ImportSource {
    const MAX_LENGTH: usize = 64;

    /// Checks a code.
    ///
    /// # Errors
    /// `source_format` (`max`), also for [`SINGLE_SOURCE`], which is kept for signals filed one by one.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let may_stand = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let right = (1..=Self::MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|byte| may_stand(byte) || b"._-".contains(&byte))
            && text.bytes().next().is_some_and(may_stand)
            && text != SINGLE_SOURCE;
        if right { Ok(Self(text.to_owned())) } else { Err(Invalid::new("source_format").with("max", Self::MAX_LENGTH)) }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ImportSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ImportSource {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl Serialize for ImportSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ImportSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::words::deserialize_checked(deserializer)
    }
}

#[cfg(feature = "utoipa")]
crate::words::string_schema!(ImportSource, "Code for the source of an import; it must name no person", |string| string
    .pattern(Some("^[a-z0-9][a-z0-9._-]*$"))
    .min_length(Some(1))
    .max_length(Some(ImportSource::MAX_LENGTH)));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_short_code() {
        for text in ["raid-2026-03", "a", "0.x_y", &"a".repeat(64)] {
            assert_eq!(ImportSource::new(text).unwrap().as_str(), text);
        }
        for text in ["", "-a", ".a", "Raid", "рейд", "a b", "a/b", "single", &"a".repeat(65)] {
            assert_eq!(ImportSource::new(text).unwrap_err().code(), "source_format", "{text:?}");
        }
    }
}

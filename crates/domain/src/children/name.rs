//! Parts of a person's name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::Invalid;

/// Signs that people and keyboards write for an apostrophe.
pub(crate) const APOSTROPHES: [char; 6] = ['\'', '’', '‘', 'ʼ', 'ʻ', '`'];
/// Signs that people and keyboards write for a hyphen.
pub(super) const HYPHENS: [char; 3] = ['-', '‐', '‑'];

/// One part of a name (last name, first name, patronymic): 1 to 100 characters, letters of any script with spaces,
/// hyphens and apostrophes between them.
///
/// In Unicode's composed form (NFC), spaces trimmed and collapsed; spelling and case stay as given. It is personal
/// data: `Debug` tells only the length and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonName(String);

impl PersonName {
    const MAX_LENGTH: usize = 100;

    /// Checks one part of a name.
    ///
    /// # Errors
    /// `name_format` (`max`).
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let composed: String = text.nfc().collect();
        let name = composed.split_whitespace().collect::<Vec<_>>().join(" ");
        let may_stand = |c: char| {
            c.is_alphabetic() || is_combining_mark(c) || c == ' ' || HYPHENS.contains(&c) || APOSTROPHES.contains(&c)
        };
        let right = name.chars().count() <= Self::MAX_LENGTH
            && name.chars().all(may_stand)
            && name.chars().any(|c| c.is_alphabetic() && !APOSTROPHES.contains(&c));
        if right { Ok(Self(name)) } else { Err(Invalid::new("name_format").with("max", Self::MAX_LENGTH)) }
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first letter, for candidates that are shown masked.
    pub fn initial(&self) -> Option<char> {
        self.0.chars().find(|c| c.is_alphabetic() && !APOSTROPHES.contains(c))
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({} characters)", self.0.chars().count())
    }
}

impl FromStr for PersonName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl Serialize for PersonName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PersonName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::words::deserialize_checked(deserializer)
    }
}

#[cfg(feature = "utoipa")]
crate::words::string_schema!(
    PersonName,
    "Part of a name: letters of any script, spaces, hyphens, apostrophes",
    |string| string.min_length(Some(1)).max_length(Some(PersonName::MAX_LENGTH))
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_scripts() {
        let table = [
            ("  Әлия ", "Әлия"),
            ("Нұр-Сұлтан", "Нұр-Сұлтан"),
            ("Гүл \t Нұр", "Гүл Нұр"),
            ("O’Connor", "O’Connor"),
            ("Ли", "Ли"),
            ("Э", "Э"),
            ("И\u{306}оно", "Йоно"),
            ("محمد", "محمد"),
        ];
        for (given, expected) in table {
            assert_eq!(PersonName::new(given).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn what_is_no_name() {
        let long = "я".repeat(101);
        for text in ["", "   ", "-", "’", "Ер1ан", "A.B", "<b>", "a\0b", "Иван;", "🙂", &long] {
            assert_eq!(PersonName::new(text).unwrap_err().code(), "name_format", "{text:?}");
        }
        assert!(PersonName::new(&"я".repeat(100)).is_ok());
    }

    #[test]
    fn debug_does_not_show_the_name() {
        assert_eq!(format!("{:?}", PersonName::new("Асем").unwrap()), "PersonName(4 characters)");
    }
}

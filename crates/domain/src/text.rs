//! Free text of bounded length.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;

/// A title of one line or a little more: 1 to 200 characters.
pub type Title = Text<1, 200>;
/// What happened, what was seen, what was decided: 1 to 20 000 characters.
pub type Narrative = Text<1, 20_000>;
/// Why somebody did something: 3 to 2 000 characters, so that a dot is no reason.
pub type Reason = Text<3, 2_000>;

/// Free text of `MIN` to `MAX` characters (Unicode scalar values) after trimming.
///
/// Line ends become `\n`; no other control characters than `\n` and `\t` remain. It may hold personal data, so
/// `Debug` tells only its length and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// Trims and checks `text`.
    ///
    /// # Errors
    /// `text_too_short` (`min`), `text_too_long` (`max`), `text_control_characters`.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().replace("\r\n", "\n");
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(Invalid::new("text_control_characters"));
        }
        let length = text.chars().count();
        if length < MIN {
            return Err(Invalid::new("text_too_short").with("min", MIN));
        }
        if length > MAX {
            return Err(Invalid::new("text_too_long").with("max", MAX));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Debug for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

impl<const MIN: usize, const MAX: usize> FromStr for Text<MIN, MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<String> for Text<MIN, MAX> {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<&str> for Text<MIN, MAX> {
    type Error = Invalid;

    fn try_from(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl<const MIN: usize, const MAX: usize> From<Text<MIN, MAX>> for String {
    fn from(text: Text<MIN, MAX>) -> Self {
        text.0
    }
}

impl<const MIN: usize, const MAX: usize> AsRef<str> for Text<MIN, MAX> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> Serialize for Text<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::words::deserialize_checked(deserializer)
    }
}

#[cfg(feature = "utoipa")]
impl<const MIN: usize, const MAX: usize> utoipa::PartialSchema for Text<MIN, MAX> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(MIN))
            .max_length(Some(MAX))
            .description(Some(format!("Text of {MIN} to {MAX} characters after trimming")))
            .into()
    }
}

#[cfg(feature = "utoipa")]
impl<const MIN: usize, const MAX: usize> utoipa::ToSchema for Text<MIN, MAX> {
    /// Lengths are part of the name: texts of different bounds are different schemas.
    fn name() -> std::borrow::Cow<'static, str> {
        match (MIN, MAX) {
            (1, 200) => "Title".into(),
            (1, 20_000) => "Narrative".into(),
            (3, 2_000) => "Reason".into(),
            _ => format!("Text{MIN}To{MAX}").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Short = Text<2, 5>;

    #[test]
    fn lengths_count_characters_after_trimming() {
        let cases = [
            ("  аб \n", Ok("аб")),
            ("ұұұұұ", Ok("ұұұұұ")),
            ("a\r\nb", Ok("a\nb")),
            ("a\tb", Ok("a\tb")),
            (" a ", Err("text_too_short")),
            ("", Err("text_too_short")),
            ("abcdef", Err("text_too_long")),
            ("a\0b", Err("text_control_characters")),
            ("a\rb", Err("text_control_characters")),
            ("a\u{85}b", Err("text_control_characters")),
        ];
        for (input, expected) in cases {
            let text = Short::new(input);
            let got = text.as_ref().map(Text::as_str).map_err(Invalid::code);
            assert_eq!(got, expected, "{input:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_bound() {
        assert_eq!(Short::new("").unwrap_err().params(), [("min", "2".to_owned())]);
        assert_eq!(Short::new("abcdef").unwrap_err().params(), [("max", "5".to_owned())]);
    }

    #[test]
    fn debug_does_not_show_the_text() {
        let text = Short::new("Асем").unwrap();
        assert_eq!(format!("{text:?}"), "Text(4 characters)");
    }

    #[test]
    fn json_is_checked() {
        assert_eq!(serde_json::from_str::<Short>("\" ab \"").unwrap().as_str(), "ab");
        let error = serde_json::from_str::<Short>("\"a\"").unwrap_err().to_string();
        assert!(error.starts_with("text_too_short"), "{error}");
    }
}

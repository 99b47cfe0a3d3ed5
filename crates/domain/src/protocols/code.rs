//! Codes of protocols and of their steps.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;

/// Longest code, in characters.
const MAX_LENGTH: usize = 60;

fn check(code: &str) -> Result<String, Invalid> {
    let shape = (2..=MAX_LENGTH).contains(&code.len())
        && code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if shape { Ok(code.to_owned()) } else { Err(Invalid::new("protocol_code_format").with("max", MAX_LENGTH)) }
}

macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ $name:ident, example $example:literal; )+) => {$(
        $(#[doc = $doc])+
        ///
        /// A small letter, then 1 to 59 small letters, digits or underscores.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Checks the shape of a code.
            ///
            /// # Errors
            /// `protocol_code_format` (`max`).
            pub fn new(code: &str) -> Result<Self, Invalid> {
                check(code).map(Self)
            }

            /// The code.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(code: &str) -> Result<Self, Invalid> {
                Self::new(code)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::words::deserialize_checked(deserializer)
            }
        }

        #[cfg(feature = "utoipa")]
        crate::words::string_schema!($name, concat!($( $doc, "\n" ),+).trim(), |string| string
            .pattern(Some("^[a-z][a-z0-9_]{1,59}$"))
            .examples([$example]));
    )+};
}

codes! {
    /// The code of a protocol.
    ProtocolCode, example "suicide_attempt";
    /// The code of a step, unique in its protocol. The same code in two protocols means the same deed: where one is
    /// under way in a case, it is not asked for twice.
    StepCode, example "medical_examination";
}

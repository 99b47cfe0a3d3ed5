//! Closed vocabularies: enums whose variants have a stable code.
//!
//! `words!` writes what every vocabulary needs, so that a code stands in one place only: on its variant.

/// Declares closed vocabularies, each variant with its code and its meaning.
///
/// Every enum gets `ALL`, `as_str`, `Display`, `FromStr` and `TryFrom<&str>` (refusing with `unknown_code` and the
/// codes `allowed`), `Serialize` and `Deserialize` as the code, and with the feature `utoipa` a schema that carries
/// the meanings. The order of the variants is the order of `Ord`.
macro_rules! words {
    ($(
        $(#[doc = $doc:literal])+
        $vis:vis enum $name:ident {
            $( $(#[doc = $meaning:literal])+ $variant:ident = $code:literal ),+ $(,)?
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name {
            $( $(#[doc = $meaning])+ #[doc = concat!("\n\nCode: `", $code, "`.")] $variant ),+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// The stable code, as in JSON and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $code ),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::Invalid;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $( $code => Ok(Self::$variant), )+
                    _ => Err($crate::Invalid::new("unknown_code").with("allowed", [$( $code ),+].join(","))),
                }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::Invalid;

            fn try_from(code: &str) -> Result<Self, Self::Error> {
                code.parse()
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::words::deserialize_checked(deserializer)
            }
        }

        #[cfg(feature = "utoipa")]
        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                ::utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$( $code ),+]))
                    .description(Some($crate::words::describe(
                        concat!($( $doc, "\n" ),+),
                        &[$( ($code, concat!($( $meaning, "\n" ),+)) ),+],
                    )))
                    .into()
            }
        }

        #[cfg(feature = "utoipa")]
        impl ::utoipa::ToSchema for $name {}
    )+};
}

pub(crate) use words;

use std::borrow::Cow;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error};

use crate::Invalid;

/// Reads a string and checks it as `T`; a refusal's text is the code of its [`Invalid`].
///
/// # Errors
/// What the deserializer reports, or the code of the refusal.
pub fn deserialize_checked<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err = Invalid>,
    D: Deserializer<'de>,
{
    Cow::<'_, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// The description of a vocabulary's schema: its own meaning, then one line for each code.
#[cfg(feature = "utoipa")]
pub(crate) fn describe(doc: &str, meanings: &[(&str, &str)]) -> String {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut description = one_line(doc);
    description.push('\n');
    for (code, meaning) in meanings {
        description.push_str(&format!("\n* `{code}`: {}", one_line(meaning)));
    }
    description
}

/// Schema of a value that is written as a string of one shape.
#[cfg(feature = "utoipa")]
macro_rules! string_schema {
    ($name:ident, $description:expr, |$builder:ident| $shape:expr) => {
        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                let $builder = ::utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::schema::Type::String)
                    .description(Some($description));
                $shape.into()
            }
        }

        impl ::utoipa::ToSchema for $name {}
    };
}

#[cfg(feature = "utoipa")]
pub(crate) use string_schema;

#[cfg(test)]
mod tests {
    words! {
        /// A word for the tests.
        enum Light {
            /// Stop.
            Red = "red",
            /// Go.
            DarkGreen = "dark_green",
        }
    }

    #[test]
    fn code_and_value_agree_both_ways() {
        for light in Light::ALL {
            assert_eq!(light.as_str().parse::<Light>(), Ok(*light));
            let json = serde_json::to_string(light).unwrap();
            assert_eq!(json, format!("\"{light}\""));
            assert_eq!(serde_json::from_str::<Light>(&json).unwrap(), *light);
        }
        assert_eq!(Light::ALL.len(), 2);
    }

    #[test]
    fn an_unknown_code_is_refused_with_what_is_allowed() {
        let refusal = Light::try_from("Red").unwrap_err();
        assert_eq!(refusal.code(), "unknown_code");
        assert_eq!(refusal.params(), [("allowed", "red,dark_green".to_owned())]);
        let error = serde_json::from_str::<Light>("\"secret\"").unwrap_err();
        assert!(error.to_string().starts_with("unknown_code"));
        assert!(!error.to_string().contains("secret"));
    }

    #[cfg(feature = "utoipa")]
    #[test]
    fn the_schema_lists_codes_with_their_meanings() {
        use utoipa::{PartialSchema, ToSchema};
        let schema = serde_json::to_value(Light::schema()).unwrap();
        assert_eq!(schema["enum"], serde_json::json!(["red", "dark_green"]));
        assert_eq!(schema["type"], "string");
        assert!(schema["description"].as_str().unwrap().contains("* `red`: Stop."));
        assert_eq!(Light::name(), "Light");
    }
}

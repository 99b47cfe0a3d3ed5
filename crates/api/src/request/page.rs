//! Pages of a list: how many items, where the next page starts.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::json::{self, FromJson};
use super::text::FromText;
use crate::problem::{FieldErrors, Issue, Pointer};

/// Version of the cursor's inside; a cursor of another version is refused, and the client starts anew.
const CURSOR_VERSION: u8 = 1;

/// Years that a time in a cursor may have: those of RFC 3339.
const YEARS: RangeInclusive<i32> = 0..=9999;

/// Longest cursor that is looked at, in bytes.
const MAX_CURSOR_BYTES: usize = 1024;

/// Most items on a page: 1 to 200, 50 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(i64);

impl Limit {
    const MIN: i64 = 1;
    const MAX: i64 = 200;

    /// The number of items, as SQL takes it.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl FromText for Limit {
    fn from_text(text: &str) -> Result<Self, Issue> {
        match i64::from_text(text)? {
            number if number < Self::MIN => Err(Issue::new("number_too_small").with("min", Self::MIN)),
            number if number > Self::MAX => Err(Issue::new("number_too_large").with("max", Self::MAX)),
            number => Ok(Self(number)),
        }
    }
}

impl FromJson for Limit {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        let number = i64::from_json(value, at, errors)?;
        Self::from_text(&number.to_string()).map_err(|issue| errors.push(at, issue)).ok()
    }
}

impl PartialSchema for Limit {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(Self::MIN))
            .maximum(Some(Self::MAX))
            .default(Some(Self::default().0.into()))
            .into()
    }
}

impl ToSchema for Limit {}

/// Where a page starts: the position of the last item of the page before, opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor<T>(pub T);

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    v: u8,
    p: T,
}

impl<T: Serialize> Cursor<T> {
    /// The text of the cursor for `next_cursor`.
    ///
    /// # Errors
    /// When the position is not JSON (a map with keys that are no strings, say).
    pub fn encode(&self) -> Result<String, serde_json::Error> {
        let inside = serde_json::to_vec(&Envelope { v: CURSOR_VERSION, p: &self.0 })?;
        Ok(URL_SAFE_NO_PAD.encode(inside))
    }
}

impl<T: DeserializeOwned> FromText for Cursor<T> {
    fn from_text(text: &str) -> Result<Self, Issue> {
        let invalid = || Issue::new("cursor_invalid");
        if text.len() > MAX_CURSOR_BYTES {
            return Err(invalid());
        }
        let inside = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let inside: Value = serde_json::from_slice(&inside).map_err(|_| invalid())?;
        if !storable(&inside) {
            return Err(invalid());
        }
        let envelope: Envelope<T> = serde_json::from_value(inside).map_err(|_| invalid())?;
        if envelope.v == CURSOR_VERSION { Ok(Self(envelope.p)) } else { Err(invalid()) }
    }
}

impl<T: DeserializeOwned> FromJson for Cursor<T> {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        json::leaf(value, at, errors)
    }
}

/// Whether PostgreSQL can compare with all of it. A cursor is not signed, so anybody may write one: with a NUL, which
/// no text of PostgreSQL holds, or with a year that its calendar does not know.
fn storable(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            let time = text.parse::<DateTime<Utc>>().map(|time| time.date_naive());
            let year = time.or_else(|_| text.parse::<NaiveDate>()).map(|date| date.year());
            !text.contains('\0') && year.map_or(true, |year| YEARS.contains(&year))
        }
        Value::Array(items) => items.iter().all(storable),
        Value::Object(members) => members.values().all(storable),
        _ => true,
    }
}

impl<T> PartialSchema for Cursor<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Opaque: `next_cursor` of the page before."))
            .into()
    }
}

impl<T> ToSchema for Cursor<T> {
    fn name() -> Cow<'static, str> {
        "Cursor".into()
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; `null` on the last page.
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    type Position = (String, i64);

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let position: Position = ("2026-03-31T09:00:00Z".into(), 7);
        let text = Cursor(position.clone()).encode().unwrap();
        assert_eq!(Cursor::<Position>::from_text(&text), Ok(Cursor(position)));
    }

    #[test]
    fn foreign_cursors_are_refused() {
        let other_version = URL_SAFE_NO_PAD.encode(r#"{"v":2,"p":["a",1]}"#);
        let other_list = Cursor(5).encode().unwrap();
        let long = "A".repeat(2000);
        let nul = Cursor(("a\0b", 1)).encode().unwrap();
        let past = Cursor(("-262143-01-01T00:00:00Z", 1)).encode().unwrap();
        for text in ["", "!", "e30", &other_version, &other_list, &long, &nul, &past] {
            assert_eq!(Cursor::<Position>::from_text(text).unwrap_err().code(), "cursor_invalid", "{text}");
        }
    }

    #[test]
    fn limits_are_bounded() {
        let read = |text| Limit::from_text(text).map(Limit::get).map_err(|issue| issue.code());
        assert_eq!(read("1"), Ok(1));
        assert_eq!(read("200"), Ok(200));
        assert_eq!(read("0"), Err("number_too_small"));
        assert_eq!(read("201"), Err("number_too_large"));
        assert_eq!(read("ten"), Err("wrong_type"));
        assert_eq!(Limit::default().get(), 50);
    }
}

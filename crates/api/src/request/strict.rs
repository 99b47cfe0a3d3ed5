//! JSON text to a value, finding members that are given twice.
//!
//! Two readers of one document with a doubled member may see different values, so RFC 8259 calls the result
//! unpredictable: we refuse instead of choosing.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::problem::{FieldErrors, Issue, Pointer};

/// Where reading stopped, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// Line of the text.
    pub line: usize,
    /// Column of the line, in bytes.
    pub column: usize,
}

/// Reads a whole document. Doubled members become errors `duplicate_field`; the first of them stays.
///
/// # Errors
/// [`Malformed`] for text that is not JSON, has something after the document, or nests deeper than 128.
pub fn parse(text: &[u8], errors: &mut FieldErrors) -> Result<Value, Malformed> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let document = Reader { at: Pointer::ROOT, errors }.deserialize(&mut deserializer);
    document
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| Malformed { line: error.line(), column: error.column() })
}

struct Reader<'a> {
    at: Pointer<'a>,
    errors: &'a mut FieldErrors,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) =
            items.next_element_seed(Reader { at: self.at.index(array.len()), errors: &mut *self.errors })?
        {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Reader { at: self.at.key(&name), errors: &mut *self.errors })?;
            if object.contains_key(&name) {
                self.errors.push(&self.at.key(&name), Issue::new("duplicate_field"));
            } else {
                object.insert(name, value);
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<Value, Malformed>, Vec<String>) {
        let mut errors = FieldErrors::new();
        let value = parse(text.as_bytes(), &mut errors);
        (value, errors.iter().map(|error| error.pointer().to_owned()).collect())
    }

    #[test]
    fn values_come_through_unchanged() {
        let text = r#"{"a":[1,-2,0.5,true,null,"ә\u0000"],"b":{},"c":18446744073709551615}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text), (Ok(expected), vec![]));
    }

    #[test]
    fn doubled_members_are_named() {
        let (value, doubled) = read(r#"{"a":1,"a":2,"b":[{"c":1,"c":1}]}"#);
        assert_eq!(value.unwrap()["a"], 1);
        assert_eq!(doubled, ["/a", "/b/0/c"]);
    }

    #[test]
    fn broken_text_is_placed() {
        assert_eq!(read("{\n \"a\": }").0, Err(Malformed { line: 2, column: 7 }));
        for text in ["", "{", "nul", "{} {}", "{\"a\":1,}", "\u{feff}{}", "[1e999]"] {
            assert!(read(text).0.is_err(), "{text}");
        }
        assert!(parse(b"{\"a\":\"\xff\"}", &mut FieldErrors::new()).is_err());
    }

    #[test]
    fn a_deep_document_is_refused() {
        assert!(read(&"[".repeat(100_000)).0.is_err());
        assert!(read(&format!("{}{}", "[".repeat(120), "]".repeat(120))).0.is_ok());
    }
}

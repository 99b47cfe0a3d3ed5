//! JSON in one spelling, so that its hash can be signed: the JSON canonicalization scheme (RFC 8785), without fractions,
//! which releases do not have.

use serde_json::Value;
use thiserror::Error;

/// The greatest whole number that every reader of JSON keeps (RFC 8785, section 3.2.2.3, by IEEE 754).
const EXACT: i64 = (1 << 53) - 1;

/// The value holds a number that has no spelling of its own here: a fraction, or one beyond 2⁵³.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a number is a fraction or too great to be signed")]
pub struct NotCanonical;

/// Writes a value: members in the order of their UTF-16 code units, no white space, text as it is.
///
/// # Errors
/// [`NotCanonical`].
pub fn canonical(value: &Value) -> Result<String, NotCanonical> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

fn write(value: &Value, text: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Null | Value::Bool(_) => text.push_str(&value.to_string()),
        Value::Number(number) => {
            let whole = number.as_i64().filter(|whole| (-EXACT..=EXACT).contains(whole)).ok_or(NotCanonical)?;
            text.push_str(&whole.to_string());
        }
        Value::String(string) => quote(string, text),
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                separate(at, text);
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            text.push('{');
            for (at, (name, member)) in members.into_iter().enumerate() {
                separate(at, text);
                quote(name, text);
                text.push(':');
                write(member, text)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

fn separate(at: usize, text: &mut String) {
    if at > 0 {
        text.push(',');
    }
}

/// The library escapes what must be and nothing else, controls as `\b`, `\t`, `\n`, `\f`, `\r` or `\u00xx` in lower case:
/// what section 3.2.2.2 asks for.
fn quote(string: &str, text: &mut String) {
    text.push_str(&Value::String(string.to_owned()).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn members_sort_by_utf_16_as_the_rfc_shows() {
        // RFC 8785, section 3.2.3.
        let value = json!({"\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis"});
        let text = canonical(&value).unwrap();
        let order: Vec<usize> = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
            .iter()
            .map(|word| text.find(word).unwrap())
            .collect();
        assert!(order.is_sorted(), "{text}");
    }

    #[test]
    fn text_and_numbers_have_one_spelling() {
        let value = json!({"b": [1, -2, null, true], "a": "Қорған \"1\"\n\u{1}/", "c": {}});
        assert_eq!(canonical(&value).unwrap(), r#"{"a":"Қорған \"1\"\n\u0001/","b":[1,-2,null,true],"c":{}}"#);
        for number in [json!(1.5), json!(EXACT + 1), json!(u64::MAX)] {
            assert_eq!(canonical(&json!([number])), Err(NotCanonical));
        }
    }

    proptest! {
        #[test]
        fn the_spelling_is_of_the_value_alone(pairs in prop::collection::vec((".{0,6}", -1000_i64..1000), 0..12)) {
            let object = |pairs: &mut dyn Iterator<Item = &(String, i64)>| -> Value {
                Value::Object(pairs.map(|(name, number)| (name.clone(), json!(number))).collect())
            };
            let value = object(&mut pairs.iter());
            let text = canonical(&value).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &value);
            let again = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(canonical(&serde_json::from_str(&again).unwrap()).unwrap(), text);
        }
    }
}

//! JSON values to checked types, gathering every wrong field.

use serde_json::Map;
pub use serde_json::Value;

use super::text::FromText;
use crate::problem::{FieldErrors, Issue, Pointer};

/// Most items a list in a request may have.
pub const MAX_ITEMS: usize = 500;

/// A type that can be read from JSON. Request types get it from [`request!`](crate::request!).
pub trait FromJson: Sized {
    /// Reads a value. `None` means that `errors` now says what is wrong with it, and where.
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self>;

    /// Stands in for a member that is not there: `missing_field`, except for types that know better.
    fn absent(at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        errors.push(at, Issue::new("missing_field"));
        None
    }
}

/// Reads a value that is written as a string.
pub fn leaf<T: FromText>(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<T> {
    let Value::String(text) = value else {
        errors.push(at, Issue::wrong_type("string"));
        return None;
    };
    T::from_text(&text).map_err(|issue| errors.push(at, issue)).ok()
}

/// Reads a value that the closure recognises; anything else has the wrong type.
fn expect<T>(
    value: &Value,
    expected: &'static str,
    read: impl FnOnce(&Value) -> Option<T>,
    at: &Pointer<'_>,
    errors: &mut FieldErrors,
) -> Option<T> {
    let read = read(value);
    if read.is_none() {
        errors.push(at, Issue::wrong_type(expected));
    }
    read
}

impl FromJson for bool {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        expect(&value, "boolean", Value::as_bool, at, errors)
    }
}

impl FromJson for i64 {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        expect(&value, "integer", Value::as_i64, at, errors)
    }
}

impl FromJson for i32 {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        let wide = i64::from_json(value, at, errors)?;
        let bound = if wide < 0 {
            Issue::new("number_too_small").with("min", i32::MIN)
        } else {
            Issue::new("number_too_large").with("max", i32::MAX)
        };
        Self::try_from(wide).map_err(|_| errors.push(at, bound)).ok()
    }
}

impl FromJson for f64 {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        expect(&value, "number", Value::as_f64, at, errors)
    }
}

impl FromJson for Map<String, Value> {
    /// Any object, for members whose shape other code checks.
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        if let Value::Object(object) = value {
            return Some(object);
        }
        errors.push(at, Issue::wrong_type("object"));
        None
    }
}

impl<T: FromJson> FromJson for Option<T> {
    /// `null` and an absent member are both `None`.
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_json(value, at, errors).map(Some) }
    }

    fn absent(_: &Pointer<'_>, _: &mut FieldErrors) -> Option<Self> {
        Some(None)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    /// A list of at most [`MAX_ITEMS`]; an absent member is the empty list.
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        let Value::Array(items) = value else {
            errors.push(at, Issue::wrong_type("array"));
            return None;
        };
        if items.len() > MAX_ITEMS {
            errors.push(at, Issue::new("too_many_items").with("max", MAX_ITEMS));
            return None;
        }
        let count = items.len();
        let good: Self = items
            .into_iter()
            .enumerate()
            .filter_map(|(index, item)| T::from_json(item, &at.index(index), errors))
            .collect();
        (good.len() == count).then_some(good)
    }

    fn absent(_: &Pointer<'_>, _: &mut FieldErrors) -> Option<Self> {
        Some(Vec::new())
    }
}

/// A member of a partial change (`PATCH`), where leaving it out and setting it to `null` differ (RFC 7396).
///
/// In a request type document it as `#[schema(value_type = Option<T>)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not mentioned: stays as it is.
    #[default]
    Absent,
    /// `null`: is removed.
    Null,
    /// Is set to this.
    Value(T),
}

impl<T> Patch<T> {
    /// What the member becomes, given what it is.
    pub fn apply(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Absent => present,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// Whether the request mentions the member.
    pub fn is_mentioned(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

impl<T: FromJson> FromJson for Patch<T> {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        if value.is_null() { Some(Self::Null) } else { T::from_json(value, at, errors).map(Self::Value) }
    }

    fn absent(_: &Pointer<'_>, _: &mut FieldErrors) -> Option<Self> {
        Some(Self::Absent)
    }
}

/// An object whose members are taken by name; what nobody took is unknown.
pub struct Members(Map<String, Value>);

impl Members {
    /// Opens a value as an object; `wrong_type` otherwise.
    pub fn open(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        Map::from_json(value, at, errors).map(Self)
    }

    /// Takes a member.
    pub fn take<T: FromJson>(&mut self, name: &str, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<T> {
        let at = at.key(name);
        match self.0.remove(name) {
            Some(value) => T::from_json(value, &at, errors),
            None => T::absent(&at, errors),
        }
    }

    /// Refuses every member that was not taken, by name.
    pub fn finish(self, at: &Pointer<'_>, errors: &mut FieldErrors) {
        for name in self.0.keys() {
            errors.push(&at.key(name), Issue::new("unknown_field"));
        }
    }
}

/// Writes a request type: the struct, its schema for the API document, and how it is read from JSON.
///
/// Attributes of the struct and of its fields pass through, so `#[schema(example = …)]` and
/// `#[derive(Debug)]` stand where they would otherwise. A field of type `Option`, `Vec` or [`Patch`] may be absent.
///
/// ```
/// use qorgan_api::request;
///
/// request! {
///     /// A note on a case.
///     pub struct NewNote {
///         /// What was seen.
///         pub text: String,
///         /// How sure the writer is, in percent.
///         pub certainty: Option<i32>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! request {
    ($( $(#[$meta:meta])* $vis:vis struct $name:ident {
        $( $(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty ),* $(,)?
    } )+) => { $(
        #[derive(::utoipa::ToSchema)]
        $(#[$meta])*
        #[serde(deny_unknown_fields)]
        $vis struct $name { $( $(#[$field_meta])* $field_vis $field: $type, )* }

        impl $crate::request::FromJson for $name {
            fn from_json(
                value: $crate::request::json::Value,
                at: &$crate::problem::Pointer<'_>,
                errors: &mut $crate::problem::FieldErrors,
            ) -> Option<Self> {
                #[allow(unused_mut, reason = "a request type may have no fields")]
                let mut members = $crate::request::json::Members::open(value, at, errors)?;
                $( let $field = members.take::<$type>(stringify!($field), at, errors); )*
                members.finish(at, errors);
                Some(Self { $( $field: $field?, )* })
            }
        }
    )+ };
}

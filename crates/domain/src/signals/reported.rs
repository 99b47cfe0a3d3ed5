//! What is said of a child in a signal, before a record is linked.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, Serializer};

use crate::Invalid;
use crate::children::{Iin, PersonName, Sex};
use crate::text::Title;

/// A child is under 18.
const GREATEST_AGE: i32 = 17;

/// What the caller said of the child, before a record is linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedChild {
    /// Last name.
    pub last_name: PersonName,
    /// First name.
    pub first_name: PersonName,
    /// Patronymic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patronymic: Option<PersonName>,
    /// Date of birth, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    /// Age in full years, as told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// ИИН.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub iin: Option<Iin>,
    /// School, as told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<Title>,
}

/// Writes the digits; where the value is kept is under row security like the rest of the signal.
#[allow(clippy::ref_option, reason = "serde passes the field by reference")]
fn exposed<S: Serializer>(iin: &Option<Iin>, serializer: S) -> Result<S::Ok, S::Error> {
    iin.as_ref().map(Iin::expose).serialize(serializer)
}

/// Checks an age in full years as it was told of a child.
///
/// # Errors
/// `number_too_small` (`min`), `number_too_large` (`max`).
pub fn told_age(years: i32) -> Result<u8, Invalid> {
    if years > GREATEST_AGE {
        return Err(Invalid::new("number_too_large").with("max", GREATEST_AGE));
    }
    u8::try_from(years).map_err(|_| Invalid::new("number_too_small").with("min", 0))
}

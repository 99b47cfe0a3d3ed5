//! ИИН, the individual identification number.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use super::Sex;
use crate::Invalid;
use crate::words::words;

words! {
    /// Where a number and the record it stands in disagree: a warning, since papers are sometimes wrong.
    pub enum IinWarning {
        /// The date of birth in the number is another.
        BirthDateDiffers = "iin_birth_date_differs",
        /// The sex in the number is another.
        SexDiffers = "iin_sex_differs",
    }
}

/// An individual identification number of Kazakhstan: twelve digits with a right control digit.
///
/// Date of birth (YYMMDD), one digit for century and sex, four digits of sequence, control digit; order No. 521 of the
/// Minister of Internal Affairs of 29 June 2023. It is personal data: `Debug` and `Display` show no digit and it is
/// not serialised; [`Iin::expose`] says openly where the digits leave.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iin {
    digits: String,
    birth_date: Option<NaiveDate>,
    sex: Option<Sex>,
}

impl Iin {
    /// Checks a number.
    ///
    /// # Errors
    /// `iin_format` unless it is twelve digits, `iin_control_digit`, `iin_birth_date` when its first seven digits
    /// make no date.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let digits = digits(text).ok_or_else(|| Invalid::new("iin_format"))?;
        let (first11, control) = (&digits[..11], digits[11]);
        if control_digit(first11) != Some(control) {
            return Err(Invalid::new("iin_control_digit"));
        }
        let birth_date = birth_date(&digits)?;
        let sex = match (digits[6], digits[6] % 2) {
            (0, _) => None,
            (_, 1) => Some(Sex::Male),
            _ => Some(Sex::Female),
        };
        Ok(Self { digits: text.to_owned(), birth_date, sex })
    }

    /// The twelve digits, to be stored or shown to who may see them.
    pub fn expose(&self) -> &str {
        &self.digits
    }

    /// The date of birth that the number tells; none for a foreigner (seventh digit 0), whose century is not told.
    pub fn birth_date(&self) -> Option<NaiveDate> {
        self.birth_date
    }

    /// The sex that the number tells; none for a foreigner (seventh digit 0).
    pub fn sex(&self) -> Option<Sex> {
        self.sex
    }

    /// Where the number and the record disagree. What the number does not tell does not disagree.
    pub fn disagreements(&self, birth_date: NaiveDate, sex: Sex) -> Vec<IinWarning> {
        let mut warnings = Vec::new();
        if self.birth_date.is_some_and(|told| told != birth_date) {
            warnings.push(IinWarning::BirthDateDiffers);
        }
        if self.sex.is_some_and(|told| told != sex) {
            warnings.push(IinWarning::SexDiffers);
        }
        warnings
    }
}

fn digits(text: &str) -> Option<[u32; 12]> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    digits?.try_into().ok()
}

/// The control digit of the first eleven: their sum by weights 1 to 11 modulo 11; if that is 10, by weights 3 to 11,
/// 1, 2; if that is 10 again, none, and such a number is never issued.
///
/// Weight 11 counts for nothing modulo 11, so the first pass does not see the eleventh digit.
fn control_digit(first11: &[u32]) -> Option<u32> {
    const FIRST: [u32; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const SECOND: [u32; 11] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];
    let remainder =
        |weights: [u32; 11]| first11.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 11;
    [FIRST, SECOND].into_iter().map(remainder).find(|control| *control < 10)
}

/// The date told by the first seven digits; none for a foreigner, whose six digits must make a date in some century.
fn birth_date(digits: &[u32; 12]) -> Result<Option<NaiveDate>, Invalid> {
    let two = |at: usize| digits[at] * 10 + digits[at + 1];
    let in_century = |century: i32| {
        let year = century + i32::try_from(two(0)).ok()?;
        NaiveDate::from_ymd_opt(year, two(2), two(4))
    };
    let wrong = || Invalid::new("iin_birth_date");
    match digits[6] {
        0 => [1900, 2000].into_iter().find_map(in_century).map(|_| None).ok_or_else(wrong),
        1 | 2 => in_century(1800).map(Some).ok_or_else(wrong),
        3 | 4 => in_century(1900).map(Some).ok_or_else(wrong),
        5 | 6 => in_century(2000).map(Some).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

impl fmt::Debug for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iin(••••••••••••)")
    }
}

impl fmt::Display for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••••••••••")
    }
}

impl FromStr for Iin {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for Iin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::words::deserialize_checked(deserializer)
    }
}

#[cfg(feature = "utoipa")]
crate::words::string_schema!(Iin, "ИИН: twelve digits with a control digit", |string| string
    .pattern(Some("^[0-9]{12}$"))
    .min_length(Some(12))
    .max_length(Some(12)));

#[cfg(test)]
#[path = "iin_tests.rs"]
mod tests;

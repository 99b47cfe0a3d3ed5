//! The shape and the check character that all numbers of Qorgan share: `35-2026-000123-6`.
//!
//! Region (first two digits of its KATO code), year, sequence in that year, check character. The check is
//! ISO/IEC 7064:2003, MOD 11-2 (the one of ORCID and ISNI): with weights that are powers of two modulo the prime 11
//! it catches every wrong digit and every swap of neighbours, at the price of the character `X` for ten.

use std::fmt;
use std::str::FromStr;

use crate::Invalid;
use crate::territory::Kato;

/// The check character of a string of decimal digits by ISO/IEC 7064 MOD 11-2: `0` to `9` or `X`. Anything that is
/// not a digit is passed over, so that hyphens may stay.
#[expect(clippy::expect_used, reason = "a remainder of 11 other than 10 is one digit")]
pub fn check_character(digits: &str) -> char {
    let product = digits.chars().filter_map(|c| c.to_digit(10)).fold(0, |product, digit| (product + digit) * 2 % 11);
    match (12 - product) % 11 {
        10 => 'X',
        check => char::from_digit(check, 10).expect("a remainder of 11 other than 10 is one digit"),
    }
}

/// The years that a number may carry: four digits, and none before the register could exist.
const YEARS: std::ops::RangeInclusive<u16> = 2000..=9999;
/// The sequence is written with at least this many digits and grows beyond.
const SEQUENCE_DIGITS: usize = 6;

/// Region, year and sequence of a number; what [`crate::cases::CaseNumber`] and
/// [`crate::register::FactNumber`] consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CheckedNumber {
    region: u8,
    year: u16,
    sequence: u64,
}

impl CheckedNumber {
    /// The number `sequence` (from 1) of `year` in the region of `territory`.
    ///
    /// # Errors
    /// `number_year` (`min`, `max`) outside 2000 to 9999, `number_sequence` for 0.
    pub fn new(territory: &Kato, year: i32, sequence: u64) -> Result<Self, Invalid> {
        let year = u16::try_from(year)
            .ok()
            .filter(|year| YEARS.contains(year))
            .ok_or_else(|| Invalid::new("number_year").with("min", YEARS.start()).with("max", YEARS.end()))?;
        if sequence == 0 {
            return Err(Invalid::new("number_sequence"));
        }
        let region = territory.region_number();
        Ok(Self { region, year, sequence })
    }

    /// The first two digits of the region's KATO code, as a number.
    pub fn region(&self) -> u8 {
        self.region
    }

    /// The year.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The sequence in the year, from 1.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    fn payload(&self) -> String {
        format!("{:02}-{:04}-{:0width$}", self.region, self.year, self.sequence, width = SEQUENCE_DIGITS)
    }
}

impl fmt::Display for CheckedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = self.payload();
        write!(f, "{payload}-{}", check_character(&payload))
    }
}

impl FromStr for CheckedNumber {
    type Err = Invalid;

    /// Reads a number as written by `Display`, `X` also in lower case.
    ///
    /// # Errors
    /// `number_format`, `number_check_character`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let format = || Invalid::new("number_format");
        let (payload, check) = text.rsplit_once('-').ok_or_else(format)?;
        let parts: Vec<&str> = payload.split('-').collect();
        let [region, year, sequence] = parts[..] else {
            return Err(format());
        };
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if region.len() != 2 || year.len() != 4 || sequence.len() < SEQUENCE_DIGITS || !parts.iter().all(|p| digits(p))
        {
            return Err(format());
        }
        let number = Self {
            region: region.parse().map_err(|_| format())?,
            year: year.parse().map_err(|_| format())?,
            sequence: sequence.parse().map_err(|_| format())?,
        };
        // Also refuses further leading zeros: a number has one spelling.
        if number.region == 0 || number.sequence == 0 || !YEARS.contains(&number.year) || number.payload() != payload {
            return Err(format());
        }
        let mut given = check.chars();
        match (given.next().map(|c| c.to_ascii_uppercase()), given.next()) {
            (Some(given), None) if given == check_character(payload) => Ok(number),
            (Some('0'..='9' | 'X'), None) => Err(Invalid::new("number_check_character")),
            _ => Err(format()),
        }
    }
}

/// Gives a newtype over [`CheckedNumber`] its constructor, spelling, parsing, JSON and schema.
macro_rules! checked_number {
    ($name:ident, prefix $prefix:literal, example $example:literal, pattern $pattern:literal) => {
        impl $name {
            /// The number `sequence` (from 1) of `year` in the region of `territory`.
            ///
            /// # Errors
            /// `number_year` (`min`, `max`) outside 2000 to 9999, `number_sequence` for 0.
            pub fn new(territory: &$crate::territory::Kato, year: i32, sequence: u64) -> Result<Self, $crate::Invalid> {
                $crate::check::CheckedNumber::new(territory, year, sequence).map(Self)
            }

            /// Region, year and sequence.
            pub fn parts(&self) -> &$crate::check::CheckedNumber {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Invalid;

            /// Reads a number as written by `Display`.
            ///
            /// # Errors
            /// `number_format`, `number_check_character`.
            fn from_str(text: &str) -> Result<Self, $crate::Invalid> {
                text.strip_prefix($prefix).ok_or_else(|| $crate::Invalid::new("number_format"))?.parse().map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::words::deserialize_checked(deserializer)
            }
        }

        #[cfg(feature = "utoipa")]
        $crate::words::string_schema!(
            $name,
            "Region, year, sequence and a check character by ISO/IEC 7064 MOD 11-2",
            |string| string.pattern(Some($pattern)).examples([$example])
        );
    };
}

pub(crate) use checked_number;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = CheckedNumber> {
        (1u8..=99, 2000u16..=2100, prop_oneof![1u64..2_000, 900_000u64..1_100_000])
            .prop_map(|(region, year, sequence)| CheckedNumber { region, year, sequence })
    }

    #[test]
    fn published_check_characters() {
        // The examples of the ISO 7064 MOD 11-2 scheme in ORCID's description of its identifier.
        assert_eq!(check_character("0000-0002-1825-009"), '7');
        assert_eq!(check_character("0000-0001-5109-370"), '0');
        assert_eq!(check_character("0000-0002-1694-233"), 'X');
    }

    #[test]
    fn malformed_numbers() {
        let good = CheckedNumber::new(&Kato::new("350000000").unwrap(), 2026, 123).unwrap().to_string();
        assert!(good.starts_with("35-2026-000123-"));
        for bad in [
            "",
            "35",
            "35-2026-000123",
            "35-2026-0123-1",
            "35-2026-0000123-1",
            "3-2026-000123-1",
            "35-1999-000123-1",
            "35-2026-000000-1",
            "00-2026-000001-1",
            "35-2026-+00123-1",
            "35-2026-00012٣-1",
            "35-2026-000123-11",
            "35-2026-000123-Z",
            "35-2026-000123-",
            "35-2026-99999999999999999999999-1",
            &format!("{good}-1"),
            &format!(" {good}"),
        ] {
            let refusal = bad.parse::<CheckedNumber>().unwrap_err();
            assert_eq!(refusal.code(), "number_format", "{bad}");
        }
    }

    #[test]
    fn years_and_sequences_out_of_range() {
        let region = Kato::new("350000000").unwrap();
        for year in [-1, 0, 1999, 10_000, i32::MAX] {
            assert_eq!(CheckedNumber::new(&region, year, 1).unwrap_err().code(), "number_year");
        }
        assert_eq!(CheckedNumber::new(&region, 2026, 0).unwrap_err().code(), "number_sequence");
    }

    proptest! {
        #[test]
        fn a_number_reads_back(number in number()) {
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }

        #[test]
        fn every_wrong_character_is_caught(number in number()) {
            let good = number.to_string();
            for (at, old) in good.char_indices().filter(|(_, c)| *c != '-') {
                for new in "0123456789X".chars().filter(|new| *new != old) {
                    let mut bad = good.clone();
                    bad.replace_range(at..=at, &new.to_string());
                    prop_assert!(bad.parse::<CheckedNumber>().is_err(), "{good} as {bad}");
                }
            }
        }

        #[test]
        fn every_swap_of_neighbours_is_caught(number in number()) {
            let good = number.to_string();
            let digits: Vec<usize> = good.char_indices().filter(|(_, c)| *c != '-').map(|(at, _)| at).collect();
            for pair in digits.windows(2) {
                let mut bad = good.clone().into_bytes();
                bad.swap(pair[0], pair[1]);
                let bad = String::from_utf8(bad).unwrap();
                prop_assert!(bad == good || bad.parse::<CheckedNumber>().is_err(), "{good} as {bad}");
            }
        }
    }
}

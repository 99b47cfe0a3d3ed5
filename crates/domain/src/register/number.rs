//! The number of a fact.

use crate::check::{CheckedNumber, checked_number};

/// The number of a fact of the unified register: `F-35-2026-000123-6`.
///
/// Region, year of registration, sequence in that year, check character: see [`crate::check`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactNumber(CheckedNumber);

checked_number!(
    FactNumber,
    prefix "F-",
    example "F-35-2026-000123-6",
    pattern "^F-[0-9]{2}-[0-9]{4}-[0-9]{6,}-[0-9X]$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_its_prefix() {
        let number = FactNumber::new(&"350000000".parse().unwrap(), 2026, 123).unwrap();
        assert_eq!(number.to_string(), "F-35-2026-000123-6");
        assert_eq!("F-35-2026-000123-6".parse(), Ok(number));
        assert_eq!("35-2026-000123-6".parse::<FactNumber>().unwrap_err().code(), "number_format");
    }
}

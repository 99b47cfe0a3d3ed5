//! The number of a case.

use crate::check::{CheckedNumber, checked_number};

/// The number by which people speak of a case: `35-2026-000123-6`.
///
/// Region of opening, year of opening, sequence in that year (unique, not gap-free), check character: see
/// [`crate::check`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber(CheckedNumber);

checked_number!(
    CaseNumber,
    prefix "",
    example "35-2026-000123-6",
    pattern "^[0-9]{2}-[0-9]{4}-[0-9]{6,}-[0-9X]$"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::territory::Kato;

    #[test]
    fn is_made_of_region_year_and_sequence() {
        let karaganda: Kato = "351000000".parse().unwrap();
        let number = CaseNumber::new(&karaganda, 2026, 123).unwrap();
        assert_eq!(number.to_string(), "35-2026-000123-6");
        assert_eq!(number.to_string().parse(), Ok(number));
        assert_eq!(serde_json::to_value(number).unwrap(), "35-2026-000123-6");
        let grown = CaseNumber::new(&karaganda, 2026, 1_234_567).unwrap();
        assert!(grown.to_string().starts_with("35-2026-1234567-"));
    }

    #[test]
    fn a_fact_is_no_case() {
        assert_eq!("F-35-2026-000123-6".parse::<CaseNumber>().unwrap_err().code(), "number_format");
    }
}

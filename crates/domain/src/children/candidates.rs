//! Whether a record of the shared index may be the child that somebody looks for.
//!
//! Exact comparison only: ИИН, normalised name, date of birth. Spelling mistakes and transliteration are scored
//! by the matching of the register, not here.

use std::fmt;

use chrono::NaiveDate;

use super::{Iin, PersonName, name_key};
use crate::Invalid;
use crate::words::words;

words! {
    /// What a record has in common with the child that is looked for.
    pub enum MatchSign {
        /// The same ИИН.
        SameIin = "same_iin",
        /// The same name in one spelling; in a search, all the words that were asked for.
        SameName = "same_name",
        /// The same date of birth.
        SameBirthDate = "same_birth_date",
    }
}

/// What a record and the child that is looked for have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MatchEvidence {
    /// The same ИИН.
    pub same_iin: bool,
    /// The same normalised name.
    pub same_name: bool,
    /// The same date of birth.
    pub same_birth_date: bool,
}

impl MatchEvidence {
    /// How sure it is that both are one child, from 0 to 1; none where the record is no candidate at all. A number
    /// is given to one person only; many children share a birthday.
    #[must_use]
    pub const fn score(self) -> Option<f64> {
        match self {
            Self { same_iin: true, .. } => Some(1.0),
            Self { same_name: true, same_birth_date: true, .. } => Some(0.95),
            Self { same_name: true, .. } => Some(0.6),
            _ => None,
        }
    }

    /// The signs that hold, the strongest first.
    #[must_use]
    pub fn signs(self) -> Vec<MatchSign> {
        [
            (self.same_iin, MatchSign::SameIin),
            (self.same_name, MatchSign::SameName),
            (self.same_birth_date, MatchSign::SameBirthDate),
        ]
        .into_iter()
        .filter_map(|(holds, sign)| holds.then_some(sign))
        .collect()
    }
}

/// Fewest different parts of a name that say enough without a date of birth.
const NARROW_NAME_PARTS: usize = 2;

/// What the shared index is searched by: narrow enough to find one child, not to browse. Personal data: `Debug`
/// shows how much was given, not what.
#[derive(Clone, PartialEq, Eq)]
pub struct SearchTerms {
    iin: Option<Iin>,
    tokens: Vec<String>,
    birth_date: Option<NaiveDate>,
}

impl fmt::Debug for SearchTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SearchTerms({} tokens, birth date {}, number {})",
            self.tokens.len(),
            self.birth_date.is_some(),
            self.iin.is_some()
        )
    }
}

impl SearchTerms {
    /// Takes an ИИН, or a query of at least two parts of a name, or one part with a date of birth.
    ///
    /// # Errors
    /// `search_too_broad` (`min`, parts of a name) for anything else.
    pub fn new(query: Option<&PersonName>, birth_date: Option<NaiveDate>, iin: Option<Iin>) -> Result<Self, Invalid> {
        // Both places hold the query: last and first name are compared in any order anyway.
        let mut tokens = query.map_or_else(Vec::new, |query| name_key(query, query, None).tokens);
        let narrow = tokens.len() >= NARROW_NAME_PARTS || (!tokens.is_empty() && birth_date.is_some());
        if !narrow {
            if iin.is_none() {
                return Err(Invalid::new("search_too_broad").with("min", NARROW_NAME_PARTS));
            }
            // A number must not open the way for a family name alone.
            tokens.clear();
        }
        Ok(Self { iin, tokens, birth_date })
    }

    /// The number.
    #[must_use]
    pub const fn iin(&self) -> Option<&Iin> {
        self.iin.as_ref()
    }

    /// The parts of the name, normalised, distinct and sorted; a record must have all of them. Empty where the
    /// search is by number only. A single one is looked for only together with the date of birth.
    #[must_use]
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// The date of birth.
    #[must_use]
    pub const fn birth_date(&self) -> Option<NaiveDate> {
        self.birth_date
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores() {
        let table = [
            ((true, true, true), Some(1.0)),
            ((true, false, false), Some(1.0)),
            ((true, false, true), Some(1.0)),
            ((true, true, false), Some(1.0)),
            ((false, true, true), Some(0.95)),
            ((false, true, false), Some(0.6)),
            ((false, false, true), None),
            ((false, false, false), None),
        ];
        for ((same_iin, same_name, same_birth_date), score) in table {
            let evidence = MatchEvidence { same_iin, same_name, same_birth_date };
            assert_eq!(evidence.score(), score, "{evidence:?}");
        }
    }

    #[test]
    fn signs_are_those_that_hold() {
        let evidence = MatchEvidence { same_iin: true, same_name: false, same_birth_date: true };
        assert_eq!(evidence.signs(), [MatchSign::SameIin, MatchSign::SameBirthDate]);
        assert!(MatchEvidence::default().signs().is_empty());
    }

    fn terms(query: &str, birth_date: Option<&str>, iin: Option<&str>) -> Result<SearchTerms, &'static str> {
        let query = (!query.is_empty()).then(|| PersonName::new(query).unwrap());
        let birth_date = birth_date.map(|date| date.parse().unwrap());
        let iin = iin.map(|iin| Iin::new(iin).unwrap());
        SearchTerms::new(query.as_ref(), birth_date, iin).map_err(|invalid| invalid.code())
    }

    #[test]
    fn a_search_must_be_narrow() {
        let (date, iin) = (Some("2060-01-15"), Some("600115500013"));
        let table = [
            ("", None, None, None),
            ("", date, None, None),
            ("Ахметов", None, None, None),
            ("Ахметов Ахметова", None, None, None),
            ("Серік ұлы", None, None, None),
            ("Ахметов", date, None, Some(vec!["ахметов"])),
            ("Нұрсұлтан  Әхметова", None, None, Some(vec!["ахметов", "нурсултан"])),
            ("Ахметов Дәурен Серікұлы", date, None, Some(vec!["ахметов", "даурен", "серик"])),
            ("", None, iin, Some(vec![])),
            ("Ахметов", None, iin, Some(vec![])),
            ("Ахметов Асан", None, iin, Some(vec!["асан", "ахметов"])),
        ];
        for (query, birth_date, iin, expected) in table {
            match (terms(query, birth_date, iin), expected) {
                (Ok(terms), Some(tokens)) => assert_eq!(terms.tokens(), tokens, "{query}"),
                (result, expected) => assert_eq!((result.err(), expected), (Some("search_too_broad"), None), "{query}"),
            }
        }
    }
}

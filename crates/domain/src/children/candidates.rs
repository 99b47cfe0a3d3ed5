//! What the shared index of children is searched by.

use std::collections::BTreeSet;
use std::fmt;

use chrono::NaiveDate;

use super::{Iin, PersonName, Spelling, spellings};
use crate::Invalid;
use crate::matching::{HeldName, Person, Prepared, name_tokens};

/// Fewest different parts of a name that say enough without a date of birth.
const NARROW_NAME_PARTS: usize = 2;

/// What the shared index is searched by: narrow enough to find one child, not to browse. Personal data: `Debug`
/// shows how much was given, not what.
#[derive(Clone, PartialEq, Eq)]
pub struct SearchTerms {
    iin: Option<Iin>,
    words: Vec<String>,
    name: Option<PersonName>,
    birth_date: Option<NaiveDate>,
}

impl fmt::Debug for SearchTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SearchTerms({} words, birth date {}, number {})",
            self.words.len(),
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
        let words: BTreeSet<String> =
            query.map_or_else(BTreeSet::new, |query| name_tokens(query.as_str()).into_iter().collect());
        let narrow = words.len() >= NARROW_NAME_PARTS || (!words.is_empty() && birth_date.is_some());
        if !narrow && iin.is_none() {
            return Err(Invalid::new("search_too_broad").with("min", NARROW_NAME_PARTS));
        }
        // A number must not open the way for a family name alone.
        let (words, name) = if narrow { (words.into_iter().collect(), query.cloned()) } else { (Vec::new(), None) };
        Ok(Self { iin, words, name, birth_date })
    }

    /// The number.
    #[must_use]
    pub const fn iin(&self) -> Option<&Iin> {
        self.iin.as_ref()
    }

    /// The words of the name, normalised, distinct and sorted; a record must have all of them, each with a slip or two.
    /// Empty where the search is by number only. A single one is looked for only together with the date of birth.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The spellings of each of [`words`](Self::words).
    #[must_use]
    pub fn spellings(&self) -> Vec<Spelling> {
        self.name.as_ref().map_or_else(Vec::new, |name| spellings(name.as_str()))
    }

    /// The date of birth.
    #[must_use]
    pub const fn birth_date(&self) -> Option<NaiveDate> {
        self.birth_date
    }

    /// Who is looked for, to be compared with what is found.
    #[must_use]
    pub fn person(&self) -> Prepared {
        let whole =
            self.name.as_ref().map(|name| HeldName { last: Some(name.as_str().to_owned()), ..HeldName::default() });
        let person = Person {
            names: whole.into_iter().collect(),
            birth_date: self.birth_date,
            iin: self.iin.as_ref().map(|iin| iin.expose().to_owned()),
            ..Person::default()
        };
        person.prepare()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("Akhmetov Nursultan", None, None, Some(vec!["ахметов", "нурсултан"])),
            ("Ахметов Дәурен Серікұлы", date, None, Some(vec!["ахметов", "даурен", "серик"])),
            ("", None, iin, Some(vec![])),
            ("Ахметов", None, iin, Some(vec![])),
            ("Ахметов Асан", None, iin, Some(vec!["асан", "ахметов"])),
        ];
        for (query, birth_date, iin, expected) in table {
            match (terms(query, birth_date, iin), expected) {
                (Ok(terms), Some(words)) => assert_eq!(terms.words(), words, "{query}"),
                (result, expected) => assert_eq!((result.err(), expected), (Some("search_too_broad"), None), "{query}"),
            }
        }
        assert!(terms("Ахметов", None, iin).unwrap().person().is_nameless(), "a number opens no way for a name alone");
    }
}

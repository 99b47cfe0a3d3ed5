//! What a record of a child is found by, beyond its number: keys of likely doubles, and words of the dictionary.

use std::collections::BTreeMap;

use super::near::near_forms;
use crate::matching::{NamePlace, Prepared, blocking_keys};

/// Goes up when keys, words or forms of the same record become others: storage then makes them anew.
pub const LOOKUP_VERSION: i16 = 1;

/// What a record is found by.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct LookupEntry {
    /// Keys that records of one person are likely to share ([`blocking_keys`]).
    pub keys: Vec<i64>,
    /// The normalised words of all its names, sorted.
    pub words: Vec<String>,
    /// For each of `words` where it stands: 1 last, 2 first name, 4 patronymic, or a sum.
    pub places: Vec<i16>,
    /// For each of `forms` the word that it is a form of.
    pub form_words: Vec<String>,
    /// The [`near_forms`] of all words.
    pub forms: Vec<i64>,
}

impl std::fmt::Debug for LookupEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LookupEntry({} keys, {} words)", self.keys.len(), self.words.len())
    }
}

/// What a person is found by, under all names held.
#[must_use]
pub fn lookup_entry(person: &Prepared) -> LookupEntry {
    let mut places: BTreeMap<&str, i16> = BTreeMap::new();
    for (place, word) in person.tokens() {
        *places.entry(word).or_default() |= bit(place);
    }
    let mut entry =
        LookupEntry { keys: blocking_keys(person).into_iter().map(|key| key.value()).collect(), ..Default::default() };
    for (word, place) in places {
        for form in near_forms(word) {
            entry.form_words.push(word.to_owned());
            entry.forms.push(form);
        }
        entry.words.push(word.to_owned());
        entry.places.push(place);
    }
    entry
}

const fn bit(place: NamePlace) -> i16 {
    match place {
        NamePlace::Last => 1,
        NamePlace::First => 2,
        NamePlace::Patronymic => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{HeldName, Person};

    #[test]
    fn words_stand_with_their_places() {
        let names = vec![HeldName::new("Серік", "Асан", Some("Болатұлы")), HeldName::new("Сериков", "Болат", None)];
        let entry = lookup_entry(&Person { names, ..Person::default() }.prepare());
        let words: Vec<(&str, i16)> =
            entry.words.iter().map(String::as_str).zip(entry.places.iter().copied()).collect();
        assert_eq!(words, [("асан", 2), ("болат", 2 | 4), ("серик", 1), ("сериков", 1)]);
        assert_eq!(entry.forms.len(), entry.form_words.len());
        assert!(!entry.keys.is_empty());
        assert!(!format!("{entry:?}").contains("асан"));
    }
}

//! What a record of a child is found by, beyond its number: keys of likely doubles, and words of the dictionary.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::name::HYPHENS;
use super::name_key::fold_letters;
use crate::matching::{NamePlace, Person, blocking_keys, name_tokens};

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
    /// The spellings of its words.
    pub spellings: Vec<Spelling>,
}

impl fmt::Debug for LookupEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LookupEntry({} keys, {} words)", self.keys.len(), self.words.len())
    }
}

/// A normalised word and a spelling of it: the word itself, or as it was written but for letters that Kazakh and Russian
/// write differently. A slip of the pen is one slip in the spelling; in the word, which has lost its ending and may
/// have two letters for one, it may be several.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spelling {
    /// The word.
    pub word: String,
    /// The spelling.
    pub spelling: String,
}

impl fmt::Debug for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spelling(…)")
    }
}

/// The words of a part of a name, each in both spellings; sorted.
#[must_use]
pub fn spellings(text: &str) -> Vec<Spelling> {
    let words: BTreeSet<String> = name_tokens(text).into_iter().collect();
    let mut spellings: BTreeSet<Spelling> =
        words.iter().map(|word| Spelling { word: word.clone(), spelling: word.clone() }).collect();
    for written in text.split(|c: char| c.is_whitespace() || HYPHENS.contains(&c)) {
        let spelling: String = fold_letters(written).split_whitespace().collect();
        // Words that only say "son of" are no words of the name.
        if let [word] = name_tokens(written).as_slice()
            && words.contains(word)
            && !spelling.is_empty()
        {
            spellings.insert(Spelling { word: word.clone(), spelling });
        }
    }
    spellings.into_iter().collect()
}

/// What a person is found by, under all names held.
#[must_use]
pub fn lookup_entry(person: &Person) -> LookupEntry {
    let prepared = person.prepare();
    let mut places: BTreeMap<&str, i16> = BTreeMap::new();
    for (place, word) in prepared.tokens() {
        *places.entry(word).or_default() |= bit(place);
    }
    let parts = person.names.iter().flat_map(|name| [&name.last, &name.first, &name.patronymic]).flatten();
    let spelled: BTreeSet<Spelling> = parts.flat_map(|part| spellings(part)).collect();
    LookupEntry {
        keys: blocking_keys(&prepared).into_iter().map(|key| key.value()).collect(),
        words: places.keys().map(|word| (*word).to_owned()).collect(),
        places: places.values().copied().collect(),
        spellings: spelled.into_iter().filter(|spelled| places.contains_key(spelled.word.as_str())).collect(),
    }
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
    use crate::matching::HeldName;

    #[test]
    fn words_stand_with_their_places() {
        let names = vec![HeldName::new("Серік", "Асан", Some("Болатұлы")), HeldName::new("Сериков", "Болат", None)];
        let entry = lookup_entry(&Person { names, ..Person::default() });
        let words: Vec<(&str, i16)> =
            entry.words.iter().map(String::as_str).zip(entry.places.iter().copied()).collect();
        assert_eq!(words, [("асан", 2), ("болат", 2 | 4), ("серик", 1), ("сериков", 1)]);
        let spelled: Vec<(&str, &str)> =
            entry.spellings.iter().map(|one| (one.word.as_str(), one.spelling.as_str())).collect();
        assert!(spelled.contains(&("болат", "болатулы")) && spelled.contains(&("болат", "болат")), "{spelled:?}");
        assert!(!entry.keys.is_empty());
        assert!(!format!("{entry:?}").contains("асан"));
    }
}

//! Names made comparable across Kazakh and Russian spelling.
//!
//! What this does is exact: two names either have one key or they do not. Transliteration from Latin script, typing
//! errors and missing parts are for scoring, not for the key.

use std::collections::BTreeSet;
use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::PersonName;
use super::name::{APOSTROPHES, HYPHENS};

/// What a name is compared by. It is personal data: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NameKey {
    /// Last and first name in one spelling, sorted, so that their order does not matter.
    pub key: String,
    /// All distinct parts, the stem of the patronymic among them, sorted.
    pub tokens: Vec<String>,
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NameKey({} tokens)", self.tokens.len())
    }
}

/// The key of a name: one for its Kazakh and its Russian spelling, its masculine and feminine surname, and both orders
/// of last and first name. The patronymic, which is often missing, is in the tokens and not in the key.
pub fn name_key(last: &PersonName, first: &PersonName, patronymic: Option<&PersonName>) -> NameKey {
    let mut in_key: Vec<String> = [last, first].into_iter().flat_map(tokens).collect();
    in_key.sort();
    let all: BTreeSet<String> = in_key.iter().cloned().chain(patronymic.into_iter().flat_map(tokens)).collect();
    NameKey { key: in_key.join(" "), tokens: all.into_iter().collect() }
}

/// Words that only say "son of" or "daughter of", after folding.
pub(crate) const FILIATION: [&str; 5] = ["улы", "кызы", "оглы", "угли", "гызы"];

/// The folded parts of one name, filiation words left out unless nothing else is there.
fn tokens(name: &PersonName) -> Vec<String> {
    let spelled = fold_letters(name.as_str());
    let words: Vec<&str> = spelled.split(' ').filter(|word| !word.is_empty()).collect();
    let names: Vec<String> = words.iter().filter(|word| !FILIATION.contains(word)).map(|word| stem(word)).collect();
    if names.is_empty() { words.into_iter().map(str::to_owned).collect() } else { names }
}

/// One spelling for letters that Kazakh and Russian documents write differently; hyphens and apostrophes part words.
pub(crate) fn fold_letters(name: &str) -> String {
    let lower: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let folded: String = lower.chars().filter(|c| !is_combining_mark(*c)).filter_map(fold_letter).collect();
    if folded.trim().is_empty() { lower } else { folded }
}

fn fold_letter(letter: char) -> Option<char> {
    match letter {
        'ә' => Some('а'),
        'ғ' => Some('г'),
        'қ' => Some('к'),
        'ң' => Some('н'),
        'ө' => Some('о'),
        'ұ' | 'ү' => Some('у'),
        'һ' => Some('х'),
        'і' | 'й' => Some('и'),
        'ё' => Some('е'),
        'ъ' | 'ь' => None,
        c if c.is_whitespace() || HYPHENS.contains(&c) || APOSTROPHES.contains(&c) => Some(' '),
        c => Some(c),
    }
}

/// Endings of patronymics, after folding; the stem before them is what Kazakh and Russian forms share.
const PATRONYMIC_ENDINGS: [&str; 6] = ["улы", "кызы", "ович", "евич", "овна", "евна"];
/// Feminine endings and what stands in the masculine form, after folding.
const FEMININE_ENDINGS: [(&str, &str); 6] =
    [("ова", "ов"), ("ева", "ев"), ("ина", "ин"), ("ына", "ын"), ("ская", "скии"), ("цкая", "цкии")];
/// Shorter words are first names such as Ева, Нина, Дина: their ending is no ending.
const SHORTEST_FEMININE: usize = 5;
/// A stem shorter than this is no name (Львович has one of two letters).
const SHORTEST_STEM: usize = 2;

/// Takes endings off until none is left, so that the result has none.
///
/// Every part is treated alike, whatever its place, so that a swap of last and first name changes nothing; the price
/// is that Марина and Марин agree, which a different sex then tells apart.
pub(crate) fn stem(word: &str) -> String {
    let mut word = word.to_owned();
    while let Some(shorter) = without_ending(&word) {
        word = shorter;
    }
    word
}

fn without_ending(word: &str) -> Option<String> {
    let length = |text: &str| text.chars().count();
    // Ильинична and Ильич, Никитична and Никитич.
    for ending in ["инична", "ична"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| length(stem) >= SHORTEST_STEM) {
            return Some(format!("{stem}ич"));
        }
    }
    for ending in PATRONYMIC_ENDINGS {
        // The stem's own last и (Сергей, Дмитрий, Абай) stands before -ұлы and vanishes before -евич.
        let stem = word.strip_suffix(ending).map(|stem| stem.trim_end_matches('и'));
        if let Some(stem) = stem.filter(|stem| length(stem) >= SHORTEST_STEM) {
            return Some(stem.to_owned());
        }
    }
    let (stem, masculine) =
        FEMININE_ENDINGS.iter().find_map(|(feminine, masculine)| Some((word.strip_suffix(feminine)?, masculine)))?;
    (length(word) >= SHORTEST_FEMININE).then(|| format!("{stem}{masculine}"))
}

#[cfg(test)]
#[path = "name_key_tests.rs"]
mod tests;

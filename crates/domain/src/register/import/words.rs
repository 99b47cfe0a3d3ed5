//! Words of a table: codes, or what the classifiers call them in the languages of the region.

use std::str::FromStr;

use crate::Invalid;
use crate::children::Sex;
use crate::lists::WordLookup;

/// Reads a word of a vocabulary.
///
/// # Errors
/// `unknown_code`.
pub(super) fn word<T: FromStr<Err = Invalid>>(text: &str, vocabulary: &str, lookup: WordLookup) -> Result<T, Invalid> {
    let refusal = match text.parse() {
        Ok(word) => return Ok(word),
        Err(refusal) => refusal,
    };
    lookup(vocabulary, text).and_then(|code| code.parse().ok()).ok_or(refusal)
}

/// Short forms by which tables tell the sex of a child.
const SEXES: [(&str, Sex); 20] = [
    ("ж", Sex::Female),
    ("жен", Sex::Female),
    ("жен.", Sex::Female),
    ("девочка", Sex::Female),
    ("девушка", Sex::Female),
    ("қыз", Sex::Female),
    ("қыз бала", Sex::Female),
    ("ә", Sex::Female),
    ("f", Sex::Female),
    ("w", Sex::Female),
    ("м", Sex::Male),
    ("муж", Sex::Male),
    ("муж.", Sex::Male),
    ("мальчик", Sex::Male),
    ("юноша", Sex::Male),
    ("ұл", Sex::Male),
    ("ұл бала", Sex::Male),
    ("е", Sex::Male),
    ("ер", Sex::Male),
    ("m", Sex::Male),
];

/// Reads the sex of a child.
///
/// # Errors
/// `unknown_code`.
pub(super) fn sex(text: &str, lookup: WordLookup) -> Result<Sex, Invalid> {
    let folded = text.to_lowercase();
    let short = SEXES.iter().find(|(form, _)| *form == folded).map(|(_, sex)| *sex);
    short.map_or_else(|| word(text, "sex", lookup), Ok)
}

/// Reads a list of words.
///
/// # Errors
/// `unknown_code`.
pub(super) fn words<T: FromStr<Err = Invalid>>(
    text: &str,
    vocabulary: &str,
    lookup: WordLookup,
) -> Result<Vec<T>, Invalid> {
    let parts = text.split([',', ';', '|', '+', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| word(part, vocabulary, lookup)).collect()
}

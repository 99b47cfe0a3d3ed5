//! Numbers and codes and how far they agree.

use super::agreement::Level;

/// Whether two runs of digits differ in one digit, or in two neighbours that changed places.
pub(super) fn one_slip(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let differing: Vec<usize> = (0..one.len()).filter(|place| one[*place] != other[*place]).take(3).collect();
    match differing.as_slice() {
        [_] => true,
        [first, second] => second - first == 1 && one[*first] == other[*second] && one[*second] == other[*first],
        _ => false,
    }
}

/// How far two identification numbers agree.
pub(super) fn iin_level(one: &str, other: &str) -> Level {
    if one == other {
        Level::Exact
    } else if one_slip(one.as_bytes(), other.as_bytes()) {
        Level::OneDigit
    } else {
        Level::Different
    }
}

/// How far two territories agree. Codes that are no KATO codes are the same or different.
pub(super) fn territory_level(one: &str, other: &str) -> Level {
    let is_kato = |code: &str| code.len() == 9 && code.bytes().all(|b| b.is_ascii_digit());
    if one == other {
        Level::Exact
    } else if !is_kato(one) || !is_kato(other) {
        Level::Different
    } else if one[..4] == other[..4] {
        Level::SameDistrict
    } else if one[..2] == other[..2] {
        Level::SameRegion
    } else {
        Level::Different
    }
}

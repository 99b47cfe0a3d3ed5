//! Dates of birth and how far they agree.

use chrono::{Datelike, NaiveDate};

use super::agreement::Level;
use super::numbers::one_slip;

/// How far two dates of birth agree.
pub(super) fn level(one: NaiveDate, other: NaiveDate) -> Level {
    if one == other {
        return Level::Exact;
    }
    let same_year = one.year() == other.year();
    if same_year && one.month() == other.day() && one.day() == other.month() {
        return Level::Swapped;
    }
    if one_slip(&digits(one), &digits(other)) {
        return Level::OneDigit;
    }
    if one.month() == other.month() && one.day() == other.day() {
        return Level::SameDay;
    }
    if same_year { Level::SameYear } else { Level::Different }
}

fn digits(date: NaiveDate) -> [u8; 8] {
    let mut rest = date.year().unsigned_abs() * 10_000 + date.month() * 100 + date.day();
    let mut digits = [0; 8];
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    digits
}

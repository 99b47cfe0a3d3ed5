//! Words that differ by a slip or two, found without comparing all with all.
//!
//! Two words within a few slips share a form: what is left of each when as many letters are taken out (Bocek, Hunt and
//! Stiller, "Fast similarity search in large dictionaries", 2007; Garbe's SymSpell, 2012, takes forms of the beginning
//! only). A dictionary that knows the forms of its words answers by looking forms up; what it answers is then
//! compared.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Months, NaiveDate};

/// Forms are made of so many first letters: the rest is compared anyway.
const BEGINNING: usize = 7;

/// How many slips a word of this many letters may have and still be the same word. In a short one every letter counts.
#[must_use]
pub const fn slips_allowed(letters: usize) -> usize {
    match letters {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// The forms of a normalised word, as numbers that never change: they may be stored.
#[must_use]
pub fn near_forms(word: &str) -> Vec<i64> {
    let letters: Vec<char> = word.chars().collect();
    let slips = slips_allowed(letters.len());
    let mut forms: BTreeSet<Vec<char>> = BTreeSet::from([letters.iter().copied().take(BEGINNING).collect()]);
    let mut last = forms.clone();
    for _ in 0..slips {
        let shorter: BTreeSet<Vec<char>> = last.iter().flat_map(|form| without_one(form)).collect();
        forms.extend(shorter.iter().cloned());
        last = shorter;
    }
    forms.iter().map(|form| number(form)).collect()
}

fn without_one(form: &[char]) -> impl Iterator<Item = Vec<char>> {
    (0..form.len()).map(|out| {
        let kept = form.iter().enumerate().filter(|(at, _)| *at != out);
        kept.map(|(_, letter)| *letter).collect()
    })
}

/// FNV-1a of 64 bits (Fowler, Noll and Vo). Two forms of one number do no harm: words are compared afterwards.
fn number(form: &[char]) -> i64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for letter in form {
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    i64::from_be_bytes(hash.to_be_bytes())
}

/// The slips (a letter more, less, wrong, or two in the wrong order) between two normalised words; none where there
/// are more than the shorter of them may have.
#[must_use]
pub fn slips_between(one: &str, other: &str) -> Option<usize> {
    let letters = one.chars().count().min(other.chars().count());
    let slips = strsim::osa_distance(one, other);
    (slips <= slips_allowed(letters)).then_some(slips)
}

/// A day and those that a slip makes of it: day and month changed round, a day, ten days, a month, a year or ten years
/// beside it.
#[must_use]
pub fn near_days(day: NaiveDate) -> Vec<NaiveDate> {
    let mut days = vec![day];
    days.extend(NaiveDate::from_ymd_opt(day.year(), day.day(), day.month()));
    for beside in [1, 10] {
        days.extend(day.checked_add_days(Days::new(beside)));
        days.extend(day.checked_sub_days(Days::new(beside)));
    }
    for months in [1, 12, 120] {
        days.extend(day.checked_add_months(Months::new(months)));
        days.extend(day.checked_sub_months(Months::new(months)));
    }
    let mut seen = BTreeSet::new();
    days.retain(|day| seen.insert(*day));
    days
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slips_are_counted() {
        let table = [
            ("ахметов", "ахметов", Some(0)),
            ("ахметов", "ахемтов", Some(1)),
            ("ахметов", "ахмтов", Some(1)),
            ("ахметов", "акметв", Some(2)),
            ("ахметов", "акмтв", None),
            ("дана", "дина", Some(1)),
            ("дана", "диба", None),
            ("ли", "ви", None),
        ];
        for (one, other, expected) in table {
            assert_eq!(slips_between(one, other), expected, "{one} and {other}");
            assert_eq!(slips_between(other, one), expected, "{other} and {one}");
        }
    }

    #[test]
    fn a_word_has_few_forms() {
        assert_eq!(near_forms("ли").len(), 1);
        assert_eq!(near_forms("абв").len(), 4);
        assert_eq!(near_forms("абвгдежзиклмн").len(), 1 + 7 + 21);
    }

    #[test]
    fn days_beside() {
        let day: NaiveDate = "2062-03-05".parse().unwrap();
        let near = near_days(day);
        assert_eq!(near[0], day);
        for expected in ["2062-05-03", "2062-03-04", "2062-03-15", "2062-04-05", "2061-03-05", "2072-03-05"] {
            assert!(near.contains(&expected.parse().unwrap()), "{expected}");
        }
        assert_eq!(near.len(), 12);
        assert_eq!(near_days("2062-05-05".parse().unwrap()).len(), 11, "each once");
    }

    /// One slip in a word of its letters.
    fn slipped(word: &[char], kind: u8, at: usize, letter: char) -> Vec<char> {
        let mut word = word.to_vec();
        let at = at % word.len();
        match kind % 4 {
            0 => word[at] = letter,
            1 => word.insert(at, letter),
            2 if word.len() > 1 => {
                word.remove(at);
            }
            _ if at + 1 < word.len() => word.swap(at, at + 1),
            _ => {}
        }
        word
    }

    proptest! {
        /// What is within the slips allowed shares a form.
        #[test]
        fn near_words_share_a_form(
            word in prop::collection::vec(prop::char::range('а', 'е'), 3..14),
            slips in prop::collection::vec((0u8..4, 0usize..14, prop::char::range('а', 'е')), 0..3),
        ) {
            let other = slips.into_iter().fold(word.clone(), |word, (kind, at, letter)| slipped(&word, kind, at, letter));
            let (one, other): (String, String) = (word.into_iter().collect(), other.into_iter().collect());
            if slips_between(&one, &other).is_some() {
                let forms = near_forms(&one);
                prop_assert!(near_forms(&other).iter().any(|form| forms.contains(form)), "{} and {}", one, other);
            }
        }
    }
}

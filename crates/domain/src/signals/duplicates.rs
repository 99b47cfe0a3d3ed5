//! Whether two signals are about the same child, as far as they tell.

use chrono::{Datelike, NaiveDate};

use super::ReportedChild;
use crate::children::{Iin, PersonName, age_on, name_key};
use crate::ids::ChildId;
use crate::words::words;

words! {
    /// Why a signal or a case looks like one about the same child.
    pub enum DuplicateSign {
        /// Both name the same record of a child.
        SameChild = "same_child",
        /// Both name the same ИИН.
        SameIin = "same_iin",
        /// The names mean the same, and so do the dates of birth.
        SameNameAndBirthDate = "same_name_and_birth_date",
        /// The names mean the same, and the ages fit; one date of birth at most is known.
        SameNameAndAge = "same_name_and_age",
    }
}

/// What one source (a signal, a child's record) tells of the child it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignalAbout {
    /// The child's record.
    pub child: Option<ChildId>,
    /// ИИН.
    pub iin: Option<Iin>,
    /// The key of the name (`children::name_key`).
    pub name_key: Option<String>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Age in full years, and the day on which it was told.
    pub age: Option<(u8, NaiveDate)>,
}

impl SignalAbout {
    /// What was said on a day.
    #[must_use]
    pub fn reported(child: &ReportedChild, told_on: NaiveDate) -> Self {
        Self {
            child: None,
            iin: child.iin.clone(),
            name_key: Some(key(&child.last_name, &child.first_name)),
            birth_date: child.birth_date,
            age: child.age.map(|age| (age, told_on)),
        }
    }

    /// What a record of the index tells.
    #[must_use]
    pub fn recorded(
        child: ChildId,
        (last_name, first_name): (&PersonName, &PersonName),
        birth_date: NaiveDate,
        iin: Option<Iin>,
    ) -> Self {
        Self {
            child: Some(child),
            iin,
            name_key: Some(key(last_name, first_name)),
            birth_date: Some(birth_date),
            age: None,
        }
    }
}

/// The patronymic is not in the key: callers seldom know it.
fn key(last_name: &PersonName, first_name: &PersonName) -> String {
    name_key(last_name, first_name, None).key
}

/// By what two sources look like ones about the same child; nothing where they do not.
///
/// Where both name an ИИН, or both a date of birth, and these differ, the name is no sign: namesakes are many. A name
/// alone is none either.
#[must_use]
pub fn same_child(one: &SignalAbout, other: &SignalAbout) -> Vec<DuplicateSign> {
    let mut signs = Vec::new();
    if one.child.is_some() && one.child == other.child {
        signs.push(DuplicateSign::SameChild);
    }
    match (&one.iin, &other.iin) {
        (Some(first), Some(second)) if first == second => signs.push(DuplicateSign::SameIin),
        (Some(_), Some(_)) => return signs,
        _ => {}
    }
    if one.name_key.is_none() || one.name_key != other.name_key {
        return signs;
    }
    match (one.birth_date, other.birth_date) {
        (Some(first), Some(second)) if first == second => signs.push(DuplicateSign::SameNameAndBirthDate),
        (Some(_), Some(_)) => {}
        _ if ages_fit(one, other) => signs.push(DuplicateSign::SameNameAndAge),
        _ => {}
    }
    signs
}

/// Years by which a told age may be wrong.
const TOLD_AGE_TOLERANCE: i32 = 1;

fn ages_fit(one: &SignalAbout, other: &SignalAbout) -> bool {
    let difference = match (one, other) {
        (SignalAbout { birth_date: Some(birth), .. }, SignalAbout { age: Some((age, told_on)), .. })
        | (SignalAbout { age: Some((age, told_on)), .. }, SignalAbout { birth_date: Some(birth), .. }) => {
            age_on(*birth, *told_on) - i32::from(*age)
        }
        (SignalAbout { age: Some((first, first_on)), .. }, SignalAbout { age: Some((second, second_on)), .. }) => {
            // As of the same year; the birthday between them is within the tolerance.
            (i32::from(*first) - first_on.year()) - (i32::from(*second) - second_on.year())
        }
        _ => return false,
    };
    difference.abs() <= TOLD_AGE_TOLERANCE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn told(name: &str, birth: Option<&str>, age: Option<u8>, iin: Option<&str>) -> SignalAbout {
        SignalAbout {
            child: None,
            iin: iin.map(|iin| Iin::new(iin).unwrap()),
            name_key: Some(name.into()),
            birth_date: birth.map(day),
            age: age.map(|age| (age, day("2074-03-01"))),
        }
    }

    #[test]
    fn what_is_a_sign_and_what_is_none() {
        use DuplicateSign::{SameIin, SameNameAndAge, SameNameAndBirthDate};
        let (iin, other_iin) = ("600115500013", "611231600025");
        let table: Vec<(SignalAbout, SignalAbout, Vec<DuplicateSign>)> = vec![
            (told("a b", None, None, None), told("a b", None, None, None), vec![]),
            (told("a b", Some("2063-05-01"), None, None), told("a b", None, None, None), vec![]),
            (
                told("a b", Some("2063-05-01"), None, None),
                told("a b", Some("2063-05-01"), None, None),
                vec![SameNameAndBirthDate],
            ),
            // Namesakes.
            (told("a b", Some("2063-05-01"), Some(10), None), told("a b", Some("2063-05-02"), Some(10), None), vec![]),
            (told("a b", Some("2063-05-01"), None, None), told("a b", None, Some(10), None), vec![SameNameAndAge]),
            (told("a b", Some("2063-05-01"), None, None), told("a b", None, Some(11), None), vec![SameNameAndAge]),
            (told("a b", Some("2063-05-01"), None, None), told("a b", None, Some(13), None), vec![]),
            (told("a b", None, Some(9), None), told("a b", None, Some(10), None), vec![SameNameAndAge]),
            (told("a b", None, Some(9), None), told("a c", None, Some(9), None), vec![]),
            (told("a b", None, None, Some(iin)), told("c d", None, None, Some(iin)), vec![SameIin]),
            (told("a b", None, Some(9), Some(iin)), told("a b", None, Some(9), Some(other_iin)), vec![]),
            (told("a b", None, Some(9), Some(iin)), told("a b", None, Some(9), None), vec![SameNameAndAge]),
        ];
        for (place, (one, other, expected)) in table.into_iter().enumerate() {
            assert_eq!(same_child(&one, &other), expected, "{place}");
            assert_eq!(same_child(&other, &one), expected, "{place}, the other way round");
        }
    }

    #[test]
    fn one_record_is_one_child_whatever_else_was_said() {
        let record = |name: &str| SignalAbout {
            child: Some(ChildId::from_uuid(Uuid::from_u128(1))),
            name_key: Some(name.into()),
            ..SignalAbout::default()
        };
        assert_eq!(same_child(&record("a"), &record("b")), [DuplicateSign::SameChild]);
        assert_eq!(same_child(&SignalAbout::default(), &SignalAbout::default()), []);
    }

    #[test]
    fn spellings_of_one_name_meet() {
        let name = |text: &str| PersonName::new(text).unwrap();
        let child = |last: &str, first: &str| ReportedChild {
            last_name: name(last),
            first_name: name(first),
            patronymic: None,
            birth_date: None,
            age: Some(9),
            sex: None,
            iin: None,
            school: None,
        };
        let on = day("2074-03-01");
        let one = SignalAbout::reported(&child("Әлімов", "Қайрат"), on);
        let other = SignalAbout::reported(&child("Кайрат", "Алимов"), on);
        assert_eq!(same_child(&one, &other), [DuplicateSign::SameNameAndAge]);
    }

    proptest! {
        #[test]
        fn the_order_of_the_two_changes_nothing(
            names in prop::collection::vec(0_usize..2, 2),
            births in prop::collection::vec(prop::option::of(0_u64..900), 2),
            ages in prop::collection::vec(prop::option::of((0_u8..18, 0_u64..900)), 2),
        ) {
            let base = day("2070-01-01");
            let later = |days: u64| base + chrono::Days::new(days);
            let about = |place: usize| SignalAbout {
                name_key: Some(["a", "b"][names[place]].into()),
                birth_date: births[place].map(later),
                age: ages[place].map(|(age, days)| (age, later(days))),
                ..SignalAbout::default()
            };
            let (one, other) = (about(0), about(1));
            prop_assert_eq!(same_child(&one, &other), same_child(&other, &one));
        }
    }
}

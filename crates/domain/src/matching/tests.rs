//! One person in two records, and two people who look alike.

mod names;
mod properties;
mod scores;
mod weights;

use chrono::NaiveDate;

use super::*;
use crate::children::Sex;

fn person(last: &str, first: &str, patronymic: &str) -> Person {
    Person { names: vec![HeldName::new(last, first, Some(patronymic))], ..Person::default() }
}

fn born(date: &str, mut person: Person) -> Person {
    person.birth_date = Some(day(date));
    person
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn compared(one: &Person, other: &Person) -> Comparison {
    compare(&one.prepare(), &other.prepare(), &Frequencies::unknown())
}

/// Somebody of whom everything is known.
fn full(last: &str, first: &str, patronymic: &str, date: &str, iin: &str) -> Person {
    Person {
        sex: Some(Sex::Male),
        iin: (!iin.is_empty()).then(|| iin.to_owned()),
        kato: Some("351011100".to_owned()),
        ..born(date, person(last, first, patronymic))
    }
}

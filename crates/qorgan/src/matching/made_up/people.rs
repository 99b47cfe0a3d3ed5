//! Families and their children.

use chrono::{Datelike, Days, NaiveDate};
use qorgan_domain::children::Sex;

use super::names::{self, Culture};
use crate::demo::random::Random;

/// A made-up child, as it truly is.
#[derive(Debug, Clone)]
pub(super) struct Human {
    pub(super) culture: Culture,
    /// Masculine form, Kazakh spelling.
    pub(super) last: String,
    pub(super) first: String,
    /// The father's name, from which patronymics are made.
    pub(super) father: String,
    /// Whether the patronymic is of the Kazakh form (-ұлы, -қызы); none where there is no patronymic.
    pub(super) kazakh_patronymic: Option<bool>,
    pub(super) birth_date: NaiveDate,
    pub(super) sex: Sex,
    pub(super) iin: String,
    pub(super) kato: &'static str,
}

/// Units of the region by KATO, with weights by how many people live there.
const UNITS: [(&str, u32); 14] = [
    ("351011100", 240),
    ("351013100", 260),
    ("351600000", 10),
    ("352100000", 30),
    ("352200000", 35),
    ("352400000", 150),
    ("352800000", 45),
    ("353200000", 50),
    ("353600000", 30),
    ("354000000", 35),
    ("354800000", 25),
    ("355200000", 20),
    ("355600000", 20),
    ("356400000", 20),
];
/// Twins, a hundred births.
const TWINS: u32 = 2;
const FIRST_BIRTH_YEAR: i32 = 2060;
const BIRTH_YEARS: u32 = 30;

/// So many children, siblings beside each other.
pub(super) fn population(seed: u64, size: usize) -> Vec<Human> {
    let mut population: Vec<Human> = Vec::with_capacity(size + 8);
    let mut family = 0;
    while population.len() < size {
        let mut random = Random::seeded(seed, "family", family);
        children(&mut random, &mut population);
        family += 1;
    }
    population.truncate(size);
    population
}

fn children(random: &mut Random, population: &mut Vec<Human>) {
    let culture = if random.chance(65) { Culture::Kazakh } else { Culture::Russian };
    let last = names::last(culture, random);
    let father = names::father(culture, random);
    let kazakh_patronymic = match (culture, random.below(20)) {
        (_, 0) => None,
        (Culture::Kazakh, 1..=11) => Some(true),
        _ => Some(false),
    };
    let kato = any_unit(random);
    let mut born = any_date(random);
    let mut names_given: Vec<String> = Vec::new();
    let children = 1 + random.weighted([30, 38, 20, 8, 4].into_iter());
    for child in 0..children {
        if child > 0 && !random.chance(TWINS) {
            born = later(born, random);
        }
        let sex = random.pick(Sex::ALL);
        let first = loop {
            let first = names::first(culture, sex, random);
            if !names_given.contains(&first) {
                break first;
            }
        };
        names_given.push(first.clone());
        population.push(Human {
            culture,
            last: last.clone(),
            first,
            father: father.clone(),
            kazakh_patronymic,
            birth_date: born,
            sex,
            iin: iin(born, sex, random),
            kato,
        });
    }
}

/// Where somebody may live.
pub(super) fn any_unit(random: &mut Random) -> &'static str {
    UNITS[random.weighted(UNITS.iter().map(|(_, weight)| *weight))].0
}

fn any_date(random: &mut Random) -> NaiveDate {
    let year = FIRST_BIRTH_YEAR + i32::try_from(random.below(BIRTH_YEARS)).unwrap_or(0);
    let day = random.between(1, 365);
    NaiveDate::from_yo_opt(year, day).unwrap_or_default()
}

/// One to six years later, and not past the last year: then earlier.
fn later(born: NaiveDate, random: &mut Random) -> NaiveDate {
    let apart = Days::new(u64::from(random.between(400, 2_200)));
    let later = born + apart;
    if later.year() < FIRST_BIRTH_YEAR + 30 { later } else { any_date(random) }
}

/// A right number: its last digit is a control digit, and where none exists another sequence is taken.
fn iin(born: NaiveDate, sex: Sex, random: &mut Random) -> String {
    let century = if sex == Sex::Male { 5 } else { 6 };
    loop {
        let sequence = random.below(3_000);
        let first = format!("{}{century}{sequence:04}", born.format("%y%m%d"));
        for control in 0..10 {
            let number = format!("{first}{control}");
            if qorgan_domain::children::Iin::new(&number).is_ok() {
                return number;
            }
        }
    }
}

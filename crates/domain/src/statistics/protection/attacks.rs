//! Attacks on protected counts, and how often they succeed: the figures of `docs/disclosure-control.md`.
//!
//! The attacker knows the method and its parameters, asks everything that may be asked, and is told that a cell holds one record
//! or two, which in truth nobody tells it: it has to say which. It makes up other years of the same kind first and learns from them
//! what such cells look like (`learned`). Guessing without any table is the measure.
//!
//! `cargo nextest run --workspace -E 'test(attacks)' --no-capture` prints the figures.

mod grid;
mod learned;
mod overlaps;
mod partitions;
mod parts;
mod releases;
mod rest;
mod wide;
mod work;

use super::table_tests::RULE;
use super::*;

/// Made-up years; the seed is fixed, so the figures come back.
const YEARS: u64 = 6;
const FACTS: usize = 1500;
/// Months of 30 days keep the calendar out of it.
const YEAR: u16 = 360;
/// Values of territory, form or level, sex, age group, setting. The first three forms are levels of suicidal behaviour.
const VALUES: [u8; 5] = [13, 9, 2, 5, 6];
const TERRITORY: usize = 0;
const FORM: usize = 1;
const SUICIDAL: u8 = 3;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// One of `values`, the first most often.
    fn skewed(&mut self, values: u8) -> u8 {
        let values = u64::from(values);
        let at = self.below(values * values);
        // The square root of a uniform number leans to one end.
        (values - 1 - at.isqrt()) as u8
    }
}

struct Fact {
    values: [u8; 5],
    day: u16,
    entered: u16,
    key: u32,
}

/// A cell by its conditions.
#[derive(Clone, Copy)]
struct Cell {
    values: [Option<u8>; 5],
    suicidal: Option<bool>,
    days: (u16, u16),
    as_of: u16,
}

impl Cell {
    const ALL: Self = Self { values: [None; 5], suicidal: None, days: (0, YEAR), as_of: u16::MAX };

    fn with(mut self, attribute: usize, value: Option<u8>) -> Self {
        self.values[attribute] = value;
        self
    }

    fn in_days(self, from: u16, to: u16) -> Self {
        Self { days: (from, to), ..self }
    }

    fn in_month(self, month: u16) -> Self {
        self.in_days(month * 30, month * 30 + 30)
    }

    fn holds(&self, fact: &Fact) -> bool {
        self.values.iter().zip(fact.values).all(|(wanted, value)| wanted.is_none_or(|wanted| wanted == value))
            && (self.days.0..self.days.1).contains(&fact.day)
            && fact.entered <= self.as_of
            && self.suicidal.is_none_or(|suicidal| suicidal == (fact.values[FORM] < SUICIDAL))
    }
}

struct World {
    /// By territory: most cells lie in one.
    facts: Vec<Vec<Fact>>,
    table: NoiseTable,
}

impl World {
    fn new(seed: u64) -> Self {
        Self::by(&RULE, seed)
    }

    fn by(rule: &DisclosureRule, seed: u64) -> Self {
        let mut chance = Chance(seed);
        let mut facts: Vec<Vec<Fact>> = (0..VALUES[TERRITORY]).map(|_| Vec::new()).collect();
        for fact in (0..FACTS).map(|_| {
            let mut values = VALUES.map(|values| chance.skewed(values));
            // The gravest are the rarest.
            values[FORM] = VALUES[FORM] - 1 - values[FORM];
            let day = chance.below(u64::from(YEAR)) as u16;
            Fact { values, day, entered: day + chance.below(40) as u16, key: chance.next() as u32 }
        }) {
            facts[usize::from(fact.values[TERRITORY])].push(fact);
        }
        Self { facts, table: NoiseTable::of(rule).unwrap() }
    }

    fn held(&self, cell: &Cell) -> impl Iterator<Item = &Fact> {
        let territories = match cell.values[TERRITORY] {
            Some(one) => &self.facts[usize::from(one)..=usize::from(one)],
            None => &self.facts[..],
        };
        territories.iter().flatten().filter(move |fact| cell.holds(fact))
    }

    fn truth(&self, cell: &Cell) -> (u64, CellKey) {
        self.held(cell)
            .fold((0, CellKey::default()), |(count, key), fact| (count + 1, key + CellKey::of_sum(fact.key.into())))
    }

    fn shown(&self, cell: &Cell) -> u64 {
        let (count, key) = self.truth(cell);
        self.table.protect(count, key)
    }

    /// All cells of territory, form and month.
    fn cells(&self) -> Vec<(Cell, u16)> {
        let mut cells = Vec::new();
        for territory in 0..VALUES[TERRITORY] {
            for form in 0..VALUES[FORM] {
                for month in 0..12 {
                    let cell = Cell::ALL.with(TERRITORY, Some(territory)).with(FORM, Some(form)).in_month(month);
                    cells.push((cell, month));
                }
            }
        }
        cells
    }
}

/// How likely a count shows as it does.
fn likely(table: &NoiseTable, shown: u64, count: u64) -> f64 {
    let Some(row) = table.row(count) else { return f64::from(u8::from(shown == 0)) };
    let at = row.noise.iter().position(|noise| count.checked_add_signed(i64::from(*noise)) == Some(shown));
    at.map_or(0.0, |at| row.shares[at])
}

/// Of so many cells, how many were named rightly, and how many held one fact.
#[derive(Default)]
struct Score {
    cells: f64,
    right: f64,
    ones: f64,
    /// Taken for one.
    named: f64,
    named_rightly: f64,
}

impl Score {
    fn add(&mut self, truth: u64, said: u64) {
        self.cells += 1.0;
        self.right += f64::from(u8::from(truth == said));
        self.ones += f64::from(u8::from(truth == 1));
        self.named += f64::from(u8::from(said == 1));
        self.named_rightly += f64::from(u8::from(said == 1 && truth == 1));
    }

    /// Whoever always says the more frequent of both.
    fn guessing(&self) -> f64 {
        self.ones.max(self.cells - self.ones) / self.cells
    }

    fn rate(&self) -> f64 {
        self.right / self.cells
    }

    fn print(&self, name: &str) {
        let (rate, guessing) = (100.0 * self.rate(), 100.0 * self.guessing());
        println!("{name}: {rate:.1} % right, {guessing:.1} % by guessing, {} cells", self.cells);
    }
}

//! Attacks on protected counts, and how often they succeed: the figures of `docs/disclosure-control.md`.
//!
//! The attacker knows the method, its parameters and how often small counts occur, asks everything that may be asked, and
//! weighs it by Bayes' rule. It is told that a cell holds one fact or two, which in truth nobody tells it, and has to say
//! which. Guessing without any table is the measure.
//!
//! `cargo nextest run --workspace -E 'test(attacks)' --no-capture` prints the figures.

mod learned;
mod partitions;
mod parts;
mod releases;
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
        Self { facts, table: NoiseTable::of(&RULE).unwrap() }
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

    fn count(&self, cell: &Cell) -> u64 {
        self.truth(cell).0
    }

    fn shown(&self, cell: &Cell) -> u64 {
        let (count, key) = self.truth(cell);
        self.table.protect(count, key)
    }

    /// The logarithm of how likely a count shows as it does.
    fn likelihood(&self, shown: u64, count: u64) -> f64 {
        likely(&self.table, shown, count).ln()
    }

    /// The whole less its other parts, as an estimate of one part: its value and its variance.
    fn difference(&self, whole: &Cell, others: &[Cell]) -> (f64, f64) {
        let parts: Vec<u64> = others.iter().map(|cell| self.shown(cell)).collect();
        // Parts shown as 0 are mostly empty: without noise.
        let noisy = 1 + parts.iter().filter(|shown| **shown > 0).count();
        (self.shown(whole) as f64 - parts.iter().sum::<u64>() as f64, noisy as f64 * RULE.variance)
    }

    /// Cells of territory, form and month that hold one fact or two.
    fn small(&self) -> Vec<(Cell, u16)> {
        self.cells().into_iter().filter(|(cell, _)| matches!(self.count(cell), 1 | 2)).collect()
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

    /// Everything that tables which may be asked for say of a cell besides itself.
    fn overlaps(&self, cell: &Cell, month: u16) -> Vec<(f64, f64)> {
        let mut found = Vec::new();
        for attribute in [TERRITORY, FORM] {
            let own = cell.values[attribute];
            let others: Vec<Cell> = (0..VALUES[attribute])
                .filter(|value| Some(*value) != own)
                .map(|value| cell.with(attribute, Some(value)))
                .collect();
            found.push(self.difference(&cell.with(attribute, None), &others));
        }
        for (from, to) in [(month / 3 * 3, month / 3 * 3 + 3), (0, 12)] {
            let others: Vec<Cell> = (from..to).filter(|other| *other != month).map(|one| cell.in_month(one)).collect();
            found.push(self.difference(&cell.in_days(from * 30, to * 30), &others));
        }
        // The cell as the sum of its own parts, by each other attribute and by two of them.
        let own = self.shown(cell);
        for (one, two) in [(2, None), (3, None), (4, None), (2, Some(3)), (2, Some(4)), (3, Some(4))] {
            let firsts = (0..VALUES[one]).map(|value| cell.with(one, Some(value)));
            let parts: Vec<Cell> = match two {
                None => firsts.collect(),
                Some(two) => {
                    firsts.flat_map(|part| (0..VALUES[two]).map(move |value| part.with(two, Some(value)))).collect()
                }
            };
            let shown: Vec<u64> = parts.iter().map(|part| self.shown(part)).filter(|shown| *shown > 0).collect();
            // A single part that shows as the cell does is the cell: nothing new.
            if !shown.is_empty() && shown != [own] {
                found.push((shown.iter().sum::<u64>() as f64, shown.len() as f64 * RULE.variance));
            }
        }
        found
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
}

impl Score {
    fn add(&mut self, truth: u64, said: u64) {
        self.cells += 1.0;
        self.right += f64::from(u8::from(truth == said));
        self.ones += f64::from(u8::from(truth == 1));
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

/// One or two, by the odds known beforehand, what the cell itself shows, and estimates taken for independent.
fn says(world: &World, odds_of_one: f64, own: Option<u64>, estimates: &[(f64, f64)]) -> u64 {
    let weight = |count: u64| {
        let prior = if count == 1 { odds_of_one } else { 1.0 - odds_of_one };
        let own = own.map_or(0.0, |shown| world.likelihood(shown, count));
        let others = estimates.iter().map(|(value, variance)| -(value - count as f64).powi(2) / (2.0 * variance));
        prior.ln() + own + others.sum::<f64>()
    };
    if weight(1) >= weight(2) { 1 } else { 2 }
}

/// The most likely count of 0 to 12 for an attacker that was told nothing but how often each occurs.
fn names(world: &World, odds: &[f64], own: u64, estimates: &[(f64, f64)]) -> u64 {
    let weight = |count: u64| {
        let others = estimates.iter().map(|(value, variance)| -(value - count as f64).powi(2) / (2.0 * variance));
        odds[count as usize].ln() + world.likelihood(own, count) + others.sum::<f64>()
    };
    (0..=12).max_by(|one, other| weight(*one).total_cmp(&weight(*other))).unwrap()
}

/// How often a small cell holds one fact rather than two.
fn odds(world: &World, cells: &[(Cell, u16)]) -> f64 {
    cells.iter().filter(|(cell, _)| world.count(cell) == 1).count() as f64 / cells.len() as f64
}

#[test]
fn small_cells_keep_their_secret_when_tables_overlap() {
    let (mut direct, mut repeated, mut overlapping) = (Score::default(), Score::default(), Score::default());
    let mut untold = Score::default();
    for seed in 0..YEARS {
        let world = World::new(seed);
        let cells = world.small();
        let all: Vec<u64> = world.cells().iter().map(|(cell, _)| world.count(cell)).collect();
        let shares: Vec<f64> =
            (0..=12).map(|count| all.iter().filter(|one| **one == count).count() as f64 / all.len() as f64).collect();
        let odds = odds(&world, &cells);
        for (cell, month) in cells {
            let (truth, own) = (world.count(&cell), world.shown(&cell));
            direct.add(truth, says(&world, odds, Some(own), &[]));
            let again: u64 = (0..10).map(|_| world.shown(&cell)).sum();
            assert_eq!(again, 10 * own, "the average of equal answers is the answer");
            repeated.add(truth, says(&world, odds, Some(again / 10), &[]));
            let overlaps = world.overlaps(&cell, month);
            overlapping.add(truth, says(&world, odds, Some(own), &overlaps));
            untold.add(truth, names(&world, &shares, own, &overlaps));
        }
    }
    direct.print("reading the cell");
    repeated.print("asking again and again");
    overlapping.print("differencing overlapping tables");
    println!("the same, not told that it is one or two: {:.1} % right", 100.0 * untold.rate());
    assert!(untold.rate() <= 0.35, "{}", untold.rate());
    assert!(direct.rate() <= direct.guessing() + 0.08);
    assert_eq!(repeated.right, direct.right);
    assert!(overlapping.rate() <= overlapping.guessing() + 0.12, "{}", overlapping.rate());
}

#[test]
fn who_knows_one_case_learns_little_of_another() {
    let mut known = Score::default();
    for seed in 0..YEARS {
        let world = World::new(seed);
        let cells = world.small();
        let odds = odds(&world, &cells);
        for (cell, month) in cells {
            let own_case = world.held(&cell).next().unwrap();
            // Parts of the cell in which the known case is not: anything shown there is another one, for 0 stays 0.
            let beside = (2..5).any(|attribute| {
                (0..VALUES[attribute])
                    .filter(|value| *value != own_case.values[attribute])
                    .any(|value| world.shown(&cell.with(attribute, Some(value))) > 0)
            });
            let said =
                if beside { 2 } else { says(&world, odds, Some(world.shown(&cell)), &world.overlaps(&cell, month)) };
            known.add(world.count(&cell), said);
        }
    }
    known.print("knowing one case of the cell");
    assert!(known.rate() <= known.guessing() + 0.12, "{}", known.rate());
}

/// A period shifted day by day gives the same cell inside ever other ones: what `guard` refuses.
#[test]
fn shifted_periods_would_wear_the_noise_away() {
    let mut shifted = Score::default();
    for seed in 0..YEARS {
        let world = World::new(seed);
        // A month late in the year, all forms but few facts: one territory, one sex, one age group.
        let mut cells = Vec::new();
        for (territory, sex, age) in
            (0..13).flat_map(|one| (0..2).flat_map(move |two| (0..5).map(move |three| (one, two, three))))
        {
            let cell = Cell::ALL.with(TERRITORY, Some(territory)).with(2, Some(sex)).with(3, Some(age)).in_month(9);
            if matches!(world.count(&cell), 1 | 2) {
                cells.push((cell, 9));
            }
        }
        let odds = odds(&world, &cells);
        for (cell, _) in cells {
            let mut estimates: Vec<(f64, f64)> = Vec::new();
            let mut contents = std::collections::BTreeSet::new();
            for other in 0..270 {
                let before = cell.in_days(other, 270);
                if world.count(&before) > 0 && contents.insert(world.count(&before)) {
                    let difference = world.shown(&cell.in_days(other, 300)) as f64 - world.shown(&before) as f64;
                    estimates.push((difference, 2.0 * RULE.variance));
                }
            }
            shifted.add(world.count(&cell), says(&world, odds, Some(world.shown(&cell)), &estimates));
        }
    }
    shifted.print("periods shifted by days (refused)");
    assert!(shifted.rate() > shifted.guessing(), "or else refusing them protects nothing");
}

/// A cell that rests inside one that grows: the register of every day, which `guard` refuses, and that of every month.
#[test]
fn watching_the_register_every_day_would_wear_the_noise_away() {
    let (mut alone, mut daily, mut monthly) = (Score::default(), Score::default(), Score::default());
    for seed in 0..40 {
        let world = World::new(seed);
        let rests = |territory: u8, age: u8| -> Option<(Cell, u16)> {
            let cell = Cell { suicidal: Some(true), ..Cell::ALL.with(TERRITORY, Some(territory)).with(3, Some(age)) };
            let last = world.held(&cell).map(|fact| fact.entered).max();
            (matches!(world.count(&cell), 1 | 2)).then_some((cell, last.unwrap_or_default()))
        };
        let pairs = (0..VALUES[TERRITORY]).flat_map(|one| (0..VALUES[3]).map(move |two| (one, two)));
        let cells: Vec<(Cell, u16)> = pairs.filter_map(|(one, two)| rests(one, two)).collect();
        let odds = odds(&world, &cells);
        for (cell, since) in cells {
            let estimates = |step: usize| -> Vec<(f64, f64)> {
                let mut seen = std::collections::BTreeSet::new();
                let mut found = Vec::new();
                for as_of in (0..YEAR + 40).step_by(step).filter(|day| *day >= since) {
                    let violence = Cell { suicidal: Some(false), as_of, ..cell };
                    let count = world.count(&violence);
                    if count > 0 && seen.insert(count) {
                        let all = Cell { suicidal: None, as_of, ..cell };
                        let difference = world.shown(&all) as f64 - world.shown(&violence) as f64;
                        found.push((difference, 2.0 * RULE.variance));
                    }
                }
                found
            };
            let own = Some(world.shown(&cell));
            alone.add(world.count(&cell), says(&world, odds, own, &[]));
            daily.add(world.count(&cell), says(&world, odds, own, &estimates(1)));
            monthly.add(world.count(&cell), says(&world, odds, own, &estimates(30)));
        }
    }
    alone.print("the same cells by reading alone");
    daily.print("the register of every day (refused)");
    monthly.print("the register of every end of a month");
    assert!(daily.rate() > monthly.rate(), "or else refusing it protects nothing");
    assert!(monthly.rate() <= monthly.guessing() + 0.20, "{}", monthly.rate());
}

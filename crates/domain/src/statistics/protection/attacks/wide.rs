//! The more a fact carries, the more tables divide it: the attack of `partitions` with all the attributes that may be asked for,
//! and ages in groupings that overlap.

use std::collections::BTreeMap;

use super::learned::{Clue, Learned};
use super::*;

/// Values of kind and level or form, sex, setting, relation, agency, channel, place of the organisation: besides territory and
/// age, what may divide a protected table.
const DIVIDING: [u8; 7] = [9, 2, 6, 7, 5, 10, 13];
/// Where the groups of ages end: the register's own, five years, stages of school.
const OWN: &[u8] = &[2, 6, 10, 13, 15, 17];
const FIVE_YEARS: &[u8] = &[4, 9, 14, 17];
const SCHOOL_STAGE: &[u8] = &[6, 10, 15, 17];

/// Made-up years that the attacker learns from.
const LEARNED_YEARS: u64 = 60;

struct Wide {
    territory: u8,
    age: u8,
    quarter: u8,
    values: [u8; 7],
    key: u32,
}

impl Wide {
    fn is_suicidal(&self) -> bool {
        self.values[0] < SUICIDAL
    }

    fn age_group(&self, ends: &[u8]) -> usize {
        ends.iter().position(|end| self.age <= *end).unwrap_or_default()
    }
}

fn year(chance: &mut Chance) -> Vec<Wide> {
    let fact = |_| {
        let mut values = DIVIDING.map(|values| chance.skewed(values));
        values[0] = DIVIDING[0] - 1 - values[0];
        let territory = chance.skewed(VALUES[TERRITORY]);
        // Most organisations stand where the event took place.
        if chance.below(10) < 8 {
            values[6] = territory;
        }
        let (age, quarter) = (17 - chance.skewed(18), chance.below(4) as u8);
        Wide { territory, age, quarter, values, key: chance.next() as u32 }
    };
    (0..FACTS).map(fact).collect()
}

fn shown(table: &NoiseTable, facts: &[&Wide]) -> u64 {
    let key = facts.iter().fold(CellKey::default(), |key, fact| key + CellKey::of_sum(fact.key.into()));
    table.protect(facts.len() as u64, key)
}

/// How many facts there are, from all tables that divide them by at most `room` of the first `attributes`.
fn estimate(table: &NoiseTable, facts: &[&Wide], attributes: usize, room: u32) -> f64 {
    let own = shown(table, facts) as f64;
    let mut weights = 1.0 / RULE.variance;
    let mut sum = own * weights;
    for chosen in (1_u32..1 << attributes).filter(|chosen| chosen.count_ones() <= room) {
        let mut parts: BTreeMap<Vec<u8>, Vec<&Wide>> = BTreeMap::new();
        for fact in facts {
            let key = (0..attributes).filter(|at| chosen >> at & 1 == 1).map(|at| fact.values[at]).collect();
            parts.entry(key).or_default().push(fact);
        }
        let estimated: u64 = parts.values().map(|part| shown(table, part)).sum();
        let possible: f64 =
            (0..attributes).filter(|at| chosen >> at & 1 == 1).map(|at| f64::from(DIVIDING[at])).product();
        // How many parts are not empty is not shown, but no more than facts.
        let weight = 1.0 / (RULE.variance * possible.min(own.max(1.0)));
        weights += weight;
        sum += estimated as f64 * weight;
    }
    sum / weights
}

/// Cells of suicidal behaviour by territory, age group and quarter that hold one fact or two, with all facts beside them.
fn cells(facts: &[Wide]) -> Vec<(Vec<&Wide>, Vec<&Wide>)> {
    let mut cells: BTreeMap<(u8, usize, u8), Vec<&Wide>> = BTreeMap::new();
    for fact in facts {
        cells.entry((fact.territory, fact.age_group(OWN), fact.quarter)).or_default().push(fact);
    }
    let small = cells.into_values().map(|all| {
        let suicidal: Vec<&Wide> = all.iter().copied().filter(|fact| fact.is_suicidal()).collect();
        (suicidal, all)
    });
    small.filter(|(suicidal, _)| matches!(suicidal.len(), 1 | 2)).collect()
}

/// What an attacker takes a cell for: from all facts of a year, the suicidal ones of the cell, and all of the cell.
type Estimate<'a> = &'a dyn Fn(&[Wide], &[&Wide], &[&Wide]) -> Option<f64>;

/// Lets an attacker learn from made-up years by an estimate of each cell, then attack others.
fn attack(name: &str, estimate: Estimate<'_>) -> Score {
    let table = NoiseTable::of(&RULE).unwrap();
    let (mut learned, mut score) = (Learned::default(), Score::default());
    for seed in (1000..1000 + LEARNED_YEARS).chain(0..YEARS) {
        let facts = year(&mut Chance(seed));
        for (cell, all) in cells(&facts) {
            let own = shown(&table, &cell);
            let clue = Clue { own, estimate: estimate(&facts, &cell, &all), apart: false };
            if seed < YEARS {
                score.add(cell.len() as u64, learned.says(clue));
            } else {
                learned.learn(cell.len() as u64, clue);
            }
        }
    }
    score.print(name);
    score
}

/// Facts as the difference of two great cells, each estimated by all tables that divide it.
fn difference(table: &NoiseTable, all: &[&Wide], attributes: usize, room: u32) -> f64 {
    let violence: Vec<&Wide> = all.iter().copied().filter(|fact| !fact.is_suicidal()).collect();
    // The kind is one attribute more.
    estimate(table, all, attributes, room) - estimate(table, &violence, attributes, room.saturating_sub(1))
}

#[test]
fn many_attributes_do_not_open_cells() {
    let table = NoiseTable::of(&RULE).unwrap();
    let room = u32::from(RULE.max_attributes) - 2;
    let alone = attack("wide: reading alone", &|_, _, _| None);
    for (attributes, room) in [(3, room), (7, room), (7, room - 1)] {
        let name = format!("wide: {attributes} attributes, {} at once", room + 2);
        let score = attack(&name, &|_, _, all| Some(difference(&table, all, attributes, room)));
        assert!(score.rate() <= score.guessing() + 0.03, "{}", score.rate());
        assert!(score.rate() >= alone.rate() - 0.02, "an attacker that knows more does no worse");
    }
}

#[test]
fn ages_in_several_groupings_gain_little() {
    let table = NoiseTable::of(&RULE).unwrap();
    let grouped = |others: &'static [&'static [u8]]| {
        let table = &table;
        move |facts: &[Wide], cell: &[&Wide], _: &[&Wide]| Some(by_groupings(table, facts, cell, others))
    };
    let alone = attack("ages: reading alone", &|_, _, _| None);
    for (name, others) in [
        ("ages: with groups of five years", [FIVE_YEARS].as_slice()),
        ("ages: with stages of school", &[SCHOOL_STAGE]),
        ("ages: with both", &[FIVE_YEARS, SCHOOL_STAGE]),
    ] {
        let score = attack(name, &grouped(others));
        assert!(score.rate() <= score.guessing() + 0.03, "{}", score.rate());
        assert!(score.rate() >= alone.rate() - 0.02, "an attacker that knows more does no worse");
    }
}

/// A group of the register's own as what other groupings leave of it: everything between two ends that both have, less the other
/// groups of the register's own there.
fn by_groupings(table: &NoiseTable, facts: &[Wide], cell: &[&Wide], others: &[&[u8]]) -> f64 {
    let one = cell[0];
    let beside: Vec<&Wide> = facts
        .iter()
        .filter(|fact| (fact.territory, fact.quarter) == (one.territory, one.quarter) && fact.is_suicidal())
        .collect();
    let by = |ends: &[u8]| {
        let mut parts: BTreeMap<usize, Vec<&Wide>> = BTreeMap::new();
        for fact in &beside {
            parts.entry(fact.age_group(ends)).or_default().push(fact);
        }
        parts
    };
    let group = one.age_group(OWN);
    let own = shown(table, cell) as f64;
    let (mut sum, mut weights) = (own / RULE.variance, 1.0 / RULE.variance);
    for other in others {
        let to = OWN.iter().copied().find(|end| other.contains(end) && one.age <= *end).unwrap_or(17);
        let from = OWN.iter().copied().rev().find(|end| other.contains(end) && *end < one.age);
        let within = |end: u8| end <= to && from.is_none_or(|from| end > from);
        let parts = |ends: &[u8], but: Option<usize>| -> Vec<u64> {
            let parts = by(ends).into_iter().filter(|(at, _)| within(ends[*at]) && Some(*at) != but);
            parts.map(|(_, part)| shown(table, &part)).collect()
        };
        let (whole, rest) = (parts(other, None), parts(OWN, Some(group)));
        if rest.is_empty() && whole.len() == 1 {
            // The same cell once more.
            continue;
        }
        let noisy = whole.iter().chain(&rest).filter(|shown| **shown > 0).count().max(1);
        let weight = 1.0 / (RULE.variance * noisy as f64);
        sum += (whole.iter().sum::<u64>() as f64 - rest.iter().sum::<u64>() as f64) * weight;
        weights += weight;
    }
    sum / weights
}

//! The more a fact carries, the more tables divide it: the attack of `partitions` with all the attributes that may be asked for,
//! and ages in groupings that overlap.

use std::collections::BTreeMap;

use super::*;

/// Values of kind and level or form, sex, setting, relation, agency, channel, place of the organisation: besides territory and
/// age, what may divide a protected table.
const DIVIDING: [u8; 7] = [9, 2, 6, 7, 5, 10, 13];
/// Where the groups of ages end: the register's own, five years, stages of school.
const OWN: &[u8] = &[2, 6, 10, 13, 15, 17];
const FIVE_YEARS: &[u8] = &[4, 9, 14, 17];
const SCHOOL_STAGE: &[u8] = &[6, 10, 15, 17];

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

/// Estimates how many facts there are from all tables that divide them by at most `room` of the first `attributes`.
fn estimate(table: &NoiseTable, facts: &[&Wide], attributes: usize, room: u32) -> (f64, f64) {
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
    (sum / weights, 1.0 / weights)
}

fn attacked(table: &NoiseTable, own: u64, difference: Option<(f64, f64)>, odds: f64) -> u64 {
    let weight = |count: u64| {
        let prior = if count == 1 { odds } else { 1.0 - odds };
        let row = table.row(count).unwrap();
        let at = row.noise.iter().position(|noise| count.checked_add_signed(i64::from(*noise)) == Some(own));
        let likelihood = at.map_or(f64::NEG_INFINITY, |at| row.shares[at].ln());
        let other = difference.map_or(0.0, |(value, variance)| -(value - count as f64).powi(2) / (2.0 * variance));
        prior.ln() + likelihood + other
    };
    if weight(1) >= weight(2) { 1 } else { 2 }
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

fn odds_of_one(cells: &[(Vec<&Wide>, Vec<&Wide>)]) -> f64 {
    cells.iter().filter(|(cell, _)| cell.len() == 1).count() as f64 / cells.len() as f64
}

#[test]
fn many_attributes_do_not_open_cells() {
    let table = NoiseTable::of(&RULE).unwrap();
    let room = u32::from(RULE.max_attributes) - 2;
    let mut alone = Score::default();
    let mut scores: Vec<(usize, u32, Score)> =
        [(3, room), (7, room), (7, room - 1)].map(|(attributes, room)| (attributes, room, Score::default())).into();
    for seed in 0..YEARS {
        let facts = year(&mut Chance(seed));
        let cells = cells(&facts);
        let odds = odds_of_one(&cells);
        for (cell, all) in &cells {
            let violence: Vec<&Wide> = all.iter().copied().filter(|fact| !fact.is_suicidal()).collect();
            let (truth, own) = (cell.len() as u64, shown(&table, cell));
            alone.add(truth, attacked(&table, own, None, odds));
            for (attributes, room, score) in &mut scores {
                let whole = estimate(&table, all, *attributes, *room);
                // The kind is one attribute more.
                let rest = estimate(&table, &violence, *attributes, room.saturating_sub(1));
                let difference = (whole.0 - rest.0, whole.1 + rest.1);
                score.add(truth, attacked(&table, own, Some(difference), odds));
            }
        }
    }
    alone.print("wide: reading alone");
    for (attributes, room, score) in &scores {
        score.print(&format!("wide: {attributes} attributes, {} at once", room + 2));
        assert!(score.rate() <= score.guessing() + 0.12, "{}", score.rate());
    }
}

#[test]
fn ages_in_several_groupings_gain_little() {
    let table = NoiseTable::of(&RULE).unwrap();
    let (mut alone, mut grouped) = (Score::default(), Score::default());
    for seed in 0..YEARS {
        let facts = year(&mut Chance(seed));
        let cells = cells(&facts);
        let odds = odds_of_one(&cells);
        for (cell, _) in &cells {
            let one = cell[0];
            let beside: Vec<&Wide> = facts
                .iter()
                .filter(|fact| (fact.territory, fact.quarter) == (one.territory, one.quarter) && fact.is_suicidal())
                .collect();
            let by = |ends: &'static [u8]| {
                let mut parts: BTreeMap<usize, Vec<&Wide>> = BTreeMap::new();
                for fact in &beside {
                    parts.entry(fact.age_group(ends)).or_default().push(fact);
                }
                parts
            };
            // Groups of the other groupings from which groups of the register's own are taken away, where that leaves this one:
            // everything between two ends that both groupings have.
            let own = shown(&table, cell);
            let group = one.age_group(OWN);
            let mut sums = (own as f64 / RULE.variance, 1.0 / RULE.variance);
            for other in [FIVE_YEARS, SCHOOL_STAGE] {
                let common: Vec<u8> = OWN.iter().copied().filter(|end| other.contains(end)).collect();
                let to = common.iter().copied().find(|end| one.age <= *end).unwrap_or(17);
                let from = common.iter().copied().rev().find(|end| *end < one.age);
                let within = |end: u8| end <= to && from.is_none_or(|from| end > from);
                let whole: Vec<u64> = by(other)
                    .iter()
                    .filter(|(at, _)| within(other[**at]))
                    .map(|(_, part)| shown(&table, part))
                    .collect();
                let rest: Vec<u64> = by(OWN)
                    .iter()
                    .filter(|(at, _)| **at != group && within(OWN[**at]))
                    .map(|(_, part)| shown(&table, part))
                    .collect();
                if rest.is_empty() && whole.len() == 1 {
                    // The same cell once more.
                    continue;
                }
                let noisy = whole.iter().chain(&rest).filter(|shown| **shown > 0).count().max(1);
                let weight = 1.0 / (RULE.variance * noisy as f64);
                let difference = whole.iter().sum::<u64>() as f64 - rest.iter().sum::<u64>() as f64;
                sums = (sums.0 + difference * weight, sums.1 + weight);
            }
            let truth = cell.len() as u64;
            alone.add(truth, attacked(&table, own, None, odds));
            let difference = (sums.0 / sums.1, 1.0 / sums.1);
            grouped.add(truth, attacked(&table, own, Some(difference), odds));
        }
    }
    alone.print("ages: reading alone");
    grouped.print("ages: in three groupings that overlap");
    assert!(grouped.rate() <= grouped.guessing() + 0.12, "{}", grouped.rate());
}

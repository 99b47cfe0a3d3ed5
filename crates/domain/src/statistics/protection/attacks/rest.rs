//! One cell inside ever other ones: periods shifted day by day, and the register of every day, both of which `guard` refuses.

use std::collections::BTreeSet;

use super::learned::{Attackers, Clue};
use super::*;

/// How much a cell and a greater one that has this one more speak for one record more rather than two: the logarithm. Any count
/// of what is in the smaller one is as likely as another.
fn tells(table: &NoiseTable, whole: u64, part: u64) -> f64 {
    let sum = |more: u64| -> f64 {
        let counts = part.saturating_sub(5)..=part + 8;
        // What cannot be by such a guess is nearly impossible.
        counts.map(|count| likely(table, part, count) * likely(table, whole, count + more)).sum::<f64>().max(1e-9)
    };
    (sum(1) / sum(2)).ln()
}

/// A count and a key, of some facts.
fn total<'a>(facts: impl Iterator<Item = &'a Fact>) -> (u64, CellKey) {
    facts.fold((0, CellKey::default()), |(count, key), fact| (count + 1, key + CellKey::of_sum(fact.key.into())))
}

/// A period shifted day by day gives the same cell inside ever other ones.
#[test]
fn shifted_periods_would_wear_the_noise_away() {
    let mut attackers = Attackers::new(&["shifted: reading the cell", "shifted: periods shifted by days (refused)"]);
    for seed in (100..130).chain(0..20) {
        let world = World::new(seed);
        // A month late in the year, all forms but few facts: one territory, one sex, one age group.
        for (territory, sex, age) in
            (0..13).flat_map(|one| (0..2).flat_map(move |two| (0..5).map(move |three| (one, two, three))))
        {
            let all = Cell::ALL.with(TERRITORY, Some(territory)).with(2, Some(sex)).with(3, Some(age)).in_days(0, 300);
            let held: Vec<&Fact> = world.held(&all).collect();
            let (truth, key) = total(held.iter().copied().filter(|fact| fact.day >= 270));
            if !matches!(truth, 1 | 2) {
                continue;
            }
            let (mut weight, mut seen) = (0.0, BTreeSet::new());
            for from in 0..270 {
                let before = total(held.iter().copied().filter(|fact| (from..270).contains(&fact.day)));
                // The same facts show the same.
                if before.0 > 0 && seen.insert(before.0) {
                    let whole = world.table.protect(before.0 + truth, before.1 + key);
                    weight += tells(&world.table, whole, world.table.protect(before.0, before.1));
                }
            }
            let own = world.table.protect(truth, key);
            let clues = [Clue { own, ..Clue::default() }, Clue { own, estimate: Some(2.0 * weight), apart: false }];
            attackers.see(seed < 20, truth, &clues);
        }
    }
    attackers.hold(&[0.0, 24.0]);
    let gain = attackers.gain(1);
    assert!(gain > 15.0, "or else refusing them protects nothing: {gain:.1}");
}

/// A cell that rests inside one that grows: the register of every day, and that of every month, which may be asked for.
#[test]
fn watching_the_register_every_day_would_wear_the_noise_away() {
    let mut attackers = Attackers::new(&[
        "rest: reading the cell",
        "rest: the register of every end of a month",
        "rest: the register of every day (refused)",
    ]);
    for seed in (100..160).chain(0..40) {
        let world = World::new(seed);
        for (territory, age) in (0..VALUES[TERRITORY]).flat_map(|one| (0..VALUES[3]).map(move |two| (one, two))) {
            let held: Vec<&Fact> = world.held(&Cell::ALL.with(TERRITORY, Some(territory)).with(3, Some(age))).collect();
            let suicidal = |fact: &&Fact| fact.values[FORM] < SUICIDAL;
            let (truth, key) = total(held.iter().copied().filter(suicidal));
            if !matches!(truth, 1 | 2) {
                continue;
            }
            let since = held.iter().copied().filter(suicidal).map(|fact| fact.entered).max().unwrap_or_default();
            let watch = |step: usize| -> f64 {
                let (mut weight, mut seen) = (0.0, BTreeSet::new());
                for as_of in (0..YEAR + 40).step_by(step).filter(|day| *day >= since) {
                    let violence = total(held.iter().copied().filter(|fact| !suicidal(fact) && fact.entered <= as_of));
                    if violence.0 > 0 && seen.insert(violence.0) {
                        let whole = world.table.protect(violence.0 + truth, violence.1 + key);
                        weight += tells(&world.table, whole, world.table.protect(violence.0, violence.1));
                    }
                }
                2.0 * weight
            };
            let alone = Clue { own: world.table.protect(truth, key), ..Clue::default() };
            let [monthly, daily] = [30, 1].map(|step| Clue { estimate: Some(watch(step)), ..alone });
            attackers.see(seed < 40, truth, &[alone, monthly, daily]);
        }
    }
    attackers.hold(&[0.0, 9.5, 16.0]);
    let [monthly, daily] = [1, 2].map(|at| attackers.gain(at));
    assert!(daily > monthly + 4.0, "or else refusing it protects nothing: {daily:.1} {monthly:.1}");
}

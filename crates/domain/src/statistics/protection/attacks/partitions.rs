//! Every cell is the sum of its parts, by each set of other attributes anew: each sum is one more estimate of the cell
//! (Asghar and Kaafar 2020). Two great cells that a small one sets apart are estimated so, and their difference with them.

use super::learned::{Attackers, Clue};
use super::parts::{Divided, choices, shown_parts, whole};
use super::*;

const LEARNED: std::ops::Range<u64> = 100..140;

/// Estimates a cell by all tables that divide it by at most `room` of some attributes.
fn estimate(table: &NoiseTable, held: &[Divided<'_>], attributes: &[usize], room: usize) -> f64 {
    let own = whole(table, held) as f64;
    let (mut sum, mut weights) = (0.0, 0.0);
    for by in choices(attributes, room) {
        let shown: u64 = shown_parts(table, held, &by).iter().sum();
        // Noise is on the parts that are not empty; how many there are is not shown, but no more than facts.
        let parts: f64 = by.iter().map(|attribute| f64::from(VALUES[*attribute])).product();
        let weight = 1.0 / parts.min(own.max(1.0));
        weights += weight;
        sum += shown as f64 * weight;
    }
    sum / weights
}

#[test]
fn dividing_cells_in_every_way_gains_little() {
    let mut attackers = Attackers::new(&["suicidal: reading the cell", "suicidal: dividing cells in every way"]);
    for seed in LEARNED.chain(0..YEARS) {
        let world = World::new(seed);
        // Suicidal behaviour of a territory and an age group in a quarter; all facts and violence are the great cells.
        for (territory, age, quarter) in
            (0..13).flat_map(|one| (0..5).flat_map(move |two| (0..4).map(move |three| (one, two, three))))
        {
            let all =
                Cell::ALL.with(TERRITORY, Some(territory)).with(3, Some(age)).in_days(quarter * 90, quarter * 90 + 90);
            let all: Vec<&Fact> = world.held(&all).collect();
            let held = |kinds: [bool; 2]| -> Vec<Divided<'_>> {
                let wanted = all.iter().filter(|fact| kinds[usize::from(fact.values[FORM] < SUICIDAL)]);
                wanted.map(|fact| (&fact.values[..], fact.key)).collect()
            };
            let cell = held([false, true]);
            let truth = cell.len() as u64;
            if matches!(truth, 1 | 2) {
                let table = &world.table;
                let difference = estimate(table, &held([true, true]), &[FORM, 2, 4], 2)
                    - estimate(table, &held([true, false]), &[FORM, 2, 4], 1);
                let alone = Clue { own: whole(table, &cell), ..Clue::default() };
                attackers.see(seed < YEARS, truth, &[alone, Clue { estimate: Some(difference), ..alone }]);
            }
        }
    }
    attackers.hold(&[0.0, 5.0]);
}

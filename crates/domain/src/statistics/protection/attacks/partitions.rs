//! Every cell is the sum of its parts, by each set of other attributes anew: each sum is one more estimate of the cell
//! (Asghar and Kaafar 2020). Two great cells that a small one sets apart are estimated so, and their difference with them.

use super::*;

/// Estimates a cell by all tables that divide it by at most `room` further attributes: value and variance.
fn estimate(world: &World, cell: &Cell, room: usize) -> (f64, f64) {
    let own = world.shown(cell) as f64;
    let mut weights = 1.0 / RULE.variance;
    let mut sum = own * weights;
    let free: Vec<usize> = (0..VALUES.len()).filter(|attribute| cell.values[*attribute].is_none()).collect();
    for chosen in 1_u32..1 << free.len() {
        if chosen.count_ones() as usize > room {
            continue;
        }
        let by: Vec<usize> =
            free.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|one| *one.1).collect();
        let parts = by.iter().fold(vec![*cell], |parts, attribute| {
            let divided = |part: Cell| (0..VALUES[*attribute]).map(move |value| part.with(*attribute, Some(value)));
            parts.into_iter().flat_map(divided).collect()
        });
        let shown: u64 = parts.iter().map(|part| world.shown(part)).sum();
        // Noise is on the parts that are not empty; how many there are is not shown, but no more than facts.
        let noisy = (parts.len() as f64).min(own.max(1.0));
        let weight = 1.0 / (RULE.variance * noisy);
        weights += weight;
        sum += shown as f64 * weight;
    }
    (sum / weights, 1.0 / weights)
}

#[test]
fn dividing_cells_in_every_way_gains_little() {
    let (mut alone, mut divided) = (Score::default(), Score::default());
    for seed in 0..YEARS {
        let world = World::new(seed);
        // Suicidal behaviour of a territory and an age group in a quarter; all facts and violence are the great cells.
        let mut cells = Vec::new();
        for (territory, age, quarter) in
            (0..13).flat_map(|one| (0..5).flat_map(move |two| (0..4).map(move |three| (one, two, three))))
        {
            let all =
                Cell::ALL.with(TERRITORY, Some(territory)).with(3, Some(age)).in_days(quarter * 90, quarter * 90 + 90);
            let cell = Cell { suicidal: Some(true), ..all };
            if matches!(world.count(&cell), 1 | 2) {
                cells.push((cell, quarter));
            }
        }
        let odds = odds(&world, &cells);
        for (cell, _) in cells {
            let all = estimate(&world, &Cell { suicidal: None, ..cell }, 2);
            let violence = estimate(&world, &Cell { suicidal: Some(false), ..cell }, 1);
            let difference = (all.0 - violence.0, all.1 + violence.1);
            let own = world.shown(&cell);
            alone.add(world.count(&cell), says(&world, odds, Some(own), &[]));
            divided.add(world.count(&cell), says(&world, odds, Some(own), &[difference]));
        }
    }
    alone.print("cells of suicidal behaviour by reading alone");
    divided.print("dividing cells in every way");
    assert!(divided.rate() <= divided.guessing() + 0.10, "{}", divided.rate());
}

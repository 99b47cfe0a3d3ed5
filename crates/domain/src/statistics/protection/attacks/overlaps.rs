//! A cell lies in greater ones and falls into parts: what the tables that overlap leave for it, in the register of one moment.

use super::grid::{Grid, parts, unit};
use super::learned::{Attackers, Clue, Watched};
use super::parts::{Divided, beside_known, choices, come_apart, shown_parts, whole};
use super::*;

/// What is seen of a cell of territory, form and month.
struct Seen {
    /// What it shows, and what greater cells leave for it and its parts come to.
    tables: Watched,
    /// What is to be expected of it.
    expected: Watched,
    /// Whether something shows beside a record that the attacker knows.
    beside: bool,
}

/// Cells for which `says` has an answer, one or two, by what they hold.
fn watch(rule: &DisclosureRule, learned: std::ops::Range<u64>, says: impl Fn(u64) -> Option<u64>) -> Vec<Seen> {
    let divisions = choices(&[2, 3, 4], 2);
    let mut watched = Vec::new();
    for seed in learned.chain(0..YEARS) {
        let world = World::by(rule, seed);
        let (grid, table, attacked) = (Grid::of(&world), &world.table, seed < YEARS);
        for (cell, month) in world.cells() {
            let held: Vec<Divided<'_>> = world.held(&cell).map(|fact| (&fact.values[..], fact.key)).collect();
            let Some(truth) = says(held.len() as u64) else { continue };
            let own = whole(table, &held);
            assert_eq!(own, world.shown(&cell), "asking again gives the same answer");
            let parts = divisions.iter().skip(1).map(|by| shown_parts(table, &held, by).iter().sum::<u64>() as f64);
            let place = [TERRITORY, FORM].map(|at| cell.values[at].unwrap_or_default());
            let mut estimates = Watched::kinds(around(&grid, &cell, month).into_iter().chain(parts));
            estimates.extend(Watched::of_values(place));
            let expected = grid.expected(place, (month, month + 1));
            let apart = come_apart(table, &held, &divisions);
            watched.push(Seen {
                tables: Watched { attacked, truth, own, estimates, apart },
                expected: Watched { attacked, truth, own: 0, estimates: expected, apart: false },
                beside: !held.is_empty() && beside_known(table, &held, &divisions),
            });
        }
    }
    watched
}

/// What greater cells leave for one: all territories, all forms, the quarter, the year.
fn around(grid: &Grid, cell: &Cell, month: u16) -> Vec<f64> {
    let (place, own) = ([cell.values[TERRITORY], cell.values[FORM]], (month, month + 1));
    let mut left = grid.margins(place, own);
    left.extend([unit(month, 3), (0, 12)].map(|whole| grid.left(place, own, whole, &parts(whole, 1))));
    left
}

/// Reads the cells, then takes all that overlaps them into account.
fn attack<const ROWS: usize>(watched: &[Seen], most: [f64; ROWS]) -> Attackers {
    let names = [
        "  by what is to be expected",
        "  reading the cell",
        "  differencing all overlapping tables",
        "  and whether its divisions agree",
        "  and knowing one of the facts",
    ];
    let mut attackers = Attackers::new(&names[..ROWS]);
    let weigh =
        |of: fn(&Seen) -> &Watched| Watched::weigh(&watched.iter().map(|seen| of(seen).clone()).collect::<Vec<_>>());
    let (expected, tables) = (weigh(|seen| &seen.expected), weigh(|seen| &seen.tables));
    for (seen, (expected, tables)) in watched.iter().zip(expected.into_iter().zip(tables)) {
        let alone = Clue { own: seen.tables.own, ..Clue::default() };
        let overlapping = Clue { estimate: Some(tables), ..alone };
        let apart = Clue { apart: seen.tables.apart, ..overlapping };
        let clues = [
            Clue { estimate: Some(expected), ..Clue::default() },
            alone,
            overlapping,
            apart,
            Clue { apart: apart.apart || seen.beside, ..apart },
        ];
        attackers.see(seen.tables.attacked, seen.tables.truth, &clues[..ROWS]);
    }
    attackers.hold(&most);
    attackers
}

fn told(one: u64) -> impl Fn(u64) -> Option<u64> {
    move |count| count.checked_sub(one - 1).filter(|truth| matches!(truth, 1 | 2))
}

#[test]
fn small_cells_keep_their_secret_when_tables_overlap() {
    println!("told one or two");
    attack(&watch(&RULE, 100..124, told(1)), [3.0, 0.0, 8.0, 8.0, 8.0]);
}

/// The border of what is shown.
#[test]
fn who_is_told_two_or_three_reads_it() {
    println!("told two or three");
    attack(&watch(&RULE, 100..124, told(2)), [3.0, 31.0, 31.0, 31.0, 31.0]);
    println!("told three or four");
    attack(&watch(&RULE, 100..124, told(3)), [3.0, 8.0, 11.0, 12.0, 13.0]);
}

/// Of cells shown as 0, how many in a hundred are what is looked for; and of the tenth that looks most like it.
fn suspected(watched: &[Seen]) -> (f64, f64) {
    let tables: Vec<Watched> = watched.iter().map(|seen| seen.tables.clone()).collect();
    let weights = Watched::weigh(&tables);
    let mut zeros: Vec<(f64, u64)> = tables
        .iter()
        .zip(weights)
        .filter(|(one, _)| one.attacked && one.own == 0)
        .map(|(one, weight)| (weight, one.truth))
        .collect();
    zeros.sort_by(|one, other| other.0.total_cmp(&one.0));
    let share =
        |cells: &[(f64, u64)]| 100.0 * cells.iter().filter(|one| one.1 == 1).count() as f64 / cells.len() as f64;
    let (all, tenth) = (share(&zeros), share(&zeros[..zeros.len() / 10]));
    println!("  of all that are shown as 0 {all:.1} % are, of the most suspect tenth {tenth:.1} %");
    (all, tenth)
}

#[test]
fn who_is_told_nothing_names_no_cell_of_one() {
    println!("told nothing: whether it is one");
    let watched = watch(&RULE, 100..112, |count| Some(if count == 1 { 1 } else { 2 }));
    let (found, _) = attack(&watched, [1.0, 0.0, 1.0, 1.0]).named(3);
    assert!(found <= 0.01, "{found}");
    let (all, tenth) = suspected(&watched);
    assert!(tenth <= all + 20.0, "{all} {tenth}");
}

#[test]
fn who_is_told_nothing_names_some_small_cells() {
    println!("told nothing: whether it is one or two");
    let watched = watch(&RULE, 100..112, |count| Some(if matches!(count, 1 | 2) { 1 } else { 2 }));
    let (found, right) = attack(&watched, [5.0, 0.0, 18.0, 18.0]).named(3);
    println!("  names {:.1} % of them, and is right in {:.1} % of what it names", 100.0 * found, 100.0 * right);
    let (all, _) = suspected(&watched);
    assert!(found <= 0.75 && 100.0 * right <= all + 28.0, "{found} {right}");
}

//! A cell of one record has one part in every division, and that part is the cell: it shows as the cell does, everywhere. A
//! division that shows otherwise betrays that there are two; a cell that never does so is taken for one. That is why the rule
//! hides small counts whole.

use std::collections::BTreeMap;

use super::super::table_tests::SHOWING_SMALL;
use super::learned::{Attackers, Clue};
use super::*;

/// A record as tables divide it: its values and its key.
pub(super) type Divided<'a> = (&'a [u8], u32);

/// All choices of at most `room` of some attributes: of none of them, which is the cell itself, too.
pub(super) fn choices(attributes: &[usize], room: usize) -> Vec<Vec<usize>> {
    let chosen = (0_u32..1 << attributes.len()).filter(|chosen| chosen.count_ones() as usize <= room);
    chosen
        .map(|chosen| attributes.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|one| *one.1).collect())
        .collect()
}

/// What a cell of such records shows.
pub(super) fn whole(table: &NoiseTable, records: &[Divided<'_>]) -> u64 {
    let key = records.iter().fold(CellKey::default(), |key, record| key + CellKey::of_sum(record.1.into()));
    table.protect(records.len() as u64, key)
}

/// The parts of a cell that one division shows: value by value, what is shown as 0 left out.
pub(super) fn shown_parts(table: &NoiseTable, records: &[Divided<'_>], by: &[usize]) -> Vec<u64> {
    let mut parts: BTreeMap<Vec<u8>, Vec<Divided<'_>>> = BTreeMap::new();
    for record in records {
        parts.entry(by.iter().map(|at| record.0[*at]).collect()).or_default().push(*record);
    }
    parts.values().map(|part| whole(table, part)).filter(|shown| *shown > 0).collect()
}

/// Whether divisions of a cell show what a single record cannot: several parts, or not the same one each time.
pub(super) fn come_apart(table: &NoiseTable, records: &[Divided<'_>], divisions: &[Vec<usize>]) -> bool {
    let mut shown = divisions.iter().map(|by| shown_parts(table, records, by));
    let first = shown.next().unwrap_or_default();
    first.len() > 1 || shown.any(|parts| parts != first)
}

/// Whether parts show something beside a record that the attacker knows: what is shown without it is another one.
pub(super) fn beside_known(table: &NoiseTable, cell: &[Divided<'_>], divisions: &[Vec<usize>]) -> bool {
    let known = cell[0];
    divisions.iter().any(|by| {
        let others: Vec<Divided<'_>> =
            cell.iter().copied().filter(|one| by.iter().any(|at| one.0[*at] != known.0[*at])).collect();
        !others.is_empty() && whole(table, &others) > 0
    })
}

/// Of the cells of one, how many are named as such, and how many other cells.
#[derive(Default)]
struct Named {
    ones: f64,
    rightly: f64,
    wrongly: f64,
}

impl Named {
    fn add(&mut self, truth: u64, named: bool) {
        let one = |is: bool| f64::from(u8::from(is));
        self.ones += one(truth == 1);
        self.rightly += one(named && truth == 1);
        self.wrongly += one(named && truth != 1);
    }

    fn shares(&self) -> (f64, f64) {
        (self.rightly / self.ones, self.rightly / (self.rightly + self.wrongly).max(1.0))
    }
}

/// Lets an attacker look at all divisions of the cells of territory, form and month.
fn attack(table: &NoiseTable) -> (Attackers, Named) {
    let (three, four) = (choices(&[2, 3, 4], 1), choices(&[2, 3, 4], 2));
    let mut attackers = Attackers::new(&[
        "parts: reading the cell",
        "parts: and whether its divisions agree, 3 attributes at once",
        "parts: … 4 at once",
    ]);
    let mut named = Named::default();
    for seed in (100..108).chain(0..YEARS) {
        let world = World::new(seed);
        for (cell, _) in world.cells() {
            let held: Vec<Divided<'_>> = world.held(&cell).map(|fact| (&fact.values[..], fact.key)).collect();
            let (truth, own) = (held.len() as u64, whole(table, &held));
            let apart = come_apart(table, &held, &four);
            if seed < YEARS {
                named.add(truth, own > 0 && !apart);
            }
            if matches!(truth, 1 | 2) {
                let by_three = come_apart(table, &held, &three);
                let clues = [false, by_three, apart].map(|apart| Clue { own, estimate: None, apart });
                attackers.see(seed < YEARS, truth, &clues);
            }
        }
    }
    (attackers, named)
}

#[test]
fn a_cell_of_one_that_were_shown_would_show_alike_everywhere() {
    let (attackers, named) = attack(&NoiseTable::of(&SHOWING_SMALL).unwrap());
    attackers.hold(&[8.0, 28.0, 28.0]);
    let (found, right) = named.shares();
    println!("parts: told nothing: {:.1} % of the cells of one, right in {:.1} %", 100.0 * found, 100.0 * right);
    assert!(found >= 0.20 && right >= 0.80, "or else hiding them protects nothing: {found} {right}");
}

#[test]
fn cells_that_are_never_shown_do_not_betray_their_divisions() {
    let (attackers, named) = attack(&NoiseTable::of(&RULE).unwrap());
    attackers.hold(&[0.0; 3]);
    assert_eq!(named.shares().0, 0.0);
}

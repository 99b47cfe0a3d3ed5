//! The register of a year as a grid of territory, form and month: all cells of months, quarters and years are sums of its cells.

use super::learned::Watched;
use super::*;

/// Months of the year, from and to before.
pub(super) type Months = (u16, u16);

/// The register of a year by territory, form and month: all cells that are looked at are sums of these.
pub(super) struct Grid {
    cells: Vec<(u64, CellKey)>,
    table: NoiseTable,
}

/// A cell: a territory and a form, each or all of them.
pub(super) type Place = [Option<u8>; 2];

impl Grid {
    pub(super) fn of(world: &World) -> Self {
        let mut cells = vec![Default::default(); usize::from(VALUES[TERRITORY]) * usize::from(VALUES[FORM]) * 12];
        for fact in world.facts.iter().flatten() {
            let at = Self::at(fact.values[TERRITORY], fact.values[FORM], fact.day / 30);
            let (count, key): &mut (u64, CellKey) = &mut cells[at];
            (*count, *key) = (*count + 1, *key + CellKey::of_sum(fact.key.into()));
        }
        Self { cells, table: world.table.clone() }
    }

    fn at(territory: u8, form: u8, month: u16) -> usize {
        (usize::from(territory) * usize::from(VALUES[FORM]) + usize::from(form)) * 12 + usize::from(month)
    }

    pub(super) fn truth(&self, place: Place, months: Months) -> (u64, CellKey) {
        let range = |attribute: usize, one: Option<u8>| one.map_or(0..VALUES[attribute], |one| one..one + 1);
        let mut all = (0, CellKey::default());
        for territory in range(TERRITORY, place[0]) {
            for form in range(FORM, place[1]) {
                let from = Self::at(territory, form, months.0);
                for (count, key) in &self.cells[from..from + usize::from(months.1 - months.0)] {
                    all = (all.0 + count, all.1 + *key);
                }
            }
        }
        all
    }

    pub(super) fn shown(&self, place: Place, months: Months) -> u64 {
        let (count, key) = self.truth(place, months);
        self.table.protect(count, key)
    }

    /// Some shown cells less others.
    pub(super) fn less(&self, whole: &[(Place, Months)], others: &[(Place, Months)]) -> f64 {
        let sum = |cells: &[(Place, Months)]| cells.iter().map(|one| self.shown(one.0, one.1)).sum::<u64>() as f64;
        sum(whole) - sum(others)
    }

    /// What is to be expected of a cell without any protected table of it: by its place, its form, and exactly the rest of the year.
    pub(super) fn expected(&self, place: [u8; 2], own: Months) -> Vec<(usize, f64)> {
        let count = |months: Months| self.truth(place.map(Some), months).0;
        let rest = count((0, 12)) - count(own);
        [Watched::of_values(place), vec![(0, rest as f64)]].concat()
    }

    /// What a longer unit leaves for a cell when its other parts are taken away.
    pub(super) fn left(&self, place: Place, own: Months, whole: Months, parts: &[Months]) -> f64 {
        let others: Vec<(Place, Months)> =
            parts.iter().filter(|part| **part != own).map(|part| (place, *part)).collect();
        self.less(&[(place, whole)], &others)
    }

    /// What the other territories and the other forms of the same time leave.
    pub(super) fn margins(&self, place: Place, own: Months) -> Vec<f64> {
        let margin = |at: usize, attribute: usize| {
            let with = |value: Option<u8>| {
                let mut place = place;
                place[at] = value;
                (place, own)
            };
            let others = (0..VALUES[attribute]).filter(|value| Some(*value) != place[at]);
            self.less(&[with(None)], &others.map(|value| with(Some(value))).collect::<Vec<_>>())
        };
        vec![margin(0, TERRITORY), margin(1, FORM)]
    }
}

/// The unit of so many months that a month lies in.
pub(super) fn unit(month: u16, months: u16) -> Months {
    (month / months * months, month / months * months + months)
}

pub(super) fn parts((from, to): Months, months: u16) -> Vec<Months> {
    (from..to).step_by(usize::from(months)).map(|month| (month, month + months)).collect()
}

//! What the tables of half-years add, which only releases tell: one more sum in which each quarter and each month stands.

use super::learned::{Attackers, Clue, mean};
use super::parts::{Divided, choices, come_apart};
use super::*;

const LEARNED: std::ops::Range<u64> = 100..110;

/// Months of the year, from and to before.
type Months = (u16, u16);

/// The register of a year by territory, form and month: all cells that are looked at are sums of these.
struct Grid {
    cells: Vec<(u64, CellKey)>,
    table: NoiseTable,
}

/// A cell: a territory and a form, each or all of them.
type Place = [Option<u8>; 2];

impl Grid {
    fn of(world: &World) -> Self {
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

    fn shown(&self, place: Place, months: Months) -> u64 {
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
        self.table.protect(all.0, all.1)
    }

    /// Some shown cells less others, as an estimate: its value and its variance. What shows as 0 is mostly empty: without noise.
    fn less(&self, whole: &[(Place, Months)], others: &[(Place, Months)]) -> (f64, f64) {
        let sum = |cells: &[(Place, Months)]| {
            let shown: Vec<u64> = cells.iter().map(|one| self.shown(one.0, one.1)).filter(|one| *one > 0).collect();
            (shown.iter().sum::<u64>() as f64, shown.len() as f64)
        };
        let (whole, others) = (sum(whole), sum(others));
        (whole.0 - others.0, (whole.1 + others.1).max(1.0) * RULE.variance)
    }

    /// What a longer unit leaves for a cell when its other parts are taken away.
    fn left(&self, place: Place, own: Months, whole: Months, parts: &[Months]) -> (f64, f64) {
        let others: Vec<(Place, Months)> =
            parts.iter().filter(|part| **part != own).map(|part| (place, *part)).collect();
        self.less(&[(place, whole)], &others)
    }

    /// A cell as the sum of its parts in time.
    fn summed(&self, place: Place, parts: &[Months]) -> (f64, f64) {
        self.less(&parts.iter().map(|part| (place, *part)).collect::<Vec<_>>(), &[])
    }

    /// What the other territories and the other forms of the same time leave.
    fn margins(&self, place: Place, own: Months) -> Vec<(f64, f64)> {
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

    /// What may be asked for without releases, and what half-years add to it.
    fn estimates(&self, place: Place, own: Months) -> [Vec<(f64, f64)>; 2] {
        const YEAR: Months = (0, 12);
        let half = unit(own.0, 6);
        let other_half = if half.0 == 0 { (6, 12) } else { (0, 6) };
        match own.1 - own.0 {
            1 => {
                let quarter = unit(own.0, 3);
                let mut without = self.margins(place, own);
                without.push(self.left(place, own, quarter, &parts(quarter, 1)));
                without.push(self.left(place, own, YEAR, &parts(YEAR, 1)));
                let others: Vec<Months> = parts(half, 3).into_iter().filter(|one| *one != quarter).collect();
                let with = [parts(half, 1), [parts(quarter, 1), others].concat()];
                [without, with.map(|parts| self.left(place, own, half, &parts)).to_vec()]
            }
            3 => {
                let mut without = self.margins(place, own);
                without.push(self.summed(place, &parts(own, 1)));
                without.push(self.left(place, own, YEAR, &parts(YEAR, 3)));
                let beside = [parts(half, 3), vec![other_half]].concat();
                [without, vec![self.left(place, own, half, &parts(half, 3)), self.left(place, own, YEAR, &beside)]]
            }
            _ => {
                let without = vec![
                    self.summed(place, &parts(own, 3)),
                    self.summed(place, &parts(own, 1)),
                    self.left(place, own, YEAR, &parts(other_half, 3)),
                ];
                let mut with = self.margins(place, own);
                with.push(self.left(place, own, YEAR, &[other_half]));
                [without, with]
            }
        }
    }
}

/// The unit of so many months that a month lies in.
fn unit(month: u16, months: u16) -> Months {
    (month / months * months, month / months * months + months)
}

fn parts((from, to): Months, months: u16) -> Vec<Months> {
    (from..to).step_by(usize::from(months)).map(|month| (month, month + months)).collect()
}

/// Attributes and times that divide a cell: sex, age group, setting, then quarter and month.
const DIVIDING: usize = 5;
const QUARTER: usize = 3;
const MONTH: usize = 4;

fn divided(fact: &Fact) -> ([u8; DIVIDING], u32) {
    let [_, _, sex, age, setting] = fact.values;
    ([sex, age, setting, (fact.day / 90) as u8, (fact.day / 30) as u8], fact.key)
}

#[test]
fn half_years_add_little() {
    let table = NoiseTable::of(&RULE).unwrap();
    let attributes = choices(&[0, 1, 2], 2);
    let by_times = |times: &[usize]| -> Vec<Vec<usize>> {
        times.iter().flat_map(|time| attributes.iter().map(|by| [&by[..], &[*time]].concat())).collect()
    };
    for (months, most) in [(1, [9.0, 9.0, 29.0, 29.0]), (3, [18.0, 19.0, 34.0, 35.0]), (6, [10.0, 18.0, 20.0, 34.0])] {
        let mut attackers = Attackers::new(&[
            "  without half-years",
            "  with half-years",
            "  without half-years, and whether divisions agree",
            "  with half-years, and whether divisions agree",
        ]);
        // Releases tell half-years by few attributes; what may be asked for is divided by the others too.
        let asked = if months == 6 { by_times(&[QUARTER, MONTH]) } else { by_times(&[MONTH]) };
        let whole = if months == 6 { vec![vec![]] } else { attributes.clone() };
        let [asked, released] = if months == 6 {
            [asked.clone(), [asked, whole].concat()]
        } else {
            let all = [asked, whole].concat();
            [all.clone(), all]
        };
        for seed in LEARNED.chain(0..YEARS) {
            let world = World::new(seed);
            let grid = Grid::of(&world);
            let places = (0..VALUES[TERRITORY]).flat_map(|one| (0..VALUES[FORM]).map(move |two| [one, two]));
            for ([territory, form], own) in
                places.flat_map(|place| parts((0, 12), months).into_iter().map(move |own| (place, own)))
            {
                let cell =
                    Cell::ALL.with(TERRITORY, Some(territory)).with(FORM, Some(form)).in_days(own.0 * 30, own.1 * 30);
                let held: Vec<([u8; DIVIDING], u32)> = world.held(&cell).map(divided).collect();
                if !matches!(held.len(), 1 | 2) {
                    continue;
                }
                let held: Vec<Divided<'_>> = held.iter().map(|(values, key)| (&values[..], *key)).collect();
                let place = [Some(territory), Some(form)];
                let shown = grid.shown(place, own);
                let read = (shown as f64, RULE.variance);
                let [without, with] = grid.estimates(place, own);
                // A half-year itself is shown in releases alone.
                let (before, own_before) =
                    if months == 6 { (without.clone(), 0) } else { ([&[read], &without[..]].concat(), shown) };
                let after = mean(&[&[read], &without[..], &with].concat());
                let before = mean(&before);
                let clues = [
                    Clue { own: own_before, estimate: before, apart: false },
                    Clue { own: shown, estimate: after, apart: false },
                    Clue { own: own_before, estimate: before, apart: come_apart(&table, &held, &asked) },
                    Clue { own: shown, estimate: after, apart: come_apart(&table, &held, &released) },
                ];
                attackers.see(seed < YEARS, held.len() as u64, &clues);
            }
        }
        println!("cells of {months} months, by territory and form");
        attackers.hold(&most);
    }
}

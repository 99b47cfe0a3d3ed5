//! Attacks on protected statistics of cases: what `operations::guard` lets through. Cases move through stages month by month, so the
//! same case stands in ever other cells, inside ever other company.

mod company;
mod moment;
mod time;

use super::*;

/// Made-up months; those before the first that is asked about fill the region with open cases.
const MONTHS: u8 = 36;
const FIRST: u8 = 12;
const OPENED_A_MONTH: u64 = 100;

/// Regions that attackers learn from, and those that they attack.
const LEARNED: std::ops::Range<u64> = 1000..1016;
const ATTACKED: std::ops::Range<u64> = 0..YEARS;

/// What a case is counted by, and in how many values: district, agency of the lead, channel, stage (the last is closed), risk,
/// outcome (the first is none), month of opening, organisation of the lead in its agency and district, and what became of the
/// deadlines of first contact and of assessment, which a table of deadlines tells.
const SIZES: [u8; 10] = [13, 5, 10, 7, 4, 7, MONTHS, 3, 3, 3];
const DISTRICT: usize = 0;
const AGENCY: usize = 1;
const CHANNEL: usize = 2;
const STAGE: usize = 3;
const RISK: usize = 4;
const OUTCOME: usize = 5;
const OPENED: usize = 6;
const ORGANISATION: usize = 7;
const CONTACT: usize = 8;
const ASSESSMENT: usize = 9;
const CLOSED: u8 = 6;

/// How many of a hundred cases leave each stage in a month: half a year and more in all, most of it with the plan.
const LEAVE: [u64; 6] = [90, 80, 80, 25, 60, 70];

type Values = [u8; 10];

/// A case: what it is counted by at the end of each month since it was opened.
struct Case {
    opened: u8,
    states: Vec<Values>,
    key: u32,
}

impl Case {
    fn new(chance: &mut Chance, opened: u8) -> Self {
        let mut values: Values = SIZES.map(|size| chance.skewed(size));
        (values[STAGE], values[OUTCOME], values[OPENED]) = (0, 0, opened);
        let mut states = Vec::new();
        for _ in opened..MONTHS {
            states.push(values);
            if values[STAGE] == CLOSED {
                if chance.below(100) < 3 {
                    // Opened anew: it begins with the assessment.
                    (values[STAGE], values[OUTCOME]) = (1, 0);
                }
            } else if chance.below(100) < LEAVE[usize::from(values[STAGE])] {
                values[STAGE] += 1;
                if values[STAGE] == CLOSED {
                    values[OUTCOME] = 1 + chance.skewed(SIZES[OUTCOME] - 1);
                }
            }
            if values[STAGE] != CLOSED && chance.below(100) < 8 {
                values[RISK] = chance.skewed(SIZES[RISK]);
            }
        }
        Self { opened, states, key: chance.next() as u32 }
    }

    /// How it stood at the end of a month; none before it was opened.
    fn at(&self, month: u8) -> Option<&Values> {
        self.states.get(usize::from(month.checked_sub(self.opened)?))
    }

    fn is_open(&self, month: u8) -> bool {
        self.at(month).is_some_and(|values| values[STAGE] != CLOSED)
    }
}

/// A case as a table counts it.
#[derive(Clone, Copy)]
struct Record<'a> {
    values: &'a Values,
    key: u32,
}

/// The cases of three years.
struct Region(Vec<Case>);

impl Region {
    fn new(seed: u64) -> Self {
        let mut chance = Chance(seed);
        let months = (0..MONTHS).flat_map(|month| (0..OPENED_A_MONTH).map(move |_| month));
        Self(months.map(|month| Case::new(&mut chance, month)).collect())
    }

    fn records(&self, of: impl Fn(&Case) -> Option<&Values>) -> Vec<Record<'_>> {
        self.0.iter().filter_map(|case| Some(Record { values: of(case)?, key: case.key })).collect()
    }

    /// `counted=open`, at the end of a month.
    fn open(&self, month: u8) -> Vec<Record<'_>> {
        self.records(|case| case.at(month).filter(|values| values[STAGE] != CLOSED))
    }

    /// `counted=opened`, as they stood at the end of a month.
    fn opened(&self, months: std::ops::Range<u8>, as_of: u8) -> Vec<Record<'_>> {
        self.records(|case| case.at(as_of).filter(|_| months.contains(&case.opened)))
    }

    /// `counted=closed`: by the last time in these months.
    fn closed(&self, months: std::ops::Range<u8>) -> Vec<Record<'_>> {
        let closed = |case: &Case, month: u8| case.is_open(month - 1) && !case.is_open(month);
        self.records(|case| months.clone().rev().find(|month| closed(case, *month)).and_then(|month| case.at(month)))
    }

    /// `counted=reopened`.
    fn reopened(&self, months: std::ops::Range<u8>) -> Vec<Record<'_>> {
        let anew =
            |case: &Case, month: u8| case.at(month - 1).is_some() && !case.is_open(month - 1) && case.is_open(month);
        self.records(|case| months.clone().rev().find(|month| anew(case, *month)).and_then(|month| case.at(month)))
    }
}

/// One table: for each of its cells how many cases there are, and the key of the cell.
struct Table<'a> {
    by: &'a [usize],
    cells: Vec<(u64, CellKey)>,
}

impl<'a> Table<'a> {
    fn new(records: &[Record<'_>], by: &'a [usize]) -> Self {
        let mut cells = vec![Default::default(); by.iter().map(|at| usize::from(SIZES[*at])).product()];
        for record in records {
            let (count, key): &mut (u64, CellKey) = &mut cells[place(by, record.values)];
            (*count, *key) = (*count + 1, *key + CellKey::of_sum(record.key.into()));
        }
        Self { by, cells }
    }

    fn truth(&self, values: &Values) -> (u64, CellKey) {
        self.cells[place(self.by, values)]
    }

    fn shown(&self, noise: &NoiseTable, values: &Values) -> u64 {
        let (count, key) = self.truth(values);
        noise.protect(count, key)
    }

    /// The cells beside one, that have another value of one attribute.
    fn beside(&self, values: &Values, attribute: usize) -> Vec<(u64, CellKey)> {
        let others = (0..SIZES[attribute]).filter(|value| *value != values[attribute]);
        others
            .map(|value| {
                let mut other = *values;
                other[attribute] = value;
                self.truth(&other)
            })
            .collect()
    }
}

fn place(by: &[usize], values: &Values) -> usize {
    by.iter().fold(0, |place, at| place * usize::from(SIZES[*at]) + usize::from(values[*at]))
}

/// What some cells less others leave for one.
fn less(noise: &NoiseTable, whole: &[(u64, CellKey)], others: &[(u64, CellKey)]) -> f64 {
    let sum = |cells: &[(u64, CellKey)]| cells.iter().map(|one| noise.protect(one.0, one.1)).sum::<u64>() as f64;
    sum(whole) - sum(others)
}

/// The cases of each cell of a table that holds one or two.
fn small<'a>(records: &[Record<'a>], by: &[usize]) -> Vec<Vec<Record<'a>>> {
    let mut cells: Vec<Vec<Record<'a>>> = Vec::new();
    cells.resize_with(by.iter().map(|at| usize::from(SIZES[*at])).product(), Vec::new);
    for record in records {
        cells[place(by, record.values)].push(*record);
    }
    cells.retain(|cell| matches!(cell.len(), 1 | 2));
    cells
}

/// The cases of a cell, to be divided further.
fn divided<'a>(cell: &[Record<'a>]) -> Vec<(&'a [u8], u32)> {
    cell.iter().map(|record| (&record.values[..], record.key)).collect()
}

//! What two years add: cells at rest in company that changes, and what came and went between two ends of a month.

use super::super::learned::{Attackers, Clue, mean};
use super::super::parts::{choices, come_apart, whole};
use super::*;

/// One case or two that stay open at one risk, in each district and risk in place of those that are there.
#[test]
fn open_cases_at_rest() {
    let noise = NoiseTable::of(&RULE).unwrap();
    let divisions = choices(&[STAGE, CHANNEL, AGENCY], 2);
    let mut attackers = Attackers::new(&[
        "  reading the cell",
        "  as what greater cells leave at one end of a month",
        "  … at 12",
        "  … at 24",
        "  and whether its divisions agree with it",
    ]);
    for seed in LEARNED.start..LEARNED.end + 20 {
        at_rest(seed, false, &noise, &divisions, &mut attackers);
    }
    for seed in ATTACKED.start..ATTACKED.end + 10 {
        at_rest(seed, true, &noise, &divisions, &mut attackers);
    }
    println!("open cases at rest, by district and risk");
    attackers.hold(&[19.0, 20.0, 24.0, 30.0, 39.0]);
}

fn at_rest(seed: u64, attacked: bool, noise: &NoiseTable, divisions: &[Vec<usize>], attackers: &mut Attackers) {
    let region = Region::new(seed);
    let mut chance = Chance(seed + 5000);
    let by: &[usize] = &[DISTRICT, RISK];
    let tables: Vec<Table<'_>> = (FIRST..MONTHS).map(|month| Table::new(&region.open(month), by)).collect();
    for (district, risk) in (0..SIZES[DISTRICT]).flat_map(|one| (0..SIZES[RISK]).map(move |two| (one, two))) {
        let staying: Vec<Case> = (0..=chance.below(2)).map(|_| Case::new(&mut chance, FIRST - 1)).collect();
        let held: Vec<(&[u8], u32)> = staying.iter().map(|case| (&case.states[0][..], case.key)).collect();
        let own = whole(noise, &held);
        let mut values = [0; 10];
        (values[DISTRICT], values[RISK]) = (district, risk);
        let (mut estimates, mut seen) = (vec![(own as f64, RULE.variance)], std::collections::BTreeSet::new());
        let mut known = Vec::new();
        for table in &tables {
            for without in [RISK, DISTRICT] {
                let others = table.beside(&values, without);
                let all = others.iter().fold((0, CellKey::default()), |all, one| (all.0 + one.0, all.1 + one.1));
                // The same company shows the same.
                if seen.insert((without, all.1.units())) {
                    let whole =
                        staying.iter().fold(all, |all, case| (all.0 + 1, all.1 + CellKey::of_sum(case.key.into())));
                    estimates.push(less(noise, &[whole], &others));
                }
            }
            known.push(mean(&estimates));
        }
        let apart = come_apart(noise, &held, divisions);
        let clues = [
            Clue { own, ..Clue::default() },
            Clue { own, estimate: known[0], apart: false },
            Clue { own, estimate: known[11], apart: false },
            Clue { own, estimate: known[23], apart: false },
            Clue { own, estimate: known[23], apart },
        ];
        attackers.see(attacked, held.len() as u64, &clues);
    }
}

const BY: &[usize] = &[DISTRICT, CHANNEL];

/// Tables of each month from the one before the first.
struct Flows<'a> {
    open: Vec<Table<'a>>,
    opened: Vec<Table<'a>>,
    closed: Vec<Table<'a>>,
    reopened: Vec<Table<'a>>,
}

impl Flows<'_> {
    fn of(region: &Region) -> Self {
        let months = FIRST - 1..MONTHS;
        let tables = |of: &dyn Fn(u8) -> Table<'static>| months.clone().map(of).collect();
        Self {
            open: tables(&|month| Table::new(&region.open(month), BY)),
            opened: tables(&|month| Table::new(&region.opened(month..month + 1, month), BY)),
            closed: tables(&|month| Table::new(&region.closed(month..month + 1), BY)),
            reopened: tables(&|month| Table::new(&region.reopened(month..month + 1), BY)),
        }
    }
}

/// Open at the end of a month is open a month before, and opened, and opened anew, less closed: each of it with noise of its own.
#[test]
fn what_came_and_went() {
    let noise = NoiseTable::of(&RULE).unwrap();
    let names = [
        "  reading the cell",
        "  by what came and went",
        "  by what greater cells and periods leave",
        "  both",
        "  and whether its divisions agree with it",
    ];
    let (mut of_closed, mut of_open) = (Attackers::new(&names), Attackers::new(&names[..2]));
    let divisions = choices(&[RISK, OUTCOME, AGENCY], 2);
    for seed in LEARNED.chain(ATTACKED) {
        let region = Region::new(seed);
        let attacked = ATTACKED.contains(&seed);
        let flows = Flows::of(&region);
        // Quarters, years, and the school year that lies within them.
        let quarters = (FIRST / 3..MONTHS / 3).map(|quarter| quarter * 3..quarter * 3 + 3);
        let periods = quarters.chain([FIRST..FIRST + 12, FIRST + 12..MONTHS, FIRST + 8..FIRST + 20]);
        let periods: Vec<(std::ops::Range<u8>, Table<'_>)> =
            periods.map(|months| (months.clone(), Table::new(&region.closed(months), BY))).collect();
        for month in FIRST..MONTHS {
            let now = usize::from(month + 1 - FIRST);
            let came = |values: &Values| {
                [flows.open[now - 1].truth(values), flows.opened[now].truth(values), flows.reopened[now].truth(values)]
            };
            for cell in small(&region.open(month), BY) {
                let values = cell[0].values;
                let own = flows.open[now].shown(&noise, values);
                let left = less(&noise, &came(values), &[flows.closed[now].truth(values)]);
                let estimate = mean(&[(own as f64, RULE.variance), left]);
                let clues = [Clue { own, ..Clue::default() }, Clue { own, estimate, apart: false }];
                of_open.see(attacked, cell.len() as u64, &clues);
            }
            let closed = region.closed(month..month + 1);
            let greater = [(CHANNEL, Table::new(&closed, &[DISTRICT])), (DISTRICT, Table::new(&closed, &[CHANNEL]))];
            for cell in small(&closed, BY) {
                let values = cell[0].values;
                let held = divided(&cell);
                let own = whole(&noise, &held);
                let read = (own as f64, RULE.variance);
                let left = less(&noise, &came(values), &[flows.open[now].truth(values)]);
                let mut others: Vec<(f64, f64)> = greater
                    .iter()
                    .map(|(without, whole)| {
                        less(&noise, &[whole.truth(values)], &flows.closed[now].beside(values, *without))
                    })
                    .collect();
                for (months, whole) in periods.iter().filter(|(months, _)| months.contains(&month)) {
                    let beside = months.clone().filter(|other| *other != month);
                    let beside: Vec<(u64, CellKey)> =
                        beside.map(|other| flows.closed[usize::from(other + 1 - FIRST)].truth(values)).collect();
                    others.push(less(&noise, &[whole.truth(values)], &beside));
                }
                let both = mean(&[&[read, left], &others[..]].concat());
                let apart = come_apart(&noise, &held, &divisions);
                let clues = [
                    Clue { own, ..Clue::default() },
                    Clue { own, estimate: mean(&[read, left]), apart: false },
                    Clue { own, estimate: mean(&[&[read], &others[..]].concat()), apart: false },
                    Clue { own, estimate: both, apart: false },
                    Clue { own, estimate: both, apart },
                ];
                of_closed.see(attacked, cell.len() as u64, &clues);
            }
        }
    }
    println!("closed in a month, by district and channel");
    of_closed.hold(&[6.0, 6.0, 7.0, 8.0, 27.0]);
    println!("open at the end of a month, by district and channel");
    of_open.hold(&[15.0, 18.0]);
}

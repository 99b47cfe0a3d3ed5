//! What two years add: cells at rest in company that changes, and what came and went between two ends of a month.

use super::super::learned::{Attackers, Clue, Watched};
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
    // As one knows them after one end of a month, 12, 24.
    let mut watched = [Vec::new(), Vec::new(), Vec::new()];
    for seed in LEARNED.start..LEARNED.end + 20 {
        at_rest(seed, false, &noise, &divisions, &mut watched);
    }
    for seed in ATTACKED.start..ATTACKED.end + 10 {
        at_rest(seed, true, &noise, &divisions, &mut watched);
    }
    let weights = [0, 1, 2].map(|at: usize| Watched::weigh(&watched[at]));
    for (at, one) in watched[2].iter().enumerate() {
        let alone = Clue { own: one.own, ..Clue::default() };
        let [first, year, two] = [0, 1, 2].map(|by: usize| Clue { estimate: Some(weights[by][at]), ..alone });
        attackers.see(one.attacked, one.truth, &[alone, first, year, two, Clue { apart: one.apart, ..two }]);
    }
    println!("open cases at rest, by district and risk");
    attackers.hold(&[0.0, 3.0, 22.0, 26.5, 26.5]);
}

fn at_rest(seed: u64, attacked: bool, noise: &NoiseTable, divisions: &[Vec<usize>], watched: &mut [Vec<Watched>; 3]) {
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
        let (mut estimates, mut seen) = (Vec::new(), std::collections::BTreeSet::new());
        let mut known = Vec::new();
        for table in &tables {
            for (kind, without) in [RISK, DISTRICT].into_iter().enumerate() {
                let others = table.beside(&values, without);
                let all = others.iter().fold((0, CellKey::default()), |all, one| (all.0 + one.0, all.1 + one.1));
                // The same company shows the same.
                if seen.insert((without, all.1.units())) {
                    let whole =
                        staying.iter().fold(all, |all, case| (all.0 + 1, all.1 + CellKey::of_sum(case.key.into())));
                    estimates.push((kind, less(noise, &[whole], &others)));
                }
            }
            known.push(estimates.clone());
        }
        let apart = come_apart(noise, &held, divisions);
        for (watched, months) in watched.iter_mut().zip([1, 12, 24]) {
            let estimates = known[months - 1].clone();
            watched.push(Watched { attacked, truth: held.len() as u64, own, estimates, apart });
        }
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
    let (mut closed_then, mut open_then) = (Vec::new(), Vec::new());
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
                let place = Watched::of_values(BY.iter().map(|at| values[*at]));
                let estimates = [place, Watched::kinds([left])].concat();
                open_then.push(Watched { attacked, truth: cell.len() as u64, own, estimates, apart: false });
            }
            let closed = region.closed(month..month + 1);
            let greater = [(CHANNEL, Table::new(&closed, &[DISTRICT])), (DISTRICT, Table::new(&closed, &[CHANNEL]))];
            for cell in small(&closed, BY) {
                let values = cell[0].values;
                let held = divided(&cell);
                let own = whole(&noise, &held);
                let left = less(&noise, &came(values), &[flows.open[now].truth(values)]);
                let mut estimates = vec![left];
                estimates.extend(greater.iter().map(|(without, whole)| {
                    less(&noise, &[whole.truth(values)], &flows.closed[now].beside(values, *without))
                }));
                let mut estimates = Watched::kinds(estimates);
                estimates.extend(Watched::of_values(BY.iter().map(|at| values[*at])));
                for (months, whole) in periods.iter().filter(|(months, _)| months.contains(&month)) {
                    let beside = months.clone().filter(|other| *other != month);
                    let beside: Vec<(u64, CellKey)> =
                        beside.map(|other| flows.closed[usize::from(other + 1 - FIRST)].truth(values)).collect();
                    // The quarter, the year, the school year.
                    let kind = if months.len() == 3 { 3 } else { 4 + usize::from(months.start % 12 > 0) };
                    estimates.push((kind, less(&noise, &[whole.truth(values)], &beside)));
                }
                let apart = come_apart(&noise, &held, &divisions);
                closed_then.push(Watched { attacked, truth: cell.len() as u64, own, estimates, apart });
            }
        }
    }
    let only = |flow: bool| -> Vec<Watched> {
        let mut watched = closed_then.clone();
        watched.iter_mut().for_each(|one| one.estimates.retain(|(kind, _)| *kind >= 100 || (*kind == 0) == flow));
        watched
    };
    let weights = [only(true), only(false)].map(|watched| Watched::weigh(&watched));
    for ((at, one), both) in closed_then.iter().enumerate().zip(Watched::weigh(&closed_then)) {
        let alone = Clue { own: one.own, ..Clue::default() };
        let [flow, greater, both] =
            [weights[0][at], weights[1][at], both].map(|weight| Clue { estimate: Some(weight), ..alone });
        of_closed.see(one.attacked, one.truth, &[alone, flow, greater, both, Clue { apart: one.apart, ..both }]);
    }
    for (one, weight) in open_then.iter().zip(Watched::weigh(&open_then)) {
        let alone = Clue { own: one.own, ..Clue::default() };
        of_open.see(one.attacked, one.truth, &[alone, Clue { estimate: Some(weight), ..alone }]);
    }
    println!("closed in a month, by district and channel");
    of_closed.hold(&[0.0, 4.0, 6.0, 6.5, 6.5]);
    println!("open at the end of a month, by district and channel");
    of_open.hold(&[0.0, 10.0]);
}

//! An attacker that knows all the other cases of a district, as who leads most of them may, and watches the counts while one case
//! or two that it does not know stay open.

use super::super::parts::whole;
use super::*;

/// Cases that stay open and as they are in a district, as one sees them who knows all the others. What shows is told as how likely
/// it is if there is none of them, one, two.
struct Secret {
    truth: usize,
    /// Their own cell.
    own: [f64; 3],
    /// The district, month by month.
    district: Vec<[f64; 3]>,
    /// The district divided by agency, stage and risk, month by month: each part for itself.
    parts: Vec<[Vec<[f64; 3]>; 3]>,
}

const DIVISIONS: [&[usize]; 3] = [&[AGENCY], &[STAGE], &[RISK]];

/// How likely a cell shows as it does if the attacker knows all but none, one, two of its cases.
fn likely_with(noise: &NoiseTable, truth: (u64, CellKey), known: u64) -> [f64; 3] {
    let shown = noise.protect(truth.0, truth.1);
    [0, 1, 2].map(|more| likely(noise, shown, known + more))
}

fn with(truth: (u64, CellKey), secret: &[&Case]) -> (u64, CellKey) {
    secret.iter().fold(truth, |(count, key), case| (count + 1, key + CellKey::of_sum(case.key.into())))
}

/// In each district, beside the cases that there are: none, one or two that stay open.
fn secrets(noise: &NoiseTable, seed: u64) -> Vec<Secret> {
    let region = Region::new(seed);
    let mut chance = Chance(seed + 5000);
    let mut staying = |district: u8| {
        let mut case = Case::new(&mut chance, FIRST - 1);
        case.states[0][DISTRICT] = district;
        case.states[0][STAGE] = 3;
        case
    };
    let months: Vec<Vec<Record<'_>>> = (FIRST..MONTHS).map(|month| region.open(month)).collect();
    let tables: Vec<(Table<'_>, [Table<'_>; 3])> = months
        .iter()
        .map(|open| {
            let divided = [&[DISTRICT, AGENCY][..], &[DISTRICT, STAGE], &[DISTRICT, RISK]];
            (Table::new(open, &[DISTRICT]), divided.map(|by| Table::new(open, by)))
        })
        .collect();
    let mut found = Vec::new();
    for (district, truth) in (0..SIZES[DISTRICT]).flat_map(|one| (0..3).map(move |two| (one, two))) {
        let cases = [staying(district), staying(district)];
        let here: Vec<&Case> = cases[..truth].iter().collect();
        let keys: Vec<(&[u8], u32)> = here.iter().map(|case| (&[][..], case.key)).collect();
        let own = whole(noise, &keys);
        let mut seen = std::collections::BTreeSet::new();
        // The same company shows the same: nothing new.
        let mut tell = |place: (usize, u8), known: (u64, CellKey), secret: &[&Case]| {
            let new = seen.insert((place, known.1.units()));
            if new { likely_with(noise, with(known, secret), known.0) } else { [1.0; 3] }
        };
        let mut secret = Secret {
            truth,
            own: [0, 1, 2].map(|count| likely(noise, own, count)),
            district: Vec::new(),
            parts: Vec::new(),
        };
        for (all, divided) in &tables {
            let mut values = [0; 10];
            values[DISTRICT] = district;
            secret.district.push(tell((0, 0), all.truth(&values), &here));
            let parts = [0, 1, 2].map(|at| {
                let by = DIVISIONS[at][0];
                let part = |value: u8| {
                    let mut values = values;
                    values[by] = value;
                    let inside: Vec<&Case> = here.iter().copied().filter(|case| case.states[0][by] == value).collect();
                    tell((by, value), divided[at].truth(&values), &inside)
                };
                (0..SIZES[by]).map(part).collect()
            });
            secret.parts.push(parts);
        }
        found.push(secret);
    }
    found
}

impl Secret {
    /// How likely everything is that was seen in some months: the logarithm for none, one and two.
    fn weigh(&self, months: &[usize], divided: bool) -> [f64; 3] {
        let mut weights = self.own.map(f64::ln);
        for month in months {
            for (weight, likely) in weights.iter_mut().zip(self.district[*month]) {
                *weight += likely.ln();
            }
        }
        if divided {
            for (at, by) in DIVISIONS.iter().enumerate() {
                let months: Vec<&Vec<[f64; 3]>> = months.iter().map(|month| &self.parts[*month][at]).collect();
                for (weight, likely) in weights.iter_mut().zip(by_parts(&months, SIZES[by[0]])) {
                    *weight += likely.ln();
                }
            }
        }
        weights
    }
}

/// How likely all parts of a division are over the months, wherever the unknown cases stand; each value as likely as another.
fn by_parts(months: &[&Vec<[f64; 3]>], values: u8) -> [f64; 3] {
    // For each part how much likelier it shows so with one case more, and with two; what cannot be is nearly impossible.
    let ratio = |value: usize, more: usize| -> f64 {
        months.iter().map(|parts| (parts[value][more].max(1e-6) / parts[value][0].max(1e-6)).ln()).sum::<f64>().exp()
    };
    let values = usize::from(values);
    let one: Vec<f64> = (0..values).map(|value| ratio(value, 1)).collect();
    let share = 1.0 / values as f64;
    let mean = one.iter().sum::<f64>() * share;
    // Two in one part count otherwise than two in different ones.
    let same: f64 = one.iter().enumerate().map(|(value, one)| share * share * (ratio(value, 2) - one * one)).sum();
    [1.0, mean, (mean * mean + same).max(1e-300)]
}

#[test]
fn who_knows_all_the_others() {
    let noise = NoiseTable::of(&RULE).unwrap();
    let secrets: Vec<Secret> = (0..20).flat_map(|seed| secrets(&noise, seed)).collect();
    let months = |months: usize| (0..months).collect::<Vec<usize>>();
    for fewer in [1, 0] {
        println!("knowing all others of the district: {fewer} or {}", fewer + 1);
        for (name, months, divided, most) in [
            ("  reading the cell", months(0), false, 0.0),
            ("  the district at one end of a month", months(1), false, 0.15),
            ("  … at 3", months(3), false, 0.22),
            ("  … at 6", months(6), false, 0.29),
            ("  … at 12", months(12), false, 0.38),
            ("  … at 24", months(24), false, 0.45),
            ("  … at the ends of the quarters of a year", vec![2, 5, 8, 11], false, 0.23),
            ("  by agency, by stage, by risk too, at one", months(1), true, 0.21),
            ("  … at 3", months(3), true, 0.32),
            ("  … at 6", months(6), true, 0.39),
            ("  … at 12", months(12), true, 0.475),
        ] {
            let mut score = Score::default();
            for secret in secrets.iter().filter(|secret| (fewer..=fewer + 1).contains(&secret.truth)) {
                let weights = secret.weigh(&months, divided);
                let said = if weights[fewer] >= weights[fewer + 1] { 1 } else { 2 };
                // The score counts from one.
                score.add((secret.truth - fewer + 1) as u64, said);
            }
            score.print(name);
            assert!(score.rate() <= score.guessing() + most, "{}", score.rate());
        }
    }
}

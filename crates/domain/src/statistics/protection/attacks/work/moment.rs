//! Everything that may be asked as of one end of a month.

use super::super::learned::{Attackers, Clue, Watched};
use super::super::parts::{beside_known, choices, come_apart, whole};
use super::*;

/// Open cases of a district that came by one channel, and of one risk among them.
#[test]
fn open_cases_of_one_moment() {
    let noise = NoiseTable::of(&RULE).unwrap();
    let two: &[usize] = &[DISTRICT, CHANNEL];
    let three: &[usize] = &[DISTRICT, CHANNEL, RISK];
    for (name, by, most) in [
        ("open, by district and channel", two, [0.0, 3.0, 3.0, 3.0]),
        ("open, by district, channel and risk", three, [0.0, 9.0, 9.0, 9.0]),
    ] {
        println!("{name}");
        let mut attackers = Attackers::new(&[
            "  reading the cell",
            "  as what greater cells leave",
            "  and whether its divisions agree with it",
            "  and knowing one of the cases",
        ]);
        let free: Vec<usize> = [STAGE, RISK, AGENCY, OPENED].into_iter().filter(|at| !by.contains(at)).collect();
        let divisions = choices(&free, usize::from(RULE.max_attributes) - by.len());
        let (mut watched, mut knowing) = (Vec::new(), Vec::new());
        for seed in LEARNED.chain(ATTACKED) {
            let region = Region::new(seed);
            for month in [14, 20, 26, 32] {
                let records = region.open(month);
                let table = Table::new(&records, by);
                let greater: Vec<(usize, Vec<usize>)> = by
                    .iter()
                    .map(|without| (*without, by.iter().copied().filter(|at| at != without).collect()))
                    .collect();
                let greater: Vec<(usize, Table<'_>)> =
                    greater.iter().map(|(without, by)| (*without, Table::new(&records, by))).collect();
                for cell in small(&records, by) {
                    let values = cell[0].values;
                    let own = table.shown(&noise, values);
                    let left = greater.iter().map(|(without, greater)| {
                        less(&noise, &[greater.truth(values)], &table.beside(values, *without))
                    });
                    let held = divided(&cell);
                    watched.push(Watched {
                        attacked: ATTACKED.contains(&seed),
                        truth: cell.len() as u64,
                        own,
                        estimates: [Watched::kinds(left), Watched::of_values(by.iter().map(|at| values[*at]))].concat(),
                        apart: come_apart(&noise, &held, &divisions),
                    });
                    knowing.push(beside_known(&noise, &held, &divisions));
                }
            }
        }
        for ((one, weight), known) in watched.iter().zip(Watched::weigh(&watched)).zip(knowing) {
            let alone = Clue { own: one.own, ..Clue::default() };
            let greater = Clue { estimate: Some(weight), ..alone };
            let apart = Clue { apart: one.apart, ..greater };
            attackers.see(
                one.attacked,
                one.truth,
                &[alone, greater, apart, Clue { apart: one.apart || known, ..apart }],
            );
        }
        attackers.hold(&most);
    }
}

/// Cases of a district and an agency as tables of cases tell of them, and others that know both.
#[test]
fn links_between_reports() {
    let noise = NoiseTable::of(&RULE).unwrap();
    let by = &[DISTRICT, AGENCY];
    let mut of_opened = Attackers::new(&[
        "  reading the cell",
        "  deadlines of first contact and assessment alone",
        "  divisions by channel, risk, stage",
        "  all of it",
    ]);
    let mut of_open = Attackers::new(&[
        "  reading the cell",
        "  the workload of organisations alone",
        "  divisions by channel, risk, stage, month of opening",
        "  all of it",
    ]);
    // What became of a deadline is no attribute: it divides what four others have divided.
    let deadlines = [vec![], vec![CONTACT], vec![ASSESSMENT], vec![CONTACT, RISK], vec![ASSESSMENT, RISK]];
    let organisations = [vec![], vec![ORGANISATION]];
    let (opened, open) = (choices(&[CHANNEL, RISK, STAGE], 2), choices(&[CHANNEL, RISK, STAGE, OPENED], 2));
    let all = [[&opened[..], &deadlines].concat(), [&open[..], &organisations].concat()];
    for seed in LEARNED.chain(ATTACKED) {
        let region = Region::new(seed);
        let attacked = ATTACKED.contains(&seed);
        let see = |attackers: &mut Attackers, records: &[Record<'_>], ways: [&[Vec<usize>]; 4]| {
            for cell in small(records, by) {
                let held = divided(&cell);
                let own = whole(&noise, &held);
                let clues = ways.map(|ways| Clue { own, estimate: None, apart: come_apart(&noise, &held, ways) });
                attackers.see(attacked, cell.len() as u64, &clues);
            }
        };
        for month in FIRST..MONTHS {
            let cases = region.opened(month..month + 1, month);
            see(&mut of_opened, &cases, [&[vec![]], &deadlines, &opened, &all[0]]);
            see(&mut of_open, &region.open(month), [&[vec![]], &organisations, &open, &all[1]]);
        }
    }
    println!("opened in a month, by district and agency");
    of_opened.hold(&[0.0; 4]);
    println!("open at the end of a month, by district and agency");
    of_open.hold(&[0.0; 4]);
}

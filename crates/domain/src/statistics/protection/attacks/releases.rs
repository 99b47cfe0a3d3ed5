//! What the tables of half-years add, which only releases tell: one more sum in which each quarter and each month stands.

use super::grid::{Grid, Months, Place, parts, unit};
use super::learned::{Attackers, Clue, Watched};
use super::*;

impl Grid {
    /// A cell as the sum of its parts in time.
    fn summed(&self, place: Place, parts: &[Months]) -> f64 {
        self.less(&parts.iter().map(|part| (place, *part)).collect::<Vec<_>>(), &[])
    }

    /// What may be asked for without releases, and what half-years add to it.
    fn estimates(&self, place: Place, own: Months) -> [Vec<f64>; 2] {
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

#[test]
fn half_years_add_little() {
    // Of greater cells fewer are small: more years of them.
    for (months, learned, attacked, most) in
        [(1, 20, YEARS, [4.0, 8.0, 8.0]), (3, 40, 12, [13.0, 12.0, 17.0]), (6, 100, 50, [9.0, 17.0, 17.0])]
    {
        let (mut expected, mut asked, mut released) = (Vec::new(), Vec::new(), Vec::new());
        for seed in (100..100 + learned).chain(0..attacked) {
            let grid = Grid::of(&World::new(seed));
            let places = (0..VALUES[TERRITORY]).flat_map(|one| (0..VALUES[FORM]).map(move |two| [one, two]));
            for (at, own) in places.flat_map(|at| parts((0, 12), months).into_iter().map(move |own| (at, own))) {
                let place = at.map(Some);
                let (truth @ (1 | 2), key) = grid.truth(place, own) else { continue };
                assert_eq!(grid.shown(place, own), 0, "{key:?}");
                let of = |estimates| Watched { attacked: seed < attacked, truth, own: 0, estimates, apart: false };
                let [without, with] = grid.estimates(place, own);
                let with = [&without[..], &with].concat();
                expected.push(of(grid.expected(at, own)));
                let place = Watched::of_values(at);
                asked.push(of([&place[..], &Watched::kinds(without)].concat()));
                released.push(of([&place[..], &Watched::kinds(with)].concat()));
            }
        }
        let mut attackers =
            Attackers::new(&["  by what is to be expected", "  without half-years", "  with half-years"]);
        let weights = [&expected, &asked, &released].map(|watched| Watched::weigh(watched));
        for (at, one) in asked.iter().enumerate() {
            let clues = [0, 1, 2].map(|by| Clue { estimate: Some(weights[by][at]), ..Clue::default() });
            attackers.see(one.attacked, one.truth, &clues);
        }
        println!("cells of {months} months, by territory and form");
        attackers.hold(&most);
    }
}

//! Lists of made-up people of the region, with what goes wrong when two agencies write down one child.
//!
//! Families first, then who of them stands in which list, then how each list wrote them down. Everybody is born from
//! 2060 to 2089, so that no number is anybody's. The same seed gives the same lists.

mod corrupt;
mod names;
mod people;
mod spelling;

use std::collections::HashMap;

use crate::demo::random::Random;
use people::Human;

/// What to make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// People in each list.
    pub(crate) persons: usize,
    pub(crate) seed: u64,
    /// How many of a hundred people of the first list are in the second, too.
    pub(crate) shared: u32,
    /// How many of a hundred records are corrupted.
    pub(crate) corrupted: u32,
}

/// What was made, as rows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MadeUp {
    pub(crate) left: Vec<Row>,
    pub(crate) right: Vec<Row>,
    pub(crate) truth: Vec<[String; 2]>,
}

/// A row of a list, as [`HEADER`].
pub(crate) type Row = [String; 8];

/// The columns of a list.
pub(crate) const HEADER: [&str; 8] =
    ["id", "last_name", "first_name", "patronymic", "birth_date", "sex", "iin", "territory"];

/// Makes two lists.
pub(crate) fn lists(wanted: &Wanted) -> MadeUp {
    let shared = wanted.persons * wanted.shared as usize / 100;
    let population = people::population(wanted.seed, wanted.persons * 2 - shared);
    let mut order: Vec<usize> = (0..population.len()).collect();
    Random::seeded(wanted.seed, "who is where", 0).shuffle(&mut order);
    let (left, right) = (&order[..wanted.persons], &order[wanted.persons - shared..]);
    let (left_ids, left) = written("A", left, &population, wanted);
    let (right_ids, right) = written("B", right, &population, wanted);
    let mut truth: Vec<[String; 2]> =
        left_ids.into_iter().filter_map(|(human, id)| Some([id, right_ids.get(&human)?.clone()])).collect();
    truth.sort();
    MadeUp { left, right, truth }
}

/// The rows of one list, in an order that tells nothing, and the id of each human in it.
fn written(list: &str, who: &[usize], population: &[Human], wanted: &Wanted) -> (HashMap<usize, String>, Vec<Row>) {
    let mut order = who.to_vec();
    Random::seeded(wanted.seed, list, 0).shuffle(&mut order);
    let mut ids = HashMap::new();
    let mut rows = Vec::with_capacity(order.len());
    for (place, human) in order.into_iter().enumerate() {
        let id = format!("{list}{:07}", place + 1);
        let mut random = Random::seeded(wanted.seed, list, human + 1);
        let record = corrupt::record(&population[human], wanted.corrupted, &mut random);
        rows.push(record.row(&id));
        ids.insert(human, id);
    }
    (ids, rows)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use qorgan_domain::children::Iin;

    use super::*;

    const WANTED: Wanted = Wanted { persons: 2_000, seed: 5, shared: 60, corrupted: 20 };

    #[test]
    fn the_same_seed_gives_the_same_lists_and_another_one_others() {
        assert_eq!(lists(&WANTED), lists(&WANTED));
        assert_ne!(lists(&WANTED).left, lists(&Wanted { seed: 6, ..WANTED }).left);
    }

    #[test]
    fn sizes_are_as_wanted() {
        let made = lists(&WANTED);
        assert_eq!((made.left.len(), made.right.len(), made.truth.len()), (2_000, 2_000, 1_200));
        let ids: HashSet<&String> = made.left.iter().chain(&made.right).map(|row| &row[0]).collect();
        assert_eq!(ids.len(), 4_000);
    }

    #[test]
    fn nobody_is_real() {
        let made = lists(&Wanted { corrupted: 0, ..WANTED });
        for row in made.left.iter().chain(&made.right) {
            assert!(("2060".."2090").contains(&&row[4][..4]), "{row:?}");
            if !row[6].is_empty() {
                let iin = Iin::new(&row[6]).expect("a right number");
                assert_eq!(iin.birth_date().expect("a date").to_string(), row[4]);
                assert_eq!(iin.sex().expect("a sex").as_str(), row[5]);
            }
        }
    }

    #[test]
    fn a_fifth_is_corrupted() {
        let (clean, corrupted) = (lists(&Wanted { corrupted: 0, ..WANTED }), lists(&WANTED));
        let changed = clean.left.iter().zip(&corrupted.left).filter(|(one, other)| one != other).count();
        assert!((330..=470).contains(&changed), "{changed}");
    }
}

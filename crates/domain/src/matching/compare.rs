//! Two people side by side.

use serde::{Deserialize, Serialize};

use super::agreement::{Field, Level};
use super::frequencies::{Frequencies, NamePlace};
use super::names::{NamePart, text_level};
use super::person::{Prepared, PreparedName};
use super::{dates, numbers};

/// How two records agree, field by field. It holds levels and shares, no value of a field; what a model weighs, and
/// what may be kept with a decision to learn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// A level for each of [`Field::COMPARED`], in its order.
    pub levels: [Level; Field::COMPARED.len()],
    /// For last name, first name and patronymic: the share of people who have that name (the more common of the two).
    pub shares: [f64; 3],
    /// Levels of the further fields, in the order of the lists' own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<Level>,
}

impl Comparison {
    /// The level of one field; `missing` for fields that are not compared.
    #[must_use]
    pub fn level(&self, field: Field) -> Level {
        Field::COMPARED.iter().position(|compared| *compared == field).map_or(Level::Missing, |at| self.levels[at])
    }
}

/// Compares two people; symmetric. Of several names held the two that agree best count, with their parts in whatever
/// order agrees best.
#[must_use]
pub fn compare(one: &Prepared, other: &Prepared, frequencies: &Frequencies) -> Comparison {
    let names = best_names(one, other, frequencies);
    let both = |known: Option<Level>| known.unwrap_or(Level::Missing);
    let birth_date = one.birth_date.zip(other.birth_date).map(|(a, b)| dates::level(a, b));
    let sex = one.sex.zip(other.sex).map(|(a, b)| if a == b { Level::Exact } else { Level::Different });
    let iin = one.iin.as_deref().zip(other.iin.as_deref()).map(|(a, b)| numbers::iin_level(a, b));
    let territory = one.kato.as_deref().zip(other.kato.as_deref()).map(|(a, b)| numbers::territory_level(a, b));
    let [last, first, patronymic] = names.levels;
    Comparison {
        levels: [last, first, patronymic, names.order, both(birth_date), both(sex), both(iin), both(territory)],
        shares: names.shares,
        extras: extras(one, other),
    }
}

fn extras(one: &Prepared, other: &Prepared) -> Vec<Level> {
    let pairs = one.extras.iter().zip(&other.extras);
    pairs
        .map(|pair| match pair {
            (Some(a), Some(b)) => text_level(a, b),
            _ => Level::Missing,
        })
        .collect()
}

/// How two names agree with their parts in one order.
#[derive(Clone)]
struct NameAgreement {
    /// Last name, first name, patronymic.
    levels: [Level; 3],
    shares: [f64; 3],
    order: Level,
    points: i32,
}

impl NameAgreement {
    const NOTHING: Self =
        Self { levels: [Level::Missing; 3], shares: [1.0; 3], order: Level::Missing, points: i32::MIN };

    /// Whether this one is to be taken rather than the other; the same answer from both sides of a comparison.
    fn better_than(&self, other: &Self) -> bool {
        let rarity = |shares: [f64; 3]| -shares.iter().map(|share| share.ln()).sum::<f64>();
        let by_rarity = || rarity(self.shares).total_cmp(&rarity(other.shares));
        let order = self.points.cmp(&other.points).then_with(by_rarity);
        order.then_with(|| (other.order, other.levels).cmp(&(self.order, self.levels))).is_gt()
    }
}

fn best_names(one: &Prepared, other: &Prepared, frequencies: &Frequencies) -> NameAgreement {
    let mut best = NameAgreement::NOTHING;
    for a in &one.names {
        for b in &other.names {
            let found = best_order(a, b, frequencies);
            if found.better_than(&best) {
                best = found;
            }
        }
    }
    best
}

/// Which place of the second name stands beside each place of the first.
type Order = [usize; 3];
const AS_GIVEN: Order = [0, 1, 2];
const OTHER_ORDERS: [Order; 5] = [[1, 0, 2], [0, 2, 1], [2, 1, 0], [1, 2, 0], [2, 0, 1]];

fn best_order(a: &PreparedName, b: &PreparedName, frequencies: &Frequencies) -> NameAgreement {
    let mut best = in_order(a, b, AS_GIVEN, frequencies);
    let settled = |level: Level| matches!(level, Level::Exact | Level::Close);
    if settled(best.levels[0]) && settled(best.levels[1]) {
        return best;
    }
    for order in OTHER_ORDERS {
        let found = in_order(a, b, order, frequencies);
        if found.better_than(&best) {
            best = found;
        }
    }
    best
}

/// What a part that has moved costs: more than a similar name is worth.
const MOVED: i32 = 5;

fn in_order(a: &PreparedName, b: &PreparedName, order: Order, frequencies: &Frequencies) -> NameAgreement {
    let mut found = [(Level::Missing, 1.0_f64); 3];
    for (place, beside) in order.into_iter().enumerate() {
        if let (Some(one), Some(other)) = (&a.parts[place], &b.parts[beside]) {
            let share = |at: usize, part: &NamePart| frequencies.of_part(NamePlace::ALL[at], part);
            found[place] = (one.level(other), share(place, one).max(share(beside, other)));
        }
    }
    let moved = order != AS_GIVEN;
    if moved {
        settle_places(&mut found, order);
    }
    let complete = [a, b].iter().all(|name| name.parts[0].is_some() && name.parts[1].is_some());
    NameAgreement {
        levels: found.map(|(level, _)| level),
        shares: found.map(|(_, share)| share),
        order: match (complete, moved) {
            (_, true) => Level::Swapped,
            (true, false) => Level::Exact,
            (false, false) => Level::Missing,
        },
        points: found.iter().map(|(level, _)| points(*level)).sum::<i32>() - if moved { MOVED } else { 0 },
    }
}

/// Parts that moved belong to no field in particular: the best agreement counts as that of the first name, the next as
/// that of the last name, so that the comparison is the same from both sides.
fn settle_places(found: &mut [(Level, f64); 3], order: Order) {
    let places: Vec<usize> = [1, 0, 2].into_iter().filter(|place| order[*place] != *place).collect();
    let mut moved: Vec<(Level, f64)> = places.iter().map(|place| found[*place]).collect();
    moved.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    for (place, agreement) in places.into_iter().zip(moved) {
        found[place] = agreement;
    }
}

const fn points(level: Level) -> i32 {
    match level {
        Level::Exact => 8,
        Level::Close => 6,
        Level::Similar | Level::Initial => 2,
        Level::Missing => 0,
        _ => -4,
    }
}

//! The children of the made-up region.

use std::ops::Range;

use chrono::{Datelike, NaiveDate};
use qorgan_domain::children::{Iin, PersonName, Sex, age_on};
use qorgan_domain::identity::OrganisationKind;
use qorgan_domain::ids::ChildId;

use super::calendar::{date, day_between, opening};
use super::ids::{Kind, id};
use super::names::somebody;
use super::random::Random;
use super::region::{Region, TERRITORIES};
use super::spoken;

/// How many there are.
pub(super) const CHILDREN: usize = 2_000;
/// At least so many live in each territory.
const FEWEST: usize = 30;
/// At least so many go to the school of the account `pedagogue`, which stands first.
const FIRST_SCHOOL: usize = 95;

/// The days on which homes register their new children: when the register began, then each September.
fn registration_days() -> [NaiveDate; 4] {
    [date(2023, 12, 28), date(2024, 9, 2), date(2025, 9, 1), date(2026, 9, 1)]
}

/// A child to be registered.
pub(super) struct PlannedChild {
    pub(super) id: ChildId,
    pub(super) last_name: PersonName,
    pub(super) first_name: PersonName,
    pub(super) patronymic: Option<PersonName>,
    pub(super) birth_date: NaiveDate,
    pub(super) sex: Sex,
    pub(super) iin: Option<Iin>,
    /// The organisation it belongs to, by place in the region.
    pub(super) home: usize,
    pub(super) registered_on: NaiveDate,
}

impl PlannedChild {
    /// Age in full years on a day.
    pub(super) fn age_on(&self, day: NaiveDate) -> i32 {
        age_on(self.birth_date, day)
    }
}

/// All children; those of one home stand together.
pub(super) fn plan(region: &Region) -> Vec<PlannedChild> {
    let mut children = Vec::with_capacity(CHILDREN);
    for (home, count) in places(region) {
        for _ in 0..count {
            children.push(child(region, home, children.len()));
        }
    }
    children
}

/// How many children each home has.
fn places(region: &Region) -> Vec<(usize, usize)> {
    let people: usize = TERRITORIES.iter().map(|territory| territory.population as usize).sum();
    let mut places: Vec<(usize, usize)> = Vec::new();
    for territory in TERRITORIES {
        let homes: Vec<usize> =
            region.homes().filter(|home| region.organisations[*home].kato == territory.kato).collect();
        let count = (CHILDREN * territory.population as usize / people).max(FEWEST);
        let weights: Vec<usize> = homes.iter().map(|home| weight(region.organisations[*home].kind)).collect();
        let total: usize = weights.iter().sum();
        places.extend(homes.into_iter().zip(weights).map(|(home, weight)| (home, count * weight / total)));
    }
    places[0].1 = places[0].1.max(FIRST_SCHOOL);
    // What rounding left over or took too many goes to, or comes from, the largest territory's other homes.
    let others: Range<usize> = 1..places.len().min(9);
    for turn in others.clone().cycle() {
        let sum: usize = places.iter().map(|(_, count)| count).sum();
        match sum.cmp(&CHILDREN) {
            std::cmp::Ordering::Less => places[turn].1 += 1,
            std::cmp::Ordering::Greater => places[turn].1 -= 1,
            std::cmp::Ordering::Equal => break,
        }
    }
    places
}

const fn weight(kind: OrganisationKind) -> usize {
    match kind {
        OrganisationKind::College => 6,
        OrganisationKind::Kindergarten => 5,
        _ => 10,
    }
}

fn child(region: &Region, home: usize, number: usize) -> PlannedChild {
    let mut random = Random::stream("child", number);
    let sex = if random.chance(49) { Sex::Female } else { Sex::Male };
    let name = somebody(sex, &mut random);
    let kind = region.organisations[home].kind;
    let birth_date = birth_date(kind, &mut random);
    let registered_on = registered_on(kind, birth_date);
    let number_known = random.chance(40);
    PlannedChild {
        id: id(Kind::Child, opening(registered_on), number).into(),
        last_name: spoken(&name.last),
        first_name: spoken(name.first),
        patronymic: name.patronymic.as_deref().map(spoken),
        birth_date,
        sex,
        iin: number_known.then(|| iin(birth_date, sex, number)),
        home,
        registered_on,
    }
}

/// Children of today, and some that have come of age since they were registered.
fn birth_date(kind: OrganisationKind, random: &mut Random) -> NaiveDate {
    let (from, to) = match kind {
        OrganisationKind::Kindergarten => (date(2019, 11, 2), date(2023, 9, 1)),
        OrganisationKind::College if random.chance(15) => (date(2006, 3, 1), date(2008, 11, 1)),
        OrganisationKind::College => (date(2008, 11, 2), date(2011, 9, 1)),
        _ if random.chance(6) => (date(2006, 3, 1), date(2008, 11, 1)),
        _ => (date(2008, 11, 2), date(2019, 11, 1)),
    };
    day_between(from, to, random)
}

/// The first registration on which the child is old enough for its home.
fn registered_on(kind: OrganisationKind, birth_date: NaiveDate) -> NaiveDate {
    let entry = match kind {
        OrganisationKind::Kindergarten => 3,
        OrganisationKind::College => 15,
        _ => 6,
    };
    let days = registration_days();
    days.into_iter().find(|day| age_on(birth_date, *day) >= entry).unwrap_or(days[3])
}

/// A number that belongs to nobody: it tells a birth sixty years later, in 2066 to 2083. That it disagrees with the
/// date of birth is what the record warns of.
fn iin(birth_date: NaiveDate, sex: Sex, number: usize) -> Iin {
    let year = (birth_date.year() + 60) % 100;
    let century_and_sex = if sex == Sex::Male { 5 } else { 6 };
    let stem = format!("{year:02}{:02}{:02}{century_and_sex}", birth_date.month(), birth_date.day());
    // Of one day and sex at most a few share the sequence; one in eleven has no control digit and is never issued.
    (0..9_999)
        .flat_map(|tried| (0..=9).map(move |control| (tried, control)))
        .find_map(|(tried, control)| Iin::new(&format!("{stem}{:04}{control}", (number + tried) % 10_000)).ok())
        .expect("ten in eleven sequences have a control digit")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn there_are_two_thousand_and_all_were_children_when_registered() {
        let region = Region::plan();
        let children = plan(&region);
        assert_eq!(children.len(), CHILDREN);
        let mut grown = 0;
        for child in &children {
            assert!(
                (3..=17).contains(&child.age_on(child.registered_on)),
                "{} {}",
                child.birth_date,
                child.registered_on
            );
            grown += usize::from(child.age_on(date(2026, 11, 1)) > 17);
        }
        assert!((50..200).contains(&grown), "{grown}");
        for home in region.homes() {
            assert!(children.iter().filter(|child| child.home == home).count() >= 10, "{home}");
        }
        assert!(children.iter().filter(|child| child.home == 0).count() >= FIRST_SCHOOL);
    }

    #[test]
    fn numbers_are_unique_and_of_the_far_future() {
        let children = plan(&Region::plan());
        let numbers: Vec<&Iin> = children.iter().filter_map(|child| child.iin.as_ref()).collect();
        assert!((600..1_000).contains(&numbers.len()), "{}", numbers.len());
        assert_eq!(numbers.iter().map(|iin| iin.expose()).collect::<HashSet<_>>().len(), numbers.len());
        for iin in numbers {
            let year = iin.birth_date().unwrap().year();
            assert!((2060..=2089).contains(&year), "{year}");
        }
    }
}

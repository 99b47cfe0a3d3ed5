//! Which number of children a cell is to be divided by.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Attribute, ChildPopulation, Dimension, PeriodUnit, StatisticsQuery, TerritoryPopulation};
use crate::territory::Kato;

/// The denominators of the cells of one query: children who live in the cell's place, on the last day of the cell's time.
///
/// The numbers are known by place alone. Cells that are told apart by sex, age or settlement, or by who reported, have none:
/// dividing them by all children of a district would look like a rate and be none.
pub struct Denominators {
    history: Vec<TerritoryPopulation>,
    by_day: BTreeMap<NaiveDate, ChildPopulation>,
    /// Where the finest place and the finest time stand among the values.
    place: Option<usize>,
    time: Option<(usize, PeriodUnit)>,
    filter: Option<Vec<Kato>>,
    last_day: NaiveDate,
    fit: bool,
}

impl Denominators {
    /// The denominators of a query, of all dated numbers.
    #[must_use]
    pub fn new(query: &StatisticsQuery, history: Vec<TerritoryPopulation>) -> Self {
        let fit = query.attributes().iter().all(|attribute| {
            !matches!(
                attribute,
                Attribute::Sex
                    | Attribute::AgeYears
                    | Attribute::Kato
                    | Attribute::OrganisationKato
                    | Attribute::OrganisationDistrict
            )
        });
        let at = |wanted: Dimension| query.group_by().iter().position(|dimension| *dimension == wanted);
        let times = query.group_by().iter().enumerate();
        let time = times.filter_map(|(at, dimension)| Some((at, dimension.unit()?))).min_by_key(|(_, unit)| *unit);
        let filter = query.filters().values(Dimension::Territory);
        Self {
            history,
            by_day: BTreeMap::new(),
            place: at(Dimension::Territory).or_else(|| at(Dimension::Region)),
            time,
            // Checked when they were put in.
            filter: filter.map(|values| values.iter().filter_map(|value| Kato::new(value).ok()).collect()),
            last_day: query.to().min(query.as_of_day()).max(query.from()),
            fit,
        }
    }

    /// Whether cells of the query have denominators at all.
    #[must_use]
    pub fn fit(&self) -> bool {
        self.fit
    }

    /// Children for the cell of some values, in the order of the query's dimensions; of no values, for all cells together.
    pub fn children(&mut self, values: &[Option<String>]) -> Option<u32> {
        if !self.fit {
            return None;
        }
        let day = match self.time.and_then(|(at, unit)| Some((values.get(at)?.as_deref()?, unit))) {
            Some((code, unit)) => unit.last_day(unit.of_code(code)?).min(self.last_day),
            None => self.last_day,
        };
        let place = match self.place.and_then(|at| values.get(at)) {
            Some(code) => Some(Kato::new(code.as_deref()?).ok()?),
            None => None,
        };
        let population = self.by_day.entry(day).or_insert_with(|| ChildPopulation::on(&self.history, day));
        let units = units(population, place, self.filter.as_deref());
        // A place without a number makes the sum wrong: then there is none.
        let known: Option<Vec<u32>> = units.iter().map(|unit| population.children(unit)).collect();
        known.filter(|known| !known.is_empty()).map(|known| known.iter().sum())
    }

    /// The numbers that were used so far, each once.
    #[must_use]
    pub fn used(&self) -> Vec<&TerritoryPopulation> {
        let mut used: Vec<&TerritoryPopulation> =
            self.by_day.values().flat_map(|population| population.rows()).collect();
        used.sort_by(|one, other| (&one.territory, one.valid_from).cmp(&(&other.territory, other.valid_from)));
        used.dedup();
        used
    }
}

/// The units whose children are counted together: the place narrowed by the filter, neither of them inside another.
fn units(population: &ChildPopulation, place: Option<Kato>, filter: Option<&[Kato]>) -> Vec<Kato> {
    let candidates: Vec<Kato> = match (place, filter) {
        (Some(place), None) => vec![place],
        (Some(place), Some(filter)) => {
            let narrowed = filter.iter().filter_map(|unit| match (place.covers(unit), unit.covers(&place)) {
                (true, _) => Some(unit.clone()),
                (_, true) => Some(place.clone()),
                _ => None,
            });
            narrowed.collect()
        }
        (None, Some(filter)) => filter.to_vec(),
        (None, None) => population.rows().iter().map(|row| row.territory.clone()).collect(),
    };
    let inside = |unit: &Kato| candidates.iter().any(|other| other != unit && other.covers(unit));
    let mut units: Vec<Kato> = candidates.iter().filter(|unit| !inside(unit)).cloned().collect();
    units.sort_unstable();
    units.dedup();
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{Filters, StatisticsParameters};

    const REGION: &str = "350000000";
    const CITY: &str = "351000000";
    const OTHER: &str = "352400000";

    fn history() -> Vec<TerritoryPopulation> {
        let row = |territory: &str, children, from: &str| TerritoryPopulation {
            territory: territory.parse().unwrap(),
            children,
            valid_from: from.parse().unwrap(),
            source: crate::statistics::Source { told: "test".to_owned(), ru: None, kk: None },
            provisional: true,
        };
        vec![
            row(REGION, 1000, "2024-01-01"),
            row(CITY, 600, "2024-01-01"),
            row(CITY, 700, "2026-01-01"),
            row(OTHER, 100, "2024-01-01"),
        ]
    }

    fn denominators(group_by: &[Dimension], filters: &[(Dimension, &[&str])]) -> Denominators {
        let filters = filters
            .iter()
            .fold(Filters::default(), |filters, (dimension, values)| filters.narrowed(*dimension, *values).unwrap());
        let parameters = StatisticsParameters {
            group_by: group_by.to_vec(),
            from: "2025-01-01".parse().unwrap(),
            to: "2026-12-31".parse().unwrap(),
            as_of: None,
            filters,
        };
        Denominators::new(&StatisticsQuery::new(parameters, "2027-01-01".parse().unwrap()).unwrap(), history())
    }

    fn children(denominators: &mut Denominators, values: &[&str]) -> Option<u32> {
        denominators.children(&values.iter().map(|value| Some((*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn a_cell_is_divided_by_the_children_of_its_place_and_time() {
        use Dimension::{Kind, Region, Territory, Year};
        let mut by = denominators(&[Kind, Territory, Year], &[]);
        assert_eq!(children(&mut by, &["violence", CITY, "2025"]), Some(600));
        assert_eq!(children(&mut by, &["violence", CITY, "2026"]), Some(700));
        assert_eq!(children(&mut by, &["violence", OTHER, "2026"]), Some(100));
        assert_eq!(children(&mut by, &["violence", "353200000", "2026"]), None, "no number is known");
        assert_eq!(children(&mut by, &[]), Some(1000), "all cells: the region, which contains the others");
        assert_eq!(by.used().len(), 4);
        assert_eq!(children(&mut denominators(&[Region], &[]), &[REGION]), Some(1000));
        assert_eq!(denominators(&[Region], &[]).children(&[None]), None);
    }

    #[test]
    fn filters_narrow_whom_the_cell_is_divided_by() {
        use Dimension::{Region, Territory};
        let both: &[(Dimension, &[&str])] = &[(Territory, &[CITY, OTHER])];
        assert_eq!(children(&mut denominators(&[], both), &[]), Some(800));
        assert_eq!(children(&mut denominators(&[Region], both), &[REGION]), Some(800));
        assert_eq!(children(&mut denominators(&[Territory], both), &[CITY]), Some(700));
        assert_eq!(children(&mut denominators(&[], &[(Territory, &[REGION, CITY])]), &[]), Some(1000));
        let settlement: &[(Dimension, &[&str])] = &[(Territory, &["351011100"])];
        assert_eq!(children(&mut denominators(&[], settlement), &[]), None);
    }

    #[test]
    fn what_divides_children_has_no_denominator() {
        use Dimension::{AgeFiveYears, AnyForm, Settlement, Sex, Territory};
        for by in [Sex, AgeFiveYears, Settlement, Dimension::ReporterTerritory] {
            let mut denominators = denominators(&[by, Territory], &[]);
            assert!(!denominators.fit());
            assert_eq!(children(&mut denominators, &["x", CITY]), None, "{by}");
        }
        assert!(!denominators(&[Territory], &[(Sex, &["male"])]).fit());
        assert!(denominators(&[AnyForm, Territory], &[]).fit());
    }
}

//! How many children live where: what rates are made with.

use chrono::NaiveDate;

use super::Source;
use crate::territory::Kato;

/// How many children live in one unit, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerritoryPopulation {
    /// A region, or a city or district.
    pub territory: Kato,
    /// Children under 18.
    pub children: u32,
    /// The day from which the number counts.
    pub valid_from: NaiveDate,
    /// Where the number comes from.
    pub source: Source,
    /// Whether it is no published number of this unit: an estimate, or a number without a confirmed date.
    pub provisional: bool,
}

/// The numbers of children in force on one day, by unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChildPopulation {
    rows: Vec<TerritoryPopulation>,
}

impl ChildPopulation {
    /// Rates of facts are given for so many children.
    pub const RATE_BASE: u32 = 10_000;

    /// Of all dated rows, the ones in force on a day: of each unit the latest that has begun, or its first one where none
    /// has.
    #[must_use]
    pub fn on(rows: &[TerritoryPopulation], day: NaiveDate) -> Self {
        let mut found: Vec<TerritoryPopulation> = Vec::new();
        // Rows that have begun, the latest first, then the others, the earliest first.
        let mut sorted: Vec<&TerritoryPopulation> = rows.iter().collect();
        sorted.sort_by_key(|row| {
            let distance = (row.valid_from - day).num_days();
            (row.territory.clone(), distance > 0, distance.abs())
        });
        for row in sorted {
            if found.last().is_none_or(|last| last.territory != row.territory) {
                found.push(row.clone());
            }
        }
        Self { rows: found }
    }

    /// The row of a unit.
    pub fn of(&self, territory: &Kato) -> Option<&TerritoryPopulation> {
        self.rows.iter().find(|row| row.territory == *territory)
    }

    /// Children of a unit; none where no number is known, as for settlements.
    pub fn children(&self, territory: &Kato) -> Option<u32> {
        self.of(territory).map(|row| row.children)
    }

    /// All rows, by code.
    pub fn rows(&self) -> &[TerritoryPopulation] {
        &self.rows
    }

    /// Facts per [`ChildPopulation::RATE_BASE`] children; none without children.
    #[must_use]
    pub fn rate(count: i64, children: u32) -> Option<f64> {
        // Counts are far below 2⁵³.
        (children > 0).then(|| count as f64 * f64::from(Self::RATE_BASE) / f64::from(children))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(territory: &str, children: u32, from: &str) -> TerritoryPopulation {
        TerritoryPopulation {
            territory: territory.parse().unwrap(),
            children,
            valid_from: from.parse().unwrap(),
            source: Source { told: "test".to_owned(), ru: None, kk: None },
            provisional: true,
        }
    }

    #[test]
    fn each_unit_has_the_number_in_force() {
        let rows = [
            row("351000000", 300, "2026-01-01"),
            row("350000000", 1000, "2024-01-01"),
            row("351000000", 100, "2024-01-01"),
            row("351000000", 200, "2025-01-01"),
        ];
        let children = |day: &str| {
            let population = ChildPopulation::on(&rows, day.parse().unwrap());
            assert_eq!(population.rows().len(), 2);
            let of = |code: &str| population.children(&code.parse().unwrap());
            (of("350000000"), of("351000000"), of("352400000"))
        };
        assert_eq!(children("2020-05-05"), (Some(1000), Some(100), None));
        assert_eq!(children("2024-12-31"), (Some(1000), Some(100), None));
        assert_eq!(children("2025-01-01"), (Some(1000), Some(200), None));
        assert_eq!(children("2030-01-01"), (Some(1000), Some(300), None));
    }

    #[test]
    fn a_rate_is_for_ten_thousand_children() {
        assert_eq!(ChildPopulation::rate(5, 10_000), Some(5.0));
        assert_eq!(ChildPopulation::rate(3, 20_000), Some(1.5));
        assert_eq!(ChildPopulation::rate(3, 0), None);
    }
}

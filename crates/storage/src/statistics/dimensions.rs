//! Dimensions as SQL: one expression each, written here in full, over a relation `v` with the attributes of facts as columns
//! (see `Attribute`; of them only those that the query needs). Nothing a caller sends becomes part of one.

use std::fmt::Write;

use qorgan_domain::register::FactStatus;
use qorgan_domain::statistics::Dimension;

/// Ages that a version may carry, as its CHECK constraint says.
const AGES: std::ops::RangeInclusive<i16> = 0..=17;

/// The ages that make up a group of one of the groupings.
pub(super) fn ages_of(grouping: Dimension, group: &str) -> Vec<i16> {
    AGES.filter(|age| grouping.value(&age.to_string()).as_deref() == Some(group)).collect()
}

/// The statuses that say an outcome.
pub(super) fn statuses_of(outcome: &str) -> Vec<&'static str> {
    let statuses = FactStatus::ALL.iter().map(|status| status.as_str());
    statuses.filter(|status| Dimension::Outcome.value(status).as_deref() == Some(outcome)).collect()
}

/// The expression (of type text) that gives a version's value of a dimension.
pub(super) fn expression(dimension: Dimension) -> String {
    let column = match dimension {
        Dimension::Day => "to_char(v.occurred_on, 'YYYY-MM-DD')",
        Dimension::Month => "to_char(v.occurred_on, 'YYYY-MM')",
        Dimension::Quarter => "to_char(v.occurred_on, 'YYYY-\"Q\"Q')",
        Dimension::Year => "to_char(v.occurred_on, 'YYYY')",
        // Eight months earlier it is the calendar year in which the school year began.
        Dimension::SchoolYear => {
            "to_char(v.occurred_on - interval '8 months', 'YYYY-') || to_char(v.occurred_on + interval '4 months', 'YYYY')"
        }
        // A city's district counts with its city, a settlement with its district: the first four digits of KATO
        // name the city or district (see `Kato`), zeros fill.
        Dimension::Region => "left(v.kato, 2) || '0000000'",
        Dimension::Territory => "left(v.kato, 4) || '00000'",
        Dimension::Settlement => "v.kato",
        Dimension::ReporterTerritory => "left(v.organisation_kato, 4) || '00000'",
        Dimension::Kind => "v.kind",
        Dimension::MainForm => "v.main_form",
        // The relation has a row for each form of a fact, and one for a fact without any.
        Dimension::AnyForm => "v.form",
        Dimension::Level => "v.level",
        Dimension::Sex => "v.sex",
        Dimension::AgeGroup | Dimension::AgeFiveYears | Dimension::AgeSchoolStage => {
            return case("v.age_years", dimension, AGES.map(|age| age.to_string()), "");
        }
        Dimension::Age => "v.age_years::text",
        Dimension::Setting => "v.setting",
        Dimension::Relation => "v.relation",
        Dimension::Agency => "v.agency_code",
        Dimension::Status => "v.status",
        Dimension::Outcome => {
            return case("v.status", dimension, FactStatus::ALL.iter().map(|status| status.as_str().to_owned()), "'");
        }
        Dimension::Channel => "v.channel",
    };
    column.to_owned()
}

/// Written out of the domain's own grouping, so that the two cannot differ.
fn case(column: &str, dimension: Dimension, bases: impl Iterator<Item = String>, quote: &str) -> String {
    let mut sql = format!("CASE {column}");
    for base in bases {
        if let Some(value) = dimension.value(&base) {
            // Writing to a string cannot fail.
            let _ = write!(sql, " WHEN {quote}{base}{quote} THEN '{value}'");
        }
    }
    sql + " END"
}

/// The values of all dimensions of a version, as one array of text in the order given.
pub(super) fn keys_expression(dimensions: &[Dimension]) -> String {
    let values: Vec<String> = dimensions.iter().map(|dimension| expression(*dimension)).collect();
    format!("ARRAY[{}]::text[]", values.join(", "))
}

/// Where a value stands among the values of its dimension: in the order of the vocabulary for closed ones, 0 for the
/// others, which sort by their text.
pub(super) fn place(dimension: Dimension, code: &str) -> usize {
    dimension.codes().map_or(0, |codes| codes.iter().position(|known| *known == code).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_age_falls_into_one_group() {
        for grouping in [Dimension::AgeGroup, Dimension::AgeFiveYears, Dimension::AgeSchoolStage, Dimension::Age] {
            let mut ages: Vec<i16> =
                grouping.codes().unwrap().iter().flat_map(|group| ages_of(grouping, group)).collect();
            ages.sort_unstable();
            assert_eq!(ages, AGES.collect::<Vec<_>>(), "{grouping}");
        }
        assert_eq!(ages_of(Dimension::AgeGroup, "age_14_15"), [14, 15]);
        let sql = expression(Dimension::AgeGroup);
        assert!(
            sql.starts_with("CASE v.age_years WHEN 0 THEN 'age_0_2' ") && sql.ends_with("WHEN 17 THEN 'age_16_17' END")
        );
    }

    #[test]
    fn outcomes_are_written_out_of_the_domain() {
        assert_eq!(statuses_of("not_decided"), ["registered", "under_qualification"]);
        assert_eq!(
            expression(Dimension::Outcome),
            "CASE v.status WHEN 'registered' THEN 'not_decided' WHEN 'under_qualification' THEN 'not_decided' \
             WHEN 'confirmed' THEN 'confirmed' WHEN 'not_confirmed' THEN 'not_confirmed' END"
        );
    }

    #[test]
    fn keys_stand_in_the_order_asked_for() {
        assert_eq!(keys_expression(&[]), "ARRAY[]::text[]");
        assert_eq!(keys_expression(&[Dimension::Sex, Dimension::Kind]), "ARRAY[v.sex, v.kind]::text[]");
    }

    #[test]
    fn values_sort_as_their_vocabulary() {
        assert!(place(Dimension::AgeGroup, "age_7_10") < place(Dimension::AgeGroup, "age_11_13"));
        assert!(place(Dimension::Age, "7") < place(Dimension::Age, "11"));
        assert!(place(Dimension::Level, "ideation") < place(Dimension::Level, "completed"));
        assert_eq!(place(Dimension::Month, "2026-01"), place(Dimension::Month, "2025-01"));
    }
}

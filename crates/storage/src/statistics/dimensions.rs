//! Dimensions as SQL: one expression each, written here in full. Nothing a caller sends becomes part of one.

use std::fmt::Write;

use qorgan_domain::children::Sex;
use qorgan_domain::register::{AgeGroup, FactKind, FactStatus, Relation, Setting, SuicidalLevel, ViolenceForm};
use qorgan_domain::statistics::Dimension;

/// Ages that a version may carry, as its CHECK constraint says.
const AGES: std::ops::RangeInclusive<i16> = 0..=17;

/// The ages that make up a group.
pub(super) fn ages_of(group: AgeGroup) -> Vec<i16> {
    AGES.filter(|age| AgeGroup::of(i32::from(*age)) == Some(group)).collect()
}

/// The expression (of type text) that gives a version's value of a dimension.
fn expression(dimension: Dimension) -> String {
    let column = match dimension {
        Dimension::Month => "to_char(occurred_on, 'YYYY-MM')",
        // A city's district counts with its city, a settlement with its district: the first four digits of KATO
        // name the city or district (see `Kato`), zeros fill.
        Dimension::Territory => "left(kato, 4) || '00000'",
        Dimension::Kind => "kind",
        Dimension::MainForm => "main_form",
        Dimension::Level => "level",
        Dimension::Sex => "sex",
        Dimension::AgeGroup => return age_group_expression(),
        Dimension::Setting => "setting",
        Dimension::Relation => "relation",
        Dimension::Agency => "agency_code",
        Dimension::Status => "status",
    };
    column.to_owned()
}

/// Written out of the domain's own grouping, so that the two cannot differ.
fn age_group_expression() -> String {
    let mut sql = String::from("CASE age_years");
    for age in AGES {
        if let Some(group) = AgeGroup::of(i32::from(age)) {
            // Writing to a string cannot fail.
            let _ = write!(sql, " WHEN {age} THEN '{group}'");
        }
    }
    sql + " END"
}

/// The group of every age that a version may carry, in the order of the ages.
pub(super) fn age_groups() -> Vec<&'static str> {
    AGES.filter_map(|age| AgeGroup::of(i32::from(age))).map(AgeGroup::as_str).collect()
}

/// The values of all dimensions of a version, as one array of text in the order given.
pub(super) fn keys_expression(dimensions: &[Dimension]) -> String {
    let values: Vec<String> = dimensions.iter().map(|dimension| expression(*dimension)).collect();
    format!("ARRAY[{}]::text[]", values.join(", "))
}

/// Where a value stands among the values of its dimension: in the order of the vocabulary for closed ones, 0 for the
/// others, which sort by their text.
pub(super) fn place(dimension: Dimension, code: &str) -> usize {
    macro_rules! among {
        ($vocabulary:ty) => {
            <$vocabulary>::ALL.iter().position(|word| word.as_str() == code).unwrap_or(usize::MAX)
        };
    }
    match dimension {
        Dimension::Month | Dimension::Territory | Dimension::Agency => 0,
        Dimension::Kind => among!(FactKind),
        Dimension::MainForm => among!(ViolenceForm),
        Dimension::Level => among!(SuicidalLevel),
        Dimension::Sex => among!(Sex),
        Dimension::AgeGroup => among!(AgeGroup),
        Dimension::Setting => among!(Setting),
        Dimension::Relation => among!(Relation),
        Dimension::Status => among!(FactStatus),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_age_falls_into_one_group() {
        let mut ages: Vec<i16> = AgeGroup::ALL.iter().flat_map(|group| ages_of(*group)).collect();
        ages.sort_unstable();
        assert_eq!(ages, AGES.collect::<Vec<_>>());
        assert_eq!(ages_of(AgeGroup::From14To15), [14, 15]);
        let sql = age_group_expression();
        assert!(
            sql.starts_with("CASE age_years WHEN 0 THEN 'age_0_2' ") && sql.ends_with("WHEN 17 THEN 'age_16_17' END")
        );
    }

    #[test]
    fn keys_stand_in_the_order_asked_for() {
        assert_eq!(keys_expression(&[]), "ARRAY[]::text[]");
        assert_eq!(keys_expression(&[Dimension::Sex, Dimension::Kind]), "ARRAY[sex, kind]::text[]");
    }

    #[test]
    fn values_sort_as_their_vocabulary() {
        assert!(place(Dimension::AgeGroup, "age_7_10") < place(Dimension::AgeGroup, "age_11_13"));
        assert!(place(Dimension::Level, "ideation") < place(Dimension::Level, "completed"));
        assert_eq!(place(Dimension::Month, "2026-01"), place(Dimension::Month, "2025-01"));
    }
}

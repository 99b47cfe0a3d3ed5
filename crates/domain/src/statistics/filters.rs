//! Facts that a count is narrowed to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::{Attribute, Dimension};
use crate::Invalid;
use crate::identity::AgencyCode;
use crate::territory::Kato;

/// Facts that a count is narrowed to: for each dimension named, one of the values given. What is absent does not narrow.
///
/// Places narrow by what they contain: a region to all of its districts. A form narrows to the facts that have it,
/// among others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters(BTreeMap<Dimension, BTreeSet<String>>);

impl Filters {
    /// Most values of one filter.
    pub const MAX_VALUES: usize = 40;

    /// Narrows by one more dimension; no values do not narrow.
    ///
    /// # Errors
    /// `not_a_filter` for times (a period is no filter) and for places but [`Dimension::Territory`] and
    /// [`Dimension::ReporterTerritory`], whose values may be any place; `unknown_code`, `kato_format` or
    /// `agency_code_format` for a value that the dimension cannot have; `too_many_values` (`max`).
    pub fn narrowed(
        mut self,
        dimension: Dimension,
        values: impl IntoIterator<Item = impl Display>,
    ) -> Result<Self, Invalid> {
        let values: BTreeSet<String> = values.into_iter().map(|value| value.to_string()).collect();
        if values.is_empty() {
            return Ok(self);
        }
        if values.len() > Self::MAX_VALUES {
            return Err(Invalid::new("too_many_values").with("max", Self::MAX_VALUES));
        }
        for value in &values {
            check(dimension, value)?;
        }
        self.0.insert(dimension, values);
        Ok(self)
    }

    /// The values that facts may have in a dimension; none where it does not narrow.
    pub fn values(&self, dimension: Dimension) -> Option<&BTreeSet<String>> {
        self.0.get(&dimension)
    }

    /// All dimensions that narrow, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (Dimension, &BTreeSet<String>)> {
        self.0.iter().map(|(dimension, values)| (*dimension, values))
    }

    /// Whether nothing narrows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the KATO code of a place must start with, one of these; none where the dimension does not narrow.
    pub fn prefixes(&self, dimension: Dimension) -> Option<Vec<String>> {
        let values = self.values(dimension)?;
        // Checked when they were put in.
        Some(values.iter().filter_map(|value| Kato::new(value).ok()).map(|kato| kato.prefix().to_owned()).collect())
    }

    /// The attribute by which the filter of a dimension can be decided: that of the dimension, or a finer one where a place is
    /// finer than a district, or where a fact that has several of the forms asked for must count once. None where the
    /// dimension does not narrow.
    #[must_use]
    pub fn attribute(&self, dimension: Dimension) -> Option<Attribute> {
        let values = self.values(dimension)?;
        let fine = |prefixes: Vec<String>| prefixes.iter().any(|prefix| prefix.len() > DISTRICT_DIGITS);
        Some(match dimension {
            Dimension::Territory if self.prefixes(dimension).is_some_and(fine) => Attribute::Kato,
            Dimension::ReporterTerritory if self.prefixes(dimension).is_some_and(fine) => Attribute::OrganisationKato,
            Dimension::AnyForm if values.len() > 1 => Attribute::Forms,
            _ => dimension.attribute(),
        })
    }

    /// Whether facts with this value of [`Filters::attribute`], as text (see [`Dimension::value`]), pass the filter of a
    /// dimension. Of [`Attribute::Forms`] ask for each form: a fact passes if one of them does.
    #[must_use]
    pub fn admit(&self, dimension: Dimension, base: Option<&str>) -> bool {
        let Some(values) = self.values(dimension) else { return true };
        base.is_some_and(|base| match self.prefixes(dimension) {
            Some(prefixes) if dimension.is_place() => prefixes.iter().any(|prefix| base.starts_with(prefix)),
            _ => dimension.value(base).is_some_and(|value| values.contains(value.as_ref())),
        })
    }
}

/// KATO digits of a city or district.
const DISTRICT_DIGITS: usize = 4;

fn check(dimension: Dimension, value: &str) -> Result<(), Invalid> {
    match dimension {
        Dimension::Territory | Dimension::ReporterTerritory => Kato::new(value).map(|_| ()),
        Dimension::Agency => value.parse::<AgencyCode>().map(|_| ()),
        _ => match dimension.codes() {
            Some(codes) if codes.contains(&value) => Ok(()),
            Some(codes) => Err(Invalid::new("unknown_code").with("allowed", codes.join(","))),
            None => Err(Invalid::new("not_a_filter")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::FactKind;

    fn of(dimension: Dimension, values: &[&str]) -> Result<Filters, &'static str> {
        Filters::default().narrowed(dimension, values).map_err(|invalid| invalid.code())
    }

    #[test]
    fn values_are_those_of_the_dimension() {
        for (dimension, value, expected) in [
            (Dimension::Kind, "violence", Ok(())),
            (Dimension::Kind, "love", Err("unknown_code")),
            (Dimension::Age, "17", Ok(())),
            (Dimension::Age, "18", Err("unknown_code")),
            (Dimension::Outcome, "confirmed", Ok(())),
            (Dimension::Territory, "350000000", Ok(())),
            (Dimension::Territory, "35%", Err("kato_format")),
            (Dimension::ReporterTerritory, "352400000", Ok(())),
            (Dimension::Settlement, "351011100", Err("not_a_filter")),
            (Dimension::Month, "2026-01", Err("not_a_filter")),
            (Dimension::Agency, "UO", Ok(())),
        ] {
            assert_eq!(of(dimension, &[value]).map(|_| ()), expected, "{dimension} {value}");
        }
        let many: Vec<String> = (0..=Filters::MAX_VALUES).map(|at| format!("35{at:07}")).collect();
        let refused = Filters::default().narrowed(Dimension::Territory, many).unwrap_err();
        assert_eq!(refused.code(), "too_many_values");
        assert!(Filters::default().narrowed(Dimension::Kind, None::<FactKind>).unwrap().is_empty());
    }

    #[test]
    fn facts_pass_by_their_attributes() {
        let filters = of(Dimension::AgeSchoolStage, &["age_0_6", "age_16_17"]).unwrap();
        let filters = filters.narrowed(Dimension::Territory, ["351000000", "352410000"]).unwrap();
        for (dimension, base, passes) in [
            (Dimension::AgeSchoolStage, Some("6"), true),
            (Dimension::AgeSchoolStage, Some("7"), false),
            (Dimension::AgeSchoolStage, Some("17"), true),
            (Dimension::Territory, Some("351011100"), true),
            (Dimension::Territory, Some("352410000"), true),
            (Dimension::Territory, Some("352400000"), false),
            (Dimension::Kind, Some("violence"), true),
            (Dimension::Level, None, true),
        ] {
            assert_eq!(filters.admit(dimension, base), passes, "{dimension} {base:?}");
        }
        let attempt = of(Dimension::Level, &["attempt"]).unwrap();
        assert!(!attempt.admit(Dimension::Level, None), "violence has no level");
    }

    #[test]
    fn a_filter_is_decided_by_the_coarsest_attribute_that_can() {
        for (dimension, values, attribute) in [
            (Dimension::Territory, ["350000000", "352400000"].as_slice(), Attribute::District),
            (Dimension::Territory, &["352400000", "351011100"], Attribute::Kato),
            (Dimension::ReporterTerritory, &["351011100"], Attribute::OrganisationKato),
            (Dimension::AnyForm, &["physical"], Attribute::Form),
            (Dimension::AnyForm, &["physical", "bullying"], Attribute::Forms),
            (Dimension::Sex, &["male"], Attribute::Sex),
        ] {
            assert_eq!(of(dimension, values).unwrap().attribute(dimension), Some(attribute), "{dimension} {values:?}");
        }
        assert_eq!(Filters::default().attribute(Dimension::Sex), None);
    }
}

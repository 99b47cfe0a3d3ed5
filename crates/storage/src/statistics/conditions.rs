//! Filters as SQL: comparisons of columns of the relation `v` with arrays of one bound document.

use qorgan_domain::statistics::{Attribute, Dimension, Filters, StatisticsQuery};
use serde_json::{Map, Value, json};

use super::dimensions::{ages_of, statuses_of};

/// The conditions that the filters of a query put on the relation `v`, as SQL that begins with ` AND` or is empty, and what is
/// to be bound as `jsonb` where it says `bind` (such as `$4`). Nothing that a caller sends becomes part of the SQL.
pub(super) fn conditions(query: &StatisticsQuery, bind: &str) -> (String, Value) {
    let filters = query.filters();
    // With rows of single forms a fact has as many rows as forms: the filter must then pick one of them, or look at all.
    let one_form = !query.attributes().contains(&Attribute::Forms);
    let (mut sql, mut values) = (String::new(), Map::new());
    for (dimension, _) in filters.iter() {
        let (before, after, array) = condition(filters, dimension, one_form);
        sql += &format!(" AND {before}(ARRAY(SELECT jsonb_array_elements_text({bind} -> '{dimension}')){after})");
        values.insert(dimension.to_string(), array.into());
    }
    (sql, Value::Object(values))
}

/// What stands before and after the array of text, and its values.
fn condition(filters: &Filters, dimension: Dimension, one_form: bool) -> (&'static str, &'static str, Vec<Value>) {
    let words = || filters.values(dimension).into_iter().flatten();
    let given = || words().map(|word| json!(word)).collect();
    // A prefix is digits only: it cannot hold a wildcard.
    let prefixes =
        || filters.prefixes(dimension).into_iter().flatten().map(|prefix| json!(format!("{prefix}%"))).collect();
    let equal = |before| (before, "", given());
    match dimension {
        Dimension::Territory => ("v.kato LIKE ANY ", "", prefixes()),
        Dimension::ReporterTerritory => ("v.organisation_kato LIKE ANY ", "", prefixes()),
        Dimension::AnyForm if one_form => equal("v.form = ANY "),
        Dimension::AnyForm => equal("v.forms && "),
        Dimension::AgeGroup | Dimension::AgeFiveYears | Dimension::AgeSchoolStage | Dimension::Age => {
            let ages = words().flat_map(|group| ages_of(dimension, group)).map(|age| json!(age.to_string()));
            ("v.age_years = ANY ", "::smallint[]", ages.collect())
        }
        Dimension::Outcome => {
            let statuses = words().flat_map(|outcome| statuses_of(outcome)).map(|status| json!(status));
            ("v.status = ANY ", "", statuses.collect())
        }
        Dimension::Kind => equal("v.kind = ANY "),
        Dimension::MainForm => equal("v.main_form = ANY "),
        Dimension::Level => equal("v.level = ANY "),
        Dimension::Sex => equal("v.sex = ANY "),
        Dimension::Setting => equal("v.setting = ANY "),
        Dimension::Relation => equal("v.relation = ANY "),
        Dimension::Agency => equal("v.agency_code = ANY "),
        Dimension::Status => equal("v.status = ANY "),
        Dimension::Channel => equal("v.channel = ANY "),
        // No filter, `Filters` refuses it: it would match nothing.
        Dimension::Day
        | Dimension::Month
        | Dimension::Quarter
        | Dimension::Year
        | Dimension::SchoolYear
        | Dimension::Region
        | Dimension::Settlement => equal("false AND '' = ANY "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qorgan_domain::statistics::StatisticsParameters;

    fn query(group_by: &[Dimension], filters: &[(Dimension, &[&str])]) -> StatisticsQuery {
        let day = |text: &str| text.parse().unwrap();
        let filters = filters
            .iter()
            .fold(Filters::default(), |filters, (dimension, values)| filters.narrowed(*dimension, *values).unwrap());
        let parameters = StatisticsParameters {
            group_by: group_by.to_vec(),
            from: day("2025-01-01"),
            to: day("2025-12-31"),
            as_of: None,
            filters,
        };
        StatisticsQuery::new(parameters, day("2026-04-01")).unwrap()
    }

    #[test]
    fn what_a_caller_sends_is_bound_and_never_written_into_the_statement() {
        let filters: &[(Dimension, &[&str])] = &[
            (Dimension::Territory, &["351000000", "352410000"]),
            (Dimension::AgeSchoolStage, &["age_16_17"]),
            (Dimension::Outcome, &["not_decided"]),
            (Dimension::Agency, &["UO"]),
        ];
        let (sql, values) = conditions(&query(&[], filters), "$4");
        for sent in ["3510", "age_16", "not_decided", "UO", "17"] {
            assert!(!sql.contains(sent), "{sent} stands in {sql}");
        }
        assert_eq!(
            values,
            json!({"territory": ["3510%", "352410%"], "age_school_stage": ["16", "17"],
                "outcome": ["registered", "under_qualification"], "agency": ["UO"]})
        );
        assert!(sql.starts_with(" AND v.kato LIKE ANY (ARRAY(SELECT jsonb_array_elements_text($4 -> 'territory')))"));
        assert_eq!(conditions(&query(&[], &[]), "$4"), (String::new(), json!({})));
    }

    #[test]
    fn a_fact_of_several_forms_is_asked_for_by_one_row_or_by_all_forms() {
        let one = (Dimension::AnyForm, ["physical"].as_slice());
        let two = (Dimension::AnyForm, ["bullying", "physical"].as_slice());
        for (group_by, filter, column) in [
            (Dimension::Kind, one, "v.form = ANY"),
            (Dimension::Kind, two, "v.forms && "),
            (Dimension::AnyForm, one, "v.forms && "),
        ] {
            let (sql, _) = conditions(&query(&[group_by], &[filter]), "$1");
            assert!(sql.contains(column), "{sql}");
        }
    }

    #[test]
    fn every_dimension_with_a_vocabulary_is_a_filter() {
        for dimension in Dimension::ALL {
            let Some(codes) = dimension.codes() else { continue };
            let (sql, _) = conditions(&query(&[], &[(*dimension, &[codes[0]])]), "$1");
            assert!(!sql.contains("false"), "{sql}");
        }
    }
}

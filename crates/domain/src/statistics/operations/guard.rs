//! What may be asked of protected statistics of the operation: as of the register
//! ([`guard`](crate::statistics::protection::guard)), few ways to the same records.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{OperationsDimension, OperationsQuery};
use crate::Invalid;
use crate::statistics::protection::{DisclosureRule, end_of_month_before, units};

/// KATO digits of a city or district.
const DISTRICT: usize = 4;

/// The query whose answer may be shown, protected: as things stood at the last end of a month that lies before `today`
/// and not after the day asked for, of one whole month, quarter, year or school year or the part of it that has passed.
///
/// # Errors
/// Every wrong field at once: `to` with `period_not_whole`, `territory` with `territory_too_fine`, `organisation` or
/// `group_by` with `organisation_too_fine`, `group_by` with `too_many_attributes` (`max`).
pub fn guard(
    query: OperationsQuery,
    rule: &DisclosureRule,
    today: NaiveDate,
) -> Result<OperationsQuery, Vec<(&'static str, Invalid)>> {
    let as_of = end_of_month_before(query.as_of(), today);
    let mut errors = Vec::new();
    if query.group_by().contains(&OperationsDimension::Organisation) {
        errors.push(("group_by", Invalid::new("organisation_too_fine")));
    } else if attributes(&query) > usize::from(rule.max_attributes) {
        errors.push(("group_by", Invalid::new("too_many_attributes").with("max", rule.max_attributes)));
    }
    if query.filters().organisation.is_some() {
        errors.push(("organisation", Invalid::new("organisation_too_fine")));
    }
    if !query.at_a_moment() && units(query.from(), query.to(), as_of).is_empty() {
        errors.push(("to", Invalid::new("period_not_whole")));
    }
    if query.filters().territory.as_ref().is_some_and(|territory| territory.prefix().len() > DISTRICT) {
        errors.push(("territory", Invalid::new("territory_too_fine")));
    }
    if errors.is_empty() { Ok(query.with_as_of(as_of)) } else { Err(errors) }
}

/// Dimensions and filters, each once. Months only divide the period; of what is open they divide by when it began.
fn attributes(query: &OperationsQuery) -> usize {
    let divides = |dimension: &OperationsDimension| *dimension == OperationsDimension::Month && !query.at_a_moment();
    let grouped = query.group_by().iter().copied().filter(|dimension| !divides(dimension));
    let all: BTreeSet<OperationsDimension> =
        grouped.chain(query.filters().given().map(|(dimension, _)| dimension)).collect();
    all.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::RiskLevel;
    use crate::statistics::operations::{Counted, OperationsFilters, OperationsParameters, OperationsReport};
    use OperationsDimension::{Agency, Month, Organisation, Outcome, RiskLevel as Risk, Stage};

    const RULE: DisclosureRule =
        DisclosureRule { max_noise: 5, variance: 3.0, threshold: 3, hidden_below: 3, max_attributes: 4 };

    fn ask(
        counted: Counted,
        group_by: &[OperationsDimension],
        period: [&str; 2],
        filters: OperationsFilters,
    ) -> Result<String, Vec<String>> {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let [from, to] = period.map(day);
        let parameters = OperationsParameters {
            report: OperationsReport::Cases,
            counted,
            group_by: group_by.to_vec(),
            from,
            to,
            as_of: None,
            filters,
        };
        let query = OperationsQuery::new(parameters, day("2026-11-22")).unwrap();
        guard(query, &RULE, day("2026-11-22"))
            .map(|query| query.as_of().to_string())
            .map_err(|wrong| wrong.iter().map(|(name, invalid)| format!("{name} {}", invalid.code())).collect())
    }

    #[test]
    fn few_ways_lead_to_the_same_cases() {
        let none = OperationsFilters::default;
        let year = ["2026-01-01", "2026-12-31"];
        let odd = ["2026-01-02", "2026-12-31"];
        let told = |code: &str| Err(vec![code.to_owned()]);
        assert_eq!(ask(Counted::Open, &[Stage], odd, none()), Ok("2026-10-31".into()), "no period is asked of");
        assert_eq!(ask(Counted::Opened, &[Stage, Month], year, none()), Ok("2026-10-31".into()));
        assert_eq!(ask(Counted::Opened, &[Stage], odd, none()), told("to period_not_whole"));
        assert_eq!(ask(Counted::Open, &[Organisation], year, none()), told("group_by organisation_too_fine"));
        let fine = OperationsFilters { territory: Some("351011100".parse().unwrap()), ..none() };
        assert_eq!(ask(Counted::Open, &[], year, fine), told("territory territory_too_fine"));
        let high = OperationsFilters { risk_level: Some(RiskLevel::High), ..none() };
        assert_eq!(ask(Counted::Closed, &[Stage, Risk, Outcome, Agency], year, high.clone()), Ok("2026-10-31".into()));
        let of_risk = ask(Counted::Open, &[Stage, Outcome, Agency, Month], year, high);
        assert_eq!(of_risk, told("group_by too_many_attributes"));
    }
}

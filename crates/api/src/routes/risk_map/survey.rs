//! What both operations need: the right, the period, the counts, the children.

use chrono::{Datelike, NaiveDate};
use qorgan_domain::Invalid;
use qorgan_domain::policy::{Action, may_ever};
use qorgan_domain::statistics::protection::{DisclosureRule, guard};
use qorgan_domain::statistics::risk::{Children, Indicator, Observations, Plan, Span, Surveyed};
use qorgan_domain::statistics::{
    AsOf, ChildPopulation, Filters, StatisticsMethod, StatisticsParameters, StatisticsQuery, TerritoryPopulation,
};
use qorgan_domain::territory::Kato;
use qorgan_storage::reference::{DatedRiskRules, TerritoryRow};
use qorgan_storage::{Permit, Tx};

use crate::problem::{FieldErrors, Problem, ProblemCode};

/// Length of the digits that name a city or a district.
const DISTRICT: usize = 4;

/// What a caller asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// First day of the events.
    pub from: Option<NaiveDate>,
    /// Last day of the events.
    pub to: Option<NaiveDate>,
    /// The register as it read at the end of this day.
    pub as_of: Option<NaiveDate>,
    /// How to count.
    pub method: Option<StatisticsMethod>,
}

/// A city or a district of the map.
pub struct Place {
    /// Its code.
    pub kato: Kato,
    /// Its names and its seat.
    pub row: TerritoryRow,
}

/// Everything that was counted, with what it is judged by.
pub struct Survey {
    /// The periods.
    pub plan: Plan,
    /// Cities and districts, by code.
    pub places: Vec<Place>,
    /// Their codes, in the same order.
    pub codes: Vec<Kato>,
    /// The counts.
    pub seen: Observations,
    /// The children.
    pub children: Children,
    /// Where the numbers of children of the map's period come from.
    pub population: ChildPopulation,
    /// The rules of the map.
    pub rules: DatedRiskRules,
    /// The rule that protected the counts; none where they are exact.
    pub disclosure: Option<DisclosureRule>,
}

impl Survey {
    /// Counts all that the plan of the period asks for. `historic` are compared with their past; the parts of the index
    /// are counted where `index` is wanted.
    ///
    /// # Errors
    /// `forbidden`; `invalid_query` naming every wrong parameter; faults of the database.
    pub fn take(tx: &mut Tx<'_>, asked: Asked, historic: &[Indicator], index: bool) -> Result<Self, Problem> {
        let permit = permit(tx, asked.method)?;
        let today = tx.today();
        let query = query(asked, today)?;
        let (query, disclosure) = if permit.action() == Action::StatisticsExact {
            (query, None)
        } else {
            let rule = tx.disclosure_rule(query.as_of_day())?;
            let query = guard(query, &rule, today).map_err(refused)?;
            let rule = tx.disclosure_rule(query.as_of_day())?;
            (query, Some(rule))
        };
        let as_of = query.as_of_day();
        let asked = Span { from: query.from(), to: query.to() };
        let current = if disclosure.is_some() { asked.completed(as_of) } else { asked };
        let rules = tx.risk_map_rules(as_of)?;
        let plan = Plan::new(current, as_of, historic, index, &rules.rules);
        let places = places(tx)?;
        let codes: Vec<Kato> = places.iter().map(|place| place.kato.clone()).collect();
        let (children, population) = children(&tx.child_population_history()?, &plan, &codes);
        let seen = tx.risk_counts(&permit, &plan, disclosure.as_ref())?;
        Ok(Self { plan, places, codes, seen, children, population, rules, disclosure })
    }

    /// The same as the domain judges it.
    pub fn surveyed(&self) -> Surveyed<'_> {
        Surveyed {
            plan: &self.plan,
            places: &self.codes,
            seen: &self.seen,
            children: &self.children,
            noise_variance: self.disclosure.as_ref().map_or(0.0, |rule| rule.variance),
            rules: &self.rules.rules,
        }
    }

    /// How the counts were made.
    pub const fn method(&self) -> StatisticsMethod {
        if self.disclosure.is_some() { StatisticsMethod::Protected } else { StatisticsMethod::Exact }
    }
}

/// The right to the method asked for: exact where the caller may and says nothing.
fn permit(tx: &mut Tx<'_>, method: Option<StatisticsMethod>) -> Result<Permit, Problem> {
    let exact = may_ever(tx.actor(), Action::StatisticsExact);
    let action = match method {
        Some(StatisticsMethod::Exact) => Action::StatisticsExact,
        None if exact => Action::StatisticsExact,
        Some(StatisticsMethod::Protected) | None => Action::StatisticsProtected,
    };
    Ok(tx.authorize(action)?)
}

/// The period, checked as every count of the register is. Where none is given it is the calendar year of the last end of
/// a month before the day of the register: the year that protected counts know something of.
fn query(asked: Asked, today: NaiveDate) -> Result<StatisticsQuery, Problem> {
    let as_of = asked.as_of.unwrap_or(today);
    let known = as_of.with_day(1).and_then(|first| first.pred_opt()).unwrap_or(as_of);
    let year = Span::year_of(asked.from.or(asked.to).unwrap_or(known)).unwrap_or(Span { from: known, to: known });
    let parameters = StatisticsParameters {
        group_by: Vec::new(),
        from: asked.from.unwrap_or(year.from),
        to: asked.to.unwrap_or(year.to),
        as_of: asked.as_of.map(AsOf::from),
        filters: Filters::default(),
    };
    StatisticsQuery::new(parameters, today).map_err(refused)
}

fn refused(wrong: Vec<(&'static str, Invalid)>) -> Problem {
    let mut errors = FieldErrors::new();
    for (name, invalid) in wrong {
        errors.push_named(name, invalid);
    }
    Problem::new(ProblemCode::InvalidQuery).with_errors(errors)
}

/// The cities and districts that have a seat to stand at.
fn places(tx: &mut Tx<'_>) -> Result<Vec<Place>, Problem> {
    let rows = tx.territory_list()?.into_iter();
    let districts = rows.filter_map(|row| {
        let kato: Kato = row.kato.parse().ok()?;
        let whole = kato.prefix().len() == DISTRICT && row.seat_lat.is_some() && row.seat_lon.is_some();
        whole.then_some(Place { kato, row })
    });
    Ok(districts.collect())
}

/// The children of each year of the plan, by the numbers in force in its middle, and the numbers of the map's own period.
fn children(rows: &[TerritoryPopulation], plan: &Plan, codes: &[Kato]) -> (Children, ChildPopulation) {
    let mut children = Children::default();
    let middle = |year| NaiveDate::from_ymd_opt(year, 7, 1).unwrap_or(plan.current().from);
    let region = codes.first().map(Kato::region);
    for year in plan.years() {
        let population = ChildPopulation::on(rows, middle(year));
        let number = |kato: &Kato| u64::from(population.children(kato).unwrap_or_default());
        for kato in codes {
            children.note(year, Some(kato.clone()), number(kato));
        }
        children.note(year, None, region.as_ref().map(number).unwrap_or_default());
    }
    (children, ChildPopulation::on(rows, middle(Children::year_of(plan.current()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_that_was_not_given_is_a_whole_year() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let today = day("2026-11-23");
        for (from, to, as_of, expected) in [
            (None, None, None, ["2026-01-01", "2026-12-31"]),
            (None, None, Some("2026-01-20"), ["2025-01-01", "2025-12-31"]),
            (Some("2025-09-01"), None, None, ["2025-09-01", "2025-12-31"]),
            (None, Some("2025-03-31"), None, ["2025-01-01", "2025-03-31"]),
            (Some("2026-04-01"), Some("2026-06-30"), None, ["2026-04-01", "2026-06-30"]),
        ] {
            let asked = Asked { from: from.map(day), to: to.map(day), as_of: as_of.map(day), method: None };
            let query = query(asked, today).unwrap();
            assert_eq!([query.from(), query.to()], expected.map(day));
        }
        let reversed =
            Asked { from: Some(day("2026-04-01")), to: Some(today), as_of: Some(day("2027-01-01")), method: None };
        assert!(query(reversed, day("2026-11-23")).is_err());
    }
}

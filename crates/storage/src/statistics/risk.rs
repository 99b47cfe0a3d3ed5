//! What the risk map counts: the questions of a plan, each one count of the register.

use qorgan_domain::statistics::protection::{DisclosureRule, guard};
use qorgan_domain::statistics::risk::{Observations, Plan, Question};
use qorgan_domain::statistics::{Dimension, Filters, StatisticsParameters, StatisticsQuery};
use qorgan_domain::territory::Kato;

use super::count::CountRow;
use crate::{Permit, StorageError, Tx};

impl Tx<'_> {
    /// Counts all that a plan asks for: exactly without a rule of disclosure, protected by it otherwise. Each question of
    /// a protected plan passes the domain's `guard` like any other, so nothing is counted here that
    /// [`Tx::register_counts_protected`] would not tell the same reader.
    ///
    /// It is one audit row, however many questions.
    ///
    /// # Errors
    /// [`StorageError`]; also where `permit` does not fit, or the plan asks what may not be asked.
    pub fn risk_counts(
        &mut self,
        permit: &Permit,
        plan: &Plan,
        rule: Option<&DisclosureRule>,
    ) -> Result<Observations, StorageError> {
        let audited = self.audits.len();
        let mut seen = Observations::default();
        // Few, by the plan: a count by calendar years, not by months.
        for question in plan.questions() {
            let query = self.query_of(&question, plan)?;
            let counts = match rule {
                None => self.register_counts(permit, &query)?,
                Some(rule) => {
                    let today = self.today();
                    let query = guard(query, rule, today)
                        .map_err(|_| StorageError::Statement("the risk map asks what may not be asked"))?;
                    self.register_counts_protected(permit, &query, rule)?
                }
            };
            for row in &counts.rows {
                note(&mut seen, &question, row)?;
            }
        }
        self.audits.truncate(audited + 1);
        Ok(seen)
    }

    fn query_of(&self, question: &Question, plan: &Plan) -> Result<StatisticsQuery, StorageError> {
        let parameters = StatisticsParameters {
            group_by: question.dimensions(),
            from: question.span.from,
            to: question.span.to,
            as_of: Some(plan.as_of().into()),
            filters: Filters::default(),
        };
        StatisticsQuery::new(parameters, self.today())
            .map_err(|_| StorageError::Statement("the risk map asks what cannot be counted"))
    }
}

/// Notes a cell under the period, the indicator and the place that it counts.
fn note(seen: &mut Observations, question: &Question, row: &CountRow) -> Result<(), StorageError> {
    let value = |dimension: &Dimension| row.keys.get(dimension).and_then(Option::as_deref);
    let values: Vec<Option<&str>> = question.grouping.dimensions().iter().map(value).collect();
    let place: Option<Kato> = match value(&Dimension::Territory) {
        Some(kato) => Some(kato.parse().map_err(|_| StorageError::Statement("a territory without a KATO code"))?),
        None => None,
    };
    let span = question.span_of(question.time().as_ref().and_then(value));
    if let (Some(span), Some(indicator)) = (span, question.grouping.indicator_of(&values)) {
        seen.note(span, indicator, place, row.count.unsigned_abs());
    }
    Ok(())
}

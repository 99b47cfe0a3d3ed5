//! What to count.

use chrono::{Months, NaiveDate};

use super::{Counted, OperationsDimension, OperationsReport};
use crate::Invalid;
use crate::cases::{ClosureOutcome, RiskLevel, Stage};
use crate::clocks::DeadlineKind;
use crate::identity::AgencyCode;
use crate::ids::OrganisationId;
use crate::signals::{SignalChannel, Urgency};
use crate::territory::Kato;

/// Records that a count is narrowed to; what is absent does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationsFilters {
    /// Cases in this stage.
    pub stage: Option<Stage>,
    /// At this risk.
    pub risk_level: Option<RiskLevel>,
    /// Cases that came to this.
    pub outcome: Option<ClosureOutcome>,
    /// Deadlines of this kind.
    pub deadline: Option<DeadlineKind>,
    /// Signals that came this way.
    pub channel: Option<SignalChannel>,
    /// Signals as urgent as this.
    pub urgency: Option<Urgency>,
    /// Of this agency.
    pub agency: Option<AgencyCode>,
    /// In this unit or inside it.
    pub territory: Option<Kato>,
    /// Of this organisation.
    pub organisation: Option<OrganisationId>,
}

impl OperationsFilters {
    /// The filters that are given: the dimension and the code of the value.
    pub fn given(&self) -> impl Iterator<Item = (OperationsDimension, String)> {
        use OperationsDimension as D;
        let Self { stage, risk_level, outcome, deadline, channel, urgency, agency, territory, organisation } = self;
        let given = [
            (D::Stage, stage.map(|word| word.to_string())),
            (D::RiskLevel, risk_level.map(|word| word.to_string())),
            (D::Outcome, outcome.map(|word| word.to_string())),
            (D::Deadline, deadline.map(|word| word.to_string())),
            (D::Channel, channel.map(|word| word.to_string())),
            (D::Urgency, urgency.map(|word| word.to_string())),
            (D::Agency, agency.as_ref().map(|code| code.as_str().to_owned())),
            (D::Territory, territory.as_ref().map(|kato| kato.as_str().to_owned())),
            (D::Organisation, organisation.map(|id| id.to_string())),
        ];
        given.into_iter().filter_map(|(dimension, value)| Some((dimension, value?)))
    }
}

/// What is asked for, before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationsParameters {
    /// What the table is about.
    pub report: OperationsReport,
    /// Which cases, where the table is about cases.
    pub counted: Counted,
    /// By what to group, in the order of the columns.
    pub group_by: Vec<OperationsDimension>,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of the period, itself included.
    pub to: NaiveDate,
    /// How things stood at the end of this day; today when absent.
    pub as_of: Option<NaiveDate>,
    /// Records to narrow to.
    pub filters: OperationsFilters,
}

/// A count that may be asked for. Days are those of Kazakhstan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationsQuery {
    report: OperationsReport,
    counted: Counted,
    group_by: Vec<OperationsDimension>,
    from: NaiveDate,
    to: NaiveDate,
    as_of: NaiveDate,
    filters: OperationsFilters,
}

impl OperationsQuery {
    /// More would list cases one by one.
    pub const MAX_DIMENSIONS: usize = 4;
    /// The longest period, in years.
    pub const MAX_YEARS: u32 = 20;

    /// Checks what is asked for. `today` bounds `as_of`.
    ///
    /// # Errors
    /// Every wrong field at once: `group_by` with `dimension_repeated`, `dimension_not_here` (`allowed`) or
    /// `too_many_dimensions` (`max`), `to` with `period_reversed` or `period_too_long` (`max_years`), `as_of` with
    /// `as_of_future`, a filter that the table does not know with `not_allowed_here`.
    pub fn new(parameters: OperationsParameters, today: NaiveDate) -> Result<Self, Vec<(&'static str, Invalid)>> {
        let OperationsParameters { report, counted, group_by, from, to, as_of, filters } = parameters;
        let as_of = as_of.unwrap_or(today);
        let known = report.dimensions();
        let mut errors = Vec::new();
        if group_by.iter().any(|dimension| !known.contains(dimension)) {
            let allowed: Vec<&str> = known.iter().map(|dimension| dimension.as_str()).collect();
            errors.push(("group_by", Invalid::new("dimension_not_here").with("allowed", allowed.join(","))));
        } else if (1..group_by.len()).any(|at| group_by[..at].contains(&group_by[at])) {
            errors.push(("group_by", Invalid::new("dimension_repeated")));
        } else if group_by.len() > Self::MAX_DIMENSIONS {
            errors.push(("group_by", Invalid::new("too_many_dimensions").with("max", Self::MAX_DIMENSIONS)));
        }
        for (dimension, _) in filters.given().filter(|(dimension, _)| !known.contains(dimension)) {
            errors.push((dimension.as_str(), Invalid::new("not_allowed_here")));
        }
        if from > to {
            errors.push(("to", Invalid::new("period_reversed")));
        } else if last_allowed(from).is_some_and(|last| to > last) {
            errors.push(("to", Invalid::new("period_too_long").with("max_years", Self::MAX_YEARS)));
        }
        if as_of > today {
            errors.push(("as_of", Invalid::new("as_of_future")));
        }
        if errors.is_empty() { Ok(Self { report, counted, group_by, from, to, as_of, filters }) } else { Err(errors) }
    }

    /// What the table is about.
    pub fn report(&self) -> OperationsReport {
        self.report
    }

    /// Which cases, where it is about cases.
    pub fn counted(&self) -> Counted {
        self.counted
    }

    /// Whether the period has no part in it: of what is open at a moment only the moment counts.
    pub fn at_a_moment(&self) -> bool {
        self.report == OperationsReport::Cases && self.counted == Counted::Open
    }

    /// By what to group, in the order of the columns; empty for one total.
    pub fn group_by(&self) -> &[OperationsDimension] {
        &self.group_by
    }

    /// First day of the period.
    pub fn from(&self) -> NaiveDate {
        self.from
    }

    /// Last day of the period, itself included.
    pub fn to(&self) -> NaiveDate {
        self.to
    }

    /// How things stood at the end of this day.
    pub fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// Records to narrow to.
    pub fn filters(&self) -> &OperationsFilters {
        &self.filters
    }

    /// Whether times of different kinds of deadlines would be thrown together in a row: then none are told.
    pub fn mixes_times(&self, total: bool) -> bool {
        let grouped = !total && self.group_by.contains(&OperationsDimension::Deadline);
        self.report == OperationsReport::Timeliness && !grouped && self.filters.deadline.is_none()
    }

    /// The same count of how things stood at the end of another day.
    pub(super) fn with_as_of(self, as_of: NaiveDate) -> Self {
        Self { as_of, ..self }
    }
}

/// The last day of the longest period: the day before its anniversary. None past the calendar.
fn last_allowed(from: NaiveDate) -> Option<NaiveDate> {
    from.checked_add_months(Months::new(12 * OperationsQuery::MAX_YEARS))?.pred_opt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperationsDimension::{Channel, Deadline, Month, Outcome, RiskLevel, Specialist, Stage, Territory, Urgency};

    fn codes(report: OperationsReport, group_by: &[OperationsDimension], filters: OperationsFilters) -> Vec<String> {
        let day = |text: &str| text.parse().unwrap();
        let (from, to) = (day("2026-01-01"), day("2026-12-31"));
        let parameters = OperationsParameters {
            report,
            counted: Counted::Open,
            group_by: group_by.to_vec(),
            from,
            to,
            as_of: None,
            filters,
        };
        let wrong = OperationsQuery::new(parameters, day("2026-11-22")).err().unwrap_or_default();
        wrong.iter().map(|(name, invalid)| format!("{name} {}", invalid.code())).collect()
    }

    #[test]
    fn each_table_knows_its_dimensions_and_filters() {
        let none = OperationsFilters::default;
        assert_eq!(codes(OperationsReport::Cases, &[Stage, RiskLevel, Channel, Month], none()), [""; 0]);
        assert_eq!(codes(OperationsReport::Detection, &[Stage], none()), ["group_by dimension_not_here"]);
        assert_eq!(codes(OperationsReport::Cases, &[Specialist], none()), ["group_by dimension_not_here"]);
        assert_eq!(codes(OperationsReport::Timeliness, &[Deadline, Deadline], none()), ["group_by dimension_repeated"]);
        let five = [Stage, RiskLevel, Outcome, Channel, Territory];
        assert_eq!(codes(OperationsReport::Cases, &five, none()), ["group_by too_many_dimensions"]);
        let urgent = OperationsFilters { urgency: Some(crate::signals::Urgency::Urgent), ..none() };
        assert_eq!(
            codes(OperationsReport::Cases, &[Urgency], urgent.clone()),
            ["group_by dimension_not_here", "urgency not_allowed_here"]
        );
        assert_eq!(codes(OperationsReport::Detection, &[], urgent), [""; 0]);
    }

    #[test]
    fn filters_and_dimensions_of_a_table_are_the_same() {
        for report in OperationsReport::ALL {
            assert!(report.dimensions().iter().all(|dimension| *dimension != Specialist), "{report}");
            assert!(!report.measures().is_empty());
        }
    }
}

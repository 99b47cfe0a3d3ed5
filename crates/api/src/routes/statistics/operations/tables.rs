//! The tables of cases, deadlines, recurrence and signals: what each has of its own, and what they have in common.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::cases::{ClosureOutcome, RiskLevel, Stage};
use qorgan_domain::clocks::DeadlineKind;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::signals::{SignalChannel, Urgency};
use qorgan_domain::statistics::operations::{
    Counted, OperationsDimension, OperationsFilters, OperationsParameters, OperationsReport,
};
use qorgan_domain::territory::Kato;

use super::super::format::Accepted;
use super::super::json_stat::JsonStatView;
use super::answer::{Wanted, answer, count};
use super::view::OperationsView;
use super::words::period;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Query, QueryParameters};

query! {
    /// How to cut any of the tables.
    pub struct CutQuery {
        /// By what to group, in the order of the columns, with commas between; each table says what it knows.
        #[param(example = "agency,month", style = Form, explode = false)]
        pub group_by: Vec<OperationsDimension>,
        /// First day of the period; 1 January of the year of `to` when absent.
        pub from: Option<NaiveDate>,
        /// Last day of the period, itself included; `as_of` when absent.
        pub to: Option<NaiveDate>,
        /// As things stood at the end of this day; today when absent.
        pub as_of: Option<NaiveDate>,
        /// Of this agency.
        pub agency: Option<AgencyCode>,
        /// Of this territory or inside it (KATO).
        pub territory: Option<Kato>,
        /// Of this organisation.
        pub organisation: Option<OrganisationId>,
    }
}

/// The parameters that a table has of its own.
trait Own: QueryParameters + Send + 'static {
    /// The table.
    const REPORT: OperationsReport;
    /// What is grouped by where nothing is asked for.
    const GROUPED: &'static [OperationsDimension] = &[];

    /// Which cases, where the table is about cases.
    fn counted(&self) -> Counted {
        Counted::Closed
    }

    /// What it is narrowed to.
    fn filters(self) -> OperationsFilters;
}

/// All that a table is asked.
type Asked<T> = Query<(T, (CutQuery, Wanted))>;

async fn table<T: Own>(ctx: Ctx, accepted: Accepted, query: Asked<T>) -> Result<HttpResponse, Problem> {
    let (own, (cut, wanted)) = query.0;
    answer(ctx, wanted, accepted, move |tx, permit, language| {
        let (from, to) = period(cut.from, cut.to, cut.as_of, tx.today());
        let CutQuery { group_by, as_of, agency, territory, organisation, .. } = cut;
        let parameters = OperationsParameters {
            report: T::REPORT,
            counted: own.counted(),
            group_by: if group_by.is_empty() { T::GROUPED.to_vec() } else { group_by },
            from,
            to,
            as_of,
            filters: OperationsFilters { agency, territory, organisation, ..own.filters() },
        };
        count(tx, permit, language, parameters)
    })
    .await
}

query! {
    /// Which cases to count.
    pub struct CaseStatisticsQuery {
        /// Which cases: open at the end of `as_of` (when absent), or opened, closed, opened anew in the period.
        pub counted: Option<Counted>,
        /// Cases in this stage.
        pub stage: Option<Stage>,
        /// Cases at this risk.
        pub risk_level: Option<RiskLevel>,
        /// Cases that came to this. `merged` are duplicates, which are not counted otherwise.
        pub outcome: Option<ClosureOutcome>,
        /// Cases opened for a signal that came this way.
        pub channel: Option<SignalChannel>,
    }
}

impl Own for CaseStatisticsQuery {
    const REPORT: OperationsReport = OperationsReport::Cases;

    fn counted(&self) -> Counted {
        self.counted.unwrap_or(Counted::Open)
    }

    fn filters(self) -> OperationsFilters {
        let Self { counted: _, stage, risk_level, outcome, channel } = self;
        OperationsFilters { stage, risk_level, outcome, channel, ..OperationsFilters::default() }
    }
}

/// Count cases: by stage, risk, lead, place, how they were found, what they came to.
///
/// By `stage`, `risk_level`, `outcome`, `channel`, `agency` (of the lead), `territory`, `organisation` (the lead), `month`; one
/// total when `group_by` is absent. Stage, risk, lead and outcome are those at the moment that is asked about, so that a past
/// day reads as it was. Whoever manages cases gets **exact** counts of the cases in reach: those that it may open by its work.
/// Everybody else gets **protected** counts of the whole region, as of the end of a month that is over, for whole periods, by
/// cities and districts (see `docs/operations-statistics.md`).
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_cases",
    params(CaseStatisticsQuery, CutQuery, Wanted),
    responses(
        (status = 200, description = "The table", content(
            (OperationsView = "application/json"),
            (JsonStatView = "application/vnd.json-stat+json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "application/x-ndjson"),
        )),
        (status = 406, description = "not_acceptable"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operations_read"))),
)]
#[get("/statistics/cases")]
pub async fn statistics_cases(
    ctx: Ctx,
    accepted: Accepted,
    query: Asked<CaseStatisticsQuery>,
) -> Result<HttpResponse, Problem> {
    table(ctx, accepted, query).await
}

query! {
    /// Which deadlines to count.
    pub struct TimelinessQuery {
        /// Deadlines of this kind.
        pub deadline: Option<DeadlineKind>,
        /// Deadlines that run by the rule of this risk.
        pub risk_level: Option<RiskLevel>,
    }
}

impl Own for TimelinessQuery {
    const REPORT: OperationsReport = OperationsReport::Timeliness;
    const GROUPED: &'static [OperationsDimension] = &[OperationsDimension::Deadline];

    fn filters(self) -> OperationsFilters {
        let Self { deadline, risk_level } = self;
        OperationsFilters { deadline, risk_level, ..OperationsFilters::default() }
    }
}

/// Tell whether deadlines were kept, and how long it took until what they wait for was done.
///
/// By `deadline`, `risk_level`, `agency`, `territory`, `organisation`, `month` (in which it was due); by `deadline` when
/// `group_by` is absent. Counted are the deadlines that were due in the period, as they stood at the end of `as_of`: met in
/// time, met late, overdue, or still running. Times run from the start of a clock until it was met, without what it stood
/// still; they are told of one kind of deadline at a time, so that the time to the first contact is not thrown together with
/// that to the plan. Who answers for a deadline (`agency`, `organisation`) is who holds the task, else the lead of the case.
///
/// Protected tables count cases, each once in a cell, and tell times only of cells from a smallest count on.
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_timeliness",
    params(TimelinessQuery, CutQuery, Wanted),
    responses(
        (status = 200, description = "The table", content(
            (OperationsView = "application/json"),
            (JsonStatView = "application/vnd.json-stat+json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "application/x-ndjson"),
        )),
        (status = 406, description = "not_acceptable"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operations_read"))),
)]
#[get("/statistics/timeliness")]
pub async fn statistics_timeliness(
    ctx: Ctx,
    accepted: Accepted,
    query: Asked<TimelinessQuery>,
) -> Result<HttpResponse, Problem> {
    table(ctx, accepted, query).await
}

query! {
    /// Which closed cases to look at again.
    pub struct RecurrenceQuery {
        /// Cases at this risk when they were closed.
        pub risk_level: Option<RiskLevel>,
        /// Cases that came to this.
        pub outcome: Option<ClosureOutcome>,
        /// Cases opened for a signal that came this way.
        pub channel: Option<SignalChannel>,
    }
}

impl Own for RecurrenceQuery {
    const REPORT: OperationsReport = OperationsReport::Recurrence;

    fn filters(self) -> OperationsFilters {
        let Self { risk_level, outcome, channel } = self;
        OperationsFilters { risk_level, outcome, channel, ..OperationsFilters::default() }
    }
}

/// Tell what became of children after their cases were closed.
///
/// By `risk_level`, `outcome`, `channel`, `agency` (of the lead), `territory`, `organisation`, `month` (of the closure); one
/// total when `group_by` is absent. Of the cases closed in the period: how many have been observed long enough (12 months,
/// dated reference data), and of these how many were opened anew, how many children had a new case, a new fact in the
/// register, or any of it. The same child is the same surviving record. A duplicate that was merged, an annulled fact and one
/// that was not confirmed do not count.
///
/// Exact counts look for new cases and facts only where the caller may see them: they must not tell of a case elsewhere.
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_recurrence",
    params(RecurrenceQuery, CutQuery, Wanted),
    responses(
        (status = 200, description = "The table", content(
            (OperationsView = "application/json"),
            (JsonStatView = "application/vnd.json-stat+json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "application/x-ndjson"),
        )),
        (status = 406, description = "not_acceptable"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operations_read"))),
)]
#[get("/statistics/recurrence")]
pub async fn statistics_recurrence(
    ctx: Ctx,
    accepted: Accepted,
    query: Asked<RecurrenceQuery>,
) -> Result<HttpResponse, Problem> {
    table(ctx, accepted, query).await
}

query! {
    /// Which signals to count.
    pub struct DetectionQuery {
        /// Signals that came this way.
        pub channel: Option<SignalChannel>,
        /// Signals as urgent as this.
        pub urgency: Option<Urgency>,
    }
}

impl Own for DetectionQuery {
    const REPORT: OperationsReport = OperationsReport::Detection;

    fn filters(self) -> OperationsFilters {
        let Self { channel, urgency } = self;
        OperationsFilters { channel, urgency, ..OperationsFilters::default() }
    }
}

/// Count signals: how danger is found, what became of them, and how soon somebody decided.
///
/// By `channel`, `urgency`, `agency` (of the addressee), `territory`, `organisation` (the addressee), `month`; one total when
/// `group_by` is absent. This tells of attention, not of harm: more signals may mean that more is found early. Harm is counted
/// in the register (`GET /statistics/register`).
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_detection",
    params(DetectionQuery, CutQuery, Wanted),
    responses(
        (status = 200, description = "The table", content(
            (OperationsView = "application/json"),
            (JsonStatView = "application/vnd.json-stat+json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "application/x-ndjson"),
        )),
        (status = 406, description = "not_acceptable"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operations_read"))),
)]
#[get("/statistics/detection")]
pub async fn statistics_detection(
    ctx: Ctx,
    accepted: Accepted,
    query: Asked<DetectionQuery>,
) -> Result<HttpResponse, Problem> {
    table(ctx, accepted, query).await
}

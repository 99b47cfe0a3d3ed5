//! `GET /statistics/cases`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::cases::{ClosureOutcome, RiskLevel, Stage};
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::signals::SignalChannel;
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::operations::{
    Counted, OperationsDimension, OperationsFilters, OperationsParameters, OperationsReport,
};
use qorgan_domain::territory::Kato;

use super::super::format::Accepted;
use super::answer::{Wanted, answer, count};
use super::format::OperationsFormat;
use super::view::OperationsView;
use super::words::period;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::Query;

query! {
    /// Which cases to count.
    pub struct CaseStatisticsQuery {
        /// Which cases: open at the end of `as_of` (when absent), or opened, closed, opened anew in the period.
        pub counted: Option<Counted>,
        /// By what to group, in the order of the columns, with commas between; one total when absent. Of `stage`, `risk_level`,
        /// `outcome`, `channel`, `agency` (of the lead), `territory`, `organisation` (the lead), `month`.
        #[param(example = "stage,risk_level", style = Form, explode = false)]
        pub group_by: Vec<OperationsDimension>,
        /// First day of the period; 1 January of the year of `to` when absent.
        pub from: Option<NaiveDate>,
        /// Last day of the period, itself included; `as_of` when absent.
        pub to: Option<NaiveDate>,
        /// As the cases stood at the end of this day; today when absent.
        pub as_of: Option<NaiveDate>,
        /// Cases in this stage.
        pub stage: Option<Stage>,
        /// Cases at this risk.
        pub risk_level: Option<RiskLevel>,
        /// Cases that came to this. `merged` are duplicates, which are not counted otherwise.
        pub outcome: Option<ClosureOutcome>,
        /// Cases opened for a signal that came this way.
        pub channel: Option<SignalChannel>,
        /// Cases led by an organisation of this agency.
        pub agency: Option<AgencyCode>,
        /// Cases of this territory or inside it (KATO).
        pub territory: Option<Kato>,
        /// Cases led by this organisation.
        pub organisation: Option<OrganisationId>,
        /// How to count; exactly where you may and say nothing.
        pub method: Option<StatisticsMethod>,
        /// In what form to answer; by `Accept` when absent.
        pub format: Option<OperationsFormat>,
    }
}

/// Count cases: by stage, risk, lead, place, how they were found, what they came to.
///
/// Stage, risk, lead and outcome are those at the moment that is asked about, so that a past day reads as it was. Whoever
/// manages cases gets **exact** counts of the cases in reach: those that it may open by its work. Everybody else gets
/// **protected** counts of the whole region, as of the end of a month that is over, for whole periods, by cities and
/// districts (see `docs/operations-statistics.md`).
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_cases",
    params(CaseStatisticsQuery),
    responses(
        (status = 200, description = "The table", content(
            (OperationsView = "application/json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
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
    query: Query<CaseStatisticsQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let wanted = Wanted { method: query.method, format: query.format, accepted };
    answer(ctx, wanted, move |tx, permit, language| {
        let (from, to) = period(query.from, query.to, query.as_of, tx.today());
        let parameters = OperationsParameters {
            report: OperationsReport::Cases,
            counted: query.counted.unwrap_or(Counted::Open),
            group_by: query.group_by,
            from,
            to,
            as_of: query.as_of,
            filters: OperationsFilters {
                stage: query.stage,
                risk_level: query.risk_level,
                outcome: query.outcome,
                channel: query.channel,
                agency: query.agency,
                territory: query.territory,
                organisation: query.organisation,
                ..OperationsFilters::default()
            },
        };
        count(tx, permit, language, parameters)
    })
    .await
}

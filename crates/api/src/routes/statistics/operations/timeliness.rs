//! `GET /statistics/timeliness`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::clocks::DeadlineKind;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::OrganisationId;
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
    /// Which deadlines to count.
    pub struct TimelinessQuery {
        /// By what to group, in the order of the columns, with commas between; by `deadline` when absent. Of `deadline`, `risk_level`, `agency`, `territory`, `organisation`, `month` (in which it was due).
        #[param(example = "deadline,risk_level", style = Form, explode = false)]
        pub group_by: Vec<OperationsDimension>,
        /// First day of the period; 1 January of the year of `to` when absent.
        pub from: Option<NaiveDate>,
        /// Last day of the period, itself included; `as_of` when absent.
        pub to: Option<NaiveDate>,
        /// As things stood at the end of this day; today when absent.
        pub as_of: Option<NaiveDate>,
        /// Deadlines of this kind.
        pub deadline: Option<DeadlineKind>,
        /// Deadlines that run by the rule of this risk.
        pub risk_level: Option<RiskLevel>,
        /// Of this agency.
        pub agency: Option<AgencyCode>,
        /// Of this territory or inside it (KATO).
        pub territory: Option<Kato>,
        /// Of this organisation.
        pub organisation: Option<OrganisationId>,
        /// How to count; exactly where you may and say nothing.
        pub method: Option<StatisticsMethod>,
        /// In what form to answer; by `Accept` when absent.
        pub format: Option<OperationsFormat>,
    }
}

/// Tell whether deadlines were kept, and how long it took until what they wait for was done.
///
/// Counted are the deadlines that were due in the period, as they stood at the end of `as_of`: met in time, met late, overdue,
/// or still running. Times run from the start of a clock until it was met, without what it stood still; they are told of one
/// kind of deadline at a time, so that the time to the first contact is not thrown together with that to the plan. Who
/// answers for a deadline (`agency`, `organisation`) is who holds the task, else the lead of the case.
///
/// Protected tables count cases, each once in a cell, and tell times only of cells from a smallest count on.
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_timeliness",
    params(TimelinessQuery),
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
#[get("/statistics/timeliness")]
pub async fn statistics_timeliness(
    ctx: Ctx,
    accepted: Accepted,
    query: Query<TimelinessQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let wanted = Wanted { method: query.method, format: query.format, accepted };
    answer(ctx, wanted, move |tx, permit, language| {
        let (from, to) = period(query.from, query.to, query.as_of, tx.today());
        let parameters = OperationsParameters {
            report: OperationsReport::Timeliness,
            // Not asked of here.
            counted: Counted::Closed,
            group_by: if query.group_by.is_empty() { vec![OperationsDimension::Deadline] } else { query.group_by },
            from,
            to,
            as_of: query.as_of,
            filters: OperationsFilters {
                deadline: query.deadline,
                risk_level: query.risk_level,
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

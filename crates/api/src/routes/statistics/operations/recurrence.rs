//! `GET /statistics/recurrence`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::cases::{ClosureOutcome, RiskLevel};
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
    /// Which closed cases to look at again.
    pub struct RecurrenceQuery {
        /// By what to group, in the order of the columns, with commas between; one total when absent. Of `risk_level`, `outcome`, `channel`, `agency` (of the lead), `territory`, `organisation`, `month` (of the closure).
        #[param(example = "outcome", style = Form, explode = false)]
        pub group_by: Vec<OperationsDimension>,
        /// First day of the period; 1 January of the year of `to` when absent.
        pub from: Option<NaiveDate>,
        /// Last day of the period, itself included; `as_of` when absent.
        pub to: Option<NaiveDate>,
        /// As things stood at the end of this day; today when absent.
        pub as_of: Option<NaiveDate>,
        /// Cases at this risk when they were closed.
        pub risk_level: Option<RiskLevel>,
        /// Cases that came to this.
        pub outcome: Option<ClosureOutcome>,
        /// Cases opened for a signal that came this way.
        pub channel: Option<SignalChannel>,
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

/// Tell what became of children after their cases were closed.
///
/// Of the cases closed in the period: how many have been observed long enough (12 months, dated reference data), and of these
/// how many were opened anew, how many children had a new case, a new fact in the register, or any of it. The same child is
/// the same surviving record. A duplicate that was merged, an annulled fact and one that was not confirmed do not count.
///
/// Exact counts look for new cases and facts only where the caller may see them: they must not tell of a case elsewhere.
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_recurrence",
    params(RecurrenceQuery),
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
#[get("/statistics/recurrence")]
pub async fn statistics_recurrence(
    ctx: Ctx,
    accepted: Accepted,
    query: Query<RecurrenceQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let wanted = Wanted { method: query.method, format: query.format, accepted };
    answer(ctx, wanted, move |tx, permit, language| {
        let (from, to) = period(query.from, query.to, query.as_of, tx.today());
        let parameters = OperationsParameters {
            report: OperationsReport::Recurrence,
            // Not asked of here.
            counted: Counted::Closed,
            group_by: query.group_by,
            from,
            to,
            as_of: query.as_of,
            filters: OperationsFilters {
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

//! `GET /statistics/detection`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::signals::{SignalChannel, Urgency};
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
    /// Which signals to count.
    pub struct DetectionQuery {
        /// By what to group, in the order of the columns, with commas between; one total when absent. Of `channel`, `urgency`, `agency` (of the addressee), `territory`, `organisation` (the addressee), `month`.
        #[param(example = "channel,urgency", style = Form, explode = false)]
        pub group_by: Vec<OperationsDimension>,
        /// First day of the period; 1 January of the year of `to` when absent.
        pub from: Option<NaiveDate>,
        /// Last day of the period, itself included; `as_of` when absent.
        pub to: Option<NaiveDate>,
        /// As things stood at the end of this day; today when absent.
        pub as_of: Option<NaiveDate>,
        /// Signals that came this way.
        pub channel: Option<SignalChannel>,
        /// Signals as urgent as this.
        pub urgency: Option<Urgency>,
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

/// Count signals: how danger is found, what became of them, and how soon somebody decided.
///
/// This tells of attention, not of harm: more signals may mean that more is found early. Harm is counted in the register
/// (`GET /statistics/register`).
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_detection",
    params(DetectionQuery),
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
#[get("/statistics/detection")]
pub async fn statistics_detection(
    ctx: Ctx,
    accepted: Accepted,
    query: Query<DetectionQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let wanted = Wanted { method: query.method, format: query.format, accepted };
    answer(ctx, wanted, move |tx, permit, language| {
        let (from, to) = period(query.from, query.to, query.as_of, tx.today());
        let parameters = OperationsParameters {
            report: OperationsReport::Detection,
            // Not asked of here.
            counted: Counted::Closed,
            group_by: query.group_by,
            from,
            to,
            as_of: query.as_of,
            filters: OperationsFilters {
                channel: query.channel,
                urgency: query.urgency,
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

//! `GET /register/facts/{id}/reports`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::FactId;
use qorgan_domain::policy::Action;

use super::get::AsOfQuery;
use super::view::ReportView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::{Page, PathId, Query};

/// Read the reports of a fact, oldest first.
///
/// With `as_of` those that the fact had at that moment. Only those of organisations in the caller's reach, or filed for a case that the caller may see.
#[utoipa::path(
    tag = "register",
    operation_id = "fact_reports",
    params(("id" = FactId, Path), AsOfQuery),
    responses((status = 200, body = Page<ReportView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("register_read"))),
)]
#[get("/register/facts/{id}/reports")]
pub async fn fact_reports(ctx: Ctx, id: PathId<FactId>, query: Query<AsOfQuery>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let fact = tx.fact_for(id.0, Action::RegisterRead)?;
        let items = tx.fact_reports(&fact, query.0.as_of)?.into_iter().map(ReportView::from).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}

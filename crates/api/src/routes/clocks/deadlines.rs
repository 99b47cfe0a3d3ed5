//! `GET /cases/{id}/deadlines`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;

use super::view::DeadlineJson;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::{Page, PathId};

/// List the deadlines of a case: those that run first, by due time. One page.
#[utoipa::path(
    tag = "clocks",
    operation_id = "case_deadline_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Page<DeadlineJson>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/deadlines")]
pub async fn case_deadline_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let now = tx.now();
        let deadlines = tx.case_deadlines(&case)?;
        let items = deadlines.into_iter().map(|deadline| DeadlineJson::of(deadline, now)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}

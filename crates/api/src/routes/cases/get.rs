//! `GET /cases/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;

use super::view::CaseView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a case: what it is about, who works on it, and what the caller can do next.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_get",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = CaseView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}")]
pub async fn case_get(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let evidence = tx.case_evidence(&case)?;
        tx.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        Ok(Answer::ok(&CaseView::of(&case, &evidence, tx, language))?.etag(case.version))
    })
    .await
}

//! `GET /cases/{id}/family`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;

use super::view::FamilyMemberView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::{Page, PathId};

/// List the family of the child of a case with their decisions on help, in the order of recording: one page.
#[utoipa::path(
    tag = "family",
    operation_id = "family_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Page<FamilyMemberView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/family")]
pub async fn family_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let items = tx.family_list(&case)?.into_iter().map(FamilyMemberView::from).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}

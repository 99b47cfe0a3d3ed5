//! `GET /children/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::Action;

use super::view::ChildWithNamesView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a child's record in full.
///
/// Open to those to whose organisation the child belongs or whose case, signal or report it stands in; for all others
/// the record does not exist here, and a search shows it masked. All names that the child is held under are shown. A
/// record that was merged says into which (`merged_into`): that one stands for the child now.
#[utoipa::path(
    tag = "children",
    operation_id = "child_get",
    params(("id" = ChildId, Path)),
    responses((status = 200, body = ChildWithNamesView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("child_read"))),
)]
#[get("/children/{id}")]
pub async fn child_get(ctx: Ctx, id: PathId<ChildId>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let child = tx.child_for(id.0, Action::ChildRead)?;
        let view = ChildWithNamesView::of(tx, &child, language)?;
        Ok(Answer::ok(&view)?.etag(child.version))
    })
    .await
}

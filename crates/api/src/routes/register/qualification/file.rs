//! `GET /register/qualification-sessions/{id}/items/{item_id}/file`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::{QualificationItemId, QualificationSessionId};
use qorgan_domain::policy::Action;

use super::file_view::FileView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read the file of a fact on the agenda: its versions, what every agency reported, the child, material, opinions.
///
/// Open to members for the time of the session only: from `access_from` until it ends, not while found absent, and not
/// to who told of an interest. Every reading is audited. Opinions of others are sealed until one's own is given.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_file_get",
    params(("id" = QualificationSessionId, Path), ("item_id" = QualificationItemId, Path)),
    responses((status = 200, body = FileView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_file_read"))),
)]
#[get("/register/qualification-sessions/{id}/items/{item_id}/file")]
pub async fn qualification_file_get(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    item_id: PathId<QualificationItemId, 1>,
) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let before = tx.fact_before_group(id.0, item_id.0, Action::QualificationFileRead)?;
        let file = tx.qualification_file(&before)?;
        Answer::ok(&FileView::on(tx.today(), &before, file))
    })
    .await
}

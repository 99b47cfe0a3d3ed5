//! `GET /register/qualification-sessions/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::QualificationSessionId;
use qorgan_domain::policy::Action;

use super::view::SessionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a session of the group.
///
/// Who keeps it, as chair or secretary, sees the whole agenda. A member sees the facts whose files the seat opens now:
/// from `access_from` until the session ends, never after, not while found absent, and not those in which the member
/// told of an interest.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_session_get",
    params(("id" = QualificationSessionId, Path)),
    responses((status = 200, body = SessionView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_read"))),
)]
#[get("/register/qualification-sessions/{id}")]
pub async fn qualification_session_get(ctx: Ctx, id: PathId<QualificationSessionId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let session = tx.qualification_for(id.0, Action::QualificationRead)?;
        Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version))
    })
    .await
}

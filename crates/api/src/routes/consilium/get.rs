//! `GET /consilium/sessions/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::ConsiliumSessionId;
use qorgan_domain::policy::Action;

use super::view::SessionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a session of the consilium.
///
/// Who keeps it sees the whole agenda. A member sees the cases that the seat opens now: from `access_from` until the
/// session ends, never after, and not those in which the member told of an interest. In that time `GET /cases/{id}`
/// and what is below it are open for reading, in the sections of the member's role.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_session_get",
    params(("id" = ConsiliumSessionId, Path)),
    responses((status = 200, body = SessionView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_read"))),
)]
#[get("/consilium/sessions/{id}")]
pub async fn consilium_session_get(ctx: Ctx, id: PathId<ConsiliumSessionId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let session = tx.consilium_for(id.0, Action::ConsiliumRead)?;
        Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version))
    })
    .await
}

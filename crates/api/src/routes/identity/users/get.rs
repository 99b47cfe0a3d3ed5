//! `GET /users/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::Action;

use super::view::UserView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read an account. One's own is at `GET /auth/me`.
#[utoipa::path(
    tag = "identity",
    operation_id = "user_get",
    params(("id" = UserId, Path)),
    responses((status = 200, body = UserView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("user_read"))),
)]
#[get("/users/{id}")]
pub async fn user_get(ctx: Ctx, id: PathId<UserId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let user = tx.user_for(id.0, Action::UserRead)?;
        Ok(Answer::ok(&UserView::from(&*user))?.etag(user.version))
    })
    .await
}

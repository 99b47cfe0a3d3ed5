//! `POST /auth/logout`.

use actix_web::{HttpResponse, post};
use qorgan_domain::policy::Action;

use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;

/// End the session: its access tokens and its refresh token are worthless from now on.
#[utoipa::path(
    tag = "identity",
    operation_id = "auth_logout",
    responses((status = 204)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("account_use"))),
)]
#[post("/auth/logout")]
pub async fn auth_logout(ctx: Ctx) -> Result<HttpResponse, Problem> {
    ctx.answer(|tx| {
        tx.authorize(Action::AccountUse)?;
        tx.own_session_end()?;
        Ok(Answer::no_content())
    })
    .await
}

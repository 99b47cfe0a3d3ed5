//! `GET /auth/me`.

use actix_web::{HttpResponse, get};
use qorgan_domain::policy::Action;

use super::view::MeView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;

/// Who you are: account, agency, organisation, roles with their scope, and what they let you do.
#[utoipa::path(
    tag = "identity",
    operation_id = "auth_me",
    responses((status = 200, body = MeView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("account_use"))),
)]
#[get("/auth/me")]
pub async fn auth_me(ctx: Ctx) -> Result<HttpResponse, Problem> {
    ctx.answer(|tx| {
        tx.authorize(Action::AccountUse)?;
        Answer::ok(&MeView::from(tx.actor()))
    })
    .await
}

//! `GET /register/facts/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::FactId;
use qorgan_domain::policy::Action;

use super::view::FactView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a fact of the unified register, as it reads now.
#[utoipa::path(
    tag = "register",
    operation_id = "fact_get",
    params(("id" = FactId, Path)),
    responses((status = 200, body = FactView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("register_read"))),
)]
#[get("/register/facts/{id}")]
pub async fn fact_get(ctx: Ctx, id: PathId<FactId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let fact = tx.fact_for(id.0, Action::RegisterRead)?;
        Ok(Answer::ok(&FactView::from(&*fact))?.etag(fact.current.version.into()))
    })
    .await
}

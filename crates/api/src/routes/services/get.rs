//! `GET /services/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::ServiceId;
use qorgan_domain::policy::Action;

use super::view::ServiceView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a service of the directory.
#[utoipa::path(
    tag = "services",
    operation_id = "service_get",
    params(("id" = ServiceId, Path)),
    responses((status = 200, body = ServiceView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("service_read"))),
)]
#[get("/services/{id}")]
pub async fn service_get(ctx: Ctx, id: PathId<ServiceId>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let service = tx.service_for(id.0, Action::ServiceRead)?;
        Ok(Answer::ok(&ServiceView::of(&service, language))?.etag(service.version))
    })
    .await
}

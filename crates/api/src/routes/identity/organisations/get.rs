//! `GET /organisations/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::Action;

use super::view::OrganisationView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read an organisation.
#[utoipa::path(
    tag = "identity",
    operation_id = "organisation_get",
    params(("id" = OrganisationId, Path)),
    responses((status = 200, body = OrganisationView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("organisation_read"))),
)]
#[get("/organisations/{id}")]
pub async fn organisation_get(ctx: Ctx, id: PathId<OrganisationId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let organisation = tx.organisation_for(id.0, Action::OrganisationRead)?;
        Ok(Answer::ok(&OrganisationView::from(&*organisation))?.etag(organisation.version))
    })
    .await
}

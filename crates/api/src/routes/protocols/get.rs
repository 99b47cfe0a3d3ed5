//! `GET /protocols/{code}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::policy::Action;
use qorgan_domain::protocols::ProtocolCode;

use super::view::{HistoryView, ProtocolView, VersionView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request::PathId;

/// Read a protocol with all its versions, the newest first.
#[utoipa::path(
    tag = "protocols",
    operation_id = "protocol_get",
    params(("code" = String, Path, example = "suicide_attempt")),
    responses((status = 200, body = HistoryView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/protocols/{code}")]
pub async fn protocol_get(ctx: Ctx, code: PathId<String>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        tx.authorize(Action::ReferenceRead)?;
        let not_found = || Problem::new(ProblemCode::NotFound);
        let code: ProtocolCode = code.0.parse().map_err(|_| not_found())?;
        let versions = tx.protocol_versions(&code)?;
        let protocol = ProtocolView::of(&versions, tx.today(), language).ok_or_else(not_found)?;
        Answer::ok(&HistoryView { protocol, versions: versions.into_iter().map(VersionView::from).collect() })
    })
    .await
}

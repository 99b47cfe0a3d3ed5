//! `GET /signals/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::SignalId;
use qorgan_domain::policy::Action;

use super::duplicates::DEFAULT_DAYS;
use super::view::{DuplicateCountView, SignalView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a signal.
///
/// Who filed it sees what was said and where it stands; the case it led to shows to those who may see that case.
#[utoipa::path(
    tag = "signals",
    operation_id = "signal_get",
    params(("id" = SignalId, Path)),
    responses((status = 200, body = SignalView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("signal_read"))),
)]
#[get("/signals/{id}")]
pub async fn signal_get(ctx: Ctx, id: PathId<SignalId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let signal = tx.signal_for(id.0, Action::SignalRead)?;
        let mut view = SignalView::of(&signal, tx.actor());
        if !view.allowed_decisions.is_empty() {
            let found = tx.signal_duplicates(&signal, DEFAULT_DAYS.into())?;
            view.duplicates = Some(DuplicateCountView { signals: found.signals.len(), cases: found.cases.len() });
        }
        Ok(Answer::ok(&view)?.etag(signal.version))
    })
    .await
}

//! `GET /register/facts/{id}`.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use qorgan_domain::ids::FactId;
use qorgan_domain::policy::Action;

use super::view::FactView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{PathId, Query};

query! {
    /// Of what moment.
    pub struct AsOfQuery {
        /// As the register read at this moment; now when absent.
        pub as_of: Option<DateTime<Utc>>,
    }
}

/// Read a fact of the unified register, as it reads now or read at a moment.
///
/// Who reads is asked by the rights of today. A merged fact answers with `status: merged` and `merged_into`. Before a
/// fact was entered there is none (404).
#[utoipa::path(
    tag = "register",
    operation_id = "fact_get",
    params(("id" = FactId, Path), AsOfQuery),
    responses((status = 200, body = FactView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("register_read"))),
)]
#[get("/register/facts/{id}")]
pub async fn fact_get(ctx: Ctx, id: PathId<FactId>, query: Query<AsOfQuery>) -> Result<HttpResponse, Problem> {
    let as_of = query.0.as_of;
    ctx.answer(move |tx| {
        let fact = tx.fact_for(id.0, Action::RegisterRead)?;
        let fact = match as_of {
            None => fact.into_inner(),
            Some(moment) => tx.fact_as_of(fact, moment)?,
        };
        Ok(Answer::ok(&FactView::from(&fact))?.etag(fact.current.version.into()))
    })
    .await
}

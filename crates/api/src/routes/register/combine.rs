//! `POST /register/facts/{id}/merge`, `/split`.

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::{FactId, ReportId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use qorgan_storage::{AccessError, Denial, Tx};
use serde::Serialize;
use utoipa::ToSchema;

use super::amend::{answer, refused};
use super::view::FactView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// The fact that stands for both from now on.
    #[schema(example = json!({"into": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "reason": "The same event, told twice."}))]
    pub struct FactMergeRequest {
        /// The fact that stands for both; the caller must have the right to merge it too.
        pub into: FactId,
        /// Why.
        pub reason: Reason,
    }

    /// Reports that tell of another event than the others.
    #[schema(example = json!({"reports": ["0190a6f8-5b1c-7c3e-9f00-1234567890ab"], "reason": "Another day, another child."}))]
    pub struct FactSplitRequest {
        /// The reports to be taken out, of those that the caller sees.
        #[schema(min_items = 1)]
        pub reports: Vec<ReportId>,
        /// Why.
        pub reason: Reason,
    }
}

/// Two facts after a split.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SplitFacts)]
pub struct SplitView {
    /// The fact that was split; `null` where the caller sees it no more.
    pub fact: Option<FactView>,
    /// The fact that has the reports now: given back after a merger, or new; `null` where the caller does not see it.
    pub other: Option<FactView>,
}

/// Merge a fact into another one, the same event: the other one has the reports of both.
///
/// For supervisors of who reported them. Whoever sees this fact goes on seeing it as merged, and sees the other one.
/// `split` takes it back.
#[utoipa::path(
    tag = "register",
    operation_id = "fact_merge",
    params(("id" = FactId, Path), IfMatch, IdempotencyKey),
    request_body = FactMergeRequest,
    responses(
        (status = 200, description = "The fact, merged", body = FactView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("fact_merge"))),
)]
#[post("/register/facts/{id}/merge")]
pub async fn fact_merge(
    ctx: Ctx,
    id: PathId<FactId>,
    if_match: IfMatch,
    body: Body<FactMergeRequest>,
) -> Result<HttpResponse, Problem> {
    let FactMergeRequest { into, reason } = body.value;
    ctx.post(body.sha256, move |tx| {
        let fact = tx.fact_for(id.0, Action::FactMerge)?;
        unchanged(fact.current.version.into(), if_match)?;
        let into = match tx.fact_to_merge_into(into) {
            Ok(into) => into,
            Err(AccessError::Denied(_)) => return Err(Problem::field("/into", Issue::new("unknown_fact"))),
            Err(error) => return Err(error.into()),
        };
        tx.fact_merge(&fact, &into, &reason).map_err(refused)?;
        answer(tx, id.0)
    })
    .await
}

/// Take reports out of a fact: they tell of another event.
///
/// Reports that all came with one merged fact go back to it; others make a fact of their own. At least one report stays.
/// For supervisors of who reported.
#[utoipa::path(
    tag = "register",
    operation_id = "fact_split",
    params(("id" = FactId, Path), IfMatch, IdempotencyKey),
    request_body = FactSplitRequest,
    responses(
        (status = 200, body = SplitView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("fact_merge"))),
)]
#[post("/register/facts/{id}/split")]
pub async fn fact_split(
    ctx: Ctx,
    id: PathId<FactId>,
    if_match: IfMatch,
    body: Body<FactSplitRequest>,
) -> Result<HttpResponse, Problem> {
    let FactSplitRequest { mut reports, reason } = body.value;
    reports.sort_unstable();
    reports.dedup();
    ctx.post(body.sha256, move |tx| {
        let fact = tx.fact_for(id.0, Action::FactMerge)?;
        unchanged(fact.current.version.into(), if_match)?;
        let other = tx.fact_split(&fact, &reports, &reason).map_err(refused)?;
        Answer::ok(&SplitView { fact: seen(tx, id.0)?, other: seen(tx, other)? })
    })
    .await
}

fn seen(tx: &mut Tx<'_>, id: FactId) -> Result<Option<FactView>, Problem> {
    match tx.fact_for(id, Action::RegisterRead) {
        Ok(fact) => Ok(Some(FactView::from(&*fact))),
        Err(AccessError::Denied(Denial::NotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

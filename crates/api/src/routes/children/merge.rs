//! `POST /children/{id}/merge` and `/unmerge`.

use actix_web::{HttpResponse, post};
use qorgan_domain::children::{ChildMergeRefusal, ChildMergeSide, may_merge_child, may_unmerge_child};
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use qorgan_storage::children::Child;
use qorgan_storage::{AccessError, Denial};

use super::view::ChildWithNamesView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// The record that stands for the child from now on.
    #[schema(example = json!({"into": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "reason": "Registered twice, by the school and by the clinic."}))]
    pub struct ChildMergeRequest {
        /// The surviving record.
        pub into: ChildId,
        /// Why both are one child.
        pub reason: Reason,
    }
}

request! {
    /// Why the records are two children after all.
    #[schema(example = json!({"reason": "Two cousins of one name."}))]
    pub struct ChildUnmergeRequest {
        /// Why.
        pub reason: Reason,
    }
}

/// Merge a record into another record of the same child; answers with the surviving one.
///
/// Nothing is moved or lost: the merged record stays as it is and points to the surviving one, which answers for both
/// with names held, in searches, and with cases and facts. Whoever may read one of the records may read both from then
/// on. New records are linked to the surviving one, whichever is named. You need the right on both. Records with
/// different ИИН are two children (409 `child_iins_differ`): a wrong number is corrected first. `unmerge` takes it back.
#[utoipa::path(
    tag = "children",
    operation_id = "child_merge",
    params(("id" = ChildId, Path), IfMatch, IdempotencyKey),
    request_body = ChildMergeRequest,
    responses(
        (status = 200, body = ChildWithNamesView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("child_merge"))),
)]
#[post("/children/{id}/merge")]
pub async fn child_merge(
    ctx: Ctx,
    id: PathId<ChildId>,
    if_match: IfMatch,
    body: Body<ChildMergeRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.child_for(id.0, Action::ChildMerge)?;
        let known = |error| match error {
            AccessError::Denied(Denial::NotFound) => Problem::field("/into", Issue::new("unknown_child")),
            error => error.into(),
        };
        tx.child_for(request.into, Action::ChildMerge).map_err(known)?;
        let facts = tx.child_merge_begin(id.0, request.into)?;
        let into = tx.child_for(request.into, Action::ChildMerge).map_err(known)?;
        let merged = tx.child_for(id.0, Action::ChildMerge)?;
        unchanged(merged.version, if_match)?;
        may_merge_child(side(&merged), side(&into), facts).map_err(|refusals| refused(&refusals))?;
        tx.child_merge(&merged, &into, &request.reason)?;
        let child = tx.child_for(request.into, Action::ChildRead)?;
        let view = ChildWithNamesView::of(tx, &child, language)?;
        Ok(Answer::ok(&view)?.etag(child.version))
    })
    .await
}

/// Separate a merged record again; answers with it, as it stands by itself, or with the other record if you read only
/// that one now.
///
/// What was linked to it before stays with it, and so do the names it held; what was linked since, under either id,
/// stays with the surviving record. Not possible once a case of the one was merged with a case of the other
/// (409 `child_cases_merged`).
#[utoipa::path(
    tag = "children",
    operation_id = "child_unmerge",
    params(("id" = ChildId, Path), IfMatch, IdempotencyKey),
    request_body = ChildUnmergeRequest,
    responses(
        (status = 200, body = ChildWithNamesView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("child_merge"))),
)]
#[post("/children/{id}/unmerge")]
pub async fn child_unmerge(
    ctx: Ctx,
    id: PathId<ChildId>,
    if_match: IfMatch,
    body: Body<ChildUnmergeRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.child_for(id.0, Action::ChildMerge)?;
        let cases_merged = tx.child_unmerge_begin(id.0)?;
        let child = tx.child_for(id.0, Action::ChildMerge)?;
        unchanged(child.version, if_match)?;
        may_unmerge_child(child.merged_into, cases_merged)
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal))?;
        tx.child_unmerge(&child, &request.reason)?;
        // It may be by the other record alone that the actor sees this one.
        let shown = match (tx.child_for(id.0, Action::ChildRead), child.merged_into) {
            (Err(AccessError::Denied(Denial::NotFound)), Some(into)) => tx.child_for(into, Action::ChildRead)?,
            (shown, _) => shown?,
        };
        let view = ChildWithNamesView::of(tx, &shown, language)?;
        Ok(Answer::ok(&view)?.etag(shown.version))
    })
    .await
}

const fn side(child: &Child) -> ChildMergeSide {
    ChildMergeSide { id: child.id, merged_into: child.merged_into }
}

/// The first rule in `reason`, all of them in `rules`.
fn refused(refusals: &[ChildMergeRefusal]) -> Problem {
    let problem = Problem::new(ProblemCode::DomainRule).with("rules", refusals);
    refusals.iter().take(1).fold(problem, |problem, refusal| problem.because(refusal))
}

//! `/cases/{id}/linked-children`: other children whom the work is about too.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use qorgan_domain::cases::links::{LinkedChildRole, may_link_child};
use qorgan_domain::ids::{CaseId, ChildId, LinkedChildId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use qorgan_storage::cases::{LinkedChild, NewLinkedChild};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::links::{LinkEndRequest, once};
use super::view::{PersonView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// Another child of the case.
    #[schema(example = json!({"child_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "role": "witness", "reason": "Was in the classroom."}))]
    pub struct LinkedChildRequest {
        /// An id of the link, chosen by the client (UUIDv7): a repeat with the same content is the same link.
        pub id: Option<LinkedChildId>,
        /// The child, as the search of the shared index names it.
        pub child_id: ChildId,
        /// What it is to the case.
        pub role: LinkedChildRole,
        /// Why.
        pub reason: Reason,
    }
}

/// Another child of a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LinkedChild)]
pub struct LinkedChildView {
    /// The id of the link.
    pub id: LinkedChildId,
    /// The child.
    pub child_id: ChildId,
    /// Last and first name, where you may read the record: being linked opens it to nobody.
    pub child_name: Option<String>,
    /// What it is to the case.
    pub role: LinkedChildRole,
    /// Why.
    pub reason: String,
    /// Who linked it.
    pub linked_by: PersonView,
    /// When.
    pub linked_at: DateTime<Utc>,
}

/// The other children of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkedChildren {
    /// Those whose link holds, in the order in which they came.
    pub items: Vec<LinkedChildView>,
}

impl From<LinkedChild> for LinkedChildView {
    fn from(linked: LinkedChild) -> Self {
        Self {
            id: linked.id,
            child_id: linked.child,
            child_name: linked.name.map(|(last, first)| format!("{last} {first}")),
            role: linked.role,
            reason: linked.reason,
            linked_by: linked.by.into(),
            linked_at: linked.at,
        }
    }
}

/// Link another child to a case. It gives nobody a right to the child's record.
#[utoipa::path(
    tag = "cases",
    operation_id = "linked_child_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = LinkedChildRequest,
    responses(
        (status = 201, body = LinkedChildView, headers(("Location" = String))),
        (status = 200, description = "The child was linked before by this very request", body = LinkedChildView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_link"))),
)]
#[post("/cases/{id}/linked-children")]
pub async fn linked_child_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<LinkedChildRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::CaseLink)?;
        if let Some(link) = request.id {
            client_uuid(link.as_uuid()).map_err(|invalid| Problem::field("/id", invalid))?;
            if let Some(made) = tx.linked_child(&case, link)? {
                let same = tx.children_same(made.child, request.child_id)?
                    && made.role == request.role
                    && made.reason == request.reason.as_str()
                    && made.by.0 == tx.actor().user;
                let taken = Err(Problem::new(ProblemCode::IdTaken));
                return if same { Answer::ok(&LinkedChildView::from(made)) } else { taken };
            }
        }
        let own = tx.child_survivor(case.child_id)?;
        let other = tx.child_survivor(request.child_id)?;
        may_link_child((own, case.state.stage), other)
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal))?;
        let child = tx
            .child_for_link(request.child_id)?
            .ok_or_else(|| Problem::field("/child_id", Issue::new("unknown_child")))?;
        let link = request.id.unwrap_or_else(|| LinkedChildId::from_uuid(Uuid::now_v7()));
        let new = NewLinkedChild { id: link, child: child.id, role: request.role, reason: request.reason };
        tx.linked_child_insert(&case, &new).map_err(once("case_linked_children_once", "linked_child_exists"))?;
        let linked = tx.linked_child(&case, link)?.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::created(format!("{}/linked-children", location(case.id)), &LinkedChildView::from(linked))
    })
    .await
}

/// List the other children of a case.
#[utoipa::path(
    tag = "cases",
    operation_id = "linked_child_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = LinkedChildren)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/linked-children")]
pub async fn linked_child_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let items = tx.linked_child_list(&case)?.into_iter().map(LinkedChildView::from).collect();
        Answer::ok(&LinkedChildren { items })
    })
    .await
}

/// End the link of a case to another child. It stays on record.
#[utoipa::path(
    tag = "cases",
    operation_id = "linked_child_end",
    params(("id" = CaseId, Path), ("link_id" = LinkedChildId, Path), IdempotencyKey),
    request_body = LinkEndRequest,
    responses((status = 204), (status = 409, description = "domain_rule")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_link"))),
)]
#[post("/cases/{id}/linked-children/{link_id}/end")]
pub async fn linked_child_end(
    ctx: Ctx,
    id: PathId<CaseId>,
    link: PathId<LinkedChildId, 1>,
    body: Body<LinkEndRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::CaseLink)?;
        if !tx.linked_child_end(&case, link.0, &request.reason)? {
            return Err(Problem::new(ProblemCode::DomainRule).because("link_ended"));
        }
        Ok(Answer::no_content())
    })
    .await
}

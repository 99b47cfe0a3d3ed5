//! `/cases/{id}/links`: cases of brothers and sisters, cases of one incident, duplicates.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use qorgan_domain::cases::links::{CaseLinkKind, may_link};
use qorgan_domain::ids::{CaseId, CaseLinkId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use qorgan_storage::cases::{Case, CaseLink, NewCaseLink};
use qorgan_storage::{AccessError, Authorized, Denial, StorageError, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{CaseItemView, PersonView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// Another case that belongs together with this one.
    #[schema(example = json!({"case_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "kind": "sibling", "reason": "The younger brother, same household."}))]
    pub struct CaseLinkRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same link.
        pub id: Option<CaseLinkId>,
        /// The other case.
        pub case_id: CaseId,
        /// How they belong together.
        pub kind: CaseLinkKind,
        /// Why.
        pub reason: Reason,
    }

    /// Why a link holds no more.
    #[schema(example = json!({"reason": "Linked by mistake."}))]
    pub struct LinkEndRequest {
        /// Why.
        pub reason: Reason,
    }
}

/// A link to another case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseLink)]
pub struct CaseLinkView {
    /// Its id.
    pub id: CaseLinkId,
    /// How the cases belong together.
    pub kind: CaseLinkKind,
    /// Why.
    pub reason: String,
    /// The other case.
    pub case: CaseItemView,
    /// Who linked them.
    pub linked_by: PersonView,
    /// When.
    pub linked_at: DateTime<Utc>,
}

/// The links of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseLinks {
    /// Those that hold, newest first.
    pub items: Vec<CaseLinkView>,
}

impl From<CaseLink> for CaseLinkView {
    fn from(link: CaseLink) -> Self {
        Self {
            id: link.id,
            kind: link.kind,
            reason: link.reason,
            case: link.other.into(),
            linked_by: link.by.into(),
            linked_at: link.at,
        }
    }
}

/// Link a case to another one that you see. The link is shown at both cases, to whoever sees both.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_link_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = CaseLinkRequest,
    responses(
        (status = 201, body = CaseLinkView, headers(("Location" = String))),
        (status = 200, description = "The link was made before by this very request", body = CaseLinkView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_link"))),
)]
#[post("/cases/{id}/links")]
pub async fn case_link_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<CaseLinkRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::CaseLink)?;
        if let Some(link) = request.id {
            client_uuid(link.as_uuid()).map_err(|invalid| Problem::field("/id", invalid))?;
            if let Some(made) = tx.case_link_made(&case, link)? {
                let same = made == (request.case_id, request.kind, request.reason.as_str().to_owned());
                return if same {
                    Answer::ok(&shown(tx, &case, link)?)
                } else {
                    Err(Problem::new(ProblemCode::IdTaken))
                };
            }
        }
        let other = other_case(tx, request.case_id)?;
        let (child, other_child) = (tx.child_survivor(case.child_id)?, tx.child_survivor(other.child_id)?);
        may_link(request.kind, (case.id, child, case.state.stage), (other.id, other_child))
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal))?;
        let link = request.id.unwrap_or_else(|| CaseLinkId::from_uuid(Uuid::now_v7()));
        let new = NewCaseLink { id: link, kind: request.kind, reason: request.reason };
        tx.case_link_insert(&case, &other, &new).map_err(once("case_links_once", "link_exists"))?;
        Answer::created(format!("{}/links", location(case.id)), &shown(tx, &case, link)?)
    })
    .await
}

/// The case at the other end; one that the caller may not know of is none.
fn other_case(tx: &mut Tx<'_>, id: CaseId) -> Result<Authorized<Case>, Problem> {
    tx.case_for(id, Action::CaseRead).map_err(|error| match error {
        AccessError::Denied(Denial::NotFound) => Problem::field("/case_id", Issue::new("unknown_case")),
        error => error.into(),
    })
}

fn shown(tx: &mut Tx<'_>, case: &Authorized<Case>, id: CaseLinkId) -> Result<CaseLinkView, Problem> {
    let link = tx.case_link_list(case)?.into_iter().find(|link| link.id == id);
    link.map(CaseLinkView::from).ok_or_else(|| Problem::new(ProblemCode::NotFound))
}

/// A unique constraint that is a rule of the domain.
pub(super) fn once(constraint: &'static str, rule: &'static str) -> impl Fn(StorageError) -> Problem {
    move |error| match &error {
        StorageError::Duplicate { constraint: broken } if broken == constraint => {
            Problem::new(ProblemCode::DomainRule).because(rule)
        }
        _ => error.into(),
    }
}

/// List the cases that belong together with a case, as far as you see them.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_link_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = CaseLinks)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/links")]
pub async fn case_link_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let items = tx.case_link_list(&case)?.into_iter().map(CaseLinkView::from).collect();
        Answer::ok(&CaseLinks { items })
    })
    .await
}

/// End a link between two cases. It stays on record.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_link_end",
    params(("id" = CaseId, Path), ("link_id" = CaseLinkId, Path), IdempotencyKey),
    request_body = LinkEndRequest,
    responses((status = 204), (status = 409, description = "domain_rule")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_link"))),
)]
#[post("/cases/{id}/links/{link_id}/end")]
pub async fn case_link_end(
    ctx: Ctx,
    id: PathId<CaseId>,
    link: PathId<CaseLinkId, 1>,
    body: Body<LinkEndRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::CaseLink)?;
        if !tx.case_link_end(&case, link.0, &request.reason)? {
            return Err(Problem::new(ProblemCode::DomainRule).because("link_ended"));
        }
        Ok(Answer::no_content())
    })
    .await
}

//! `POST /register/qualification-sessions/{id}/items`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::{FactId, QualificationItemId, QualificationSessionId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::register::FactStatus;
use qorgan_domain::register::qualification::{GroupCommand, GroupItem};
use qorgan_storage::Tx;
use qorgan_storage::register::qualification::{NewQualificationItem, QualificationSession};
use uuid::Uuid;

use super::unchanged_fact;
use super::view::{SessionView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// A fact to be put on the agenda.
    #[schema(as = QualificationItemRequest, example = json!({"fact_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab"}))]
    pub struct GroupItemRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same item.
        pub id: Option<QualificationItemId>,
        /// The fact: of suicidal behaviour, in the caller's territory, registered or decided on before.
        pub fact_id: FactId,
    }
}

/// Put a fact on the agenda of a planned session, at its end. In the register it is `under_qualification` from now on: a
/// new version. Until the session is done with it nobody merges or annuls it.
///
/// `GET /register/qualification-facts` lists what waits. A fact that was decided on may come before the group again.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_item_add",
    params(("id" = QualificationSessionId, Path), IdempotencyKey),
    request_body = GroupItemRequest,
    responses(
        (status = 201, body = SessionView),
        (status = 200, description = "The fact was put there before by this very request", body = SessionView),
        (status = 409, description = "transition_refused, domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[post("/register/qualification-sessions/{id}/items")]
pub async fn qualification_item_add(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    body: Body<GroupItemRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let session = tx.qualification_for(id.0, Action::QualificationManage)?;
        if repeated(&session, &request)? {
            return Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version));
        }
        let item = GroupItem {
            id: request.id.unwrap_or_else(|| Uuid::now_v7().into()),
            fact: request.fact_id,
            standing: FactStatus::UnderQualification,
            survivor: None,
            recused: BTreeMap::new(),
            opinions: BTreeMap::new(),
            outcome: None,
        };
        // A fact that is on this agenda is not free to be taken: said first.
        session.state.decide(GroupCommand::Schedule(item.clone()), tx.now())?;
        let new = checked(tx, &item)?;
        tx.qualification_schedule(&session, &new).map_err(unchanged_fact)?;
        let session = tx.qualification_for(id.0, Action::QualificationManage)?;
        Ok(Answer::created(location(id.0), &SessionView::from(&*session))?.etag(session.version))
    })
    .await
}

fn checked(tx: &mut Tx<'_>, item: &GroupItem) -> Result<NewQualificationItem, Problem> {
    let mut errors = FieldErrors::new();
    if let Err(invalid) = client_uuid(item.id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let number = tx.fact_may_be_taken(item.fact)?;
    if number.is_none() {
        errors.push(&Pointer::ROOT.key("fact_id"), Issue::new("fact_not_waiting"));
    }
    match number {
        Some(number) if errors.is_empty() => Ok(NewQualificationItem { id: item.id, fact: (item.fact, number) }),
        _ => Err(Problem::validation(errors)),
    }
}

/// Whether this very item is on the agenda.
fn repeated(session: &QualificationSession, request: &GroupItemRequest) -> Result<bool, Problem> {
    let known = request.id.and_then(|id| session.items.iter().find(|item| item.id == id));
    match known {
        None => Ok(false),
        Some(item) if item.fact.0 == request.fact_id => Ok(true),
        Some(_) => Err(Problem::new(ProblemCode::IdTaken)),
    }
}

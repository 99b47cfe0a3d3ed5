//! `POST /consilium/sessions/{id}/items`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::Section;
use qorgan_domain::consilium::{AgendaItem, Command};
use qorgan_domain::ids::{CaseId, ConsiliumItemId, ConsiliumSessionId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Narrative;
use qorgan_storage::Tx;
use qorgan_storage::consilium::{ConsiliumSession, NewItem};
use uuid::Uuid;

use super::view::{SessionView, location, question};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// A case to be put on the agenda.
    #[schema(example = json!({"case_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "question": "Which support does the child need at school?"}))]
    pub struct ItemRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same item.
        pub id: Option<ConsiliumItemId>,
        /// The case: open, brought before the consilium by its lead (`escalate`), with a participant in the caller's scope.
        pub case_id: CaseId,
        /// The question put to the board.
        pub question: Narrative,
        /// The section that protects the question; `general` where absent.
        pub section: Option<Section>,
    }
}

/// Put a case on the agenda of a planned session, at its end.
///
/// Only a case that its lead brought before the consilium, with a participant in the caller's scope, gets there:
/// `GET /consilium/cases` lists them.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_item_add",
    params(("id" = ConsiliumSessionId, Path), IdempotencyKey),
    request_body = ItemRequest,
    responses(
        (status = 201, body = SessionView),
        (status = 200, description = "The case was put there before by this very request", body = SessionView),
        (status = 409, description = "transition_refused"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[post("/consilium/sessions/{id}/items")]
pub async fn consilium_item_add(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    body: Body<ItemRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let session = tx.consilium_for(id.0, Action::ConsiliumManage)?;
        if repeated(&session, &request)? {
            return Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version));
        }
        let item = checked(tx, request)?;
        let agenda_item = AgendaItem {
            id: item.id,
            case: item.case.0,
            section: item.section,
            conflicts: BTreeMap::new(),
            decision: None,
        };
        session.state.decide(Command::Schedule(agenda_item), tx.now())?;
        tx.consilium_schedule(&session, &item)?;
        let session = tx.consilium_for(id.0, Action::ConsiliumManage)?;
        Ok(Answer::created(location(id.0), &SessionView::from(&*session))?.etag(session.version))
    })
    .await
}

fn checked(tx: &mut Tx<'_>, request: ItemRequest) -> Result<NewItem, Problem> {
    let mut errors = FieldErrors::new();
    let id = request.id.unwrap_or_else(|| Uuid::now_v7().into());
    if let Err(invalid) = client_uuid(id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let number = tx.consilium_case_number(request.case_id)?;
    if number.is_none() {
        errors.push(&Pointer::ROOT.key("case_id"), Issue::new("case_not_brought"));
    }
    match number {
        Some(number) if errors.is_empty() => Ok(NewItem {
            id,
            case: (request.case_id, number),
            section: request.section.unwrap_or(Section::General),
            question: request.question,
        }),
        _ => Err(Problem::validation(errors)),
    }
}

/// Whether this very item is on the agenda.
fn repeated(session: &ConsiliumSession, request: &ItemRequest) -> Result<bool, Problem> {
    let known = request.id.and_then(|id| session.items.iter().find(|item| item.id == id));
    let Some(known) = known else { return Ok(false) };
    let same = known.case.0 == request.case_id
        && known.section == request.section.unwrap_or(Section::General)
        && question(&known.question).as_deref() == Some(request.question.as_str());
    if same { Ok(true) } else { Err(Problem::new(ProblemCode::IdTaken)) }
}

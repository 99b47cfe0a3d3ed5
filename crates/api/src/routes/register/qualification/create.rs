//! `POST /register/qualification-sessions`.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use qorgan_domain::calendar::local_date;
use qorgan_domain::consilium::{BoardMember, BoardRole};
use qorgan_domain::ids::{QualificationSessionId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::register::qualification::may_convene_as;
use qorgan_domain::text::Title;
use qorgan_storage::register::qualification::NewQualification;
use qorgan_storage::{AccessError, Denial, Tx};
use uuid::Uuid;

use super::view::{SessionView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey};
use crate::routes::consilium::wrong_time;

request! {
    /// A session to be convened by the caller, who keeps it.
    #[schema(as = QualificationSessionRequest, example = json!({"title": "December session", "role": "secretary", "scheduled_at": "2030-12-10T09:00:00Z"}))]
    pub struct QualificationRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same session.
        pub id: Option<QualificationSessionId>,
        /// What it is called; no names of children.
        pub title: Title,
        /// Where it is.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
        pub place: Option<Title>,
        /// When it is to begin. Its members may read its files from some days before (`access_from` in the answer).
        pub scheduled_at: DateTime<Utc>,
        /// As what the caller sits in it: `chair` or `secretary`; `chair` where absent. Both keep the session.
        pub role: Option<BoardRole>,
    }
}

/// Convene a session of the group that qualifies facts of suicidal behaviour. Any member of the group may; whoever
/// convenes a session keeps it, as its chair or its secretary.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_session_create",
    params(IdempotencyKey),
    request_body = QualificationRequest,
    responses(
        (status = 201, body = SessionView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "The session was convened before by this very request", body = SessionView),
        (status = 409, description = "id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[post("/register/qualification-sessions")]
pub async fn qualification_session_create(ctx: Ctx, body: Body<QualificationRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let permit = tx.authorize(Action::QualificationManage)?;
        let known = repeated(tx, &request)?;
        let id = match known {
            Some(id) => id,
            None => {
                let new = checked(tx, &request)?;
                tx.qualification_insert(&permit, &new)?;
                new.id
            }
        };
        let session = tx.qualification_for(id, Action::QualificationManage)?;
        let view = SessionView::from(&*session);
        let answer = if known.is_none() { Answer::created(location(id), &view)? } else { Answer::ok(&view)? };
        Ok(answer.etag(session.version))
    })
    .await
}

fn checked(tx: &mut Tx<'_>, request: &QualificationRequest) -> Result<NewQualification, Problem> {
    let mut errors = FieldErrors::new();
    let id = request.id.unwrap_or_else(|| Uuid::now_v7().into());
    if let Err(invalid) = client_uuid(id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    if let Some(issue) = wrong_time(tx, request.scheduled_at) {
        errors.push(&Pointer::ROOT.key("scheduled_at"), issue);
    }
    let role = request.role.unwrap_or(BoardRole::Chair);
    if !may_convene_as(role) {
        errors.push(&Pointer::ROOT.key("role"), Issue::new("not_a_convening_role"));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let user = tx.actor().user;
    let keeper: Option<BoardMember> = tx.group_candidate(user, role)?;
    Ok(NewQualification {
        id,
        title: request.title.clone(),
        place: request.place.clone(),
        scheduled_at: request.scheduled_at,
        rules: tx.group_rules(local_date(request.scheduled_at))?,
        // Whoever counts the register does not lead the group either.
        keeper: keeper.ok_or_else(|| Problem::new(ProblemCode::DomainRule).because("not_a_group_candidate"))?,
    })
}

/// The session of this id, if it was convened with the same content.
fn repeated(tx: &mut Tx<'_>, request: &QualificationRequest) -> Result<Option<QualificationSessionId>, Problem> {
    let Some(id) = request.id else { return Ok(None) };
    match tx.qualification_for(id, Action::QualificationManage) {
        Ok(session)
            if session.created_by == tx.actor().user
                && (session.version > 1
                    || (session.title == request.title.as_str()
                        && session.place.as_deref() == request.place.as_ref().map(Title::as_str)
                        && session.scheduled_at == request.scheduled_at)) =>
        {
            Ok(Some(id))
        }
        Ok(_) | Err(AccessError::Denied(Denial::Forbidden)) => Err(Problem::new(ProblemCode::IdTaken)),
        // Not known to the caller: it is new, or the insert will find the id taken.
        Err(AccessError::Denied(Denial::NotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

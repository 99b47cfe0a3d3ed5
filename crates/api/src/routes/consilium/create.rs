//! `POST /consilium/sessions`.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use qorgan_domain::calendar::local_date;
use qorgan_domain::consilium::{BoardMember, BoardRole};
use qorgan_domain::ids::{ConsiliumSessionId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Title;
use qorgan_storage::consilium::NewSession;
use qorgan_storage::{AccessError, Denial, Tx};
use uuid::Uuid;

use super::view::{SessionView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey};

request! {
    /// A session to be convened. The caller becomes its secretary.
    #[schema(example = json!({"title": "December session", "place": "Room 12", "scheduled_at": "2030-12-10T09:00:00Z"}))]
    pub struct SessionRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same session.
        pub id: Option<ConsiliumSessionId>,
        /// What it is called; no names of children.
        pub title: Title,
        /// Where it is.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
        pub place: Option<Title>,
        /// When it is to begin. Its members may read its cases from some days before (`access_from` in the answer).
        pub scheduled_at: DateTime<Utc>,
    }
}

/// Convene a session of the consilium. The caller becomes its secretary.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_session_create",
    params(IdempotencyKey),
    request_body = SessionRequest,
    responses(
        (status = 201, body = SessionView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "The session was convened before by this very request", body = SessionView),
        (status = 409, description = "id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[post("/consilium/sessions")]
pub async fn consilium_session_create(ctx: Ctx, body: Body<SessionRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let permit = tx.authorize(Action::ConsiliumManage)?;
        let known = repeated(tx, &request)?;
        let id = match known {
            Some(id) => id,
            None => {
                let new = checked(tx, &request)?;
                tx.consilium_insert(&permit, &new)?;
                new.id
            }
        };
        let session = tx.consilium_for(id, Action::ConsiliumManage)?;
        let view = SessionView::from(&*session);
        let answer = if known.is_none() { Answer::created(location(id), &view)? } else { Answer::ok(&view)? };
        Ok(answer.etag(session.version))
    })
    .await
}

fn checked(tx: &mut Tx<'_>, request: &SessionRequest) -> Result<NewSession, Problem> {
    let mut errors = FieldErrors::new();
    let id = request.id.unwrap_or_else(|| Uuid::now_v7().into());
    if let Err(invalid) = client_uuid(id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    if let Some(issue) = wrong_time(tx, request.scheduled_at) {
        errors.push(&Pointer::ROOT.key("scheduled_at"), issue);
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let rules = tx.board_rules(local_date(request.scheduled_at))?;
    let actor = tx.actor();
    Ok(NewSession {
        id,
        title: request.title.clone(),
        place: request.place.clone(),
        scheduled_at: request.scheduled_at,
        rules,
        window: rules.window_when_planned(request.scheduled_at),
        secretary: BoardMember {
            user: actor.user,
            organisation: actor.organisation.id,
            agency: actor.organisation.agency.clone(),
            role: BoardRole::Secretary,
        },
    })
}

/// A session is convened for today or later, and within the years that a calendar is made for.
pub(crate) fn wrong_time(tx: &Tx<'_>, at: DateTime<Utc>) -> Option<Issue> {
    const MOST_DAYS: i64 = 3 * 366;
    if local_date(at) < tx.today() {
        return Some(Issue::new("date_past"));
    }
    (at - tx.now() > chrono::TimeDelta::days(MOST_DAYS)).then(|| Issue::new("period_too_long").with("max_years", 3))
}

/// The session of this id, if it was convened with the same content.
fn repeated(tx: &mut Tx<'_>, request: &SessionRequest) -> Result<Option<ConsiliumSessionId>, Problem> {
    let Some(id) = request.id else { return Ok(None) };
    match tx.consilium_for(id, Action::ConsiliumManage) {
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

//! Opening a session, who is present, its end.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use qorgan_domain::consilium::{Command, SessionEvent};
use qorgan_domain::ids::{ConsiliumSessionId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use qorgan_storage::Tx;
use qorgan_storage::consilium::ConsiliumSession;

use super::view::SessionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// Nothing has to be told.
    #[schema(example = json!({}))]
    pub struct StepRequest {
    }

    /// Who is present.
    #[schema(example = json!({"present": ["0190a6f8-5b1c-7c3e-9f00-1234567890ab"]}))]
    pub struct AttendanceRequest {
        /// Members of the board; whoever is not named is not present.
        pub present: Vec<UserId>,
    }

    /// Why a session does not take place.
    #[schema(example = json!({"reason": "The chair is ill."}))]
    pub struct CancelRequest {
        /// Why.
        pub reason: Reason,
    }
}

/// Loads the session in the version that was read, decides, writes, and answers with the session as it is then.
fn step(
    tx: &mut Tx<'_>,
    id: ConsiliumSessionId,
    if_match: IfMatch,
    command: Command,
    write: impl FnOnce(&mut Tx<'_>, &qorgan_storage::Authorized<ConsiliumSession>, SessionEvent) -> Result<(), Problem>,
) -> Result<Answer, Problem> {
    let session = tx.consilium_for(id, Action::ConsiliumManage)?;
    unchanged(session.version, if_match)?;
    let event = session.state.decide(command, tx.now())?;
    write(tx, &session, event)?;
    let session = tx.consilium_for(id, Action::ConsiliumManage)?;
    Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version))
}

/// Open a session: it needs a chair and an agenda. Its members read its cases from now until it ends.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_session_open",
    params(("id" = ConsiliumSessionId, Path), IfMatch, IdempotencyKey),
    request_body = StepRequest,
    responses((status = 200, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[post("/consilium/sessions/{id}/open")]
pub async fn consilium_session_open(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    if_match: IfMatch,
    body: Body<StepRequest>,
) -> Result<HttpResponse, Problem> {
    ctx.post(body.sha256, move |tx| {
        step(tx, id.0, if_match, Command::Open, |tx, session, event| match event {
            SessionEvent::Opened(window) => Ok(tx.consilium_open(session, window)?),
            _ => Err(Problem::new(ProblemCode::Internal)),
        })
    })
    .await
}

/// Record who of the board is present. It may be recorded again while the session is open.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_attendance_record",
    params(("id" = ConsiliumSessionId, Path), IfMatch, IdempotencyKey),
    request_body = AttendanceRequest,
    responses((status = 200, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[post("/consilium/sessions/{id}/attendance")]
pub async fn consilium_attendance_record(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    if_match: IfMatch,
    body: Body<AttendanceRequest>,
) -> Result<HttpResponse, Problem> {
    let present: BTreeSet<UserId> = body.value.present.into_iter().collect();
    ctx.post(body.sha256, move |tx| {
        step(tx, id.0, if_match, Command::RecordAttendance(present), |tx, session, event| match event {
            SessionEvent::AttendanceRecorded(present) => Ok(tx.consilium_attendance(session, &present)?),
            _ => Err(Problem::new(ProblemCode::Internal)),
        })
    })
    .await
}

/// Close a session once every case of its agenda is decided on. Nothing of it changes any more, and its cases are
/// closed to its members.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_session_close",
    params(("id" = ConsiliumSessionId, Path), IfMatch, IdempotencyKey),
    request_body = StepRequest,
    responses((status = 200, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[post("/consilium/sessions/{id}/close")]
pub async fn consilium_session_close(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    if_match: IfMatch,
    body: Body<StepRequest>,
) -> Result<HttpResponse, Problem> {
    ctx.post(body.sha256, move |tx| {
        step(tx, id.0, if_match, Command::Close, |tx, session, _| Ok(tx.consilium_end(session, None)?))
    })
    .await
}

/// Cancel a session in which nothing was decided.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_session_cancel",
    params(("id" = ConsiliumSessionId, Path), IfMatch, IdempotencyKey),
    request_body = CancelRequest,
    responses((status = 200, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[post("/consilium/sessions/{id}/cancel")]
pub async fn consilium_session_cancel(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    if_match: IfMatch,
    body: Body<CancelRequest>,
) -> Result<HttpResponse, Problem> {
    let reason = body.value.reason;
    ctx.post(body.sha256, move |tx| {
        step(tx, id.0, if_match, Command::Cancel, |tx, session, _| Ok(tx.consilium_end(session, Some(&reason))?))
    })
    .await
}

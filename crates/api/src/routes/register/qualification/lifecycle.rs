//! Opening a session, who is present, its end.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::{QualificationSessionId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::register::qualification::{GroupCommand, GroupEvent};
use qorgan_domain::text::Text;
use qorgan_storage::register::qualification::QualificationSession;
use qorgan_storage::{Authorized, StorageError, Tx};

use super::unchanged_fact;
use super::view::SessionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::consilium::{AttendanceRequest, CancelRequest, StepRequest};
use crate::routes::version::unchanged;

request! {
    /// Under what number a session is opened.
    #[schema(example = json!({"protocol_number": "12-2030"}))]
    pub struct OpeningRequest {
        /// The number of its protocol: facts that it decides on name it.
        #[schema(value_type = String, min_length = 1, max_length = 60)]
        pub protocol_number: Text<1, 60>,
    }
}

/// Loads the session in the version that was read, decides, writes, and answers with the session as it is then.
fn step(
    tx: &mut Tx<'_>,
    id: QualificationSessionId,
    if_match: IfMatch,
    command: GroupCommand,
    write: impl FnOnce(&mut Tx<'_>, &Authorized<QualificationSession>, GroupEvent) -> Result<(), Problem>,
) -> Result<Answer, Problem> {
    let session = tx.qualification_for(id, Action::QualificationManage)?;
    unchanged(session.version, if_match)?;
    let event = session.state.decide(command, tx.now())?;
    write(tx, &session, event)?;
    let session = tx.qualification_for(id, Action::QualificationManage)?;
    Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version))
}

fn protocol_taken(error: StorageError) -> Problem {
    match error {
        StorageError::Duplicate { constraint } if constraint == "qualification_sessions_protocol" => {
            Problem::field("/protocol_number", Issue::new("protocol_number_taken"))
        }
        error => error.into(),
    }
}

/// Open a session under the number of its protocol: it needs a chair and an agenda. Its members read its files from now
/// until it ends.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_session_open",
    params(("id" = QualificationSessionId, Path), IfMatch, IdempotencyKey),
    request_body = OpeningRequest,
    responses((status = 200, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[post("/register/qualification-sessions/{id}/open")]
pub async fn qualification_session_open(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    if_match: IfMatch,
    body: Body<OpeningRequest>,
) -> Result<HttpResponse, Problem> {
    let number = body.value.protocol_number;
    ctx.post(body.sha256, move |tx| {
        step(tx, id.0, if_match, GroupCommand::Open, |tx, session, event| match event {
            GroupEvent::Opened(window) => {
                tx.qualification_open(session, number.as_str(), window).map_err(protocol_taken)
            }
            _ => Err(Problem::new(ProblemCode::Internal)),
        })
    })
    .await
}

/// Record who of the group is present. It may be recorded again while the session is open; whoever is absent does not
/// read the files.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_attendance_record",
    params(("id" = QualificationSessionId, Path), IfMatch, IdempotencyKey),
    request_body = AttendanceRequest,
    responses((status = 200, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[post("/register/qualification-sessions/{id}/attendance")]
pub async fn qualification_attendance_record(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    if_match: IfMatch,
    body: Body<AttendanceRequest>,
) -> Result<HttpResponse, Problem> {
    let present: BTreeSet<UserId> = body.value.present.into_iter().collect();
    ctx.post(body.sha256, move |tx| {
        step(tx, id.0, if_match, GroupCommand::RecordAttendance(present), |tx, session, event| match event {
            GroupEvent::AttendanceRecorded(present) => Ok(tx.qualification_attendance(session, &present)?),
            _ => Err(Problem::new(ProblemCode::Internal)),
        })
    })
    .await
}

/// Close a session once every fact of its agenda is settled. Nothing of it changes any more, and its files are closed to
/// its members.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_session_close",
    params(("id" = QualificationSessionId, Path), IfMatch, IdempotencyKey),
    request_body = StepRequest,
    responses((status = 200, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[post("/register/qualification-sessions/{id}/close")]
pub async fn qualification_session_close(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    if_match: IfMatch,
    body: Body<StepRequest>,
) -> Result<HttpResponse, Problem> {
    ctx.post(body.sha256, move |tx| {
        step(tx, id.0, if_match, GroupCommand::Close, |tx, session, _| Ok(tx.qualification_close(session)?))
    })
    .await
}

/// Cancel a session that qualified nothing. The facts before it stand in the register again where they stood.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_session_cancel",
    params(("id" = QualificationSessionId, Path), IfMatch, IdempotencyKey),
    request_body = CancelRequest,
    responses((status = 200, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[post("/register/qualification-sessions/{id}/cancel")]
pub async fn qualification_session_cancel(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    if_match: IfMatch,
    body: Body<CancelRequest>,
) -> Result<HttpResponse, Problem> {
    let reason = body.value.reason;
    ctx.post(body.sha256, move |tx| {
        step(tx, id.0, if_match, GroupCommand::Cancel, |tx, session, _| {
            tx.qualification_cancel(session, &reason).map_err(unchanged_fact)
        })
    })
    .await
}

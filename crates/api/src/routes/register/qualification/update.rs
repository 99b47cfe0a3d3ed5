//! `PATCH /register/qualification-sessions/{id}`.

use actix_web::{HttpResponse, patch};
use chrono::{DateTime, Utc};
use qorgan_domain::ids::QualificationSessionId;
use qorgan_domain::policy::Action;
use qorgan_domain::register::qualification::{GroupCommand, GroupEvent};
use qorgan_domain::text::Title;
use qorgan_storage::register::qualification::QualificationAmendment;

use super::view::SessionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IfMatch, Patch, PathId};
use crate::routes::consilium::wrong_time;
use crate::routes::version::unchanged;

request! {
    /// Changes of a planned session: fields that are not given stay.
    #[schema(as = QualificationSessionChange, example = json!({"scheduled_at": "2030-12-12T09:00:00Z"}))]
    pub struct QualificationChange {
        /// What it is called.
        pub title: Option<Title>,
        /// Where it is; `null` takes it away.
        #[schema(value_type = Option<String>)]
        pub place: Patch<Title>,
        /// When it is to begin.
        pub scheduled_at: Option<DateTime<Utc>>,
    }
}

/// Change a session that is planned. A new time moves the time in which its members may read its files.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_session_update",
    params(("id" = QualificationSessionId, Path), IfMatch),
    request_body = QualificationChange,
    responses(
        (status = 200, body = SessionView, headers(("ETag" = String))),
        (status = 409, description = "transition_refused"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[patch("/register/qualification-sessions/{id}")]
pub async fn qualification_session_update(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    if_match: IfMatch,
    body: Body<QualificationChange>,
) -> Result<HttpResponse, Problem> {
    let change = body.value;
    ctx.answer(move |tx| {
        let session = tx.qualification_for(id.0, Action::QualificationManage)?;
        unchanged(session.version, if_match)?;
        if let Some(issue) = change.scheduled_at.and_then(|at| wrong_time(tx, at)) {
            return Err(Problem::field("/scheduled_at", issue));
        }
        let event = session.state.decide(GroupCommand::Amend(change.scheduled_at), tx.now())?;
        let GroupEvent::Amended(window) = event else { return Err(Problem::new(ProblemCode::Internal)) };
        let amendment = QualificationAmendment {
            title: change.title,
            place: match change.place {
                Patch::Absent => None,
                Patch::Null => Some(None),
                Patch::Value(place) => Some(Some(place)),
            },
            scheduled_at: change.scheduled_at,
        };
        tx.qualification_amend(&session, &amendment, window)?;
        let session = tx.qualification_for(id.0, Action::QualificationManage)?;
        Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version))
    })
    .await
}

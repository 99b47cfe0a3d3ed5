//! `PATCH /consilium/sessions/{id}`.

use actix_web::{HttpResponse, patch};
use chrono::{DateTime, Utc};
use qorgan_domain::consilium::{Command, SessionEvent};
use qorgan_domain::ids::ConsiliumSessionId;
use qorgan_domain::policy::Action;
use qorgan_domain::text::Title;
use qorgan_storage::consilium::SessionAmendment;

use super::create::wrong_time;
use super::view::SessionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IfMatch, Patch, PathId};
use crate::routes::version::unchanged;

request! {
    /// Changes of a planned session: fields that are not given stay.
    #[schema(example = json!({"scheduled_at": "2030-12-12T09:00:00Z"}))]
    pub struct SessionChange {
        /// What it is called.
        pub title: Option<Title>,
        /// Where it is; `null` takes it away.
        #[schema(value_type = Option<String>)]
        pub place: Patch<Title>,
        /// When it is to begin.
        pub scheduled_at: Option<DateTime<Utc>>,
    }
}

/// Change a session that is planned. A new time moves the time in which its members may read its cases.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_session_update",
    params(("id" = ConsiliumSessionId, Path), IfMatch),
    request_body = SessionChange,
    responses(
        (status = 200, body = SessionView, headers(("ETag" = String))),
        (status = 409, description = "transition_refused"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[patch("/consilium/sessions/{id}")]
pub async fn consilium_session_update(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    if_match: IfMatch,
    body: Body<SessionChange>,
) -> Result<HttpResponse, Problem> {
    let change = body.value;
    ctx.answer(move |tx| {
        let session = tx.consilium_for(id.0, Action::ConsiliumManage)?;
        unchanged(session.version, if_match)?;
        if let Some(issue) = change.scheduled_at.and_then(|at| wrong_time(tx, at)) {
            return Err(Problem::field("/scheduled_at", issue));
        }
        let event = session.state.decide(Command::Amend(change.scheduled_at), tx.now())?;
        let SessionEvent::Amended(window) = event else { return Err(Problem::new(ProblemCode::Internal)) };
        let amendment = SessionAmendment {
            title: change.title,
            place: match change.place {
                Patch::Absent => None,
                Patch::Null => Some(None),
                Patch::Value(place) => Some(Some(place)),
            },
            scheduled_at: change.scheduled_at,
        };
        tx.consilium_amend(&session, &amendment, window)?;
        let session = tx.consilium_for(id.0, Action::ConsiliumManage)?;
        Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version))
    })
    .await
}

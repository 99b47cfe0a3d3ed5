//! `POST /register/qualification-sessions/{id}/members`.

use actix_web::{HttpResponse, post};
use qorgan_domain::consilium::BoardRole;
use qorgan_domain::ids::{QualificationSessionId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::register::qualification::GroupCommand;

use super::view::{SessionView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// Somebody to be seated in the group.
    #[schema(as = QualificationMemberRequest, example = json!({"user_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "role": "member"}))]
    pub struct GroupMemberRequest {
        /// Who: an active person of one of the seven bodies with the role `qualification_member`, and not `statistician`.
        pub user_id: UserId,
        /// As what.
        pub role: BoardRole,
    }
}

/// Seat somebody in the group at a planned session. The person is told.
///
/// A seat opens the files of the agenda for reading, for the time of the session.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_member_add",
    params(("id" = QualificationSessionId, Path), IdempotencyKey),
    request_body = GroupMemberRequest,
    responses((status = 201, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[post("/register/qualification-sessions/{id}/members")]
pub async fn qualification_member_add(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    body: Body<GroupMemberRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let session = tx.qualification_for(id.0, Action::QualificationManage)?;
        let Some(member) = tx.group_candidate(request.user_id, request.role)? else {
            return Err(Problem::field("/user_id", Issue::new("not_a_group_candidate")));
        };
        session.state.decide(GroupCommand::Seat(member.clone()), tx.now())?;
        tx.qualification_seat(&session, &member)?;
        let session = tx.qualification_for(id.0, Action::QualificationManage)?;
        Ok(Answer::created(location(id.0), &SessionView::from(&*session))?.etag(session.version))
    })
    .await
}

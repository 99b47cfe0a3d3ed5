//! `POST /consilium/sessions/{id}/members`.

use actix_web::{HttpResponse, post};
use qorgan_domain::consilium::{BoardRole, Command};
use qorgan_domain::ids::{ConsiliumSessionId, UserId};
use qorgan_domain::policy::Action;

use super::view::{SessionView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// Somebody to be seated on the board.
    #[schema(example = json!({"user_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "role": "chair"}))]
    pub struct MemberRequest {
        /// Who: somebody active, of any agency, with a role that works on cases.
        pub user_id: UserId,
        /// As what.
        pub role: BoardRole,
    }
}

/// Seat somebody on the board of a planned session.
///
/// A seat opens the cases of the agenda for reading, for the time of the session.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_member_add",
    params(("id" = ConsiliumSessionId, Path), IdempotencyKey),
    request_body = MemberRequest,
    responses((status = 201, body = SessionView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[post("/consilium/sessions/{id}/members")]
pub async fn consilium_member_add(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    body: Body<MemberRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let session = tx.consilium_for(id.0, Action::ConsiliumManage)?;
        let Some(member) = tx.board_candidate(request.user_id, request.role)? else {
            return Err(Problem::field("/user_id", Issue::new("not_a_board_candidate")));
        };
        session.state.decide(Command::Seat(member.clone()), tx.now())?;
        tx.consilium_seat(&session, &member)?;
        let session = tx.consilium_for(id.0, Action::ConsiliumManage)?;
        Ok(Answer::created(location(id.0), &SessionView::from(&*session))?.etag(session.version))
    })
    .await
}

//! `POST /consilium/sessions/{id}/items/{item_id}/conflicts`.

use actix_web::{HttpResponse, post};
use qorgan_domain::consilium::{Command, ConflictGround};
use qorgan_domain::ids::{ConsiliumItemId, ConsiliumSessionId, UserId};
use qorgan_domain::policy::{Action, Subject, Verdict, decide};
use qorgan_domain::text::Reason;

use super::view::ConflictView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// An interest in a case.
    #[schema(example = json!({"reason": "The mother is my cousin."}))]
    pub struct ConflictRequest {
        /// Whose; the caller's own where absent. Another's is told only by who keeps the session.
        pub user_id: Option<UserId>,
        /// Why: read by the member and by who keeps the session.
        #[schema(value_type = Option<String>, min_length = 3, max_length = 2000)]
        pub reason: Option<Reason>,
    }
}

/// Tell of a member's interest in a case of the agenda.
///
/// The member has no vote on the case, and the seat does not open it any more. Who manages or opened a case has no vote
/// on it either, but reads it and reports; that needs not be told.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_conflict_declare",
    params(("id" = ConsiliumSessionId, Path), ("item_id" = ConsiliumItemId, Path), IdempotencyKey),
    request_body = ConflictRequest,
    responses((status = 200, body = ConflictView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_declare"))),
)]
#[post("/consilium/sessions/{id}/items/{item_id}/conflicts")]
pub async fn consilium_conflict_declare(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    item_id: PathId<ConsiliumItemId, 1>,
    body: Body<ConflictRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let session = tx.consilium_for(id.0, Action::ConsiliumDeclare)?;
        if session.state.item(item_id.0).is_none() {
            return Err(Problem::new(ProblemCode::NotFound));
        }
        let user = request.user_id.unwrap_or(tx.actor().user);
        let keeps = Subject::Session { convener: session.organisation.0, member: false };
        if user != tx.actor().user && decide(tx.actor(), Action::ConsiliumManage, &keeps) != Verdict::Allowed {
            return Err(Problem::new(ProblemCode::Forbidden));
        }
        session.state.decide(Command::DeclareConflict(item_id.0, user), tx.now())?;
        tx.consilium_declare(&session, item_id.0, user, request.reason.as_ref())?;
        // Nothing of the agenda: the answer is kept for a repeat, perhaps beyond the member's time.
        let reason = request.reason.map(Reason::into_string);
        Answer::ok(&ConflictView { user_id: user, ground: ConflictGround::Declared, reason })
    })
    .await
}

//! `POST /register/qualification-sessions/{id}/items/{item_id}/recusals`.

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::{QualificationItemId, QualificationSessionId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::register::qualification::{GroupCommand, RecusalGround};
use qorgan_domain::text::Reason;

use super::view::RecusalView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// An interest in a fact.
    #[schema(example = json!({"reason": "I treated the child."}))]
    pub struct RecusalRequest {
        /// Whose; the caller's own where absent. Another's is told only by who keeps the session.
        pub user_id: Option<UserId>,
        /// Why: read by the member and by who keeps the session.
        #[schema(value_type = Option<String>, min_length = 3, max_length = 2000)]
        pub reason: Option<Reason>,
    }
}

/// Tell of a member's interest in a fact of the agenda.
///
/// The member gives no opinion on the fact and does not count for it, and the seat does not open its file any more. Who
/// filed a report of the fact gives no opinion either, but reads the file; that needs not be told.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_recusal_declare",
    params(("id" = QualificationSessionId, Path), ("item_id" = QualificationItemId, Path), IdempotencyKey),
    request_body = RecusalRequest,
    responses((status = 200, body = RecusalView), (status = 409, description = "transition_refused")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_recuse"))),
)]
#[post("/register/qualification-sessions/{id}/items/{item_id}/recusals")]
pub async fn qualification_recusal_declare(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    item_id: PathId<QualificationItemId, 1>,
    body: Body<RecusalRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let session = tx.qualification_for(id.0, Action::QualificationRecuse)?;
        if session.state.item(item_id.0).is_none() {
            return Err(Problem::new(ProblemCode::NotFound));
        }
        let user = request.user_id.unwrap_or(tx.actor().user);
        if user != tx.actor().user && !session.kept_by(tx.actor().user) {
            return Err(Problem::new(ProblemCode::Forbidden));
        }
        session.state.decide(GroupCommand::Recuse(item_id.0, user), tx.now())?;
        tx.qualification_recuse(&session, item_id.0, user, request.reason.as_ref())?;
        // Nothing of the agenda: the answer is kept for a repeat, perhaps beyond the member's time.
        let reason = request.reason.map(Reason::into_string);
        Answer::ok(&RecusalView { user_id: user, ground: RecusalGround::Declared, reason })
    })
    .await
}

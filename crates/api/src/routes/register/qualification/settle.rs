//! What the group decides on a fact: `POST …/items/{item_id}/decide`, and the same from the side of the register,
//! `POST /register/facts/{id}/qualify`.

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::{FactId, QualificationItemId, QualificationSessionId};
use qorgan_domain::policy::Action;
use qorgan_domain::register::SuicidalLevel;
use qorgan_domain::register::qualification::{GroupCommand, QualificationOutcome, Resolution};
use qorgan_domain::text::{Reason, Text};
use qorgan_storage::register::qualification::{NewSettlement, QualificationSession};
use qorgan_storage::{Authorized, Tx};

use super::opinions::held;
use super::unchanged_fact;
use super::view::SessionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// What the group came to on a fact.
    #[schema(example = json!({"outcome": "confirmed", "level": "attempt", "reason": "Confirmed by the discharge summary."}))]
    pub struct QualificationDecisionRequest {
        /// In a word.
        pub outcome: QualificationOutcome,
        /// The level, where it is confirmed.
        pub level: Option<SuicidalLevel>,
        /// Why: it stands with the new version of the fact. No names of children.
        pub reason: Reason,
    }

    /// The same, from the side of the register.
    #[schema(example = json!({"status": "confirmed", "level": "attempt", "protocol_number": "12-2030", "reason": "Confirmed by the discharge summary."}))]
    pub struct QualifyRequest {
        /// `confirmed` or `not_confirmed`.
        pub status: QualificationOutcome,
        /// The level, where it is confirmed.
        pub level: Option<SuicidalLevel>,
        /// The number of the protocol of the open session that has the fact before it.
        #[schema(value_type = String, min_length = 1, max_length = 60)]
        pub protocol_number: Text<1, 60>,
        /// Why: it stands with the new version of the fact. No names of children.
        pub reason: Reason,
    }
}

/// Record what the group decided on a fact: it reads so in the register from now on, in a new version that names the
/// protocol.
///
/// A refusal (409) names everything that is missing: quorum and bodies among those who judge this fact, one who presides,
/// opinions of everybody present, their weight. A fact is put off (`postponed`) without quorum and opinions; it stands
/// again where it stood.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_decide",
    params(("id" = QualificationSessionId, Path), ("item_id" = QualificationItemId, Path), IfMatch, IdempotencyKey),
    request_body = QualificationDecisionRequest,
    responses(
        (status = 200, body = SessionView, headers(("ETag" = String))),
        (status = 409, description = "transition_refused, domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("fact_qualify"))),
)]
#[post("/register/qualification-sessions/{id}/items/{item_id}/decide")]
pub async fn qualification_decide(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    item_id: PathId<QualificationItemId, 1>,
    if_match: IfMatch,
    body: Body<QualificationDecisionRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let session = tx.qualification_for(id.0, Action::FactQualify)?;
        if repeated(&session, item_id.0, &request) {
            return Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version));
        }
        unchanged(session.version, if_match)?;
        settle(tx, &session, item_id.0, request)
    })
    .await
}

/// Record what the group decided on a fact: the same as the decision of the session that has the fact before it, for
/// programs that keep the register.
///
/// The caller keeps that session, which is open, and names its protocol. Without such a session no fact is qualified.
#[utoipa::path(
    tag = "qualification",
    operation_id = "fact_qualify",
    params(("id" = FactId, Path), IdempotencyKey),
    request_body = QualifyRequest,
    responses(
        (status = 200, body = SessionView, headers(("ETag" = String))),
        (status = 409, description = "transition_refused, domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("fact_qualify"))),
)]
#[post("/register/facts/{id}/qualify")]
pub async fn fact_qualify(ctx: Ctx, id: PathId<FactId>, body: Body<QualifyRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.authorize(Action::FactQualify)?;
        let (session, item) = tx.session_before(id.0)?.ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
        let session = tx.qualification_for(session, Action::FactQualify)?;
        // One that is not open yet has no protocol: refused below.
        if session.protocol_number.as_deref().is_some_and(|number| number != request.protocol_number.as_str()) {
            return Err(Problem::field("/protocol_number", Issue::new("protocol_number_unknown")));
        }
        if request.status == QualificationOutcome::Postponed {
            return Err(Problem::field("/status", Issue::new("not_an_opinion")));
        }
        let decision =
            QualificationDecisionRequest { outcome: request.status, level: request.level, reason: request.reason };
        settle(tx, &session, item, decision)
    })
    .await
}

fn settle(
    tx: &mut Tx<'_>,
    session: &Authorized<QualificationSession>,
    item: QualificationItemId,
    request: QualificationDecisionRequest,
) -> Result<Answer, Problem> {
    let known = session.state.item(item).ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
    let resolution = held(request.outcome, request.level)?.map_or(Resolution::Postponed, Resolution::Qualified);
    session.state.decide(GroupCommand::Settle(item, tx.actor().user, resolution), tx.now())?;
    let voters = match resolution {
        Resolution::Qualified(_) => session.state.voters(known).iter().map(|member| member.user).collect(),
        Resolution::Postponed => Vec::new(),
    };
    let new = NewSettlement { item, fact: known.fact, resolution, reason: request.reason, voters };
    tx.qualification_settle(session, &new).map_err(unchanged_fact)?;
    let session = tx.qualification_for(session.id, Action::FactQualify)?;
    Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version))
}

/// Whether this very decision is on record.
fn repeated(session: &QualificationSession, item: QualificationItemId, request: &QualificationDecisionRequest) -> bool {
    let decided = session.items.iter().find(|known| known.id == item).and_then(|known| known.decision.as_ref());
    decided.is_some_and(|decision| {
        decision.outcome == request.outcome
            && decision.level == request.level
            && decision.reason == request.reason.as_str()
    })
}

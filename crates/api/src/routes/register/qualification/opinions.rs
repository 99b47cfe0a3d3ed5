//! `POST /register/qualification-sessions/{id}/items/{item_id}/opinions`.

use actix_web::{HttpResponse, post};
use qorgan_domain::ids::{QualificationItemId, QualificationSessionId};
use qorgan_domain::policy::Action;
use qorgan_domain::register::SuicidalLevel;
use qorgan_domain::register::qualification::{Conclusion, GroupCommand, QualificationOutcome};
use qorgan_domain::text::Narrative;
use qorgan_storage::Tx;
use qorgan_storage::register::qualification::{NewOpinion, Opinion};

use super::file_view::OpinionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// An opinion on a fact.
    #[schema(example = json!({"outcome": "confirmed", "level": "attempt", "reasons": "The intent is plain from the note."}))]
    pub struct OpinionRequest {
        /// `confirmed` or `not_confirmed`.
        pub outcome: QualificationOutcome,
        /// The level, where it is confirmed.
        pub level: Option<SuicidalLevel>,
        /// Why.
        pub reasons: Narrative,
    }
}

/// Give your opinion on a fact of the agenda, once you have read its file. It is never changed.
///
/// The opinions of others are sealed until yours is given. Before the fact is decided on, everybody present who judges it
/// must have given one.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_opinion_give",
    params(("id" = QualificationSessionId, Path), ("item_id" = QualificationItemId, Path), IdempotencyKey),
    request_body = OpinionRequest,
    responses(
        (status = 201, body = OpinionView),
        (status = 200, description = "The same opinion was given before", body = OpinionView),
        (status = 409, description = "transition_refused"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("opinion_give"))),
)]
#[post("/register/qualification-sessions/{id}/items/{item_id}/opinions")]
pub async fn qualification_opinion_give(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    item_id: PathId<QualificationItemId, 1>,
    body: Body<OpinionRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let before = tx.fact_before_group(id.0, item_id.0, Action::OpinionGive)?;
        let conclusion = held(request.outcome, request.level)?
            .ok_or_else(|| Problem::field("/outcome", Issue::new("not_an_opinion")))?;
        let known = own(tx, item_id.0)?;
        if let Some(known) = known
            && known.conclusion == conclusion
            && known.reasons == request.reasons.as_str()
        {
            return Answer::ok(&OpinionView::from(known));
        }
        let command = GroupCommand::GiveOpinion(item_id.0, tx.actor().user, conclusion);
        before.session.state.decide(command, tx.now())?;
        tx.opinion_give(&before, &NewOpinion { conclusion, reasons: request.reasons })?;
        let given = own(tx, item_id.0)?.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        let address = format!("/api/v1/register/qualification-sessions/{}/items/{}/file", id.0, item_id.0);
        Answer::created(address, &OpinionView::from(given))
    })
    .await
}

/// The conclusion of outcome and level, or what is wrong with the level.
pub(super) fn held(outcome: QualificationOutcome, level: Option<SuicidalLevel>) -> Result<Option<Conclusion>, Problem> {
    Conclusion::of(outcome, level).map_err(|invalid| Problem::field("/level", invalid))
}

fn own(tx: &mut Tx<'_>, item: QualificationItemId) -> Result<Option<Opinion>, Problem> {
    let user = tx.actor().user;
    Ok(tx.opinions_unsealed(item)?.into_iter().find(|opinion| opinion.user.0 == user))
}

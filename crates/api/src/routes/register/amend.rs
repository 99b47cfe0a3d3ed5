//! `POST /register/facts/{id}/amend`, `/annul`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::ids::FactId;
use qorgan_domain::policy::Action;
use qorgan_domain::register::{
    Change, ChangeRefusal, FactContent, FactKind, Nature, Relation, SuicidalLevel, ViolenceForm, check_relation,
};
use qorgan_domain::text::Reason;
use qorgan_storage::Tx;
use qorgan_storage::register::{ChangeError, Fact, FactChange};

use super::request::PlaceRequest;
use super::view::FactView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, Patch, PathId};
use crate::routes::version::unchanged;

request! {
    /// A correction of a fact. What is left out stays. Another kind, form or level is a requalification.
    #[schema(example = json!({"occurred_on": "2026-03-11", "reason": "The hospital's record names the day before."}))]
    pub struct FactAmendRequest {
        /// Violence or suicidal behaviour; another kind needs its `main_form` or `level`.
        pub kind: Option<FactKind>,
        /// Violence: the form by which it is counted.
        pub main_form: Option<ViolenceForm>,
        /// Suicidal behaviour: how far it went.
        pub level: Option<SuicidalLevel>,
        /// Violence: all forms; the main one is added.
        pub forms: Option<Vec<ViolenceForm>>,
        /// The day of the event.
        pub occurred_on: Option<NaiveDate>,
        /// Where it took place.
        pub place: Option<PlaceRequest>,
        /// Violence: what the alleged perpetrator is to the child.
        #[schema(value_type = Option<Relation>)]
        pub alleged_perpetrator_relation: Patch<Relation>,
        /// Why.
        pub reason: Reason,
    }

    /// Why something is done to a fact.
    #[schema(example = json!({"reason": "Entered for the wrong child."}))]
    pub struct FactReasonRequest {
        /// Why.
        pub reason: Reason,
    }
}

/// Correct a fact of the unified register by a new version, with a reason; what stood before stays readable.
///
/// For who reported it. The interagency group alone changes the level that it decided on.
#[utoipa::path(
    tag = "register",
    operation_id = "fact_amend",
    params(("id" = FactId, Path), IfMatch, IdempotencyKey),
    request_body = FactAmendRequest,
    responses(
        (status = 200, body = FactView, headers(("ETag" = String))),
        (status = 409, description = "not_a_child, domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("fact_amend"))),
)]
#[post("/register/facts/{id}/amend")]
pub async fn fact_amend(
    ctx: Ctx,
    id: PathId<FactId>,
    if_match: IfMatch,
    body: Body<FactAmendRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let fact = tx.fact_for(id.0, Action::FactAmend)?;
        unchanged(fact.current.version.into(), if_match)?;
        let reason = request.reason.clone();
        let content = amended(tx, &fact, request)?;
        let change = FactChange { change: Change::Amend(content), reason, protocol_number: None };
        tx.fact_version_add(&fact, &change).map_err(refused)?;
        answer(tx, id.0)
    })
    .await
}

/// Annul a fact that was entered by mistake: it stays readable and is counted no more. That is final.
///
/// For supervisors of who reported it.
#[utoipa::path(
    tag = "register",
    operation_id = "fact_annul",
    params(("id" = FactId, Path), IfMatch, IdempotencyKey),
    request_body = FactReasonRequest,
    responses(
        (status = 200, body = FactView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("fact_annul"))),
)]
#[post("/register/facts/{id}/annul")]
pub async fn fact_annul(
    ctx: Ctx,
    id: PathId<FactId>,
    if_match: IfMatch,
    body: Body<FactReasonRequest>,
) -> Result<HttpResponse, Problem> {
    let reason = body.value.reason;
    ctx.post(body.sha256, move |tx| {
        let fact = tx.fact_for(id.0, Action::FactAnnul)?;
        unchanged(fact.current.version.into(), if_match)?;
        let change = FactChange { change: Change::Annul, reason, protocol_number: None };
        tx.fact_version_add(&fact, &change).map_err(refused)?;
        answer(tx, id.0)
    })
    .await
}

/// The fact as it reads now.
pub fn answer(tx: &mut Tx<'_>, id: FactId) -> Result<Answer, Problem> {
    let fact = tx.fact_for(id, Action::RegisterRead)?;
    Ok(Answer::ok(&FactView::from(&*fact))?.etag(fact.current.version.into()))
}

/// The problem of a change that was refused.
pub fn refused(error: ChangeError) -> Problem {
    match error {
        ChangeError::Refused(refusal) => ruled_out(refusal),
        ChangeError::NotAChild => Problem::new(ProblemCode::NotAChild),
        ChangeError::Storage(error) => error.into(),
    }
}

fn ruled_out(refusal: ChangeRefusal) -> Problem {
    Problem::new(ProblemCode::DomainRule).because(refusal)
}

/// What the fact says after the amendment; every wrong field at once.
fn amended(tx: &mut Tx<'_>, fact: &Fact, request: FactAmendRequest) -> Result<FactContent, Problem> {
    let at = &Pointer::ROOT;
    let mut errors = FieldErrors::new();
    let present = fact.current.content();
    let occurred_on = request.occurred_on.unwrap_or(present.occurred_on);
    if occurred_on > tx.today() {
        errors.push(&at.key("occurred_on"), Issue::new("date_future"));
    }
    if let Some(place) = &request.place
        && !tx.territory_exists(&place.territory)?
    {
        errors.push(&at.key("place").key("territory"), Issue::new("unknown_territory"));
    }
    let kind = request.kind.unwrap_or_else(|| present.nature.kind());
    let nature = nature(kind, &present.nature, &request, at, &mut errors);
    let relation = match (kind, request.alleged_perpetrator_relation) {
        // What was said of a perpetrator falls away with the violence.
        (FactKind::SuicidalBehaviour, Patch::Absent) => None,
        (_, patch) => patch.apply(present.relation),
    };
    if let Err(invalid) = check_relation(kind, relation) {
        errors.push(&at.key("alleged_perpetrator_relation"), invalid);
    }
    let (Some(nature), true) = (nature, errors.is_empty()) else { return Err(Problem::validation(errors)) };
    let (kato, setting) =
        request.place.map_or((present.kato, present.setting), |place| (place.territory, place.setting));
    Ok(FactContent { nature, occurred_on, kato, setting, relation })
}

fn nature(
    kind: FactKind,
    present: &Nature,
    request: &FactAmendRequest,
    at: &Pointer<'_>,
    errors: &mut FieldErrors,
) -> Option<Nature> {
    let same_kind = kind == present.kind();
    let main_form = request.main_form.or(present.main_form().filter(|_| same_kind));
    let level = request.level.or(present.level().filter(|_| same_kind));
    let kept = || present.forms().collect::<Vec<_>>();
    let forms = request.forms.clone().or((same_kind && kind == FactKind::Violence).then(kept));
    match Nature::new(kind, main_form, level, forms) {
        Ok(nature) => Some(nature),
        Err(wrong) => {
            for (field, invalid) in wrong {
                errors.push(&at.key(field), invalid);
            }
            None
        }
    }
}

//! `POST /register/reconciliations/{id}/items/{item}/resolve`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::children::{Sex, birth_date_ok};
use qorgan_domain::ids::{FactId, ReconciliationId, ReconciliationItemId};
use qorgan_domain::policy::Action;
use qorgan_domain::register::import::{EventRow, FactField, RowPlace};
use qorgan_domain::register::reconciliation::{ReconciliationOutcome, Resolution, resolve};
use qorgan_domain::register::{FactKind, Setting, SuicidalLevel, ViolenceForm};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::{Narrative, Reason};
use qorgan_storage::register::import::{RowFiling, RowReport};
use qorgan_storage::register::reconciliation::{NewResolution, ReconciliationItem};
use qorgan_storage::register::{Fact, FiledReport};
use qorgan_storage::{AccessError, Denial, Tx};

use super::view::ItemView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// What the row does not say and a report needs.
    pub struct RowSupplement {
        /// Violence or suicidal behaviour.
        pub kind: Option<FactKind>,
        /// Violence: the form by which it is counted.
        pub main_form: Option<ViolenceForm>,
        /// Suicidal behaviour: how far it went.
        pub level: Option<SuicidalLevel>,
        /// Where it took place.
        pub territory: Option<Kato>,
        /// In what surroundings.
        pub setting: Option<Setting>,
        /// What happened.
        pub description: Option<Narrative>,
        /// The child's date of birth.
        pub birth_date: Option<NaiveDate>,
        /// The child's sex.
        pub sex: Option<Sex>,
    }

    /// How an item is settled.
    #[schema(example = json!({"resolution": "not_ours", "reason": "The child lives in another region."}))]
    pub struct ResolveRequest {
        /// How.
        pub resolution: Resolution,
        /// Why; needed for `not_ours` and `different`.
        pub reason: Option<Reason>,
        /// `same`: the fact that the row tells of, where it is another one than the item names.
        pub fact_id: Option<FactId>,
        /// `report_filed`: what the row does not say.
        pub supplement: Option<RowSupplement>,
    }
}

/// Settle an item of a reconciliation.
///
/// `report_filed` files the row as a report of the caller's organisation, matched like any other; what the row does not say
/// stands in `supplement`, and what is still missing is named. `same`: the row tells of the fact that the item names, or of
/// `fact_id`. `different`, `not_ours`: with a reason. `data_corrected`: the side that was wrong put its data right. What may
/// be said of an item follows from its outcome. An item is settled once.
#[utoipa::path(
    tag = "register",
    operation_id = "reconciliation_item_resolve",
    params(("id" = ReconciliationId, Path), ("item" = ReconciliationItemId, Path), IfMatch, IdempotencyKey),
    request_body = ResolveRequest,
    responses(
        (status = 200, body = ItemView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reconciliation_write"))),
)]
#[post("/register/reconciliations/{id}/items/{item}/resolve")]
pub async fn reconciliation_item_resolve(
    ctx: Ctx,
    id: PathId<ReconciliationId>,
    item: PathId<ReconciliationItemId, 1>,
    if_match: IfMatch,
    body: Body<ResolveRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let list = tx.reconciliation_for(id.0, Action::ReconciliationWrite)?;
        let found = tx.reconciliation_item(&list, item.0)?;
        let found = found.ok_or(AccessError::Denied(Denial::NotFound))?;
        unchanged(found.version, if_match)?;
        resolve(list.status, found.outcome, found.resolution, request.resolution)
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal.code()))?;
        tx.reconciliation_hold(&list)?;
        checked(&request, &found)?;
        let named = named_fact(tx, &request)?;
        let filed = filed(tx, &request, &found)?;
        let fact = filed.as_ref().map(|filed| &filed.fact).or(named.as_ref());
        let report = filed.as_ref().map(|filed| filed.report.id);
        let new = NewResolution { resolution: request.resolution, reason: request.reason, fact, report };
        tx.reconciliation_resolve(&list, &found, &new)?;
        let settled = tx.reconciliation_item(&list, item.0)?;
        let settled = settled.ok_or(AccessError::Denied(Denial::NotFound))?;
        let version = settled.version;
        Ok(Answer::ok(&ItemView::from(settled))?.etag(version))
    })
    .await
}

/// Which members go with which resolution; every wrong one at once.
fn checked(request: &ResolveRequest, item: &ReconciliationItem) -> Result<(), Problem> {
    let mut errors = FieldErrors::new();
    let at = Pointer::ROOT;
    let resolution = request.resolution;
    if request.reason.is_none() && matches!(resolution, Resolution::NotOurs | Resolution::Different) {
        errors.push(&at.key("reason"), Issue::new("required_here"));
    }
    if request.fact_id.is_some() && resolution != Resolution::Same {
        errors.push(&at.key("fact_id"), Issue::new("not_allowed_here"));
    }
    // What nobody knows is the same as nothing.
    if request.fact_id.is_none() && resolution == Resolution::Same && item.outcome == ReconciliationOutcome::OnlyThere {
        errors.push(&at.key("fact_id"), Issue::new("required_here"));
    }
    if request.supplement.is_some() && resolution != Resolution::ReportFiled {
        errors.push(&at.key("supplement"), Issue::new("not_allowed_here"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}

fn named_fact(tx: &mut Tx<'_>, request: &ResolveRequest) -> Result<Option<Fact>, Problem> {
    let Some(id) = request.fact_id else { return Ok(None) };
    match tx.fact_for(id, Action::RegisterRead) {
        Ok(fact) => Ok(Some(fact.into_inner())),
        Err(AccessError::Denied(_)) => Err(Problem::field("/fact_id", Issue::new("unknown_fact"))),
        Err(error) => Err(error.into()),
    }
}

fn filed(tx: &mut Tx<'_>, request: &ResolveRequest, item: &ReconciliationItem) -> Result<Option<FiledReport>, Problem> {
    if request.resolution != Resolution::ReportFiled {
        return Ok(None);
    }
    let row = item.content.clone();
    let mut row = row.ok_or_else(|| Problem::new(ProblemCode::DomainRule).because("row_erased"))?;
    if let Some(supplement) = &request.supplement {
        supplemented(&mut row, supplement, tx.today())?;
    }
    let gaps = row.gaps();
    if !gaps.is_empty() {
        return Err(refused(gaps));
    }
    let places = tx.list_places()?;
    let Some(kato) = row.place.as_ref().and_then(|place| places.territory(place)) else {
        return Err(Problem::field("/supplement/territory", Issue::new("unknown_territory")));
    };
    let school = row.school.as_ref().and_then(|name| places.school(name.as_str())).cloned();
    match tx.row_report_file(&RowReport { row, kato, school }) {
        Ok(filed) => Ok(Some(filed)),
        Err(RowFiling::Refused(problems)) => Err(refused(problems)),
        Err(RowFiling::Failed(error)) => Err(error.into()),
    }
}

/// Fills in what the row does not say; what it says stays.
fn supplemented(row: &mut EventRow, more: &RowSupplement, today: NaiveDate) -> Result<(), Problem> {
    if let Some(Err(invalid)) = more.birth_date.map(|date| birth_date_ok(date, today)) {
        return Err(Problem::field("/supplement/birth_date", invalid));
    }
    row.main_form = row.main_form.or(more.main_form);
    row.level = row.level.or(more.level);
    let kind = match (row.main_form, row.level) {
        (Some(_), None) => Some(FactKind::Violence),
        (None, Some(_)) => Some(FactKind::SuicidalBehaviour),
        _ => None,
    };
    row.kind = row.kind.or(more.kind).or(kind);
    row.place = row.place.take().or_else(|| more.territory.clone().map(RowPlace::Kato));
    row.setting = row.setting.or(more.setting);
    row.description = row.description.take().or_else(|| more.description.clone());
    row.person.birth_date = row.person.birth_date.or(more.birth_date);
    row.person.sex = row.person.sex.or(more.sex);
    Ok(())
}

fn refused(problems: Vec<(FactField, qorgan_domain::Invalid)>) -> Problem {
    let mut errors = FieldErrors::new();
    for (field, invalid) in problems {
        errors.push(&Pointer::ROOT.key("supplement").key(field.as_str()), invalid);
    }
    Problem::validation(errors)
}

//! `POST /register/reports`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::Action;
use qorgan_domain::register::Nature;
use qorgan_storage::Tx;
use qorgan_storage::children::LinkableChild;
use qorgan_storage::register::{ExternalReference, FiledReport, FilingError, NewReport, ReportedChild};

use super::request::ReportRequest;
use super::view::{FiledReportView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request::{Body, IdempotencyKey};
use crate::routes::children::{ChildRequest, ForReport, InlineChild};

/// File a report on violence against a child or on a child's suicidal behaviour.
///
/// The report joins the fact of the unified register that tells of the same event (`match.outcome` is `matched`), or
/// makes a fact of its own (`new`); where it may be a known event, a person decides later (`review`). A child that is not
/// certainly known is registered with the report; no report is refused because of records alike. Suicidal behaviour of a
/// child without an open case is told to the child's school by a signal. The same report sent again under its own `id` is
/// the same report (200), another one under that `id` is refused (409 `id_taken`). `Location` is the address of the fact.
/// A case that is closed (`case_closed`) or about another child (`case_of_other_child`) takes no report (409
/// `domain_rule`).
#[utoipa::path(
    tag = "register",
    operation_id = "report_file",
    params(IdempotencyKey),
    request_body = ReportRequest,
    responses(
        (status = 201, body = FiledReportView, headers(("Location" = String))),
        (status = 200, description = "The report was filed before by this very request", body = FiledReportView),
        (status = 404, description = "not_found"),
        (status = 409, description = "not_a_child, id_taken, domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("report_file"))),
)]
#[post("/register/reports")]
pub async fn report_file(ctx: Ctx, body: Body<ReportRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let filed = file(tx, request)?;
        let (address, repeated) = (location(filed.fact.id), filed.repeated);
        let view = FiledReportView::from(filed);
        if repeated { Answer::ok(&view) } else { Answer::created(address, &view) }
    })
    .await
}

/// Checks what a report found `at` a place of a request says of its event. `None` means that `errors` now says what is
/// wrong.
///
/// # Errors
/// `forbidden`, and failures of the database.
pub fn check(
    tx: &mut Tx<'_>,
    request: &ReportRequest,
    at: &Pointer<'_>,
    errors: &mut FieldErrors,
) -> Result<Option<Nature>, Problem> {
    tx.authorize(Action::ReportFile)?;
    let before = errors.len();
    let nature = request.check(tx.today(), at, errors);
    if !tx.territory_exists(&request.place.territory)? {
        errors.push(&at.key("place").key("territory"), Issue::new("unknown_territory"));
    }
    Ok(nature.filter(|_| errors.len() == before))
}

fn file(tx: &mut Tx<'_>, mut request: ReportRequest) -> Result<FiledReport, Problem> {
    let at = &Pointer::ROOT;
    let mut errors = FieldErrors::new();
    let nature = check(tx, &request, at, &mut errors)?;
    let child = Named::of(tx, request.child_id, request.child.take(), at, &mut errors)?;
    let (Some(nature), Some(child)) = (nature, child) else {
        return Err(Problem::validation(errors));
    };
    // Before the child is looked for: another report on it may just come.
    await_others(tx, [&request])?;
    let ForReport { child, alike } = child.known(tx)?;
    insert(tx, request, nature, reported(&child), alike)
}

/// The child of a report: known, or to be registered with it.
enum Named {
    Known(LinkableChild),
    New(InlineChild),
}

impl Named {
    /// Exactly one of the two ways. `None` means that `errors` now says what is wrong.
    fn of(
        tx: &mut Tx<'_>,
        id: Option<ChildId>,
        child: Option<ChildRequest>,
        at: &Pointer<'_>,
        errors: &mut FieldErrors,
    ) -> Result<Option<Self>, Problem> {
        match (id, child) {
            (Some(id), None) => {
                let child = tx.child_for_link(id)?;
                if child.is_none() {
                    errors.push(&at.key("child_id"), Issue::new("unknown_child"));
                }
                Ok(child.map(Self::Known))
            }
            (None, Some(child)) => Ok(InlineChild::checked(tx, child, &at.key("child"), errors)?.map(Self::New)),
            (Some(_), Some(_)) => {
                errors.push(&at.key("child"), Issue::new("not_allowed_here"));
                Ok(None)
            }
            (None, None) => {
                errors.push(&at.key("child_id"), Issue::new("required_here"));
                Ok(None)
            }
        }
    }

    fn known(self, tx: &mut Tx<'_>) -> Result<ForReport, Problem> {
        match self {
            Self::Known(child) => Ok(ForReport { child, alike: Vec::new() }),
            Self::New(child) => child.for_report(tx),
        }
    }
}

/// Waits for reports that may tell of the same events: once in a unit of work, before its first report.
///
/// # Errors
/// Failures of the database.
pub fn await_others<'r>(tx: &mut Tx<'_>, requests: impl IntoIterator<Item = &'r ReportRequest>) -> Result<(), Problem> {
    let told: Vec<(NaiveDate, Vec<ExternalReference>)> = requests
        .into_iter()
        .map(|request| (request.occurred_on, request.external_refs.iter().map(Into::into).collect()))
        .collect();
    Ok(tx.report_match_begin(told.iter().map(|(day, named)| (*day, named.as_slice())))?)
}

/// A child of the index as a report needs it.
#[must_use]
pub const fn reported(child: &LinkableChild) -> ReportedChild {
    ReportedChild { id: child.id, birth_date: child.birth_date, sex: child.sex }
}

/// Files a report that was checked.
///
/// # Errors
/// `not_a_child`, `id_taken`, `not_found` for the case, `domain_rule`.
pub fn insert(
    tx: &mut Tx<'_>,
    request: ReportRequest,
    nature: Nature,
    child: ReportedChild,
    children_alike: Vec<ChildId>,
) -> Result<FiledReport, Problem> {
    let case = request.case_id.map(|case| tx.case_for(case, Action::CaseRead)).transpose()?;
    // After the case was looked at: a refusal from here on is one of the report.
    let permit = tx.authorize(Action::ReportFile)?;
    let new = NewReport {
        id: request.id,
        nature,
        occurred_on: request.occurred_on,
        kato: request.place.territory,
        setting: request.place.setting,
        child,
        children_alike,
        child_role: request.role,
        relation: request.alleged_perpetrator_relation,
        description: request.description,
        case: case.as_ref(),
        external_refs: request.external_refs.iter().map(Into::into).collect(),
        calls_for_action: true,
    };
    tx.report_insert(&permit, &new).map_err(refusal)
}

fn refusal(error: FilingError) -> Problem {
    match error {
        FilingError::IdTaken => Problem::new(ProblemCode::IdTaken),
        FilingError::NotAChild => Problem::new(ProblemCode::NotAChild),
        FilingError::CaseClosed => Problem::new(ProblemCode::DomainRule).because("case_closed"),
        FilingError::CaseOfOtherChild => Problem::new(ProblemCode::DomainRule).because("case_of_other_child"),
        FilingError::Storage(error) => error.into(),
    }
}

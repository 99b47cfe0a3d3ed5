//! `POST /protocols/{code}/versions`.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::policy::Action;
use qorgan_domain::protocols::{ProtocolCode, validate_period};
use qorgan_domain::text::Reason;
use qorgan_storage::Tx;
use qorgan_storage::protocols::{NewVersion, ProtocolVersion};

use super::request::{DefinitionRequest, StepRequest, TitlesRequest, TriggerRequest};
use super::view::VersionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};

request! {
    /// A version of a protocol to be published.
    #[schema(example = json!({
        "version": 2, "valid_from": "2090-01-01", "source": "Order of the department, No. 12", "provisional": false,
        "titles": {"ru": "Помощь после попытки", "kk": "Әрекеттен кейінгі көмек", "en": "Help after an attempt"},
        "trigger": {"kind": "suicidal_behaviour", "levels": ["attempt"]},
        "steps": [
            {"code": "emergency_care", "agency": "UZ", "role": "health_specialist", "section": "medical",
             "due": {"amount": 1, "unit": "hours"}, "mandatory": true,
             "titles": {"ru": "Неотложная помощь", "kk": "Шұғыл көмек", "en": "Emergency care"}},
            {"code": "safety_plan", "agency": "UO", "role": "psychologist", "section": "psychological",
             "due": {"amount": 3, "unit": "working_days"}, "mandatory": true, "after": ["emergency_care"],
             "titles": {"ru": "План безопасности", "kk": "Қауіпсіздік жоспары", "en": "Safety plan"}}
        ]
    }))]
    pub struct VersionRequest {
        /// Its number: the next one, 1 for a new protocol. A repeat with the same content is the same version.
        #[schema(minimum = 1)]
        pub version: i32,
        /// The first day on which it is in force: today or later.
        pub valid_from: NaiveDate,
        /// The first day on which it is not in force any more.
        pub valid_to: Option<NaiveDate>,
        /// Where it comes from: an order, a decision.
        pub source: Reason,
        /// Whether no authority has issued it; `false` where absent.
        pub provisional: Option<bool>,
        /// What it is called.
        pub titles: TitlesRequest,
        /// When it is called for.
        pub trigger: TriggerRequest,
        /// What is to be done.
        pub steps: Vec<StepRequest>,
    }
}

/// Publish a version of a protocol. It is never changed afterwards.
///
/// Cases that go by an older version keep it; they can be moved deliberately. The first version makes the protocol. A
/// number that is not the next one is 409 `domain_rule` because of `protocol_version_not_next` (with `next_version`),
/// one that somebody else published is 409 `id_taken`.
#[utoipa::path(
    tag = "protocols",
    operation_id = "protocol_version_create",
    params(("code" = String, Path, example = "suicide_attempt"), IdempotencyKey),
    request_body = VersionRequest,
    responses(
        (status = 201, body = VersionView, headers(("Location" = String))),
        (status = 200, description = "The version was published before by this very request", body = VersionView),
        (status = 409, description = "id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("protocol_manage"))),
)]
#[post("/protocols/{code}/versions")]
pub async fn protocol_version_create(
    ctx: Ctx,
    code: PathId<String>,
    body: Body<VersionRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.authorize(Action::ProtocolManage)?;
        let code: ProtocolCode = code.0.parse().map_err(|_| Problem::new(ProblemCode::NotFound))?;
        let agencies = agencies(tx)?;
        let published = tx.protocol_versions(&code)?;
        let permit = tx.authorize(Action::ProtocolManage)?;
        let mut errors = FieldErrors::new();
        let new = checked(request, code, &agencies, &mut errors);
        if let Some(known) = published.iter().find(|known| known.version == new.version)
            && errors.is_empty()
        {
            let same = new.same_as(known).then(|| VersionView::from(known.clone()));
            return Answer::ok(&same.ok_or_else(|| Problem::new(ProblemCode::IdTaken))?);
        }
        let latest = published.first();
        in_time(tx, &new, latest, &mut errors);
        if !errors.is_empty() {
            return Err(Problem::validation(errors));
        }
        let next = latest.map_or(1, |latest| latest.version.saturating_add(1));
        if new.version != next {
            let problem = Problem::new(ProblemCode::DomainRule).because("protocol_version_not_next");
            return Err(problem.with("next_version", next));
        }
        tx.protocol_publish(&permit, &new)?;
        let view = tx.protocol_versions(&new.code)?.into_iter().find(|known| known.version == new.version);
        let view = view.map(VersionView::from).ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::created(format!("/api/v1/protocols/{}", new.code), &view)
    })
    .await
}

/// The codes of all agencies.
///
/// # Errors
/// As [`Tx::agency_list`].
pub fn agencies(tx: &mut Tx<'_>) -> Result<BTreeSet<AgencyCode>, Problem> {
    Ok(tx.agency_list()?.into_iter().filter_map(|agency| agency.code.parse().ok()).collect())
}

/// The version; `errors` now says everything that is wrong with it whenever it is sent.
fn checked(
    request: VersionRequest,
    code: ProtocolCode,
    agencies: &BTreeSet<AgencyCode>,
    errors: &mut FieldErrors,
) -> NewVersion {
    let VersionRequest { version, valid_from, valid_to, source, provisional, titles, trigger, steps } = request;
    if version < 1 {
        errors.push(&Pointer::ROOT.key("version"), Issue::new("number_too_small").with("min", 1));
    }
    if let Err(invalid) = validate_period(valid_from, valid_to) {
        errors.push(&Pointer::ROOT.key("valid_to"), invalid);
    }
    let definition = DefinitionRequest { titles, trigger, steps }.into_definition(agencies, &Pointer::ROOT, errors);
    let provisional = provisional.unwrap_or(false);
    NewVersion { code, version, definition, valid_from, valid_to, source, provisional }
}

/// A version comes into force neither in the past, nor before the one that it replaces.
fn in_time(tx: &Tx<'_>, new: &NewVersion, latest: Option<&ProtocolVersion>, errors: &mut FieldErrors) {
    if new.valid_from < tx.today() {
        errors.push(&Pointer::ROOT.key("valid_from"), Issue::new("date_past"));
    } else if latest.is_some_and(|latest| latest.valid_from > new.valid_from) {
        errors.push(&Pointer::ROOT.key("valid_from"), Issue::new("protocol_valid_from"));
    }
}

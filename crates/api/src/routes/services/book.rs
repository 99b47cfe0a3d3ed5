//! `/cases/{id}/appointments`: making and listing appointments.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, SubsecRound, Utc};
use qorgan_domain::calendar::local_date;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::cases::{CasePart, Section};
use qorgan_domain::children::age_on;
use qorgan_domain::family::{Consent, consent_for};
use qorgan_domain::ids::{AppointmentId, CaseId, ConsentId, FamilyMemberId, ServiceId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::policy::sections::writable;
use qorgan_domain::text::Narrative;
use qorgan_storage::cases::Case;
use qorgan_storage::services::{Appointment, NewAppointment, Service};
use qorgan_storage::{AccessError, Authorized, Denial, Tx};
use uuid::Uuid;

use super::view::{AppointmentView, appointments_of};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request::{Body, Cursor, IdempotencyKey, Language, Limit, Page, PathId, Query};
use crate::routes::paging::next_cursor;
use crate::routes::stage::stage_problem;
use crate::{query, request};

request! {
    /// An appointment with a service, for the child or for somebody of the family.
    #[schema(example = json!({
        "service_id": "0190a000-0000-7000-8000-000000000029", "starts_at": "2026-12-01T05:00:00Z",
        "family_member_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "purpose": "First talk after the crisis."
    }))]
    pub struct AppointmentRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same appointment.
        pub id: Option<AppointmentId>,
        /// The service.
        pub service_id: ServiceId,
        /// When it begins. An appointment that was agreed by telephone may be entered late.
        pub starts_at: DateTime<Utc>,
        /// Who of the family comes; the child where absent.
        pub family_member_id: Option<FamilyMemberId>,
        /// The section that protects purpose and outcome; `general` where absent.
        pub section: Option<Section>,
        /// What for.
        pub purpose: Narrative,
        /// The consent it rests on, where the service needs one; found by itself where absent.
        pub consent_id: Option<ConsentId>,
    }
}

query! {
    /// Which appointments to list.
    pub struct AppointmentQuery {
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<(DateTime<Utc>, Uuid)>>,
    }
}

/// Make an appointment with a service.
///
/// The provider sees it if it is a participant of the case, and not otherwise: making an appointment adds nobody to a
/// case. A service may need a consent of the family (`consent_missing`) and may be full (`no_capacity`).
#[utoipa::path(
    tag = "services",
    operation_id = "appointment_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = AppointmentRequest,
    responses(
        (status = 201, body = AppointmentView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "It was made before by this very request", body = AppointmentView),
        (status = 409, description = "consent_missing"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("appointment_write"))),
)]
#[post("/cases/{id}/appointments")]
pub async fn appointment_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<AppointmentRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::AppointmentWrite)?;
        may_write(CasePart::Help, case.state.stage).map_err(stage_problem)?;
        let (service, new) = checked(tx, &case, request)?;
        if let Some(known) = repeated(tx, &case, service.id, &new)? {
            return answer(known, &case, language, false);
        }
        suits(tx, &case, &service, &new)?;
        let consent = consent(tx, &case, &service, &new)?;
        let new = NewAppointment { consent, ..new };
        if !tx.appointment_insert(&case, &service, &new)? {
            return Err(Problem::new(ProblemCode::NoCapacity));
        }
        let made = tx.appointment_of(&case, new.id)?;
        answer(made, &case, language, true)
    })
    .await
}

fn answer(appointment: Appointment, case: &Case, language: Language, created: bool) -> Result<Answer, Problem> {
    let (id, version) = (appointment.id, appointment.version);
    let view = AppointmentView::of(appointment, language);
    let location = format!("{}/{id}", appointments_of(case.id));
    let answer = if created { Answer::created(location, &view)? } else { Answer::ok(&view)? };
    Ok(answer.etag(version))
}

/// Every wrong field at once; the consent is the one that was named.
fn checked(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    request: AppointmentRequest,
) -> Result<(Service, NewAppointment), Problem> {
    let section = request.section.unwrap_or(Section::General);
    let mut errors = FieldErrors::new();
    if let Some(Err(invalid)) = request.id.map(|id| client_uuid(id.as_uuid())) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let allowed = writable(tx.actor());
    if !allowed.contains(&section) {
        let allowed: Vec<&str> = allowed.into_iter().map(Section::as_str).collect();
        let issue = Issue::new("section_not_writable").with("allowed", allowed.join(", "));
        errors.push(&Pointer::ROOT.key("section"), issue);
    }
    let service = tx.service_load(request.service_id)?;
    if service.is_none() {
        errors.push(&Pointer::ROOT.key("service_id"), Issue::new("unknown_service"));
    }
    if let Some(member) = request.family_member_id {
        match tx.family_member_of(case, member) {
            Ok(_) => {}
            Err(AccessError::Denied(Denial::NotFound)) => {
                errors.push(&Pointer::ROOT.key("family_member_id"), Issue::new("unknown_family_member"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let service = service.filter(|_| errors.is_empty()).ok_or_else(|| Problem::validation(errors))?;
    let new = NewAppointment {
        id: request.id.unwrap_or_else(|| Uuid::now_v7().into()),
        // PostgreSQL keeps microseconds: what is answered must equal what is read later.
        starts_at: request.starts_at.trunc_subsecs(6),
        member: request.family_member_id,
        section,
        purpose: request.purpose.into_string(),
        consent: request.consent_id,
    };
    Ok((service, new))
}

/// Whether the service is given on that day, and for the child's age where the child comes.
fn suits(tx: &mut Tx<'_>, case: &Authorized<Case>, service: &Service, new: &NewAppointment) -> Result<(), Problem> {
    let day = local_date(new.starts_at);
    let refused = |code: &str| Err(Problem::new(ProblemCode::DomainRule).because(code));
    if !service.record.availability.open_on(day) {
        return refused("service_not_given_then");
    }
    if new.member.is_some() {
        return Ok(());
    }
    let child = tx.children_visible(&[case.child_id])?.pop();
    match child {
        Some(child) if !service.record.availability.for_age(age_on(child.birth_date, day)) => {
            refused("service_not_for_age")
        }
        _ => Ok(()),
    }
}

/// The consent that the appointment rests on. For the child anybody of the family may have given it.
fn consent(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    service: &Service,
    new: &NewAppointment,
) -> Result<Option<ConsentId>, Problem> {
    if !service.record.consent_required && new.consent.is_none() {
        return Ok(None);
    }
    let decisions: Vec<Consent> = tx.family_decisions(case)?;
    let today = tx.today();
    let mut members: Vec<FamilyMemberId> = match new.member {
        Some(member) => vec![member],
        None => decisions.iter().map(|decision| decision.member).collect(),
    };
    members.sort_unstable();
    members.dedup();
    let mut standing = members.into_iter().filter_map(|member| consent_for(&decisions, member, service.id, today));
    let found = match new.consent {
        Some(named) => standing.find(|id| *id == named),
        None => standing.next(),
    };
    found.map(Some).ok_or_else(|| Problem::new(ProblemCode::ConsentMissing))
}

/// The appointment of this id, if it was made with the same content by the same user.
fn repeated(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    service: ServiceId,
    new: &NewAppointment,
) -> Result<Option<Appointment>, Problem> {
    let known = match tx.appointment_of(case, new.id) {
        Ok(known) => known,
        Err(AccessError::Denied(Denial::NotFound)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let same = known.author.0 == tx.actor().user
        && known.service.0 == service
        && known.starts_at == new.starts_at
        && known.member == new.member
        && known.section == new.section
        && known.purpose.as_deref() == Some(&new.purpose)
        && (new.consent.is_none() || known.consent == new.consent);
    if same { Ok(Some(known)) } else { Err(Problem::new(ProblemCode::IdTaken)) }
}

/// List the appointments of a case, the latest first. The purpose of a section that is closed to you is left out.
#[utoipa::path(
    tag = "services",
    operation_id = "appointment_list",
    params(("id" = CaseId, Path), AppointmentQuery),
    responses((status = 200, body = Page<AppointmentView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/appointments")]
pub async fn appointment_list(
    ctx: Ctx,
    id: PathId<CaseId>,
    query: Query<AppointmentQuery>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let query = query.0;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let before = query.cursor.map(|cursor| cursor.0);
        let page = tx.appointment_list(&case, before, query.limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(|item| AppointmentView::of(item, language)).collect(),
        })
    })
    .await
}

//! `POST /services`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::ids::{OrganisationId, ServiceId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::services::{Availability, ServiceKind, ServiceLanguage};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::{Reason, Title};
use qorgan_storage::services::ServiceRecord;
use qorgan_storage::{AccessError, Denial, Tx};
use uuid::Uuid;

use super::record::{Address, CapacityRequest, Phone, check, provider};
use super::view::{ServiceView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Language};

request! {
    /// A service to add to the directory.
    #[schema(example = json!({
        "kind": "psychological_support", "name_ru": "Кабинет психолога", "territory": "351000000",
        "serves": ["351000000"], "languages": ["kk", "ru"], "age_to": 17,
        "capacity": {"places": 40, "period": "week"}, "consent_required": true, "valid_from": "2026-09-01",
        "source": "Order of the education department"
    }))]
    pub struct ServiceRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same service.
        pub id: Option<ServiceId>,
        /// What kind of help.
        pub kind: ServiceKind,
        /// Its name, in Russian.
        pub name_ru: Title,
        /// Its name, in Kazakh.
        pub name_kk: Option<Title>,
        /// Its name, in English.
        pub name_en: Option<Title>,
        /// The organisation that provides it; a supervisor names one in scope.
        pub organisation_id: Option<OrganisationId>,
        /// Where it is (KATO).
        pub territory: Kato,
        /// The territories whose people it serves (KATO), at least one.
        #[schema(min_items = 1, max_items = 50)]
        pub serves: Vec<Kato>,
        /// Its telephone numbers.
        #[schema(required = false, value_type = Vec<String>, max_items = 50)]
        pub phones: Vec<Phone>,
        /// Its address.
        #[schema(value_type = Option<String>, min_length = 3, max_length = 500)]
        pub address: Option<Address>,
        /// The languages in which it is given.
        #[schema(required = false)]
        pub languages: Vec<ServiceLanguage>,
        /// The least age in full years.
        pub age_from: Option<i32>,
        /// The greatest age in full years.
        pub age_to: Option<i32>,
        /// How many it takes; no limit where absent.
        pub capacity: Option<CapacityRequest>,
        /// Whether an appointment needs a consent of the family; not, where absent.
        pub consent_required: Option<bool>,
        /// The first day on which it is given; today where absent.
        pub valid_from: Option<NaiveDate>,
        /// The first day on which it is not given any more.
        pub valid_to: Option<NaiveDate>,
        /// Where this is known from.
        pub source: Reason,
        /// Whether it is unverified; not, where absent.
        pub provisional: Option<bool>,
    }
}

/// Add a service to the directory: as an administrator, or as a supervisor of the organisation that provides it.
#[utoipa::path(
    tag = "services",
    operation_id = "service_create",
    params(IdempotencyKey),
    request_body = ServiceRequest,
    responses(
        (status = 201, body = ServiceView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "It was added before by this very request", body = ServiceView),
        (status = 409, description = "id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("service_manage"))),
)]
#[post("/services")]
pub async fn service_create(ctx: Ctx, body: Body<ServiceRequest>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let permit = tx.authorize(Action::ServiceManage)?;
        let chosen = request.id;
        let record = checked(tx, request)?;
        if !tx.may_keep_service_of(record.provider.as_ref()) {
            return Err(Problem::new(ProblemCode::Forbidden));
        }
        if let Some(id) = chosen
            && let Some(answer) = repeated(tx, id, &record, language)?
        {
            return Ok(answer);
        }
        let id = chosen.unwrap_or_else(|| Uuid::now_v7().into());
        tx.service_insert(&permit, id, &record)?;
        let service = tx.service_for(id, Action::ServiceRead)?;
        Ok(Answer::created(location(id), &ServiceView::of(&service, language))?.etag(service.version))
    })
    .await
}

fn checked(tx: &mut Tx<'_>, request: ServiceRequest) -> Result<ServiceRecord, Problem> {
    let mut errors = FieldErrors::new();
    if let Some(Err(invalid)) = request.id.map(|id| client_uuid(id.as_uuid())) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let provider = match request.organisation_id {
        Some(id) => provider(tx, id, &mut errors)?,
        None => None,
    };
    let record = ServiceRecord {
        kind: request.kind,
        name_ru: request.name_ru.into_string(),
        name_kk: request.name_kk.map(Title::into_string),
        name_en: request.name_en.map(Title::into_string),
        provider,
        kato: request.territory,
        served: request.serves,
        phones: request.phones.into_iter().map(Phone::into_string).collect(),
        address: request.address.map(Address::into_string),
        languages: request.languages,
        availability: Availability {
            age_from: request.age_from,
            age_to: request.age_to,
            valid_from: request.valid_from.unwrap_or_else(|| tx.today()),
            valid_to: request.valid_to,
        },
        capacity: request.capacity.as_ref().map(CapacityRequest::capacity),
        consent_required: request.consent_required.unwrap_or(false),
        source: request.source.into_string(),
        provisional: request.provisional.unwrap_or(false),
    };
    check(tx, &record, &mut errors)?;
    if errors.is_empty() { Ok(record) } else { Err(Problem::validation(errors)) }
}

/// The service of this id, if it says the same.
fn repeated(
    tx: &mut Tx<'_>,
    id: ServiceId,
    record: &ServiceRecord,
    language: Language,
) -> Result<Option<Answer>, Problem> {
    match tx.service_for(id, Action::ServiceManage) {
        Ok(service) if service.record == *record => {
            Ok(Some(Answer::ok(&ServiceView::of(&service, language))?.etag(service.version)))
        }
        Ok(_) | Err(AccessError::Denied(Denial::Forbidden)) => Err(Problem::new(ProblemCode::IdTaken)),
        Err(AccessError::Denied(Denial::NotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

//! `PATCH /services/{id}`.

use actix_web::{HttpResponse, patch};
use chrono::NaiveDate;
use qorgan_domain::ids::{OrganisationId, ServiceId};
use qorgan_domain::policy::Action;
use qorgan_domain::services::{Availability, ServiceKind, ServiceLanguage};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::{Reason, Title};
use qorgan_storage::Tx;
use qorgan_storage::services::ServiceRecord;

use super::record::{Address, CapacityRequest, Phone, check, provider};
use super::view::ServiceView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Problem};
use crate::request;
use crate::request::{Body, IfMatch, Patch, PathId};
use crate::routes::version::unchanged;

request! {
    /// What changes of a service; what is left out stays.
    #[schema(example = json!({"phones": ["111"], "capacity": {"places": 20, "period": "day"}, "provisional": false}))]
    pub struct ServiceChange {
        /// What kind of help.
        pub kind: Option<ServiceKind>,
        /// Its name, in Russian.
        pub name_ru: Option<Title>,
        /// Its name in Kazakh; `null` removes it.
        #[schema(value_type = Option<Title>)]
        pub name_kk: Patch<Title>,
        /// Its name in English; `null` removes it.
        #[schema(value_type = Option<Title>)]
        pub name_en: Patch<Title>,
        /// The organisation that provides it; `null` where none of the system does.
        #[schema(value_type = Option<OrganisationId>)]
        pub organisation_id: Patch<OrganisationId>,
        /// Where it is (KATO).
        pub territory: Option<Kato>,
        /// The territories whose people it serves (KATO): all of them.
        pub serves: Option<Vec<Kato>>,
        /// Its telephone numbers: all of them.
        #[schema(value_type = Option<Vec<String>>)]
        pub phones: Option<Vec<Phone>>,
        /// Its address; `null` removes it.
        #[schema(value_type = Option<String>, min_length = 3, max_length = 500)]
        pub address: Patch<Address>,
        /// The languages in which it is given: all of them.
        pub languages: Option<Vec<ServiceLanguage>>,
        /// The least age in full years; `null` removes it.
        #[schema(value_type = Option<i32>)]
        pub age_from: Patch<i32>,
        /// The greatest age in full years; `null` removes it.
        #[schema(value_type = Option<i32>)]
        pub age_to: Patch<i32>,
        /// How many it takes; `null`: no limit. Appointments that were made stay.
        #[schema(value_type = Option<CapacityRequest>)]
        pub capacity: Patch<CapacityRequest>,
        /// Whether an appointment needs a consent of the family.
        pub consent_required: Option<bool>,
        /// The first day on which it is given.
        pub valid_from: Option<NaiveDate>,
        /// The first day on which it is not given any more; `null` removes it.
        #[schema(value_type = Option<NaiveDate>)]
        pub valid_to: Patch<NaiveDate>,
        /// Where this is known from.
        pub source: Option<Reason>,
        /// Whether it is unverified.
        pub provisional: Option<bool>,
    }
}

/// Change a service of the directory: as an administrator, or as a supervisor of the organisation that provides it.
#[utoipa::path(
    tag = "services",
    operation_id = "service_update",
    params(("id" = ServiceId, Path), IfMatch),
    request_body = ServiceChange,
    responses((status = 200, body = ServiceView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("service_manage"))),
)]
#[patch("/services/{id}")]
pub async fn service_update(
    ctx: Ctx,
    id: PathId<ServiceId>,
    if_match: IfMatch,
    body: Body<ServiceChange>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let change = body.value;
    ctx.answer(move |tx| {
        let service = tx.service_for(id.0, Action::ServiceManage)?;
        unchanged(service.version, if_match)?;
        let record = changed(tx, &service.record, change)?;
        tx.service_update(&service, &record)?;
        let service = tx.service_for(id.0, Action::ServiceRead)?;
        Ok(Answer::ok(&ServiceView::of(&service, language))?.etag(service.version))
    })
    .await
}

fn changed(tx: &mut Tx<'_>, present: &ServiceRecord, change: ServiceChange) -> Result<ServiceRecord, Problem> {
    let present = present.clone();
    let mut errors = FieldErrors::new();
    let provider = match change.organisation_id {
        Patch::Absent => present.provider,
        Patch::Null => None,
        Patch::Value(id) => provider(tx, id, &mut errors)?,
    };
    let days = present.availability;
    let capacity = match change.capacity {
        Patch::Absent => present.capacity,
        Patch::Null => None,
        Patch::Value(capacity) => Some(capacity.capacity()),
    };
    let phones = change.phones.map(|phones| phones.into_iter().map(Phone::into_string).collect());
    let record = ServiceRecord {
        kind: change.kind.unwrap_or(present.kind),
        name_ru: change.name_ru.map_or(present.name_ru, Title::into_string),
        name_kk: text(change.name_kk, present.name_kk),
        name_en: text(change.name_en, present.name_en),
        provider,
        kato: change.territory.unwrap_or(present.kato),
        served: change.serves.unwrap_or(present.served),
        phones: phones.unwrap_or(present.phones),
        address: text(change.address, present.address),
        languages: change.languages.unwrap_or(present.languages),
        availability: Availability {
            age_from: change.age_from.apply(days.age_from),
            age_to: change.age_to.apply(days.age_to),
            valid_from: change.valid_from.unwrap_or(days.valid_from),
            valid_to: change.valid_to.apply(days.valid_to),
        },
        capacity,
        consent_required: change.consent_required.unwrap_or(present.consent_required),
        source: change.source.map_or(present.source, Reason::into_string),
        provisional: change.provisional.unwrap_or(present.provisional),
    };
    check(tx, &record, &mut errors)?;
    if errors.is_empty() { Ok(record) } else { Err(Problem::validation(errors)) }
}

fn text<T: Into<String>>(patch: Patch<T>, present: Option<String>) -> Option<String> {
    match patch {
        Patch::Absent => present,
        Patch::Null => None,
        Patch::Value(text) => Some(text.into()),
    }
}

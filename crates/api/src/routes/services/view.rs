//! How services and appointments look in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::Section;
use qorgan_domain::ids::{AppointmentId, CaseId, ConsentId, FamilyMemberId, OrganisationId, ServiceId};
use qorgan_domain::services::{AppointmentStatus, CapacityPeriod, ServiceKind, ServiceLanguage};
use qorgan_domain::territory::Kato;
use qorgan_storage::services::{Appointment, Service};
use serde::Serialize;
use utoipa::ToSchema;

use crate::request::Language;
use crate::routes::cases::view::{OrganisationNameView, PersonView};
use crate::routes::reference::view::NamesView;

/// How many a service takes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceCapacity)]
pub struct CapacityView {
    /// So many appointments.
    places: i32,
    /// In a day, a week, a month.
    period: CapacityPeriod,
}

/// A service of the directory.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Service)]
pub struct ServiceView {
    /// Its id.
    id: ServiceId,
    /// What kind of help.
    kind: ServiceKind,
    /// Its name in the language of the answer.
    name: String,
    /// Its name in all languages.
    names: NamesView,
    /// The organisation of the system that provides it, if one does.
    organisation_id: Option<OrganisationId>,
    /// Where it is (KATO).
    territory: Kato,
    /// The territories whose people it serves, with all that lies inside them (KATO).
    serves: Vec<Kato>,
    /// Its telephone numbers.
    phones: Vec<String>,
    /// Its address.
    address: Option<String>,
    /// The languages in which it is given.
    languages: Vec<ServiceLanguage>,
    /// The least age in full years.
    age_from: Option<i32>,
    /// The greatest age in full years.
    age_to: Option<i32>,
    /// How many it takes; `null`: no limit.
    capacity: Option<CapacityView>,
    /// Whether an appointment needs a consent of the family.
    consent_required: bool,
    /// The first day on which it is given.
    valid_from: NaiveDate,
    /// The first day on which it is not given any more.
    valid_to: Option<NaiveDate>,
    /// Where this is known from.
    source: String,
    /// Whether it is unverified: do not call it official.
    provisional: bool,
    /// When it last changed.
    updated_at: DateTime<Utc>,
    /// Its version, as in `ETag`.
    version: i64,
}

impl ServiceView {
    /// The view in one language.
    pub fn of(service: &Service, language: Language) -> Self {
        let record = service.record.clone();
        let names = NamesView { ru: record.name_ru, kk: record.name_kk, en: record.name_en };
        let days = record.availability;
        Self {
            id: service.id,
            kind: record.kind,
            name: names.in_language(language).to_owned(),
            names,
            organisation_id: record.provider.map(|provider| provider.id),
            territory: record.kato,
            serves: record.served,
            phones: record.phones,
            address: record.address,
            languages: record.languages,
            age_from: days.age_from,
            age_to: days.age_to,
            capacity: record.capacity.map(|capacity| CapacityView { places: capacity.places, period: capacity.period }),
            consent_required: record.consent_required,
            valid_from: days.valid_from,
            valid_to: days.valid_to,
            source: record.source,
            provisional: record.provisional,
            updated_at: service.updated_at,
            version: service.version,
        }
    }
}

/// The service of an appointment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppointmentService)]
pub struct ServiceNameView {
    /// The service.
    id: ServiceId,
    /// Its name in the language of the answer.
    name: String,
}

/// An appointment of a case with a service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Appointment)]
pub struct AppointmentView {
    /// Its id.
    id: AppointmentId,
    /// The service.
    service: ServiceNameView,
    /// When it begins.
    starts_at: DateTime<Utc>,
    /// Who of the family comes; `null`: the child.
    family_member_id: Option<FamilyMemberId>,
    /// The consent it rests on.
    consent_id: Option<ConsentId>,
    /// Where it stands.
    status: AppointmentStatus,
    /// The section that protects purpose and reason.
    section: Section,
    /// Whether the caller may read them. Where not, they are `null`.
    readable: bool,
    /// What for.
    purpose: Option<String>,
    /// Why it was cancelled or missed, or what was noted of it.
    reason: Option<String>,
    /// Who made it.
    author: PersonView,
    /// For which organisation.
    organisation: OrganisationNameView,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// Its version, as in `ETag`.
    version: i64,
}

impl AppointmentView {
    /// The view in one language.
    pub fn of(appointment: Appointment, language: Language) -> Self {
        let (id, name, name_kk) = appointment.service;
        let name = if language == Language::Kk { name_kk.unwrap_or(name) } else { name };
        Self {
            id: appointment.id,
            service: ServiceNameView { id, name },
            starts_at: appointment.starts_at,
            family_member_id: appointment.member,
            consent_id: appointment.consent,
            status: appointment.status,
            section: appointment.section,
            readable: appointment.purpose.is_some(),
            purpose: appointment.purpose,
            reason: appointment.reason,
            author: appointment.author.into(),
            organisation: appointment.organisation.into(),
            created_at: appointment.created_at,
            version: appointment.version,
        }
    }
}

/// The address of a service.
pub fn location(id: ServiceId) -> String {
    format!("/api/v1/services/{id}")
}

/// The address of the appointments of a case.
pub fn appointments_of(case: CaseId) -> String {
    format!("/api/v1/cases/{case}/appointments")
}

//! The directory: not personal, read by all who work on cases; kept by administrators and by supervisors of providers.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::ServiceId;
use qorgan_domain::policy::{Action, OrganisationRef, ResourceKind, Subject, Verdict, decide};
use qorgan_domain::services::{Availability, Capacity, CapacityPeriod, ServiceKind, ServiceLanguage};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::page::Page;
use crate::reference::organisation_ref;
use crate::schema::services;
use crate::{AccessError, Authorized, Denial, Permit, StorageError, Tx, rows};

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// What is known of it.
    pub record: ServiceRecord,
    /// Its version, for `ETag`.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What is known of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRecord {
    /// What kind of help.
    pub kind: ServiceKind,
    /// Its name, in Russian.
    pub name_ru: String,
    /// Its name, in Kazakh.
    pub name_kk: Option<String>,
    /// Its name, in English.
    pub name_en: Option<String>,
    /// The organisation that provides it.
    pub provider: Option<OrganisationRef>,
    /// Where it is.
    pub kato: Kato,
    /// The territories whose people it serves.
    pub served: Vec<Kato>,
    /// Its numbers.
    pub phones: Vec<String>,
    /// Its address.
    pub address: Option<String>,
    /// The languages in which it is given.
    pub languages: Vec<ServiceLanguage>,
    /// For whom and when.
    pub availability: Availability,
    /// How many it takes; no limit where absent.
    pub capacity: Option<Capacity>,
    /// Whether an appointment needs a consent.
    pub consent_required: bool,
    /// Where this is known from.
    pub source: String,
    /// Whether it is unverified.
    pub provisional: bool,
}

/// Which services to list.
#[derive(Debug, Clone)]
pub struct ServiceFilter {
    /// Of this kind.
    pub kind: Option<ServiceKind>,
    /// For people of this territory.
    pub territory: Option<Kato>,
    /// For people of this age.
    pub for_age: Option<i32>,
    /// Given on this day.
    pub on: NaiveDate,
    /// After this key.
    pub after: Option<ServiceKey>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a service in lists.
pub type ServiceKey = (String, Uuid);

#[derive(Queryable, Selectable)]
#[diesel(table_name = services)]
struct ServiceRow {
    id: Uuid,
    kind: String,
    name_ru: String,
    name_kk: Option<String>,
    name_en: Option<String>,
    organisation_id: Option<Uuid>,
    organisation_agency: Option<String>,
    organisation_kato: Option<String>,
    kato: String,
    served: Vec<String>,
    phones: Vec<String>,
    address: Option<String>,
    languages: Vec<String>,
    age_from: Option<i16>,
    age_to: Option<i16>,
    capacity: Option<i32>,
    capacity_period: Option<String>,
    consent_required: bool,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    source: String,
    provisional: bool,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl ServiceRow {
    fn into_service(self) -> Result<Service, StorageError> {
        let id = self.id;
        let provider = match (self.organisation_id, self.organisation_agency, self.organisation_kato) {
            (Some(organisation), Some(agency), Some(kato)) => Some(organisation_ref(organisation, &agency, &kato)?),
            _ => None,
        };
        let period: Option<CapacityPeriod> =
            rows::parse_optional(self.capacity_period.as_deref(), "services", "capacity_period", id)?;
        let record = ServiceRecord {
            kind: rows::parse(&self.kind, "services", "kind", id)?,
            name_ru: self.name_ru,
            name_kk: self.name_kk,
            name_en: self.name_en,
            provider,
            kato: rows::parse(&self.kato, "services", "kato", id)?,
            served: words(&self.served, "served", id)?,
            phones: self.phones,
            address: self.address,
            languages: words(&self.languages, "languages", id)?,
            availability: Availability {
                age_from: self.age_from.map(i32::from),
                age_to: self.age_to.map(i32::from),
                valid_from: self.valid_from,
                valid_to: self.valid_to,
            },
            capacity: self.capacity.zip(period).map(|(places, period)| Capacity { places, period }),
            consent_required: self.consent_required,
            source: self.source,
            provisional: self.provisional,
        };
        Ok(Service {
            id: id.into(),
            record,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

fn words<T: std::str::FromStr>(texts: &[String], column: &'static str, row: Uuid) -> Result<Vec<T>, StorageError> {
    texts.iter().map(|text| rows::parse(text, "services", column, row)).collect()
}

/// All columns that a change may write; `None` writes null.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = services)]
#[diesel(treat_none_as_null = true)]
struct ServiceColumns<'a> {
    kind: &'static str,
    name_ru: &'a str,
    name_kk: Option<&'a str>,
    name_en: Option<&'a str>,
    organisation_id: Option<Uuid>,
    organisation_agency: Option<&'a str>,
    organisation_kato: Option<&'a str>,
    kato: &'a str,
    served: Vec<&'a str>,
    phones: &'a [String],
    address: Option<&'a str>,
    languages: Vec<&'static str>,
    age_from: Option<i16>,
    age_to: Option<i16>,
    capacity: Option<i32>,
    capacity_period: Option<&'static str>,
    consent_required: bool,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    source: &'a str,
    provisional: bool,
    version: i64,
    updated_at: DateTime<Utc>,
}

impl<'a> ServiceColumns<'a> {
    fn of(record: &'a ServiceRecord, version: i64, now: DateTime<Utc>) -> Self {
        let provider = record.provider.as_ref();
        // Ages are checked at the edge; what does not fit is no age.
        let age = |age: Option<i32>| age.and_then(|age| i16::try_from(age).ok());
        Self {
            kind: record.kind.as_str(),
            name_ru: &record.name_ru,
            name_kk: record.name_kk.as_deref(),
            name_en: record.name_en.as_deref(),
            organisation_id: provider.map(|provider| provider.id.as_uuid()),
            organisation_agency: provider.map(|provider| provider.agency.as_str()),
            organisation_kato: provider.map(|provider| provider.kato.as_str()),
            kato: record.kato.as_str(),
            served: record.served.iter().map(Kato::as_str).collect(),
            phones: &record.phones,
            address: record.address.as_deref(),
            languages: record.languages.iter().map(|language| language.as_str()).collect(),
            age_from: age(record.availability.age_from),
            age_to: age(record.availability.age_to),
            capacity: record.capacity.map(|capacity| capacity.places),
            capacity_period: record.capacity.map(|capacity| capacity.period.as_str()),
            consent_required: record.consent_required,
            valid_from: record.availability.valid_from,
            valid_to: record.availability.valid_to,
            source: &record.source,
            provisional: record.provisional,
            version,
            updated_at: now,
        }
    }
}

impl Tx<'_> {
    /// Services that are given on a day, by name.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn service_list(&mut self, filter: &ServiceFilter) -> Result<Page<Service, ServiceKey>, AccessError> {
        self.authorize(Action::ServiceRead)?;
        let mut query = services::table
            .select(ServiceRow::as_select())
            .filter(services::valid_from.le(filter.on))
            .filter(services::valid_to.is_null().or(services::valid_to.gt(filter.on)))
            .into_boxed();
        if let Some(kind) = filter.kind {
            query = query.filter(services::kind.eq(kind.as_str()));
        }
        if let Some(territory) = &filter.territory {
            let around: Vec<String> = territory.lineage().iter().map(|unit| unit.as_str().to_owned()).collect();
            let inside = format!("{}%", territory.prefix());
            query = query.filter(services::served.overlaps_with(around).or(services::kato.like(inside)));
        }
        if let Some(age) = filter.for_age {
            // Beyond what the column holds nobody's age lies: the nearest bound says the same.
            let age = i16::try_from(age).unwrap_or(if age < 0 { i16::MIN } else { i16::MAX });
            query = query
                .filter(services::age_from.is_null().or(services::age_from.le(age)))
                .filter(services::age_to.is_null().or(services::age_to.ge(age)));
        }
        if let Some((name, id)) = &filter.after {
            let later = services::name_ru.gt(name);
            query = query.filter(later.or(services::name_ru.eq(name).and(services::id.gt(id))));
        }
        let found = query
            .order((services::name_ru, services::id))
            .limit(filter.limit + 1)
            .load::<ServiceRow>(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(found, filter.limit, |row| (row.name_ru.clone(), row.id));
        let items = page.items.into_iter().map(ServiceRow::into_service).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Loads a service with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`], [`Denial::Forbidden`].
    pub fn service_for(&mut self, id: ServiceId, action: Action) -> Result<Authorized<Service>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let service = self.service_load(id)?.ok_or(AccessError::Denied(Denial::NotFound))?;
        let actor = &self.actor;
        self.decide(action, service, |service| {
            decide(actor, action, &Subject::Service(service.record.provider.as_ref()))
        })
    }

    /// A service, for those whose work needs it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn service_load(&mut self, id: ServiceId) -> Result<Option<Service>, StorageError> {
        let row: Option<ServiceRow> =
            services::table.find(id.as_uuid()).select(ServiceRow::as_select()).first(self.connection).optional()?;
        row.map(ServiceRow::into_service).transpose()
    }

    /// Whether the actor may keep a service of this provider.
    #[must_use]
    pub fn may_keep_service_of(&self, provider: Option<&OrganisationRef>) -> bool {
        decide(&self.actor, Action::ServiceManage, &Subject::Service(provider)) == Verdict::Allowed
    }

    /// Adds a service.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where the actor may not keep services of that provider; [`StorageError::Duplicate`] of
    /// `services_pkey`.
    pub fn service_insert(
        &mut self,
        permit: &Permit,
        id: ServiceId,
        record: &ServiceRecord,
    ) -> Result<(), AccessError> {
        if permit.action() != Action::ServiceManage || !self.may_keep_service_of(record.provider.as_ref()) {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        diesel::insert_into(services::table)
            .values((
                services::id.eq(id.as_uuid()),
                services::created_at.eq(self.now),
                ServiceColumns::of(record, 1, self.now),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        self.audit(Action::ServiceManage, id.as_uuid(), None);
        Ok(self.publish("service.added", ResourceKind::Service, id.as_uuid())?)
    }

    /// Changes a service as it was read.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where it would go to a provider whose services the actor may not keep;
    /// [`StorageError::Stale`].
    pub fn service_update(&mut self, service: &Authorized<Service>, record: &ServiceRecord) -> Result<(), AccessError> {
        if service.action() != Action::ServiceManage || !self.may_keep_service_of(record.provider.as_ref()) {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let changed = diesel::update(services::table.find(service.id.as_uuid()))
            .filter(services::version.eq(service.version))
            .set(ServiceColumns::of(record, service.version + 1, self.now))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if changed == 0 {
            return Err(StorageError::Stale.into());
        }
        self.audit(Action::ServiceManage, service.id.as_uuid(), None);
        Ok(self.publish("service.changed", ResourceKind::Service, service.id.as_uuid())?)
    }
}

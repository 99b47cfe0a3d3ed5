//! Organisations of the agencies: not personal, so read by everybody who has a session.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::identity::{AgencyCode, OrganisationKind};
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::{Action, OrganisationRef, ResourceKind, Subject, decide};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::page::Page;
use crate::reference::organisation_ref;
use crate::schema::organisations;
use crate::{AccessError, Authorized, Denial, Permit, StorageError, Tx, rows};

/// An organisation.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// Its id, agency and territory.
    pub reference: OrganisationRef,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its name, in Russian.
    pub name: String,
    /// Its name, in Kazakh.
    pub name_kk: Option<String>,
    /// Whether it works; nobody of one that does not can log in.
    pub active: bool,
    /// Its version, for `ETag`.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Organisation {
    /// Refuses a change made on another version than this one.
    ///
    /// # Errors
    /// [`StorageError::Stale`].
    pub const fn at_version(&self, expected: i64) -> Result<(), StorageError> {
        if self.version == expected { Ok(()) } else { Err(StorageError::Stale) }
    }
}

/// An organisation to add.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its id, agency and territory.
    pub reference: OrganisationRef,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its name, in Russian.
    pub name: String,
    /// Its name, in Kazakh.
    pub name_kk: Option<String>,
}

/// What changes of an organisation; what is `None` stays. The agency never changes: its people's roles hang on it.
#[derive(Debug, Clone, Default)]
pub struct OrganisationChange {
    /// Its name, in Russian.
    pub name: Option<String>,
    /// Its name in Kazakh, or that it has none.
    pub name_kk: Option<Option<String>>,
    /// What it is.
    pub kind: Option<OrganisationKind>,
    /// Its territory; copies of it in other tables follow.
    pub kato: Option<Kato>,
    /// Whether it works.
    pub active: Option<bool>,
}

/// The position of an organisation in lists.
pub type OrganisationKey = (String, Uuid);

/// Which organisations to list.
#[derive(Debug, Clone, Default)]
pub struct OrganisationFilter {
    /// Of this agency.
    pub agency: Option<AgencyCode>,
    /// In this territory or inside it.
    pub territory: Option<Kato>,
    /// Of this kind.
    pub kind: Option<OrganisationKind>,
    /// Whether they work.
    pub active: Option<bool>,
    /// The key of the last one of the page before.
    pub after: Option<OrganisationKey>,
    /// At most so many.
    pub limit: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = organisations)]
struct OrganisationRow {
    id: Uuid,
    agency_code: String,
    kato: String,
    kind: String,
    name: String,
    name_kk: Option<String>,
    active: bool,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(AsChangeset)]
#[diesel(table_name = organisations)]
struct OrganisationColumns {
    name: Option<String>,
    name_kk: Option<Option<String>>,
    kind: Option<&'static str>,
    kato: Option<String>,
    active: Option<bool>,
    version: i64,
    updated_at: DateTime<Utc>,
}

impl OrganisationRow {
    fn into_organisation(self) -> Result<Organisation, StorageError> {
        Ok(Organisation {
            reference: organisation_ref(self.id, &self.agency_code, &self.kato)?,
            kind: rows::parse(&self.kind, "organisations", "kind", self.id)?,
            name: self.name,
            name_kk: self.name_kk,
            active: self.active,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

impl Tx<'_> {
    /// Organisations, by name.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn organisation_list(
        &mut self,
        filter: &OrganisationFilter,
    ) -> Result<Page<Organisation, OrganisationKey>, AccessError> {
        self.authorize(Action::OrganisationRead)?;
        let mut query = organisations::table.select(OrganisationRow::as_select()).into_boxed();
        if let Some(agency) = &filter.agency {
            query = query.filter(organisations::agency_code.eq(agency.as_str()));
        }
        if let Some(territory) = &filter.territory {
            // The prefix is digits only.
            query = query.filter(organisations::kato.like(format!("{}%", territory.prefix())));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(organisations::kind.eq(kind.as_str()));
        }
        if let Some(active) = filter.active {
            query = query.filter(organisations::active.eq(active));
        }
        if let Some((name, id)) = &filter.after {
            let same_name = organisations::name.eq(name).and(organisations::id.gt(id));
            query = query.filter(organisations::name.gt(name).or(same_name));
        }
        let found = query
            .order((organisations::name, organisations::id))
            .limit(filter.limit + 1)
            .load::<OrganisationRow>(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(found, filter.limit, |row| (row.name.clone(), row.id));
        let items = page.items.into_iter().map(OrganisationRow::into_organisation).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Loads an organisation with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`], [`Denial::Forbidden`].
    pub fn organisation_for(
        &mut self,
        id: OrganisationId,
        action: Action,
    ) -> Result<Authorized<Organisation>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let organisation = self.organisation_load(id)?.ok_or(AccessError::Denied(Denial::NotFound))?;
        let actor = &self.actor;
        self.decide(action, organisation, |_| decide(actor, action, &Subject::None))
    }

    fn organisation_load(&mut self, id: OrganisationId) -> Result<Option<Organisation>, StorageError> {
        let row: Option<OrganisationRow> = organisations::table
            .find(id.as_uuid())
            .select(OrganisationRow::as_select())
            .first(self.connection)
            .optional()?;
        row.map(OrganisationRow::into_organisation).transpose()
    }

    /// Adds an organisation.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] of `organisations_pkey`; [`StorageError::MissingReference`] of
    /// `organisations_agency_code_fkey` or `organisations_kato_fkey`.
    pub fn organisation_insert(&mut self, permit: &Permit, new: &NewOrganisation) -> Result<(), StorageError> {
        insert(self.connection, new, self.now)?;
        self.audit(permit.action(), new.reference.id.as_uuid(), None);
        self.publish("organisation.added", ResourceKind::Organisation, new.reference.id.as_uuid())
    }

    /// Changes an organisation as it was read; answers it as it is now.
    ///
    /// # Errors
    /// [`StorageError::Stale`]; [`StorageError::MissingReference`] of `organisations_kato_fkey`.
    pub fn organisation_update(
        &mut self,
        organisation: &Authorized<Organisation>,
        change: OrganisationChange,
    ) -> Result<Organisation, StorageError> {
        let id = organisation.reference.id;
        let columns = OrganisationColumns {
            name: change.name,
            name_kk: change.name_kk,
            kind: change.kind.map(OrganisationKind::as_str),
            kato: change.kato.map(|kato| kato.as_str().to_owned()),
            active: change.active,
            version: organisation.version + 1,
            updated_at: self.now,
        };
        let changed = diesel::update(organisations::table.find(id.as_uuid()))
            .filter(organisations::version.eq(organisation.version))
            .set(&columns)
            .execute(self.connection)?;
        if changed == 0 {
            return Err(StorageError::Stale);
        }
        self.audit(organisation.action(), id.as_uuid(), None);
        self.publish("organisation.updated", ResourceKind::Organisation, id.as_uuid())?;
        self.organisation_load(id)?.ok_or(StorageError::Stale)
    }
}

/// Writes a new organisation; the server's way and the owner's share it.
pub(super) fn insert(
    connection: &mut PgConnection,
    new: &NewOrganisation,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::insert_into(organisations::table)
        .values((
            organisations::id.eq(new.reference.id.as_uuid()),
            organisations::agency_code.eq(new.reference.agency.as_str()),
            organisations::kato.eq(new.reference.kato.as_str()),
            organisations::kind.eq(new.kind.as_str()),
            organisations::name.eq(&new.name),
            organisations::name_kk.eq(&new.name_kk),
            organisations::active.eq(true),
            organisations::version.eq(1_i64),
            organisations::created_at.eq(now),
            organisations::updated_at.eq(now),
        ))
        .execute(connection)?;
    Ok(())
}

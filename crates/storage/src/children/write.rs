//! Registering a child and correcting its record.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Uuid as SqlUuid};
use qorgan_domain::children::{Iin, NameKey, NameSource, PersonName, Sex, is_childs_home, name_key};
use qorgan_domain::identity::{OrganisationKind, Scope};
use qorgan_domain::ids::ChildId;
use qorgan_domain::matching::{HeldName, Person};
use qorgan_domain::policy::table::CASE_WORKERS;
use qorgan_domain::policy::{Action, OrganisationRef, ResourceKind};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::{Child, GivenName};
use crate::schema::{children, organisations};
use crate::{AccessError, Authorized, Denial, Permit, StorageError, Tx, rows};

diesel::define_sql_function! {
    /// Moves a child to another organisation, perhaps out of the mover's own sight.
    fn child_move(child: SqlUuid, version: BigInt, organisation: Nullable<SqlUuid>) -> Bool;
}

/// A child to be registered; territory and organisation were found to exist.
#[derive(Debug, Clone)]
pub struct NewChild {
    /// Its id.
    pub id: ChildId,
    /// Last name.
    pub last_name: PersonName,
    /// First name.
    pub first_name: PersonName,
    /// Patronymic.
    pub patronymic: Option<PersonName>,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
    /// ИИН.
    pub iin: Option<Iin>,
    /// Where the child lives.
    pub kato: Kato,
    /// The organisation it belongs to.
    pub organisation: Option<OrganisationRef>,
}

impl NewChild {
    /// What the name is compared by.
    #[must_use]
    pub fn name_key(&self) -> NameKey {
        name_key(&self.last_name, &self.first_name, self.patronymic.as_ref())
    }

    /// Its name.
    #[must_use]
    pub fn given_name(&self) -> GivenName {
        GivenName { last: self.last_name.clone(), first: self.first_name.clone(), patronymic: self.patronymic.clone() }
    }

    /// The child as it is compared with others.
    #[must_use]
    pub fn person(&self) -> Person {
        let patronymic = self.patronymic.as_ref().map(PersonName::as_str);
        Person {
            names: vec![HeldName::new(self.last_name.as_str(), self.first_name.as_str(), patronymic)],
            birth_date: Some(self.birth_date),
            sex: Some(self.sex),
            iin: self.iin.as_ref().map(|iin| iin.expose().to_owned()),
            kato: Some(self.kato.as_str().to_owned()),
            ..Person::default()
        }
    }

    /// Whether a record says the same: then a repeated request means that record.
    #[must_use]
    pub fn says_same_as(&self, child: &Child) -> bool {
        self.id == child.id
            && self.last_name == child.last_name
            && self.first_name == child.first_name
            && self.patronymic == child.patronymic
            && self.birth_date == child.birth_date
            && self.sex == child.sex
            && self.iin == child.iin
            && self.kato == child.kato
            && self.organisation == child.organisation
    }
}

/// What is to change in a child's record; `None` leaves a value as it is, the inner `None` removes it.
#[derive(Debug, Clone, Default)]
pub struct ChildAmendment {
    /// Last name.
    pub last_name: Option<PersonName>,
    /// First name.
    pub first_name: Option<PersonName>,
    /// Patronymic.
    pub patronymic: Option<Option<PersonName>>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Sex.
    pub sex: Option<Sex>,
    /// ИИН.
    pub iin: Option<Option<Iin>>,
    /// Where the child lives.
    pub kato: Option<Kato>,
    /// The organisation it belongs to.
    pub organisation: Option<Option<OrganisationRef>>,
}

impl ChildAmendment {
    fn apply(self, child: &Child) -> Child {
        let present = child.clone();
        Child {
            last_name: self.last_name.unwrap_or(present.last_name),
            first_name: self.first_name.unwrap_or(present.first_name),
            patronymic: self.patronymic.unwrap_or(present.patronymic),
            birth_date: self.birth_date.unwrap_or(present.birth_date),
            sex: self.sex.unwrap_or(present.sex),
            iin: self.iin.unwrap_or(present.iin),
            kato: self.kato.unwrap_or(present.kato),
            organisation: self.organisation.unwrap_or(present.organisation),
            ..present
        }
    }
}

impl Tx<'_> {
    /// The organisation that a child registered now belongs to unless another is named: the actor's own, if it
    /// is one that children belong to.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_default_home(&mut self) -> Result<Option<OrganisationRef>, StorageError> {
        let own = self.actor.organisation.clone();
        let kind: String =
            organisations::table.find(own.id.as_uuid()).select(organisations::kind).first(self.connection)?;
        let kind: OrganisationKind = rows::parse(&kind, "organisations", "kind", own.id.as_uuid())?;
        Ok(is_childs_home(kind).then_some(own))
    }

    /// Registers a child, for the actor's organisation. None, and nothing written, where the id or the ИИН is
    /// taken: the caller looks which.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where no role of the actor reaches its organisation (all have scope `own`):
    /// it could not read the record; [`StorageError`].
    pub fn child_insert(&mut self, permit: &Permit, new: NewChild) -> Result<Option<Child>, AccessError> {
        let mut roles = self.actor.roles.iter();
        let reaches = roles.any(|grant| grant.scope != Scope::Own && CASE_WORKERS.contains(&grant.role));
        if permit.action() != Action::ChildRegister || !reaches {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let key = new.name_key();
        let child = self.registered(new);
        let organisation = child.organisation.as_ref();
        let inserted = diesel::insert_into(children::table)
            .values((
                children::id.eq(child.id.as_uuid()),
                children::last_name.eq(child.last_name.as_str()),
                children::first_name.eq(child.first_name.as_str()),
                children::patronymic.eq(child.patronymic.as_ref().map(PersonName::as_str)),
                children::birth_date.eq(child.birth_date),
                children::sex.eq(child.sex.as_str()),
                children::iin.eq(child.iin.as_ref().map(Iin::expose)),
                children::name_key.eq(&key.key),
                children::name_tokens.eq(&key.tokens),
                children::kato.eq(child.kato.as_str()),
                children::organisation_id.eq(organisation.map(|organisation| organisation.id.as_uuid())),
                children::organisation_agency.eq(organisation.map(|organisation| organisation.agency.as_str())),
                children::organisation_kato.eq(organisation.map(|organisation| organisation.kato.as_str())),
                children::registered_organisation_id.eq(child.registered_by.as_uuid()),
                children::version.eq(child.version),
                children::created_at.eq(child.created_at),
                children::created_by.eq(child.created_by.as_uuid()),
                children::updated_at.eq(child.updated_at),
            ))
            .on_conflict_do_nothing()
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if inserted == 0 {
            return Ok(None);
        }
        self.name_keep(child.id, &child.given_name(), NameSource::Registered)?;
        self.lookup_begin(&child)?;
        self.audit(permit.action(), child.id.as_uuid(), None);
        self.publish("child.registered", ResourceKind::Child, child.id.as_uuid())?;
        Ok(Some(child))
    }

    /// The record as it will stand.
    fn registered(&self, new: NewChild) -> Child {
        let now = self.now;
        Child {
            id: new.id,
            last_name: new.last_name,
            first_name: new.first_name,
            patronymic: new.patronymic,
            birth_date: new.birth_date,
            sex: new.sex,
            iin: new.iin,
            kato: new.kato,
            organisation: new.organisation,
            registered_by: self.actor.organisation.id,
            merged_into: None,
            created_at: now,
            created_by: self.actor.user,
            updated_at: now,
            version: 1,
            linked: false,
        }
    }

    /// Corrects a child's record and answers it as it stands then. The name it had is kept among those held.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where the record was loaded for something else; [`StorageError::Stale`], also where it was
    /// merged meanwhile;
    /// [`StorageError::Duplicate`] where another record took the ИИН meanwhile.
    pub fn child_update(&mut self, child: &Authorized<Child>, amendment: ChildAmendment) -> Result<Child, AccessError> {
        if child.action() != Action::ChildUpdate {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let mut amended = amendment.apply(child);
        amended.version = child.version + 1;
        amended.updated_at = self.now;
        let key = name_key(&amended.last_name, &amended.first_name, amended.patronymic.as_ref());
        let written = diesel::update(children::table)
            .filter(children::id.eq(child.id.as_uuid()).and(children::version.eq(child.version)))
            .set((
                children::last_name.eq(amended.last_name.as_str()),
                children::first_name.eq(amended.first_name.as_str()),
                children::patronymic.eq(amended.patronymic.as_ref().map(PersonName::as_str)),
                children::birth_date.eq(amended.birth_date),
                children::sex.eq(amended.sex.as_str()),
                children::iin.eq(amended.iin.as_ref().map(Iin::expose)),
                children::name_key.eq(&key.key),
                children::name_tokens.eq(&key.tokens),
                children::kato.eq(amended.kato.as_str()),
                children::version.eq(amended.version),
                children::updated_at.eq(amended.updated_at),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if written == 0 {
            return Err(StorageError::Stale.into());
        }
        // Before it moves, perhaps out of sight.
        if amended.given_name() != child.given_name() {
            self.name_keep(child.id, &amended.given_name(), NameSource::Amended)?;
        }
        self.lookup_renew(&amended)?;
        if amended.organisation != child.organisation {
            self.child_move(&amended)?;
        }
        self.audit(Action::ChildUpdate, child.id.as_uuid(), None);
        self.publish("child.updated", ResourceKind::Child, child.id.as_uuid())?;
        Ok(amended)
    }

    fn child_move(&mut self, amended: &Child) -> Result<(), StorageError> {
        let organisation: Option<Uuid> = amended.organisation.as_ref().map(|organisation| organisation.id.as_uuid());
        let moved: bool = diesel::select(child_move(amended.id.as_uuid(), amended.version, organisation))
            .get_result(self.connection)?;
        if moved { Ok(()) } else { Err(StorageError::Stale) }
    }
}

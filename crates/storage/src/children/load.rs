//! Loading a child's record together with the right to it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use qorgan_domain::children::{Iin, PersonName, Sex};
use qorgan_domain::ids::{ChildId, OrganisationId, UserId};
use qorgan_domain::matching::Person;
use qorgan_domain::policy::{Action, OrganisationRef, Subject, Verdict, decide};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::GivenName;
use crate::reference::organisation_ref;
use crate::schema::children;
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

diesel::define_sql_function! {
    /// Whether the child stands in a case, a report or a signal that the session may see.
    fn child_linked(child: SqlUuid) -> Bool;
}

diesel::define_sql_function! {
    /// Whether a case of the child is on the agenda of a board on which the session's user has a seat now.
    fn child_on_agenda(child: SqlUuid) -> Bool;
}

/// A child's record in full. `Debug` shows neither names nor number.
#[derive(Debug, Clone)]
pub struct Child {
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
    /// The organisation it belongs to: its school.
    pub organisation: Option<OrganisationRef>,
    /// The organisation that registered it.
    pub registered_by: OrganisationId,
    /// The record it was merged into: that one, or where it went, stands for the child now.
    pub merged_into: Option<ChildId>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: UserId,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, for `ETag`.
    pub version: i64,
    /// Whether it stands in a case, a report or a signal that the actor may see.
    pub(super) linked: bool,
}

impl Child {
    /// The name it has now.
    #[must_use]
    pub fn given_name(&self) -> GivenName {
        GivenName { last: self.last_name.clone(), first: self.first_name.clone(), patronymic: self.patronymic.clone() }
    }

    /// The child as it is compared with others, without its names.
    pub(super) fn person(&self) -> Person {
        Person {
            birth_date: Some(self.birth_date),
            sex: Some(self.sex),
            iin: self.iin.as_ref().map(|iin| iin.expose().to_owned()),
            kato: Some(self.kato.as_str().to_owned()),
            ..Person::default()
        }
    }

    /// The child as far as rights need it.
    #[must_use]
    pub const fn subject(&self) -> Subject<'_> {
        Subject::Child {
            organisation: self.organisation.as_ref(),
            registered_by: self.registered_by,
            linked: self.linked,
        }
    }

    /// Refuses a change made on another version than this one.
    ///
    /// # Errors
    /// [`StorageError::Stale`].
    pub const fn at_version(&self, expected: i64) -> Result<(), StorageError> {
        if self.version == expected { Ok(()) } else { Err(StorageError::Stale) }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = children)]
struct ChildRow {
    id: Uuid,
    last_name: String,
    first_name: String,
    patronymic: Option<String>,
    birth_date: NaiveDate,
    sex: String,
    iin: Option<String>,
    kato: String,
    organisation_id: Option<Uuid>,
    organisation_agency: Option<String>,
    organisation_kato: Option<String>,
    registered_organisation_id: Uuid,
    merged_into: Option<Uuid>,
    version: i64,
    created_at: DateTime<Utc>,
    created_by: Uuid,
    updated_at: DateTime<Utc>,
}

impl ChildRow {
    fn into_child(self, linked: bool) -> Result<Child, StorageError> {
        let id = self.id;
        let organisation = match (self.organisation_id, self.organisation_agency, self.organisation_kato) {
            (Some(organisation), Some(agency), Some(kato)) => Some(organisation_ref(organisation, &agency, &kato)?),
            _ => None,
        };
        Ok(Child {
            id: id.into(),
            last_name: rows::parse(&self.last_name, "children", "last_name", id)?,
            first_name: rows::parse(&self.first_name, "children", "first_name", id)?,
            patronymic: rows::parse_optional(self.patronymic.as_deref(), "children", "patronymic", id)?,
            birth_date: self.birth_date,
            sex: rows::parse(&self.sex, "children", "sex", id)?,
            iin: rows::parse_optional(self.iin.as_deref(), "children", "iin", id)?,
            kato: rows::parse(&self.kato, "children", "kato", id)?,
            organisation,
            registered_by: self.registered_organisation_id.into(),
            merged_into: self.merged_into.map(Into::into),
            created_at: self.created_at,
            created_by: self.created_by.into(),
            updated_at: self.updated_at,
            version: self.version,
            linked,
        })
    }
}

impl Tx<'_> {
    /// Loads a child with the right to do `action` to it. A reading is audited here.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn child_for(&mut self, id: ChildId, action: Action) -> Result<Authorized<Child>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let Some(child) = self.children_load(&[id.as_uuid()])?.pop() else {
            return Err(AccessError::Denied(Denial::NotFound));
        };
        let actor = &self.actor;
        let child = self.decide(action, child, |child| decide(actor, action, &child.subject()))?;
        if action == Action::ChildRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(child)
    }

    /// The children among `ids` that the actor may read, in full and in no particular order. The caller audits
    /// what it shows of them.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn children_visible(&mut self, ids: &[ChildId]) -> Result<Vec<Child>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = ids.iter().map(ChildId::as_uuid).collect();
        let mut found = self.children_load(&ids)?;
        found.retain(|child| {
            let allowed = decide(&self.actor, Action::ChildRead, &child.subject()) == Verdict::Allowed;
            if !allowed {
                tracing::error!(child = %child.id, user = %self.actor.user, "row security let a child through");
            }
            allowed
        });
        Ok(found)
    }

    fn children_load(&mut self, ids: &[Uuid]) -> Result<Vec<Child>, StorageError> {
        let found: Vec<(ChildRow, bool)> = children::table
            .filter(children::id.eq_any(ids))
            .select((ChildRow::as_select(), child_linked(children::id).or(child_on_agenda(children::id))))
            .load(self.connection)?;
        found.into_iter().map(|(row, linked)| row.into_child(linked)).collect()
    }
}

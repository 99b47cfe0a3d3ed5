//! Family members and the versions of what is known of them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::{CaseEventKind, Section};
use qorgan_domain::children::PersonName;
use qorgan_domain::family::FamilyRelation;
use qorgan_domain::ids::{FamilyMemberId, OrganisationId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::{Narrative, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ConsentView;
use crate::cases::{Case, NewContent};
use crate::schema::{case_family_members as members, case_family_versions as versions, organisations, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// How somebody is reached: a number, an address.
pub type Contact = Text<1, 500>;

/// What the section `social` protects of a family member. Its parts do not show themselves in `Debug`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FamilyDetails {
    /// Last name.
    pub last_name: Option<PersonName>,
    /// First name.
    pub first_name: Option<PersonName>,
    /// Patronymic.
    pub patronymic: Option<PersonName>,
    /// How to reach them.
    pub contact: Option<Contact>,
    /// Whether they live with the child.
    pub lives_with_child: Option<bool>,
    /// What else matters.
    pub note: Option<Narrative>,
}

/// Somebody of the family.
#[derive(Debug, Clone)]
pub struct FamilyMember {
    /// Its id.
    pub id: FamilyMemberId,
    /// What they are to the child.
    pub relation: FamilyRelation,
    /// Name, contact and the rest, where the section `social` is open to the actor.
    pub details: Option<FamilyDetails>,
    /// Whether they are the alleged perpetrator, where it was said and the section `investigation` is open to the actor.
    pub alleged_perpetrator: Option<bool>,
    /// Their decisions on help, as far as the actor may read them, the first first.
    pub consents: Vec<ConsentView>,
    /// Who wrote this version, with the name colleagues see.
    pub author: (UserId, String),
    /// For which organisation, with its name.
    pub organisation: (OrganisationId, String),
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Who recorded them first.
    pub created_by: UserId,
    /// Its version, for `ETag`.
    pub version: i64,
    content: Uuid,
    perpetrator: Option<Uuid>,
}

/// Somebody to be recorded.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Its id, perhaps chosen by the client.
    pub id: FamilyMemberId,
    /// What they are to the child.
    pub relation: FamilyRelation,
    /// Name, contact and the rest.
    pub details: FamilyDetails,
    /// Whether they are the alleged perpetrator, if that is to be said.
    pub alleged_perpetrator: Option<bool>,
}

/// What changes; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct FamilyChange {
    /// What they are to the child.
    pub relation: Option<FamilyRelation>,
    /// Name, contact and the rest, all of it.
    pub details: Option<FamilyDetails>,
    /// Whether they are the alleged perpetrator.
    pub alleged_perpetrator: Option<bool>,
}

type Row = ((Uuid, i64, Uuid), (String, Uuid, Option<Uuid>, DateTime<Utc>), (Uuid, String), (Uuid, String));

/// One version to be written.
struct Writing {
    id: FamilyMemberId,
    version: i64,
    relation: FamilyRelation,
    content: Uuid,
    perpetrator: Option<Uuid>,
}

impl Tx<'_> {
    /// The family of the child of a case, in the order of recording.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn family_list(&mut self, case: &Authorized<Case>) -> Result<Vec<FamilyMember>, StorageError> {
        self.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        self.family_load(case, None)
    }

    /// Somebody of the family.
    ///
    /// # Errors
    /// [`Denial::NotFound`].
    pub fn family_member_of(
        &mut self,
        case: &Authorized<Case>,
        id: FamilyMemberId,
    ) -> Result<FamilyMember, AccessError> {
        self.family_load(case, Some(id))?.pop().ok_or(AccessError::Denied(Denial::NotFound))
    }

    fn family_load(
        &mut self,
        case: &Authorized<Case>,
        one: Option<FamilyMemberId>,
    ) -> Result<Vec<FamilyMember>, StorageError> {
        let mut query = members::table
            .inner_join(
                versions::table.on(versions::member_id.eq(members::id).and(versions::version.eq(members::version))),
            )
            .inner_join(users::table.on(users::id.eq(versions::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(versions::organisation_id)))
            .filter(members::case_id.eq(case.id.as_uuid()))
            .order((members::created_at, members::id))
            .select((
                (members::id, members::version, members::created_by),
                (versions::relation, versions::content_id, versions::perpetrator_id, versions::recorded_at),
                (users::id, users::display_name),
                (organisations::id, organisations::name),
            ))
            .into_boxed();
        if let Some(id) = one {
            query = query.filter(members::id.eq(id.as_uuid()));
        }
        let found: Vec<Row> = query.load(self.connection)?;
        let ids: Vec<Uuid> = found.iter().flat_map(|row| [Some(row.1.1), row.1.2]).flatten().collect();
        let texts = self.contents_open(case, &ids)?;
        let mut consents = self.family_consents_open(case)?;
        found
            .into_iter()
            .map(|row| {
                let id = row.0.0;
                member_of(row, &texts, consents.remove(&id).unwrap_or_default())
            })
            .collect()
    }

    /// Records somebody of the family.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn family_insert(&mut self, case: &Authorized<Case>, new: &NewMember) -> Result<(), StorageError> {
        diesel::insert_into(members::table)
            .values((
                members::id.eq(new.id.as_uuid()),
                members::case_id.eq(case.id.as_uuid()),
                members::created_by.eq(self.actor.user.as_uuid()),
                members::created_at.eq(self.now),
                members::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        let writing = Writing {
            id: new.id,
            version: 1,
            relation: new.relation,
            content: self.family_details_insert(case, &new.details)?,
            perpetrator: self.family_perpetrator_insert(case, new.alleged_perpetrator)?,
        };
        self.family_version_insert(case, &writing)?;
        let id = new.id.as_uuid();
        self.part_written(
            case,
            CaseEventKind::FamilyMemberAdded,
            id,
            Section::Social,
            json!({"relation": new.relation}),
        )
    }

    /// Records another version of what is known of somebody.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where it changed since it was read.
    pub fn family_update(
        &mut self,
        case: &Authorized<Case>,
        member: &FamilyMember,
        change: &FamilyChange,
    ) -> Result<(), StorageError> {
        let next = member.version + 1;
        let changed = diesel::update(members::table.find(member.id.as_uuid()))
            .filter(members::version.eq(member.version))
            .set((members::version.eq(next), members::updated_at.eq(self.now)))
            .execute(self.connection)?;
        if changed == 0 {
            return Err(StorageError::Stale);
        }
        let content = match &change.details {
            Some(details) => self.family_details_insert(case, details)?,
            None => member.content,
        };
        let perpetrator = self.family_perpetrator_insert(case, change.alleged_perpetrator)?.or(member.perpetrator);
        let relation = change.relation.unwrap_or(member.relation);
        self.family_version_insert(case, &Writing { id: member.id, version: next, relation, content, perpetrator })?;
        // Which fields changed is not told: that alone could point at somebody.
        let id = member.id.as_uuid();
        self.part_written(case, CaseEventKind::FamilyMemberChanged, id, Section::Social, json!({}))
    }

    fn family_details_insert(
        &mut self,
        case: &Authorized<Case>,
        details: &FamilyDetails,
    ) -> Result<Uuid, StorageError> {
        let body = serde_json::to_value(details).map_err(|_| StorageError::Statement("a family member is not JSON"))?;
        Ok(self.content_insert(case, &NewContent { section: Section::Social, body })?.as_uuid())
    }

    fn family_perpetrator_insert(
        &mut self,
        case: &Authorized<Case>,
        alleged: Option<bool>,
    ) -> Result<Option<Uuid>, StorageError> {
        let Some(alleged) = alleged else { return Ok(None) };
        let body = json!({"alleged_perpetrator": alleged});
        let content = NewContent { section: Section::Investigation, body };
        Ok(Some(self.content_insert(case, &content)?.as_uuid()))
    }

    fn family_version_insert(&mut self, case: &Authorized<Case>, writing: &Writing) -> Result<(), StorageError> {
        diesel::insert_into(versions::table)
            .values((
                versions::member_id.eq(writing.id.as_uuid()),
                versions::version.eq(writing.version),
                versions::case_id.eq(case.id.as_uuid()),
                versions::relation.eq(writing.relation.as_str()),
                versions::content_id.eq(writing.content),
                versions::perpetrator_id.eq(writing.perpetrator),
                versions::author_id.eq(self.actor.user.as_uuid()),
                versions::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                versions::recorded_at.eq(self.now),
            ))
            .execute(self.connection)?;
        Ok(())
    }
}

fn member_of(row: Row, texts: &HashMap<Uuid, Value>, consents: Vec<ConsentView>) -> Result<FamilyMember, StorageError> {
    let ((id, version, created_by), (relation, content, perpetrator, recorded_at), author, organisation) = row;
    let details = texts.get(&content).map(|body| serde_json::from_value(body.clone())).transpose();
    let alleged = perpetrator.and_then(|id| texts.get(&id)).and_then(|body| body["alleged_perpetrator"].as_bool());
    Ok(FamilyMember {
        id: id.into(),
        relation: rows::parse(&relation, "case_family_versions", "relation", id)?,
        details: details.map_err(|_| StorageError::Corrupt { table: "case_contents", column: "body", row: content })?,
        alleged_perpetrator: alleged,
        consents,
        author: (author.0.into(), author.1),
        organisation: (organisation.0.into(), organisation.1),
        recorded_at,
        created_by: created_by.into(),
        version,
        content,
        perpetrator,
    })
}

//! Material that the group asks organisations for. The organisation that was asked sees its request and its own answer;
//! the group, by its seats, all of them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::ids::{
    OrganisationId, QualificationItemId, QualificationMaterialId, QualificationSessionId, UserId,
};
use qorgan_domain::notifications::NoticeKind;
use qorgan_domain::policy::{Action, ResourceKind, Subject, Verdict, decide};
use qorgan_domain::text::{Narrative, Title};
use thiserror::Error;
use uuid::Uuid;

use super::{QualificationItem, QualificationSession};
use crate::notifications::{Notice, Recipients};
use crate::page::Page;
use crate::schema::{organisations, qualification_answers as answers, qualification_materials as materials, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx};

diesel::define_sql_function! {
    fn group_answer(material: SqlUuid, version: BigInt, answer: Nullable<Text>, document: Nullable<Text>, now: Timestamptz) -> Text;
}

/// A request for material, with its answer as far as the actor may read it.
#[derive(Debug, Clone)]
pub struct Material {
    /// Its id.
    pub id: QualificationMaterialId,
    /// The session that asks.
    pub session: QualificationSessionId,
    /// The item of its agenda.
    pub item: QualificationItemId,
    /// The number of the fact.
    pub fact_number: String,
    /// Who was asked.
    pub organisation: (OrganisationId, String),
    /// What for.
    pub request: String,
    /// The last day on which an answer is in time.
    pub due_on: NaiveDate,
    /// Who asked.
    pub asked_by: (UserId, String),
    /// When.
    pub asked_at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// The answer.
    pub answer: Option<MaterialAnswer>,
    /// Its version, for `ETag`.
    pub version: i64,
}

/// What an organisation answered.
#[derive(Debug, Clone)]
pub struct MaterialAnswer {
    /// In words.
    pub text: Option<String>,
    /// The document that was sent, by number, date, or where it is kept.
    pub document: Option<String>,
}

/// A request to be made.
#[derive(Debug, Clone)]
pub struct NewMaterial {
    /// Its id, perhaps chosen by the client.
    pub id: QualificationMaterialId,
    /// Who is asked.
    pub organisation: OrganisationId,
    /// What for.
    pub request: Narrative,
    /// The last day on which an answer is in time.
    pub due_on: NaiveDate,
}

/// Why an answer was not taken.
#[derive(Debug, Error)]
pub enum AnswerRefusal {
    /// The group is done with the fact.
    #[error("the group is done with the fact")]
    Settled,
    /// The request was answered before.
    #[error("the request was answered before")]
    Answered,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Which requests to list.
#[derive(Debug, Clone, Default)]
pub struct MaterialFilter {
    /// Only those that were answered, or were not.
    pub answered: Option<bool>,
    /// After this key.
    pub after: Option<MaterialKey>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a request in the list: when it was made, its id.
pub type MaterialKey = (DateTime<Utc>, Uuid);

type Row = (
    (Uuid, Uuid, Uuid, String, Uuid, String, NaiveDate),
    (Uuid, String, DateTime<Utc>, Option<DateTime<Utc>>, i64),
    String,
    Option<(Option<String>, Option<String>)>,
);

fn material((head, tail, organisation_name, answer): Row) -> Material {
    let (id, session, item, fact_number, organisation, request, due_on) = head;
    let (asked_by, asked_name, asked_at, answered_at, version) = tail;
    Material {
        id: id.into(),
        session: session.into(),
        item: item.into(),
        fact_number,
        organisation: (organisation.into(), organisation_name),
        request,
        due_on,
        asked_by: (asked_by.into(), asked_name),
        asked_at,
        answered_at,
        answer: answer.map(|(text, document)| MaterialAnswer { text, document }),
        version,
    }
}

/// Requests with the names that go with them and the answers that row security shows.
macro_rules! found {
    () => {
        materials::table
            .inner_join(users::table.on(users::id.eq(materials::asked_by)))
            .inner_join(organisations::table.on(organisations::id.eq(materials::organisation_id)))
            .left_join(answers::table.on(answers::material_id.eq(materials::id)))
            .select((
                (
                    materials::id,
                    materials::session_id,
                    materials::item_id,
                    materials::fact_number,
                    materials::organisation_id,
                    materials::request,
                    materials::due_on,
                ),
                (
                    materials::asked_by,
                    users::display_name,
                    materials::asked_at,
                    materials::answered_at,
                    materials::version,
                ),
                organisations::name,
                (answers::answer, answers::document).nullable(),
            ))
    };
}

impl Tx<'_> {
    /// Asks an organisation for material on a fact, and tells those who answer there.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn material_ask(
        &mut self,
        session: &Authorized<QualificationSession>,
        item: &QualificationItem,
        new: &NewMaterial,
    ) -> Result<(), StorageError> {
        diesel::insert_into(materials::table)
            .values((
                materials::id.eq(new.id.as_uuid()),
                materials::session_id.eq(session.id.as_uuid()),
                materials::item_id.eq(item.id.as_uuid()),
                materials::fact_number.eq(&item.fact.1),
                materials::organisation_id.eq(new.organisation.as_uuid()),
                materials::request.eq(new.request.as_str()),
                materials::due_on.eq(new.due_on),
                materials::asked_by.eq(self.actor.user.as_uuid()),
                materials::asked_at.eq(self.now),
            ))
            .execute(self.connection)?;
        self.audit(session.action(), new.id.as_uuid(), None);
        self.publish("material.requested", ResourceKind::Material, new.id.as_uuid())?;
        let recipients = Recipients::Answerers(new.organisation);
        let subject = Some(new.id.as_uuid());
        self.notify(&Notice { kind: NoticeKind::MaterialRequested, case: None, subject, recipients }).map(drop)
    }

    /// Loads a request to the actor's organisation with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn material_for(
        &mut self,
        id: QualificationMaterialId,
        action: Action,
    ) -> Result<Authorized<Material>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let row: Option<Row> = found!()
            .filter(materials::id.eq(id.as_uuid()))
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let found = row.map(material).ok_or(AccessError::Denied(Denial::NotFound))?;
        let actor = &self.actor;
        let found =
            self.decide(action, found, |material| decide(actor, action, &Subject::Material(material.organisation.0)))?;
        if action == Action::MaterialRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(found)
    }

    /// The requests to the actor's organisation, the latest first.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn material_list(&mut self, filter: &MaterialFilter) -> Result<Page<Material, MaterialKey>, AccessError> {
        self.authorize(Action::MaterialRead)?;
        let own = self.actor.organisation.id;
        let mut query = found!().filter(materials::organisation_id.eq(own.as_uuid())).into_boxed();
        match filter.answered {
            Some(true) => query = query.filter(materials::answered_at.is_not_null()),
            Some(false) => query = query.filter(materials::answered_at.is_null()),
            None => {}
        }
        if let Some((at, id)) = filter.after {
            query = query.filter(materials::asked_at.lt(at).or(materials::asked_at.eq(at).and(materials::id.lt(id))));
        }
        let found: Vec<Row> = query
            .order((materials::asked_at.desc(), materials::id.desc()))
            .limit(filter.limit + 1)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(found, filter.limit, |row| (row.1.2, row.0.0)).map(material);
        let allowed = decide(&self.actor, Action::MaterialRead, &Subject::Material(own)) == Verdict::Allowed;
        let items = if allowed { page.items } else { Vec::new() };
        self.audit_many(Action::MaterialRead, items.iter().map(|item| item.id.as_uuid()).collect());
        Ok(Page { items, next: page.next })
    }

    /// The requests that a session made about a fact, oldest first, with the answers that the actor may read.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn materials_of(&mut self, item: QualificationItemId) -> Result<Vec<Material>, StorageError> {
        let found: Vec<Row> = found!()
            .filter(materials::item_id.eq(item.as_uuid()))
            .order((materials::asked_at, materials::id))
            .load(self.connection)?;
        Ok(found.into_iter().map(material).collect())
    }

    /// Answers a request, for the actor's organisation. An answer is never changed.
    ///
    /// # Errors
    /// [`AnswerRefusal`].
    pub fn material_answer(
        &mut self,
        material: &Authorized<Material>,
        answer: &MaterialAnswer,
    ) -> Result<(), AnswerRefusal> {
        if material.action() != Action::MaterialAnswer {
            return Err(StorageError::Statement("material was answered with another right").into());
        }
        if material.answered_at.is_some() {
            return Err(AnswerRefusal::Answered);
        }
        let id = material.id.as_uuid();
        let (text, document) = (answer.text.as_deref(), answer.document.as_deref());
        let outcome: String = diesel::select(group_answer(id, material.version, text, document, self.now))
            .get_result(self.connection)
            .map_err(StorageError::from)?;
        match outcome.as_str() {
            "answered" => {
                self.audit(Action::MaterialAnswer, id, None);
                self.publish("material.answered", ResourceKind::Material, id)?;
                Ok(())
            }
            "settled" => Err(AnswerRefusal::Settled),
            _ => Err(AnswerRefusal::Storage(StorageError::Stale)),
        }
    }
}

/// An answer of its parts.
impl From<(Option<Narrative>, Option<Title>)> for MaterialAnswer {
    fn from((text, document): (Option<Narrative>, Option<Title>)) -> Self {
        Self { text: text.map(Narrative::into_string), document: document.map(Title::into_string) }
    }
}

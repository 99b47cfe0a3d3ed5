//! Notes and reviews: immutable, each with a text under a section. Assessments stand in their own file.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::{CaseEventKind, ReviewConclusion, Section};
use qorgan_domain::ids::{NoteId, ReviewId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Case, CaseEvent, Content, NewContent};
use crate::page::Page;
use crate::schema::{case_notes, case_reviews, organisations, users};
use crate::{Authorized, StorageError, Tx, rows};

/// A note.
#[derive(Debug, Clone)]
pub struct NoteView {
    /// Its id.
    pub id: NoteId,
    /// When it was written, if that was on a device without connection.
    pub written_at: Option<DateTime<Utc>>,
    /// Author, section, text.
    pub content: Content,
}

/// A review to be recorded.
#[derive(Debug, Clone)]
pub struct NewReview {
    /// Its id, perhaps chosen by the client.
    pub id: ReviewId,
    /// What follows from it.
    pub conclusion: ReviewConclusion,
    /// When to look again.
    pub next_review_on: Option<NaiveDate>,
    /// When it was written, if that was on a device without connection.
    pub written_at: Option<DateTime<Utc>>,
    /// What was seen.
    pub content: NewContent,
}

/// A review.
#[derive(Debug, Clone)]
pub struct ReviewView {
    /// Its id.
    pub id: ReviewId,
    /// What follows from it.
    pub conclusion: ReviewConclusion,
    /// When to look again.
    pub next_review_on: Option<NaiveDate>,
    /// When it was written, if that was on a device without connection.
    pub written_at: Option<DateTime<Utc>>,
    /// Author, section, text.
    pub content: Content,
}

/// Author and organisation, each with its name.
pub(super) type Authored = ((Uuid, String), (Uuid, String));

impl Tx<'_> {
    /// Writes a note.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn note_insert(
        &mut self,
        case: &Authorized<Case>,
        id: NoteId,
        content: &NewContent,
    ) -> Result<(), StorageError> {
        self.note_insert_written(case, id, content, None)
    }

    /// Writes a note that was written before it came: on a device without connection.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn note_insert_written(
        &mut self,
        case: &Authorized<Case>,
        id: NoteId,
        content: &NewContent,
        written_at: Option<DateTime<Utc>>,
    ) -> Result<(), StorageError> {
        let content_id = self.content_insert(case, content)?;
        diesel::insert_into(case_notes::table)
            .values((
                case_notes::id.eq(id.as_uuid()),
                case_notes::case_id.eq(case.id.as_uuid()),
                case_notes::section.eq(content.section.as_str()),
                case_notes::content_id.eq(content_id.as_uuid()),
                case_notes::author_id.eq(self.actor.user.as_uuid()),
                case_notes::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                case_notes::created_at.eq(self.now),
                case_notes::written_at.eq(written_at),
            ))
            .execute(self.connection)?;
        self.part_written(case, CaseEventKind::NoteWritten, id.as_uuid(), content.section, json!({}))
    }

    /// Keeps the reason of a change as a general note: the timeline holds no text.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn reason_note(&mut self, case: &Authorized<Case>, reason: &Reason) -> Result<(), StorageError> {
        let content = NewContent { section: Section::General, body: json!({"text": reason.as_str()}) };
        self.note_insert(case, NoteId::from_uuid(Uuid::now_v7()), &content)
    }

    /// Records a review.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn review_insert(&mut self, case: &Authorized<Case>, new: &NewReview) -> Result<(), StorageError> {
        let content_id = self.content_insert(case, &new.content)?;
        diesel::insert_into(case_reviews::table)
            .values((
                case_reviews::id.eq(new.id.as_uuid()),
                case_reviews::case_id.eq(case.id.as_uuid()),
                case_reviews::section.eq(new.content.section.as_str()),
                case_reviews::conclusion.eq(new.conclusion.as_str()),
                case_reviews::next_review_on.eq(new.next_review_on),
                case_reviews::content_id.eq(content_id.as_uuid()),
                case_reviews::author_id.eq(self.actor.user.as_uuid()),
                case_reviews::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                case_reviews::created_at.eq(self.now),
                case_reviews::written_at.eq(new.written_at),
            ))
            .execute(self.connection)?;
        let data = json!({"conclusion": new.conclusion, "next_review_on": new.next_review_on});
        self.part_written(case, CaseEventKind::ReviewRecorded, new.id.as_uuid(), new.content.section, data)
    }

    pub(crate) fn part_written(
        &mut self,
        case: &Authorized<Case>,
        kind: CaseEventKind,
        part: Uuid,
        section: Section,
        data: Value,
    ) -> Result<(), StorageError> {
        self.event(case.id, CaseEvent::about(kind, part, section, data));
        self.audit(case.action(), part, Some(case.id.as_uuid()));
        self.case_touch(case.id)
    }

    /// The notes of a case, newest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn note_list(
        &mut self,
        case: &Authorized<Case>,
        before: Option<(DateTime<Utc>, Uuid)>,
        limit: i64,
    ) -> Result<Page<NoteView, (DateTime<Utc>, Uuid)>, StorageError> {
        type Row = ((Uuid, String, Uuid, DateTime<Utc>, Option<DateTime<Utc>>), Authored);
        let mut query = case_notes::table
            .inner_join(users::table.on(users::id.eq(case_notes::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(case_notes::organisation_id)))
            .filter(case_notes::case_id.eq(case.id.as_uuid()))
            .select((
                (
                    case_notes::id,
                    case_notes::section,
                    case_notes::content_id,
                    case_notes::created_at,
                    case_notes::written_at,
                ),
                ((users::id, users::display_name), (organisations::id, organisations::name)),
            ))
            .into_boxed();
        if let Some((at, id)) = before {
            query = query
                .filter(case_notes::created_at.lt(at).or(case_notes::created_at.eq(at).and(case_notes::id.lt(id))));
        }
        let found: Vec<Row> = query
            .order((case_notes::created_at.desc(), case_notes::id.desc()))
            .limit(limit + 1)
            .load(self.connection)?;
        let parts = found
            .into_iter()
            .map(|((id, section, content, at, extra), by)| Part { id, section, content, at, by, extra })
            .collect();
        let notes = self.with_contents(case, "case_notes", parts)?;
        let notes = notes
            .into_iter()
            .map(|(id, written_at, content)| NoteView { id: id.into(), written_at, content })
            .collect();
        Ok(Page::of(notes, limit, |note: &NoteView| (note.content.at, note.id.as_uuid())))
    }

    /// The reviews of a case, newest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn review_list(&mut self, case: &Authorized<Case>) -> Result<Vec<ReviewView>, StorageError> {
        type Row = ((Uuid, String, Uuid, DateTime<Utc>, String, Option<NaiveDate>, Option<DateTime<Utc>>), Authored);
        let found: Vec<Row> = case_reviews::table
            .inner_join(users::table.on(users::id.eq(case_reviews::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(case_reviews::organisation_id)))
            .filter(case_reviews::case_id.eq(case.id.as_uuid()))
            .order(case_reviews::created_at.desc())
            .select((
                (
                    case_reviews::id,
                    case_reviews::section,
                    case_reviews::content_id,
                    case_reviews::created_at,
                    case_reviews::conclusion,
                    case_reviews::next_review_on,
                    case_reviews::written_at,
                ),
                ((users::id, users::display_name), (organisations::id, organisations::name)),
            ))
            .load(self.connection)?;
        let parts = found
            .into_iter()
            .map(|((id, section, content, at, conclusion, next, written_at), by)| Part {
                id,
                section,
                content,
                at,
                by,
                extra: (conclusion, next, written_at),
            })
            .collect();
        self.with_contents(case, "case_reviews", parts)?
            .into_iter()
            .map(|(id, (conclusion, next_review_on, written_at), content)| {
                let conclusion = rows::parse(&conclusion, "case_reviews", "conclusion", id)?;
                Ok(ReviewView { id: id.into(), conclusion, next_review_on, written_at, content })
            })
            .collect()
    }

    /// Joins parts with their texts as far as the actor may read them, and audits the read.
    pub(super) fn with_contents<X>(
        &mut self,
        case: &Authorized<Case>,
        table: &'static str,
        parts: Vec<Part<X>>,
    ) -> Result<Vec<(Uuid, X, Content)>, StorageError> {
        let ids: Vec<Uuid> = parts.iter().map(|part| part.content).collect();
        let mut texts = self.contents_visible(&ids)?;
        self.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        parts
            .into_iter()
            .map(|part| {
                let section = rows::parse(&part.section, table, "section", part.id)?;
                let ((author, author_name), (organisation, organisation_name)) = part.by;
                let text = texts.remove(&part.content);
                let content = Content {
                    section,
                    author: (author.into(), author_name),
                    organisation: (organisation.into(), organisation_name),
                    at: part.at,
                    view: self.content_view(case, section, organisation.into(), text),
                };
                Ok((part.id, part.extra, content))
            })
            .collect()
    }
}

/// A row of any of the tables with protected texts, before its text is joined.
pub(super) struct Part<X> {
    pub(super) id: Uuid,
    pub(super) section: String,
    pub(super) content: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) by: Authored,
    pub(super) extra: X,
}

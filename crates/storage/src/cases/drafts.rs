//! Notes and reviews that come with an id their author's device chose: a repeat of the request is the same note.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use qorgan_domain::ids::{NoteId, ReviewId};
use uuid::Uuid;

use super::parts::{Authored, Part};
use super::{Case, ContentView, NewContent, NewReview, NoteView, ReviewView};
use crate::schema::{case_notes, organisations, users};
use crate::{Authorized, StorageError, Tx};

impl Tx<'_> {
    /// A note of a case by its id, if the case has one of this id. Two sendings of one id wait for one another.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn note_repeated(&mut self, case: &Authorized<Case>, id: NoteId) -> Result<Option<NoteView>, StorageError> {
        type Row = ((Uuid, String, Uuid, DateTime<Utc>, Option<DateTime<Utc>>), Authored);
        self.draft_lock(id.as_uuid())?;
        let found: Option<Row> = case_notes::table
            .inner_join(users::table.on(users::id.eq(case_notes::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(case_notes::organisation_id)))
            .filter(case_notes::case_id.eq(case.id.as_uuid()).and(case_notes::id.eq(id.as_uuid())))
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
            .first(self.connection)
            .optional()?;
        let parts = found
            .into_iter()
            .map(|((id, section, content, at, extra), by)| Part { id, section, content, at, by, extra })
            .collect();
        let notes = self.with_contents(case, "case_notes", parts)?;
        Ok(notes.into_iter().next().map(|(id, written_at, content)| NoteView { id: id.into(), written_at, content }))
    }

    /// The same for a review.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn review_repeated(
        &mut self,
        case: &Authorized<Case>,
        id: ReviewId,
    ) -> Result<Option<ReviewView>, StorageError> {
        self.draft_lock(id.as_uuid())?;
        Ok(self.review_list(case)?.into_iter().find(|review| review.id == id))
    }

    fn draft_lock(&mut self, id: Uuid) -> Result<(), StorageError> {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 4211))")
            .bind::<Text, _>(id.to_string())
            .execute(self.connection)?;
        Ok(())
    }

    /// Whether the actor wrote exactly this note before.
    #[must_use]
    pub fn wrote_note(&self, note: &NoteView, content: &NewContent, written_at: Option<DateTime<Utc>>) -> bool {
        note.content.author.0 == self.actor.user
            && note.written_at == written_at
            && note.content.section == content.section
            && matches!(&note.content.view, ContentView::Open(body) if *body == content.body)
    }

    /// Whether the actor wrote exactly this review before.
    #[must_use]
    pub fn wrote_review(&self, review: &ReviewView, new: &NewReview) -> bool {
        review.content.author.0 == self.actor.user
            && review.written_at == new.written_at
            && review.conclusion == new.conclusion
            && review.next_review_on == new.next_review_on
            && review.content.section == new.content.section
            && matches!(&review.content.view, ContentView::Open(body) if *body == new.content.body)
    }
}

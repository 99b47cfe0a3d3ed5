//! Documents attached to a case. Title and name are content of their section, and so are the bytes.

use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::{AttachmentKind, CaseEventKind, FileName, Section};
use qorgan_domain::ids::{AttachmentId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::{Reason, Title};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Case, Content, ContentView, NewContent};
use crate::attachment_store::{AttachmentStore, StoredAt};
use crate::page::Page;
use crate::schema::{case_attachment_chunks as chunks, case_attachments, organisations, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// Bytes of one row: small enough to be handled by the dozen, large enough to be few.
const CHUNK_BYTES: usize = 256 * 1024;
/// Chunks of one statement.
const CHUNKS_AT_ONCE: i32 = 8;

/// A document to be attached.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// Its id, perhaps chosen by the client.
    pub id: AttachmentId,
    /// The section that protects it.
    pub section: Section,
    /// What it is called.
    pub title: Title,
    /// What its file was called.
    pub file_name: Option<FileName>,
    /// What it is, by its content.
    pub kind: AttachmentKind,
    /// How long it is.
    pub size: u64,
    /// SHA-256 of its content.
    pub sha256: [u8; 32],
    /// Where its content lies.
    pub stored: StoredAt,
}

/// A document as the actor may see it.
#[derive(Debug, Clone)]
pub struct AttachmentView {
    /// Its id.
    pub id: AttachmentId,
    /// Who attached it, in which section; title and name of the file, if they are open.
    pub content: Content,
    /// What it is.
    pub kind: AttachmentKind,
    /// How long it is, bytes.
    pub size: u64,
    /// SHA-256 of its content; shown to those who may read it.
    pub sha256: Vec<u8>,
    /// When it was withdrawn, by whom, and why, if that is open.
    pub withdrawn: Option<(DateTime<Utc>, UserId, ContentView)>,
    /// Its version, for `ETag`.
    pub version: i64,
    stored: StoredAt,
}

impl NewAttachment {
    /// Whether a document says the same: then a repeated request means that document.
    #[must_use]
    pub fn says_same_as(&self, known: &AttachmentView) -> bool {
        let ContentView::Open(body) = &known.content.view else { return false };
        self.id == known.id
            && self.section == known.content.section
            && self.kind == known.kind
            && self.sha256 == *known.sha256
            && *body == self.body()
    }

    fn body(&self) -> Value {
        json!({"title": self.title.as_str(), "file_name": self.file_name.as_ref().map(FileName::as_str)})
    }

    fn chunks(&self) -> Result<i32, StorageError> {
        let bytes = u64::try_from(CHUNK_BYTES).unwrap_or(u64::MAX);
        let count = if self.stored == StoredAt::Database { self.size.div_ceil(bytes) } else { 0 };
        i32::try_from(count).map_err(|_| StorageError::Statement("a document is too large"))
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = case_attachments)]
struct AttachmentRow {
    id: Uuid,
    section: String,
    content_id: Uuid,
    kind: String,
    size_bytes: i64,
    sha256: Vec<u8>,
    object_key: Option<String>,
    created_at: DateTime<Utc>,
    withdrawn_at: Option<DateTime<Utc>>,
    withdrawn_by: Option<Uuid>,
    withdrawn_content_id: Option<Uuid>,
    version: i64,
}

type Found = (AttachmentRow, (Uuid, String), (Uuid, String));

/// Content that could not be handed out.
fn damaged(id: AttachmentId) -> AccessError {
    StorageError::Corrupt { table: "case_attachments", column: "sha256", row: id.as_uuid() }.into()
}

impl Tx<'_> {
    /// Attaches a document; `content` is read where it goes into the database.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where the case was loaded for something else; [`StorageError::Duplicate`] where the id is
    /// taken; [`StorageError::Corrupt`] where the content is not as long as was said.
    pub fn attachment_insert(
        &mut self,
        case: &Authorized<Case>,
        new: &NewAttachment,
        content: &mut impl Read,
    ) -> Result<(), AccessError> {
        if case.action() != Action::AttachmentWrite {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let content_id = self.content_insert(case, &NewContent { section: new.section, body: new.body() })?;
        let count = new.chunks()?;
        let (store, key) = match &new.stored {
            StoredAt::Database => ("database", None),
            StoredAt::Folder(key) => ("folder", Some(key)),
        };
        diesel::insert_into(case_attachments::table)
            .values((
                case_attachments::id.eq(new.id.as_uuid()),
                case_attachments::case_id.eq(case.id.as_uuid()),
                case_attachments::section.eq(new.section.as_str()),
                case_attachments::content_id.eq(content_id.as_uuid()),
                case_attachments::kind.eq(new.kind.as_str()),
                case_attachments::size_bytes.eq(i64::try_from(new.size).unwrap_or(i64::MAX)),
                case_attachments::sha256.eq(new.sha256.as_slice()),
                case_attachments::store.eq(store),
                case_attachments::object_key.eq(key),
                case_attachments::chunks.eq(count),
                case_attachments::author_id.eq(self.actor.user.as_uuid()),
                case_attachments::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                case_attachments::created_at.eq(self.now),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        self.chunks_insert(new.id, count, content)?;
        let data = json!({"kind": new.kind});
        self.part_written(case, CaseEventKind::AttachmentAdded, new.id.as_uuid(), new.section, data)?;
        Ok(())
    }

    /// A few pieces in memory at a time.
    fn chunks_insert(&mut self, id: AttachmentId, count: i32, content: &mut impl Read) -> Result<(), AccessError> {
        let mut next = 0;
        while next < count {
            let mut batch = Vec::new();
            for position in next..(next + CHUNKS_AT_ONCE).min(count) {
                let mut bytes = Vec::with_capacity(CHUNK_BYTES);
                let limit = u64::try_from(CHUNK_BYTES).unwrap_or(u64::MAX);
                content.by_ref().take(limit).read_to_end(&mut bytes).map_err(|_| damaged(id))?;
                if bytes.is_empty() {
                    return Err(damaged(id));
                }
                batch.push((position, bytes));
            }
            let values: Vec<_> = batch
                .iter()
                .map(|(position, bytes)| {
                    (chunks::attachment_id.eq(id.as_uuid()), chunks::position.eq(position), chunks::bytes.eq(bytes))
                })
                .collect();
            diesel::insert_into(chunks::table).values(values).execute(self.connection).map_err(StorageError::from)?;
            next += CHUNKS_AT_ONCE;
        }
        Ok(())
    }

    /// The documents of a case, the latest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn attachment_list(
        &mut self,
        case: &Authorized<Case>,
        before: Option<(DateTime<Utc>, Uuid)>,
        limit: i64,
    ) -> Result<Page<AttachmentView, (DateTime<Utc>, Uuid)>, StorageError> {
        let mut query = case_attachments::table
            .inner_join(users::table.on(users::id.eq(case_attachments::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(case_attachments::organisation_id)))
            .filter(case_attachments::case_id.eq(case.id.as_uuid()))
            .select((
                AttachmentRow::as_select(),
                (users::id, users::display_name),
                (organisations::id, organisations::name),
            ))
            .into_boxed();
        if let Some((at, id)) = before {
            query = query.filter(
                case_attachments::created_at
                    .lt(at)
                    .or(case_attachments::created_at.eq(at).and(case_attachments::id.lt(id))),
            );
        }
        let found: Vec<Found> = query
            .order((case_attachments::created_at.desc(), case_attachments::id.desc()))
            .limit(limit + 1)
            .load(self.connection)?;
        let views = self.attachment_views(case, found)?;
        self.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        Ok(Page::of(views, limit, |view| (view.content.at, view.id.as_uuid())))
    }

    /// One document of a case.
    ///
    /// # Errors
    /// [`Denial::NotFound`]; [`StorageError`].
    pub fn attachment_of(&mut self, case: &Authorized<Case>, id: AttachmentId) -> Result<AttachmentView, AccessError> {
        let found: Vec<Found> = case_attachments::table
            .inner_join(users::table.on(users::id.eq(case_attachments::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(case_attachments::organisation_id)))
            .filter(case_attachments::case_id.eq(case.id.as_uuid()).and(case_attachments::id.eq(id.as_uuid())))
            .select((
                AttachmentRow::as_select(),
                (users::id, users::display_name),
                (organisations::id, organisations::name),
            ))
            .load(self.connection)
            .map_err(StorageError::from)?;
        let view = self.attachment_views(case, found)?.pop().ok_or(AccessError::Denied(Denial::NotFound))?;
        self.audit(case.action(), id.as_uuid(), Some(case.id.as_uuid()));
        Ok(view)
    }

    fn attachment_views(&mut self, case: &Case, found: Vec<Found>) -> Result<Vec<AttachmentView>, StorageError> {
        let ids: Vec<Uuid> =
            found.iter().flat_map(|(row, ..)| [Some(row.content_id), row.withdrawn_content_id]).flatten().collect();
        let mut texts = self.contents_visible(&ids)?;
        found
            .into_iter()
            .map(|(row, author, organisation)| {
                let section: Section = rows::parse(&row.section, "case_attachments", "section", row.id)?;
                let by = organisation.0.into();
                let mut text = |id: Uuid| self.content_view(case, section, by, texts.remove(&id));
                let view = text(row.content_id);
                let withdrawn = match (row.withdrawn_at, row.withdrawn_by, row.withdrawn_content_id) {
                    (Some(at), Some(user), Some(reason)) => Some((at, user.into(), text(reason))),
                    _ => None,
                };
                Ok(AttachmentView {
                    id: row.id.into(),
                    content: Content {
                        section,
                        author: (author.0.into(), author.1),
                        organisation: (by, organisation.1),
                        at: row.created_at,
                        view,
                    },
                    kind: rows::parse(&row.kind, "case_attachments", "kind", row.id)?,
                    size: u64::try_from(row.size_bytes).unwrap_or_default(),
                    sha256: row.sha256,
                    withdrawn,
                    version: row.version,
                    stored: row.object_key.map_or(StoredAt::Database, StoredAt::Folder),
                })
            })
            .collect()
    }

    /// Copies the content of a document, a few pieces in memory at a time, and checks it on the way: unless this
    /// succeeds, nothing of what was written may be handed out.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where its section is closed to the actor; [`StorageError::Corrupt`] where it is not what
    /// was attached, or cannot be read, or is withdrawn.
    pub fn attachment_copy(
        &mut self,
        case: &Authorized<Case>,
        attachment: &AttachmentView,
        store: &AttachmentStore,
        out: &mut impl Write,
    ) -> Result<(), AccessError> {
        if matches!(attachment.content.view, ContentView::Closed) || case.action() != Action::CaseRead {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let mut checked = Checked { out, hash: Sha256::new(), size: 0 };
        let id = attachment.id;
        match &attachment.stored {
            StoredAt::Folder(key) => {
                let copied = store.open(key).and_then(|mut file| io::copy(&mut file, &mut checked));
                copied.map_err(|_| damaged(id))?;
            }
            StoredAt::Database => self.chunks_copy(id, &mut checked)?,
        }
        let hash: [u8; 32] = checked.hash.finalize().into();
        if hash == *attachment.sha256 && checked.size == attachment.size { Ok(()) } else { Err(damaged(id)) }
    }

    fn chunks_copy(&mut self, id: AttachmentId, out: &mut impl Write) -> Result<(), AccessError> {
        let mut next = 0;
        loop {
            let pieces: Vec<Vec<u8>> = chunks::table
                .filter(chunks::attachment_id.eq(id.as_uuid()))
                .filter(chunks::position.ge(next).and(chunks::position.lt(next + CHUNKS_AT_ONCE)))
                .order(chunks::position)
                .select(chunks::bytes)
                .load(self.connection)
                .map_err(StorageError::from)?;
            if pieces.is_empty() {
                return Ok(());
            }
            for piece in pieces {
                out.write_all(&piece).map_err(|_| damaged(id))?;
            }
            next += CHUNKS_AT_ONCE;
        }
    }

    /// Withdraws a document, with a reason in its section: its content is no longer handed out, its record stays.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where the case was loaded for something else; [`StorageError::Stale`].
    pub fn attachment_withdraw(
        &mut self,
        case: &Authorized<Case>,
        attachment: &AttachmentView,
        reason: &Reason,
    ) -> Result<(), AccessError> {
        if case.action() != Action::AttachmentWithdraw {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let section = attachment.content.section;
        let content = NewContent { section, body: json!({"reason": reason.as_str()}) };
        let reason_id = self.content_insert(case, &content)?;
        let written = diesel::update(case_attachments::table)
            .filter(case_attachments::id.eq(attachment.id.as_uuid()))
            .filter(case_attachments::version.eq(attachment.version))
            .set((
                case_attachments::withdrawn_at.eq(self.now),
                case_attachments::withdrawn_by.eq(self.actor.user.as_uuid()),
                case_attachments::withdrawn_content_id.eq(reason_id.as_uuid()),
                case_attachments::version.eq(attachment.version + 1),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if written == 0 {
            return Err(StorageError::Stale.into());
        }
        let kind = CaseEventKind::AttachmentWithdrawn;
        self.part_written(case, kind, attachment.id.as_uuid(), section, json!({}))?;
        Ok(())
    }
}

/// Hashes what passes.
struct Checked<'a, W> {
    out: &'a mut W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Write for Checked<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += u64::try_from(written).unwrap_or(u64::MAX);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

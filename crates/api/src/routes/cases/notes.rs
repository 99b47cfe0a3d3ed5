//! `/cases/{id}/notes`: what agencies write, each in its section.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::cases::{CasePart, Section};
use qorgan_domain::ids::{CaseId, NoteId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Narrative;
use qorgan_storage::cases::NewContent;
use uuid::Uuid;

use super::drafts::draft;
use super::sections::writes_in;
use super::view::{NoteJson, location, text_of};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, Cursor, IdempotencyKey, Limit, Page, PathId, Query};
use crate::routes::paging::next_cursor;
use crate::routes::stage::stage_problem;
use crate::{query, request};

request! {
    /// A note. It is never changed; a correction is another note.
    #[schema(example = json!({"section": "medical", "text": "Two haematomas on the left forearm, some days old."}))]
    pub struct NoteRequest {
        /// An id chosen by the client (UUIDv7), so that the request can be repeated safely.
        pub id: Option<NoteId>,
        /// The section that protects it.
        pub section: Section,
        /// The text.
        pub text: Narrative,
        /// When it was written, if that was on a device without connection: not in the future, not more than 90 days
        /// ago. `created_at` is when it came.
        pub written_at: Option<DateTime<Utc>>,
    }
}

query! {
    /// Which notes to list.
    pub struct NoteQuery {
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<(DateTime<Utc>, Uuid)>>,
    }
}

/// Write a note in a section of the case.
#[utoipa::path(
    tag = "cases",
    operation_id = "note_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = NoteRequest,
    responses(
        (status = 201, body = NoteJson),
        (status = 200, description = "The note was written before by this very request", body = NoteJson),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("note_write"))),
)]
#[post("/cases/{id}/notes")]
pub async fn note_create(ctx: Ctx, id: PathId<CaseId>, body: Body<NoteRequest>) -> Result<HttpResponse, Problem> {
    let note = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::NoteWrite)?;
        let written_at = draft(note.id.map(|id| id.as_uuid()), note.written_at, tx.now())?;
        let content = NewContent { section: note.section, body: text_of("text", note.text.as_str()) };
        if let Some(known) = note.id.map(|id| tx.note_repeated(&case, id)).transpose()?.flatten() {
            // It may have come before the case was closed, or the section to the author: what is written is written.
            return if tx.wrote_note(&known, &content, written_at) {
                Answer::ok(&NoteJson::from(known))
            } else {
                Err(Problem::new(ProblemCode::IdTaken))
            };
        }
        may_write(CasePart::Note, case.state.stage).map_err(stage_problem)?;
        writes_in(tx, note.section)?;
        let id = note.id.unwrap_or_else(|| NoteId::from_uuid(Uuid::now_v7()));
        tx.note_insert_written(&case, id, &content, written_at)?;
        let written = tx.note_repeated(&case, id)?;
        let view = written.map(NoteJson::from).ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::created(format!("{}/notes", location(case.id)), &view)
    })
    .await
}

/// List the notes of a case, newest first. A note of a section that is closed to you shows who wrote
/// it, when and in which section, not its text.
#[utoipa::path(
    tag = "cases",
    operation_id = "note_list",
    params(("id" = CaseId, Path), NoteQuery),
    responses((status = 200, body = Page<NoteJson>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/notes")]
pub async fn note_list(ctx: Ctx, id: PathId<CaseId>, query: Query<NoteQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let before = query.cursor.map(|cursor| cursor.0);
        let page = tx.note_list(&case, before, query.limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(NoteJson::from).collect(),
        })
    })
    .await
}

//! `POST /cases/{id}/attachments`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;
use qorgan_storage::attachment_store::{AttachmentStore, StoredAt};
use qorgan_storage::cases::{AttachmentView, NewAttachment};
use qorgan_storage::{AccessError, Authorized, Denial, Tx, cases::Case};
use std::io::Seek;
use utoipa::ToSchema;
use uuid::Uuid;

use super::form::{self, AttachmentForm};
use super::kind::kind_of;
use super::view::{AttachmentJson, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request::{IdempotencyKey, PathId};
use crate::routes::cases::sections::writes_in;
use crate::routes::stage::stage_problem;
use crate::server::AttachmentSettings;

/// The form of a document.
#[derive(ToSchema)]
#[schema(as = AttachmentRequest, example = json!({"section": "medical", "title": "Extract from the clinic", "file": "(the bytes)"}))]
#[expect(dead_code, reason = "only its schema is used: the form is read part by part")]
pub struct FormSchema {
    /// An id chosen by the client (UUIDv7): a repeat with the same content is the same document.
    id: Option<String>,
    /// The section that protects it.
    section: qorgan_domain::cases::Section,
    /// What it is called, 1 to 200 characters.
    title: String,
    /// The file, with its name and its media type.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Attach a document to a case, in a section that you may write.
///
/// PDF, JPEG, PNG, HEIC, DOCX, XLSX, ODT, text in UTF-8, MP3, M4A, MP4; up to the server's limit (20 MiB unless it was
/// set otherwise). What a file is its content decides: it must be of the declared type, and of that alone. A document is
/// never changed or deleted; it can be withdrawn.
#[utoipa::path(
    tag = "cases",
    operation_id = "attachment_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body(content = FormSchema, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = AttachmentJson, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "The document was attached before by this very request", body = AttachmentJson),
        (status = 409, description = "domain_rule, id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("attachment_write"))),
)]
#[post("/cases/{id}/attachments")]
pub async fn attachment_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    settings: web::Data<AttachmentSettings>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    form::accept(&request, settings.limit)?;
    // Before the file is taken in; and again afterwards.
    ctx.clone().run(move |tx| writable(tx, id.0).map(drop)).await?;
    let form = form::read(&request, body, settings.limit).await?;
    let fingerprint = form.fingerprint();
    let store = settings.store.clone();
    let (form, new) = web::block(move || prepared(form, &store)).await.map_err(|_| internal())??;
    ctx.post(fingerprint, move |tx| attach(tx, id.0, form, &new)).await
}

fn internal() -> Problem {
    Problem::new(ProblemCode::Internal)
}

/// The case, if documents may be attached to it now.
fn writable(tx: &mut Tx<'_>, id: CaseId) -> Result<Authorized<Case>, Problem> {
    let case = tx.case_for(id, Action::AttachmentWrite)?;
    may_write(CasePart::Note, case.state.stage).map_err(stage_problem)?;
    Ok(case)
}

/// Looks into the file, and puts it where it may be before its row is. A file of which no row is committed then is
/// removed by the sweep: whether a commit came through is not always known here.
fn prepared(mut form: AttachmentForm, store: &AttachmentStore) -> Result<(AttachmentForm, NewAttachment), Problem> {
    let kind = kind_of(&mut form.file.file).map_err(|error| Problem::internal(&error))?;
    let kind = kind.map_err(|invalid| Problem::field("/file", invalid))?;
    if form.declared.is_some_and(|declared| declared != kind) {
        return Err(Problem::field("/file", Issue::new("file_kind_differs")));
    }
    let stored = store.put(&mut form.file.file).map_err(|error| Problem::internal(&error))?;
    let new = NewAttachment {
        id: form.id.unwrap_or_else(|| Uuid::now_v7().into()),
        section: form.section,
        title: form.title.clone(),
        file_name: form.file_name.clone(),
        kind,
        size: form.file.bytes,
        sha256: form.file.sha256,
        stored,
    };
    Ok((form, new))
}

fn attach(tx: &mut Tx<'_>, id: CaseId, form: AttachmentForm, new: &NewAttachment) -> Result<Answer, Problem> {
    let case = writable(tx, id)?;
    writes_in(tx, new.section)?;
    if form.id.is_some()
        && let Some(known) = known(tx, &case, new)?
    {
        let version = known.version;
        return Ok(Answer::ok(&AttachmentJson::from(known))?.etag(version));
    }
    let mut file = form.file.file;
    if new.stored == StoredAt::Database {
        file.rewind().map_err(|error| Problem::internal(&error))?;
    }
    tx.attachment_insert(&case, new, &mut file)?;
    let view = tx.attachment_of(&case, new.id)?;
    let version = view.version;
    Ok(Answer::created(location(case.id, new.id), &AttachmentJson::from(view))?.etag(version))
}

/// The document of this id, if it says the same.
fn known(tx: &mut Tx<'_>, case: &Authorized<Case>, new: &NewAttachment) -> Result<Option<AttachmentView>, Problem> {
    match tx.attachment_of(case, new.id) {
        Ok(known) if new.says_same_as(&known) => Ok(Some(known)),
        Ok(_) => Err(Problem::new(ProblemCode::IdTaken)),
        Err(AccessError::Denied(Denial::NotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

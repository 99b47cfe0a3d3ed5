//! `GET /cases/{id}/attachments/{attachment_id}/content`.

use std::fs::File;
use std::io::Seek;

use actix_web::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::{HttpResponse, get, web};
use qorgan_domain::cases::{AttachmentKind, AttachmentRefusal};
use qorgan_domain::ids::{AttachmentId, CaseId};
use qorgan_domain::policy::Action;
use qorgan_storage::cases::ContentView;

use super::super::view::field;
use crate::context::Ctx;
use crate::files::pieces;
use crate::problem::{Problem, ProblemCode};
use crate::request::PathId;
use crate::server::AttachmentSettings;

/// A document on its way: all of it was read and found to be what was attached.
struct Ready {
    file: File,
    size: u64,
    kind: AttachmentKind,
    name: Option<String>,
}

/// Read the content of a document of a case.
///
/// It is handed out only if it is what was attached (SHA-256), as a download that no browser shows or runs.
#[utoipa::path(
    tag = "cases",
    operation_id = "attachment_content",
    params(("id" = CaseId, Path), ("attachment_id" = AttachmentId, Path)),
    responses(
        (status = 200, description = "The content, with the media type of its kind", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/attachments/{attachment_id}/content")]
pub async fn attachment_content(
    ctx: Ctx,
    id: PathId<CaseId>,
    attachment: PathId<AttachmentId, 1>,
    settings: web::Data<AttachmentSettings>,
) -> Result<HttpResponse, Problem> {
    let ready = ctx
        .run(move |tx| {
            let case = tx.case_for(id.0, Action::CaseRead)?;
            let view = tx.attachment_of(&case, attachment.0)?;
            let ContentView::Open(text) = &view.content.view else {
                return Err(Problem::new(ProblemCode::Forbidden));
            };
            if view.withdrawn.is_some() {
                let withdrawn = AttachmentRefusal::AlreadyWithdrawn.code();
                return Err(Problem::new(ProblemCode::DomainRule).because(withdrawn));
            }
            // Through a file without a name: a client that reads slowly must not hold a connection of the database,
            // and nothing leaves before all of it was checked.
            let mut file = tempfile::tempfile().map_err(|error| Problem::internal(&error))?;
            tx.attachment_copy(&case, &view, &settings.store, &mut file)?;
            file.rewind().map_err(|error| Problem::internal(&error))?;
            Ok(Ready { file, size: view.size, kind: view.kind, name: field(Some(text), "file_name") })
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type(ready.kind.media_type())
        .insert_header((CONTENT_LENGTH, ready.size))
        // Compressing what is compressed takes time for nothing.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(disposition(ready.kind, ready.name))
        .streaming(pieces(ready.file)))
}

/// A plain name for old programs, the true one beside it (RFC 6266).
fn disposition(kind: AttachmentKind, name: Option<String>) -> ContentDisposition {
    let plain = DispositionParam::Filename(format!("attachment.{}", kind.extension()));
    let full = name.map(|name| {
        let value =
            ExtendedValue { charset: Charset::Ext("UTF-8".into()), language_tag: None, value: name.into_bytes() };
        DispositionParam::FilenameExt(value)
    });
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: std::iter::once(plain).chain(full).collect(),
    }
}

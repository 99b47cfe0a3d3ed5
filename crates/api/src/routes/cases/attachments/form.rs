//! Reading `multipart/form-data` with one file.

use std::collections::HashSet;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header::{self, HeaderValue};
use actix_web::rt::time::timeout;
use actix_web::{HttpMessage, HttpRequest, web};
use futures_util::StreamExt;
use qorgan_domain::Invalid;
use qorgan_domain::cases::{AttachmentKind, FileName, Section};
use qorgan_domain::ids::{AttachmentId, client_uuid};
use qorgan_domain::text::Title;
use sha2::{Digest, Sha256};
use std::str::FromStr;
use std::time::Duration;

use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request::{Spooled, is_plain, spool};

/// Longest field beside the file.
const MAX_FIELD_BYTES: usize = 4096;
/// Most parts: there are four.
const MAX_PARTS: usize = 16;
/// What a form needs beside its file.
const OVERHEAD_BYTES: usize = 64 * 1024;
/// Longest silence of a client between two parts.
const MAX_SILENCE: Duration = Duration::from_secs(30);

/// What a form says.
#[derive(Debug)]
pub struct AttachmentForm {
    /// Chosen by the client.
    pub id: Option<AttachmentId>,
    /// The section that protects the document.
    pub section: Section,
    /// What it is called.
    pub title: Title,
    /// What its file was called.
    pub file_name: Option<FileName>,
    /// What it is, as the client says; none where it does not say.
    pub declared: Option<AttachmentKind>,
    /// The file.
    pub file: Spooled,
}

impl AttachmentForm {
    /// What tells a repeat of the request from another one under the same key.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let name = self.file_name.as_ref().map(FileName::as_str);
        for part in [self.section.as_str(), self.title.as_str(), name.unwrap_or_default()] {
            hash.update(part);
            hash.update([0]);
        }
        hash.update(self.id.map(|id| *id.as_uuid().as_bytes()).unwrap_or_default());
        hash.update(self.file.sha256);
        hash.finalize().into()
    }
}

/// Refuses by the headers alone.
///
/// # Errors
/// `unsupported_media_type` (415), `payload_too_large` (413).
pub fn accept(request: &HttpRequest, limit: usize) -> Result<(), Problem> {
    let form = HeaderValue::from_static("multipart/form-data");
    let unsupported = || Problem::new(ProblemCode::UnsupportedMediaType).with_header(header::ACCEPT, form.clone());
    let declared = request.mime_type().map_err(|_| unsupported())?.ok_or_else(unsupported)?;
    let bounded = declared.get_param("boundary").is_some();
    if declared.essence_str() != "multipart/form-data" || !bounded || !is_plain(request.headers()) {
        return Err(unsupported());
    }
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if announced.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > limit + OVERHEAD_BYTES) {
        return Err(Problem::new(ProblemCode::PayloadTooLarge).with("limit_bytes", limit));
    }
    Ok(())
}

/// Reads a form; its file goes to the disk as it arrives.
///
/// # Errors
/// As [`spool`]; `validation_failed` (422) with every wrong field.
pub async fn read(request: &HttpRequest, body: web::Payload, limit: usize) -> Result<AttachmentForm, Problem> {
    let mut parts = Multipart::new(request.headers(), body);
    let mut reading = Reading::default();
    let mut count = 0;
    loop {
        let next = timeout(MAX_SILENCE, parts.next()).await.map_err(|_| Problem::new(ProblemCode::RequestTimeout))?;
        let Some(part) = next else { break };
        count += 1;
        if count > MAX_PARTS {
            return Err(Problem::new(ProblemCode::BadRequest));
        }
        reading.take(part.map_err(|_: MultipartError| Problem::new(ProblemCode::BadRequest))?, limit).await?;
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    errors: FieldErrors,
    seen: HashSet<&'static str>,
    id: Option<AttachmentId>,
    section: Option<Section>,
    title: Option<Title>,
    file_name: Option<FileName>,
    declared: Option<AttachmentKind>,
    file: Option<Spooled>,
}

impl Reading {
    async fn take(&mut self, mut part: Field, limit: usize) -> Result<(), Problem> {
        const NAMES: [&str; 4] = ["id", "section", "title", "file"];
        let name = part.name().unwrap_or_default().to_owned();
        let Some(name) = NAMES.into_iter().find(|known| *known == name) else {
            self.errors.push(&Pointer::ROOT.key(&name), Issue::new("unknown_field"));
            return drain(&mut part, limit).await;
        };
        if !self.seen.insert(name) {
            self.errors.push(&Pointer::ROOT.key(name), Issue::new("duplicate_field"));
            return drain(&mut part, limit).await;
        }
        if name == "file" {
            return self.take_file(part, limit).await;
        }
        let Some(text) = text(&mut part).await? else {
            self.errors.push(&Pointer::ROOT.key(name), Issue::new("text_too_long").with("max", MAX_FIELD_BYTES));
            return Ok(());
        };
        match name {
            "id" => self.id = self.value(name, &text),
            "section" => self.section = self.value(name, &text),
            _ => self.title = self.value(name, &text),
        }
        Ok(())
    }

    fn value<T: FromStr<Err = Invalid>>(&mut self, name: &str, text: &str) -> Option<T> {
        text.trim().parse().map_err(|invalid: Invalid| self.errors.push(&Pointer::ROOT.key(name), invalid)).ok()
    }

    async fn take_file(&mut self, part: Field, limit: usize) -> Result<(), Problem> {
        let at = Pointer::ROOT.key("file");
        let name = part.content_disposition().and_then(|disposition| disposition.get_filename());
        match name.map(FileName::new).transpose() {
            Ok(name) => self.file_name = name,
            Err(invalid) => self.errors.push(&at, invalid),
        }
        let declared = part.content_type().map(|media_type| media_type.essence_str().to_owned());
        // What programs say that do not know.
        let declared = declared.filter(|media_type| media_type != "application/octet-stream");
        if let Some(media_type) = declared {
            self.declared = AttachmentKind::declared(&media_type);
            if self.declared.is_none() {
                let allowed: Vec<&str> = AttachmentKind::ALL.iter().map(|kind| kind.media_type()).collect();
                self.errors.push(&at, Issue::new("file_kind_unknown").with("allowed", allowed.join(", ")));
            }
        }
        let file = spool(part, limit).await?;
        if file.bytes == 0 {
            self.errors.push(&at, Issue::new("file_empty"));
        }
        self.file = Some(file);
        Ok(())
    }

    fn finish(mut self) -> Result<AttachmentForm, Problem> {
        for name in ["section", "title", "file"] {
            if !self.seen.contains(name) {
                self.errors.push(&Pointer::ROOT.key(name), Issue::new("missing_field"));
            }
        }
        if let Some(Err(invalid)) = self.id.map(|id| client_uuid(id.as_uuid())) {
            self.errors.push(&Pointer::ROOT.key("id"), invalid);
        }
        match (self.section, self.title, self.file) {
            (Some(section), Some(title), Some(file)) if self.errors.is_empty() => Ok(AttachmentForm {
                id: self.id,
                section,
                title,
                file_name: self.file_name,
                declared: self.declared,
                file,
            }),
            _ => Err(Problem::validation(self.errors)),
        }
    }
}

/// The text of a field; none where it is too long.
async fn text(part: &mut Field) -> Result<Option<String>, Problem> {
    let read = timeout(MAX_SILENCE, part.bytes(MAX_FIELD_BYTES)).await;
    let read = read.map_err(|_| Problem::new(ProblemCode::RequestTimeout))?;
    let Ok(bytes) = read else { return Ok(None) };
    let bytes = bytes.map_err(|_| Problem::new(ProblemCode::BadRequest))?;
    String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| Problem::new(ProblemCode::BadRequest))
}

/// Passes over a part that nobody asked for.
async fn drain(part: &mut Field, limit: usize) -> Result<(), Problem> {
    let mut passed = 0;
    while let Some(piece) =
        timeout(MAX_SILENCE, part.next()).await.map_err(|_| Problem::new(ProblemCode::RequestTimeout))?
    {
        passed += piece.map_err(|_| Problem::new(ProblemCode::BadRequest))?.len();
        if passed > limit {
            return Err(Problem::new(ProblemCode::PayloadTooLarge).with("limit_bytes", limit));
        }
    }
    Ok(())
}

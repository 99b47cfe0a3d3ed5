//! How attached documents look in JSON.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use qorgan_domain::cases::AttachmentKind;
use qorgan_domain::ids::{AttachmentId, CaseId, UserId};
use qorgan_storage::cases::{AttachmentView, ContentView};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::view::{AuthoredView, field, location as case_location, open};

/// A document of a case. Of one in a section that is closed to the caller it shows who attached what kind of file, how
/// long, when; neither its title nor its name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct AttachmentJson {
    /// Its id.
    pub id: AttachmentId,
    /// Author, organisation, time, section.
    #[serde(flatten)]
    pub authored: AuthoredView,
    /// What it is, by its content.
    pub kind: AttachmentKind,
    /// The media type by which it is sent.
    pub media_type: &'static str,
    /// How long it is, bytes.
    pub size_bytes: u64,
    /// What it is called; `null` where the section is closed to the caller.
    pub title: Option<String>,
    /// What its file was called.
    pub file_name: Option<String>,
    /// SHA-256 of its content, in hexadecimal; `null` where the section is closed to the caller.
    pub sha256: Option<String>,
    /// When it was withdrawn; its content is not handed out since.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Who withdrew it.
    pub withdrawn_by: Option<UserId>,
    /// Why; `null` where the section is closed to the caller.
    pub withdraw_reason: Option<String>,
    /// Its version, as in `ETag`.
    pub version: i64,
}

impl From<AttachmentView> for AttachmentJson {
    fn from(attachment: AttachmentView) -> Self {
        let (authored, text) = open(attachment.content);
        let (mut at, mut by, mut reason) = (None, None, None);
        if let Some((when, who, why)) = attachment.withdrawn {
            at = Some(when);
            by = Some(who);
            if let ContentView::Open(body) = why {
                reason = field(Some(&body), "reason");
            }
        }
        Self {
            id: attachment.id,
            kind: attachment.kind,
            media_type: attachment.kind.media_type(),
            size_bytes: attachment.size,
            title: field(text.as_ref(), "title"),
            file_name: field(text.as_ref(), "file_name"),
            sha256: authored.readable.then(|| hexadecimal(&attachment.sha256)),
            authored,
            withdrawn_at: at,
            withdrawn_by: by,
            withdraw_reason: reason,
            version: attachment.version,
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The address of a document.
#[must_use]
pub fn location(case: CaseId, id: AttachmentId) -> String {
    format!("{}/attachments/{id}", case_location(case))
}

//! Documents attached to a case: which kinds are taken, what a file may be called, who may withdraw one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;
use crate::ids::OrganisationId;
use crate::policy::Actor;
use crate::words::words;

words! {
    /// Kinds of files that are taken. None of them runs when it is opened.
    pub enum AttachmentKind {
        /// PDF.
        Pdf = "pdf",
        /// JPEG.
        Jpeg = "jpeg",
        /// PNG.
        Png = "png",
        /// HEIC, as telephones take pictures.
        Heic = "heic",
        /// Office Open XML text, without macros.
        Docx = "docx",
        /// Office Open XML table, without macros.
        Xlsx = "xlsx",
        /// `OpenDocument` text.
        Odt = "odt",
        /// Plain text in UTF-8.
        Txt = "txt",
        /// MPEG sound.
        Mp3 = "mp3",
        /// MPEG-4 sound.
        M4a = "m4a",
        /// MPEG-4 video.
        Mp4 = "mp4",
    }
}

impl AttachmentKind {
    /// The media type by which it is sent.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Heic => "image/heic",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Txt => "text/plain",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Mp4 => "video/mp4",
        }
    }

    /// The kind that a client declares by a media type without parameters. Programs write some of them in several ways.
    #[must_use]
    pub fn declared(media_type: &str) -> Option<Self> {
        let media_type = media_type.to_ascii_lowercase();
        let other_names = [
            ("image/jpg", Self::Jpeg),
            ("image/heif", Self::Heic),
            ("audio/mp3", Self::Mp3),
            ("audio/m4a", Self::M4a),
            ("audio/x-m4a", Self::M4a),
        ];
        let known = Self::ALL.iter().copied().find(|kind| kind.media_type() == media_type);
        known.or_else(|| other_names.into_iter().find(|(name, _)| *name == media_type).map(|(_, kind)| kind))
    }

    /// The ending of its files.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            other => other.as_str(),
        }
    }

    /// Whether files of this kind are ZIP archives inside.
    #[must_use]
    pub const fn is_archive(self) -> bool {
        matches!(self, Self::Docx | Self::Xlsx | Self::Odt)
    }
}

/// What a file was called where it came from: 1 to 200 characters, without folders and control characters. It may name
/// a person, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    const MAX_LENGTH: usize = 200;

    /// Checks a name; of a path the last part is taken, since some programs send all of it.
    ///
    /// # Errors
    /// `file_name_format` (`max`).
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
        // Signs that turn the direction of writing make "gpj.exe" of "exe.jpg".
        let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let right = (1..=Self::MAX_LENGTH).contains(&name.chars().count())
            && !name.chars().any(|c| c.is_control() || turns(c))
            && name.chars().any(|c| c != '.');
        if right {
            Ok(Self(name.to_owned()))
        } else {
            Err(Invalid::new("file_name_format").with("max", Self::MAX_LENGTH))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileName({} characters)", self.0.chars().count())
    }
}

impl FromStr for FileName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl Serialize for FileName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FileName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::words::deserialize_checked(deserializer)
    }
}

#[cfg(feature = "utoipa")]
crate::words::string_schema!(FileName, "Name of a file, without folders", |string| string
    .min_length(Some(1))
    .max_length(Some(FileName::MAX_LENGTH)));

/// Why a document cannot be withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentRefusal {
    /// It is withdrawn already.
    AlreadyWithdrawn,
    /// Another organisation attached it.
    OfOtherOrganisation,
}

impl AttachmentRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyWithdrawn => "attachment_withdrawn",
            Self::OfOtherOrganisation => "attachment_of_other_organisation",
        }
    }
}

/// Whether somebody may withdraw a document of a case in which it may do so at all: only the organisation that attached
/// it takes back its word.
///
/// # Errors
/// [`AttachmentRefusal`].
pub fn may_withdraw(actor: &Actor, attached_by: OrganisationId, withdrawn: bool) -> Result<(), AttachmentRefusal> {
    if actor.organisation.id != attached_by {
        return Err(AttachmentRefusal::OfOtherOrganisation);
    }
    if withdrawn { Err(AttachmentRefusal::AlreadyWithdrawn) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_kind_has_a_media_type_of_its_own_and_is_found_by_it() {
        let types: HashSet<&str> = AttachmentKind::ALL.iter().map(|kind| kind.media_type()).collect();
        assert_eq!(types.len(), AttachmentKind::ALL.len());
        for kind in AttachmentKind::ALL {
            assert_eq!(AttachmentKind::declared(&kind.media_type().to_uppercase()), Some(*kind));
        }
        for other in ["text/html", "image/svg+xml", "application/zip", "application/octet-stream", ""] {
            assert_eq!(AttachmentKind::declared(other), None, "{other}");
        }
    }

    #[test]
    fn names_of_files() {
        let table = [("акт.pdf", "акт.pdf"), (" a b.jpg ", "a b.jpg"), ("C:\\docs\\x.pdf", "x.pdf"), ("../../x", "x")];
        for (given, expected) in table {
            assert_eq!(FileName::new(given).unwrap().as_str(), expected);
        }
        for text in ["", " ", "..", "a/", "a\nb", "a\0.pdf", "gpj\u{202e}exe", &"x".repeat(201)] {
            assert_eq!(FileName::new(text).unwrap_err().code(), "file_name_format", "{text:?}");
        }
        assert!(!format!("{:?}", FileName::new("Секретов.pdf").unwrap()).contains("Секретов"));
    }
}

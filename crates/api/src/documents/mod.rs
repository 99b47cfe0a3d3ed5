//! Documents for people: what a record says, as a file that an office program opens. Only what the caller may read goes
//! in; the words are in the language of the request.

pub mod closure;
pub mod consilium;
mod paper;
pub mod qualification;
mod words;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE};
use qorgan_domain::identity::Role;
use qorgan_domain::policy::Actor;
use utoipa::ToSchema;

use crate::problem::{Issue, Problem, ProblemCode};
use crate::request::{FromText, Language};
use crate::routes::reference::labels;

/// Media type of an Office Open XML document (ECMA-376).
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// In what form a document is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DocumentFormat {
    /// The data, for a program.
    #[default]
    Json,
    /// An Office Open XML document.
    Docx,
}

impl FromText for DocumentFormat {
    fn from_text(text: &str) -> Result<Self, Issue> {
        match text {
            "json" => Ok(Self::Json),
            "docx" => Ok(Self::Docx),
            _ => Err(Issue::new("unknown_code").with("allowed", "json,docx")),
        }
    }
}

/// A document that was written.
pub struct Document {
    /// What the file is called; no personal data.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The language it is in.
    pub language: Language,
}

impl Document {
    /// The document as an answer: to be saved, not shown in the browser.
    #[must_use]
    pub fn into_response(self) -> HttpResponse {
        HttpResponse::Ok()
            .content_type(DOCX)
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}.docx\"", self.name)))
            .insert_header((CONTENT_LANGUAGE, self.language.as_str()))
            .body(self.bytes)
    }
}

/// Why a document could not be written: a fault of the program.
fn unwritten(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(%error, "a document could not be written");
    Problem::new(ProblemCode::Internal)
}

/// The word of a code of a classifier.
fn label(classifier: &str, code: &str, language: Language) -> String {
    let known = labels::of(classifier).and_then(|labels| labels.iter().find(|label| label.code == code));
    known.map_or_else(|| code.to_owned(), |label| label.in_language(language).to_owned())
}

/// Whose copy it is: it stands on every page, so that a copy that turns up elsewhere tells where it came from.
fn copy_of(actor: &Actor, language: Language) -> String {
    let roles: Vec<String> =
        actor.roles.iter().map(|grant| label("role", Role::as_str(grant.role), language)).collect();
    format!(
        "{}: {}, {} ({})",
        words::CONFIDENTIAL.in_language(language),
        actor.display_name,
        actor.organisation_name,
        roles.join(", ")
    )
}

//! What operations share that take a list as a file.

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};
use qorgan_domain::lists::{FeedError, ListFormat, RowProblem, TextEncoding};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{FieldErrors, Issue, Problem, ProblemCode, words_of};
use crate::request::{Language, is_plain};

/// Most problems that one answer lists: a file of which more is wrong is wrong as a whole.
pub const MAX_LISTED: usize = 10_000;

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignalImportRow)]
pub struct ImportRowView {
    /// Its number: in CSV the header is row 1 and blank lines do not count, in NDJSON it is the line.
    pub row: u64,
    /// The field; empty where the row as a whole is meant.
    pub field: String,
    /// What is wrong with it.
    pub code: String,
    /// The same in words. The value itself is never repeated.
    pub message: String,
}

impl ImportRowView {
    /// The first of all problems.
    #[must_use]
    pub fn listed(problems: &[RowProblem], language: Language) -> Vec<Self> {
        let view = |problem: &RowProblem| Self {
            row: problem.row,
            field: problem.field.clone(),
            code: problem.invalid.code().to_owned(),
            message: words_of(&problem.invalid, language),
        };
        problems.iter().take(MAX_LISTED).map(view).collect()
    }
}

/// Why a file was not read to its end; every wrong column at once.
pub fn feed_problem<E>(error: FeedError<E>, taker: impl FnOnce(E) -> Problem) -> Problem {
    match error {
        FeedError::Header(columns) => {
            let mut errors = FieldErrors::new();
            for (column, invalid) in columns {
                errors.push_named(&format!("/header/{column}"), Issue::from(invalid));
            }
            Problem::validation(errors)
        }
        FeedError::TooLong(invalid) => Problem::field("", invalid),
        FeedError::Read(error) => Problem::internal(&error),
        FeedError::Taker(error) => taker(error),
    }
}

/// How the file is written, by its declared type; `encodings` are those that the operation takes.
///
/// # Errors
/// `unsupported_media_type` (415).
pub fn written(request: &HttpRequest, encodings: &[TextEncoding]) -> Result<(ListFormat, TextEncoding), Problem> {
    let taken = header::HeaderValue::from_static("text/csv, application/x-ndjson");
    let unsupported = || Problem::new(ProblemCode::UnsupportedMediaType).with_header(header::ACCEPT, taken.clone());
    let declared = request.mime_type().map_err(|_| unsupported())?.ok_or_else(unsupported)?;
    let encoding = match declared.get_param("charset") {
        None => TextEncoding::Utf8,
        Some(charset) => charset.as_str().to_ascii_lowercase().parse().map_err(|_| unsupported())?,
    };
    if !encodings.contains(&encoding) || !is_plain(request.headers()) {
        return Err(unsupported());
    }
    match declared.essence_str() {
        "text/csv" => Ok((ListFormat::Csv, encoding)),
        "application/x-ndjson" | "application/ndjson" if encoding == TextEncoding::Utf8 => {
            Ok((ListFormat::Ndjson, encoding))
        }
        _ => Err(unsupported()),
    }
}

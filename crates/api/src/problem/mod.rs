//! Errors as RFC 9457 problem documents: one type for all handlers, one place that writes them.
//!
//! A [`Problem`] keeps codes and parameters only. The words are chosen when the answer leaves, because only
//! then the language, the request id and the address of the request are known: `error_response` puts the
//! problem into the extensions of the response and [`crate::middleware::edge`] writes the body.

mod catalogue;
mod fallback;
mod field;
mod guide;
pub mod messages;
mod storage;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value, json};

pub use catalogue::{ProblemCode, Words};
pub use fallback::{MethodTable, fallback};
pub use field::{FieldError, FieldErrors, Issue, Pointer, words_of};
pub use guide::guide;

use crate::request::Language;

/// Media type of every problem (RFC 9457, section 3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Members that RFC 9457 or our convention gives a meaning; extensions may not take their names.
const RESERVED: &[&str] = &["type", "title", "status", "detail", "instance", "code", "errors", "request_id"];

/// Seconds after which a client may try again when the server cannot say better.
const DEFAULT_RETRY_SECONDS: u64 = 1;

/// Why a request is refused: what a handler returns as its error.
#[derive(Clone)]
pub struct Problem(Box<Content>);

#[derive(Clone)]
struct Content {
    code: ProblemCode,
    errors: Vec<FieldError>,
    missing: Vec<String>,
    reason: Option<String>,
    extensions: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of this kind, with nothing more to say yet.
    pub fn new(code: ProblemCode) -> Self {
        let problem = Self(Box::new(Content {
            code,
            errors: Vec::new(),
            missing: Vec::new(),
            reason: None,
            extensions: Map::new(),
            headers: Vec::new(),
        }));
        match code {
            ProblemCode::IdempotencyInProgress | ProblemCode::TooManyRequests | ProblemCode::Unavailable => {
                problem.retry_after(DEFAULT_RETRY_SECONDS)
            }
            _ if code.status() == StatusCode::UNAUTHORIZED => {
                problem.with_header(header::WWW_AUTHENTICATE, challenge(code))
            }
            _ => problem,
        }
    }

    /// `validation_failed` (422) with every wrong field of a body.
    pub fn validation(errors: FieldErrors) -> Self {
        Self::new(ProblemCode::ValidationFailed).with_errors(errors)
    }

    /// `validation_failed` (422) for one field found wrong after parsing, such as an unknown territory.
    pub fn field(pointer: impl ToString, issue: impl Into<Issue>) -> Self {
        Self::new(ProblemCode::ValidationFailed).with_error(FieldError::new(pointer, issue.into()))
    }

    /// `internal` (500): the cause goes to the log with its chain, never to the client.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        let causes = std::iter::successors(cause.source(), |cause| cause.source()).map(ToString::to_string);
        tracing::error!(cause = %cause, chain = ?causes.collect::<Vec<_>>(), "request failed");
        Self::new(ProblemCode::Internal)
    }

    /// Adds one wrong field.
    #[must_use]
    pub fn with_error(mut self, error: FieldError) -> Self {
        self.0.errors.push(error);
        self
    }

    /// Adds wrong fields.
    #[must_use]
    pub fn with_errors(mut self, errors: FieldErrors) -> Self {
        self.0.errors.extend(errors);
        self
    }

    /// Says what the action waits for: codes of [`messages::MISSING`], answered as `missing: [{code, message}]`
    /// and in `detail`.
    #[must_use]
    pub fn with_missing<I>(mut self, codes: I) -> Self
    where
        I: IntoIterator,
        I::Item: ToString,
    {
        self.0.missing.extend(codes.into_iter().map(|code| code.to_string()));
        self
    }

    /// Names the rule that refuses, a code of [`messages::RULES`] or [`messages::FIELDS`]: answered as `reason` and in `detail`.
    #[must_use]
    pub fn because(mut self, reason: impl ToString) -> Self {
        self.0.reason = Some(reason.to_string());
        self
    }

    /// Adds an extension member (RFC 9457, section 3.2), such as `candidates` or `current_version`.
    ///
    /// A name that the convention already uses, or a value that is not JSON, is left out: a problem never fails.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let (false, Ok(value)) = (RESERVED.contains(&name), serde_json::to_value(value)) {
            self.0.extensions.insert(name.to_owned(), value);
        }
        self
    }

    /// Says after how many seconds a further try makes sense (`Retry-After`).
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// Sets a header of the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.retain(|(known, _)| *known != name);
        self.0.headers.push((name, value));
        self
    }

    /// The kind of problem.
    pub fn code(&self) -> ProblemCode {
        self.0.code
    }

    /// The wrong fields.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The document in one language, for the request with this address and id.
    pub fn render(&self, language: Language, instance: &str, request_id: &str) -> Value {
        let content = &*self.0;
        let mut document = content.extensions.clone();
        if !content.missing.is_empty() {
            let missing = content.missing.iter().map(|code| json!({ "code": code, "message": gate(code, language) }));
            document.insert("missing".into(), missing.collect());
        }
        if let Some(reason) = &content.reason {
            document.insert("reason".into(), json!(reason));
        }
        let code = content.code.as_str();
        document.insert("type".into(), json!(format!("/problems/{code}")));
        document.insert("title".into(), json!(content.code.title().in_language(language)));
        document.insert("status".into(), json!(content.code.status().as_u16()));
        document.insert("detail".into(), json!(self.detail(language)));
        document.insert("instance".into(), json!(instance));
        document.insert("code".into(), json!(code));
        if !content.errors.is_empty() {
            document.insert("errors".into(), content.errors.iter().map(|error| error.render(language)).collect());
        }
        document.insert("request_id".into(), json!(request_id));
        Value::Object(document)
    }

    /// The sentence of the kind, the rule that refused, and what is missing.
    fn detail(&self, language: Language) -> String {
        let mut detail = self.0.code.detail().in_language(language).to_owned();
        let reason = self.0.reason.as_deref();
        let rule = reason
            .and_then(|code| messages::find(messages::RULES, code).or_else(|| messages::find(messages::FIELDS, code)));
        let missing = self.0.missing.iter().map(|code| gate(code, language));
        for sentence in rule.map(|words| words.in_language(language).to_owned()).into_iter().chain(missing) {
            detail.push(' ');
            detail.push_str(&sentence);
        }
        detail
    }

    /// Writes the whole answer; the middleware uses it once the request's side is known.
    pub(crate) fn write(&self, language: Language, instance: &str, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.code.status());
        for (name, value) in &self.0.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response
            .content_type(MEDIA_TYPE)
            .insert_header((header::CONTENT_LANGUAGE, language.as_str()))
            .insert_header((header::VARY, "Accept-Language"))
            .body(self.render(language, instance, request_id).to_string())
    }
}

/// The words of a gate of [`messages::MISSING`]; a code without words speaks for itself.
fn gate(code: &str, language: Language) -> String {
    messages::find(messages::MISSING, code)
        .or_else(|| messages::find(messages::RULES, code))
        .map_or_else(|| code.to_owned(), |words| words.in_language(language).to_owned())
}

/// `WWW-Authenticate` of a 401 (RFC 9110, section 11.6.1, and RFC 6750, section 3).
fn challenge(code: ProblemCode) -> HeaderValue {
    HeaderValue::from_static(match code {
        ProblemCode::TokenExpired | ProblemCode::SessionEnded => "Bearer realm=\"qorgan\", error=\"invalid_token\"",
        _ => "Bearer realm=\"qorgan\"",
    })
}

impl From<ProblemCode> for Problem {
    fn from(code: ProblemCode) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.as_str())
    }
}

impl fmt::Debug for Problem {
    /// Codes only: extensions may hold personal data and must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self.0.errors.iter().map(|error| (error.pointer(), error.code())).collect::<Vec<_>>();
        f.debug_struct("Problem")
            .field("code", &self.0.code)
            .field("errors", &errors)
            .field("missing", &self.0.missing)
            .field("reason", &self.0.reason)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    /// A complete answer in the default language that carries the problem, so that the middleware can write
    /// it anew for the request at hand.
    fn error_response(&self) -> HttpResponse {
        let mut response = self.write(Language::default(), "", "");
        response.extensions_mut().insert(self.clone());
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_the_members_of_the_contract() {
        let mut errors = FieldErrors::new();
        errors.push(&Pointer::ROOT.key("iin"), Issue::new("iin_control_digit"));
        errors.push(&Pointer::ROOT.key("title"), Issue::new("text_too_long").with("max", 200));
        let document = Problem::validation(errors).render(Language::Kk, "/api/v1/cases", "r-1");
        assert_eq!(document["type"], "/problems/validation_failed");
        assert_eq!(document["status"], 422);
        assert_eq!(document["instance"], "/api/v1/cases");
        assert_eq!(document["request_id"], "r-1");
        assert_eq!(document["title"], "Деректер тексеруден өтпеді");
        assert_eq!(document["errors"][0]["pointer"], "/iin");
        assert_eq!(document["errors"][1]["max"], "200");
        assert_eq!(document["errors"][1]["message"], "Мәтін тым ұзын: ең көбі 200 таңба.");
    }

    #[test]
    fn extensions_never_replace_members_of_the_contract() {
        let problem = Problem::new(ProblemCode::StaleVersion).with("current_version", 4).with("status", 200);
        let document = problem.render(Language::En, "/", "r");
        assert_eq!(document["current_version"], 4);
        assert_eq!(document["status"], 412);
    }

    #[test]
    fn missing_and_reason_are_named() {
        let problem = Problem::new(ProblemCode::TransitionRefused).with_missing(["case_manager"]).because("iin_format");
        let document = problem.render(Language::En, "/", "r");
        assert_eq!(document["missing"][0]["code"], "case_manager");
        assert_eq!(document["reason"], "iin_format");
        assert!(document["detail"].as_str().is_some_and(|detail| detail.contains("12 digits")));
    }

    #[test]
    fn debug_shows_no_extension() {
        let problem = Problem::new(ProblemCode::PossibleDuplicates).with("candidates", ["А. С."]);
        assert!(!format!("{problem:?} {problem}").contains("А. С."));
    }

    #[test]
    fn headers_go_with_their_kinds() {
        let unavailable = Problem::new(ProblemCode::Unavailable).retry_after(7).error_response();
        assert_eq!(unavailable.headers().get(header::RETRY_AFTER).unwrap(), "7");
        assert_eq!(unavailable.headers().get_all(header::RETRY_AFTER).count(), 1);
        assert!(
            Problem::new(ProblemCode::TokenExpired).error_response().headers().contains_key(header::WWW_AUTHENTICATE)
        );
    }
}

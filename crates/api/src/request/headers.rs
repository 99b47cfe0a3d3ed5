//! Headers that say on what terms a request is to be done: `If-Match` and `Idempotency-Key`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, ETAG, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, schema::Type};

use crate::problem::{FieldError, Issue, Problem, ProblemCode};

/// Longest `Idempotency-Key`, in bytes.
const MAX_KEY_BYTES: usize = 255;

/// The version of a resource that the client read and wants to change.
///
/// # Errors
/// `precondition_required` (428) without the header, `invalid_header` (400) for a list, a weak tag, `*` or
/// anything that is not one of our tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(header::IF_MATCH);
        ready(match (values.next(), values.next()) {
            (None, _) => Err(Problem::new(ProblemCode::PreconditionRequired)),
            (Some(value), None) => version(value).map(Self).ok_or_else(|| malformed("If-Match", "\"<version>\"")),
            (Some(_), Some(_)) => Err(malformed("If-Match", "\"<version>\"")),
        })
    }
}

/// The number in a strong entity tag; only the spelling that [`etag`] writes is known.
fn version(value: &HeaderValue) -> Option<i64> {
    let digits = value.to_str().ok()?.trim().strip_prefix('"')?.strip_suffix('"')?;
    let version = digits.parse().ok().filter(|version| *version >= 0)?;
    (digits == i64::to_string(&version)).then_some(version)
}

/// The `ETag` of a version: a header to insert into an answer.
pub fn etag(version: impl Into<i64>) -> (HeaderName, String) {
    (ETAG, format!("\"{}\"", version.into()))
}

/// A client's name for one attempt, so that a retry is not done twice; `None` when the header is absent.
///
/// # Errors
/// `invalid_header` (400) unless it is 1 to 255 visible ASCII characters, given once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all("idempotency-key");
        ready(match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(value), None) => key(value).map(|key| Self(Some(key))),
            (Some(_), Some(_)) => Err(malformed("Idempotency-Key", "1-255 ASCII")),
        })
    }
}

fn key(value: &HeaderValue) -> Result<String, Problem> {
    let text = value.to_str().unwrap_or_default();
    if (1..=MAX_KEY_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(malformed("Idempotency-Key", "1-255 ASCII"))
    }
}

fn malformed(name: &'static str, expected: &'static str) -> Problem {
    let issue = Issue::new("header_format").with("expected", expected);
    Problem::new(ProblemCode::InvalidHeader).with_error(FieldError::new(name, issue))
}

fn parameter(name: &str, required: Required, description: &str, example: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .example(Some(example.into()))
        .build()
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description =
            "ETag of the version that was read: the change is refused (412) when the resource has moved on.";
        vec![parameter("If-Match", Required::True, description, "\"3\"")]
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "A name for this attempt, chosen by the client, 1 to 255 visible ASCII characters. The same key \
                           with the same body gets the first answer again (`Idempotency-Replayed: true`).";
        vec![parameter("Idempotency-Key", Required::False, description, "0190a6f8-5b1c-7c3e-9f00-1234567890ab")]
    }
}

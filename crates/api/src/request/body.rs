//! The JSON body of a request as a checked type.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use sha2::{Digest, Sha256};

use super::json::FromJson;
use super::strict::{self, Malformed};
use crate::problem::{FieldErrors, Pointer, Problem, ProblemCode};

/// Longest time a body may take to arrive; a client that trickles bytes must not hold a connection.
const MAX_ARRIVAL: Duration = Duration::from_secs(30);

/// Most bytes a body may have; register another as `app_data` to change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit(pub usize);

impl Default for BodyLimit {
    /// 256 KiB: the longest texts of the domain fit many times.
    fn default() -> Self {
        Self(256 * 1024)
    }
}

/// A JSON body, read and checked.
///
/// # Errors
/// `unsupported_media_type` (415), `payload_too_large` (413), `request_timeout` (408), `malformed_json` (400),
/// `validation_failed` (422) with every wrong field.
#[derive(Debug)]
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// SHA-256 of the bytes that were sent: tells a repeat from another request under one `Idempotency-Key`.
    pub sha256: [u8; 32],
}

impl<T: FromJson + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let accepted = accept(request);
        let limit = request.app_data::<BodyLimit>().copied().unwrap_or_default();
        let payload = payload.take();
        Box::pin(async move {
            accepted?;
            let bytes = gather(payload, limit).await?;
            Ok(Self { value: read(&bytes)?, sha256: Sha256::digest(&bytes).into() })
        })
    }
}

/// Refuses by the headers alone, before a byte is read.
fn accept(request: &HttpRequest) -> Result<(), Problem> {
    let json_only = header::HeaderValue::from_static("application/json");
    let unsupported = || Problem::new(ProblemCode::UnsupportedMediaType).with_header(header::ACCEPT, json_only.clone());
    let content_type = request.mime_type().map_err(|_| unsupported())?.ok_or_else(unsupported)?;
    let json = content_type.type_() == "application"
        && (content_type.subtype() == "json" || content_type.suffix().is_some_and(|suffix| suffix == "json"));
    let charset = content_type.get_param("charset").is_none_or(|charset| charset == "utf-8");
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    let plain = encoding.is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if !(json && charset && plain) {
        return Err(unsupported());
    }
    let limit = request.app_data::<BodyLimit>().copied().unwrap_or_default();
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()).and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit.0) {
        return Err(too_large(limit));
    }
    Ok(())
}

fn too_large(limit: BodyLimit) -> Problem {
    Problem::new(ProblemCode::PayloadTooLarge).with("limit_bytes", limit.0)
}

/// Reads the body up to the limit.
async fn gather(mut payload: Payload, limit: BodyLimit) -> Result<Bytes, Problem> {
    let arrival = async {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            // The connection broke or the framing is wrong: nobody may be left to read the answer.
            let chunk = chunk.map_err(|_| Problem::new(ProblemCode::BadRequest))?;
            if bytes.len() + chunk.len() > limit.0 {
                return Err(too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    };
    let arrived = actix_web::rt::time::timeout(MAX_ARRIVAL, arrival).await;
    arrived.unwrap_or_else(|_| Err(Problem::new(ProblemCode::RequestTimeout)))
}

/// Bytes to a checked value.
fn read<T: FromJson>(bytes: &[u8]) -> Result<T, Problem> {
    let mut errors = FieldErrors::new();
    let value = strict::parse(bytes, &mut errors).map_err(|Malformed { line, column }| {
        Problem::new(ProblemCode::MalformedJson).with("line", line).with("column", column)
    })?;
    match T::from_json(value, &Pointer::ROOT, &mut errors) {
        Some(value) if errors.is_empty() => Ok(value),
        _ => Err(Problem::validation(errors)),
    }
}

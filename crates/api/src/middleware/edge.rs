//! The outermost step that is ours: it gives the request its id, and lets nothing leave that is not in order.

use std::future::{Ready, ready};
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use futures_util::FutureExt;
use tracing::Instrument;
use uuid::Uuid;

use super::headers::secure;
use crate::problem::{Problem, ProblemCode};
use crate::request::Language;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request id that is taken from a client.
const MAX_ID_BYTES: usize = 64;

/// The id of a request, in `X-Request-Id`, in every problem and in the log.
///
/// # Errors
/// `internal` (500) when [`edge`] does not wrap the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    /// The client's id when it is harmless in a log (1 to 64 of `[A-Za-z0-9._-]`), a new one otherwise.
    fn of(headers: &HeaderMap) -> Self {
        let harmless = |text: &&str| {
            (1..=MAX_ID_BYTES).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).filter(harmless);
        Self(given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned))
    }
}

impl FromRequest for RequestId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.extensions().get::<Self>().cloned();
        ready(id.ok_or_else(|| Problem::new(ProblemCode::Internal)))
    }
}

/// What is needed to write an answer after the request itself is gone, as it is after a panic.
#[derive(Debug, Clone)]
struct Context {
    id: RequestId,
    language: Language,
    method: Method,
    path: String,
}

impl Context {
    fn of(request: &ServiceRequest) -> Self {
        Self {
            id: RequestId::of(request.headers()),
            language: Language::of(request.headers()),
            method: request.method().clone(),
            path: request.path().to_owned(),
        }
    }

    fn write(&self, problem: &Problem) -> HttpResponse {
        problem.write(self.language, &self.path, &self.id.0)
    }

    /// Headers that every answer carries.
    fn sign(&self, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(&self.id.0) {
            headers.insert(X_REQUEST_ID, id);
        }
        secure(&self.path, headers);
    }

    /// One line a request. The pattern of the route, never the address: no ids and no queries in the log.
    fn log(&self, route: Option<&str>, status: StatusCode, started: Instant) {
        tracing::info!(
            target: "qorgan_api::access",
            method = %self.method,
            route = route.unwrap_or("-"),
            status = status.as_u16(),
            duration_ms = started.elapsed().as_secs_f64() * 1000.0,
            request_id = %self.id.0,
        );
    }
}

/// Middleware, for `actix_web::middleware::from_fn`: request id, panics to 500, problems written in the
/// client's language, `HEAD` served by `GET`, security headers, one access line.
///
/// # Errors
/// A failure that left no response, such as a panic: the error writes the complete answer itself.
pub async fn edge(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let context = Context::of(&request);
    request.extensions_mut().insert(context.id.clone());
    if context.method == Method::HEAD {
        // The server leaves the body out by what it read from the wire; routes need to know GET only.
        request.head_mut().method = Method::GET;
    }
    let span = tracing::info_span!("request", request_id = %context.id.0);
    let inner = AssertUnwindSafe(async move { next.call(request).await }).catch_unwind().instrument(span).await;
    let problem = match inner {
        Ok(Ok(response)) => {
            let mut response = in_order(response.map_into_boxed_body(), &context);
            context.sign(response.headers_mut());
            context.log(response.request().match_pattern().as_deref(), response.status(), started);
            return Ok(response);
        }
        Ok(Err(error)) => of_error(&error),
        Err(_) => {
            tracing::error!(request_id = %context.id.0, "a handler panicked");
            Problem::new(ProblemCode::Internal)
        }
    };
    context.log(None, problem.status_code(), started);
    Err(Answer { problem, context }.into())
}

/// The problem in an error, or the one its status stands for.
fn of_error(error: &Error) -> Problem {
    let problem = error.as_error::<Problem>().cloned();
    problem.unwrap_or_else(|| ProblemCode::for_status(error.as_response_error().status_code()).into())
}

/// Writes the body of a problem, and makes problems of errors that others answered.
fn in_order(response: ServiceResponse<BoxBody>, context: &Context) -> ServiceResponse<BoxBody> {
    let Some(problem) = problem_in(response.response()) else {
        return response;
    };
    let (request, old) = response.into_parts();
    let mut new = context.write(&problem);
    for (name, value) in old.headers() {
        if !new.headers().contains_key(name) && name != header::CONTENT_LENGTH {
            new.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, new)
}

/// The problem that a response carries or must become. A handler's own answer with a body, of whatever
/// status, is left alone.
fn problem_in(response: &HttpResponse) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    let empty = matches!(response.body().size(), BodySize::None | BodySize::Sized(0));
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || !(empty || response.error().is_some()) {
        return None;
    }
    Some(response.error().map_or_else(|| ProblemCode::for_status(status).into(), of_error))
}

/// An answer that leaves as an error, complete in itself.
#[derive(Debug)]
struct Answer {
    problem: Problem,
    context: Context,
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.problem.fmt(f)
    }
}

impl ResponseError for Answer {
    fn status_code(&self) -> StatusCode {
        self.problem.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.context.write(&self.problem);
        self.context.sign(response.headers_mut());
        response
    }
}

//! The answer of a handler, made inside the unit of work so that it can be kept for a repeat.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use qorgan_storage::StoredAnswer;
use serde::Serialize;

use crate::problem::{Problem, ProblemCode};

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Status, headers and JSON body.
#[derive(Debug, Clone)]
pub struct Answer {
    stored: StoredAnswer,
    replayed: bool,
}

impl Answer {
    /// 200 with a body.
    ///
    /// # Errors
    /// `internal` where the view is not JSON.
    pub fn ok(view: &impl Serialize) -> Result<Self, Problem> {
        Self::with(StatusCode::OK, view)
    }

    /// 201 with a body and the address of what was created.
    ///
    /// # Errors
    /// `internal` where the view is not JSON.
    pub fn created(location: impl Into<String>, view: &impl Serialize) -> Result<Self, Problem> {
        let mut answer = Self::with(StatusCode::CREATED, view)?;
        answer.stored.location = Some(location.into());
        Ok(answer)
    }

    /// 204.
    #[must_use]
    pub const fn no_content() -> Self {
        let stored = StoredAnswer { status: 204, location: None, etag: None, body: String::new() };
        Self { stored, replayed: false }
    }

    /// The same with the version of the resource as `ETag`.
    #[must_use]
    pub fn etag(mut self, version: i64) -> Self {
        self.stored.etag = Some(crate::request::etag(version).1);
        self
    }

    fn with(status: StatusCode, view: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(view).map_err(|error| {
            // The error names a type, never a value.
            tracing::error!(%error, "an answer is not JSON");
            Problem::new(ProblemCode::Internal)
        })?;
        let stored = StoredAnswer { status: status.as_u16(), location: None, etag: None, body };
        Ok(Self { stored, replayed: false })
    }

    pub(crate) const fn replayed(stored: StoredAnswer) -> Self {
        Self { stored, replayed: true }
    }

    pub(crate) const fn stored(&self) -> &StoredAnswer {
        &self.stored
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.stored.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        if let Some(location) = self.stored.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.stored.etag {
            response.insert_header((header::ETAG, etag));
        }
        if self.replayed {
            response.insert_header((REPLAYED, "true"));
        }
        if status == StatusCode::NO_CONTENT {
            return response.finish();
        }
        response.content_type("application/json").body(self.stored.body)
    }
}

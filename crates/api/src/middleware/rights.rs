//! Rights come before the form of a request: whoever may not do an operation at all is told so (403), not what was
//! wrong with the attempt.
//!
//! Extractors refuse a malformed request before its handler can ask for the right. Only then is the right asked here;
//! a request in good form pays nothing.

use std::collections::HashMap;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, ResponseError, web};
use qorgan_domain::policy::Action;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use crate::context::Ctx;
use crate::openapi::PERMISSION;
use crate::problem::{Problem, ProblemCode};

/// Statuses by which an extractor says that a request is not in good form.
const MALFORMED: &[u16] = &[400, 413, 415, 422, 428];

/// The right that each operation asks for, by method and pattern of the address: read from the API document, which
/// comes from the same registration as the routes.
pub struct RightsTable(HashMap<(&'static str, String), Action>);

impl RightsTable {
    /// The table of a document.
    pub fn new(document: &OpenApi) -> Self {
        let mut rights = HashMap::new();
        for (path, item) in &document.paths.paths {
            let operations = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PATCH", &item.patch),
                ("PUT", &item.put),
                ("DELETE", &item.delete),
            ];
            for (method, operation) in operations {
                if let Some(action) = operation.as_ref().and_then(right) {
                    rights.insert((method, path.clone()), action);
                }
            }
        }
        Self(rights)
    }

    fn of(&self, request: &HttpRequest) -> Option<Action> {
        let pattern = request.match_pattern()?;
        let methods = ["GET", "POST", "PATCH", "PUT", "DELETE"];
        let method = methods.into_iter().find(|method| request.method() == *method)?;
        self.0.get(&(method, pattern)).copied()
    }
}

fn right(operation: &Operation) -> Option<Action> {
    operation.extensions.as_ref()?.get(PERMISSION)?.as_str()?.parse().ok()
}

/// Middleware, for `actix_web::middleware::from_fn`, inside [`edge`](super::edge). Needs `web::Data<RightsTable>`.
///
/// # Errors
/// Those of the services inside.
pub async fn rights_first(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    if !MALFORMED.contains(&response.status().as_u16()) {
        return Ok(response);
    }
    match refusal(response.request()).await {
        Some(problem) => {
            let (request, _) = response.into_parts();
            Ok(ServiceResponse::new(request, problem.error_response()))
        }
        None => Ok(response),
    }
}

/// Why the caller may not do the operation at all, if so. The refusal is audited like any other.
async fn refusal(request: &HttpRequest) -> Option<Problem> {
    let action = request.app_data::<web::Data<RightsTable>>()?.of(request)?;
    let ctx = Ctx::authenticated(request, &mut Payload::None).ok()?;
    let asked = ctx.run(move |tx| tx.authorize(action).map(|_| ()).map_err(Problem::from)).await;
    let codes = [ProblemCode::Forbidden, ProblemCode::SessionEnded, ProblemCode::AccountDisabled];
    asked.err().filter(|problem| codes.contains(&problem.code()))
}

//! Ids in the path of a request.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::text::FromText;
use crate::problem::{Problem, ProblemCode};

/// The parameter of the path at place `N`, counted from 0: in `/cases/{id}/tasks/{task_id}` they are
/// `PathId<CaseId>` and `PathId<TaskId, 1>`.
///
/// # Errors
/// `not_found` (404): a malformed id names nothing, and how it is malformed is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathId<T, const N: usize = 0>(pub T);

impl<T: FromText, const N: usize> FromRequest for PathId<T, N> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().iter().nth(N).map(|(_, value)| value);
        let id = text.and_then(|text| T::from_text(text).ok());
        ready(id.map(Self).ok_or_else(|| Problem::new(ProblemCode::NotFound)))
    }
}

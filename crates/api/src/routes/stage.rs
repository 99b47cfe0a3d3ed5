//! Refusals that depend on a case's stage.

use qorgan_domain::cases::Missing;

use crate::problem::{Problem, ProblemCode};

/// The problem of something that is not done in the case's present stage.
#[must_use]
pub fn stage_problem(missing: Missing) -> Problem {
    Problem::new(ProblemCode::DomainRule).because("wrong_stage").with_gates(&[missing])
}

//! What an author's device says of a text that was written without connection: its id and when.

use chrono::{DateTime, SubsecRound, Utc};
use qorgan_domain::cases::rules::draft_time;
use qorgan_domain::ids::client_uuid;
use uuid::Uuid;

use crate::problem::{FieldErrors, Pointer, Problem};

/// Checks both and answers with the time as the database keeps it.
///
/// # Errors
/// `validation_failed` naming `/id`, `/written_at` or both.
pub fn draft(
    id: Option<Uuid>,
    written_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let mut errors = FieldErrors::new();
    if let Some(Err(invalid)) = id.map(client_uuid) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    if let Some(Err(invalid)) = written_at.map(|at| draft_time(at, now)) {
        errors.push(&Pointer::ROOT.key("written_at"), invalid);
    }
    // PostgreSQL keeps microseconds: a repeat must equal what is read.
    if errors.is_empty() { Ok(written_at.map(|at| at.trunc_subsecs(6))) } else { Err(Problem::validation(errors)) }
}

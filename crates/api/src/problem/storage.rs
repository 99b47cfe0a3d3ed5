//! The one place that turns failures of storage and refusals of the policy into problems.

use qorgan_domain::cases::Missing;
use qorgan_domain::cases::lifecycle::Refusal;
use qorgan_storage::{AccessError, Denial, EntryRefusal, Failure, StorageError};

use super::{Problem, ProblemCode};

/// Seconds after which a database that is being started again is worth another try.
const DATABASE_RETRY_SECONDS: u64 = 2;

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match &error {
            StorageError::Unavailable => Self::new(ProblemCode::Unavailable).retry_after(DATABASE_RETRY_SECONDS),
            StorageError::Collision => Self::new(ProblemCode::Unavailable).retry_after(1),
            StorageError::Stale => Self::new(ProblemCode::StaleVersion),
            StorageError::Duplicate { constraint } if constraint == "children_iin_key" => {
                Self::new(ProblemCode::IinTaken)
            }
            StorageError::Duplicate { constraint } if constraint.ends_with("_pkey") => Self::new(ProblemCode::IdTaken),
            StorageError::Duplicate { .. }
            | StorageError::MissingReference { .. }
            | StorageError::Corrupt { .. }
            | StorageError::Statement(_) => Self::internal(&error),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Denied(Denial::Forbidden) => Self::new(ProblemCode::Forbidden),
            AccessError::Denied(Denial::NotFound) => Self::new(ProblemCode::NotFound),
            AccessError::Storage(error) => error.into(),
        }
    }
}

impl From<EntryRefusal> for Problem {
    fn from(refusal: EntryRefusal) -> Self {
        Self::new(match refusal {
            EntryRefusal::Ended => ProblemCode::SessionEnded,
            EntryRefusal::Disabled => ProblemCode::AccountDisabled,
        })
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(ProblemCode::TransitionRefused).with("action", refusal.action).with_gates(&refusal.missing)
    }
}

impl Problem {
    /// Names everything that an action of the lifecycle waits for.
    #[must_use]
    pub fn with_gates(self, missing: &[Missing]) -> Self {
        let mut problem = self.with_missing(missing.iter().map(|gate| gate.code));
        for gate in missing {
            for (name, value) in &gate.params {
                problem = problem.with(name, value);
            }
        }
        problem
    }
}

impl Failure for Problem {
    fn refusal(&self) -> Option<&str> {
        let code = self.code();
        let refused = match code {
            ProblemCode::IdempotencyInProgress => false,
            // A stale edit (412) is shown what differs: who was shown it stands in the audit log.
            _ => matches!(code.status().as_u16(), 403 | 404 | 409 | 412),
        };
        refused.then(|| code.as_str())
    }
}

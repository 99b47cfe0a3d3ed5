//! What follows when something happens to a case, in the same transaction: the one place where protocols, clocks and
//! crisis management learn of it, so that no way of changing a case can forget them.

use qorgan_domain::cases::follow_up::FollowUpFinding;
use qorgan_domain::cases::lifecycle::CaseState;
use qorgan_domain::cases::{CaseAction, RiskLevel, Stage};
use qorgan_domain::ids::{CaseId, FactId, UserId};
use qorgan_domain::register::Nature;

use super::Case;
use crate::{Authorized, StorageError, Tx};

/// Something that happened to a case and that others must follow.
#[derive(Debug, Clone)]
pub enum CaseChange {
    /// It was opened.
    Opened,
    /// A report to the unified register named it.
    FactReported {
        /// The fact.
        fact: FactId,
        /// What the fact is.
        nature: Nature,
    },
    /// Its risk changed.
    RiskChanged {
        /// What it was.
        from: RiskLevel,
        /// What it is.
        to: RiskLevel,
    },
    /// A case manager was named.
    ManagerNamed {
        /// Who.
        manager: UserId,
    },
    /// An action of the lifecycle was taken.
    Moved {
        /// The action.
        action: CaseAction,
        /// The stage it started from.
        from: Stage,
        /// The stage it led to.
        to: Stage,
    },
    /// It was merged into another case, and closed by that: nothing is due on it any more.
    Merged {
        /// The case in which the work goes on.
        into: CaseId,
    },
    /// A check after its closure was recorded.
    FollowedUp {
        /// What was found.
        finding: FollowUpFinding,
    },
}

impl Tx<'_> {
    /// Lets everything follow that a change calls for. `case` may be as it was before the change; `state` is how it
    /// is now.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) fn case_follow(
        &mut self,
        case: &Authorized<Case>,
        state: &CaseState,
        change: &CaseChange,
    ) -> Result<(), StorageError> {
        self.follow_up_clock(case, change)?;
        tracing::trace!(case = %case.id, stage = %state.stage, ?change, "a case changed");
        self.protocols_follow(case, state, change)?;
        self.clocks_turn(case, state, change)?;
        Ok(())
    }
}

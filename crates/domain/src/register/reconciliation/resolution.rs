//! Settling an item.

use super::{ReconciliationOutcome, ReconciliationStatus, Resolution};

/// Why an item is not settled so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolutionRefusal {
    /// The reconciliation is closed.
    Closed,
    /// The item was settled before: what was decided stays.
    AlreadyResolved,
    /// An item of this outcome cannot be settled so.
    NotForOutcome,
}

impl ResolutionRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Closed => "reconciliation_closed",
            Self::AlreadyResolved => "item_resolved",
            Self::NotForOutcome => "resolution_not_for_outcome",
        }
    }
}

/// How items of an outcome may be settled.
const fn ways(outcome: ReconciliationOutcome) -> &'static [Resolution] {
    use Resolution as R;
    match outcome {
        ReconciliationOutcome::Matched => &[R::Different],
        ReconciliationOutcome::Differing => &[R::DataCorrected, R::Same, R::Different],
        ReconciliationOutcome::Uncertain => &[R::Same, R::Different, R::ReportFiled, R::NotOurs],
        ReconciliationOutcome::OnlyThere => &[R::ReportFiled, R::Same, R::NotOurs, R::DataCorrected],
        ReconciliationOutcome::OnlyHere | ReconciliationOutcome::Bad => &[R::DataCorrected, R::NotOurs],
    }
}

/// Whether an item may be settled so.
///
/// # Errors
/// [`ResolutionRefusal`].
pub fn resolve(
    status: ReconciliationStatus,
    outcome: ReconciliationOutcome,
    before: Option<Resolution>,
    resolution: Resolution,
) -> Result<(), ResolutionRefusal> {
    if status == ReconciliationStatus::Closed {
        Err(ResolutionRefusal::Closed)
    } else if before.is_some() {
        Err(ResolutionRefusal::AlreadyResolved)
    } else if ways(outcome).contains(&resolution) {
        Ok(())
    } else {
        Err(ResolutionRefusal::NotForOutcome)
    }
}

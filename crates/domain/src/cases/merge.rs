//! Merging duplicates: two cases of one child become one, and nothing of either is lost.
//!
//! Nothing is moved. The merged case is closed with its numbers, notes, reports and participants as they are, and
//! points to the surviving one, where the work goes on. So that the gate of closure stays honest:
//! * the merged case's open tasks are carried over: settled here, open and as mandatory as they were there
//!   (`nothing_mandatory_is_dropped`); this is why the surviving case must not be about to be closed;
//! * the greater of the two risks is the risk of the surviving case;
//! * a merged case is never opened again.

use super::{RiskLevel, Stage};
use crate::ids::{CaseId, ChildId};
use crate::words::words;

words! {
    /// Why two cases cannot be merged.
    pub enum MergeRefusal {
        /// A case is not merged into itself.
        Itself = "merge_into_itself",
        /// They are about different children.
        OtherChild = "case_of_other_child",
        /// One of them was merged before.
        Merged = "case_merged",
        /// The case to be merged is closed: there is no work to be taken over.
        Closed = "case_closed",
        /// The case in which the work would go on is closed.
        IntoClosed = "merge_into_closed",
        /// The case in which the work would go on is about to be closed: that decision comes first.
        IntoClosing = "merge_into_closing",
    }
}

/// A case as far as merging looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergeSide {
    /// The case.
    pub id: CaseId,
    /// Its child.
    pub child: ChildId,
    /// Where it stands.
    pub stage: Stage,
    /// How dangerous the situation is.
    pub risk_level: RiskLevel,
    /// Where it was merged into.
    pub merged_into: Option<CaseId>,
}

/// What a merge makes of the surviving case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// The risk of the surviving case.
    pub risk_level: RiskLevel,
}

/// Whether `merged` may be merged into `surviving`, and what becomes of the latter.
///
/// # Errors
/// Every rule that stands against it, in the order of [`MergeRefusal`]; never empty.
pub fn merge(merged: MergeSide, surviving: MergeSide) -> Result<Merge, Vec<MergeRefusal>> {
    let refusals: Vec<MergeRefusal> = [
        (MergeRefusal::Itself, merged.id == surviving.id),
        (MergeRefusal::OtherChild, merged.child != surviving.child),
        (MergeRefusal::Merged, merged.merged_into.is_some() || surviving.merged_into.is_some()),
        (MergeRefusal::Closed, merged.stage == Stage::Closed),
        (MergeRefusal::IntoClosed, surviving.stage == Stage::Closed),
        (MergeRefusal::IntoClosing, surviving.stage == Stage::ClosureProposed),
    ]
    .into_iter()
    .filter_map(|(refusal, stands)| stands.then_some(refusal))
    .collect();
    if refusals.is_empty() {
        Ok(Merge { risk_level: merged.risk_level.max(surviving.risk_level) })
    } else {
        Err(refusals)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use uuid::Uuid;

    use super::*;

    fn side(id: u128, child: u128, stage: Stage) -> MergeSide {
        MergeSide {
            id: CaseId::from_uuid(Uuid::from_u128(id)),
            child: ChildId::from_uuid(Uuid::from_u128(child)),
            stage,
            risk_level: RiskLevel::Low,
            merged_into: None,
        }
    }

    #[test]
    fn each_rule_stands_alone() {
        use MergeRefusal as R;
        let open = side(1, 9, Stage::Planning);
        let other = side(2, 9, Stage::Review);
        let gone = MergeSide { merged_into: Some(CaseId::from_uuid(Uuid::from_u128(3))), ..other };
        let table = [
            (open, other, vec![]),
            (side(1, 9, Stage::ClosureProposed), other, vec![]),
            (open, open, vec![R::Itself]),
            (open, side(2, 8, Stage::Review), vec![R::OtherChild]),
            (open, MergeSide { stage: Stage::Closed, ..gone }, vec![R::Merged, R::IntoClosed]),
            (MergeSide { stage: Stage::Closed, ..gone }, open, vec![R::Merged, R::Closed]),
            (side(1, 9, Stage::Closed), other, vec![R::Closed]),
            (open, side(2, 9, Stage::Closed), vec![R::IntoClosed]),
            (open, side(2, 9, Stage::ClosureProposed), vec![R::IntoClosing]),
        ];
        for (merged, surviving, expected) in table {
            let refusals = merge(merged, surviving).err().unwrap_or_default();
            assert_eq!(refusals, expected, "{merged:?} into {surviving:?}");
        }
    }

    proptest! {
        #[test]
        fn the_greater_danger_survives_and_never_both_ways(
            one in (select(Stage::ALL), select(RiskLevel::ALL)),
            other in (select(Stage::ALL), select(RiskLevel::ALL)),
        ) {
            let first = MergeSide { risk_level: one.1, ..side(1, 9, one.0) };
            let second = MergeSide { risk_level: other.1, ..side(2, 9, other.0) };
            if let Ok(done) = merge(first, second) {
                prop_assert_eq!(done.risk_level, one.1.max(other.1));
                // After it, nothing more can be merged with what was merged.
                let gone = MergeSide { stage: Stage::Closed, merged_into: Some(second.id), ..first };
                prop_assert!(merge(second, gone).is_err());
                prop_assert!(merge(gone, second).is_err());
            }
        }
    }
}

//! Merging records of one child, and separating them again.
//!
//! Nothing is moved. The merged record points to the surviving one, which answers for both: names held, candidates,
//! cases and facts are those of all records of the child. Whatever was linked to a record stays linked to it, so that
//! taking the pointer away restores what was; what is linked while it stands goes to the surviving record.
//!
//! Two different numbers (ИИН) are two people before the law, and a wrong merge shows the file of one child to those
//! who work for another. So records with different numbers are never merged: a number that is wrong is corrected
//! first, by whoever keeps the record, which leaves its own trace.

use crate::ids::ChildId;
use crate::words::words;

words! {
    /// Why two records cannot be merged.
    pub enum ChildMergeRefusal {
        /// A record is not merged into itself.
        Itself = "child_merge_itself",
        /// The record was merged already.
        Merged = "child_merged",
        /// The record that is to survive was merged itself: the merge goes to where it went.
        IntoMerged = "child_merge_into_merged",
        /// The records hold different numbers.
        IinsDiffer = "child_iins_differ",
        /// Under one of the records the child stood on an in-school register while it stood on one under the other:
        /// one of the placements is wrong, and is corrected first.
        PlacementsOverlap = "child_placements_overlap",
    }
}

words! {
    /// Why a record cannot be separated again.
    pub enum ChildUnmergeRefusal {
        /// It is not merged.
        NotMerged = "child_not_merged",
        /// A case of the one was merged with a case of the other, and a merged case stays merged.
        CasesMerged = "child_cases_merged",
    }
}

/// A record as far as merging looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChildMergeSide {
    /// The record.
    pub id: ChildId,
    /// Where it was merged into.
    pub merged_into: Option<ChildId>,
}

/// What is known of both sides together, with all that was merged into either before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChildMergeFacts {
    /// There is more than one number among them.
    pub iins_differ: bool,
    /// Their placements on in-school registers overlap.
    pub placements_overlap: bool,
}

/// Whether a record may be merged into another.
///
/// Only a record that is not merged is merged, and only into one that is not: so there is no circle, and a record has
/// one survivor.
///
/// # Errors
/// Every rule that stands against it, in the order of [`ChildMergeRefusal`]; never empty.
pub fn may_merge_child(
    merged: ChildMergeSide,
    surviving: ChildMergeSide,
    facts: ChildMergeFacts,
) -> Result<(), Vec<ChildMergeRefusal>> {
    let itself = merged.id == surviving.id;
    let refusals: Vec<ChildMergeRefusal> = [
        (ChildMergeRefusal::Itself, itself),
        (ChildMergeRefusal::Merged, merged.merged_into.is_some()),
        (ChildMergeRefusal::IntoMerged, surviving.merged_into.is_some()),
        (ChildMergeRefusal::IinsDiffer, !itself && facts.iins_differ),
        (ChildMergeRefusal::PlacementsOverlap, !itself && facts.placements_overlap),
    ]
    .into_iter()
    .filter_map(|(refusal, holds)| holds.then_some(refusal))
    .collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// Whether a record may be separated again.
///
/// # Errors
/// The rule that stands against it.
pub const fn may_unmerge_child(
    merged_into: Option<ChildId>,
    cases_merged_across: bool,
) -> Result<(), ChildUnmergeRefusal> {
    match (merged_into, cases_merged_across) {
        (None, _) => Err(ChildUnmergeRefusal::NotMerged),
        (Some(_), true) => Err(ChildUnmergeRefusal::CasesMerged),
        (Some(_), false) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const NOTHING: ChildMergeFacts = ChildMergeFacts { iins_differ: false, placements_overlap: false };

    fn child(number: u128) -> ChildId {
        ChildId::from_uuid(Uuid::from_u128(number))
    }

    fn side(id: u128, into: Option<u128>) -> ChildMergeSide {
        ChildMergeSide { id: child(id), merged_into: into.map(child) }
    }

    #[test]
    fn every_rule_is_named() {
        use ChildMergeRefusal::{IinsDiffer, IntoMerged, Itself, Merged, PlacementsOverlap};
        let all = ChildMergeFacts { iins_differ: true, placements_overlap: true };
        let table = [
            (side(1, None), side(2, None), NOTHING, vec![]),
            (side(1, None), side(1, None), all, vec![Itself]),
            (side(1, Some(3)), side(2, None), NOTHING, vec![Merged]),
            (side(1, None), side(2, Some(3)), NOTHING, vec![IntoMerged]),
            (side(1, Some(2)), side(2, Some(3)), all, vec![Merged, IntoMerged, IinsDiffer, PlacementsOverlap]),
        ];
        for (merged, surviving, facts, expected) in table {
            let refusals = may_merge_child(merged, surviving, facts).err().unwrap_or_default();
            assert_eq!(refusals, expected, "{merged:?} into {surviving:?}");
        }
    }

    #[test]
    fn only_what_is_merged_is_separated_and_no_case_is_torn() {
        assert_eq!(may_unmerge_child(None, false), Err(ChildUnmergeRefusal::NotMerged));
        assert_eq!(may_unmerge_child(Some(child(1)), true), Err(ChildUnmergeRefusal::CasesMerged));
        assert_eq!(may_unmerge_child(Some(child(1)), false), Ok(()));
    }

    /// The records, with where each was merged into.
    type Records = BTreeMap<u128, Option<u128>>;

    fn survivor(records: &Records, of: u128) -> Option<u128> {
        let mut present = of;
        for _ in 0..=records.len() {
            match records[&present] {
                None => return Some(present),
                Some(next) => present = next,
            }
        }
        None
    }

    proptest! {
        /// Whatever is merged and separated in whatever order: no circle, one survivor, and a separation gives back
        /// the records of each side as they were before that merge.
        #[test]
        fn merging_has_no_circle_and_is_undone_exactly(steps in prop::collection::vec((0u128..6, 0u128..7), 0..40)) {
            let mut records: Records = (0..6).map(|id| (id, None)).collect();
            for (one, other) in steps {
                let before = records.clone();
                if other == 6 {
                    if may_unmerge_child(records[&one].map(child), false).is_ok() {
                        let into = records[&one];
                        records.insert(one, None);
                        // Merged again, it is as it was.
                        let mut again = records.clone();
                        again.insert(one, into);
                        prop_assert_eq!(&again, &before);
                        prop_assert_eq!(survivor(&records, one), Some(one));
                    }
                } else if may_merge_child(side(one, records[&one]), side(other, records[&other]), NOTHING).is_ok() {
                    records.insert(one, Some(other));
                    let mut undone = records.clone();
                    undone.insert(one, None);
                    prop_assert_eq!(&undone, &before);
                    prop_assert_eq!(survivor(&records, one), survivor(&records, other));
                }
                for id in records.keys() {
                    let survivor = survivor(&records, *id);
                    prop_assert!(survivor.is_some_and(|survivor| records[&survivor].is_none()), "a circle");
                }
            }
        }
    }
}

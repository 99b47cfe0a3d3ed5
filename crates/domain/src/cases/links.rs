//! What ties cases, and other children, to a case.

use super::Stage;
use crate::ids::{CaseId, ChildId};
use crate::words::words;

words! {
    /// How two cases belong together.
    pub enum CaseLinkKind {
        /// Their children are brothers or sisters.
        Sibling = "sibling",
        /// Both come from one incident.
        SameIncident = "same_incident",
        /// Both are about one child and one matter: they may be merged.
        Duplicate = "duplicate",
        /// In another way, told in the reason.
        Other = "other",
    }

    /// What another child is to a case.
    pub enum LinkedChildRole {
        /// A brother or a sister.
        Sibling = "sibling",
        /// It happened to this child too.
        Victim = "victim",
        /// This child saw or heard it.
        Witness = "witness",
        /// This child did it.
        Aggressor = "aggressor",
        /// Something else, told in the reason.
        Other = "other",
    }

    /// Why two cases, or a case and a child, cannot be linked.
    pub enum LinkRefusal {
        /// A case is not linked to itself.
        Itself = "link_to_itself",
        /// Brothers and sisters are different children.
        SameChild = "link_needs_other_child",
        /// Duplicates are about one child.
        OtherChild = "link_needs_same_child",
        /// The case is closed.
        Closed = "case_closed",
    }
}

/// Whether a case may be linked to another one. The other one may be closed: that there was a case is worth knowing.
///
/// # Errors
/// [`LinkRefusal`].
pub fn may_link(
    kind: CaseLinkKind,
    (case, child, stage): (CaseId, ChildId, Stage),
    (other, other_child): (CaseId, ChildId),
) -> Result<(), LinkRefusal> {
    if case == other {
        return Err(LinkRefusal::Itself);
    }
    if stage == Stage::Closed {
        return Err(LinkRefusal::Closed);
    }
    match kind {
        CaseLinkKind::Sibling if child == other_child => Err(LinkRefusal::SameChild),
        CaseLinkKind::Duplicate if child != other_child => Err(LinkRefusal::OtherChild),
        _ => Ok(()),
    }
}

/// Whether another child may be linked to a case.
///
/// # Errors
/// [`LinkRefusal`].
pub fn may_link_child((child, stage): (ChildId, Stage), other: ChildId) -> Result<(), LinkRefusal> {
    if child == other {
        Err(LinkRefusal::SameChild)
    } else if stage == Stage::Closed {
        Err(LinkRefusal::Closed)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn kinds_say_whose_cases_they_tie() {
        let case = |number| CaseId::from_uuid(Uuid::from_u128(number));
        let child = |number| ChildId::from_uuid(Uuid::from_u128(number));
        use {CaseLinkKind as K, LinkRefusal as R};
        let table = [
            (K::Sibling, 1, Stage::Planning, (2, 2), Ok(())),
            (K::Sibling, 1, Stage::Planning, (2, 1), Err(R::SameChild)),
            (K::Duplicate, 1, Stage::Planning, (2, 1), Ok(())),
            (K::Duplicate, 1, Stage::Planning, (2, 2), Err(R::OtherChild)),
            (K::SameIncident, 1, Stage::Registered, (2, 1), Ok(())),
            (K::Other, 1, Stage::Review, (2, 2), Ok(())),
            (K::Other, 1, Stage::Review, (1, 1), Err(R::Itself)),
            (K::Other, 1, Stage::Closed, (2, 2), Err(R::Closed)),
        ];
        for (kind, own, stage, (other, other_child), expected) in table {
            let answer = may_link(kind, (case(1), child(own), stage), (case(other), child(other_child)));
            assert_eq!(answer, expected, "{kind} {stage}");
        }
    }

    #[test]
    fn another_child_is_another() {
        let child = |number| ChildId::from_uuid(Uuid::from_u128(number));
        assert_eq!(may_link_child((child(1), Stage::Planning), child(2)), Ok(()));
        assert_eq!(may_link_child((child(1), Stage::Planning), child(1)), Err(LinkRefusal::SameChild));
        assert_eq!(may_link_child((child(1), Stage::Closed), child(2)), Err(LinkRefusal::Closed));
    }
}

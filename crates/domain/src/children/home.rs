//! Organisations that children belong to.

use crate::identity::OrganisationKind;

/// Whether an organisation of this kind has children of its own, as a school has pupils. A clinic or a police unit
/// registers children too, but they do not become its own by that.
#[must_use]
pub const fn is_childs_home(kind: OrganisationKind) -> bool {
    matches!(
        kind,
        OrganisationKind::School
            | OrganisationKind::College
            | OrganisationKind::Kindergarten
            | OrganisationKind::BoardingSchool
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schools_have_children_and_offices_do_not() {
        let homes: Vec<&str> =
            OrganisationKind::ALL.iter().filter(|kind| is_childs_home(**kind)).map(|kind| kind.as_str()).collect();
        assert_eq!(homes, ["school", "college", "kindergarten", "boarding_school"]);
    }
}

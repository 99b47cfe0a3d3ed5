//! Which record a report is about, of those that resemble the child it names.

use crate::matching::Decision;

/// A record that resembles the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resembling {
    /// Whether it holds the very number (ИИН).
    pub same_iin: bool,
    /// What follows from all that agrees and differs.
    pub decision: Decision,
}

/// The place of the record that is certainly the child, if one is.
///
/// A number is one child's, whatever the reporter confirms, unless all else says that it is another child: then one of
/// the digits is wrong, and following it would open the record of a stranger. By name only where no other record comes
/// near, and the reporter did not say that none is the child (`confirmed_new`).
#[must_use]
pub fn reported_child(found: &[Resembling], confirmed_new: bool) -> Option<usize> {
    let by_number = found.iter().position(|it| it.same_iin && it.decision != Decision::Different);
    let only = matches!(found, [only] if only.decision == Decision::Automatic && !confirmed_new);
    by_number.or(only.then_some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_followed_unless_all_else_differs() {
        use Decision::{Automatic, Different, Review};
        let by_number = |decision| Resembling { same_iin: true, decision };
        let by_name = |decision| Resembling { same_iin: false, decision };
        let table: [(&[Resembling], bool, Option<usize>); 9] = [
            (&[], false, None),
            (&[by_number(Automatic)], true, Some(0)),
            (&[by_number(Review), by_name(Automatic)], false, Some(0)),
            (&[by_name(Automatic), by_number(Review)], false, Some(1)),
            (&[by_number(Different)], false, None),
            (&[by_number(Different), by_name(Automatic)], false, None),
            (&[by_name(Automatic)], false, Some(0)),
            (&[by_name(Automatic)], true, None),
            (&[by_name(Automatic), by_name(Review)], false, None),
        ];
        for (found, confirmed, expected) in table {
            assert_eq!(reported_child(found, confirmed), expected, "{found:?}, {confirmed}");
        }
    }
}

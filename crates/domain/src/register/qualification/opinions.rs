//! What the written opinions of the members come to.

use std::collections::BTreeMap;

use super::Conclusion;
use crate::consilium::{BoardMember, Gate, GateCode};
use crate::ids::UserId;

/// The voters who have not given an opinion.
#[must_use]
pub fn missing(voters: &[&BoardMember], opinions: &BTreeMap<UserId, Conclusion>) -> Option<Gate> {
    let silent: Vec<String> = voters
        .iter()
        .filter(|member| !opinions.contains_key(&member.user))
        .map(|member| member.user.to_string())
        .collect();
    (!silent.is_empty()).then(|| Gate::new(GateCode::OpinionsMissing).with("opinions_missing", silent.join(",")))
}

/// Whether the opinions of the voters carry a conclusion: more of them than any other; where another has as many, the
/// opinion of who presides decides.
#[must_use]
pub fn carry(voters: &[&BoardMember], opinions: &BTreeMap<UserId, Conclusion>, conclusion: Conclusion) -> bool {
    let mut counts: BTreeMap<Conclusion, usize> = BTreeMap::new();
    for opinion in voters.iter().filter_map(|member| opinions.get(&member.user)) {
        *counts.entry(*opinion).or_default() += 1;
    }
    let own = counts.remove(&conclusion).unwrap_or(0);
    let best_other = counts.values().max().copied().unwrap_or(0);
    match own.cmp(&best_other) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => {
            let presiding = voters.iter().filter(|member| member.role.presides()).min_by_key(|member| member.role);
            own > 0 && presiding.is_some_and(|member| opinions.get(&member.user) == Some(&conclusion))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consilium::BoardRole;
    use crate::identity::AgencyCode;
    use crate::register::SuicidalLevel::{Attempt, SelfInjury};
    use Conclusion::{Confirmed, NotConfirmed};
    use uuid::Uuid;

    fn member(number: u128, role: BoardRole) -> BoardMember {
        BoardMember {
            user: Uuid::from_u128(number).into(),
            organisation: Uuid::from_u128(100 + number).into(),
            agency: AgencyCode::new("UO").unwrap(),
            role,
        }
    }

    #[test]
    fn most_opinions_carry_it_and_the_chair_decides_between_equals() {
        let members =
            [(1, BoardRole::Chair), (2, BoardRole::Member), (3, BoardRole::Member), (4, BoardRole::DeputyChair)]
                .map(|(number, role)| member(number, role));
        let voters: Vec<&BoardMember> = members.iter().collect();
        // Opinions of chair, two members, deputy; what they carry.
        let table: &[(&[Conclusion], &[Conclusion])] = &[
            (&[NotConfirmed, Confirmed(Attempt), Confirmed(Attempt), Confirmed(Attempt)], &[Confirmed(Attempt)]),
            (&[NotConfirmed, Confirmed(Attempt), Confirmed(SelfInjury), NotConfirmed], &[NotConfirmed]),
            (&[Confirmed(Attempt), Confirmed(Attempt), NotConfirmed, NotConfirmed], &[Confirmed(Attempt)]),
            (&[Confirmed(Attempt), Confirmed(SelfInjury), NotConfirmed, NotConfirmed], &[NotConfirmed]),
            // Each for another: the chair's.
            (&[Confirmed(SelfInjury), Confirmed(Attempt), NotConfirmed], &[Confirmed(SelfInjury)]),
            (
                &[Confirmed(Attempt), Confirmed(SelfInjury), NotConfirmed, Confirmed(SelfInjury)],
                &[Confirmed(SelfInjury)],
            ),
            (&[], &[]),
        ];
        for (held, carried) in table {
            let opinions = voters.iter().zip(*held).map(|(member, opinion)| (member.user, *opinion)).collect();
            let expected: Vec<Conclusion> = [Confirmed(SelfInjury), Confirmed(Attempt), NotConfirmed]
                .into_iter()
                .filter(|conclusion| carry(&voters, &opinions, *conclusion))
                .collect();
            assert_eq!(expected, *carried, "{held:?}");
            assert_eq!(missing(&voters, &opinions).is_none(), held.len() == voters.len());
        }
    }
}

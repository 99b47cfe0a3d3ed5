//! Who may vote on a case, whether they are enough, and whether what was put to them is carried.

use std::collections::{BTreeMap, BTreeSet};

use super::{BoardMember, BoardRules, Gate, GateCode, Vote};
use crate::ids::UserId;

/// The members who vote on a case: in a voting role, present, without a conflict of interest.
#[must_use]
pub fn voters<'a>(
    members: &'a [BoardMember],
    present: &BTreeSet<UserId>,
    excluded: &BTreeSet<UserId>,
) -> Vec<&'a BoardMember> {
    let votes = |member: &&BoardMember| {
        member.role.votes() && present.contains(&member.user) && !excluded.contains(&member.user)
    };
    members.iter().filter(votes).collect()
}

/// What is missing for a quorum among those who may vote: enough of them present, one who presides, enough agencies.
/// Whoever is excluded counts neither as present nor as absent.
#[must_use]
pub fn lacking(
    members: &[BoardMember],
    present: &BTreeSet<UserId>,
    excluded: &BTreeSet<UserId>,
    rules: BoardRules,
) -> Vec<Gate> {
    let entitled = members.iter().filter(|member| member.role.votes() && !excluded.contains(&member.user)).count();
    let voters = voters(members, present, excluded);
    let agencies: BTreeSet<&str> = voters.iter().map(|member| member.agency.as_str()).collect();
    let mut missing = Vec::new();
    if voters.is_empty() || voters.len() * 100 < entitled * usize::from(rules.present_percent) {
        let needed = (entitled * usize::from(rules.present_percent)).div_ceil(100).max(1);
        missing.push(Gate::new(GateCode::QuorumMembers).with("present", voters.len()).with("needed", needed));
    }
    if !voters.iter().any(|member| member.role.presides()) {
        missing.push(Gate::new(GateCode::PresidingMember));
    }
    if agencies.len() < usize::from(rules.agencies_present) {
        missing.push(
            Gate::new(GateCode::QuorumAgencies)
                .with("agencies", agencies.len())
                .with("agencies_needed", rules.agencies_present),
        );
    }
    missing
}

/// Votes of people who have none on this case, and voters whose vote is not there.
#[must_use]
pub fn wrong_votes(voters: &[&BoardMember], votes: &BTreeMap<UserId, Vote>) -> Vec<Gate> {
    let entitled: BTreeSet<UserId> = voters.iter().map(|member| member.user).collect();
    let names = |users: Vec<UserId>| users.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let strangers: Vec<UserId> = votes.keys().filter(|user| !entitled.contains(user)).copied().collect();
    let silent: Vec<UserId> = entitled.iter().filter(|user| !votes.contains_key(user)).copied().collect();
    let mut missing = Vec::new();
    if !strangers.is_empty() {
        missing.push(Gate::new(GateCode::VotesOfVotersOnly).with("not_voters", names(strangers)));
    }
    if !silent.is_empty() {
        missing.push(Gate::new(GateCode::EveryVote).with("votes_missing", names(silent)));
    }
    missing
}

/// Whether a decision is carried: more for than against; where they are even, the vote of who presides decides.
#[must_use]
pub fn carried(voters: &[&BoardMember], votes: &BTreeMap<UserId, Vote>) -> bool {
    let count = |wanted: Vote| votes.values().filter(|vote| **vote == wanted).count();
    match count(Vote::For).cmp(&count(Vote::Against)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => {
            let presiding = voters.iter().filter(|member| member.role.presides()).min_by_key(|member| member.role);
            presiding.is_some_and(|member| votes.get(&member.user) == Some(&Vote::For))
        }
    }
}

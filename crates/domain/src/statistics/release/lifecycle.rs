//! The life of a release: proposed, then published or withdrawn; and when it may be published.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{ReleasePartId, UserId};
use crate::words::words;

words! {
    /// Where a release stands.
    pub enum ReleaseStatus {
        /// The numbers stand, the agencies are asked.
        Proposed = "proposed",
        /// Signed and open to all who may see counts of the register; final.
        Published = "published",
        /// Given up before it was published; final.
        Withdrawn = "withdrawn",
    }

    /// What is done with a release.
    pub enum ReleaseAction {
        /// An agency confirms its part, or objects.
        Answer = "answer",
        /// The statistics office publishes it.
        Publish = "publish",
        /// The statistics office gives it up.
        Withdraw = "withdraw",
    }

    /// What an agency says of its part.
    pub enum PartAnswer {
        /// The numbers are right.
        Confirmed = "confirmed",
        /// They are not.
        Objected = "objected",
    }

    /// How a part stands while its release is proposed: the last answer counts.
    pub enum PartState {
        /// The agency has not answered.
        Waiting = "waiting",
        /// It confirmed.
        Confirmed = "confirmed",
        /// It objected.
        Objected = "objected",
    }

    /// How a part went into a release.
    pub enum PartOutcome {
        /// The agency confirmed it.
        Confirmed = "confirmed",
        /// The agency did not answer in time.
        Silent = "silent",
        /// The agency objected, and the statistics office published all the same, with a reason.
        Overruled = "overruled",
    }
}

/// What may be done in which state, and where it leads. What is not here is refused.
pub const ROUTES: &[(ReleaseStatus, ReleaseAction, ReleaseStatus)] = &[
    (ReleaseStatus::Proposed, ReleaseAction::Answer, ReleaseStatus::Proposed),
    (ReleaseStatus::Proposed, ReleaseAction::Publish, ReleaseStatus::Published),
    (ReleaseStatus::Proposed, ReleaseAction::Withdraw, ReleaseStatus::Withdrawn),
];

/// What an order may change: dated reference data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseRules {
    /// How many days the agencies have to answer.
    pub confirm_days: u16,
    /// Whether somebody else than who proposed a release has to publish it.
    pub other_than_proposer: bool,
}

/// Why a release does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReleaseRefusal {
    /// It is published or withdrawn.
    Settled,
    /// Somebody else than who proposed it has to publish it.
    OtherThanProposer,
    /// Agencies have not answered, and still have time.
    PartsWaiting,
    /// An agency objected, and nobody says why that does not count.
    ObjectionOpen,
    /// A reason is given against a part to which nobody objects.
    NothingToOverrule,
}

impl ReleaseRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Settled => "release_settled",
            Self::OtherThanProposer => "release_other_than_proposer",
            Self::PartsWaiting => "release_parts_waiting",
            Self::ObjectionOpen => "release_objection_open",
            Self::NothingToOverrule => "release_nothing_to_overrule",
        }
    }
}

/// Where an action leads.
///
/// # Errors
/// [`ReleaseRefusal::Settled`].
pub fn next(status: ReleaseStatus, action: ReleaseAction) -> Result<ReleaseStatus, ReleaseRefusal> {
    let route = ROUTES.iter().find(|(from, by, _)| *from == status && *by == action);
    route.map(|(_, _, to)| *to).ok_or(ReleaseRefusal::Settled)
}

impl PartState {
    /// The state after the last answer.
    #[must_use]
    pub const fn after(answer: Option<PartAnswer>) -> Self {
        match answer {
            None => Self::Waiting,
            Some(PartAnswer::Confirmed) => Self::Confirmed,
            Some(PartAnswer::Objected) => Self::Objected,
        }
    }
}

/// The parts whose objection the statistics office does not follow.
pub type Overruling = BTreeSet<ReleasePartId>;

/// A release that somebody wants to publish.
#[derive(Debug, Clone)]
pub struct Publication<'a> {
    /// Where it stands.
    pub status: ReleaseStatus,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// Whether somebody else has to publish it.
    pub other_than_proposer: bool,
    /// The last day on which agencies may answer.
    pub confirm_by: NaiveDate,
    /// The parts, each with its state.
    pub parts: &'a BTreeMap<ReleasePartId, PartState>,
}

/// Whether a release may be published, and how each part goes into it.
///
/// A part without an answer holds it up to the last day for answers. An objection holds it up until the agency takes it
/// back or the office says, part by part, why it does not follow it.
///
/// # Errors
/// Everything that stands against it.
pub fn publish(
    release: &Publication<'_>,
    by: UserId,
    today: NaiveDate,
    overruled: &Overruling,
) -> Result<BTreeMap<ReleasePartId, PartOutcome>, Vec<ReleaseRefusal>> {
    if let Err(refusal) = next(release.status, ReleaseAction::Publish) {
        return Err(vec![refusal]);
    }
    let mut refusals = BTreeSet::new();
    if release.other_than_proposer && by == release.proposed_by {
        refusals.insert(ReleaseRefusal::OtherThanProposer);
    }
    if overruled.iter().any(|part| release.parts.get(part) != Some(&PartState::Objected)) {
        refusals.insert(ReleaseRefusal::NothingToOverrule);
    }
    let mut outcomes = BTreeMap::new();
    for (part, state) in release.parts {
        let outcome = match state {
            PartState::Confirmed => Ok(PartOutcome::Confirmed),
            PartState::Waiting if today > release.confirm_by => Ok(PartOutcome::Silent),
            PartState::Waiting => Err(ReleaseRefusal::PartsWaiting),
            PartState::Objected if overruled.contains(part) => Ok(PartOutcome::Overruled),
            PartState::Objected => Err(ReleaseRefusal::ObjectionOpen),
        };
        match outcome {
            Ok(outcome) => _ = outcomes.insert(*part, outcome),
            Err(refusal) => _ = refusals.insert(refusal),
        }
    }
    if refusals.is_empty() { Ok(outcomes) } else { Err(refusals.into_iter().collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn part(number: u128) -> ReleasePartId {
        Uuid::from_u128(number).into()
    }

    fn user(number: u128) -> UserId {
        Uuid::from_u128(number).into()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn release(parts: &BTreeMap<ReleasePartId, PartState>) -> Publication<'_> {
        Publication {
            status: ReleaseStatus::Proposed,
            proposed_by: user(1),
            other_than_proposer: true,
            confirm_by: day("2026-12-10"),
            parts,
        }
    }

    #[test]
    fn what_is_published_or_withdrawn_stays() {
        for status in ReleaseStatus::ALL {
            for action in ReleaseAction::ALL {
                let expected = (*status == ReleaseStatus::Proposed).then_some(match action {
                    ReleaseAction::Answer => ReleaseStatus::Proposed,
                    ReleaseAction::Publish => ReleaseStatus::Published,
                    ReleaseAction::Withdraw => ReleaseStatus::Withdrawn,
                });
                assert_eq!(next(*status, *action).ok(), expected, "{status} {action}");
            }
        }
    }

    #[test]
    fn everything_that_stands_against_it_is_named() {
        use ReleaseRefusal::{NothingToOverrule, ObjectionOpen, OtherThanProposer, PartsWaiting, Settled};
        let parts = BTreeMap::from([
            (part(1), PartState::Confirmed),
            (part(2), PartState::Waiting),
            (part(3), PartState::Objected),
        ]);
        let overruled = |parts: &[u128]| parts.iter().map(|number| part(*number)).collect::<Overruling>();
        type Row<'a> = (u128, &'a str, &'a [u128], &'a [ReleaseRefusal]);
        let table: &[Row<'_>] = &[
            (2, "2026-12-10", &[], &[PartsWaiting, ObjectionOpen]),
            (1, "2026-12-10", &[3], &[OtherThanProposer, PartsWaiting]),
            (2, "2026-12-11", &[], &[ObjectionOpen]),
            (2, "2026-12-11", &[1, 3], &[NothingToOverrule]),
            (2, "2026-12-11", &[3, 9], &[NothingToOverrule]),
            (2, "2026-12-11", &[3], &[]),
        ];
        for (by, today, over, expected) in table {
            let result = publish(&release(&parts), user(*by), day(today), &overruled(over));
            assert_eq!(result.err().unwrap_or_default(), *expected, "{by} {today} {over:?}");
        }
        let gone = Publication { status: ReleaseStatus::Withdrawn, ..release(&parts) };
        assert_eq!(publish(&gone, user(2), day("2026-12-11"), &overruled(&[3])), Err(vec![Settled]));
        let same = Publication { other_than_proposer: false, ..release(&parts) };
        let outcomes = publish(&same, user(1), day("2026-12-11"), &overruled(&[3])).unwrap();
        let outcomes: Vec<_> = outcomes.into_values().collect();
        assert_eq!(outcomes, [PartOutcome::Confirmed, PartOutcome::Silent, PartOutcome::Overruled]);
    }

    proptest! {
        /// Whatever the agencies said: nothing is published against an objection or before its time unless that is said,
        /// and every part goes in exactly once.
        #[test]
        fn no_part_is_passed_over(
            states in prop::collection::vec(0_usize..3, 0..8),
            named in prop::collection::btree_set(0_u128..8, 0..8),
            late in any::<bool>(),
            own in any::<bool>(),
        ) {
            let parts: BTreeMap<_, _> =
                states.iter().enumerate().map(|(at, state)| (part(at as u128), PartState::ALL[*state])).collect();
            let overruled: Overruling = named.iter().map(|number| part(*number)).collect();
            let today = day(if late { "2026-12-11" } else { "2026-12-09" });
            let result = publish(&release(&parts), user(if own { 1 } else { 2 }), today, &overruled);
            let held = |state: PartState| parts.values().any(|found| *found == state);
            match result {
                Ok(outcomes) => {
                    prop_assert!(!own);
                    prop_assert!(late || !held(PartState::Waiting));
                    prop_assert_eq!(outcomes.len(), parts.len());
                    for (id, outcome) in outcomes {
                        prop_assert_eq!(outcome == PartOutcome::Overruled, overruled.contains(&id));
                        prop_assert_eq!(outcome == PartOutcome::Overruled, parts[&id] == PartState::Objected);
                        prop_assert_eq!(outcome == PartOutcome::Confirmed, parts[&id] == PartState::Confirmed);
                    }
                }
                Err(refusals) => {
                    prop_assert!(!refusals.is_empty());
                    prop_assert_eq!(refusals.contains(&ReleaseRefusal::OtherThanProposer), own);
                    prop_assert_eq!(
                        refusals.contains(&ReleaseRefusal::PartsWaiting), !late && held(PartState::Waiting)
                    );
                }
            }
        }
    }
}

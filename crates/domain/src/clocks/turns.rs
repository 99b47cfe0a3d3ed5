//! Which clocks of a case start and end with what happens to it: one table.
//!
//! * First contact and assessment start when the case opens; the first contact is made when the assessment begins, or
//!   before that when the case manager writes a note that is no reason of an action, or an assessment is recorded.
//! * The plan's clock starts when the assessment is complete and ends with the approval.
//! * The next review's clock starts with the approval, and with each decision to go on; a recorded review ends it.
//! * A closed case has one clock, the check after closure; opening it again ends that and starts the assessment's.

use super::DeadlineKind;
use crate::cases::CaseAction;

/// What becomes of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It starts, unless one of the kind runs.
    Start(DeadlineKind),
    /// It is met.
    Meet(DeadlineKind),
    /// It is not needed any more.
    Cancel(DeadlineKind),
    /// None of the case is needed any more, those of tasks neither.
    CancelAll,
}

use DeadlineKind::{Assessment, FirstContact, Plan, PostClosureCheck, ReviewInterval};
use Turn::{Cancel, CancelAll, Meet, Start};

/// When a case opens.
pub const OPENED: &[Turn] = &[Start(FirstContact), Start(Assessment)];
/// When its case manager writes a note.
pub const NOTED_BY_MANAGER: &[Turn] = &[Meet(FirstContact)];
/// When an assessment is recorded.
pub const ASSESSED: &[Turn] = &[Meet(FirstContact)];
/// When a review is recorded.
pub const REVIEWED: &[Turn] = &[Meet(ReviewInterval)];

/// When an action of the lifecycle is taken.
#[must_use]
pub const fn of_action(action: CaseAction) -> &'static [Turn] {
    match action {
        CaseAction::StartAssessment => &[Meet(FirstContact)],
        // The contact that a new danger asks for is still to be made.
        CaseAction::CompleteAssessment => &[Meet(Assessment), Start(Plan)],
        CaseAction::ApprovePlan => &[Meet(Plan), Start(ReviewInterval)],
        CaseAction::Continue => &[Meet(ReviewInterval), Start(ReviewInterval)],
        CaseAction::Replan => &[Meet(ReviewInterval), Start(Plan)],
        // The review goes on: its clock does too, or begins anew where it was met.
        CaseAction::RejectClosure => &[Start(ReviewInterval)],
        CaseAction::ApproveClosure => &[CancelAll, Start(PostClosureCheck)],
        CaseAction::Reopen => &[Cancel(PostClosureCheck), Start(Assessment)],
        CaseAction::StartReview | CaseAction::ProposeClosure | CaseAction::Escalate => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cases::Stage;
    use crate::cases::lifecycle::ROUTES;

    /// The clocks that run after some turns.
    fn turned(running: &BTreeSet<DeadlineKind>, turns: &[Turn]) -> BTreeSet<DeadlineKind> {
        let mut running = running.clone();
        for turn in turns {
            match turn {
                Start(kind) => drop(running.insert(*kind)),
                Meet(kind) | Cancel(kind) => drop(running.remove(kind)),
                CancelAll => running.clear(),
            }
        }
        running
    }

    #[test]
    fn in_every_stage_that_can_be_reached_some_clock_runs() {
        let mut seen = BTreeSet::new();
        let mut next = vec![(Stage::Registered, turned(&BTreeSet::new(), OPENED))];
        while let Some((stage, running)) = next.pop() {
            if !seen.insert((stage, running.clone())) {
                continue;
            }
            // A recorded review leaves only the decision to be taken, which is not timed.
            assert!(!running.is_empty() || matches!(stage, Stage::Review | Stage::ClosureProposed), "{stage}");
            if stage == Stage::Closed {
                assert_eq!(running, BTreeSet::from([PostClosureCheck]));
            }
            for (action, from, to) in ROUTES.iter().filter(|(_, from, _)| from.contains(&stage)) {
                assert!(from.contains(&stage));
                next.push((to.unwrap_or(stage), turned(&running, of_action(*action))));
            }
            let mut noted = vec![NOTED_BY_MANAGER, ASSESSED];
            noted.extend((stage == Stage::Review).then_some(REVIEWED));
            next.extend(
                noted
                    .into_iter()
                    .filter(|_| stage != Stage::Closed && stage != Stage::Registered)
                    .map(|turns| (stage, turned(&running, turns))),
            );
        }
        assert_eq!(seen.iter().map(|(stage, _)| *stage).collect::<BTreeSet<_>>().len(), Stage::ALL.len());
    }
}

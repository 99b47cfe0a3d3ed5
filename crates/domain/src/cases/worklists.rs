//! Worklists: the cases that wait for somebody, by why they do.

use super::lifecycle::{CaseState, Decider};
use super::{ApprovalRules, Stage};
use crate::ids::UserId;
use crate::words::words;

words! {
    /// The worklists. On each, danger of life stands first, then the latest change.
    pub enum Worklist {
        /// Open cases that the user manages, or is assigned to in some organisation.
        Mine = "mine",
        /// All open cases of the organisations in the user's scope.
        MySchool = "my_school",
        /// Open cases with a task past its time, or past their review date.
        Overdue = "overdue",
        /// Open cases that came to the user or to the user's organisation, or that brought it a task, since the
        /// user last looked.
        NewForMe = "new_for_me",
        /// Plans and closures that wait for a supervisor other than their author.
        WaitingForMyApproval = "waiting_for_my_approval",
        /// Closed cases whose child must be looked at again.
        FollowUpDue = "follow_up_due",
    }
}

/// For how many days something stays new to a user who never looked: later it is not news any more, but part of the
/// other worklists.
pub const NEWS_DAYS: i64 = 30;

/// Whether a plan or a closure waits for this decider: a supervisor over the lead who did not write it. Where
/// the rules in force ask for no supervisor, a plan waits for nobody in particular.
#[must_use]
pub fn waits_for(state: &CaseState, draft_author: Option<UserId>, decider: Decider, rules: &ApprovalRules) -> bool {
    decider.supervisor
        && match state.stage {
            Stage::Planning => {
                rules.of(state.risk_level).supervisor && draft_author.is_some_and(|author| author != decider.user)
            }
            Stage::ClosureProposed => state.closure_proposed_by != Some(decider.user),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::cases::RiskLevel;

    fn user(number: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(number))
    }

    fn state(stage: Stage, risk_level: RiskLevel) -> CaseState {
        CaseState {
            stage,
            stage_since: DateTime::UNIX_EPOCH,
            risk_level,
            manager: None,
            review_due_on: None,
            closure_proposed_by: Some(user(1)),
        }
    }

    #[test]
    fn what_waits_waits_for_a_supervisor_who_did_not_write_it() {
        let (author, other) = (Some(user(1)), user(2));
        let table = [
            (Stage::Planning, RiskLevel::High, author, other, true, true),
            (Stage::Planning, RiskLevel::Critical, author, other, true, true),
            (Stage::Planning, RiskLevel::Medium, author, other, true, false),
            (Stage::Planning, RiskLevel::High, author, user(1), true, false),
            (Stage::Planning, RiskLevel::High, None, other, true, false),
            (Stage::Planning, RiskLevel::High, author, other, false, false),
            (Stage::ClosureProposed, RiskLevel::Low, None, other, true, true),
            (Stage::ClosureProposed, RiskLevel::Low, None, user(1), true, false),
            (Stage::ClosureProposed, RiskLevel::Low, None, other, false, false),
            (Stage::Review, RiskLevel::High, author, other, true, false),
            (Stage::Closed, RiskLevel::High, author, other, true, false),
        ];
        for (stage, risk, author, user, supervisor, expected) in table {
            let decider = Decider { user, supervisor };
            let waits = waits_for(&state(stage, risk), author, decider, &ApprovalRules::default());
            assert_eq!(waits, expected, "{stage} {risk} {author:?} {decider:?}");
        }
    }
}

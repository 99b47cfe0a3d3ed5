//! Deciding about a signal.

use thiserror::Error;

use super::{SignalStatus, TriageDecision};
use crate::Invalid;
use crate::ids::{CaseId, ChildId};
use crate::text::Reason;

/// What the person who triages asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriageCommand {
    /// What is to be done.
    pub decision: TriageDecision,
    /// The open case to link to; only with `link`.
    pub case_id: Option<CaseId>,
    /// The child, when the signal does not name one yet or names another.
    pub child_id: Option<ChildId>,
    /// Why; must be given with `dismiss`.
    pub reason: Option<Reason>,
}

/// A decision that may be carried out, with what only that decision has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Triage {
    /// Open a case for the child.
    Accept {
        /// The child that the case is for.
        child_id: ChildId,
    },
    /// Add the signal to a case. That the case is open is checked by who loads it.
    Link {
        /// The case.
        case_id: CaseId,
    },
    /// Take the signal no further.
    Dismiss {
        /// Why.
        reason: Reason,
    },
}

impl Triage {
    /// The status that the signal takes.
    pub fn status(&self) -> SignalStatus {
        match self {
            Self::Accept { .. } => SignalStatus::Accepted,
            Self::Link { .. } => SignalStatus::Linked,
            Self::Dismiss { .. } => SignalStatus::Dismissed,
        }
    }
}

/// Why a signal cannot be decided so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TriageRefusal {
    /// Somebody decided before; a rule of the domain (409).
    #[error("signal_already_decided")]
    AlreadyDecided {
        /// What was decided.
        status: SignalStatus,
    },
    /// Fields are missing or do not belong to the decision: field and refusal, all at once.
    #[error("triage_incomplete")]
    Fields(Vec<(&'static str, Invalid)>),
}

impl TriageRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyDecided { .. } => "signal_already_decided",
            Self::Fields(_) => "triage_incomplete",
        }
    }
}

/// Decides about a signal that stands at `status` and is about `signal_child` as far as is known.
///
/// # Errors
/// [`TriageRefusal::AlreadyDecided`] unless the signal is received or in triage. [`TriageRefusal::Fields`] with
/// `required` for the child of an accepted signal, the case of a linked one, the reason of a dismissed one, and
/// `not_allowed` for a case where none is linked to.
pub fn triage(
    status: SignalStatus,
    signal_child: Option<ChildId>,
    command: TriageCommand,
) -> Result<Triage, TriageRefusal> {
    if !status.is_undecided() {
        return Err(TriageRefusal::AlreadyDecided { status });
    }
    let mut errors = Vec::new();
    if command.decision != TriageDecision::Link && command.case_id.is_some() {
        errors.push(("case_id", Invalid::new("not_allowed")));
    }
    let decided = match command.decision {
        TriageDecision::Accept => {
            command.child_id.or(signal_child).map(|child_id| Triage::Accept { child_id }).ok_or("child_id")
        }
        TriageDecision::Link => command.case_id.map(|case_id| Triage::Link { case_id }).ok_or("case_id"),
        TriageDecision::Dismiss => command.reason.map(|reason| Triage::Dismiss { reason }).ok_or("reason"),
    };
    match decided {
        Ok(triage) if errors.is_empty() => Ok(triage),
        Ok(_) => Err(TriageRefusal::Fields(errors)),
        Err(missing) => {
            errors.push((missing, Invalid::new("required")));
            Err(TriageRefusal::Fields(errors))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn command(decision: TriageDecision) -> TriageCommand {
        TriageCommand { decision, case_id: None, child_id: None, reason: None }
    }

    fn case() -> CaseId {
        CaseId::from_uuid(Uuid::from_u128(1))
    }

    fn child() -> ChildId {
        ChildId::from_uuid(Uuid::from_u128(2))
    }

    fn complete(decision: TriageDecision) -> TriageCommand {
        TriageCommand {
            decision,
            case_id: (decision == TriageDecision::Link).then(case),
            child_id: Some(child()),
            reason: Some(Reason::new("Проверено").unwrap()),
        }
    }

    #[test]
    fn only_an_undecided_signal_is_decided() {
        for status in SignalStatus::ALL {
            for decision in TriageDecision::ALL {
                let result = triage(*status, None, complete(*decision));
                match status {
                    SignalStatus::Received | SignalStatus::InTriage => assert!(result.is_ok()),
                    SignalStatus::Accepted | SignalStatus::Linked | SignalStatus::Dismissed => {
                        assert_eq!(result, Err(TriageRefusal::AlreadyDecided { status: *status }));
                    }
                }
            }
        }
    }

    #[test]
    fn each_decision_names_what_it_lacks() {
        let table = [
            (TriageDecision::Accept, "child_id"),
            (TriageDecision::Link, "case_id"),
            (TriageDecision::Dismiss, "reason"),
        ];
        for (decision, field) in table {
            let refusal = triage(SignalStatus::Received, None, command(decision)).unwrap_err();
            assert_eq!(refusal, TriageRefusal::Fields(vec![(field, Invalid::new("required"))]));
        }
    }

    #[test]
    fn a_case_belongs_to_linking_only() {
        let mut accept = complete(TriageDecision::Accept);
        accept.case_id = Some(case());
        let refusal = triage(SignalStatus::InTriage, None, accept).unwrap_err();
        assert_eq!(refusal, TriageRefusal::Fields(vec![("case_id", Invalid::new("not_allowed"))]));
    }

    #[test]
    fn the_status_follows_the_decision() {
        let known = Some(child());
        let accepted = triage(SignalStatus::Received, known, command(TriageDecision::Accept)).unwrap();
        assert_eq!(accepted, Triage::Accept { child_id: child() });
        assert_eq!(accepted.status(), SignalStatus::Accepted);
        let linked = triage(SignalStatus::Received, known, complete(TriageDecision::Link)).unwrap();
        assert_eq!((&linked, linked.status()), (&Triage::Link { case_id: case() }, SignalStatus::Linked));
        let dismissed = triage(SignalStatus::Received, known, complete(TriageDecision::Dismiss)).unwrap();
        assert_eq!(dismissed.status(), SignalStatus::Dismissed);
    }
}

//! The consilium: convene, agenda, conflicts of interest, decisions, the record.

mod brought;
mod conflicts;
mod create;
mod decisions;
mod document;
mod get;
mod items;
mod lifecycle;
mod list;
mod members;
mod of_case;
mod update;
pub mod view;

use std::fmt::Display;

pub(crate) use create::wrong_time;
pub(crate) use lifecycle::{AttendanceRequest, CancelRequest, StepRequest};
use qorgan_domain::consilium::{Gate, SessionRefusal};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{Problem, ProblemCode};

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(brought::consilium_case_list)
        .service(list::consilium_session_list)
        .service(create::consilium_session_create)
        .service(get::consilium_session_get)
        .service(update::consilium_session_update)
        .service(members::consilium_member_add)
        .service(items::consilium_item_add)
        .service(conflicts::consilium_conflict_declare)
        .service(lifecycle::consilium_session_open)
        .service(lifecycle::consilium_attendance_record)
        .service(decisions::consilium_decision_record)
        .service(lifecycle::consilium_session_close)
        .service(lifecycle::consilium_session_cancel)
        .service(document::consilium_document_get)
        .service(of_case::case_consilium_list);
}

impl From<SessionRefusal> for Problem {
    fn from(refusal: SessionRefusal) -> Self {
        refused(refusal.action, &refusal.missing)
    }
}

/// An action on a session that is refused for all of this.
pub(crate) fn refused(action: impl Display, missing: &[Gate]) -> Problem {
    let problem = Problem::new(ProblemCode::TransitionRefused)
        .with("action", action.to_string())
        .with_missing(missing.iter().map(|gate| gate.code));
    let params = missing.iter().flat_map(|gate| &gate.params);
    params.fold(problem, |problem, (name, value)| problem.with(name, value))
}

#[cfg(test)]
mod tests {
    use qorgan_domain::consilium::GateCode;

    use crate::problem::messages;

    #[test]
    fn every_gate_of_a_session_has_words() {
        let silent: Vec<_> =
            GateCode::ALL.iter().filter(|code| messages::find(messages::MISSING, code.as_str()).is_none()).collect();
        assert!(silent.is_empty(), "no words for {silent:?}");
    }
}

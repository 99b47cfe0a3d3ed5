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

use qorgan_domain::consilium::SessionRefusal;
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
        let problem = Self::new(ProblemCode::TransitionRefused)
            .with("action", refusal.action)
            .with_missing(refusal.missing.iter().map(|gate| gate.code));
        let params = refusal.missing.iter().flat_map(|gate| &gate.params);
        params.fold(problem, |problem, (name, value)| problem.with(name, value))
    }
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

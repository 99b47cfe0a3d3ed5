//! Qualification of facts of suicidal behaviour by the interagency group: sessions, agenda, files, material, opinions,
//! decisions.

mod ask;
mod create;
mod document;
mod file;
mod file_view;
mod get;
mod items;
mod lifecycle;
mod list;
mod materials;
mod members;
mod opinions;
mod recusals;
mod settle;
mod update;
pub mod view;
mod waiting;

use qorgan_domain::consilium::{Gate, GateCode};
use qorgan_domain::register::qualification::{GroupAction, GroupRefusal};
use qorgan_storage::StorageError;
use qorgan_storage::register::ChangeError;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{Problem, ProblemCode};
use crate::routes::consilium::refused;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(waiting::qualification_fact_list)
        .service(list::qualification_session_list)
        .service(create::qualification_session_create)
        .service(get::qualification_session_get)
        .service(update::qualification_session_update)
        .service(members::qualification_member_add)
        .service(items::qualification_item_add)
        .service(recusals::qualification_recusal_declare)
        .service(file::qualification_file_get)
        .service(ask::qualification_material_ask)
        .service(opinions::qualification_opinion_give)
        .service(lifecycle::qualification_session_open)
        .service(lifecycle::qualification_attendance_record)
        .service(settle::qualification_decide)
        .service(settle::fact_qualify)
        .service(lifecycle::qualification_session_close)
        .service(lifecycle::qualification_session_cancel)
        .service(document::qualification_document_get)
        .service(materials::material_list)
        .service(materials::material_get)
        .service(materials::material_answer);
}

impl From<GroupRefusal> for Problem {
    fn from(refusal: GroupRefusal) -> Self {
        refused(refusal.action, &refusal.missing)
    }
}

/// Why a fact before the group was not changed: by a rule of the register, or because another session has it.
fn unchanged_fact(error: ChangeError) -> Problem {
    match error {
        ChangeError::Refused(refusal) => Problem::new(ProblemCode::DomainRule).because(refusal),
        ChangeError::Storage(StorageError::Duplicate { constraint }) if constraint == "qualification_items_live" => {
            refused(GroupAction::Schedule, &[Gate::new(GateCode::FactOnAgenda)])
        }
        ChangeError::Storage(error) => error.into(),
        // Nothing here names another day of the event.
        ChangeError::NotAChild => Problem::new(ProblemCode::Internal),
    }
}
